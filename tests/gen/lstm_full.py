# SPDX-License-Identifier: MIT
"""LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM of int8 with all optional parts, and LSTM's BASIC kernel."""

import numpy as np

from lib import Case, Graph, choice, data, scale, zero_point
from recurrent import TURNS, sizes


def cases(rng, count):
    for op in ("LSTM", "UNIDIRECTIONAL_SEQUENCE_LSTM"):
        for _ in range(count):
            yield int8_lstm(rng, op)
    for variant in ("f32/basic", "u8/basic"):
        for _ in range(count):
            yield basic_lstm(rng, variant)
    yield from int8_errors()
    yield from basic_errors()


class Parts:
    """Makes the quantised tensors of an LSTM. Each is small for its number of columns, so that gates
    do not saturate."""

    def __init__(self, g, rng):
        self.g, self.rng = g, rng

    def make(self, shape, kind, unit, low=None, high=None):
        return self.g.tensor(shape, kind, float(np.float32(unit)), data=data(self.rng, shape, kind, low, high))

    def matrix(self, rows, cols):
        unit = 3 / cols ** 0.5 / 127 * (0.5 + self.rng.random())
        return self.make([rows, cols], "int8", unit, -127, 127)

    def diagonal(self, n):
        return self.make([n], "int16", (0.5 + self.rng.random()) / 32768)

    def bias(self, n, unit):
        most = int(min(2 ** 30, 1 / unit))
        return self.make([n], "int32", unit, -most, most)


def int8_lstm(rng, op):
    batch, time, inputs, cells, outputs = sizes(rng)
    cifg, peephole, norm, bias = (bool(b) for b in rng.integers(2, size=4))
    if peephole and outputs > cells:  # TensorFlow Lite reads past the end of the peepholes
        outputs = cells
    projection = outputs != cells or not rng.integers(4)
    time_major = op != "LSTM" and bool(rng.integers(2))
    g = Graph()
    w = Parts(g, rng)
    gates = (not cifg, True, True, True)
    lead = [batch] if op == "LSTM" else [time, batch] if time_major else [batch, time]
    s_x, s_h = scale(rng, 0.005, 0.02), scale(rng, 0.006, 0.02)
    z_x, z_h = zero_point(rng), zero_point(rng)
    x = g.tensor([*lead, inputs], "int8", s_x, z_x)
    matrices = [w.matrix(cells, inputs) if there else None for there in gates]
    matrices += [w.matrix(cells, outputs) if there else None for there in gates]
    diagonals = [w.diagonal(cells) if peephole and there else None for there in (not cifg, True, True)]
    norms = [w.diagonal(cells) if norm and there else None for there in gates]
    biases = [None if m is None else w.bias(cells, float(n.scale[0]) / 1024 if norm else s_x * float(m.scale[0]))
              for m, n in zip(matrices[:4], norms)]
    s_m, z_m = (scale(rng, 0.004, 0.01), int(rng.integers(-30, 30))) if projection else (s_h, z_h)
    m = w.matrix(outputs, cells) if projection else None
    b_m = w.bias(outputs, s_m * float(m.scale[0])) if projection and bias else None
    state = g.tensor([batch, outputs], "int8", s_h, z_h, variable=True)
    cell = g.tensor([batch, cells], "int16", float(2.0 ** int(rng.integers(-15, -9, endpoint=True))), variable=True)
    inner = [g.tensor([0], "int16", scale(rng, 1e-4, 8e-4)) for _ in range(4)] + [g.tensor([0], "int8", s_m, z_m)]
    y = g.tensor([*lead, outputs], "int8", s_h, z_h)
    tensors = [x, *matrices, *diagonals, *biases, m, b_m, state, cell]
    tensors += norms if norm or rng.integers(2) else []
    more = {"time_major": time_major} if op != "LSTM" else {}
    g.op(op, tensors, [y], intermediates=inner, cell_clip=choice(rng, 0.0, 0.0, 0.7),
         proj_clip=choice(rng, 0.0, 0.0, 0.4), fused_activation_function="TANH", **more)
    plain = op != "LSTM" and len(tensors) == 24 and not (cifg or peephole or norm or projection)
    words = ["x".join(map(str, lead)), f"{inputs} to {cells} to {outputs}"]
    words += [word for word, there in (("time major", time_major), ("CIFG", cifg), ("peepholes", peephole),
                                       ("layer norm", norm), ("projection", projection)) if there]
    return Case(f"{op} i8/full, {', '.join(words)}", g.build([x], [y]),
                [[data(rng, x.shape, "int8")] for _ in range(TURNS)], variant="i8/full",
                oracle="tflm" if plain else "litert", note="TFLM has no more than the plain one" if plain else "")


def basic_lstm(rng, variant):
    """One matrix for all gates. The state of one in three comes in from outside."""
    batch, _, inputs, cells, _ = sizes(rng)
    outside = rng.integers(3) == 0
    g = Graph()
    depth = inputs + cells
    most = 2 / depth ** 0.5
    if variant == "f32/basic":
        kind = state_kind = "float32"
        in_quant = state_quant = ()
        w = g.tensor([4 * cells, depth], kind, data=data(rng, [4 * cells, depth], kind, -most, most))
        b = g.tensor([4 * cells], kind, data=data(rng, [4 * cells], kind))
    else:
        kind, state_kind = "uint8", "int16"
        in_quant, state_quant = (1 / 128, 128), (2.0 ** -11,)
        s = float(np.float32(most / 100 * (0.5 + rng.random())))
        w = g.tensor([4 * cells, depth], kind, s, int(rng.integers(90, 160)), data=data(rng, [4 * cells, depth], kind))
        s = float(np.float32(s / 128))
        b = g.tensor([4 * cells], "int32", s, data=data(rng, [4 * cells], "int32", int(-1 / s), int(1 / s)))
    x = g.tensor([batch, inputs], kind, *in_quant)
    h = g.tensor([batch, cells], kind, *in_quant, variable=not outside)
    c = g.tensor([batch, cells], state_kind, *state_quant, variable=not outside)
    outs = [g.tensor([batch, cells], kind, *in_quant), g.tensor([batch, cells], state_kind, *state_quant),
            g.tensor([batch, depth], kind, *in_quant), g.tensor([batch, 4 * cells], state_kind, *state_quant)]
    g.op("LSTM", [x, h, w, b, c], outs, kernel_type="BASIC", fused_activation_function="TANH")
    ins = [x, h, c] if outside else [x]
    invokes = [[data(rng, t.shape, t.dtype) for t in ins] for _ in range(TURNS)]
    name = f"LSTM {variant}, batch {batch}, {inputs} to {cells}" + (", state from outside" if outside else "")
    return Case(name, g.build(ins, outs), invokes, variant=variant, oracle="litert")


def int8_errors():
    """CIFG with all that there is, and something wrong with it."""
    def model(op="UNIDIRECTIONAL_SEQUENCE_LSTM", inner=(0.01,) * 5, zeros=(0,) * 5, missing=(), scales=None, drop=(),
              kinds=None, y=None, **options):
        shapes = {0: (1, 2, 4), 16: (2, 3), 17: (2,), 18: (1, 2), 19: (1, 3)}
        if op == "LSTM":
            shapes[0] = (1, 4)
        shapes |= {i: (3, 4) for i in (2, 3, 4)} | {i: (3, 2) for i in (6, 7, 8)}
        shapes |= {i: (3,) for i in (10, 11, 13, 14, 15, 21, 22, 23)}
        types = {i: "int32" for i in (13, 14, 15, 17)} | {i: "int16" for i in (10, 11, 19, 21, 22, 23)} | (kinds or {})
        g = Graph()
        t = [g.tensor(shapes[i], types.get(i, "int8"), (scales or {}).get(i, 2.0 ** -11), variable=i in (18, 19),
                      data=None if i in (0, 18, 19) else np.zeros(shapes[i]), name=f"t{i}")
             if i in shapes and i not in drop else None for i in range(24)]
        extra = [None if i in missing else g.tensor([0], "int16" if i < 4 else "int8", s, z, name=f"inner{i}")
                 for i, (s, z) in enumerate(zip(inner, zeros))]
        out = g.tensor(y or (*shapes[0][:-1], 2), "int8", (scales or {}).get("y", 0.01), name="y")
        g.op(op, t, [out], intermediates=extra, fused_activation_function="TANH", **options)
        return g.build([t[0]], [out])

    def refused(name, status, message, op="UNIDIRECTIONAL_SEQUENCE_LSTM", **more):
        return Case(f"{op} of int8, {name}", model(op, **more), variant="errors", error=(status, f"op 0 {op}{message}"))

    for op in ("LSTM", "UNIDIRECTIONAL_SEQUENCE_LSTM"):
        yield refused("no inner tensors", "ERR_MODEL", ": 0 inner tensors, want 5", op, inner=())
        yield refused("twelve inner tensors", "ERR_MODEL", ": 12 inner tensors, want 5", op, inner=(0.01,) * 12, zeros=(0,) * 12)
        yield refused("an inner tensor left out", "ERR_MODEL", ", inner tensor 2: missing", op, missing=(2,))
        yield refused("an inner tensor without a scale", "ERR_PARAM",
                      ", inner tensor 4 'inner4': not quantised, want a scale", op, inner=(0.01,) * 4 + (None,))
        yield refused("an inner tensor with a negative scale", "ERR_PARAM", ", inner tensor 1 'inner1': scale out of range",
                      op, inner=(0.01, -1, 1, 1, 1))
        yield refused("an inner tensor with an odd zero point", "ERR_PARAM",
                      ", inner tensor 4 'inner4': zero point 200, want one within INT8", op, zeros=(0, 0, 0, 0, 200))
        yield refused("a cell with an odd scale", "ERR_PARAM", ", input 19 't19': scale is no power of two, want 2^-15 to 2^-9",
                      op, scales={19: 0.0003})
        yield refused("a cell with a large scale", "ERR_PARAM",
                      ", input 19 't19': scale is no power of two, want 2^-15 to 2^-9", op, scales={19: 2.0 ** -8})
        yield refused("a cell with a small scale", "ERR_PARAM",
                      ", input 19 't19': scale is no power of two, want 2^-15 to 2^-9", op, scales={19: 2.0 ** -16})
        yield refused("peepholes without a scale", "ERR_PARAM", ", input 11 't11': not quantised, want a scale", op,
                      scales={11: None})
        yield refused("layer norm without a scale", "ERR_PARAM", ", input 22 't22': not quantised, want a scale", op,
                      scales={22: None})
        yield refused("layer norm with a huge scale", "ERR_PARAM", ", input 22 't22': scale too large", op,
                      scales={22: 70000.0})
        yield refused("projection without a scale", "ERR_PARAM", ", input 16 't16': not quantised, want a scale", op,
                      scales={16: None})
        yield refused("output without a scale", "ERR_PARAM", ", output 0 'y': not quantised, want a scale", op,
                      scales={"y": None})
        yield refused("peepholes of int8", "ERR_TYPE", ", input 10 't10': type INT8, want INT16", op, kinds={10: "int8"})
        yield refused("layer norm of int8", "ERR_TYPE", ", input 21 't21': type INT8, want INT16", op, kinds={21: "int8"})
        yield refused("no peephole of the output gate", "ERR_SHAPE", ", input 11: missing", op, drop=(11,))


def basic_errors():
    def model(changes=None, drop=(), inputs=5, outputs=4, scales=None, const=(2, 3), variable=(1, 4), **options):
        """A batch of 2 of 3 inputs to 4 cells, of uint8."""
        t = {0: ((2, 3), "uint8"), 1: ((2, 4), "uint8"), 2: ((16, 7), "uint8"), 3: ((16,), "int32"), 4: ((2, 4), "int16"),
             "y0": ((2, 4), "uint8"), "y1": ((2, 4), "int16"), "y2": ((2, 7), "uint8"), "y3": ((2, 16), "int16")} | (changes or {})
        g = Graph()
        tensors = {k: g.tensor(shape, kind, (scales or {}).get(k, 2.0 ** -11), 0, name=f"t{k}" if isinstance(k, int) else k,
                               data=np.zeros(shape) if k in const else None, variable=k in variable)
                   for k, (shape, kind) in t.items()}
        ins = [None if i in drop else tensors[i] for i in range(5)] + [None] * (inputs - 5)
        outs = [tensors[f"y{i}"] for i in range(outputs)]
        g.op("LSTM", ins[:inputs], outs, **{"kernel_type": "BASIC"} | options)
        return g.build([tensors[0]], outs[:1])

    def refused(name, status, message, **more):
        return Case(f"LSTM BASIC, {name}", model(**more), variant="errors", error=(status, f"op 0 LSTM{message}"))

    yield refused("without its state", "ERR_MODEL", ": 4 inputs, want 5 to 24", inputs=4)
    yield refused("inputs of the full kernel", "ERR_MODEL", ": kernel_type BASIC with 20 inputs and 4 outputs, want 5 and 4",
                  inputs=20)
    yield refused("one output", "ERR_MODEL", ": kernel_type BASIC with 5 inputs and 1 outputs, want 5 and 4", outputs=1)
    yield refused("as the full kernel", "ERR_MODEL", ": kernel_type FULL with 5 inputs and 4 outputs, want 20 to 24 and 1",
                  kernel_type="FULL")
    yield refused("input of int8", "ERR_TYPE", ", input 0 't0': type INT8, want FLOAT32 or UINT8", changes={0: ((2, 3), "int8")})
    yield refused("input of rank 3", "ERR_SHAPE", ", input 0 't0': rank 3, want 2", changes={0: ((1, 2, 3), "uint8")})
    yield refused("state of another type", "ERR_TYPE", ", input 4 't4': type INT32, want INT16", changes={4: ((2, 4), "int32")})
    yield refused("state of another batch", "ERR_SHAPE", ", input 4 't4': dimension 0 is 1, want 2", changes={4: ((1, 4), "int16")})
    yield refused("constant state", "ERR_MODEL", ", input 4 't4': a constant, want state", const=(2, 3, 4), variable=(1,))
    yield refused("too many cells", "ERR_SHAPE", ", input 1 't1': too large", changes={1: ((2, 600000000), "uint8")}, variable=())
    yield refused("other rows of weights", "ERR_SHAPE", ", input 2 't2': dimension 0 is 12, want 16", changes={2: ((12, 7), "uint8")})
    yield refused("other columns of weights", "ERR_SHAPE", ", input 2 't2': dimension 1 is 6, want 7", changes={2: ((16, 6), "uint8")})
    yield refused("no bias", "ERR_SHAPE", ", input 3: missing", drop=(3,))
    yield refused("bias of another type", "ERR_TYPE", ", input 3 't3': type INT16, want INT32", changes={3: ((16,), "int16")})
    yield refused("other sums", "ERR_SHAPE", ", output 3 'y3': dimension 1 is 12, want 16", changes={"y3": ((2, 12), "int16")})
    yield refused("other state out", "ERR_TYPE", ", output 1 'y1': type UINT8, want INT16", changes={"y1": ((2, 4), "uint8")})
    yield refused("bias without a scale", "ERR_PARAM", ", input 3 't3': not quantised, want a scale", scales={3: None})
    yield refused("another scale of the state", "ERR_PARAM", ", output 1 'y1': scale is not 2^-11", scales={"y1": 2.0 ** -12})
