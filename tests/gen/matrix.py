# SPDX-License-Identifier: MIT
"""Convolutions and pools: CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV, AVERAGE_POOL_2D, MAX_POOL_2D,
L2_POOL_2D."""

from lib import ACTIVATIONS, Case, Graph, choice, data, int4, scale, zero_point

CONV = ["f32xf32", "i8xi8/pt+bi32", "i8xi8/pc+bi32", "i8xi4/pt+bi32", "i8xi4/pc+bi32",
        "i16xi8/pt+bi32", "i16xi8/pc+bi32", "i16xi8/pt+bi64", "i16xi8/pc+bi64"]
DEPTHWISE = ["f32xf32", "i8xi8/pt+bi32", "i8xi8/pc+bi32", "i8xi4/pt+bi32", "i8xi4/pc+bi32",
             "i16xi8/pt+bi64", "i16xi8/pc+bi64"]


def cases(rng, count):
    for variant in CONV:
        for _ in range(count):
            yield conv_2d(rng, variant)
    for variant in DEPTHWISE:
        for _ in range(count):
            yield depthwise_conv_2d(rng, variant)
    for op in ("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"):
        for variant in ("f32", "i8", "i16", "u8") if op[0] != "L" else ("f32",):
            for _ in range(count):
                yield pool(rng, op, variant)
    yield from errors()


class Types:
    """What a variant like "i8xi4/pc+bi32" says."""

    NAMES = {"f32": "float32", "i8": "int8", "i4": "int4", "i16": "int16", "u8": "uint8"}

    def __init__(self, variant):
        types, _, bias = variant.partition("+")
        types, _, channels = types.partition("/")
        self.x, self.w = (self.NAMES[t] for t in types.split("x"))
        self.bias = {"": "float32", "bi16": "int16", "bi32": "int32", "bi64": "int64"}[bias]
        self.per_channel, self.is_float = channels == "pc", self.x == "float32"


def tensors(g, rng, t, x_shape, w_shape, y_shape, w_dim, depth, bias):
    """x, w, bias, y with random weights and scales under which few results saturate.

    w_dim: the dimension of w that has a filter for each output channel, depth: products in a sum.
    """
    filters = w_shape[w_dim]
    if t.is_float:
        b = g.tensor([filters], "float32", data=data(rng, [filters], "float32")) if bias else None
        return (g.tensor(x_shape, "float32"),
                g.tensor(w_shape, "float32", data=data(rng, w_shape, "float32")), b,
                g.tensor(y_shape, "float32"))
    x_scale, w_scale = scale(rng), scale(rng, count=filters if t.per_channel else None)
    x = g.tensor(x_shape, t.x, scale=x_scale, zero_point=zero_point(rng, t.x))
    values = int4(rng, w_shape) if t.w == "int4" else data(rng, w_shape, "int8", -127, 127)
    w = g.tensor(w_shape, t.w, scale=w_scale, data=values, quant_dim=w_dim)
    b = None
    if bias:
        reach = min(depth * (4000 if t.x == "int8" else 1000000), 32767 if t.bias == "int16" else 2 ** 30)
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
    batch, activation, bias = choice(rng, 1, 1, 2), choice(rng, *ACTIVATIONS), bool(rng.integers(4))
    groups = choice(rng, 1, 1, 1, 2, 3)
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
    return Case(name, g.build([ins[0]], [ins[3]]), [[data(rng, ins[0].shape, t.x)]], variant=variant)


def depthwise_conv_2d(rng, variant):
    t = Types(variant)
    y, x, padding = window(rng)
    batch, activation, bias = choice(rng, 1, 1, 2), choice(rng, *ACTIVATIONS), bool(rng.integers(4))
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
    return Case(name, g.build([ins[0]], [ins[3]]), [[data(rng, ins[0].shape, t.x)]], variant=variant)


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


def errors():
    return ()
