# SPDX-License-Identifier: MIT
"""Arithmetic of two operands: ADD SUB MUL DIV SQUARED_DIFFERENCE MAXIMUM MINIMUM FLOOR_DIV
FLOOR_MOD POW PRELU, and ADD_N. What broadcasting, types and quantisation share with the families
compare and convert is here too."""

import numpy as np

from lib import ACTIVATIONS, Case, Graph, choice, data, dims, scale, zero_point
from variants import MORE, TFLM, variants

LONG = {"f32": "float32", "f16": "float16", "i8": "int8", "i16": "int16", "i32": "int32",
        "i64": "int64", "u8": "uint8", "u16": "uint16", "u32": "uint32", "bool": "bool",
        "c64": "complex64", "i4": "int4"}
FUSED = ("ADD", "SUB", "MUL", "DIV")
OPS = ("ADD", "SUB", "MUL", "DIV", "SQUARED_DIFFERENCE", "MAXIMUM", "MINIMUM", "FLOOR_DIV",
       "FLOOR_MOD", "POW", "PRELU")


def cases(rng, count):
    for op in OPS:
        for oracle, table in (("tflm", TFLM), ("litert", MORE)):
            for variant in variants(table, op):
                for i in range(count):
                    yield binary(rng, op, variant, oracle, high_rank=i % 4 == 3)
    for oracle, table in (("tflm", TFLM), ("litert", MORE)):
        for variant in variants(table, "ADD_N"):
            for _ in range(count):
                yield add_n(rng, variant, oracle)
    for _ in range(count):
        yield chain(rng)
    yield from special()
    yield from errors()


# --- Shapes.

def broadcast_shapes(rng, operands, high_rank=False, most=120):
    """Shapes of operands and of what they broadcast to."""
    while True:
        out = dims(rng, int(rng.integers(5, 7) if high_rank else rng.integers(0, 5)), 1, 5)
        if np.prod(out) <= most:
            break
    kind = choice(rng, "same", "scalar", "row", "any", "any")
    shapes = []
    for k in range(operands):
        shape = list(out)
        if kind == "scalar" and k == operands - 1:
            shape = choice(rng, [], [1], [1] * len(out))
        elif kind == "row" and k == operands - 1:
            shape = shape[-1:]
        elif kind == "any":
            shape = [1 if rng.integers(3) == 0 else d for d in shape]
            while shape and shape[0] == 1 and rng.integers(2):
                shape = shape[1:]
        shapes.append(shape)
    if kind == "scalar" and rng.integers(2):
        shapes.reverse()
    return shapes, [int(d) for d in np.broadcast_shapes(*map(tuple, shapes))]


def quantised(short):
    return short in ("i8", "u8", "i16")


def quantisation(rng, short, low=0.001, high=0.1):
    """Keywords of g.tensor()."""
    if not quantised(short):
        return {}
    return {"scale": scale(rng, low, high), "zero_point": zero_point(rng, LONG[short])}


# --- Two operands.

# How large results are, for a scale of the output under which few of them saturate.
REACH = {
    "ADD": lambda a, b: a + b, "SUB": lambda a, b: a + b, "MUL": lambda a, b: 60 * a * b,
    "DIV": lambda a, b: a / b / 20, "SQUARED_DIFFERENCE": lambda a, b: 60 * (a + b) ** 2,
    "PRELU": lambda a, b: a * max(1, 60 * b)}


def binary(rng, op, variant, oracle, high_rank=False):
    short, _, form = variant.partition("/")
    second = "i8" if op == "PRELU" and short == "i16" else short
    shapes, out = broadcast_shapes(rng, 2, high_rank)
    if op == "PRELU":  # the output has the shape of the input
        shapes[0] = out
        oracle = "litert" if len(out) > 4 and short == "f32" else oracle  # TFLM aborts
    g = Graph()
    quant = quantised(short) and form != "plain" and op not in ("FLOOR_DIV", "FLOOR_MOD")
    qa, qb, qy = ({} for _ in range(3))
    if quant:
        qa, qb = quantisation(rng, short), quantisation(rng, second)
        if op in ("MAXIMUM", "MINIMUM"):
            qb = qy = qa
        else:
            size = REACH[op](qa["scale"], qb["scale"]) / (256 if short == "i16" and op in ("MUL", "DIV") else 1)
            if op == "MUL" and short == "i16":
                size = 20000 * qa["scale"] * qb["scale"]
            if op == "SQUARED_DIFFERENCE" and short == "i16":
                size = 20000 * (qa["scale"] + qb["scale"]) ** 2
            qy = quantisation(rng, short)
            qy["scale"] = float(np.float32(size * choice(rng, 0.4, 1, 1, 2)))
    x = g.tensor(shapes[0], LONG[short], **qa)
    const = rng.integers(3) == 0
    values = second_operand(rng, op, short, second, shapes[1], qb)
    w = g.tensor(shapes[1], LONG[second], data=values if const else None, **qb)
    y = g.tensor(out, LONG[short], **qy)
    options = {}
    if op in FUSED:
        # On unsigned numbers TensorFlow Lite takes -1 for the largest.
        options["fused_activation_function"] = choice(rng, *ACTIVATIONS[:3 if short == "u32" else 4])
    g.op(op, [x, w], [y], **options)
    invokes = []
    for i in range(2):
        arrays = [first_operand(rng, op, short, shapes[0])]
        if not const:
            arrays.append(values if i == 0 else second_operand(rng, op, short, second, shapes[1], qb))
        invokes.append(arrays)
    name = f"{op} {variant}, {shapes[0]} and {shapes[1]}{' constant' if const else ''}"
    if options:
        name += ", " + options["fused_activation_function"].lower()
    return Case(name, g.build([x] if const else [x, w], [y]), invokes, variant=variant, oracle=oracle)


def first_operand(rng, op, short, shape):
    if op == "POW":
        return data(rng, shape, "float32", 0.1, 4) if short == "f32" else data(rng, shape, "int32", -9, 9)
    if short == "f32":
        return data(rng, shape, "float32", -8, 8)
    return data(rng, shape, LONG[short])


def second_operand(rng, op, short, second, shape, quant):
    if op == "POW":
        return data(rng, shape, "float32", -3, 3) if short == "f32" else data(rng, shape, "int32", 0, 9)
    if short == "f32":
        values = data(rng, shape, "float32", -8, 8)
        if op == "FLOOR_DIV":
            values = np.where(abs(values) < 0.01, np.float32(0.5), values)
        return values
    values = data(rng, shape, LONG[second])
    if op in ("DIV", "FLOOR_DIV", "FLOOR_MOD"):
        # Small divisors are the interesting ones.
        low = data(rng, shape, LONG[second], 0 if short.startswith("u") else -9, 9)
        values = np.where(rng.integers(0, 3, shape) > 0, low, values)
        zero = quant.get("zero_point", 0)
        other = zero - 1 if zero == np.iinfo(LONG[second]).max else zero + 1
        values = np.where(values == zero, other, values)
        if op.startswith("FLOOR") or short == "i32":
            # The references die of the least number divided by -1, or what they give depends on
            # the shape.
            values = np.where(values == -1, 2, values)
    return values.astype(LONG[second])


def add_n(rng, variant, oracle):
    shape = dims(rng, int(rng.integers(1, 5)), 1, 4)
    g = Graph()
    quant = quantisation(rng, variant)
    inputs = int(rng.integers(2, 6))
    xs = [g.tensor(shape, LONG[variant], **quant) for _ in range(inputs)]
    if rng.integers(3) == 0:
        xs.append(xs[0])  # one tensor twice
    qy = quantisation(rng, variant)
    if qy:
        qy["scale"] = float(np.float32(quant["scale"] * choice(rng, 0.7, 1.3, 2.9)))
    y = g.tensor(shape, LONG[variant], **qy)
    g.op("ADD_N", xs, [y])
    invokes = [[data(rng, shape, LONG[variant]) for _ in range(inputs)]]
    return Case(f"ADD_N {variant}, {len(xs)} of {shape}", g.build(xs[:inputs], [y]), invokes,
                variant=variant, oracle=oracle)


def chain(rng):
    """Operators one after the other, which may work in place; the last reads the first input again."""
    shape = dims(rng, 3, 1, 4)
    g = Graph()
    x = g.tensor(shape, "int8", scale=0.05, zero_point=3)
    t = x
    for op, operand in (("MUL", "row"), ("ADD", "itself"), ("SUB", "x"), ("ADD", "row")):
        row = g.tensor(shape[-1:], "int8", scale=0.03, zero_point=-7, data=data(rng, shape[-1:], "int8"))
        w = {"row": row, "itself": t, "x": x}[operand]
        y = g.tensor(shape, "int8", scale=scale(rng, 0.05, 0.2), zero_point=zero_point(rng))
        g.op(op, [t, w] if rng.integers(2) else [w, t], [y])
        t = y
    return Case(f"MUL, ADD, SUB, ADD in a row on {shape}", g.build([x], [t]),
                [[data(rng, shape, "int8")] for _ in range(2)], variant="i8", op="ADD")


def special():
    """Values that random ones miss."""
    least = np.iinfo(np.int32).min
    for op, want in (("FLOOR_DIV", [least, 3, -4, -1, 0, least // 2]), ("FLOOR_MOD", [0, 1, 1, -1, 0, 0]),
                     ("DIV", [least, 3, -3, 0, 0, least // 2])):
        a = np.array([least, 7, -7, -1, 0, least], np.int32)
        b = np.array([-1, 2, 2, {"FLOOR_MOD": -3}.get(op, 3), -5, 2], np.int32)
        yield plain(op, "i32", a, b, want)
    big = np.array([2.0 ** 31 - 1, 3.0, -3.0, 1e-30, -1e-30, 5.0], np.float32)
    by = np.array([0.5, 0.1, 0.1, 1e30, 1e30, 5.0], np.float32)
    yield plain("FLOOR_DIV", "f32", big, by, None)
    yield plain("MAXIMUM", "f32", [np.inf, -np.inf, 0.0, -0.0], [1.0, 1.0, -0.0, 0.0], None)
    yield plain("ADD", "f32", [np.inf, -np.inf, 3e38, 1.0], [1.0, 1.0, 3e38, -np.inf], None)
    yield plain("DIV", "f32", [1.0, -1.0, 3e38, 0.0], [0.0, 0.0, 0.1, 2.0], None)
    yield plain("POW", "i32", [2, -3, 0, 7, 10], [30, 19, 0, 1, 9], [2 ** 30, -1162261467, 1, 7, 10 ** 9])


    # A converter writes the unknown shape of the output as that of a scalar.
    for op, a, b in (("ADD", [2, 3], [3]), ("MUL", [1, 2], [2, 1]), ("SUB", [2], [2])):
        yield shaped(op, a, b, [])
    # Or the dimensions that it knows, and 1 for the others.
    g = Graph()
    x, w = g.tensor([4, 3], "int32"), g.tensor([3], "int32")
    y = g.tensor([1, 3], "int32", shape_signature=[-1, 3])
    g.op("MUL", [x, w], [y])
    yield Case("MUL i32 to a first dimension that is open", g.build([x, w], [y]),
               [[np.arange(12, dtype=np.int32).reshape(4, 3), np.arange(3, dtype=np.int32)]],
               variant="i32", oracle="litert")
    # Shapes that are the same may have more dimensions, and the output fewer ones of size 1.
    yield shaped("ADD", [1, 2, 1, 2, 1, 2, 1, 2], [1, 2, 1, 2, 1, 2, 1, 2], [1, 2, 1, 2, 1, 2, 1, 2])
    yield shaped("ADD", [0, 3], [3], [0, 3])


def shaped(op, a, b, out):
    g = Graph()
    x, w, y = (g.tensor(s, "float32") for s in (a, b, out))
    g.op(op, [x, w], [y])
    arrays = [np.arange(np.prod(s), dtype=np.float32).reshape(s) + 1 for s in (a, b)]
    return Case(f"{op} f32 of {a} and {b} to {out} in the file", g.build([x, w], [y]), [arrays],
                variant="f32", oracle="litert")


def plain(op, variant, a, b, want):
    dtype = LONG[variant]
    a, b = np.array(a, dtype), np.array(b, dtype)
    g = Graph()
    x, w, y = (g.tensor([len(a)], dtype) for _ in range(3))
    g.op(op, [x, w], [y])
    given = {} if want is None else {"oracle": "given", "outputs": [[np.array(want, dtype)]]}
    return Case(f"{op} {variant} of special values", g.build([x, w], [y]), [[a, b]], variant=variant, **given)


# --- Errors.

def wrong(op, status, message, a="float32", b="float32", y="float32", shapes=([2, 3], [2, 3], [2, 3]),
          invokes=(), quant=({}, {}, {}), **options):
    g = Graph()
    x = g.tensor(shapes[0], a, **quant[0])
    w = g.tensor(shapes[1], b, **quant[1])
    z = g.tensor(shapes[2], y, **quant[2])
    g.op(op, [x, w], [z], **options)
    return Case(f"{op}: {message}", g.build([x, w], [z]), invokes, variant="errors",
                error=(status, f"op 0 {op}{', ' if message.startswith(('in', 'out')) else ': '}{message}"))


def errors():
    types = "FLOAT32, INT32, UINT8, INT64, INT16 or INT8"
    yield wrong("ADD", "ERR_TYPE", f"input 0 't0': type BOOL, want {types}", "bool", "bool", "bool")
    yield wrong("ADD", "ERR_TYPE", "input 1 't1': type INT32, want FLOAT32", b="int32")
    yield wrong("SUB", "ERR_TYPE", "output 0 't2': type INT32, want FLOAT32", y="int32")
    yield wrong("MUL", "ERR_TYPE", "input 0 't0': type FLOAT16, want "
                "FLOAT32, INT32, UINT8, INT64, INT16, INT8 or UINT32", "float16", "float16", "float16")
    yield wrong("DIV", "ERR_TYPE", "input 0 't0': type INT64, want FLOAT32, INT32, UINT8, INT16 or INT8",
                "int64", "int64", "int64")
    yield wrong("MAXIMUM", "ERR_TYPE", f"input 0 't0': type UINT32, want {types}", *["uint32"] * 3)
    yield wrong("SQUARED_DIFFERENCE", "ERR_TYPE",
                "input 0 't0': type UINT8, want FLOAT32, INT32, INT16 or INT8", *["uint8"] * 3)
    yield wrong("FLOOR_DIV", "ERR_TYPE",
                "input 0 't0': type UINT8, want FLOAT32, INT32, INT64, INT16 or INT8", *["uint8"] * 3)
    yield wrong("POW", "ERR_TYPE", "input 0 't0': type INT8, want FLOAT32 or INT32", *["int8"] * 3)
    yield wrong("PRELU", "ERR_TYPE", "input 1 't1': type INT16, want INT8", *["int16"] * 3)
    yield wrong("ADD", "ERR_SHAPE", "input 1 't1': dimension 1 is 2, want 3 or 1",
                shapes=([2, 3], [2, 2], [2, 3]))
    yield wrong("ADD", "ERR_SHAPE", "input 1 't1': dimension 0 is 2, want 3 or 1", shapes=([2, 3], [2], [2, 3]))
    yield wrong("ADD", "ERR_SHAPE", "output 0 't2': dimension 1 is 4, want 3", shapes=([2, 3], [2, 3], [2, 4]))
    yield wrong("ADD", "ERR_SHAPE", "output 0 't2': dimension 0 is 2, want 1",
                shapes=([3], [3], [2, 3]))
    yield wrong("ADD", "ERR_SHAPE", "rank 7 with different shapes, want at most 6",
                shapes=([1] * 7, [1, 2] * 3 + [1], [1, 2] * 3 + [1]))
    # Products of dimensions that fit in 32 bits on their own, but not together.
    yield wrong("MUL", "ERR_SHAPE", "output 0 't2': dimension 0 is 1, want 65536",
                shapes=([65536, 1], [1, 65536], [1, 65536]))
    yield wrong("MUL", "ERR_SHAPE", "makes a shape that does not fit the tensor it goes to",
                shapes=([65536, 1], [1, 65536], []))
    q8, none = {"scale": 0.5, "zero_point": 1}, {}
    i8 = ["int8"] * 3
    yield wrong("ADD", "ERR_PARAM", "input 1 't1': not quantised, want a scale", *i8, quant=(q8, none, q8))
    yield wrong("SUB", "ERR_PARAM", "output 0 't2': scale out of range", *i8,
                quant=(q8, q8, {"scale": -1.0}))
    yield wrong("MUL", "ERR_PARAM", "input 0 't0': zero point 200, want one within INT8", *i8,
                quant=({"scale": 0.5, "zero_point": 200}, q8, q8))
    yield wrong("MUL", "ERR_PARAM", "input 0 't0': zero point 1, want 0", *["int16"] * 3,
                quant=(q8, {"scale": 0.5}, {"scale": 0.5}))
    for op in FUSED:
        yield wrong(op, "ERR_PARAM",
                    "fused activation 4, want NONE, RELU, RELU_N1_TO_1 or RELU6", fused_activation_function=4)
    for op, dtype in (("DIV", "int32"), ("FLOOR_DIV", "int32"), ("FLOOR_MOD", "int64"), ("FLOOR_DIV", "float32")):
        yield wrong(op, "ERR_DATA", "input 1 't1': element 2 is zero, want none", *[dtype] * 3,
                    shapes=([3], [3], [3]), invokes=[[np.ones(3, dtype), np.array([1, -1, 0], dtype)]])
    yield wrong("DIV", "ERR_DATA", "input 1 't1': element 1 is zero, want none", *i8, shapes=([3], [3], [3]),
                quant=(q8, q8, q8), invokes=[[np.ones(3, "int8"), np.array([2, 1, 3], "int8")]])
    yield wrong("POW", "ERR_DATA", "input 1 't1': element 1 is -2, want 0 or more", *["int32"] * 3,
                shapes=([2], [2], [2]), invokes=[[np.ones(2, "int32"), np.array([1, -2], "int32")]])
    yield wrong("ADD_N", "ERR_SHAPE", "input 1 't1': dimension 1 is 1, want 3", shapes=([2, 3], [2, 1], [2, 3]))
    yield wrong("ADD_N", "ERR_PARAM", "input 1 't1': scale or zero point differ, want the same", *i8,
                quant=(q8, {"scale": 0.25}, q8))
    yield wrong("ADD_N", "ERR_TYPE", "input 0 't0': type INT16, want FLOAT32, INT32 or INT8", *["int16"] * 3)
