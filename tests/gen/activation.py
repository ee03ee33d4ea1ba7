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
            ("TANH", "f32", "tflm"), ("TANH", "i8", "tflm"), ("TANH", "i16", "tflm"), ("TANH", "u8", "litert"),
            ("ELU", "f32", "tflm"), ("ELU", "i8", "tflm"),
            ("GELU", "f32", "litert"), ("GELU", "i8", "litert"), ("GELU", "u8", "litert"), ("GELU", "i16", "litert"),
            ("HARD_SWISH", "f32", "tflm"), ("HARD_SWISH", "i8", "tflm"), ("HARD_SWISH", "u8", "litert"),
            ("LEAKY_RELU", "f32", "tflm"), ("LEAKY_RELU", "i8", "tflm"), ("LEAKY_RELU", "i16", "tflm"),
            ("LEAKY_RELU", "u8", "litert")]:
        for i in range(count):
            yield elementwise(rng, op, variant, oracle, i)
        if variant == "i16" and count > 20:
            yield elementwise(rng, op, variant, oracle, 0, [256, 256])  # every value
    for variant, oracle in [("f32", "tflm"), ("i8->i8", "tflm"), ("i8->i16", "tflm"), ("i16->i16", "tflm"),
                            ("u8->u8", "litert"), ("u8->i16", "litert")]:
        for i in range(count):
            yield softmax(rng, variant, oracle, i)
    for variant, oracle in [("f32", "tflm"), ("i8", "tflm"), ("u8", "litert")]:
        for i in range(count):
            yield log_softmax(rng, variant, oracle, i)
            yield l2_normalization(rng, variant, oracle, i)
    for i in range(count):
        yield local_response_normalization(rng)
        for variant in "f32", "i8", "i16":
            yield chain(rng, variant, i)
    yield unknown_shape()
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
        step = max(1, 65536 // size)
        return np.resize(np.arange(-32768 + i % 7 % step, 32768, step), shape).astype(dtype)
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
        if rng.integers(2):
            return x_scale, zero
        return x_scale * choice(rng, 0.4, 0.9, 1.1, 3), zero_point(rng, TYPES[variant])
    if op == "LOGISTIC":
        return (1 / 32768 if variant == "i16" else 1 / 256), low
    if op == "TANH":
        return (1 / 32768 if variant == "i16" else 1 / 128), {"i8": 0, "u8": 128, "i16": 0}[variant]
    low, high = (-32768, 32767) if variant == "i16" else (low, low + 255)
    reach = max(abs(low - zero), abs(high - zero)) * x_scale
    if op == "ELU":
        return choice(rng, x_scale, max(reach, 1) / 200), zero_point(rng, TYPES[variant])
    if op == "HARD_SWISH":
        return max(reach / 255 * choice(rng, 1.0, 0.5, 2), x_scale / 100), zero_point(rng, TYPES[variant])
    if op == "GELU" and variant == "i16":
        return choice(rng, x_scale, reach / 32768), 0
    return x_scale * choice(rng, 1.0, 0.6, 0.9, 1.3, 3), zero_point(rng, TYPES[variant])


def elementwise(rng, op, variant, oracle, i, shape=None):
    shape, dtype = shape or a_shape(rng, i), TYPES[variant]
    g = Graph()
    options = {}
    if op == "GELU":
        options["approximate"] = bool(rng.integers(2))
    if op == "LEAKY_RELU":
        options["alpha"] = choice(rng, 0.1, 0.2, 0.01, 0.3, 1.0, 1.5, 0.0, -0.2)
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
        if op == "RELU6" and (y_scale, y_zero) != (x_scale, zero):
            oracle = "litert"  # TFLM's ignores the output's scale
        x = g.tensor(shape, dtype, scale=x_scale, zero_point=zero)
        y = g.tensor(shape, dtype, scale=y_scale, zero_point=y_zero)
        name = f"{op} {variant} {shape}, scale {x_scale:.6g} to {y_scale:.6g}, zero point {zero} to {y_zero}"
    name += "".join(f", {k} {v}" for k, v in options.items())
    g.op(op, [x], [y], **options)
    # The C library's erfcf and tanhf, from which LiteRT makes its table, are not correctly rounded: 1 of 100 000
    # entries is one off.
    quanta = 1 if op == "GELU" and variant == "i16" else 0
    return Case(name, g.build([x], [y]), [[values(rng, shape, dtype, i)]], variant=variant, oracle=oracle,
                quanta=quanta)


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


def log_softmax(rng, variant, oracle, i):
    depth = choice(rng, 1, 2, 3, 5, 12, 17, 64, 200)
    shape = choice(rng, [depth], [1, depth], [3, depth], [2, 1, 3, depth]) if depth < 200 else [4, depth]
    g = Graph()
    if variant == "f32":
        x, y = g.tensor(shape, "float32"), g.tensor(shape, "float32")
        name = f"LOG_SOFTMAX f32 {shape}"
    else:
        x_scale = scale(rng, 0.001, 0.3) if rng.integers(6) else choice(rng, 1e-4, 1.0, 8.0, 16.0, 40.0)
        x = g.tensor(shape, TYPES[variant], scale=x_scale, zero_point=zero_point(rng, TYPES[variant]))
        y = g.tensor(shape, TYPES[variant], scale=1 / 16, zero_point=127 if variant == "i8" else 255)
        name = f"LOG_SOFTMAX {variant} {shape}, scale {x_scale:.6g}"
    g.op("LOG_SOFTMAX", [x], [y])
    return Case(name, g.build([x], [y]), [[values(rng, shape, x.dtype, i)]], variant=variant, oracle=oracle)


def l2_normalization(rng, variant, oracle, i):
    depth = choice(rng, 1, 2, 3, 5, 12, 17, 64)
    shape = choice(rng, [1, depth], [3, depth], [2, 1, 3, depth])
    g = Graph()
    if variant == "f32":
        x, y = g.tensor(shape, "float32"), g.tensor(shape, "float32")
        array = values(rng, shape, "float32", 1)
        name = f"L2_NORMALIZATION f32 {shape}"
    else:
        zero = zero_point(rng, TYPES[variant])
        x = g.tensor(shape, TYPES[variant], scale=scale(rng), zero_point=zero)
        y = g.tensor(shape, TYPES[variant], scale=1 / 128, zero_point=0 if variant == "i8" else 128)
        array = data(rng, shape, TYPES[variant])
        if rng.integers(3) == 0:  # small numbers, and nothing but zeros
            array = np.where(data(rng, shape, "bool"), array.dtype.type(zero), array)
            array[..., :, :] = np.where(rng.random(shape[:-1] + [1]) < 0.5, array.dtype.type(zero), array)
        name = f"L2_NORMALIZATION {variant} {shape}, zero point {zero}"
    g.op("L2_NORMALIZATION", [x], [y])
    return Case(name, g.build([x], [y]), [[array]], variant=variant, oracle=oracle)


def local_response_normalization(rng):
    shape = dims(rng, 3, 1, 3) + [choice(rng, 1, 3, 8, 20)]
    options = {"radius": choice(rng, 0, 1, 2, 5, 30), "bias": choice(rng, 1.0, 2.0, 0.5),
               "alpha": choice(rng, 1.0, 0.1, 4.0), "beta": choice(rng, 0.5, 0.75, 1.0, 0.3)}
    g = Graph()
    x, y = g.tensor(shape, "float32"), g.tensor(shape, "float32")
    op = "LOCAL_RESPONSE_NORMALIZATION"
    g.op(op, [x], [y], **options)
    name = f"{op} {shape}, " + ", ".join(f"{k} {v}" for k, v in options.items())
    return Case(name, g.build([x], [y]), [[data(rng, shape, "float32", -3, 3)]], variant="f32", oracle="litert")


def chain(rng, variant, i):
    """Several in a row, so that outputs take the place of inputs."""
    ops = {"f32": "RELU6 LOGISTIC TANH ELU LEAKY_RELU HARD_SWISH SOFTMAX LOG_SOFTMAX L2_NORMALIZATION NEG EXP ABS SIN",
           "i8": "RELU RELU6 LOGISTIC TANH ELU LEAKY_RELU HARD_SWISH SOFTMAX L2_NORMALIZATION ABS",
           "i16": "RELU LOGISTIC TANH LEAKY_RELU SOFTMAX ABS"}[variant].split()
    shape = [choice(rng, 1, 3), choice(rng, 5, 50, 200)]
    fixed = {"LOGISTIC": (1 / 256, -128), "SOFTMAX": (1 / 256, -128), "TANH": (1 / 128, 0),
             "L2_NORMALIZATION": (1 / 128, 0)}
    quant = (None, 0) if variant == "f32" else (0.05, 3) if variant == "i8" else (2.0**-12, 0)
    g = Graph()
    x = t = g.tensor(shape, TYPES[variant], *quant)
    names = [ops[int(k)] for k in rng.integers(0, len(ops), 4)]
    for op in names:
        if variant == "i8":
            quant = fixed.get(op) or (quant if op == "RELU6" else (choice(rng, 0.05, 0.03), zero_point(rng)))
        elif variant == "i16" and op in fixed:
            quant = 1 / 32768, 0
        y = g.tensor(shape, TYPES[variant], *quant)
        options = {"SOFTMAX": {"beta": 1.0}, "LEAKY_RELU": {"alpha": 0.2}}.get(op, {})
        g.op(op, [t], [y], **options)
        t = y
    # Errors of floats grow along the way.
    counts_as = f"{variant}->{variant}" if names[0] == "SOFTMAX" and variant != "f32" else variant
    return Case(f"{' '.join(names)} in a row, {variant} {shape}", g.build([x], [t]),
                [[values(rng, shape, TYPES[variant], i)] for _ in range(2)], variant=counts_as, atol=2e-5, rtol=2e-4)


def unknown_shape():
    g = Graph()
    x, y = g.tensor([2, 3], "float32"), g.tensor([], "float32")
    g.op("RELU", [x], [y])
    return Case("RELU to an output without a shape", g.build([x], [y]),
                [[np.array([[-1, 0, 1], [2, 3, -4]], np.float32)]], variant="f32", oracle="litert")


def refused(name, message, op, x, y, status="ERR_PARAM", **options):
    """x, y: shape, type, scale and zero point."""
    g = Graph()
    xs, ys = ([g.tensor(t[0], t[1], *t[2:]) for t in group] for group in (x, y))
    g.op(op, xs, ys, **options)
    what = "" if message.startswith(":") else ", "
    return Case(name, g.build(xs, ys), variant="errors", error=(status, f"op 0 {op}{what}{message}"))


def errors():
    def q(dtype, quantum=0.1, zero=0, shape=(4,)):
        return list(shape), dtype, quantum, zero

    f, i32 = ([4], "float32"), ([4], "int32")
    four = "FLOAT32, UINT8, INT16 or INT8"
    for op in "RELU RELU6 RELU_N1_TO_1 RELU_0_TO_1 LOGISTIC TANH GELU LEAKY_RELU SOFTMAX".split():
        yield refused(f"{op} of INT32", f"input 0 't0': type INT32, want {four}", op, [i32], [i32], "ERR_TYPE")
        if op != "SOFTMAX":
            yield refused(f"{op} of INT8 to FLOAT32", "output 0 't1': type FLOAT32, want INT8", op, [q("int8")], [f],
                          "ERR_TYPE")
        y = {"SOFTMAX": q("int8", 1 / 256, -128), "LOGISTIC": q("int8", 1 / 256, -128)}.get(op, q("int8"))
        yield refused(f"{op} of INT8 without a scale", "input 0 't0': not quantised, want a scale", op,
                      [([4], "int8")], [y])
        yield refused(f"{op} to a smaller output", "output 0 't1': dimension 0 is 3, want 4", op, [f],
                      [([3], "float32")], "ERR_SHAPE")
    yield refused("RELU into a constant", "output 0 't1': a constant, want room for a result", "RELU", [f],
                  [([4], "float32", None, 0, [1, 2, 3, 4])], "ERR_MODEL")
    for op in "HARD_SWISH LOG_SOFTMAX L2_NORMALIZATION".split():
        yield refused(f"{op} of INT16", "input 0 't0': type INT16, want FLOAT32, UINT8 or INT8", op,
                      [q("int16")], [q("int16")], "ERR_TYPE")
    yield refused("ELU of UINT8", "input 0 't0': type UINT8, want FLOAT32 or INT8", "ELU", [q("uint8")], [q("uint8")],
                  "ERR_TYPE")
    yield refused("RELU of INT8 with a scale of 0", "input 0 't0': scale out of range", "RELU",
                  [q("int8", 0.0)], [q("int8")])
    yield refused("RELU of INT8 with an infinite scale", "output 0 't1': scale out of range", "RELU",
                  [q("int8")], [q("int8", float("inf"))])
    yield refused("RELU of INT8 with zero point 200", "input 0 't0': zero point 200, want one within INT8", "RELU",
                  [q("int8", 0.1, 200)], [q("int8")])
    yield refused("RELU of INT16 with a zero point", "input 0 't0': zero point 1, want 0", "RELU",
                  [q("int16", 0.1, 1)], [q("int16")])
    yield refused("LOGISTIC of INT8 to zero point 0", "output 0 't1': zero point 0, want -128", "LOGISTIC",
                  [q("int8")], [q("int8")])
    yield refused("LOGISTIC of UINT8 to scale 0.1", "output 0 't1': scale is not 1/256", "LOGISTIC",
                  [q("uint8")], [q("uint8")])
    for op in "LOGISTIC", "TANH":
        yield refused(f"{op} of INT16 to scale 0.1", "output 0 't1': scale is not 1/32768", op,
                      [q("int16")], [q("int16")])
        yield refused(f"{op} of INT16 to zero point 5", "output 0 't1': zero point 5, want 0", op,
                      [q("int16")], [q("int16", 1 / 32768, 5)])
    yield refused("HARD_SWISH to a tiny scale", "output 0 't1': scale too small for that of input 0", "HARD_SWISH",
                  [q("int8")], [q("int8", 1e-5)])
    yield refused("SOFTMAX of a scalar", "input 0 't0': rank 0, want 1 or more", "SOFTMAX",
                  [([], "float32")], [([], "float32")], "ERR_SHAPE")
    yield refused("SOFTMAX of INT8 to FLOAT32", "output 0 't1': type FLOAT32, want INT16 or INT8", "SOFTMAX",
                  [q("int8")], [f], "ERR_TYPE")
    yield refused("SOFTMAX of INT16 to INT8", "output 0 't1': type INT8, want INT16", "SOFTMAX",
                  [q("int16")], [q("int8")], "ERR_TYPE")
    yield refused("SOFTMAX of INT8 to scale 0.1", "output 0 't1': scale is not 1/256", "SOFTMAX",
                  [q("int8")], [q("int8")], beta=1)
    yield refused("SOFTMAX of INT8 to INT16 of scale 0.1", "output 0 't1': scale is not 1/65536", "SOFTMAX",
                  [q("int8")], [q("int16")], beta=1)
    yield refused("SOFTMAX of INT16 to scale 0.1", "output 0 't1': scale is not 1/32768", "SOFTMAX",
                  [q("int16")], [q("int16")], beta=1)
    yield refused("SOFTMAX of INT8 to zero point 0", "output 0 't1': zero point 0, want -128", "SOFTMAX",
                  [q("int8")], [q("int8", 1 / 256)], beta=1)
    for beta in 0, -1, float("nan"):
        yield refused(f"SOFTMAX of INT8 with beta {beta}", "input 0 't0': scale times beta is too small", "SOFTMAX",
                      [q("int8")], [q("int8", 1 / 256, -128)], beta=beta)
    yield refused("LOG_SOFTMAX of INT8 to scale 0.1", "output 0 't1': scale is not 1/16", "LOG_SOFTMAX",
                  [q("int8")], [q("int8")])
    yield refused("LOG_SOFTMAX of INT8 to zero point 0", "output 0 't1': zero point 0, want 127", "LOG_SOFTMAX",
                  [q("int8")], [q("int8", 1 / 16)])
    yield refused("LOG_SOFTMAX of INT8 with a tiny scale", "input 0 't0': scale times beta is too small",
                  "LOG_SOFTMAX", [q("int8", 2.0**-26)], [q("int8", 1 / 16, 127)])
    yield refused("L2_NORMALIZATION with RELU", ": fused activation 1, want NONE", "L2_NORMALIZATION", [f], [f],
                  fused_activation_function="RELU")
    yield refused("LOCAL_RESPONSE_NORMALIZATION of rank 3", "input 0 't0': rank 3, want 4",
                  "LOCAL_RESPONSE_NORMALIZATION", [([1, 2, 4], "float32")], [([1, 2, 4], "float32")], "ERR_SHAPE")
    yield refused("LOCAL_RESPONSE_NORMALIZATION of INT8", "input 0 't0': type INT8, want FLOAT32",
                  "LOCAL_RESPONSE_NORMALIZATION", [q("int8", shape=(1, 1, 2, 4))], [q("int8", shape=(1, 1, 2, 4))],
                  "ERR_TYPE")
