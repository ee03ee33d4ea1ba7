# SPDX-License-Identifier: MIT
"""Models whose memory was planned offline: tests/test_plan.py looks at the arena that they take."""

import numpy as np

from lib import Case, Graph, data

VARIANTS = ["f32"]
FAR = 20000  # where the plan puts one of the tensors: nothing else would


def cases(rng, count):
    for offsets in (None, [-1] * 5, [0, 1024, FAR, -1, -1], [FAR, -1, -1, 2048, 0]):
        yield chain(rng, offsets)
    # Tensors that are needed at the same time in the same bytes: the plan cannot be obeyed.
    for offsets in ([0, 64, 0, 64, 0], [0, 0, 0, 0, 0], [64, 0, 16, 32, 48], [0, 112, 128, -1, 16]):
        yield chain(rng, offsets)
    for offsets in (None, [0, 0, 0], [0, 16, 0], [256, 256, 256], [0, 128, 0]):
        yield in_place(rng, offsets)
    for offsets in ([0, 0, 128, 0], [0, 128, 0, 128], [0, 128, 128, 128], [0, 64, 32, 96], [0, 64, 128, 0]):
        yield sums(rng, offsets)
    for offsets in ([0, 0], [0, 16], [16, 0]):
        yield variable(rng, offsets)
    for offsets in ([0, 0, 0, 0], [0, 16, 32, 48], [0, 128, 0, 256]):
        yield branch(rng, offsets)


def planned(g, offsets, tensors):
    """Name of the plan; -1 is the planner's choice, for what is behind the offsets too."""
    if offsets is None:
        return "no plan"
    rest = [-1] * (tensors - len(offsets))
    header = [1, 1, tensors]  # version, subgraphs, tensors
    g.meta("OfflineMemoryAllocation", np.array([*header, *offsets, *rest], "<i4").tobytes())
    return "offsets " + " ".join(str(n) for n in offsets)


def case(rng, name, g, ins, outs, op):
    return Case(name, g.build(ins, outs), [[data(rng, [4, 8], "float32") for _ in ins] for _ in range(2)],
                variant="f32" if op in ("ADD", "TRANSPOSE") else "any", op=op, oracle="litert",
                note="TFLM's planner that preserves tensors for the tests takes no plans")


def chain(rng, offsets):
    """Five tensors, four of them between operators that cannot share their memory."""
    g = Graph()
    x = [g.tensor([4, 8], "float32")]
    for i in range(4):
        x.append(g.tensor([8, 4] if i % 2 == 0 else [4, 8], "float32"))
    order = g.tensor([2], "int32", data=[1, 0])
    for a, b in zip(x, x[1:]):
        g.op("TRANSPOSE", [a, order], [b])
    name = planned(g, offsets, 6)
    return case(rng, f"TRANSPOSE, a chain of four, {name}", g, [x[0]], [x[-1]], "TRANSPOSE")


def in_place(rng, offsets):
    """RESHAPE and NEG can work in place, and a plan may say so."""
    g = Graph()
    x, y, z = g.tensor([4, 8], "float32"), g.tensor([32], "float32"), g.tensor([32], "float32")
    g.op("RESHAPE", [x, g.tensor([1], "int32", data=[32])], [y])
    g.op("NEG", [y], [z])
    return case(rng, f"RESHAPE, NEG, {planned(g, offsets, 4)}", g, [x], [z], "RESHAPE")


def sums(rng, offsets):
    """ADD can overwrite one input, and the other has to be elsewhere; SUB reads both again."""
    g = Graph()
    a, b, sum_, y = (g.tensor([4, 8], "float32") for _ in range(4))
    g.op("ADD", [a, b], [sum_])
    g.op("SUB", [sum_, a], [y])
    return case(rng, f"ADD, SUB of its input, {planned(g, offsets, 4)}", g, [a, b], [y], "ADD")


def variable(rng, offsets):
    """What is read from a variable goes over what was assigned to it."""
    g = Graph()
    x, y = g.tensor([4, 8], "float32"), g.tensor([4, 8], "float32")
    handle, z = g.tensor([], "resource"), g.tensor([4, 8], "float32")
    g.op("VAR_HANDLE", [], [handle], shared_name="v")
    g.op("ASSIGN_VARIABLE", [handle, x], [])
    g.op("READ_VARIABLE", [handle], [y])
    g.op("SUB", [x, y], [z])
    return case(rng, f"ASSIGN_VARIABLE, READ_VARIABLE, {planned(g, offsets, 4)}", g, [x], [z], "READ_VARIABLE")


def branch(rng, offsets):
    """IF copies into subgraphs and out of them; the plan is for the tensors of all of them."""
    g = Graph()
    x, y = g.tensor([4, 8], "float32"), g.tensor([4, 8], "float32")
    which = g.tensor([1], "bool", data=[True])
    subgraphs = []
    for op in "NEG", "ABS":
        s = g.subgraph()
        a, b = s.tensor([4, 8], "float32"), s.tensor([4, 8], "float32")
        s.op(op, [a], [b])
        s.io([a], [b])
        subgraphs.append(s.index)
    g.op("IF", [which, x], [y], then_subgraph_index=subgraphs[0], else_subgraph_index=subgraphs[1])
    plan = [*offsets[:2], -1, *offsets[2:]]  # the constant is the third
    name = planned(g, plan, 7)
    return case(rng, f"IF, {name}", g, [x], [y], "IF")
