# SPDX-License-Identifier: MIT
"""EQUAL NOT_EQUAL GREATER GREATER_EQUAL LESS LESS_EQUAL, LOGICAL_AND LOGICAL_OR LOGICAL_NOT, SELECT
and SELECT_V2."""

import numpy as np

from binary import LONG, broadcast_shapes, quantisation, quantised
from lib import Case, Graph, choice, data, dims
from variants import MORE, TFLM, variants

COMPARE = ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL")


def cases(rng, count):
    for oracle, table in (("tflm", TFLM), ("litert", MORE)):
        for op in COMPARE:
            for variant in variants(table, op):
                for i in range(count):
                    yield compare(rng, op, variant, oracle, high_rank=i % 4 == 3)
        for op in ("LOGICAL_AND", "LOGICAL_OR"):
            for variant in variants(table, op):
                for i in range(count):
                    yield compare(rng, op, variant, oracle, high_rank=i % 4 == 3)
        for variant in variants(table, "LOGICAL_NOT"):
            for _ in range(count):
                yield logical_not(rng, variant, oracle)
        for variant in variants(table, "SELECT_V2"):
            for i in range(count):
                yield select(rng, "SELECT_V2", variant, oracle, *select_v2_shapes(rng, i % 4 == 3))
        for variant in variants(table, "SELECT"):
            for _ in range(count):
                yield select(rng, "SELECT", variant, oracle, *select_shapes(rng))
    yield from special()
    yield from errors()


def near(rng, shape, dtype):
    """Few different values, so that many are equal."""
    values = rng.integers(0 if dtype.startswith("u") else -3, 3, shape, endpoint=True)
    extremes = data(rng, shape, dtype) if dtype != "float32" else np.zeros(shape, dtype)
    return np.where(rng.integers(8, size=shape) == 0, extremes, values).astype(dtype)


def compare(rng, op, variant, oracle, high_rank=False):
    short, _, form = variant.partition("/")
    dtype = LONG[short]
    shapes, out = broadcast_shapes(rng, 2, high_rank)
    g = Graph()
    qa = quantisation(rng, short, 0.01, 0.9) if form != "plain" else {}
    qb = qa if rng.integers(2) else quantisation(rng, short, 0.01, 0.9) if form != "plain" else {}
    if op == "GREATER" and short == "i16":
        oracle = "litert"  # TFLM forgets the scales
    x, w = g.tensor(shapes[0], dtype, **qa), g.tensor(shapes[1], dtype, **qb)
    y = g.tensor(out, "bool")
    g.op(op, [x, w], [y])

    def values(shape, quant):
        if short == "bool":
            return data(rng, shape, "bool")
        if quant:
            zero, reach = quant["zero_point"], 20
            info = np.iinfo(dtype)
            return data(rng, shape, dtype, max(info.min, zero - reach), min(info.max, zero + reach))
        return near(rng, shape, dtype)
    invokes = [[values(shapes[0], qa), values(shapes[1], qb)] for _ in range(2)]
    return Case(f"{op} {variant}, {shapes[0]} and {shapes[1]}", g.build([x, w], [y]), invokes,
                variant=variant, oracle=oracle)


def logical_not(rng, variant, oracle):
    shape = dims(rng, int(rng.integers(0, 5)), 1, 4)
    g = Graph()
    x, y = g.tensor(shape, "bool"), g.tensor(shape, "bool")
    g.op("LOGICAL_NOT", [x], [y])
    return Case(f"LOGICAL_NOT {shape}", g.build([x], [y]), [[data(rng, shape, "bool")]],
                variant=variant, oracle=oracle)


# --- Selection.

def select_v2_shapes(rng, high_rank):
    return broadcast_shapes(rng, 3, high_rank)


def select_shapes(rng):
    out = dims(rng, int(rng.integers(1, 5)), 1, 4)
    condition = choice(rng, out, out[:1], [])
    return [condition, out, out], out


def select(rng, op, variant, oracle, shapes, out):
    dtype = LONG[variant]
    g = Graph()
    quant = quantisation(rng, variant)
    c = g.tensor(shapes[0], "bool")
    x = g.tensor(shapes[1], dtype, **quant)
    const = rng.integers(4) == 0
    values = [data(rng, s, dtype) for s in shapes[1:]]
    w = g.tensor(shapes[2], dtype, data=values[1] if const else None, **quant)
    y = g.tensor(out, dtype, **quant)
    g.op(op, [c, x, w], [y])
    invokes = [[data(rng, shapes[0], "bool"), data(rng, shapes[1], dtype)] + ([] if const else [values[1]])
               for _ in range(2)]
    return Case(f"{op} {variant}, {shapes[0]} of {shapes[1]} and {shapes[2]}{' constant' if const else ''}",
                g.build([c, x] if const else [c, x, w], [y]), invokes, variant=variant, oracle=oracle)


def special():
    """NaN is neither below nor above nor equal; zeros are equal whatever their sign."""
    a = np.array([np.nan, np.nan, 1.0, -0.0, np.inf, -np.inf], np.float32)
    b = np.array([np.nan, 1.0, np.nan, 0.0, np.inf, np.inf], np.float32)
    for op in COMPARE:
        g = Graph()
        x, w, y = g.tensor([6], "float32"), g.tensor([6], "float32"), g.tensor([6], "bool")
        g.op(op, [x, w], [y])
        yield Case(f"{op} f32 of NaN, zeros and infinities", g.build([x, w], [y]), [[a, b]], variant="f32")


# --- Errors.

def wrong(op, status, message, types, shapes, quants=None):
    g = Graph()
    quants = quants or [{}] * len(types)
    tensors = [g.tensor(s, t, **q) for s, t, q in zip(shapes, types, quants)]
    g.op(op, tensors[:-1], tensors[-1:])
    return Case(f"{op}: {message}", g.build(tensors[:-1], tensors[-1:]), variant="errors",
                error=(status, f"op 0 {op}, {message}"))


def errors():
    same = [[2, 3]] * 3
    for op in COMPARE:
        kinds = "BOOL, INT16 or INT8" if op in ("EQUAL", "NOT_EQUAL") else "INT16 or INT8"
        yield wrong(op, "ERR_TYPE", f"input 0 't0': type UINT32, want FLOAT32, INT32, UINT8, INT64, {kinds}",
                    ["uint32", "uint32", "bool"], same)
    yield wrong("GREATER", "ERR_TYPE",
                "input 0 't0': type BOOL, want FLOAT32, INT32, UINT8, INT64, INT16 or INT8", ["bool"] * 3, same)
    yield wrong("LESS", "ERR_TYPE", "input 1 't1': type INT32, want FLOAT32", ["float32", "int32", "bool"], same)
    yield wrong("EQUAL", "ERR_TYPE", "output 0 't2': type INT32, want BOOL", ["int32"] * 3, same)
    yield wrong("EQUAL", "ERR_SHAPE", "input 1 't1': dimension 0 is 4, want 3 or 1",
                ["int32", "int32", "bool"], [[2, 3], [4], [2, 3]])
    yield wrong("LESS", "ERR_PARAM", "input 1 't1': not quantised, want a scale", ["int8", "int8", "bool"],
                same, [{"scale": 0.5}, {}, {}])
    for op in ("LOGICAL_AND", "LOGICAL_OR"):
        yield wrong(op, "ERR_TYPE", "input 0 't0': type INT8, want BOOL", ["int8"] * 3, same)
    yield wrong("LOGICAL_NOT", "ERR_TYPE", "input 0 't0': type INT32, want BOOL", ["int32"] * 2, same[:2])
    yield wrong("LOGICAL_NOT", "ERR_SHAPE", "output 0 't1': dimension 1 is 4, want 3", ["bool"] * 2,
                [[2, 3], [2, 4]])
    for op in ("SELECT", "SELECT_V2"):
        yield wrong(op, "ERR_TYPE", "input 0 't0': type INT8, want BOOL", ["int8"] + ["float32"] * 3, same + same[:1])
        yield wrong(op, "ERR_TYPE", "input 1 't1': type FLOAT64, want FLOAT32, FLOAT16, INT32, UINT8, INT64, "
                    "BOOL, INT16, INT8, UINT32 or UINT16", ["bool"] + ["float64"] * 3, same + same[:1])
        yield wrong(op, "ERR_TYPE", "input 2 't2': type INT8, want INT32", ["bool", "int32", "int8", "int32"],
                    same + same[:1])
    yield wrong("SELECT", "ERR_SHAPE", "input 0 't0': dimension 0 is 3, want 2", ["bool"] + ["int8"] * 3,
                [[3], [2, 3], [2, 3], [2, 3]])
    yield wrong("SELECT", "ERR_SHAPE", "input 2 't2': dimension 1 is 1, want 3", ["bool"] + ["int8"] * 3,
                [[2, 3], [2, 3], [2, 1], [2, 3]])
    yield wrong("SELECT_V2", "ERR_SHAPE", "input 2 't2': dimension 0 is 3, want 2 or 1", ["bool"] + ["int8"] * 3,
                [[2, 1], [1, 3], [3, 3], [2, 3]])
