# SPDX-License-Identifier: MIT
"""FULLY_CONNECTED, and the two dense layers of hello_world's shape."""

from lib import ACTIVATIONS, Case, Graph, Model, choice, data, int4, scale, zero_point

VARIANTS = [
    "f32xf32", "i8xi8/pt+bi32", "i8xi8/pc+bi32", "i8xi4/pt+bi32",
    "i16xi8/pt+bi32", "i16xi8/pc+bi32", "i16xi8/pt+bi64", "i16xi8/pc+bi64",
]


def cases(rng, count):
    for variant in VARIANTS:
        for _ in range(count):
            yield one_layer(rng, variant)
    for _ in range(count):
        yield two_layers(rng)
    yield open_batch(rng, False)
    yield open_batch(rng, True)
    for dtype in ("float32", "int8"):
        yield behind(rng, dtype)
    yield behind(rng, "float32", short=1)


def sizes(rng):
    """batch, units, depth: odd ones, and long rows now and then."""
    depth = choice(rng, 1, 2, 3, 7, 8, 16, 17, 31, 64, 100)
    return int(rng.integers(1, 4)), choice(rng, 1, 2, 3, 4, 5, 8, 10, 17), depth


def one_layer(rng, variant):
    batch, units, depth = sizes(rng)
    activation = choice(rng, *ACTIVATIONS)
    # Any rank that holds batch rows; keep_num_dims gives the output the input's rank.
    shape = choice(rng, [batch, depth], [1, batch, depth], [batch, 1, 1, depth])
    keep = bool(rng.integers(2))
    out_shape = shape[:-1] + [units] if keep else [batch, units]
    bias = bool(rng.integers(4))

    g = Graph()
    if variant == "f32xf32":
        x = g.tensor(shape, "float32")
        w = g.tensor([units, depth], "float32", data=data(rng, [units, depth], "float32"))
        b = g.tensor([units], "float32", data=data(rng, [units], "float32")) if bias else None
        y = g.tensor(out_shape, "float32")
    else:
        types, bias_type = variant.split("+")
        types, channels = types.split("/")
        dtype = "int8" if types.startswith("i8") else "int16"
        count = units if channels == "pc" else None
        x_scale, w_scale = scale(rng), scale(rng, count=count)
        x = g.tensor(shape, dtype, scale=x_scale, zero_point=zero_point(rng, dtype))
        if types.endswith("i4"):
            w = g.tensor([units, depth], "int4", scale=w_scale, data=int4(rng, [units, depth]))
        else:
            w = g.tensor([units, depth], "int8", scale=w_scale,
                         data=data(rng, [units, depth], "int8", -127, 127))
        b = None
        if bias:
            reach = round(depth ** 0.5) * (9000 if dtype == "int8" else 1000000)
            wide = "int32" if bias_type == "bi32" else "int64"
            products = [x_scale * s for s in w_scale] if count else x_scale * w_scale
            b = g.tensor([units], wide, scale=products, data=data(rng, [units], wide, -reach, reach))
        # About as large as the sums are, so that few results saturate; sometimes far too small.
        w_mean = sum(w_scale) / units if count else w_scale
        w_size = 4 if types.endswith("i4") else 73
        x_size, y_size = (120, 60) if dtype == "int8" else (19000, 12000)
        y_scale = x_scale * w_mean * depth ** 0.5 * w_size * x_size / y_size * choice(rng, 0.01, 1, 1.5, 3)
        y = g.tensor(out_shape, dtype, scale=y_scale, zero_point=zero_point(rng, dtype))
    g.op("FULLY_CONNECTED", [x, w, b], [y], fused_activation_function=activation, keep_num_dims=keep)

    name = (f"FULLY_CONNECTED {variant}, {depth} to {units}, input {shape}, {activation.lower()}"
            f"{'' if bias else ', no bias'}{', keeps dims' if keep else ''}")
    invokes = [[data(rng, shape, x.numpy)] for _ in range(2)]
    return Case(name, g.build([x], [y]), invokes, variant=variant)


def open_batch(rng, keep):
    """The file says 1 where the signature says -1."""
    g = Graph()
    x, w = g.tensor([3, 2, 4], "float32"), g.tensor([5, 4], "float32", data=data(rng, [5, 4], "float32"))
    shape = [3, 2] if keep else [6]
    y = g.tensor([1] * len(shape) + [5], "float32", shape_signature=[-1] * len(shape) + [5])
    g.op("FULLY_CONNECTED", [x, w, None], [y], keep_num_dims=keep)
    return Case(f"FULLY_CONNECTED to an output of open shape{', keeps dims' if keep else ''}", g.build([x], [y]),
                [[data(rng, [3, 2, 4], "float32")]], variant="f32xf32", oracle="litert")


def behind(rng, dtype, short=0):
    """Constants lie behind the FlatBuffer, as in models of more than 2 GB; or some of the file is lost."""
    g = Graph()
    g.data_behind = True
    quant = () if dtype == "float32" else (0.1,)
    x, y = g.tensor([2, 5], dtype, *quant), g.tensor([2, 3], dtype, *(quant and (1.0,)))
    w = g.tensor([3, 5], dtype, *quant, data=data(rng, [3, 5], dtype))
    wide = ("float32",) if dtype == "float32" else ("int32", 0.01)
    b = g.tensor([3], *wide, data=data(rng, [3], wide[0], -100, 100))
    g.op("FULLY_CONNECTED", [x, w, b], [y])
    model = g.build([x], [y])
    if short:
        model = Model(model[:-16])
        return Case("FULLY_CONNECTED, half of the data behind the tables is lost", model, variant="errors",
                    op="FULLY_CONNECTED", error=("ERR_MODEL", "broken model: buffer lies outside of the file"))
    variant = {"float32": "f32xf32", "int8": "i8xi8/pt+bi32"}[dtype]
    return Case(f"FULLY_CONNECTED {variant}, data behind the tables", model, [[data(rng, [2, 5], dtype)]],
                variant=variant, oracle="litert")


def two_layers(rng):
    """1 to 16 to 1, int8: hello_world with random weights."""
    g = Graph()
    x = g.tensor([1, 1], "int8", scale=0.0245, zero_point=-128)
    scales = [0.0245, 0.2, 2.0]
    t = x
    for i, (units, depth) in enumerate([(16, 1), (1, 16)]):
        w_scale = scale(rng)
        w = g.tensor([units, depth], "int8", scale=w_scale, data=data(rng, [units, depth], "int8", -127))
        b = g.tensor([units], "int32", scale=scales[i] * w_scale,
                     data=data(rng, [units], "int32", -3000, 3000))
        y = g.tensor([1, units], "int8", scale=scales[i + 1], zero_point=zero_point(rng))
        g.op("FULLY_CONNECTED", [t, w, b], [y], fused_activation_function="NONE" if i else "RELU")
        t = y
    invokes = [[data(rng, [1, 1], "int8")] for _ in range(8)]
    return Case("FULLY_CONNECTED int8 twice, 1 to 16 to 1", g.build([x], [t]), invokes,
                variant="i8xi8/pt+bi32")
