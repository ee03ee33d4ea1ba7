# SPDX-License-Identifier: MIT
"""QUANTIZE, DEQUANTIZE and CAST."""

import numpy as np

from binary import LONG
from lib import Case, Graph, choice, data, dims, scale, zero_point
from variants import MORE, TFLM, variants


def cases(rng, count):
    for oracle, table in (("tflm", TFLM), ("litert", MORE)):
        for variant in variants(table, "QUANTIZE"):
            for _ in range(count):
                yield quantize(rng, variant, oracle)
        for variant in variants(table, "DEQUANTIZE"):
            for _ in range(count):
                yield dequantize(rng, variant, oracle)
        for variant in variants(table, "CAST"):
            for _ in range(count if count > 20 else 2):  # there are a hundred pairs
                yield cast(rng, variant, oracle)
    yield from special()
    yield from errors()


def shape_of(rng):
    return dims(rng, int(rng.integers(0, 5)), 1, 4)


def any_zero_point(rng, short):
    return zero_point(rng, LONG[short]) if short in ("i8", "u8", "i16") else 0


def case(g, x, y, name, variant, oracle, values):
    return Case(name, g.build([x], [y]), values, variant=variant, oracle=oracle)


def channels(rng, shape, short):
    """Keywords of a tensor that is quantised along one of its dimensions."""
    dim = int(rng.integers(len(shape)))
    zeros = [any_zero_point(rng, short) for _ in range(shape[dim])]
    if rng.integers(2):
        zeros = 0
    return {"scale": scale(rng, count=shape[dim]), "zero_point": zeros, "quant_dim": dim}


def quantize(rng, variant, oracle):
    pair, _, form = variant.partition("/")
    source, target = pair.split("->")
    shape = shape_of(rng) if form != "pc" else dims(rng, int(rng.integers(1, 5)), 2, 4)
    g = Graph()
    if source == "f32":
        quant = channels(rng, shape, target) if form == "pc" else \
            {"scale": scale(rng), "zero_point": any_zero_point(rng, target)}
        x, y = g.tensor(shape, "float32"), g.tensor(shape, LONG[target], **quant)
        reach = float(np.max(quant["scale"])) * (40000 if target == "i16" else 200)
        values = [[data(rng, shape, "float32", -reach, reach)] for _ in range(2)]
        halves = rng.integers(-60, 60, shape) + np.float32(0.5)  # halfway between two stored values
        values.append([(halves * np.float32(np.max(quant["scale"]))).astype(np.float32).reshape(shape)])
        detail = ""
    else:
        x_scale = scale(rng)
        # The output's scale: the same, or one that spreads the input over its range or beyond it.
        width = {"i8": 256, "u8": 256, "i16": 65536, "i32": 2 ** 32}
        ratio = choice(rng, 1, width[source] / width[target] * choice(rng, 0.3, 0.9, 1, 1.7))
        y_scale = float(np.float32(x_scale * ratio))
        x = g.tensor(shape, LONG[source], scale=x_scale, zero_point=any_zero_point(rng, source))
        y = g.tensor(shape, LONG[target], scale=y_scale, zero_point=any_zero_point(rng, target))
        values = [[data(rng, shape, LONG[source])] for _ in range(2)]
        if source == "i32":  # as large as sums are
            values.append([data(rng, shape, "int32", -40000, 40000)])
        detail = f", scale {y_scale / x_scale:.3g} times, zero points {x.zero_point[0]} and {y.zero_point[0]}"
    g.op("QUANTIZE", [x], [y])
    return case(g, x, y, f"QUANTIZE {variant} {shape}{detail}", variant, oracle, values)


def dequantize(rng, variant, oracle):
    pair, _, form = variant.partition("/")
    source = pair.split("->")[0]
    shape = shape_of(rng) if form != "pc" else dims(rng, int(rng.integers(1, 5)), 2, 4)
    g = Graph()
    quant = {} if source == "f16" else channels(rng, shape, source) if form == "pc" else \
        {"scale": scale(rng), "zero_point": any_zero_point(rng, source)}
    values = data(rng, shape, "int8", -8, 7) if source == "i4" else data(rng, shape, LONG[source])
    const = source == "i4" or rng.integers(3) == 0
    x = g.tensor(shape, LONG[source], data=values if const else None, **quant)
    y = g.tensor(shape, "float32")
    g.op("DEQUANTIZE", [x], [y])
    name = f"DEQUANTIZE {variant} {shape}"
    if not const:
        return case(g, x, y, name, variant, oracle, [[values], [data(rng, shape, LONG[source])]])
    return constant_case(rng, g, y, name, variant, oracle)


def constant_case(rng, g, y, name, variant, oracle):
    """A model has to have an input: add one to what was made of a constant."""
    a, z = g.tensor(y.shape, "float32"), g.tensor(y.shape, "float32")
    op = g.ops[0][1]
    g.op("ADD", [a, y], [z])
    return Case(name + " constant", g.build([a], [z]), [[data(rng, y.shape, "float32")]] * 2,
                variant=variant, oracle=oracle, op=op)


def cast(rng, variant, oracle):
    source, target = variant.split("->")
    shape = shape_of(rng)
    g = Graph()
    const = data(rng, shape, "int8", -8, 7) if source == "i4" else None
    x, y = g.tensor(shape, LONG[source], data=const), g.tensor(shape, LONG[target])
    g.op("CAST", [x], [y])
    if source == "i4":
        return constant_case(rng, g, y, f"CAST {variant} {shape}", variant, oracle)
    values = []
    for reach in (3, 300, 70000):
        if source in ("f32", "c64"):
            values.append([data(rng, shape, LONG[source], -reach, reach)])
        elif source == "f16":
            values.append([data(rng, shape, "float16", -min(reach, 9000), min(reach, 9000))])
        else:
            values.append([data(rng, shape, LONG[source])])
    return case(g, x, y, f"CAST {variant} {shape}", variant, oracle, values)


def special():
    # What the converter makes of zeros: a scale of 0.
    g = Graph()
    x, y = g.tensor([3], "int16", scale=0.0, zero_point=0), g.tensor([3], "int16", scale=0.5, zero_point=0)
    g.op("QUANTIZE", [x], [y])
    yield Case("QUANTIZE i16 from scale 0", g.build([x], [y]), [[np.array([0, 7, -9], np.int16)]], variant="i16->i16",
               oracle="litert")
    # All halves, subnormal ones, infinities and NaN too.
    halves = np.arange(65536, dtype=np.uint16).view(np.float16)[::61].copy()
    g = Graph()
    x, y = g.tensor([len(halves)], "float16"), g.tensor([len(halves)], "float32")
    g.op("DEQUANTIZE", [x], [y])
    yield Case("DEQUANTIZE every 61st half", g.build([x], [y]), [[halves]], variant="f16->f32",
               oracle="litert", atol=0, rtol=0)
    floats = np.array([0.0, -0.0, 6e-8, 2.9e-8, 3e-8, 6.09e-5, 6.1e-5, 1.0, 1.0004883, 1.0014648, 65504.0,
                       65519.9, 65520.0, -1e9, np.inf, -np.inf], np.float32)
    g = Graph()
    x, y = g.tensor([len(floats)], "float32"), g.tensor([len(floats)], "float16")
    g.op("CAST", [x], [y])
    yield Case("CAST floats to the nearest half", g.build([x], [y]), [[floats]], variant="f32->f16",
               oracle="litert")
    limits = np.array([127.9, 128.0, -128.9, -129.0, 32767.9, -32769.0, 2147483500.0, 2147483648.0,
                       -2147483648.0, -1e10, 4e9, 4294967296.0, 1e20, np.inf, -np.inf, -0.9], np.float32)
    for target, oracle in (("i8", "tflm"), ("i16", "tflm"), ("i32", "tflm"), ("u32", "tflm"),
                           ("u8", "litert"), ("u16", "litert"), ("i64", "litert"), ("bool", "litert")):
        g = Graph()
        x, y = g.tensor([len(limits)], "float32"), g.tensor([len(limits)], LONG[target])
        g.op("CAST", [x], [y])
        yield Case(f"CAST f32->{target} out of range", g.build([x], [y]), [[limits]],
                   variant=f"f32->{target}", oracle=oracle)


# --- Errors.

def wrong(op, status, message, x, y, x_quant=None, y_quant=None, shapes=([2, 3], [2, 3])):
    g = Graph()
    a, b = g.tensor(shapes[0], x, **(x_quant or {})), g.tensor(shapes[1], y, **(y_quant or {}))
    g.op(op, [a], [b])
    return Case(f"{op}: {message}", g.build([a], [b]), variant="errors",
                error=(status, f"op 0 {op}, {message}"))


def errors():
    q, three = {"scale": 0.5}, {"scale": [0.5, 0.25, 0.5], "quant_dim": 1}
    yield wrong("QUANTIZE", "ERR_TYPE", "input 0 't0': type FLOAT16, want FLOAT32, INT32, UINT8, INT16 or INT8",
                "float16", "int8", None, q)
    yield wrong("QUANTIZE", "ERR_TYPE", "output 0 't1': type INT32, want UINT8, INT16 or INT8", "float32", "int32",
                None, q)
    yield wrong("QUANTIZE", "ERR_TYPE", "output 0 't1': type FLOAT32, want INT32, UINT8, INT16 or INT8",
                "int8", "float32", q)
    yield wrong("QUANTIZE", "ERR_PARAM", "output 0 't1': not quantised, want a scale", "float32", "int8")
    yield wrong("QUANTIZE", "ERR_PARAM", "input 0 't0': not quantised, want a scale", "int8", "int8", None, q)
    yield wrong("QUANTIZE", "ERR_PARAM", "output 0 't1': zero point 128, want one within INT8", "float32", "int8",
                None, {"scale": 0.5, "zero_point": 128})
    yield wrong("QUANTIZE", "ERR_PARAM", "output 0 't1': 3 scales, want 1 or 2", "float32", "int8", None,
                {"scale": [0.5, 0.25, 0.5], "quant_dim": 0})
    yield wrong("QUANTIZE", "ERR_PARAM", "output 0 't1': quantised along dimension 2, want one within rank 2",
                "float32", "int8", None, {"scale": [0.5, 0.25, 0.5], "quant_dim": 2})
    yield wrong("QUANTIZE", "ERR_PARAM", "output 0 't1': scale 1 out of range", "float32", "int8", None,
                {"scale": [0.5, 0.0, 0.5], "quant_dim": 1})
    yield wrong("QUANTIZE", "ERR_PARAM", "output 0 't1': zero point 2 is -129, want one within INT8", "float32",
                "int8", None, {**three, "zero_point": [0, 1, -129]})
    yield wrong("QUANTIZE", "ERR_SHAPE", "output 0 't1': dimension 1 is 4, want 3", "float32", "int8", None, q,
                ([2, 3], [2, 4]))
    yield wrong("DEQUANTIZE", "ERR_TYPE", "input 0 't0': type INT32, want FLOAT16, UINT8, INT16, INT8 or INT4",
                "int32", "float32", q)
    yield wrong("DEQUANTIZE", "ERR_TYPE", "output 0 't1': type INT8, want FLOAT32", "int8", "int8", q)
    yield wrong("DEQUANTIZE", "ERR_PARAM", "input 0 't0': not quantised, want a scale", "int8", "float32")
    yield wrong("DEQUANTIZE", "ERR_PARAM", "input 0 't0': 3 scales, want 1 or 2", "int8", "float32",
                {"scale": [0.5, 0.25, 0.5], "quant_dim": 0})
    yield wrong("CAST", "ERR_TYPE", "input 0 't0': type FLOAT64, want FLOAT32, FLOAT16, INT32, UINT8, INT64, BOOL, "
                "INT16, COMPLEX64, INT8, UINT32, UINT16 or INT4", "float64", "float32")
    yield wrong("CAST", "ERR_TYPE", "output 0 't1': type FLOAT64, want FLOAT32, FLOAT16, INT32, UINT8, INT64, BOOL, "
                "INT16, COMPLEX64, INT8, UINT32 or UINT16", "float32", "float64")
    yield wrong("CAST", "ERR_SHAPE", "output 0 't1': dimension 0 is 3, want 2", "float32", "int8",
                shapes=([2, 3], [3, 3]))
