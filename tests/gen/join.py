# SPDX-License-Identifier: MIT
"""CONCATENATION, SPLIT, SPLIT_V, PACK, UNPACK: tensors put together and cut along an axis."""

from lib import Case, Graph, choice, data
from movement import LONG, quantisation, refused, small, tensor

TYPES = {
    "CONCATENATION": ("f32 i8 i16 i32 i64 bool", "u8 u32 f16"),
    "SPLIT": ("f32 i8 i16 i32", "u8"),
    "SPLIT_V": ("f32 i8 i16 i32", "u8 i64"),
    "PACK": ("f32 i8 i16 i32 i64", "u8 u32"),
    "UNPACK": ("f32 i8 i16 i32", "u8 bool"),
}


def cases(rng, count):
    makers = {"CONCATENATION": concatenation, "SPLIT": split, "SPLIT_V": split_v, "PACK": pack,
              "UNPACK": unpack}
    for op, (tflm, more) in TYPES.items():
        for short in tflm.split() + more.split():
            for _ in range(count):
                yield makers[op](rng, short, "tflm" if short in tflm.split() else "litert")
    for _ in range(count):
        yield rescaled(rng)
    yield scalars(rng)
    yield many(rng)
    yield with_constant(rng)
    yield from errors()


def axis_of(rng, rank):
    """An axis, and how the model says it."""
    axis = int(rng.integers(rank))
    return axis, axis - choice(rng, 0, rank)


def parts_of(rng, shape, axis, parts):
    out = []
    for _ in range(parts):
        out.append(list(shape))
        out[-1][axis] = int(rng.integers(1, 5))
    return out


def joined(shapes, axis):
    whole = list(shapes[0])
    whole[axis] = sum(s[axis] for s in shapes)
    return whole


def concatenation(rng, short, oracle):
    shape = small(rng, 1, 6 if oracle == "tflm" else 5, 150)
    axis, said = axis_of(rng, len(shape))
    shapes = parts_of(rng, shape, axis, int(rng.integers(1, 6)))
    quant = quantisation(rng, short)
    g = Graph()
    xs = [tensor(g, rng, s, short, quant=quant) for s in shapes]
    y = tensor(g, rng, joined(shapes, axis), short, quant=quant)
    g.op("CONCATENATION", xs, [y], axis=said)
    return Case(f"CONCATENATION {short}, {shapes} along {said}", g.build(xs, [y]),
                [[data(rng, s, LONG[short]) for s in shapes]], variant=short, oracle=oracle)


def rescaled(rng):
    """Old uint8 models: each input has a scale of its own."""
    shape = small(rng, 1, 4, 100)
    axis, said = axis_of(rng, len(shape))
    shapes = parts_of(rng, shape, axis, int(rng.integers(2, 5)))
    g = Graph()
    xs = [tensor(g, rng, s, "u8") for s in shapes]
    y = tensor(g, rng, joined(shapes, axis), "u8")
    g.op("CONCATENATION", xs, [y], axis=said)
    return Case(f"CONCATENATION u8, {shapes} along {said}, each with its scale", g.build(xs, [y]),
                [[data(rng, s, "uint8") for s in shapes]], variant="u8", oracle="litert")


def scalars(rng):
    g = Graph()
    xs = [g.tensor([], "int32", data=v) for v in (4, 7, -1)]
    x, y, z = g.tensor([3], "int32"), g.tensor([3], "int32"), g.tensor([6], "int32")
    g.op("CONCATENATION", xs, [y], axis=0)
    g.op("CONCATENATION", [x, y], [z], axis=0)
    return Case("CONCATENATION i32, constant scalars make a vector", g.build([x], [z]),
                [[data(rng, [3], "int32")]], variant="i32", oracle="litert")


def many(rng):
    g = Graph()
    xs = [g.tensor([1, 2], "float32") for _ in range(10)]
    y = g.tensor([10, 2], "float32")
    g.op("CONCATENATION", xs, [y], axis=0)
    return Case("CONCATENATION f32, ten inputs", g.build(xs, [y]),
                [[data(rng, [1, 2], "float32") for _ in xs]], variant="f32")


def with_constant(rng):
    g = Graph()
    x = g.tensor([2, 3], "int8", 0.5, 1)
    c = g.tensor([2, 2], "int8", 0.5, 1, data=data(rng, [2, 2], "int8"))
    y = g.tensor([2, 8], "int8", 0.5, 1)
    g.op("CONCATENATION", [x, c, x], [y], axis=-1)
    return Case("CONCATENATION i8, one input constant, one twice", g.build([x], [y]),
                [[data(rng, [2, 3], "int8")]], variant="i8")


def split(rng, short, oracle):
    shape = small(rng, 1, 5, 150)
    axis, said = axis_of(rng, len(shape))
    parts = int(rng.integers(1, 5))
    whole = list(shape)
    whole[axis] *= parts
    quant = quantisation(rng, short)
    g = Graph()
    a = g.tensor([], "int32", data=said)
    x = tensor(g, rng, whole, short, quant=quant)
    ys = [tensor(g, rng, shape, short, quant=quant) for _ in range(parts)]
    g.op("SPLIT", [a, x], ys, num_splits=parts)
    return Case(f"SPLIT {short}, {whole} along {said} in {parts}", g.build([x], ys),
                [[data(rng, whole, LONG[short])]], variant=short, oracle=oracle)


def split_v(rng, short, oracle):
    shape = small(rng, 1, 5, 150)
    axis, said = axis_of(rng, len(shape))
    shapes = parts_of(rng, shape, axis, int(rng.integers(1, 5)))
    whole = joined(shapes, axis)
    sizes = [s[axis] for s in shapes]
    if choice(rng, True, False):
        sizes[int(rng.integers(len(sizes)))] = -1  # what is left
    quant = quantisation(rng, short)
    g = Graph()
    x = tensor(g, rng, whole, short, quant=quant)
    n = g.tensor([len(sizes)], choice(rng, "int32", "int32", "int64"), data=sizes)
    a = g.tensor([], "int32", data=said)
    ys = [tensor(g, rng, s, short, quant=quant) for s in shapes]
    g.op("SPLIT_V", [x, n, a], ys, num_splits=len(sizes))
    return Case(f"SPLIT_V {short}, {whole} along {said} by {sizes}", g.build([x], ys),
                [[data(rng, whole, LONG[short])]], variant=short, oracle=oracle)


def packed(rng, shape, parts):
    """The shape with a new dimension, and its axis as the model says it."""
    axis, said = axis_of(rng, len(shape) + 1)
    return shape[:axis] + [parts] + shape[axis:], said


def pack(rng, short, oracle):
    shape, parts = small(rng, 1, 4, 150), int(rng.integers(1, 6))
    whole, said = packed(rng, shape, parts)
    quant = quantisation(rng, short)
    g = Graph()
    xs = [tensor(g, rng, shape, short, quant=quant) for _ in range(parts)]
    y = tensor(g, rng, whole, short, quant=quant)
    g.op("PACK", xs, [y], values_count=parts, axis=said)
    return Case(f"PACK {short}, {parts} times {shape} along {said}", g.build(xs, [y]),
                [[data(rng, shape, LONG[short]) for _ in xs]], variant=short, oracle=oracle)


def unpack(rng, short, oracle):
    shape, parts = small(rng, 1, 4, 150), int(rng.integers(1, 6))
    whole, said = packed(rng, shape, parts)
    quant = quantisation(rng, short)
    g = Graph()
    x = tensor(g, rng, whole, short, quant=quant)
    ys = [tensor(g, rng, shape, short, quant=quant) for _ in range(parts)]
    g.op("UNPACK", [x], ys, num=parts, axis=said)
    return Case(f"UNPACK {short}, {whole} along {said}", g.build([x], ys),
                [[data(rng, whole, LONG[short])]], variant=short, oracle=oracle)


def errors():
    def concat(shapes=((2, 3), (2, 2)), out=(2, 5), types=("int8", "int8", "int8"),
               scales=(0.5, 0.5), **options):
        def build(g):
            xs = [g.tensor(s, t, q) for s, t, q in zip(shapes, types, scales)]
            y = g.tensor(out, types[2], 0.5)
            g.op("CONCATENATION", xs, [y], **options)
            return xs, [y]
        return build
    name = "CONCATENATION"
    yield refused("axis 2", name, ": axis 2, want -2 to 1", concat(axis=2), status="ERR_PARAM")
    yield refused("axis too far from the end", name, ": axis -3, want -2 to 1", concat(axis=-3),
                  status="ERR_PARAM")
    yield refused("fused activation", name, ": fused activation 1, want NONE",
                  concat(axis=1, fused_activation_function="RELU"), status="ERR_PARAM")
    yield refused("output too small", name, ", output 0 't2': dimension 1 is 4, want 5",
                  concat(out=(2, 4), axis=1))
    yield refused("other dimensions differ", name, ", input 1 't1': dimension 0 is 3, want 2",
                  concat(((2, 3), (3, 2)), axis=1))
    yield refused("ranks differ", name, ", input 1 't1': rank 1, want 2",
                  concat(((2, 3), (2,)), axis=1))
    yield refused("types differ", name, ", input 1 't1': type INT16, want INT8",
                  concat(types=("int8", "int16", "int8"), axis=1), status="ERR_TYPE")
    yield refused("scales differ", name, ", input 1 't1': scale or zero point differ, want the same",
                  concat(scales=(0.5, 0.25), axis=1), status="ERR_PARAM")
    yield refused("of strings", name,
                  ", input 0 't0': type STRING, want one with elements of 1, 2, 4 or 8 bytes",
                  concat(types=("string", "string", "string"), scales=(None, None), axis=1),
                  status="ERR_TYPE")
    yield refused("uint8 without a scale", name, ", input 1 't1': not quantised, want a scale",
                  concat(types=("uint8",) * 3, scales=(0.5, None), axis=1), status="ERR_PARAM")

    def cut(axis=1, outs=((2, 2), (2, 1)), const=True, types=("float32", "float32"), op="SPLIT",
            sizes="int32"):
        def build(g):
            a = g.tensor([], "int32", data=axis if const else None)
            x = g.tensor([2, 3], types[0])
            parts = g.tensor([2], sizes, data=[2, 1])
            ys = [g.tensor(s, types[1]) for s in outs]
            g.op(op, [a, x] if op == "SPLIT" else [x, parts, a], ys, num_splits=len(outs))
            return [x] if const else [x, a], ys
        return build
    yield refused("axis 2", "SPLIT", ", input 0 't0': axis 2, want -2 to 1", cut(2),
                  status="ERR_PARAM")
    yield refused("axis computed", "SPLIT", ", input 0 't0': computed, want a constant",
                  cut(const=False), status="ERR_PARAM")
    yield refused("last part too large", "SPLIT_V", ", output 1 't4': dimension 1 is 2, want 1",
                  cut(outs=((2, 2), (2, 2)), op="SPLIT_V"))
    yield refused("first part too large", "SPLIT_V", ", output 0 't3': dimension 1 is 4, want 2",
                  cut(outs=((2, 4), (2, 1)), op="SPLIT_V"))
    yield refused("parts not equal", "SPLIT", ", output 0 't3': dimension 1 is 2, want 1", cut())
    yield refused("sizes float", "SPLIT_V", ", input 1 't2': type FLOAT32, want INT32 or INT64",
                  cut(op="SPLIT_V", sizes="float32"), status="ERR_TYPE")
    yield refused("types differ", "SPLIT", ", output 0 't3': type INT32, want FLOAT32",
                  cut(types=("float32", "int32")), status="ERR_TYPE")

    def stack(shapes=((2, 3), (2, 3)), out=(2, 2, 3), dtypes=("int8", "int8"), op="PACK", **options):
        def build(g):
            xs = [g.tensor(s, t) for s, t in zip(shapes, dtypes)]
            y = g.tensor(out, dtypes[0])
            g.op(op, *([xs, [y]] if op == "PACK" else [[y], xs]), **options)
            return (xs, [y]) if op == "PACK" else ([y], xs)
        return build
    yield refused("axis 3", "PACK", ": axis 3, want -3 to 2", stack(axis=3), status="ERR_PARAM")
    yield refused("shapes differ", "PACK", ", input 1 't1': dimension 1 is 2, want 3",
                  stack(((2, 3), (2, 2))))
    yield refused("output too small", "PACK", ", output 0 't2': dimension 0 is 1, want 2",
                  stack(out=(1, 2, 3)))
    yield refused("types differ", "PACK", ", input 1 't1': type INT16, want INT8",
                  stack(dtypes=("int8", "int16")), status="ERR_TYPE")
    yield refused("axis 3", "UNPACK", ": axis 3, want -3 to 2", stack(op="UNPACK", axis=3),
                  status="ERR_PARAM")
    yield refused("too few outputs", "UNPACK", ", input 0 't2': dimension 0 is 3, want 2",
                  stack(out=(3, 2, 3), op="UNPACK"))
    yield refused("of a scalar", "UNPACK", ", input 0 't2': rank 0, want 1 to 8",
                  stack(((), ()), out=(), op="UNPACK"))
