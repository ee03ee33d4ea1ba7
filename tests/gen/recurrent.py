# SPDX-License-Identifier: MIT
"""SVDF, LSTM, UNIDIRECTIONAL_SEQUENCE_LSTM, BIDIRECTIONAL_SEQUENCE_LSTM. See also lstm_full.py, rnn.py."""

import numpy as np

from lib import Case, Graph, choice, data, scale, zero_point

TURNS = 3  # invokes of each case


def cases(rng, count):
    for variant in ("f32", "i8/i16", "i8/i8", "f32xi8"):
        for _ in range(count):
            yield svdf(rng, variant)
    for variant in ("f32", "i8", "i16", "f32xi8"):
        for _ in range(count):
            yield sequence_lstm(rng, variant)
    for _ in range(count):
        batch, _, inputs, cells, _ = sizes(rng)
        yield plain_lstm(rng, "i8", batch, 1, inputs, cells, None)
    for variant in ("f32", "f32xi8"):
        for _ in range(count):
            yield full_lstm(rng, variant)
            yield bidirectional_lstm(rng, variant)
    yield from svdf_errors()
    yield from lstm_errors()


# ----------------------------------------------------------------------------------------------
# SVDF

def svdf(rng, variant):
    batch, depth, units, rank, memory = (int(d) for d in rng.integers(1, (4, 9, 6, 4, 9), endpoint=True))
    filters, bias = units * rank, bool(rng.integers(4)) or variant != "f32xi8"
    activation = choice(rng, "NONE", "RELU", "RELU6", "TANH", "RELU_N1_TO_1", "SIGN_BIT")
    g, options, oracle = Graph(), {}, "tflm"
    shapes = [[batch, depth], [filters, depth], [filters, memory], [units], [batch, filters * memory]]
    if variant.startswith("f32"):
        weights = "int8" if variant == "f32xi8" else "float32"
        x = g.tensor(shapes[0], "float32")
        quant = [(scale(rng, 0.005, 0.02),) if weights == "int8" else () for _ in range(2)]
        w, t = (g.tensor(s, weights, *q, data=data(rng, s, weights)) for s, q in zip(shapes[1:3], quant))
        b = g.tensor(shapes[3], "float32", data=data(rng, shapes[3], "float32")) if bias else None
        state = g.tensor(shapes[4], "float32", variable=True)
        y = g.tensor([batch, units], "float32")
        if weights == "int8":
            oracle = "litert"
            options["asymmetric_quantize_inputs"] = bool(rng.integers(2))
    else:
        kind = {"i8/i16": "int16", "i8/i8": "int8"}[variant]
        scales = [scale(rng, 0.01, 0.1), scale(rng, 0.005, 0.02), scale(rng, 0.005, 0.02)]
        # Scales such that most sums neither vanish nor saturate.
        wide = scales[0] * scales[1] * 128 * 50 * depth ** 0.5
        s_state = float(np.float32(wide / (32767 if kind == "int16" else 127)))
        if kind == "int16":
            scales[2] = float(np.float32(scales[2] / 200))
        s_y = float(np.float32(s_state * scales[2] * (2.0 ** 15 * 2 ** 14 if kind == "int16" else 60 * 60)
                               * (memory * rank) ** 0.5 / 127))
        x = g.tensor(shapes[0], "int8", scales[0], zero_point(rng))
        w = g.tensor(shapes[1], "int8", scales[1], data=data(rng, shapes[1], "int8"))
        t = g.tensor(shapes[2], kind, scales[2], data=data(rng, shapes[2], kind))
        b = g.tensor(shapes[3], "int32", float(np.float32(s_state * scales[2])),
                     data=data(rng, shapes[3], "int32", -20000, 20000))
        state = g.tensor(shapes[4], kind, s_state, 0 if kind == "int16" else zero_point(rng), variable=True)
        y = g.tensor([batch, units], "int8", s_y, zero_point(rng))
    g.op("SVDF", [x, w, t, b, state], [y], rank=rank, fused_activation_function=activation, **options)
    model = g.build([x], [y])
    invokes = [[data(rng, shapes[0], x.dtype)] for _ in range(TURNS)]
    if rng.integers(4) == 0:
        invokes[1] = [np.zeros_like(invokes[1][0])]
    hybrid = variant == "f32xi8"
    name = f"SVDF {variant}, batch {batch}, {depth} to {units} units of rank {rank}, memory {memory}, {activation}"
    return Case(name + ("" if b else ", no bias"), model, invokes, variant=variant, oracle=oracle)


def svdf_errors():
    def model(types=("int8", "int8", "int16", "int32", "int16", "int8"), rank=2, shapes=None, variable=True,
              drop=(), scales=(0.5,) * 6, **options):
        dims = [[1, 4], [6, 4], [6, 5], [3], [1, 30], [1, 3]]
        for i, s in (shapes or {}).items():
            dims[i] = s
        g = Graph()
        t = [g.tensor(s, k, q, data=np.zeros(s) if 0 < i < 4 and np.prod(s) < 1e6 else None, variable=variable and i == 4)
             for i, (s, k, q) in enumerate(zip(dims, types, scales))]
        ins = [None if i in drop else x for i, x in enumerate(t[:5])]
        g.op("SVDF", ins, [t[5]], rank=rank, **options)
        return g.build([t[0]], [t[5]])

    def refused(name, status, message, **more):
        return Case(f"SVDF, {name}", model(**more), variant="errors", error=(status, "op 0 SVDF" + message))

    base = ["int8", "int8", "int16", "int32", "int16", "int8"]

    def with_type(**changes):
        return tuple(changes.get(f"t{i}", k) for i, k in enumerate(base))

    yield refused("rank 0", "ERR_PARAM", ": rank 0, want a divisor of 6 filters", rank=0)
    yield refused("rank that does not divide", "ERR_PARAM", ": rank 4, want a divisor of 6 filters", rank=4)
    yield refused("negative rank", "ERR_PARAM", ": rank -2, want a divisor of 6 filters", rank=-2)
    yield refused("input of rank 3", "ERR_SHAPE", ", input 0 't0': rank 3, want 2", shapes={0: [1, 1, 4]})
    yield refused("empty input", "ERR_SHAPE", ", input 0 't0': dimension 0 is 0, want at least 1", shapes={0: [0, 4]})
    yield refused("other depth", "ERR_SHAPE", ", input 1 't1': dimension 1 is 5, want 4", shapes={1: [6, 5]})
    yield refused("other filters", "ERR_SHAPE", ", input 2 't2': dimension 0 is 5, want 6", shapes={2: [5, 5]})
    yield refused("other bias", "ERR_SHAPE", ", input 3 't3': dimension 0 is 6, want 3", shapes={3: [6]})
    yield refused("long memory of a large batch", "ERR_SHAPE", ", input 4 't4': too small for the weights",
                  shapes={0: [100000, 4], 1: [30000, 4], 2: [30000, 1000], 3: [15000], 5: [100000, 15000]})
    yield refused("other state", "ERR_SHAPE", ", input 4 't4': 24 elements, want 30", shapes={4: [1, 24]})
    yield refused("other output", "ERR_SHAPE", ", output 0 't5': dimension 1 is 6, want 3", shapes={5: [1, 6]})
    yield refused("no weights", "ERR_SHAPE", ", input 1: missing", drop=(1,))
    yield refused("state that is no variable", "ERR_MODEL", ", input 4 't4': not is_variable, want state",
                  variable=False)
    yield refused("state of another type", "ERR_TYPE", ", input 4 't4': type INT8, want INT16",
                  types=with_type(t4="int8"))
    yield refused("input of int16", "ERR_TYPE", ", input 0 't0': type INT16, want FLOAT32 or INT8",
                  types=with_type(t0="int16"))
    yield refused("weights of uint8", "ERR_TYPE", ", input 1 't1': type UINT8, want INT8",
                  types=with_type(t1="uint8"))
    yield refused("time weights of int32", "ERR_TYPE", ", input 2 't2': type INT32, want INT16 or INT8",
                  types=with_type(t2="int32"))
    yield refused("bias of int16", "ERR_TYPE", ", input 3 't3': type INT16, want INT32", types=with_type(t3="int16"))
    yield refused("output of float", "ERR_TYPE", ", output 0 't5': type FLOAT32, want INT8",
                  types=with_type(t5="float32"))
    yield refused("no scale", "ERR_PARAM", ", input 2 't2': not quantised, want a scale",
                  scales=(0.5, 0.5, None, 0.5, 0.5, 0.5))
    yield refused("unknown activation", "ERR_PARAM", ": fused activation 6, want one from 0 to 5",
                  fused_activation_function=6)


# ----------------------------------------------------------------------------------------------
# LSTM

class Weights:
    """Makes the tensors of weights, of float or int8. Each is small for its number of columns, so that
    gates do not saturate."""

    def __init__(self, g, rng, kind):
        self.g, self.rng, self.kind = g, rng, kind

    def matrix(self, rows, cols):
        most = 1.5 / max(1, cols) ** 0.5
        if self.kind == "float32":
            return self.g.tensor([rows, cols], self.kind, data=data(self.rng, [rows, cols], self.kind, -most, most))
        return self.g.tensor([rows, cols], self.kind, float(np.float32(most / 127)),
                             data=data(self.rng, [rows, cols], self.kind, -127, 127))

    def diagonal(self, n):
        if self.kind == "float32":
            return self.floats(n)
        return self.g.tensor([n], self.kind, scale(self.rng, 0.002, 0.01), data=data(self.rng, [n], self.kind, -127, 127))

    def floats(self, n, low=-0.5, high=0.5):
        return self.g.tensor([n], "float32", data=data(self.rng, [n], "float32", low, high))

    def direction(self, inputs, cells, outputs, cifg, peephole, bias):
        """The 17 tensors of one direction."""
        gates = [not cifg, True, True, True]
        t = [self.matrix(cells, inputs) if there else None for there in gates]
        t += [self.matrix(cells, outputs) if there else None for there in gates]
        t += [self.diagonal(cells) if peephole and there else None for there in (not cifg, True, True)]
        t += [self.floats(cells, 0, 1) if there else None for there in gates]
        projection = outputs != cells
        return t + [self.matrix(outputs, cells) if projection else None,
                    self.floats(outputs) if projection and bias else None]


def options(rng, plain=False):
    """Any activation but NONE, with which TensorFlow Lite reads what it has not written."""
    activation = "TANH" if plain else choice(rng, "TANH", "TANH", "TANH", "RELU", "RELU6", "SIGN_BIT")
    return {"cell_clip": choice(rng, 0.0, 0.0, 0.7), "proj_clip": choice(rng, 0.0, 0.0, 0.4),
            "fused_activation_function": activation}


def sizes(rng):
    batch, time, inputs, cells = (int(d) for d in rng.integers(1, (3, 4, 9, 9), endpoint=True))
    outputs = choice(rng, cells, cells, int(rng.integers(1, 7)))
    return batch, time, inputs, cells, outputs


def hybrid_tolerance(variant):
    """A last bit may decide how a number rounds to int8, and that is passed on to all that follow."""
    return {"atol": 3e-3} if variant == "f32xi8" else {}


def float_lstm(rng, variant, op, dims, time_major=None):
    """LSTM or UNIDIRECTIONAL_SEQUENCE_LSTM with any of the optional tensors."""
    batch, time, inputs, cells, outputs = dims
    g = Graph()
    w = Weights(g, rng, "int8" if variant == "f32xi8" else "float32")
    cifg, peephole, norm, bias = (bool(b) for b in rng.integers(2, size=4))
    lead = [batch] if time_major is None else [time, batch] if time_major else [batch, time]
    x = g.tensor([*lead, inputs], "float32")
    more = {} if time_major is None else {"time_major": time_major}
    tensors = [x, *w.direction(inputs, cells, outputs, cifg, peephole, bias),
               g.tensor([batch, outputs], "float32", variable=True), g.tensor([batch, cells], "float32", variable=True)]
    if norm:
        tensors += [w.floats(cells) if there else None for there in (not cifg, True, True, True)]
    elif rng.integers(2):
        tensors += [None] * 4
    y = g.tensor([*lead, outputs], "float32")
    g.op(op, tensors, [y], asymmetric_quantize_inputs=bool(rng.integers(2)) and variant == "f32xi8",
         **options(rng), **more)
    words = [f"{batch} x {time}" if len(lead) > 1 else f"batch {batch}", f"{inputs} to {cells} to {outputs}"]
    words += [word for word, there in (("time major", time_major), ("CIFG", cifg), ("peepholes", peephole),
                                       ("layer norm", norm)) if there]
    invokes = [[data(rng, x.shape, "float32")] for _ in range(TURNS)]
    return Case(f"{op} {variant}, {', '.join(words)}", g.build([x], [y]), invokes, variant=variant, oracle="litert",
                **hybrid_tolerance(variant))


def full_lstm(rng, variant):
    return float_lstm(rng, variant, "LSTM", sizes(rng))


def sequence_lstm(rng, variant):
    """As TFLM takes it, or with all that TensorFlow Lite has."""
    dims, time_major = sizes(rng), bool(rng.integers(2))
    if variant == "f32xi8" or (variant == "f32" and rng.integers(2)):
        return float_lstm(rng, variant, "UNIDIRECTIONAL_SEQUENCE_LSTM", dims, time_major)
    return plain_lstm(rng, variant, *dims[:4], time_major)


def plain_lstm(rng, variant, batch, time, inputs, cells, time_major):
    """What TFLM takes: four gates, nothing else. time_major None: LSTM, which it has not."""
    g = Graph()
    shape = [batch, inputs] if time_major is None else [time, batch, inputs] if time_major else [batch, time, inputs]
    y_shape = [*shape[:-1], cells]
    if variant == "f32":
        w = Weights(g, rng, "float32")
        x, y = g.tensor(shape, "float32"), g.tensor(y_shape, "float32")
        tensors = [x, *w.direction(inputs, cells, cells, False, False, False),
                   *(g.tensor([batch, cells], "float32", variable=True) for _ in range(2))]
    else:
        kind, wide = {"i8": ("int8", "int32"), "i16": ("int16", "int64")}[variant]
        s_x = scale(rng, 0.005, 0.02) if kind == "int8" else scale(rng, 1e-5, 1e-4)
        s_h = 1 / 128 if kind == "int8" else 1 / 32768
        z_x, z_h = (zero_point(rng, kind) for _ in range(2))
        x = g.tensor(shape, kind, s_x, z_x)

        def weights(cols):
            most = 3 / cols ** 0.5
            return g.tensor([cells, cols], "int8", float(np.float32(most / 127 * (0.5 + rng.random()))),
                            data=data(rng, [cells, cols], "int8", -127, 127))

        matrices = [weights(inputs) for _ in range(4)] + [weights(cells) for _ in range(4)]
        biases = []
        for w in matrices[:4]:
            s = s_x * float(w.scale[0])
            most = int(1 / s)
            biases.append(g.tensor([cells], wide, float(np.float32(s)), data=data(rng, [cells], wide, -most, most)))
        state = g.tensor([batch, cells], kind, s_h, z_h, variable=True)
        cell = g.tensor([batch, cells], "int16", float(2.0 ** int(rng.integers(-15, -9))), variable=True)
        tensors = [x, *matrices, None, None, None, *biases, None, None, state, cell]
        y = g.tensor(y_shape, kind, s_h, z_h)
    tensors += [None] * 4
    invokes = [[data(rng, shape, x.dtype)] for _ in range(TURNS)]
    if time_major is None:
        inner = [g.tensor([1], "int16", 2.0 ** -12) for _ in range(4)] + [g.tensor([1], "int8", s_h, z_h)]
        g.op("LSTM", tensors, [y], intermediates=inner, **options(rng, True))
        return Case(f"LSTM i8, batch {batch}, {inputs} to {cells}", g.build([x], [y]), invokes, variant=variant,
                    oracle="litert")
    g.op("UNIDIRECTIONAL_SEQUENCE_LSTM", tensors, [y], time_major=time_major, **options(rng, True))
    name = f"UNIDIRECTIONAL_SEQUENCE_LSTM {variant}, {batch} x {time}, {inputs} to {cells}"
    return Case(name + (", time major" if time_major else ""), g.build([x], [y]), invokes, variant=variant)


def bidirectional_lstm(rng, variant):
    batch, time, inputs, cells, outputs = sizes(rng)
    g = Graph()
    w = Weights(g, rng, "int8" if variant == "f32xi8" else "float32")
    time_major = bool(rng.integers(2))
    # Where batches come first, TensorFlow Lite takes a row of the merged output for a row of state.
    merge = bool(rng.integers(2)) and (time_major or batch == 1)
    cifg, peephole, bias = (bool(b) for b in rng.integers(2, size=3))
    mode = choice(rng, "plain", "linked", "stacked")
    lead = [time, batch] if time_major else [batch, time]
    x = g.tensor([*lead, inputs], "float32")
    aux_inputs = inputs if mode == "stacked" else int(rng.integers(1, 6))
    tensors = [x]
    for _ in range(2):
        tensors += w.direction(inputs, cells, outputs, cifg, peephole, bias)
    for _ in range(2):
        tensors += [g.tensor([batch, outputs], "float32", variable=True), g.tensor([batch, cells], "float32", variable=True)]
    aux = g.tensor([*lead, aux_inputs], "float32") if mode != "plain" else None
    tensors.append(aux)
    for _ in range(2):
        tensors += [w.matrix(cells, aux_inputs) if mode == "linked" and there else None
                    for there in (not cifg, True, True, True)]
    ys = [g.tensor([*lead, outputs * (2 if merge else 1)], "float32") for _ in range(1 if merge else 2)]
    g.op("BIDIRECTIONAL_SEQUENCE_LSTM", tensors, ys, merge_outputs=merge, time_major=time_major,
         asymmetric_quantize_inputs=bool(rng.integers(2)) and variant == "f32xi8", **options(rng))
    inputs_of = [x] if aux is None else [x, aux]
    invokes = [[data(rng, t.shape, "float32") for t in inputs_of] for _ in range(TURNS)]
    words = [f"{batch} x {time}", f"{inputs} to {cells} to {outputs}", mode]
    words += [word for word, there in (("time major", time_major), ("merged", merge), ("CIFG", cifg),
                                       ("peepholes", peephole)) if there]
    return Case(f"BIDIRECTIONAL_SEQUENCE_LSTM {variant}, {', '.join(words)}", g.build(inputs_of, ys), invokes,
                variant=variant, oracle="litert", **hybrid_tolerance(variant))


def lstm_errors():
    for kind in ("float32", "int8", "int16"):
        yield from lstm_errors_of(kind)
    yield from bidirectional_errors()


def lstm_errors_of(kind):
    op = "UNIDIRECTIONAL_SEQUENCE_LSTM"
    weights = "float32" if kind == "float32" else "int8"
    bias = {"float32": "float32", "int8": "int32", "int16": "int64"}[kind]
    cell = "float32" if kind == "float32" else "int16"

    def model(changes=None, drop=(), extra=(), y=((1, 2, 3), kind), op=op, scales=None, zeros=None, variable=(18, 19), **options):
        """A model of 4 inputs and 3 cells. changes: {slot: (shape, type)}; extra: slots of optional tensors."""
        t = {0: ((1, 2, 4) if op != "LSTM" else (1, 4), kind), 18: ((1, 3), kind), 19: ((1, 3), cell)}
        t |= {i: ((3, 4), weights) for i in range(1, 5)} | {i: ((3, 3), weights) for i in range(5, 9)}
        t |= {i: ((3,), bias) for i in range(12, 16)}
        if extra:
            t |= {16: ((3, 3), weights), 17: ((3,), bias)} | {
                i: ((3,), "float32" if kind == "float32" else "int16") for i in (9, 10, 11, 20, 21, 22, 23)}
            t = {i: v for i, v in t.items() if i not in (9, 10, 11, 16, 17, 20, 21, 22, 23) or i in extra}
        t |= changes or {}
        g = Graph()
        tensors = []
        for i in range(24):
            if i not in t or i in drop:
                tensors.append(None)
                continue
            shape, dtype = t[i]
            q = (scales or {}).get(i, 2.0 ** -11), (zeros or {}).get(i, 0)
            const = i not in (0, 18, 19)
            const &= np.prod(shape) < 1e6
            tensors.append(g.tensor(shape, dtype, *q, data=np.zeros(shape) if const else None,
                                    variable=i in variable, name=f"t{i}"))
        out = g.tensor(y[0], y[1], 2.0 ** -11)
        g.op(op, tensors, [out], **{"fused_activation_function": "TANH"} | options)
        return g.build([tensors[0]], [out])

    def refused(name, status, message, op=op, **more):
        return Case(f"{op} of {kind}, {name}", model(op=op, **more), variant="errors",
                    error=(status, f"op 0 {op}{message}"))

    yield refused("other rows of weights", "ERR_SHAPE", ", input 2 't2': dimension 0 is 2, want 3",
                  changes={2: ((2, 4), weights)})
    yield refused("other columns of weights", "ERR_SHAPE", ", input 7 't7': dimension 1 is 4, want 3",
                  changes={7: ((3, 4), weights)})
    yield refused("weights of another type", "ERR_TYPE",
                  f", input 3 't3': type INT32, want {weights.upper()}", changes={3: ((3, 4), "int32")})
    yield refused("other bias", "ERR_SHAPE", ", input 13 't13': dimension 0 is 4, want 3", changes={13: ((4,), bias)})
    yield refused("bias of another type", "ERR_TYPE", f", input 13 't13': type BOOL, want {bias.upper()}",
                  changes={13: ((3,), "bool")})
    yield refused("bias missing", "ERR_SHAPE", ", input 13: missing", drop=(13,))
    yield refused("input of rank 2", "ERR_SHAPE", ", input 0 't0': rank 2, want 3", changes={0: ((2, 4), kind)})
    yield refused("empty input", "ERR_SHAPE", ", input 0 't0': dimension 1 is 0, want at least 1",
                  changes={0: ((1, 0, 4), kind)})
    if kind == "float32":
        n = 20000
        yield refused("many cells of a large batch", "ERR_SHAPE", ", input 18 't18': too small for the weights", changes={
            0: ((110000, 1, 1), kind)} | {i: ((n, 1), kind) for i in range(1, 9)} | {i: ((n,), bias) for i in range(12, 16)} |
            {16: ((1, n), kind)}, y=((110000, 1, 1), kind))
    yield refused("other state", "ERR_SHAPE", ", input 18 't18': 4 elements, want 3", changes={18: ((1, 4), kind)})
    yield refused("cell of another type", "ERR_TYPE", f", input 19 't19': type INT32, want {cell.upper()}",
                  changes={19: ((1, 3), "int32")})
    yield refused("state that is no variable", "ERR_MODEL", ", input 18 't18': not is_variable, want state",
                  variable=(19,))
    yield refused("other output", "ERR_SHAPE", f", output 0 't{15 if kind == 'float32' else 15}': dimension 2 is 4, want 3",
                  y=((1, 2, 4), kind))
    yield refused("output of another type", "ERR_TYPE", f", output 0 't15': type INT32, want {kind.upper()}",
                  y=((1, 2, 3), "int32"))
    yield refused("diagonal weights", "ERR_PARAM", ": diagonal_recurrent_tensors is set, want it not to be",
                  diagonal_recurrent_tensors=True)
    yield refused("some peepholes", "ERR_SHAPE", ", input 11: missing", extra=(9, 10))
    yield refused("bias of no projection", "ERR_PARAM", ", input 17 't17': given, but others that go with it are missing",
                  extra=(17,))
    yield refused("half of CIFG", "ERR_PARAM", ", input 5 't5': given, but others that go with it are missing", drop=(1,))
    if kind == "float32":
        yield refused("unknown activation", "ERR_PARAM", ": fused activation 7, want one from 0 to 5",
                      fused_activation_function=7)
        yield refused("input of bool", "ERR_TYPE", ", input 0 't0': type BOOL, want FLOAT32, INT16 or INT8",
                      changes={0: ((1, 2, 4), "bool")})
        yield refused("fewer outputs", "ERR_SHAPE", ", input 8 't8': 2 outputs of 3 cells, want a projection",
                      changes={i: ((3, 2), weights) for i in range(5, 9)} | {18: ((1, 2), kind)}, y=((1, 2, 2), kind))
        yield refused("int8 weights without a scale", "ERR_PARAM", ", input 2 't2': not quantised, want a scale",
                      changes={i: (((3, 4) if i < 5 else (3, 3)), "int8") for i in range(1, 9)}, scales={2: None})
        return
    if kind == "int16":
        only = "want it so with FLOAT32 or INT8 only"
        yield refused("without input gate", "ERR_PARAM", f", input 1: missing, {only}", drop=(1, 5, 12))
        yield refused("peepholes", "ERR_PARAM", f", input 10 't10': given, {only}", extra=(9, 10, 11))
        yield refused("projection", "ERR_PARAM", f", input 16 't16': given, {only}", extra=(16,))
        yield refused("layer norm", "ERR_PARAM", f", input 21 't21': given, {only}", extra=(20, 21, 22, 23))
        yield refused("as LSTM", "ERR_TYPE", ", input 0 't0': type INT16, want FLOAT32 or INT8", op="LSTM",
                      y=((1, 3), kind))
    yield refused("activation RELU", "ERR_PARAM", ": fused activation 1, want TANH", fused_activation_function="RELU")
    yield refused("weights with a zero point", "ERR_PARAM", ", input 6 't6': zero point 5, want 0", zeros={6: 5})
    yield refused("no scale", "ERR_PARAM", ", input 18 't18': not quantised, want a scale", scales={18: None})
    yield refused("huge cell", "ERR_PARAM", ", input 19 't19': scale out of range", scales={19: 2.0 ** 30})
    if kind == "int16":
        yield refused("zero point", "ERR_PARAM", ", input 0 't0': zero point 1, want 0", zeros={0: 1})
        yield refused("huge scale", "ERR_PARAM", ", input 4 't4': scale too large", scales={4: 1024.0})


def bidirectional_errors():
    op = "BIDIRECTIONAL_SEQUENCE_LSTM"

    def model(outs=((1, 2, 3), (1, 2, 5)), aux=None, linked=False, kind="float32", **options):
        """2 steps of 4 inputs to 3 cells forwards, 5 backwards."""
        g = Graph()
        t = {0: g.tensor([1, 2, 4], kind, name="t0")}

        def add(i, shape, const=True):
            t[i] = g.tensor(shape, "float32", data=np.zeros(shape) if const else None, variable=not const, name=f"t{i}")
        for k, n in enumerate((3, 5)):
            for i in range(4):
                add(1 + 17 * k + i, [n, 4])
                add(5 + 17 * k + i, [n, n])
                add(12 + 17 * k + i, [n])
                if linked:
                    add(40 + 4 * k + i, [n, 2])
            add(35 + 2 * k, [1, n], False)
            add(36 + 2 * k, [1, n], False)
        if aux:
            t[39] = g.tensor(*aux, name="t39")
        t = [t.get(i) for i in range(48)]
        ys = [g.tensor(s, "float32", name=f"y{i}") for i, s in enumerate(outs)]
        g.op(op, t, ys, fused_activation_function="TANH", **{"time_major": False} | options)
        return g.build([t[0]], ys)

    def refused(name, status, message, **more):
        return Case(f"{op}, {name}", model(**more), variant="errors", error=(status, f"op 0 {op}{message}"))

    yield refused("input of int8", "ERR_TYPE", ", input 0 't0': type INT8, want FLOAT32", kind="int8")
    yield refused("merged output too small", "ERR_SHAPE", ", output 0 'y0': dimension 2 is 3, want 8",
                  outs=((1, 2, 3),), merge_outputs=True)
    yield refused("one output too few", "ERR_SHAPE", ", output 1: missing", outs=((1, 2, 3),))
    yield refused("other backward output", "ERR_SHAPE", ", output 1 'y1': dimension 2 is 3, want 5",
                  outs=((1, 2, 3), (1, 2, 3)))
    yield refused("weights of no second input", "ERR_SHAPE", ", input 39: missing", linked=True)
    yield refused("second input of another length", "ERR_SHAPE", ", input 39 't39': dimension 1 is 3, want 2",
                  aux=((1, 3, 2), "float32"), linked=True)
    yield refused("second input of another type", "ERR_TYPE", ", input 39 't39': type INT8, want FLOAT32",
                  aux=((1, 2, 2), "int8"), linked=True)
    yield refused("second input of another depth", "ERR_SHAPE", ", input 18 't18': dimension 1 is 4, want 3",
                  aux=((1, 2, 3), "float32"))
