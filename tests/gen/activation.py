# SPDX-License-Identifier: MIT
"""RELU and its kin, LOGISTIC, TANH, ELU, GELU, HARD_SWISH, LEAKY_RELU, SOFTMAX, LOG_SOFTMAX,
L2_NORMALIZATION: one input, one output of the same shape."""

import numpy as np

from lib import Case, Graph, choice, data, dims, scale, zero_point

TYPES = {"f32": "float32", "i8": "int8", "i16": "int16", "u8": "uint8"}
SAME = {"RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1"}  # often of the same scale in and out


def cases(rng, count):
    for op, variant, oracle in [
            ("RELU", "f32", "tflm"), ("RELU", "i8", "tflm"), ("RELU", "i16", "tflm"), ("RELU", "u8", "litert"),
            ("RELU6", "f32", "tflm"), ("RELU6", "i8", "tflm"), ("RELU6", "i16", "tflm"), ("RELU6", "u8", "litert"),
            ("RELU_N1_TO_1", "f32", "litert"), ("RELU_N1_TO_1", "i8", "litert"), ("RELU_N1_TO_1", "u8", "litert"),
            ("RELU_0_TO_1", "f32", "litert"), ("RELU_0_TO_1", "i8", "litert"), ("RELU_0_TO_1", "u8", "litert"),
            ("LOGISTIC", "f32", "tflm"), ("LOGISTIC", "i8", "tflm"), ("LOGISTIC", "i16", "tflm"),
            ("LOGISTIC", "u8", "litert"),
            ("TANH", "f32", "tflm"), ("TANH", "i8", "tflm"), ("TANH", "i16", "tflm"), ("TANH", "u8", "litert")]:
        for i in range(count):
            yield elementwise(rng, op, variant, oracle, i)
    for variant, oracle in [("f32", "tflm"), ("i8->i8", "tflm"), ("i8->i16", "tflm"), ("i16->i16", "tflm"),
                            ("u8->u8", "litert"), ("u8->i16", "litert")]:
        for i in range(count):
            yield softmax(rng, variant, oracle, i)
    yield from errors()


def values(rng, shape, dtype, i):
    """Random elements; for some cases all 256 values, or a stride through those of int16."""
    size = int(np.prod(shape))
    if dtype == "float32":
        return data(rng, shape, dtype, -8, 8) * np.float32(choice(rng, 0.1, 1, 10))
    if size >= 256 and dtype != "int16":
        info = np.iinfo(dtype)
        return np.resize(np.arange(info.min, info.max + 1), shape).astype(dtype)
    if size >= 256:
        return np.resize(np.arange(-32768 + i % 7, 32768, 65536 // size), shape).astype(dtype)
    return data(rng, shape, dtype)


def a_shape(rng, i):
    """Small ones, and every third time one that holds all values of a byte."""
    if i % 3 == 0:
        return choice(rng, [256], [1, 257], [2, 4, 33])
    return dims(rng, choice(rng, 1, 2, 3, 4, 5), 1, 5)


def output_quant(rng, op, variant, x_scale, zero):
    """Scale and zero point of the output."""
    low = {"i8": -128, "u8": 0, "i16": 0}[variant]
    if op in SAME:
        if rng.integers(2) or (op == "RELU6" and variant != "u8"):
            return x_scale, zero
        return x_scale * choice(rng, 0.4, 0.9, 1.1, 3), zero_point(rng, TYPES[variant])
    if op == "LOGISTIC":
        return (1 / 32768 if variant == "i16" else 1 / 256), low
    if op == "TANH":
        return (1 / 32768 if variant == "i16" else 1 / 128), {"i8": 0, "u8": 128, "i16": 0}[variant]
    raise ValueError(op)


def elementwise(rng, op, variant, oracle, i):
    shape, dtype = a_shape(rng, i), TYPES[variant]
    g = Graph()
    if variant == "f32":
        x, y = g.tensor(shape, dtype), g.tensor(shape, dtype)
        name = f"{op} f32 {shape}"
    else:
        # int16: powers of two have a path of their own.
        x_scale = scale(rng, 0.001, 0.2)
        if variant == "i16":
            x_scale = choice(rng, 2.0**-12, 2.0**-11, 2.0**-12 * 1.0005, scale(rng, 1e-5, 1e-3), scale(rng, 1e-5, 2))
        elif rng.integers(8) == 0:
            x_scale = choice(rng, 1e-5, 0.5, 3.9, 4.0, 7.9, 8.0, 30.0)
        zero = zero_point(rng, dtype)
        y_scale, y_zero = output_quant(rng, op, variant, x_scale, zero)
        x = g.tensor(shape, dtype, scale=x_scale, zero_point=zero)
        y = g.tensor(shape, dtype, scale=y_scale, zero_point=y_zero)
        name = f"{op} {variant} {shape}, scale {x_scale:.6g} to {y_scale:.6g}, zero point {zero} to {y_zero}"
    g.op(op, [x], [y])
    return Case(name, g.build([x], [y]), [[values(rng, shape, dtype, i)]], variant=variant, oracle=oracle)


def softmax(rng, variant, oracle, i):
    depth = choice(rng, 1, 2, 3, 5, 12, 17, 64, 200)
    shape = choice(rng, [depth], [1, depth], [3, depth], [2, 1, 3, depth])
    if depth == 200:
        shape = [4, 200]  # large enough for a table
    beta = choice(rng, 1.0, 1.0, 0.5, 2.0, 0.1)
    g = Graph()
    if variant == "f32":
        x, y = g.tensor(shape, "float32"), g.tensor(shape, "float32")
        name = f"SOFTMAX f32 {shape}, beta {beta}"
    else:
        a, b = variant.split("->")
        zero = zero_point(rng, TYPES[a])
        x_scale = scale(rng, 0.001, 0.3) if a != "i16" else scale(rng, 1e-5, 1e-3)
        if rng.integers(6) == 0:
            x_scale = choice(rng, 1e-4, 1.0, 8.0, 16.0, 40.0) if a != "i16" else choice(rng, 1e-7, 0.1)
        y_quant = {"i8": (1 / 256, -128), "u8": (1 / 256, 0), "i16": (1 / 65536, -32768)}[b]
        if a == "i16":
            y_quant = 1 / 32768, 0
        x = g.tensor(shape, TYPES[a], scale=x_scale, zero_point=zero)
        y = g.tensor(shape, TYPES[b], scale=y_quant[0], zero_point=y_quant[1])
        name = f"SOFTMAX {variant} {shape}, scale {x_scale:.6g}, beta {beta}"
    g.op("SOFTMAX", [x], [y], beta=beta)
    invokes = [[values(rng, shape, x.dtype, i)]]
    if variant != "f32" and rng.integers(3) == 0:  # all close together
        invokes.append([data(rng, shape, x.dtype, 60, 70)])
    return Case(name, g.build([x], [y]), invokes, variant=variant, oracle=oracle)


def refused(name, message, op, x, y, status="ERR_PARAM", **options):
    """x, y: shape, type, scale and zero point."""
    g = Graph()
    xs, ys = ([g.tensor(t[0], t[1], *t[2:]) for t in group] for group in (x, y))
    g.op(op, xs, ys, **options)
    what = "" if message.startswith(":") else ", "
    return Case(name, g.build(xs, ys), variant="errors", error=(status, f"op 0 {op}{what}{message}"))


def errors():
    f, i8 = [[4], "float32"], [[4], "int8", 0.1, 0]
    yield refused("RELU of INT32", "input 0 't0': type INT32, want FLOAT32, UINT8, INT16 or INT8", "RELU",
                  [[[4], "int32"]], [[[4], "int32"]], "ERR_TYPE")
