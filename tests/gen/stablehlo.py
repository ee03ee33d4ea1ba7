# SPDX-License-Identifier: MIT
"""What converters of PyTorch and JAX models leave of StableHLO: STABLEHLO_*, DILATE, REDUCE_WINDOW."""

import numpy as np

from control import arm, refused, small_float
from lib import Case, Graph, choice, data, dims
from movement import LONG

TYPES = ("f32", "i8", "u8", "i16", "i32", "i64", "bool")
BINARY = ("ADD", "AND", "MAXIMUM", "MINIMUM", "MULTIPLY", "SHIFT_LEFT")


def cases(rng, count):
    for _ in range(count):
        yield composite(rng)
    for short in TYPES:
        for _ in range(count):
            for op in BINARY:
                if supports(op, short):
                    yield binary(rng, op, short)
            yield dilate(rng, short)
            yield pad(rng, short)
            yield reduce_window(rng, short)
            yield stablehlo_reduce_window(rng, short)
            yield gather(rng, short)
            yield scatter(rng, short)
    yield from binary_errors()
    yield from dilate_errors()
    yield single_numbers()
    yield from window_errors()
    yield from index_errors()
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


# ----------------------------------------------------------------------------------------------
# Two numbers to one

def supports(op, short):
    """Numbers that are no bools, and bits of what is no float; LiteRT has the shift for three types."""
    if short == "bool":
        return op == "AND"
    return {"AND": short != "f32", "SHIFT_LEFT": short in ("i8", "i16", "i32")}.get(op, True)


def binary(rng, op, short):
    g = Graph()
    shape, dtype = dims(rng, int(rng.integers(0, 5)), 1, 4), LONG[short]
    x, z, y = (g.tensor(shape, dtype) for _ in range(3))
    g.op(f"STABLEHLO_{op}", [x, z], [y])
    second = data(rng, shape, dtype, 0, 7) if op == "SHIFT_LEFT" else data(rng, shape, dtype)
    return Case(f"STABLEHLO_{op} {short}, {shape}", g.build([x, z], [y]), [[data(rng, shape, dtype), second]],
                variant=short, oracle="litert-opt" if op in ("AND", "SHIFT_LEFT") else "litert")


def binary_errors():
    def model(op, kinds=("int8",) * 3, shapes=((3,),) * 3):
        def build(g):
            x, z, y = (g.tensor(s, k) for s, k in zip(shapes, kinds))
            g.op(op, [x, z], [y])
            return [x, z], [y]
        return build
    op = "STABLEHLO_ADD"
    yield refused("of complex numbers", op, ", input 0 't0': type COMPLEX64, want FLOAT32, INT32, UINT8, INT64, BOOL, INT16, "
                  "INT8, UINT32 or UINT16", model(op, ("complex64",) * 3), "ERR_TYPE")
    yield refused("of floats", "STABLEHLO_AND", ", input 0 't0': type FLOAT32, want INT32, UINT8, INT64, BOOL, INT16, "
                  "INT8, UINT32 or UINT16", model("STABLEHLO_AND", ("float32",) * 3), "ERR_TYPE")
    yield refused("of two types", op, ", input 1 't1': type INT16, want INT8", model(op, ("int8", "int16", "int8")), "ERR_TYPE")
    yield refused("of two shapes", op, ", input 1 't1': dimension 0 is 1, want 3", model(op, shapes=((3,), (1,), (3,))),
                  "ERR_SHAPE")
    yield refused("to another shape", op, ", output 0 't2': dimension 0 is 4, want 3", model(op, shapes=((3,), (3,), (4,))),
                  "ERR_SHAPE")


# ----------------------------------------------------------------------------------------------
# DILATE, STABLEHLO_PAD

def value(rng, g, dtype):
    """A scalar, constant or not: (tensor, what goes in)."""
    one = data(rng, [], dtype)
    if rng.integers(2):
        return g.tensor([], dtype, data=one), []
    return g.tensor([], dtype), [one]


def dilate(rng, short):
    g = Graph()
    shape, dtype = dims(rng, int(rng.integers(1, 5)), 1, 4), LONG[short]
    steps = dims(rng, len(shape), 1, 3)
    x, y = g.tensor(shape, dtype), g.tensor([(n - 1) * s + 1 for n, s in zip(shape, steps)], dtype)
    filler, more = value(rng, g, dtype)
    g.op("DILATE", [x, g.tensor([len(shape)], "int32", data=steps), filler], [y])
    return Case(f"DILATE {short}, {shape} by {steps}", g.build([x] + [filler] * len(more), [y]),
                [[data(rng, shape, dtype), *more]], variant=short, oracle="litert")


def pad(rng, short):
    """Positive and negative paddings, such that something is left."""
    g = Graph()
    shape, dtype = dims(rng, int(rng.integers(1, 5)), 1, 5), LONG[short]
    inner = [int(n) for n in rng.integers(0, 3, len(shape))]
    long = [(n - 1) * (i + 1) + 1 for n, i in zip(shape, inner)]
    low = [int(rng.integers(-(n // 2), 4)) for n in long]
    high = [int(rng.integers(1 - n - min(a, 0), 4)) for n, a in zip(long, low)]
    x, y = g.tensor(shape, dtype), g.tensor([n + a + b for n, a, b in zip(long, low, high)], dtype)
    filler, more = value(rng, g, dtype)
    g.op("STABLEHLO_PAD", [x, filler], [y], edge_padding_low=low, edge_padding_high=high, interior_padding=inner)
    return Case(f"STABLEHLO_PAD {short}, {shape}, low {low}, high {high}, between {inner}",
                g.build([x] + [filler] * len(more), [y]), [[data(rng, shape, dtype), *more]], variant=short, oracle="litert")


def dilate_errors():
    def model(op="STABLEHLO_PAD", steps=(2,), filler="int8", shape=(3,), y=(5,), const=True, wide="int32", **options):
        def build(g):
            x, one, out = g.tensor(shape, "int8"), g.tensor([], filler, data=0), g.tensor(y, "int8")
            s = g.tensor([len(steps)], wide, data=steps if const else None)
            g.op(op, [x, one] if op == "STABLEHLO_PAD" else [x, s, one], [out], **options)
            return [x], [out]
        return build
    pad = "STABLEHLO_PAD"
    yield refused("a scalar", pad, ", input 0 't0': rank 0, want 1 to 8", model(shape=()), "ERR_SHAPE")
    yield refused("a value of another type", pad, ", input 1 't1': type INT16, want INT8", model(filler="int16"), "ERR_TYPE")
    wrong = ": makes dimension 0, which is 3, too large or less than nothing"
    for name, options in (("less than nothing between", {"interior_padding": [-1]}), ("too much between", {"interior_padding": [2 ** 40]}),
                          ("the least number", {"interior_padding": [-2 ** 63]}), ("too much cut off", {"edge_padding_low": [-4]}),
                          ("far too much cut off", {"edge_padding_high": [-2 ** 63]}), ("too much at the end", {"edge_padding_high": [2 ** 30]})):
        yield refused(name, pad, wrong, model(**options), "ERR_PARAM")
    yield refused("another output", pad, ", output 0 't2': dimension 0 is 5, want 4", model(edge_padding_low=[1]), "ERR_SHAPE")
    yield refused("a step of 0", "DILATE", wrong, model("DILATE", steps=(0,)), "ERR_PARAM")
    yield refused("computed steps", "DILATE", ", input 1 't3': computed, want a constant", model("DILATE", const=False), "ERR_PARAM")
    yield refused("steps of int64", "DILATE", ", input 1 't3': type INT64, want INT32", model("DILATE", wide="int64"), "ERR_TYPE")
    yield refused("a step too many", "DILATE", ", input 1 't3': 2 elements, want 1", model("DILATE", steps=(2, 2)), "ERR_SHAPE")


# ----------------------------------------------------------------------------------------------
# REDUCE_WINDOW, STABLEHLO_REDUCE_WINDOW

FUNCTIONS = {"ADD": 1, "MUL": 2, "MINIMUM": 3, "MAXIMUM": 4, "LOGICAL_AND": 5, "LOGICAL_OR": 6}


def function(rng, short):
    """Sums of bools are not what they seem to be, LiteRT takes them for numbers."""
    names = list(FUNCTIONS)
    return choice(rng, *names[2:]) if short == "bool" else choice(rng, *names[:4]) if short == "f32" else choice(rng, *names)


def windows(rng, lengths):
    """(windows, strides, dilations, shape of the result)"""
    sizes = [int(rng.integers(1, min(n, 4), endpoint=True)) for n in lengths]
    apart = [int(rng.integers(1, min((n - 1) // (s - 1), 3) if s > 1 else 3, endpoint=True)) for n, s in zip(lengths, sizes)]
    strides = dims(rng, len(lengths), 1, 3)
    return sizes, strides, apart, [(n - (s - 1) * a - 1) // t + 1 for n, s, t, a in zip(lengths, sizes, strides, apart)]


def reduce_window(rng, short):
    g = Graph()
    shape, dtype, name = dims(rng, int(rng.integers(1, 5)), 1, 6), LONG[short], function(rng, short)
    *lists, out = windows(rng, shape)
    x, y = g.tensor(shape, dtype), g.tensor(out, dtype)
    init, more = value(rng, g, dtype)
    g.op("REDUCE_WINDOW", [x, init, *(g.tensor([len(shape)], "int64", data=v) for v in lists)], [y],
         reduce_function=FUNCTIONS[name])
    return Case(f"REDUCE_WINDOW {short} {name}, {shape}, windows {lists}", g.build([x] + [init] * len(more), [y]),
                [[data(rng, shape, dtype), *more]], variant=short, oracle="litert", atol=1e-5)


def body(g, name, dtype):
    """A subgraph that combines two scalars."""
    sub = g.subgraph()
    a, b, c = (sub.tensor([], dtype) for _ in range(3))
    sub.op(name, [a, b], [c])
    return sub.io([a, b], [c])


def stablehlo_reduce_window(rng, short):
    g = Graph()
    shape, dtype, name = dims(rng, int(rng.integers(1, 4)), 1, 5), LONG[short], function(rng, short)
    if rng.integers(2) and not name.startswith("LOGICAL"):
        name = "STABLEHLO_" + {"MUL": "MULTIPLY"}.get(name, name)
    base, ends = dims(rng, len(shape), 1, 2), [[int(n) for n in rng.integers(0, 3, 2)] for _ in shape]
    lengths = [(n - 1) * b + 1 + sum(e) for n, b, e in zip(shape, base, ends)]
    ends[0][0] -= (cut := int(rng.integers(0, min(lengths[0], 3))))
    lengths[0] -= cut
    sizes, strides, apart, out = windows(rng, lengths)
    x, y = g.tensor(shape, dtype), g.tensor(out, dtype)
    init, more = value(rng, g, dtype)
    g.op("STABLEHLO_REDUCE_WINDOW", [x, init], [y], window_dimensions=sizes, window_strides=strides, base_dilations=base,
         window_dilations=apart, padding=sum(ends, []), body_subgraph_index=body(g, name, dtype).index)
    return Case(f"STABLEHLO_REDUCE_WINDOW {short} {name}, {shape} by {base}, ends {ends}, windows {sizes} {strides} {apart}",
                g.build([x] + [init] * len(more), [y]), [[data(rng, shape, dtype), *more]], variant=short, oracle="litert",
                atol=1e-5)


def window_errors():
    def model(op="STABLEHLO_REDUCE_WINDOW", kinds=("int8", "int8"), shape=(4,), y=(3,), lists=((2,), (1,), (1,)), const=True,
              wide="int64", function=1, inside=("ADD",), index=1, **options):
        def build(g):
            x, init, out = g.tensor(shape, kinds[0]), g.tensor([], kinds[1], data=0), g.tensor(y, kinds[0])
            if op == "REDUCE_WINDOW":
                inputs = [x, init, *(g.tensor([len(v)], wide, data=v if const else None) for v in lists)]
                g.op(op, inputs, [out], reduce_function=function)
                return [x], [out]
            sub = g.subgraph()
            a = sub.tensor([], kinds[0])
            for name in inside:
                sub.op(name, [a, a], [sub.tensor([], kinds[0])])
            g.op(op, [x, init], [out], body_subgraph_index=index, **{"window_dimensions": [2]} | options)
            return [x], [out]
        return build
    op = "STABLEHLO_REDUCE_WINDOW"
    yield refused("of float16", op, ", input 0 't0': type FLOAT16, want FLOAT32, INT32, UINT8, INT64, BOOL, INT16, INT8, UINT32 or "
                  "UINT16", model(kinds=("float16", "float16")), "ERR_TYPE")
    yield refused("a first value of another type", op, ", input 1 't1': type INT16, want INT8", model(kinds=("int8", "int16")), "ERR_TYPE")
    yield refused("seven dimensions", op, ", input 0 't0': rank 7, want 1 to 6", model(shape=(1,) * 7), "ERR_SHAPE")
    yield refused("no such subgraph", op, ": combines by subgraph 2, want one of 1 to 1", model(index=2))
    yield refused("main subgraph", op, ": combines by subgraph 0, want one of 1 to 1", model(index=0))
    unknown = ": subgraph 1 does not just add, multiply or compare"
    yield refused("a difference", op, unknown, model(inside=("SUB",)))
    yield refused("two operators inside", op, unknown, model(inside=("ADD", "MUL")))
    fit = ": windows that do not fit the input"
    for name, options in (("an empty window", {"window_dimensions": [0]}), ("no window", {"window_dimensions": None}),
                          ("a stride of 0", {"window_strides": [0]}), ("a huge stride below 0", {"window_strides": [-2 ** 63]}),
                          ("a dilation of 0", {"window_dilations": [0]}), ("elements that are 0 apart", {"base_dilations": [0]}),
                          ("all cut off", {"padding": [-2, -2]}), ("too much room", {"padding": [2 ** 30 - 4, 0]}),
                          ("far too much room", {"padding": [2 ** 62, 0]}), ("elements far apart", {"base_dilations": [2 ** 30 - 2]})):
        yield refused(name, op, fit, model(**options), "ERR_PARAM")
    yield refused("another output", op, ", output 0 't2': dimension 0 is 3, want 2", model(window_strides=[2]), "ERR_SHAPE")
    op = "REDUCE_WINDOW"
    for number in (0, 7, -1):
        yield refused(f"function {number}", op, f": reduce_function {number}, want 1 to 6", model(op, function=number), "ERR_PARAM")
    yield refused("windows of int32", op, ", input 2 't3': type INT32, want INT64", model(op, wide="int32"), "ERR_TYPE")
    yield refused("computed windows", op, ", input 2 't3': computed, want a constant", model(op, const=False), "ERR_PARAM")
    yield refused("a window too many", op, ", input 2 't3': 2 elements, want 1", model(op, lists=((2, 1), (1,), (1,))), "ERR_SHAPE")


# ----------------------------------------------------------------------------------------------
# STABLEHLO_GATHER, STABLEHLO_SCATTER

def slices(rng):
    """A tensor and places in it: (shape, shape of the places, of all slices, sizes of one, dimensions that go through it,
    that are left out, that places are for, dimension of the places that says where)"""
    shape = dims(rng, int(rng.integers(1, 5)), 1, 5)
    out = sorted(int(i) for i in rng.permutation(len(shape))[:rng.integers(0, len(shape), endpoint=True)])
    to = [int(i) for i in rng.permutation(len(shape))[:rng.integers(1, len(shape), endpoint=True)]]
    sizes = [1 if i in out else int(rng.integers(1, n, endpoint=True)) for i, n in enumerate(shape)]
    batch = dims(rng, int(rng.integers(0, 3)), 1, 4)
    vector = int(rng.integers(0, len(batch), endpoint=True))
    places = batch[:vector] + [len(to)] + batch[vector:]
    inside = [n for i, n in enumerate(sizes) if i not in out]
    through = sorted(int(i) for i in rng.permutation(len(batch) + len(inside))[:len(inside)])
    rest = iter(batch)
    whole = [inside[through.index(i)] if i in through else next(rest) for i in range(len(batch) + len(inside))]
    return shape, places, whole, sizes, through, out, to, vector


def positions(rng, shape, to, places, vector, dtype):
    """Numbers of which some lead out of the tensor."""
    most = np.array([shape[i] for i in to]).reshape([-1 if i == vector else 1 for i in range(len(places))])
    return np.asarray(rng.integers(-1, most + 1, places), dtype)


def gather(rng, short):
    g = Graph()
    shape, places, whole, sizes, through, out, to, vector = slices(rng)
    dtype, wide = LONG[short], choice(rng, "int32", "int64")
    x, p, y = g.tensor(shape, dtype), g.tensor(places, wide), g.tensor(whole, dtype)
    g.op("STABLEHLO_GATHER", [x, p], [y], offset_dims=through, collapsed_slice_dims=out, start_index_map=to,
         index_vector_dim=vector, slice_sizes=sizes)
    name = f"STABLEHLO_GATHER {short}, {sizes} of {shape}, places {places} for {to} along {vector}, through {through} not {out}"
    return Case(name, g.build([x, p], [y]), [[data(rng, shape, dtype), positions(rng, shape, to, places, vector, wide)]],
                variant=short, oracle="litert")


def scatter(rng, short):
    g = Graph()
    shape, places, whole, _, through, out, to, vector = slices(rng)
    dtype, wide = LONG[short], choice(rng, "int32", "int64")
    how = "take" if short == "bool" else choice(rng, "take", "ADD", "MULTIPLY", "MAXIMUM", "MINIMUM")
    x, p, u, y = g.tensor(shape, dtype), g.tensor(places, wide), g.tensor(whole, dtype), g.tensor(shape, dtype)
    if how == "take":
        sub = g.subgraph()
        a, b = sub.tensor([], dtype), sub.tensor([], dtype)
        sub.io([a, b], [b])
    else:
        sub = body(g, f"STABLEHLO_{how}", dtype)
    g.op("STABLEHLO_SCATTER", [x, p, u], [y], update_window_dims=through, inserted_window_dims=out,
         scatter_dims_to_operand_dims=to, index_vector_dim=vector, update_computation_subgraph_index=sub.index)
    name = f"STABLEHLO_SCATTER {short} {how}, {whole} to {shape}, places {places} for {to} along {vector}, through {through} not {out}"
    arrays = [data(rng, shape, dtype), positions(rng, shape, to, places, vector, wide), data(rng, whole, dtype)]
    return Case(name, g.build([x, p, u], [y]), [arrays], variant=short, oracle="litert", atol=1e-5)


def single_numbers():
    g = Graph()
    x, p, y = g.tensor([3, 2], "int8"), g.tensor([4], "int32"), g.tensor([4, 2], "int8")
    g.op("STABLEHLO_GATHER", [x, p], [y], offset_dims=[1], collapsed_slice_dims=[0], start_index_map=[0], index_vector_dim=1,
         slice_sizes=[1, 2])
    return Case("STABLEHLO_GATHER, places that are single numbers", g.build([x, p], [y]),
                [[np.array([[1, 2], [3, 4], [5, 6]], np.int8), np.array([2, 0, 9, -1], np.int32)]], variant="i8",
                oracle="given", outputs=[[np.array([[5, 6], [1, 2], [5, 6], [1, 2]], np.int8)]],
                note="LiteRT reads from nowhere")


def index_errors():
    def gather(x=(3, 4), places=(2, 1), y=(2, 4), kinds=("int8", "int32", "int8"), **options):
        def build(g):
            t = [g.tensor(s, k) for s, k in zip((x, places, y), kinds)]
            g.op("STABLEHLO_GATHER", t[:2], t[2:], **{"offset_dims": [1], "collapsed_slice_dims": [0], "start_index_map": [0],
                                                     "index_vector_dim": 1, "slice_sizes": [1, 4]} | options)
            return t[:2], t[2:]
        return build
    op, fit = "STABLEHLO_GATHER", ": dimensions in the options that do not fit the tensors"
    yield refused("of strings", op, ", input 0 't0': type STRING, want one with elements of 1, 2, 4 or 8 bytes",
                  gather(kinds=("string", "int32", "string")), "ERR_TYPE")
    yield refused("places of floats", op, ", input 1 't1': type FLOAT32, want INT32 or INT64",
                  gather(kinds=("int8", "float32", "int8")), "ERR_TYPE")
    for name, options in (("no sizes", {"slice_sizes": None}), ("a size too large", {"slice_sizes": [1, 5]}),
                          ("a size that is left out of 2", {"slice_sizes": [2, 4]}), ("no dimension left out", {"collapsed_slice_dims": []}),
                          ("all left out", {"collapsed_slice_dims": [0, 1]}), ("a dimension too far", {"start_index_map": [2]}),
                          ("a dimension below 0", {"start_index_map": [-1]}), ("two for one number", {"start_index_map": [0, 1]}),
                          ("one dimension twice", {"start_index_map": [0, 0], "places": (2, 2)}),
                          ("numbers behind the places", {"index_vector_dim": 3}), ("numbers before them", {"index_vector_dim": -1}),
                          ("single numbers in two dimensions", {"index_vector_dim": 2}), ("another batch", {"places": (3, 1)}),
                          ("nothing goes through", {"offset_dims": []}), ("an empty tensor", {"x": (0, 4)})):
        yield refused(name, op, fit, gather(**options), "ERR_PARAM")

    def scatter(kinds=("int8", "int32", "int8"), y=(3, 4), updates=(2, 4), index=1, **options):
        def build(g):
            t = [g.tensor(s, k) for s, k in zip(((3, 4), (2, 1), updates), kinds)]
            out = g.tensor(y, kinds[0])
            body(g, "STABLEHLO_ADD", "int8")
            g.op("STABLEHLO_SCATTER", t, [out], **{
                "update_window_dims": [1], "inserted_window_dims": [0], "scatter_dims_to_operand_dims": [0], "index_vector_dim": 1,
                "update_computation_subgraph_index": index} | options)
            return t, [out]
        return build
    op = "STABLEHLO_SCATTER"
    yield refused("of complex numbers", op, ", input 0 't0': type COMPLEX64, want FLOAT32, INT32, UINT8, INT64, BOOL, INT16, INT8, "
                  "UINT32 or UINT16", scatter(kinds=("complex64", "int32", "complex64")), "ERR_TYPE")
    yield refused("places of int8", op, ", input 1 't1': type INT8, want INT32 or INT64", scatter(kinds=("int8",) * 3), "ERR_TYPE")
    yield refused("updates of another type", op, ", input 2 't2': type INT16, want INT8", scatter(kinds=("int8", "int32", "int16")),
                  "ERR_TYPE")
    yield refused("another output", op, ", output 0 't3': dimension 0 is 4, want 3", scatter(y=(4, 4)), "ERR_SHAPE")
    yield refused("no such subgraph", op, ": combines by subgraph 2, want one of 1 to 1", scatter(index=2))
    for name, options in (("updates too wide", {"updates": (2, 5)}), ("updates for another batch", {"updates": (3, 4)}),
                          ("no map", {"scatter_dims_to_operand_dims": None}), ("nothing left out", {"inserted_window_dims": []})):
        yield refused(name, op, fit, scatter(**options), "ERR_PARAM")
