# SPDX-License-Identifier: MIT
"""RNN, UNIDIRECTIONAL_SEQUENCE_RNN, BIDIRECTIONAL_SEQUENCE_RNN."""

import numpy as np

from lib import Case, Graph, choice, data
from recurrent import TURNS, Weights, hybrid_tolerance


def cases(rng, count):
    for variant in ("f32", "f32xi8"):
        for _ in range(count):
            yield rnn(rng, variant, "RNN")
            yield rnn(rng, variant, "UNIDIRECTIONAL_SEQUENCE_RNN")
            yield bidirectional_rnn(rng, variant)
    yield from rnn_errors()
    yield from bidirectional_errors()


def activation(rng):
    return choice(rng, "NONE", "RELU", "RELU6", "RELU_N1_TO_1", "TANH", "SIGN_BIT")


def rnn(rng, variant, op):
    batch, time, inputs, units = (int(d) for d in rng.integers(1, (3, 5, 9, 9), endpoint=True))
    g = Graph()
    w = Weights(g, rng, "int8" if variant == "f32xi8" else "float32")
    time_major = bool(rng.integers(2))
    lead = [batch] if op == "RNN" else [time, batch] if time_major else [batch, time]
    x, y = g.tensor([*lead, inputs], "float32"), g.tensor([*lead, units], "float32")
    state = g.tensor([batch, units], "float32", variable=True)
    function = activation(rng)
    more = {} if op == "RNN" else {"time_major": time_major}
    g.op(op, [x, w.matrix(units, inputs), w.matrix(units, units), w.floats(units), state], [y],
         fused_activation_function=function,
         asymmetric_quantize_inputs=bool(rng.integers(2)) and variant == "f32xi8", **more)
    words = ["x".join(map(str, lead)), f"{inputs} to {units}", function] + ["time major"] * (time_major and op != "RNN")
    invokes = [[data(rng, x.shape, "float32")] for _ in range(TURNS)]
    return Case(f"{op} {variant}, {', '.join(words)}", g.build([x], [y]), invokes, variant=variant, oracle="litert",
                **hybrid_tolerance(variant))


def rnn_errors():
    def model(op, changes=None, drop=(), variable=True, y=(1, 3), scales=None, **options):
        t = {0: ((1, 4), "float32"), 1: ((3, 4), "float32"), 2: ((3, 3), "float32"), 3: ((3,), "float32"),
             4: ((1, 3), "float32")} | (changes or {})
        g = Graph()
        tensors = [None if i in drop else g.tensor(shape, kind, (scales or {}).get(i),
                                                   data=np.zeros(shape) if 0 < i < 4 and np.prod(shape) < 1e6 else None,
                                                   variable=variable and i == 4, name=f"t{i}")
                   for i, (shape, kind) in t.items()]
        out = g.tensor(y, "float32", name="y")
        g.op(op, tensors, [out], **options)
        return g.build([tensors[0]], [out])

    def refused(name, status, message, op="RNN", **more):
        return Case(f"{op}, {name}", model(op, **more), variant="errors", error=(status, f"op 0 {op}{message}"))

    yield refused("input of int8", "ERR_TYPE", ", input 0 't0': type INT8, want FLOAT32", changes={0: ((1, 4), "int8")})
    yield refused("input of rank 3", "ERR_SHAPE", ", input 0 't0': rank 3, want 2", changes={0: ((1, 1, 4), "float32")})
    yield refused("input of rank 2", "ERR_SHAPE", ", input 0 't0': rank 2, want 3", op="UNIDIRECTIONAL_SEQUENCE_RNN")
    yield refused("weights of int16", "ERR_TYPE", ", input 1 't1': type INT16, want FLOAT32 or INT8",
                  changes={1: ((3, 4), "int16")})
    yield refused("other depth", "ERR_SHAPE", ", input 1 't1': dimension 1 is 5, want 4", changes={1: ((3, 5), "float32")})
    yield refused("mixed weights", "ERR_TYPE", ", input 2 't2': type INT8, want FLOAT32", changes={2: ((3, 3), "int8")})
    yield refused("other recurrent weights", "ERR_SHAPE", ", input 2 't2': dimension 0 is 4, want 3",
                  changes={2: ((4, 3), "float32")})
    yield refused("no bias", "ERR_SHAPE", ", input 3: missing", drop=(3,))
    yield refused("other bias", "ERR_SHAPE", ", input 3 't3': dimension 0 is 4, want 3", changes={3: ((4,), "float32")})
    yield refused("many units of a large batch", "ERR_SHAPE", ", input 4 't4': too small for the weights", changes={
        0: ((100000, 1), "float32"), 1: ((23000, 1), "float32"), 2: ((23000, 23000), "float32"), 3: ((23000,), "float32")})
    yield refused("other state", "ERR_SHAPE", ", input 4 't4': 4 elements, want 3", changes={4: ((1, 4), "float32")})
    yield refused("state that is no variable", "ERR_MODEL", ", input 4 't4': not is_variable, want state", variable=False)
    yield refused("other output", "ERR_SHAPE", ", output 0 'y': dimension 1 is 4, want 3", y=(1, 4))
    yield refused("no scale", "ERR_PARAM", ", input 2 't2': not quantised, want a scale",
                  changes={1: ((3, 4), "int8"), 2: ((3, 3), "int8")}, scales={1: 0.5})
    yield refused("unknown activation", "ERR_PARAM", ": fused activation -1, want one from 0 to 5",
                  fused_activation_function=-1)


def bidirectional_rnn(rng, variant):
    batch, time, inputs, units, back = (int(d) for d in rng.integers(1, (3, 5, 9, 9, 9), endpoint=True))
    g = Graph()
    w = Weights(g, rng, "int8" if variant == "f32xi8" else "float32")
    time_major, merge = (bool(b) for b in rng.integers(2, size=2))
    if variant == "f32xi8" and time_major and batch > 1:
        merge = False  # TensorFlow Lite follows a pointer to nowhere
    mode = choice(rng, "plain", "linked", "stacked")
    lead = [time, batch] if time_major else [batch, time]
    # TensorFlow Lite takes the second input's rows for as long as the first one's, but here.
    own = mode == "linked" and variant == "f32" and not time_major
    aux_inputs = int(rng.integers(1, 6)) if own else inputs
    x = g.tensor([*lead, inputs], "float32")
    tensors = [x]
    for n in (units, back):
        tensors += [w.matrix(n, inputs), w.matrix(n, n), w.floats(n), g.tensor([batch, n], "float32", variable=True)]
    aux = g.tensor([*lead, aux_inputs], "float32") if mode != "plain" else None
    tensors += [aux, *(w.matrix(n, aux_inputs) if mode == "linked" else None for n in (units, back))]
    ys = [g.tensor([*lead, n], "float32") for n in ([units + back] if merge else [units, back])]
    function = activation(rng)
    g.op("BIDIRECTIONAL_SEQUENCE_RNN", tensors, ys, merge_outputs=merge, time_major=time_major,
         fused_activation_function=function, asymmetric_quantize_inputs=bool(rng.integers(2)) and variant == "f32xi8")
    ins = [x] if aux is None else [x, aux]
    words = ["x".join(map(str, lead)), f"{inputs} to {units} and {back}", mode, function]
    words += [word for word, there in (("time major", time_major), ("merged", merge)) if there]
    # Without a bound the state may grow, and a sum of large numbers keeps fewer digits.
    near = hybrid_tolerance(variant) or {"atol": 2e-5}
    return Case(f"BIDIRECTIONAL_SEQUENCE_RNN {variant}, {', '.join(words)}", g.build(ins, ys),
                [[data(rng, t.shape, "float32") for t in ins] for _ in range(TURNS)], variant=variant,
                oracle="litert", **near)


def bidirectional_errors():
    op = "BIDIRECTIONAL_SEQUENCE_RNN"

    def model(outs=((1, 2, 3), (1, 2, 5)), aux=None, changes=None, drop=(), scales=None, **options):
        """2 steps of 4 inputs to 3 units forwards, 5 backwards."""
        t = {0: ((1, 2, 4), "float32")}
        for first, n in ((1, 3), (5, 5)):
            t |= {first: ((n, 4), "float32"), first + 1: ((n, n), "float32"), first + 2: ((n,), "float32"),
                  first + 3: ((1, n), "float32")}
        if aux:
            t |= {9: (aux, "float32"), 10: ((3, 2), "float32"), 11: ((5, 2), "float32")}
        t |= changes or {}
        g = Graph()
        tensors = [g.tensor(*t[i], scales, name=f"t{i}", data=None if i in (0, 4, 8, 9) else np.zeros(t[i][0]), variable=i in (4, 8))
                   if i in t and i not in drop else None for i in range(12)]
        ys = [g.tensor(s, "float32", name=f"y{i}") for i, s in enumerate(outs)]
        g.op(op, tensors, ys, **options)
        return g.build([t for t in (tensors[0], tensors[9]) if t], ys)

    def refused(name, status, message, **more):
        return Case(f"{op}, {name}", model(**more), variant="errors", error=(status, f"op 0 {op}{message}"))

    yield refused("merged and another output", "ERR_MODEL", ": 2 outputs, want 1 that is merged", merge_outputs=True)
    yield refused("merged output too small", "ERR_SHAPE", ", output 0 'y0': dimension 2 is 3, want 8",
                  outs=((1, 2, 3),), merge_outputs=True)
    yield refused("one output too few", "ERR_SHAPE", ", output 1: missing", outs=((1, 2, 3),))
    yield refused("other backward output", "ERR_SHAPE", ", output 1 'y1': dimension 2 is 3, want 5",
                  outs=((1, 2, 3), (1, 2, 3)))
    yield refused("input of int8", "ERR_TYPE", ", input 0 't0': type INT8, want FLOAT32", changes={0: ((1, 2, 4), "int8")})
    yield refused("input of rank 2", "ERR_SHAPE", ", input 0 't0': rank 2, want 3", changes={0: ((1, 4), "float32")})
    yield refused("backward weights of another type", "ERR_TYPE", ", input 6 't6': type FLOAT32, want INT8",
                  changes={5: ((5, 4), "int8")})
    yield refused("both backward weights of another type", "ERR_PARAM", ", input 5 't5': not quantised, want a scale",
                  changes={5: ((5, 4), "int8"), 6: ((5, 5), "int8")})
    yield refused("weights of no second input", "ERR_SHAPE", ", input 9: missing", aux=(1, 2, 2), drop=(9,))
    yield refused("second input of another length", "ERR_SHAPE", ", input 9 't9': dimension 1 is 3, want 2", aux=(1, 3, 2))
    yield refused("one weight of the second input", "ERR_SHAPE", ", input 11: missing", aux=(1, 2, 2), drop=(11,))
    yield refused("stacked input of another depth", "ERR_SHAPE", ", input 9 't9': dimension 2 is 3, want 4",
                  changes={0: ((2, 1, 4), "float32"), 9: ((2, 1, 3), "float32")}, outs=((2, 1, 3), (2, 1, 5)),
                  time_major=True)
    yield refused("a long sequence, int8, time first", "ERR_SHAPE", ", input 0 't0': too long",
                  changes={0: ((50000, 1, 4), "float32"), 1: ((3, 4), "int8"), 2: ((3, 3), "int8"), 5: ((5, 4), "int8"),
                           6: ((5, 5), "int8")}, outs=((50000, 1, 3), (50000, 1, 5)), scales=0.5, time_major=True)
    yield refused("unknown activation", "ERR_PARAM", ": fused activation 9, want one from 0 to 5",
                  fused_activation_function=9)
