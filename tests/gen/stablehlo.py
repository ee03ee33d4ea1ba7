# SPDX-License-Identifier: MIT
"""STABLEHLO_COMPOSITE: what converters of PyTorch and JAX models leave of StableHLO."""

import numpy as np

from control import arm, refused, small_float
from lib import Case, Graph, choice, data, dims


def cases(rng, count):
    for _ in range(count):
        yield composite(rng)
    yield constants(rng)
    yield handed_on()
    yield from composite_errors()


# ----------------------------------------------------------------------------------------------
# STABLEHLO_COMPOSITE

def call(g, sub, ins, outs):
    g.op("STABLEHLO_COMPOSITE", ins, outs, name="tests.sum", decomposition_subgraph_index=sub.index,
         composite_attributes=list(b"\1\2\3"))


def composite(rng):
    """One or two that run the same subgraph or different ones, maybe inside another."""
    g = Graph()
    count, shape = int(rng.integers(1, 4)), dims(rng, int(rng.integers(1, 4)), 1, 4)
    dtype, kind = choice(rng, "float32", "int32"), choice(rng, "one", "twice", "two", "nested")
    ins, between, outs = ([g.tensor(shape, dtype) for _ in range(count)] for _ in range(3))
    sub = arm(rng, g, count, shape, dtype)
    if kind == "one":
        call(g, sub, ins, outs)
    elif kind == "nested":
        outer = g.subgraph()
        a, b, c = ([outer.tensor(shape, dtype) for _ in range(count)] for _ in range(3))
        for x, y in zip(a, b):
            outer.op("ADD", [x, x], [y])
        call(outer, sub, b, c)
        outer.io(a, c)
        call(g, outer, ins, outs)
    else:
        call(g, sub, ins, between)
        call(g, sub if kind == "twice" else arm(rng, g, count, shape, dtype), between, outs)
    invokes = [[small_float(rng, shape).astype(dtype) for _ in ins] for _ in range(2)]
    return Case(f"STABLEHLO_COMPOSITE {dtype}, {kind}, {count} tensors of {shape}", g.build(ins, outs), invokes,
                variant="any", oracle="litert")


def constants(rng):
    """An input that is constant, one that the subgraph has no use for, an output that is constant inside."""
    g = Graph()
    sub, x, w = g.subgraph(), g.tensor([2, 3], "float32"), g.tensor([3], "float32", data=[1, 2, 3])
    a, b, unused = sub.tensor([2, 3], "float32"), sub.tensor([3], "float32"), sub.tensor([2, 3], "float32")
    y, c = sub.tensor([2, 3], "float32"), sub.tensor([2], "float32", data=[4, 5])
    sub.op("MUL", [a, b], [y])
    sub.io([a, b, unused], [y, c])
    outs = [g.tensor([2, 3], "float32"), g.tensor([2], "float32")]
    call(g, sub, [x, w, x], outs)
    return Case("STABLEHLO_COMPOSITE, constants on both sides", g.build([x], outs),
                [[data(rng, [2, 3], "float32")] for _ in range(2)], variant="any", oracle="litert")


def handed_on():
    """The subgraph names the variable that it was given: it is the same behind the composite."""
    g = Graph()
    h, sub = g.tensor([], "resource"), g.subgraph()
    inside = sub.tensor([], "resource")
    sub.io([inside], [inside])
    g.op("VAR_HANDLE", [], [h], shared_name="v")
    x, y, same = g.tensor([2], "float32"), g.tensor([2], "float32"), g.tensor([], "resource")
    g.op("ASSIGN_VARIABLE", [h, x], [])
    call(g, sub, [h], [same])
    g.op("READ_VARIABLE", [same], [y])
    return Case("STABLEHLO_COMPOSITE, a variable goes through", g.build([x], [y]),
                [[np.array(a, np.float32)] for a in ([1, 2], [3, -4])], variant="any", op="STABLEHLO_COMPOSITE",
                oracle="given", outputs=[[np.array([1, 2], np.float32)], [np.array([3, -4], np.float32)]],
                note="LiteRT has no rule for handles here")


def composite_errors():
    op = "STABLEHLO_COMPOSITE"

    def model(ins=1, outs=1, shape=(4,), dtype="int8", index=1):
        def build(g):
            sub = g.subgraph()
            t = sub.tensor(list(shape), dtype)
            sub.io([t] * ins, [t] * outs)
            x, y = g.tensor([4], "int8"), g.tensor([4], "int8")
            g.op(op, [x], [y], decomposition_subgraph_index=index)
            return [x], [y]
        return build
    yield refused("no such subgraph", op, ": runs subgraph 2, want one of 1 to 1", model(index=2))
    yield refused("main subgraph", op, ": runs subgraph 0, want one of 1 to 1", model(index=0))
    yield refused("two inputs inside", op, ": subgraph 1 has 2 inputs, want 1", model(ins=2))
    yield refused("no outputs inside", op, ": subgraph 1 has 0 outputs, want 1", model(outs=0))
    yield refused("other type inside", op, ", input 0 't0': type INT8, but subgraph 1 has INT16",
                  model(dtype="int16"), "ERR_TYPE")
    yield refused("other size inside", op, ", input 0 't0': 4 elements, but subgraph 1 has 3",
                  model(shape=(3,)), "ERR_SHAPE")

    def bare(g):
        x, y = g.tensor([4], "int8"), g.tensor([4], "int8")
        g.op(op, [x], [y], no_options=True)
        g.subgraph().io([], [])
        return [x], [y]
    yield refused("no options", op, ": runs subgraph 0, want one of 1 to 1", bare)

    def itself(g):
        sub = g.subgraph()
        a, b = sub.tensor([4], "int8"), sub.tensor([4], "int8")
        call(sub, sub, [a], [b])
        sub.io([a], [b])
        x, y = g.tensor([4], "int8"), g.tensor([4], "int8")
        call(g, sub, [x], [y])
        return [x], [y]
    g = Graph()
    yield Case("STABLEHLO_COMPOSITE, a subgraph that runs itself", g.build(*itself(g)), variant="errors", op=op,
               error=("ERR_MODEL", "subgraph 1 runs itself"))

    def deep(g):
        subs = [g.subgraph() for _ in range(9)]
        for sub, inner in zip(subs, [*subs[1:], None]):
            a, b = sub.tensor([4], "int8"), sub.tensor([4], "int8")
            if inner:
                call(sub, inner, [a], [b])
            sub.io([a], [b if inner else a])
        x, y = g.tensor([4], "int8"), g.tensor([4], "int8")
        call(g, subs[0], [x], [y])
        return [x], [y]
    g = Graph()
    yield Case("STABLEHLO_COMPOSITE, nine subgraphs in each other", g.build(*deep(g)), variant="errors", op=op,
               error=("ERR_MODEL", "subgraph 9 is nested too deeply"))
