# SPDX-License-Identifier: MIT
"""ARG_MAX, ARG_MIN, CUMSUM: operators along one axis."""

import numpy as np

from lib import Case, Graph, choice, data, dims, scale, zero_point

TYPES = {"f32": "float32", "i8": "int8", "u8": "uint8", "i32": "int32", "i64": "int64", "bool": "bool"}


def cases(rng, count):
    for op in "ARG_MAX", "ARG_MIN":
        for variant, oracle in [("f32", "tflm"), ("i8", "tflm"), ("u8", "litert"), ("i32", "litert"),
                                ("bool", "litert"), ("f32->i64", "litert"), ("i8->i64", "litert")]:
            for _ in range(count):
                yield arg(rng, op, variant, oracle)
    for variant, oracle in [("f32", "tflm"), ("i8", "tflm"), ("i32", "litert"), ("i64", "litert")]:
        for _ in range(count):
            yield cumsum(rng, variant, oracle)
    yield from errors()


def axis_tensor(rng, g, rank, oracle):
    axis = int(rng.integers(-rank, rank))
    wide = "int64" if oracle == "litert" and rng.integers(4) == 0 else "int32"
    shape = choice(rng, [], [1])
    return axis, g.tensor(shape, wide, data=[axis] if shape else axis)


def arg(rng, op, variant, oracle):
    shape = dims(rng, choice(rng, 1, 2, 3, 4, 5), 1, 6)
    x_type, _, y_type = variant.partition("->")
    g = Graph()
    quant = (scale(rng), zero_point(rng, TYPES[x_type])) if x_type in ("i8", "u8") else ()
    x = g.tensor(shape, TYPES[x_type], *quant)
    axis, a = axis_tensor(rng, g, len(shape), oracle)
    out = [d for i, d in enumerate(shape) if i != axis % len(shape)]
    y = g.tensor(out, TYPES[y_type or "i32"])
    g.op(op, [x, a], [y], output_type=y.dtype.upper())
    array = data(rng, shape, TYPES[x_type])
    if rng.integers(2) and x_type != "bool":  # equal ones
        array = (array // 4 if x_type != "f32" else np.round(array * 2)).astype(array.dtype)
    return Case(f"{op} {variant} {shape}, axis {axis}", g.build([x], [y]), [[array]], variant=variant, oracle=oracle)


def cumsum(rng, variant, oracle):
    shape = dims(rng, choice(rng, 1, 2, 3, 4, 5), 1, 6)
    options = {"exclusive": bool(rng.integers(2)), "reverse": bool(rng.integers(2))}
    g = Graph()
    x_scale = scale(rng)
    x_quant = y_quant = ()
    if variant == "i8":
        x_quant = x_scale, zero_point(rng)
        y_quant = x_scale * choice(rng, 1.0, 0.7, 2, 5), zero_point(rng)
    x = g.tensor(shape, TYPES[variant], *x_quant)
    axis, a = axis_tensor(rng, g, len(shape), "tflm")
    y = g.tensor(shape, TYPES[variant], *y_quant)
    g.op("CUMSUM", [x, a], [y], **options)
    name = f"CUMSUM {variant} {shape}, axis {axis}" + "".join(f", {k}" for k, v in options.items() if v)
    return Case(name, g.build([x], [y]), [[data(rng, shape, TYPES[variant])]], variant=variant, oracle=oracle)


def refused(name, message, op, x, axis, y, status="ERR_PARAM", axis_type="int32", computed=False):
    g = Graph()
    x, y = g.tensor(*x), g.tensor(*y)
    a = g.tensor([len(axis)], axis_type, data=None if computed else axis)
    g.op(op, [x, a], [y])
    invokes = [[np.zeros(x.shape, x.numpy), np.array(axis, axis_type)]] if computed else []
    return Case(name, g.build([x, a] if computed else [x], [y]), invokes, variant="errors",
                error=(status, f"op 0 {op}, {message}"))


def errors():
    f, i8 = ([2, 3], "float32"), ([2, 3], "int8", 0.1, 0)
    for op, y in ("ARG_MAX", ([2], "int32")), ("ARG_MIN", ([2], "int32")), ("CUMSUM", f):
        yield refused(f"{op} along axis 2 of rank 2", "input 1 't2': axis 2, want -2 to 1", op, f, [2], y)
        yield refused(f"{op} along two axes", "input 1 't2': 2 elements, want 1", op, f, [0, 1], y, "ERR_SHAPE")
        yield refused(f"{op} along an axis of FLOAT32", "input 1 't2': type FLOAT32, want INT32 or INT64",
                      op, f, [1], y, "ERR_TYPE", axis_type="float32")
        yield refused(f"{op} along a computed axis out of range", "input 1 't2': axis -3, want -2 to 1", op, f, [-3], y,
                      "ERR_DATA", computed=True)
    yield refused("ARG_MAX of FLOAT16",
                  "input 0 't0': type FLOAT16, want FLOAT32, INT32, UINT8, INT64, BOOL, INT16 or INT8", "ARG_MAX", ([2, 3], "float16"), [1], ([2], "int32"), "ERR_TYPE")
    yield refused("ARG_MAX of nothing", "input 0 't0': dimension 1 is 0", "ARG_MAX", ([2, 0], "float32"), [1], ([2], "int32"),
                  "ERR_SHAPE")
    yield refused("ARG_MAX to FLOAT32", "output 0 't1': type FLOAT32, want INT32 or INT64", "ARG_MAX", f, [1],
                  ([2], "float32"), "ERR_TYPE")
    yield refused("ARG_MAX to a wrong shape", "output 0 't1': 3 elements, want 2", "ARG_MAX", f, [1], ([3], "int32"),
                  "ERR_SHAPE")
    yield refused("ARG_MAX along a computed axis that does not fit",
                  "input 1 't2': axis that does not fit the output's shape", "ARG_MAX", f, [0], ([2], "int32"),
                  "ERR_DATA", computed=True)
    yield refused("CUMSUM of UINT8", "input 0 't0': type UINT8, want FLOAT32, INT32, INT64 or INT8", "CUMSUM",
                  ([2, 3], "uint8"), [1], ([2, 3], "uint8"), "ERR_TYPE")
    yield refused("CUMSUM to another type", "output 0 't1': type INT32, want FLOAT32", "CUMSUM", f, [1],
                  ([2, 3], "int32"), "ERR_TYPE")
    yield refused("CUMSUM to another shape", "output 0 't1': dimension 0 is 3, want 2", "CUMSUM", f, [1],
                  ([3, 2], "float32"), "ERR_SHAPE")
    yield refused("CUMSUM of INT8 without a scale", "input 0 't0': not quantised, want a scale", "CUMSUM",
                  ([2, 3], "int8"), [1], i8)
    yield refused("CUMSUM of INT8 to a tiny scale", "output 0 't1': scale too small for that of input 0", "CUMSUM",
                  ([2, 3], "int8", 10.0, 0), [1], ([2, 3], "int8", 1e-6, 0))
