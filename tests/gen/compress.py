# SPDX-License-Identifier: MIT
"""Models with the metadata COMPRESSION_METADATA: constants are indices into tables of values."""

import flatbuffers
import numpy as np

from decode import pack
from lib import Case, Graph, choice, data, dims, scale, zero_point

OPS = ("FULLY_CONNECTED", "CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV")
VARIANT = "lut"


def cases(rng, count):
    for op in OPS:
        for _ in range(count):
            yield layer(rng, op)
    for _ in range(max(2, count // 4)):
        yield concatenation(rng)
        yield assigned(rng)
        yield inside(rng)
    yield shared(rng)
    yield from errors()


def metadata(subgraphs, version=1):
    """The FlatBuffer, from a list of (tensor, value buffer, bits) for each subgraph."""
    b = flatbuffers.Builder(256)

    def table(*fields):
        b.StartObject(len(fields))
        for i, (kind, value) in enumerate(fields):
            getattr(b, f"Prepend{kind}Slot")(i, value, 0)
        return b.EndObject()

    def vector(tables):
        b.StartVector(4, len(tables), 4)
        for t in reversed(tables):
            b.PrependUOffsetTRelative(t)
        return b.EndVector()

    lists = [vector([table(("Int32", t), ("Uint32", v), ("Uint8", n)) for t, v, n in luts]) if luts else 0
             for luts in subgraphs]
    root = vector([table(("UOffsetTRelative", v)) for v in lists])
    b.Finish(table(("Uint32", version), ("UOffsetTRelative", root)))
    return bytes(b.Output())


class Compressor:
    """Compresses tensors of a model and notes how."""

    def __init__(self, g, rng):
        self.g, self.rng, self.luts = g, rng, {}

    def tensor(self, shape, dtype, low=None, high=None, axis=None, bits=None, sub=None, **more):
        """A constant of random values, few of them; axis: each index of this dimension has its own."""
        rng, bits = self.rng, bits or int(self.rng.integers(1, 8))
        channels = 1 if axis is None else shape[axis]
        stride = 1 << bits if channels == 1 else max(1, (1 << bits) - int(rng.integers(0, 1 << (bits - 1), endpoint=True)))
        tables = data(rng, [channels, stride], dtype, low, high)
        indices = rng.integers(0, stride, shape)
        owner = sub or self.g
        # One byte more, as TFLM may look at what lies behind.
        t = owner.tensor(shape, dtype, data=pack(indices.reshape(-1), bits) + bytes(8), **more)
        self.luts.setdefault(owner.index, []).append((t.index, self.g.add_buffer(tables.tobytes()), bits))
        return t

    def build(self, ins, outs, **more):
        subgraphs = [self.luts.get(i, []) for i in range(len(self.g.subgraphs))]
        self.g.meta("COMPRESSION_METADATA", metadata(subgraphs, **more))
        return self.g.build(ins, outs)


def layer(rng, op):
    g = Graph()
    c = Compressor(g, rng)
    kind = choice(rng, "f32", "i8/pt", "i8/pc", "i16/pc")
    if op == "FULLY_CONNECTED" and kind == "i16/pc":
        kind = "i16/pt"
    inputs, outputs = int(rng.integers(1, 9)), int(rng.integers(1, 7))
    size = int(rng.integers(3, 7))
    options = {"padding": "SAME", "stride_w": 1, "stride_h": 1}
    axis = 0
    if op == "FULLY_CONNECTED":
        x_shape, w_shape, y_shape, options = [2, inputs], [outputs, inputs], [2, outputs], {}
    elif op == "DEPTHWISE_CONV_2D":
        outputs = inputs
        x_shape, w_shape, y_shape, axis = [1, size, size, inputs], [1, 3, 2, inputs], [1, size, size, inputs], 3
        options["depth_multiplier"] = 1
    else:
        x_shape, w_shape, y_shape = [1, size, size, inputs], [outputs, 3, 2, inputs], [1, size, size, outputs]
    per_channel = kind.endswith("pc")
    dtype = {"f": "float32", "i8": "int8", "i1": "int16"}[kind[:1] if kind == "f32" else kind[:2]]
    if dtype == "float32":
        x, y = g.tensor(x_shape, dtype), g.tensor(y_shape, dtype)
        w = c.tensor(w_shape, dtype) if rng.integers(4) else g.tensor(w_shape, dtype, data=data(rng, w_shape, dtype))
        b = c.tensor([outputs], dtype)
    else:
        s_x = scale(rng, 0.005, 0.02) if dtype == "int8" else scale(rng, 2e-5, 1e-4)
        s_w = scale(rng, 0.002, 0.01, count=outputs if per_channel else 1)
        s_y = float(np.float32(s_x * max(s_w) * 8 * (np.prod(w_shape) / outputs) ** 0.5 * (1 if dtype == "int8" else 2)))
        wide = "int32" if dtype == "int8" else "int64"
        x, y = g.tensor(x_shape, dtype, s_x, zero_point(rng, dtype)), g.tensor(y_shape, dtype, s_y, zero_point(rng, dtype))
        quant = {"scale": s_w, "zero_point": 0, "quant_dim": axis}
        w = c.tensor(w_shape, "int8", -127, 127, axis if per_channel else None, **quant)
        s_b = [float(np.float32(s_x * s)) for s in s_w]
        biases = {"scale": s_b, "zero_point": 0}
        b = (c.tensor([outputs], wide, -2000, 2000, 0 if per_channel else None, **biases) if rng.integers(3) else
             g.tensor([outputs], wide, data=data(rng, [outputs], wide, -2000, 2000), **biases))
    if op == "TRANSPOSE_CONV":
        shape = g.tensor([4], "int32", data=y_shape)
        g.op(op, [shape, w, x, b], [y], version=3, **options)
    else:
        g.op(op, [x, w, b], [y], version=3, **options)
    return Case(f"{op} {kind}, compressed, {x_shape} by {w_shape}", c.build([x], [y]), [[data(rng, x_shape, dtype)]],
                variant=VARIANT, op=op)


def concatenation(rng):
    g = Graph()
    c = Compressor(g, rng)
    dtype, shape = choice(rng, "int8", "float32", "int16", "int32"), dims(rng, 2, 1, 5)
    x, w = g.tensor(shape, dtype), c.tensor(shape, dtype)
    y = g.tensor([shape[0], 2 * shape[1]], dtype)
    g.op("CONCATENATION", [w, x], [y], axis=1)
    return Case(f"CONCATENATION {dtype}, one input compressed, {shape}", c.build([x], [y]), [[data(rng, shape, dtype)]],
                variant=VARIANT)


def assigned(rng):
    """What a variable starts with. TFLM wants something compressed in each subgraph."""
    g = Graph()
    c = Compressor(g, rng)
    c.tensor([1], "int8")
    init, shape = g.subgraph(), dims(rng, 2, 1, 5)
    first, second = init.tensor([], "resource"), g.tensor([], "resource")
    init.op("VAR_HANDLE", [], [first], shared_name="v")
    init.op("ASSIGN_VARIABLE", [first, c.tensor(shape, "int8", sub=init)], [])
    g.op("CALL_ONCE", [], [], init_subgraph_index=init.index)
    g.op("VAR_HANDLE", [], [second], shared_name="v")
    x, y = g.tensor([1], "int8"), g.tensor(shape, "int8")
    g.op("READ_VARIABLE", [second], [y])
    return Case(f"ASSIGN_VARIABLE, compressed, {shape}", c.build([x], [y]), [[np.zeros(1, np.int8)]] * 2, variant=VARIANT,
                op="ASSIGN_VARIABLE")


def inside(rng):
    """Two layers, one in another subgraph, each with its own tables."""
    g = Graph()
    c = Compressor(g, rng)
    n = int(rng.integers(1, 6))
    cond, x, mid, y = g.tensor([1], "bool"), *(g.tensor([1, n], "float32") for _ in range(3))
    sub = g.subgraph()
    ins, outs = sub.tensor([1, n], "float32"), sub.tensor([1, n], "float32")
    sub.op("FULLY_CONNECTED", [ins, c.tensor([n, n], "float32", sub=sub), None], [outs])
    sub.io([ins], [outs])
    g.op("FULLY_CONNECTED", [x, c.tensor([n, n], "float32"), None], [mid])
    g.op("IF", [cond, mid], [y], then_subgraph_index=1, else_subgraph_index=1)
    return Case(f"FULLY_CONNECTED, compressed in two subgraphs, {n}", c.build([cond, x], [y]),
                [[np.array([True]), data(rng, [1, n], "float32")]], variant=VARIANT, op="FULLY_CONNECTED")


def shared(rng):
    """Weights that two layers read, with another in between."""
    g = Graph()
    c = Compressor(g, rng)
    t = [g.tensor([1, 4], "float32") for _ in range(4)]
    w, other = c.tensor([4, 4], "float32"), c.tensor([4, 4], "float32")
    for i, weights in enumerate((w, other, w)):
        g.op("FULLY_CONNECTED", [t[i], weights, None], [t[i + 1]])
    return Case("FULLY_CONNECTED, the same compressed weights twice", c.build([t[0]], [t[3]]),
                [[data(rng, [1, 4], "float32")]], variant=VARIANT)


def errors():
    def refused(name, message, luts, version=1, raw=None, w=b"\x1b\x1b", scales=None, quant_dim=0, shape=(2, 4), dtype="int8"):
        g = Graph()
        x, y = g.tensor([1, 4], "int8", 0.5), g.tensor([1, 2], "int8", 0.5)
        weights = g.tensor(shape, dtype, scales or 0.5, data=w, quant_dim=quant_dim)
        values = g.add_buffer(bytes(4))
        g.op("FULLY_CONNECTED", [x, weights, None], [y])
        luts = [tuple(values if v == "values" else v for v in lut) for lut in luts]
        g.meta("COMPRESSION_METADATA", metadata([luts], version) if raw is None else raw)
        return Case(f"compression, {name}", g.build([x], [y]), variant="errors", op="FULLY_CONNECTED",
                    error=("ERR_MODEL", message))

    unread = "broken model: metadata of compression cannot be read"
    unknown = "subgraph 0, tensor 2: compressed in a way that is not known"
    good = (2, "values", 2)
    yield refused("another version", unread, [good], version=2)
    yield refused("metadata cut off", unread, [], raw=metadata([[(2, 1, 2)]])[:-9])
    yield refused("metadata of noise", unread, [], raw=b"\xff" * 64)
    yield refused("no metadata", "subgraph 0, tensor 2 't2' has less data than its shape takes", [], raw=b"")
    yield refused("another tensor", "subgraph 0, tensor 2 't2' has less data than its shape takes", [(1, "values", 2)])
    yield refused("no such tensor", "subgraph 0 compresses tensor 9, want others, and each once", [good, (9, "values", 2)])
    yield refused("a tensor twice", "subgraph 0 compresses tensor 2, want others, and each once", [good, good])
    yield refused("no such values", unknown, [(2, 77, 2)])
    yield refused("no bits", unknown, [(2, "values", 0)])
    yield refused("too many bits", unknown, [(2, "values", 8)], w=bytes(7))
    yield refused("values beyond the table", unknown, [(2, "values", 3)], w=b"\xff\xff\xff")
    yield refused("too few indices", unknown, [good], w=b"\x1b")
    yield refused("channels in the middle", unknown, [good], scales=[0.5, 0.5], quant_dim=1, shape=(2, 2, 2))
    yield refused("channels that do not fit", unknown, [good], scales=[0.5] * 3)
