# SPDX-License-Identifier: MIT
"""Operators that few models have: ATAN2, BITWISE_XOR, RIGHT_SHIFT, BITCAST, BUCKETIZE, MATRIX_DIAG, MATRIX_SET_DIAG,
FAKE_QUANT, UNSORTED_SEGMENT_*, NON_MAX_SUPPRESSION_V4 and _V5, CONV_3D_TRANSPOSE. TFLM has none of them."""

import numpy as np

from lib import ACTIVATIONS, Case, Graph, choice, data, dims
from movement import LONG, quantisation, refused, small, tensor

SEGMENT = "UNSORTED_SEGMENT_"


def cases(rng, count):
    for _ in range(count):
        yield atan2(rng)
        for short in "i8 u8 i16 u16 i32 u32".split():
            yield bits(rng, "BITWISE_XOR", short)
            yield bits(rng, "RIGHT_SHIFT", short)
        for a, b in ("f32", "i32"), ("i32", "u8"), ("i8", "u8"), ("i16", "i64"), ("u32", "f32"):
            yield bitcast(rng, a, b)
        for short in "f32 i32 i64".split():
            yield bucketize(rng, short)
        for short in "f32 i8 u8 i16 i32 i64".split():
            yield matrix_diag(rng, short)
            yield matrix_set_diag(rng, short)
        for short in "f32 i32".split():
            for kind in "SUM PROD MAX MIN".split():
                yield segments(rng, kind, short)
        yield suppression(rng, False)
        yield suppression(rng, True)
        yield conv_3d_transpose(rng)
        yield fake_quant(rng)
    yield special_angles()
    yield from errors()


def fake_quant(rng):
    shape, bits, reach = small(rng, 0, 5), int(rng.integers(2, 17)), choice(rng, 0.01, 1, 100)
    low, high = sorted(float(n) for n in data(rng, [2], "float32", -reach, reach))
    kind = choice(rng, "around 0", "as it is", "from 0")
    low, high = (0.0, high - low) if kind == "from 0" else (-abs(low), abs(high)) if kind == "around 0" else (low, high)
    g = Graph()
    x, y = g.tensor(shape, "float32"), g.tensor(shape, "float32")
    g.op("FAKE_QUANT", [x], [y], min=low, max=high, num_bits=bits)
    return Case(f"FAKE_QUANT {shape}, {bits} bits from {low:.4g} to {high:.4g}", g.build([x], [y]),
                [[data(rng, shape, "float32", -1.2 * reach, 1.2 * reach)]], variant="f32", oracle="litert")


def atan2(rng):
    shape = small(rng, 0, 5)
    g = Graph()
    x, w, y = (g.tensor(shape, "float32") for _ in range(3))
    g.op("ATAN2", [x, w], [y])
    reach = choice(rng, 0.01, 1, 100)
    arrays = [data(rng, shape, "float32", -reach, reach), data(rng, shape, "float32", -1, 1)]
    return Case(f"ATAN2 {shape}, up to {reach}", g.build([x, w], [y]), [arrays], variant="f32", oracle="litert")


def special_angles():
    values = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, 3e38, 1e-40], np.float32)
    a, b = np.repeat(values, 8), np.tile(values, 8)
    g = Graph()
    x, w, y = (g.tensor([64], "float32") for _ in range(3))
    g.op("ATAN2", [x, w], [y])
    return Case("ATAN2 of zeros and infinities", g.build([x, w], [y]), [[a, b]], variant="f32", oracle="litert")


def bits(rng, op, short):
    out = dims(rng, choice(rng, 1, 2, 3, 4), 1, 5)
    shapes = [out, choice(rng, out, [1] * len(out), out[-1:])]
    g = Graph()
    x, w = (g.tensor(s, LONG[short]) for s in shapes)
    y = g.tensor(out, LONG[short])
    g.op(op, [x, w], [y])
    arrays = [data(rng, s, LONG[short]) for s in shapes]
    if op == "RIGHT_SHIFT" and rng.integers(4):
        arrays[1] = data(rng, shapes[1], LONG[short], 0 if short[0] == "u" else -2, 34)
    return Case(f"{op} {short}, {shapes[0]} and {shapes[1]}", g.build([x, w], [y]), [arrays], variant=short,
                oracle="litert")


def bitcast(rng, a, b):
    shape = small(rng, 1, 4, 100)
    sizes = [np.dtype(LONG[t]).itemsize for t in (a, b)]
    inner = [sizes[1] // sizes[0]] if sizes[1] > sizes[0] else []
    outer = [sizes[0] // sizes[1]] if sizes[0] > sizes[1] else []
    g = Graph()
    x, y = g.tensor(shape + inner, LONG[a]), g.tensor(shape + outer, LONG[b])
    g.op("BITCAST", [x], [y])
    return Case(f"BITCAST {a} {shape + inner} to {b}", g.build([x], [y]), [[data(rng, x.shape, LONG[a])]],
                variant=f"{a}->{b}", oracle="litert")


def bucketize(rng, short):
    shape = small(rng, 0, 4)
    boundaries = sorted(float(b) for b in data(rng, [choice(rng, 0, 1, 2, 5, 8)], "float32", -9, 9).round(1))
    g = Graph()
    x, y = g.tensor(shape, LONG[short]), g.tensor(shape, "int32")
    g.op("BUCKETIZE", [x], [y], boundaries=boundaries)
    array = data(rng, shape, LONG[short], -10, 10)
    if short == "f32" and boundaries and shape:
        array.reshape(-1)[0] = boundaries[-1]
    return Case(f"BUCKETIZE {short} {shape}, {len(boundaries)} boundaries", g.build([x], [y]), [[array]], variant=short,
                oracle="litert")


def matrix_diag(rng, short):
    shape = small(rng, 1, 4, 60)
    g, quant = Graph(), quantisation(rng, short)
    x, y = tensor(g, rng, shape, short, quant=quant), tensor(g, rng, shape + shape[-1:], short, quant=quant)
    g.op("MATRIX_DIAG", [x], [y])
    return Case(f"MATRIX_DIAG {short} {shape}", g.build([x], [y]), [[data(rng, shape, LONG[short])]], variant=short,
                oracle="litert")


def matrix_set_diag(rng, short):
    shape = small(rng, 2, 4, 200)
    less = shape[:-2] + [min(shape[-2:])]
    g, quant = Graph(), quantisation(rng, short)
    x, d, y = (tensor(g, rng, s, short, quant=quant) for s in (shape, less, shape))
    g.op("MATRIX_SET_DIAG", [x, d], [y])
    return Case(f"MATRIX_SET_DIAG {short} {shape}", g.build([x, d], [y]),
                [[data(rng, s, LONG[short]) for s in (shape, less)]], variant=short, oracle="litert")


def segments(rng, kind, short):
    shape, count = small(rng, 1, 4, 200), choice(rng, 1, 2, 5)
    ids_rank = int(rng.integers(1, len(shape), endpoint=True))
    ids = data(rng, shape[:ids_rank], "int32", choice(rng, -1, 0), count - 1)
    const = bool(rng.integers(2))
    g = Graph()
    x, n = g.tensor(shape, LONG[short]), g.tensor([], "int32", data=count)
    i = g.tensor(ids.shape, "int32", data=ids if const else None)
    y = g.tensor([count] + shape[ids_rank:], LONG[short])
    g.op(SEGMENT + kind, [x, i, n], [y])
    array = data(rng, shape, LONG[short])
    return Case(f"{SEGMENT}{kind} {short} {shape}, {ids_rank} dimensions of {'constant ' * const}ids, {count} segments",
                g.build([x] if const else [x, i], [y]), [[array] if const else [array, ids]], variant=short,
                oracle="litert")


def suppression(rng, soft):
    count, most = choice(rng, 1, 5, 20, 40), choice(rng, 0, 1, 4, 10)
    corners = data(rng, [count, 2], "float32", 0, 3)
    boxes = np.concatenate([corners, corners + data(rng, [count, 2], "float32", -0.5, 2)], 1)
    scores = (rng.permutation(count) + 1).astype(np.float32) / np.float32(count + 1)  # no two the same
    limits = [choice(rng, 0.1, 0.3, 0.5, 0.8), choice(rng, 0.0, 0.2)] + soft * [choice(rng, 0.0, 0.5, 1.0)]
    g = Graph()
    b, s = g.tensor([count, 4], "float32"), g.tensor([count], "float32")
    scalars = [g.tensor([], "int32", data=most)] + [g.tensor([], "float32", data=v) for v in limits]
    outs = [g.tensor([most], "int32")] + soft * [g.tensor([most], "float32")] + [g.tensor([], "int32")]
    op = f"NON_MAX_SUPPRESSION_V{5 if soft else 4}"
    g.op(op, [b, s, *scalars], outs)
    return Case(f"{op}, {most} of {count} boxes, limits {limits}", g.build([b, s], outs), [[boxes, scores]],
                variant="f32", oracle="litert")


def conv_3d_transpose(rng):
    batch, channels, filters = choice(rng, 1, 2), choice(rng, 1, 3), choice(rng, 1, 2, 4)
    size, kernel = dims(rng, 3, 1, 3), dims(rng, 3, 1, 3)
    stride, dilation = dims(rng, 3, 1, 2), dims(rng, 3, 1, 2)
    padding, activation = choice(rng, "SAME", "VALID"), choice(rng, *ACTIVATIONS)
    out = [n * s if padding == "SAME" else (n - 1) * s + (k - 1) * d + 1
           for n, k, s, d in zip(size, kernel, stride, dilation)]
    g = Graph()
    shape = g.tensor([5], "int32", data=[batch, *out, filters])
    w_shape = [*kernel, filters, channels]
    w = g.tensor(w_shape, "float32", data=data(rng, w_shape, "float32"))
    x, y = g.tensor([batch, *size, channels], "float32"), g.tensor([batch, *out, filters], "float32")
    bias = [g.tensor([filters], "float32", data=data(rng, [filters], "float32"))] * int(rng.integers(2))
    g.op("CONV_3D_TRANSPOSE", [shape, w, x, *bias], [y], padding=padding, fused_activation_function=activation,
         **{f"stride_{a}": v for a, v in zip("dhw", stride)},
         **{f"dilation_{a}_factor": v for a, v in zip("dhw", dilation)})
    return Case(f"CONV_3D_TRANSPOSE {size}, kernel {w_shape}, strides {stride}, dilations {dilation}, {padding}, "
                f"{activation.lower()}{', bias' * len(bias)}", g.build([x], [y]),
                [[data(rng, x.shape, "float32")]], variant="f32", oracle="litert")


def errors():
    def same(op, types, shapes=((4,), (4,), (4,)), **options):
        def build(g):
            *ins, out = [g.tensor(list(s), t) for s, t in zip(shapes, types)]
            g.op(op, ins, [out], **options)
            return ins, [out]
        return build

    yield refused("of integers", "ATAN2", ", input 0 't0': type INT32, want FLOAT32", same("ATAN2", ["int32"] * 3),
                  status="ERR_TYPE")
    for op in "BITWISE_XOR", "RIGHT_SHIFT":
        yield refused("of floats", op, ", input 0 't0': type FLOAT32, want INT32, UINT8, INT16, INT8, UINT32 or UINT16",
                      same(op, ["float32"] * 3), status="ERR_TYPE")
    yield refused("last dimension of 3", "BITCAST", ", input 0 't0': dimension 1 is 3, want 4",
                  same("BITCAST", ["int8", "int32"], [(2, 3), (2,)]))
    yield refused("of a scalar to more", "BITCAST", ", input 0 't0': rank 0, want 1 to 8",
                  same("BITCAST", ["int8", "int32"], [(), ()]))
    yield refused("boundaries not sorted", "BUCKETIZE", ": boundary 1 is below the one before",
                  same("BUCKETIZE", ["float32", "int32"], boundaries=[2.0, 1.0]), status="ERR_PARAM")
    yield refused("of INT8", "BUCKETIZE", ", input 0 't0': type INT8, want FLOAT32, INT32 or INT64",
                  same("BUCKETIZE", ["int8", "int32"]), status="ERR_TYPE")
    yield refused("to a vector", "MATRIX_DIAG", ", output 0 't1': rank 1, want 2",
                  same("MATRIX_DIAG", ["int8", "int8"]))
    yield refused("diagonal too long", "MATRIX_SET_DIAG", ", input 1 't1': dimension 0 is 3, want 2",
                  same("MATRIX_SET_DIAG", ["int8"] * 3, [(3, 2), (3,), (3, 2)]))

    def segment(ids_shape, ids, count, out, x_type="float32"):
        def build(g):
            x, i = g.tensor([3, 2], x_type), g.tensor(ids_shape, "int32", data=ids)
            y = g.tensor(out, x_type)
            g.op(SEGMENT + "SUM", [x, i, g.tensor([], "int32", data=count)], [y])
            return [x], [y]
        return build
    rows = np.zeros([3, 2], np.float32)
    yield refused("of INT8", SEGMENT + "SUM", ", input 0 't0': type INT8, want FLOAT32 or INT32",
                  segment([3], [0, 1, 1], 2, [2, 2], "int8"), status="ERR_TYPE")
    yield refused("ids of another shape", SEGMENT + "SUM", ", input 1 't1': dimension 0 is 2, want 3",
                  segment([2], [0, 1], 2, [2, 2]))
    yield refused("an id too large", SEGMENT + "SUM", ", input 1 't1': segment 2, want less than 2",
                  segment([3], [0, 1, 2], 2, [2, 2]), [[rows]], status="ERR_DATA")
    yield refused("three segments, output of two", SEGMENT + "SUM", ", output 0 't2': dimension 0 is 2, want 3",
                  segment([3], [0, 1, 2], 3, [2, 2]))

    def fake(kind="float32", **options):
        def build(g):
            x, y = g.tensor([3], kind), g.tensor([3], kind)
            g.op("FAKE_QUANT", [x], [y], **{"min": -1, "max": 1, "num_bits": 8} | options)
            return [x], [y]
        return build
    op = "FAKE_QUANT"
    yield refused("of INT8", op, ", input 0 't0': type INT8, want FLOAT32", fake("int8"), status="ERR_TYPE")
    for bits in (1, 17, -1):
        yield refused(f"{bits} bits", op, f": num_bits {bits}, want 2 to 16", fake(num_bits=bits), status="ERR_PARAM")
    yield refused("narrow range", op, ": narrow_range, want the whole range", fake(narrow_range=True), status="ERR_PARAM")
    for low in (1, 2, float("nan")):
        yield refused(f"from {low} to 1", op, ": max is not above min", fake(min=low), status="ERR_PARAM")

    def suppress(op="NON_MAX_SUPPRESSION_V4", boxes=(3, 4), scores=3, most=2, size=2, soft=()):
        def build(g):
            b, s = g.tensor(list(boxes), "float32"), g.tensor([scores], "float32")
            ins = [b, s, g.tensor([], "int32", data=most), *(g.tensor([], "float32", data=v) for v in (0.5, 0.0, *soft))]
            outs = [g.tensor([size], "int32"), *(g.tensor([size], "float32") for _ in soft), g.tensor([], "int32")]
            g.op(op, ins, outs)
            return [b, s], outs
        return build
    op = "NON_MAX_SUPPRESSION_V4"
    yield refused("boxes of 5 numbers", op, ", input 0 't0': dimension 1 is 5, want 4", suppress(boxes=(3, 5)))
    yield refused("scores for fewer boxes", op, ", input 1 't1': dimension 0 is 2, want 3", suppress(scores=2))
    yield refused("output too short", op, ", output 0 't5': dimension 0 is 1, want 2", suppress(size=1))
    yield refused("sigma below 0", "NON_MAX_SUPPRESSION_V5", ", input 5 't5': negative, want 0 or more",
                  suppress("NON_MAX_SUPPRESSION_V5", soft=(-1.0,)),
                  [[np.zeros([3, 4], np.float32), np.zeros(3, np.float32)]], status="ERR_DATA")

    def transposed(shape, x=(1, 2, 2, 2, 3), w=(1, 1, 1, 4, 3), stride=1, kind="float32"):
        def build(g):
            ins = [g.tensor([5], "int32", data=shape), g.tensor(list(w), kind, data=np.zeros(w, kind)),
                   g.tensor(list(x), kind)]
            y = g.tensor(list(shape), kind)
            g.op("CONV_3D_TRANSPOSE", ins, [y], stride_d=stride, stride_h=1, stride_w=1)
            return [ins[2]], [y]
        return build
    op = "CONV_3D_TRANSPOSE"
    yield refused("of INT8", op, ", input 1 't1': type INT8, want FLOAT32", transposed([1, 2, 2, 2, 4], kind="int8"),
                  status="ERR_TYPE")
    yield refused("an output that does not lead back", op, ", input 2 't2': dimension 1 is 2, want 3",
                  transposed([1, 3, 2, 2, 4]))
    yield refused("another batch", op, ", input 0 't0': batch 2, depth 4, want 1, 4", transposed([2, 2, 2, 2, 4]))
    yield refused("channels that do not fit", op, ", input 2 't2': dimension 4 is 3, want 2",
                  transposed([1, 2, 2, 2, 4], w=(1, 1, 1, 4, 2)))
    yield refused("stride 0", op, ": stride 0, want at least 1", transposed([1, 2, 2, 2, 4], stride=0),
                  status="ERR_PARAM")
