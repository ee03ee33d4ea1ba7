# SPDX-License-Identifier: MIT
"""MEAN, SUM, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD, REDUCE_ANY, REDUCE_ALL."""

import numpy as np

from lib import Case, Graph, choice, data, dims, scale, zero_point

TYPES = {"f32": "float32", "i8": "int8", "i16": "int16", "u8": "uint8", "i32": "int32",
         "i64": "int64", "bool": "bool"}
TFLM = {"MEAN": "f32 i8 i16", "SUM": "f32 i8 i16", "REDUCE_MAX": "f32 i8", "REDUCE_MIN": "f32 i8",
        "REDUCE_ALL": "bool"}
LITERT = {"MEAN": "u8 i32 i64", "SUM": "u8 i32 i64", "REDUCE_MAX": "u8 i16 i32 i64",
          "REDUCE_MIN": "u8 i16 i32 i64", "REDUCE_PROD": "f32 i8 i16 u8 i32 i64", "REDUCE_ANY": "bool"}


def cases(rng, count):
    for oracle, table in ("tflm", TFLM), ("litert", LITERT):
        for op, variants in table.items():
            for variant in variants.split():
                for i in range(count):
                    yield reduce(rng, op, variant, oracle, i)
    for op in "MEAN", "SUM":
        for _ in range(count):
            yield computed_axes(rng, op)
    yield from errors()


def axes_for(rng, rank):
    """Some axes, sometimes from the end, sometimes twice, sometimes none or all."""
    n = choice(rng, 0, 1, 1, 1, 2, 2, 2, 3, rank)
    axes = [int(a) for a in rng.permutation(rank)[:n]]
    if axes and rng.integers(8) == 0:
        axes.append(axes[0])
    return [a - rank if rng.integers(3) == 0 else a for a in axes]


def result_shape(shape, axes, keep):
    gone = {a % len(shape) for a in axes} if shape else set()
    return [1 if i in gone else d for i, d in enumerate(shape) if keep or i not in gone]


def values(rng, op, shape, variant):
    dtype = TYPES[variant]
    if variant == "f32":
        return data(rng, shape, dtype, 0.5, 1.5) if op == "REDUCE_PROD" else data(rng, shape, dtype, -5, 5)
    if variant == "bool":
        return np.asarray(rng.random(shape) < choice(rng, 0.1, 0.5, 0.9))
    if op == "MEAN" and variant == "i64":
        return data(rng, shape, dtype, -2**40, 2**40)
    return data(rng, shape, dtype)


def quantisation(rng, op, variant, n):
    """Scales and zero points of input and output when `n` elements become one."""
    x_scale, x_zero = scale(rng, 0.001, 0.1), zero_point(rng, TYPES[variant])
    if op == "MEAN":
        return (x_scale, x_zero), (x_scale * choice(rng, 1.0, 0.3, 0.9, 1.1, 2.7), zero_point(rng, TYPES[variant]))
    if op == "SUM":
        return (x_scale, x_zero), (x_scale * choice(rng, 1.0, 0.3, n**0.5, n), zero_point(rng, TYPES[variant]))
    if op == "REDUCE_PROD":
        x_scale = choice(rng, 0.02, 0.01, 0.015) if variant == "i8" else choice(rng, 0.00005, 0.00003)
        return (x_scale, x_zero), (choice(rng, 0.01, 0.1, 0.003), zero_point(rng, TYPES[variant]))
    return (x_scale, x_zero), (x_scale, x_zero)


def reduce(rng, op, variant, oracle, i):
    rank = choice(rng, 1, 2, 3, 4, 4, 4, 5, 6)
    shape = dims(rng, rank, 1, 4)
    if rank == 4 and i % 3 == 0:
        shape = [choice(rng, 1, 2), *dims(rng, 2, 1, 8), choice(rng, 1, 3, 8, 9, 17)]
    axes = choice(rng, [1, 2], [2, 1]) if rank == 4 and rng.integers(3) == 0 else axes_for(rng, rank)
    keep = bool(rng.integers(2))
    out_shape = result_shape(shape, axes, keep)
    quant = ((None, 0), (None, 0))
    if variant in ("i8", "u8", "i16") and not (op == "REDUCE_PROD" and (variant == "u8" or rng.integers(3) == 0)):
        quant = quantisation(rng, op, variant, int(np.prod(shape)) // max(1, int(np.prod(out_shape))))
    g = Graph()
    x = g.tensor(shape, TYPES[variant], *quant[0])
    scalar = len(axes) == 1 and rng.integers(4) == 0
    a = g.tensor([] if scalar else [len(axes)], "int32", data=axes[0] if scalar else np.array(axes, np.int32))
    y = g.tensor(out_shape, TYPES[variant], *quant[1])
    g.op(op, [x, a], [y], keep_dims=keep)
    name = f"{op} {variant} {shape} over {axes}{', keeps dims' if keep else ''}"
    if quant[0][0]:
        name += f", scale {quant[0][0]:.6g} to {quant[1][0]:.6g}, zero point {quant[0][1]} to {quant[1][1]}"
    if op == "MEAN" and variant == "f32" and len(axes) > 4:
        oracle = "litert"  # TFLM's MEAN writes the fifth beyond its array
    return Case(name, g.build([x], [y]), [[values(rng, op, shape, variant)]], variant=variant, oracle=oracle)


def computed_axes(rng, op):
    """The axes come in with the input: the output's shape is the file's."""
    shape = [int(rng.integers(1, 4))] * 2 + [3]
    g = Graph()
    x, y = g.tensor(shape, "float32"), g.tensor([shape[0], 3], "float32")
    a = g.tensor([1], "int32")
    g.op(op, [x, a], [y])
    invokes = [[data(rng, shape, "float32"), np.array([axis], np.int32)] for axis in (0, 1, -2)]
    return Case(f"{op} f32 {shape} over computed axes", g.build([x, a], [y]), invokes, variant="f32")


def refused(name, message, op, x, axes, y, status="ERR_PARAM", computed=None, axes_type="int32"):
    g = Graph()
    x, y = g.tensor(*x), g.tensor(*y)
    a = g.tensor([len(axes)], axes_type, data=None if computed else axes)
    g.op(op, [x, a], [y])
    invokes = [[np.zeros(x.shape, x.numpy), np.array(axes, np.int32)]] if computed else []
    return Case(name, g.build([x, a] if computed else [x], [y]), invokes, variant="errors",
                error=(status, f"op 0 {op}, {message}"))


def errors():
    f = [2, 3], "float32"
    yield refused("MEAN of BOOL", "input 0 't0': type BOOL, want FLOAT32, INT32, UINT8, INT64, INT16 or INT8",
                  "MEAN", ([2, 3], "bool"), [0], ([3], "bool"), "ERR_TYPE")
    yield refused("REDUCE_ALL of FLOAT32", "input 0 't0': type FLOAT32, want BOOL",
                  "REDUCE_ALL", f, [0], ([3], "float32"), "ERR_TYPE")
    yield refused("SUM to another type", "output 0 't1': type INT32, want FLOAT32",
                  "SUM", f, [0], ([3], "int32"), "ERR_TYPE")
    yield refused("SUM over axes of FLOAT32", "input 1 't2': type FLOAT32, want INT32 or INT64",
                  "SUM", f, [0], ([3], "float32"), "ERR_TYPE", axes_type="float32")
    yield refused("MEAN over axis 2 of rank 2", "input 1 't2': axis 2, want -2 to 1",
                  "MEAN", f, [0, 2], ([3], "float32"))
    yield refused("MEAN over axis -3 of rank 2", "input 1 't2': axis -3, want -2 to 1",
                  "MEAN", f, [-3], ([3], "float32"))
    yield refused("SUM with a wrong output shape", "output 0 't1': dimension 0 is 2, want 3",
                  "SUM", f, [0], ([2], "float32"), "ERR_SHAPE")
    yield refused("SUM with a wrong output rank", "output 0 't1': rank 2, want 1",
                  "SUM", f, [0], ([3, 2], "float32"), "ERR_SHAPE")
    yield refused("MEAN of INT8 without a scale", "input 0 't0': not quantised, want a scale",
                  "MEAN", ([2, 3], "int8"), [0], ([3], "int8", 0.1, 0))
    yield refused("SUM of INT8 to no scale", "output 0 't1': not quantised, want a scale",
                  "SUM", ([2, 3], "int8", 0.1, 0), [0], ([3], "int8"))
    yield refused("REDUCE_MAX to another scale", "output 0 't1': scale or zero point differ, want the same",
                  "REDUCE_MAX", ([2, 3], "int8", 0.1, 0), [0], ([3], "int8", 0.2, 0))
    yield refused("REDUCE_PROD of quantised UINT8", "input 0 't0': type UINT8, want INT16 or INT8",
                  "REDUCE_PROD", ([2, 3], "uint8", 0.1, 0), [0], ([3], "uint8", 0.1, 0), "ERR_TYPE")
    yield refused("REDUCE_PROD to a tiny scale", "output 0 't1': scale too small for that of input 0",
                  "REDUCE_PROD", ([1, 3], "int8", 10.0, 0), [0], ([3], "int8", 1e-6, 0))
    yield refused("MEAN over a computed axis out of range", "input 1 't2': axis 5, want -2 to 1",
                  "MEAN", f, [5], ([3], "float32"), "ERR_DATA", computed=True)
    yield refused("MEAN over a computed axis that does not fit",
                  "input 1 't2': axes that do not fit the output's shape",
                  "MEAN", f, [1], ([3], "float32"), "ERR_DATA", computed=True)
