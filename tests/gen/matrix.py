# SPDX-License-Identifier: MIT
"""Convolutions, pools and matrices: BATCH_MATMUL, CONV_2D, CONV_3D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV, AVERAGE_POOL_2D, MAX_POOL_2D,
L2_POOL_2D, and what LiteRT takes beyond TFLM of these and of FULLY_CONNECTED."""

import numpy as np

from lib import ACTIVATIONS, Case, Graph, choice, data, int4, scale, zero_point

CONV = ["f32xf32", "i8xi8/pt+bi32", "i8xi8/pc+bi32", "i8xi4/pt+bi32", "i8xi4/pc+bi32",
        "i16xi8/pt+bi32", "i16xi8/pc+bi32", "i16xi8/pt+bi64", "i16xi8/pc+bi64"]
DEPTHWISE = ["f32xf32", "i8xi8/pt+bi32", "i8xi8/pc+bi32", "i8xi4/pt+bi32", "i8xi4/pc+bi32",
             "i16xi8/pt+bi64", "i16xi8/pc+bi64"]
TRANSPOSE = ["f32xf32", "i8xi8/pt+bi32", "i8xi8/pc+bi32", "i16xi8/pc+bi16", "i16xi8/pc+bi64", "f32xi8/pc"]
BEYOND = ["f32xi8/pt", "f32xi8/pc", "u8xu8"]


def cases(rng, count):
    for variant in CONV:
        for _ in range(count):
            yield conv_2d(rng, variant)
    for variant in DEPTHWISE:
        for _ in range(count):
            yield depthwise_conv_2d(rng, variant)
    for variant in TRANSPOSE:
        for _ in range(count):
            yield transpose_conv(rng, variant)
    for variant in BEYOND:
        for _ in range(count):
            yield conv_2d(rng, variant)
            yield fully_connected(rng, variant)
    for variant in ("f32xi8/pc", "u8xu8"):  # LiteRT refuses f32xi8/pt unless there is one channel
        for _ in range(count):
            yield depthwise_conv_2d(rng, variant)
    for op in ("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"):
        for variant in ("f32", "i8", "i16", "u8") if op[0] != "L" else ("f32",):
            for _ in range(count):
                yield pool(rng, op, variant)
    for _ in range(count):
        yield conv_3d(rng)
    if count > 20:
        yield from long_sums(rng)
    for variant in ("f32", "i8", "i16", "f32xi8", "i16xi8"):
        for _ in range(count):
            yield batch_matmul(rng, variant)


class Types:
    """What a variant like "i8xi4/pc+bi32" says."""

    NAMES = {"f32": "float32", "i8": "int8", "i4": "int4", "i16": "int16", "u8": "uint8"}

    def __init__(self, variant):
        types, _, bias = variant.partition("+")
        types, _, channels = types.partition("/")
        self.x, self.w = (self.NAMES[t] for t in types.split("x"))
        self.bias = {"": "int32" if self.x == "uint8" else "float32", "bi16": "int16", "bi32": "int32", "bi64": "int64"}[bias]
        self.per_channel, self.is_float = channels == "pc", self.x == "float32"
        self.oracle = "litert" if self.is_float and self.w == "int8" or self.x == "uint8" else "tflm"


def tensors(g, rng, t, x_shape, w_shape, y_shape, w_dim, depth, bias):
    """x, w, bias, y with random weights and scales under which few results saturate.

    w_dim: the dimension of w that has a filter for each output channel, depth: products in a sum.
    """
    filters = w_shape[w_dim]
    x_scale, w_scale = scale(rng), scale(rng, count=filters if t.per_channel else None)
    if t.is_float:
        values = data(rng, w_shape, t.w, *((-127, 127) if t.w == "int8" else ()))
        w = g.tensor(w_shape, t.w, data=values, quant_dim=w_dim, scale=w_scale if t.w == "int8" else None)
        b = g.tensor([filters], "float32", data=data(rng, [filters], "float32")) if bias else None
        return g.tensor(x_shape, "float32"), w, b, g.tensor(y_shape, "float32")
    x = g.tensor(x_shape, t.x, scale=x_scale, zero_point=zero_point(rng, t.x))
    values = int4(rng, w_shape) if t.w == "int4" else data(rng, w_shape, t.w, -127 if t.w == "int8" else 0)
    w = g.tensor(w_shape, t.w, scale=w_scale, data=values, quant_dim=w_dim,
                 zero_point=int(rng.integers(100, 156)) if t.w == "uint8" else 0)
    b = None
    if bias:
        reach = min(depth * (1000000 if t.x == "int16" else 4000), 32767 if t.bias == "int16" else 2 ** 30)
        products = [x_scale * s for s in w_scale] if t.per_channel else x_scale * w_scale
        b = g.tensor([filters], t.bias, scale=products, data=data(rng, [filters], t.bias, -reach, reach))
    w_mean = sum(w_scale) / filters if t.per_channel else w_scale
    spread = 4 if t.w == "int4" else 70
    y_scale = x_scale * w_mean * depth ** 0.5 * choice(rng, 0.01, 0.5, 1, 2) * spread
    return x, w, b, g.tensor(y_shape, t.x, scale=y_scale, zero_point=zero_point(rng, t.x))


def axis(rng):
    """in, kernel, stride, dilation, out(padding) of one axis that has at least one output."""
    kernel = choice(rng, 1, 1, 2, 3, 3, 4, 5)
    dilation = choice(rng, 1, 1, 1, 2, 3)
    extent = (kernel - 1) * dilation + 1
    size = extent + int(rng.integers(0, 7)) if rng.integers(4) else kernel
    return size, kernel, choice(rng, 1, 1, 2, 3), dilation


def out_size(padding, size, kernel, stride, dilation=1):
    extent = (kernel - 1) * dilation + 1
    return -(-size // stride) if padding == "SAME" else (size + stride - extent) // stride


def window(rng):
    """Two axes and a padding; 1x1 kernels, columns and full rows now and then."""
    y, x = axis(rng), axis(rng)
    kind = int(rng.integers(10))
    if kind < 2:
        stride = choice(rng, 1, 1, 2)
        y, x = (y[0], 1, stride, 1), (x[0], 1, stride, 1)
    elif kind == 2:
        x = (1, 1, 1, 1)
    elif kind == 3:
        x = (x[0], x[0], 1, 1)
    padding = choice(rng, "SAME", "VALID")
    if out_size(padding, *y) < 1 or out_size(padding, *x) < 1:
        padding = "SAME"
    return y, x, padding


def describe(y, x, padding, activation, bias=True):
    text = f"{y[0]}x{x[0]}, kernel {y[1]}x{x[1]}"
    text += f", stride {y[2]}x{x[2]}" if (y[2], x[2]) != (1, 1) else ""
    text += f", dilation {y[3]}x{x[3]}" if (y[3], x[3]) != (1, 1) else ""
    return f"{text}, {padding}, {activation.lower()}{'' if bias else ', no bias'}"


def conv_2d(rng, variant):
    t = Types(variant)
    y, x, padding = window(rng)
    batch, activation = choice(rng, 1, 1, 2), choice(rng, *ACTIVATIONS)
    bias = bool(rng.integers(4)) or t.oracle == "litert"
    groups = 1 if variant == "f32xi8/pt" else choice(rng, 1, 1, 1, 2, 3)  # LiteRT refuses others
    part, filters = choice(rng, 1, 2, 3, 4, 5, 8), groups * choice(rng, 1, 2, 3, 4, 5)
    if t.w == "int4" and not rng.integers(3):
        filters = groups * 19  # more than are unpacked at once
    g = Graph()
    ins = tensors(g, rng, t, [batch, y[0], x[0], part * groups], [filters, y[1], x[1], part],
                  [batch, out_size(padding, *y), out_size(padding, *x), filters], 0,
                  y[1] * x[1] * part, bias)
    options = {"quantized_bias_type": "INT32"} if not bias and t.bias == "int32" and t.x == "int16" else {}
    g.op("CONV_2D", ins[:3], [ins[3]], padding=padding, stride_h=y[2], stride_w=x[2],
         dilation_h_factor=y[3], dilation_w_factor=x[3], fused_activation_function=activation, **options)
    name = (f"CONV_2D {variant}, {describe(y, x, padding, activation, bias)}, {part * groups} to {filters}"
            f"{f', {groups} groups' if groups > 1 else ''}, batch {batch}")
    return Case(name, g.build([ins[0]], [ins[3]]), [[activations(rng, ins[0])]], variant=variant,
                oracle=t.oracle, atol=2e-6 if t.w == "float32" else 1e-5)


def depthwise_conv_2d(rng, variant):
    t = Types(variant)
    y, x, padding = window(rng)
    batch, activation = choice(rng, 1, 1, 2), choice(rng, *ACTIVATIONS)
    bias = bool(rng.integers(4)) or t.oracle == "litert"
    channels, multiplier = choice(rng, 1, 2, 3, 4, 5, 8, 11), choice(rng, 1, 1, 2, 3, 4, 8)
    filters = channels * multiplier
    g = Graph()
    ins = tensors(g, rng, t, [batch, y[0], x[0], channels], [1, y[1], x[1], filters],
                  [batch, out_size(padding, *y), out_size(padding, *x), filters], 3, y[1] * x[1], bias)
    # With None for the bias TFLM ends in a segmentation fault, and LiteRT refuses.
    g.op("DEPTHWISE_CONV_2D", ins[:3 if bias else 2], [ins[3]], padding=padding, stride_h=y[2], stride_w=x[2],
         dilation_h_factor=y[3], dilation_w_factor=x[3], depth_multiplier=multiplier,
         fused_activation_function=activation)
    name = (f"DEPTHWISE_CONV_2D {variant}, {describe(y, x, padding, activation, bias)}, "
            f"{channels} times {multiplier} channels, batch {batch}")
    return Case(name, g.build([ins[0]], [ins[3]]), [[activations(rng, ins[0])]], variant=variant,
                oracle=t.oracle, atol=2e-6 if t.w == "float32" else 1e-5)


def transpose_conv(rng, variant):
    """The convolution that goes the other way has a window in y."""
    t = Types(variant)
    y, x, padding = window(rng)
    y, x = (*y[:3], 1), (*x[:3], 1)
    batch, activation, bias = choice(rng, 1, 1, 2), choice(rng, *ACTIVATIONS), bool(rng.integers(4))
    channels, filters = choice(rng, 1, 2, 3, 4, 8), choice(rng, 1, 2, 3, 4, 5)
    x_shape = [batch, out_size(padding, *y), out_size(padding, *x), channels]
    y_shape = [batch, y[0], x[0], filters]
    depth = -(-y[1] // y[2]) * -(-x[1] // x[2]) * channels
    g = Graph()
    shape = g.tensor([4], "int32", data=y_shape)
    ins = tensors(g, rng, t, x_shape, [filters, y[1], x[1], channels], y_shape, 0, depth, bias)
    g.op("TRANSPOSE_CONV", [shape, ins[1], ins[0]] + ([ins[2]] if bias else []), [ins[3]], padding=padding,
         stride_h=y[2], stride_w=x[2], fused_activation_function=activation, version=3 if bias else 1)
    name = (f"TRANSPOSE_CONV {variant}, to {describe(y, x, padding, activation, bias)}, "
            f"{channels} to {filters}, batch {batch}")
    return Case(name, g.build([ins[0]], [ins[3]]), [[activations(rng, ins[0])]], variant=variant,
                oracle=t.oracle, atol=2e-6 if t.w == "float32" else 1e-4,
                note="LiteRT adds up its hybrid products as floats, we as integers")


def conv_3d(rng):
    axes = [(int(rng.integers(1, 6)), choice(rng, 1, 2, 3), choice(rng, 1, 1, 2), choice(rng, 1, 1, 2))
            for _ in range(3)]
    padding, activation, bias = choice(rng, "SAME", "VALID"), choice(rng, *ACTIVATIONS), bool(rng.integers(4))
    if any(out_size(padding, *a) < 1 for a in axes):
        padding = "SAME"
    batch, channels, filters = choice(rng, 1, 1, 2), choice(rng, 1, 2, 3), choice(rng, 1, 2, 3, 5)
    sizes, kernels, strides, dilations = zip(*axes)
    g = Graph()
    x = g.tensor([batch, *sizes, channels], "float32")
    w = g.tensor([*kernels, channels, filters], "float32", data=data(rng, [*kernels, channels, filters], "float32"))
    b = g.tensor([filters], "float32", data=data(rng, [filters], "float32"))
    y = g.tensor([batch, *(out_size(padding, *a) for a in axes), filters], "float32")
    g.op("CONV_3D", [x, w, b] if bias else [x, w], [y], padding=padding, fused_activation_function=activation,
         stride_d=strides[0], stride_h=strides[1], stride_w=strides[2], dilation_d_factor=dilations[0],
         dilation_h_factor=dilations[1], dilation_w_factor=dilations[2])
    name = (f"CONV_3D {list(sizes)}, kernel {list(kernels)}, strides {list(strides)}, dilations {list(dilations)}, "
            f"{padding}, {activation.lower()}, {channels} to {filters}, batch {batch}{'' if bias else ', no bias'}")
    return Case(name, g.build([x], [y]), [[data(rng, x.shape, "float32")]], variant="f32", oracle="litert")


def fully_connected(rng, variant):
    t = Types(variant)
    rows, depth, units = choice(rng, 1, 1, 2, 5), choice(rng, 1, 3, 8, 17, 40, 100), choice(rng, 1, 2, 5, 8, 19)
    activation, bias = choice(rng, *ACTIVATIONS), bool(rng.integers(4))
    options = {"asymmetric_quantize_inputs": bool(rng.integers(2))} if t.is_float else {}
    g = Graph()
    ins = tensors(g, rng, t, [rows, depth], [units, depth], [rows, units], 0, depth, bias)
    g.op("FULLY_CONNECTED", ins[:3], [ins[3]], fused_activation_function=activation, **options)
    name = (f"FULLY_CONNECTED {variant}, {rows} rows of {depth} to {units}, {activation.lower()}"
            f"{'' if bias else ', no bias'}{', asymmetric' if any(options.values()) else ''}")
    # LiteRT multiplies by a double here in its reference kernel, and with one rounding less in its
    # optimised one; no other uint8 operator does either.
    is_u8 = t.x == "uint8"
    return Case(name, g.build([ins[0]], [ins[3]]), [[activations(rng, ins[0])]], variant=variant,
                oracle="litert-opt" if is_u8 else t.oracle, atol=1e-5, quanta=int(is_u8))


def batch_matmul(rng, variant):
    """Leading dimensions of x and w are those of y or 1, or are left out."""
    dtype = Types.NAMES[variant.partition("x")[0]]
    rows, depth, cols = (choice(rng, 1, 2, 3, 5, 8, 17) for _ in range(3))
    adj_x, adj_y, hybrid = bool(rng.integers(2)), bool(rng.integers(2)), variant == "f32xi8"
    batch = [choice(rng, 1, 2, 3) for _ in range(choice(rng, 0, 0, 1, 2, 3))]
    if hybrid:
        batch = batch[:1]  # LiteRT mixes up the scales of rows when there are more

    def leading():
        part = batch[int(rng.integers(len(batch) + 1)):] if not rng.integers(3) else batch
        return [1 if not rng.integers(4) else d for d in part]

    x_lead, w_lead = leading(), leading()
    if not rng.integers(2):
        x_lead = batch
    else:
        w_lead = batch
    count = max(len(x_lead), len(w_lead))
    lead = [max(a, b) for a, b in zip([1] * (count - len(x_lead)) + x_lead, [1] * (count - len(w_lead)) + w_lead)]
    x_shape = x_lead + ([depth, rows] if adj_x else [rows, depth])
    w_shape = w_lead + ([cols, depth] if adj_y else [depth, cols])
    y_shape = lead + [rows, cols]

    g, options = Graph(), {}
    constant = bool(rng.integers(2)) or hybrid
    if dtype == "float32":
        x, y = g.tensor(x_shape, dtype), g.tensor(y_shape, dtype)
        quant = {"scale": scale(rng)} if hybrid else {}
        w_type = "int8" if hybrid else dtype
        if hybrid:
            options = {"asymmetric_quantize_inputs": bool(rng.integers(2))}
    else:
        w_type = Types.NAMES[variant.rpartition("x")[2]]
        quant = {"scale": scale(rng), "zero_point": zero_point(rng, dtype)}
        x_scale = scale(rng)
        x = g.tensor(x_shape, dtype, scale=x_scale, zero_point=zero_point(rng, dtype))
        spread = (6000 if dtype == "int8" else 20000 if w_type == "int16" else 100) * choice(rng, 0.05, 1, 2)
        y = g.tensor(y_shape, dtype, zero_point=zero_point(rng, dtype),
                     scale=x_scale * quant["scale"] * depth ** 0.5 * spread / (50 if dtype == "int8" else 1))
    values = data(rng, w_shape, w_type)
    w = g.tensor(w_shape, w_type, data=values if constant else None, **quant)
    g.op("BATCH_MATMUL", [x, w], [y], adj_x=adj_x, adj_y=adj_y, **options)
    name = (f"BATCH_MATMUL {variant}, {x_shape} times {w_shape}{', adj_x' if adj_x else ''}"
            f"{', adj_y' if adj_y else ''}{'' if constant else ', computed'}"
            f"{', asymmetric' if any(options.values()) else ''}")
    ins = [x] if constant else [x, w]
    return Case(name, g.build(ins, [y]), [[activations(rng, t) for t in ins]], variant=variant,
                oracle="litert" if "x" in variant else "tflm", atol=1e-5 if hybrid else 2e-6)


def long_sums(rng):
    """Sums that overflow 32 bits, or the 32 bits that int16 kernels may use in between."""
    for variant, depth in (("i8xi8/pt+bi32", 70000), ("i16xi8/pt+bi32", 5000), ("i16xi8/pt+bi64", 5000)):
        t = Types(variant)
        for high in (True, False):
            g = Graph()
            x = g.tensor([2, depth], t.x, scale=0.01, zero_point=-128 if t.x == "int8" else 0)
            w = g.tensor([3, depth], "int8", scale=0.01, data=np.full((3, depth), 127 if high else -128))
            b = g.tensor([3], t.bias, scale=0.0001, data=[2 ** 31 - 1, -2 ** 31, 12345])
            y = g.tensor([2, 3], t.x, scale=0.0001 * (2 ** 24 if t.x == "int8" else 2 ** 16))
            g.op("FULLY_CONNECTED", [x, w, b], [y])
            values = np.full((2, depth), np.iinfo(t.x).max if high else np.iinfo(t.x).min)
            values[1] = data(rng, [depth], t.x)
            yield Case(f"FULLY_CONNECTED {variant}, {depth} products of {'large' if high else 'small'} numbers",
                       g.build([x], [y]), [[values.astype(t.x)]], variant=variant)


def activations(rng, x):
    """Data for x; floats of changing ranges, which matters where they are quantised on the fly."""
    if x.dtype != "float32":
        return data(rng, x.shape, x.dtype)
    low, high = choice(rng, (-1.0, 1.0), (0.0, 1.0), (-0.5, 3.0), (-2.0, -1.0), (0.0, 0.0))
    return data(rng, x.shape, x.dtype, low, high)


def pool(rng, op, variant):
    dtype = Types.NAMES[variant]
    y, x, padding = window(rng)
    y, x = (max(y[0], y[1]), *y[1:3], 1), (max(x[0], x[1]), *x[1:3], 1)
    batch, activation, channels = choice(rng, 1, 1, 2), choice(rng, *ACTIVATIONS), choice(rng, 1, 2, 3, 4, 5, 8)
    g = Graph()
    quant = {} if dtype == "float32" else {"scale": scale(rng), "zero_point": zero_point(rng, dtype)}
    i = g.tensor([batch, y[0], x[0], channels], dtype, **quant)
    o = g.tensor([batch, out_size(padding, *y), out_size(padding, *x), channels], dtype, **quant)
    g.op(op, [i], [o], padding=padding, stride_h=y[2], stride_w=x[2], filter_height=y[1],
         filter_width=x[1], fused_activation_function=activation)
    name = f"{op} {variant}, {describe(y, x, padding, activation)}, {channels} channels, batch {batch}"
    return Case(name, g.build([i], [o]), [[data(rng, i.shape, dtype)]], variant=variant,
                oracle="litert" if variant == "u8" else "tflm")
