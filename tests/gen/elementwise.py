# SPDX-License-Identifier: MIT
"""ABS, CEIL, COS, EXP, FLOOR, LOG, NEG, ROUND, RSQRT, SIGN, SIN, SQRT, SQUARE, and of complex numbers
REAL, IMAG, COMPLEX_ABS."""

import numpy as np

from activation import a_shape, refused, values
from lib import Case, Graph, choice, data, dims, scale, zero_point

TYPES = {"f32": "float32", "i8": "int8", "i16": "int16", "i32": "int32", "i64": "int64", "c64": "complex64"}


def cases(rng, count):
    for op in "ABS CEIL COS EXP FLOOR LOG NEG ROUND RSQRT SIN SQRT SQUARE".split():
        for i in range(count):
            yield floats(rng, op, "tflm")
    for i in range(count):
        yield floats(rng, "SIGN", "litert")
        for op, variant, oracle in [
                ("ABS", "i8", "tflm"), ("ABS", "i16", "tflm"), ("RSQRT", "i8", "tflm"), ("RSQRT", "i16", "tflm"),
                ("SQRT", "i8", "litert"), ("SQRT", "i16", "litert"), ("EXP", "i8", "litert"),
                ("EXP", "i16", "litert"), ("LOG", "i8", "litert"), ("LOG", "i16", "litert")]:
            yield quantised(rng, op, variant, oracle, i)
            if variant == "i16" and i == 0 and count > 20:
                yield quantised(rng, op, variant, oracle, i, [256, 256])  # every value
        yield plain(rng, "ABS", "i16", "tflm")
        for op, variant in [("ABS", "i32"), ("NEG", "i8"), ("NEG", "i16"), ("NEG", "i32"), ("NEG", "i64"),
                            ("SIGN", "i32"), ("REAL", "c64"), ("IMAG", "c64"), ("COMPLEX_ABS", "c64")]:
            yield plain(rng, op, variant, "litert")
    yield from special_floats()
    yield from errors()


def floats(rng, op, oracle):
    shape = dims(rng, choice(rng, 1, 2, 3, 4), 1, 6)
    reach = choice(rng, 1, 10, 100, 1e5) if op in ("COS", "SIN") else choice(rng, 1, 8, 30)
    low = 1e-3 if op in ("LOG", "RSQRT", "SQRT") else -reach
    x_data = data(rng, shape, "float32", low, reach)
    if op in ("CEIL", "FLOOR", "ROUND"):
        x_data = np.where(data(rng, shape, "bool"), np.floor(x_data * 2) / 2, x_data).astype(np.float32)
    return unary(f"{op} f32 {shape}, up to {reach:g}", op, "f32", oracle, x_data)


def special_floats():
    """Zeros, infinities, large and tiny numbers, halves."""
    x = np.array([0, -0.0, np.inf, -np.inf, 1e-30, -1e-30, 1e30, -1e30, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5,
                  8388607.5, 8388609, -8388607.5, 3e9, 88.5, 89, -87, -103, 1e-40, np.pi, 1e10], np.float32)
    for op in "ABS CEIL EXP FLOOR NEG ROUND SQUARE".split():
        yield unary(f"{op} of special numbers", op, "f32", "tflm", x)
    for op in "COS SIN".split():
        yield unary(f"{op} of special numbers", op, "f32", "tflm", x[np.isfinite(x)])
    for op in "LOG RSQRT SQRT".split():
        yield unary(f"{op} of special numbers", op, "f32", "tflm", x[x >= 0])
    yield unary("SIGN of special numbers", "SIGN", "f32", "litert", x)


def unary(name, op, variant, oracle, x_data, x_quant=(None, 0), y_quant=(None, 0), y_type=None):
    g = Graph()
    x = g.tensor(x_data.shape, TYPES[variant], *x_quant)
    y = g.tensor(x_data.shape, y_type or TYPES[variant], *y_quant)
    g.op(op, [x], [y])
    return Case(name, g.build([x], [y]), [[x_data]], variant=variant, oracle=oracle)


def quantised(rng, op, variant, oracle, i, shape=None):
    dtype = TYPES[variant]
    shape = shape or a_shape(rng, i)
    x_data = values(rng, shape, dtype, i)
    info = np.iinfo(dtype)
    x_scale = scale(rng, 0.005, 0.2) if variant == "i8" else scale(rng, 1e-5, 1e-3)
    zero = zero_point(rng, dtype)
    if op in ("RSQRT", "SQRT"):
        x_data = np.maximum(x_data, x_data.dtype.type(zero))
    reach = max(info.max - zero, 1) * x_scale
    y_zero = zero_point(rng, dtype)
    if op == "ABS":
        y_scale = x_scale * choice(rng, 1.0, 0.7, 1.3, 2)
        y_zero = choice(rng, y_zero, info.min if variant == "i8" else 0)
    elif op == "SQRT":
        y_scale = reach ** 0.5 / info.max * choice(rng, 1, 0.5, 2)
    elif op == "RSQRT":
        y_scale = (x_scale * 4) ** -0.5 / info.max * choice(rng, 1, 0.5, 2)
    elif op == "EXP":
        x_scale = min(x_scale, 8 / info.max)
        y_scale = 2.0 ** (1.4 * x_scale * min(info.max - zero, info.max * 1.5)) / info.max * choice(rng, 1, 0.5, 2)
    else:  # LOG
        y_scale = 8 / info.max * choice(rng, 1, 0.5, 2)
    name = f"{op} {variant} {shape}, scale {x_scale:.6g} to {y_scale:.6g}, zero point {zero} to {y_zero}"
    return unary(name, op, variant, oracle, x_data, (x_scale, zero), (y_scale, y_zero))


def plain(rng, op, variant, oracle):
    """Integers as they are, and complex numbers."""
    shape = dims(rng, choice(rng, 1, 2, 3, 4), 1, 6)
    x_data = data(rng, shape, TYPES[variant])
    if op == "ABS" and variant == "i32":
        x_data = np.maximum(x_data, -2**31 + 1)
    y_type = "float32" if variant == "c64" else None
    return unary(f"{op} plain {variant} {shape}", op, variant, oracle, x_data, y_type=y_type)


def errors():
    i8, i16, f = ([4], "int8", 0.1, 0), ([4], "int16", 0.1, 0), ([4], "float32")
    for op in "CEIL COS FLOOR ROUND SIN SQUARE".split():
        yield refused(f"{op} of INT8", "input 0 't0': type INT8, want FLOAT32", op, [i8], [i8], "ERR_TYPE")
    yield refused("ABS of BOOL", "input 0 't0': type BOOL, want FLOAT32, INT32, INT16 or INT8", "ABS",
                  [([4], "bool")], [([4], "bool")], "ERR_TYPE")
    yield refused("NEG of UINT8", "input 0 't0': type UINT8, want FLOAT32, INT32, INT64, INT16 or INT8", "NEG",
                  [([4], "uint8")], [([4], "uint8")], "ERR_TYPE")
    yield refused("SIGN of INT8", "input 0 't0': type INT8, want FLOAT32 or INT32", "SIGN", [i8], [i8], "ERR_TYPE")
    yield refused("REAL of FLOAT32", "input 0 't0': type FLOAT32, want COMPLEX64", "REAL", [f], [f], "ERR_TYPE")
    yield refused("COMPLEX_ABS to COMPLEX64", "output 0 't1': type COMPLEX64, want FLOAT32", "COMPLEX_ABS",
                  [([4], "complex64")], [([4], "complex64")], "ERR_TYPE")
    for op in "EXP LOG SQRT RSQRT".split():
        yield refused(f"{op} of INT32", "input 0 't0': type INT32, want FLOAT32, INT16 or INT8", op,
                      [([4], "int32")], [([4], "int32")], "ERR_TYPE")
        yield refused(f"{op} of INT8 to FLOAT32", "output 0 't1': type FLOAT32, want INT8", op, [i8], [f], "ERR_TYPE")
        yield refused(f"{op} of INT8 without a scale", "input 0 't0': not quantised, want a scale", op,
                      [([4], "int8")], [i8])
        yield refused(f"{op} of INT16 with a zero point", "input 0 't0': zero point 3, want 0", op,
                      [([4], "int16", 0.1, 3)], [i16])
    yield refused("ABS of INT16 to a zero point", "output 0 't1': zero point 3, want 0", "ABS",
                  [i16], [([4], "int16", 0.1, 3)])
    yield refused("COS to a larger output", "output 0 't1': dimension 0 is 5, want 4", "COS", [f], [([5], "float32")],
                  "ERR_SHAPE")
    for op in "SQRT", "RSQRT":
        g = Graph()
        x, y = g.tensor(*i8), g.tensor(*i8)
        g.op(op, [x], [y])
        yield Case(f"{op} of a negative number", g.build([x], [y]), [[np.array([1, 2, -1, 3], np.int8)]],
                   variant="errors", error=("ERR_DATA", f"op 0 {op}, input 0 't0': root of a negative number"))
