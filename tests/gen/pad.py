# SPDX-License-Identifier: MIT
"""PAD, PADV2, MIRROR_PAD."""

import numpy as np

from lib import Case, Graph, choice, data
from movement import LONG, quantisation, refused, small, tensor, unary

PAD = {"f32": "tflm", "i8": "tflm", "i16": "tflm", "i32": "tflm", "u8": "litert", "i64": "litert",
       "bool": "litert", "f16": "litert"}
MIRROR = {"f32": "tflm", "i8": "tflm", "i16": "litert", "i32": "litert", "u8": "litert", "i64": "litert"}


def cases(rng, count):
    for short, oracle in PAD.items():
        for _ in range(count):
            yield pad(rng, short, oracle)
            yield padv2(rng, short, oracle)
    for short, oracle in MIRROR.items():
        for _ in range(count):
            yield mirror_pad(rng, short, oracle)
    yield six_dimensions(rng)
    yield image(rng)
    yield from errors()


def paddings(rng, shape, most=3):
    """[[before, after] for each dimension], a third of them 0."""
    return [[max(0, int(p)) for p in rng.integers(-1, most, 2, endpoint=True)] for _ in shape]


def padded(shape, pads):
    return [d + sum(p) for d, p in zip(shape, pads)]


def pad(rng, short, oracle):
    shape = small(rng, 1, 5, 200)
    if oracle == "litert":
        wide = choice(rng, "int32", "int64")
    else:
        wide = "int32"
    pads = paddings(rng, shape, 2)
    return unary(rng, f"{shape} by {pads} ({wide})", "PAD", short, shape, padded(shape, pads),
                 (np.reshape(pads, [-1, 2]), wide), oracle=oracle)


def padv2(rng, short, oracle):
    """The value is a constant or comes at run time."""
    shape = small(rng, 1, 5, 200)
    pads = paddings(rng, shape, 2)
    quant = quantisation(rng, short)
    runtime = choice(rng, True, False)
    g = Graph()
    x = tensor(g, rng, shape, short, quant=quant)
    p = g.tensor([len(shape), 2], "int32", data=pads)
    value = tensor(g, rng, [], short, const=not runtime, quant=quant)
    y = tensor(g, rng, padded(shape, pads), short, quant=quant)
    g.op("PADV2", [x, p, value], [y], version=2)
    invoke = [data(rng, shape, LONG[short])]
    inputs = [x]
    if runtime and oracle == "litert":
        invoke.append(data(rng, [], LONG[short]))
        inputs.append(value)
    elif runtime:  # the wheel sets no scalars
        value.shape = [1]
        invoke.append(data(rng, [1], LONG[short]))
        inputs.append(value)
    return Case(f"PADV2 {short}, {shape} by {pads}, {'runtime value' if runtime else 'constant'}",
                g.build(inputs, [y]), [invoke], variant=short, oracle=oracle)


def mirror_pad(rng, short, oracle):
    mode = choice(rng, "REFLECT", "SYMMETRIC")
    shape = small(rng, 1, 4, 200)
    most = [d - (mode == "REFLECT") for d in shape]
    pads = [[int(rng.integers(0, min(m, 3), endpoint=True)) for _ in range(2)] for m in most]
    wide = choice(rng, "int32", "int64")
    return unary(rng, f"{shape} by {pads} ({wide}), {mode.lower()}", "MIRROR_PAD", short, shape,
                 padded(shape, pads), (np.reshape(pads, [-1, 2]), wide), oracle=oracle, mode=mode)


def given(name, op, short, shape, pads, mode, rng, **options):
    x = data(rng, shape, LONG[short])
    y = np.pad(x, pads, mode)
    g = Graph()
    tx, ty = g.tensor(shape, LONG[short]), g.tensor(y.shape, LONG[short])
    g.op(op, [tx, g.tensor([len(shape), 2], "int32", data=pads)], [ty], **options)
    return Case(f"{op} {short}, {name}", g.build([tx], [ty]), [[x]], variant=short, oracle="given",
                outputs=[[y]], note="no reference takes six dimensions")


def six_dimensions(rng):
    return given("six dimensions", "PAD", "f32", [2, 1, 2, 3, 2, 2],
                 [[0, 1], [1, 0], [0, 0], [1, 1], [0, 0], [2, 0]], "constant", rng)


def image(rng):
    return unary(rng, "image with a frame of one", "PAD", "i8", [1, 9, 9, 3], [1, 11, 11, 3],
                 ([[0, 0], [1, 1], [1, 1], [0, 0]], "int32"))


def errors():
    def model(op="PAD", types=("int8", "int8"), pads=((1, 0), (0, 2)), out=(3, 5), const=True,
              pad_type="int32", value=None, zero=(0, 0, 0), **options):
        def build(g):
            x = g.tensor([2, 3], types[0], 0.5, zero[0])
            p = g.tensor(np.shape(pads), pad_type, data=pads if const else None)
            y = g.tensor(out, types[1], 0.5, zero[1])
            rest = [g.tensor([], value, 0.5, zero[2], data=0)] if value else []
            g.op(op, [x, p, *rest], [y], **options)
            return [x] if const else [x, p], [y]
        return build
    yield refused("output too small", "PAD", ", output 0 't2': dimension 1 is 4, want 5",
                  model(out=(3, 4)))
    yield refused("rank grows", "PAD", ", output 0 't2': rank 3, want 2", model(out=(3, 5, 1)))
    yield refused("paddings computed", "PAD", ", input 1 't1': computed, want a constant",
                  model(const=False), status="ERR_PARAM")
    yield refused("paddings float", "PAD", ", input 1 't1': type FLOAT32, want INT32 or INT64",
                  model(pad_type="float32"), status="ERR_TYPE")
    yield refused("too few paddings", "PAD", ", input 1 't1': 2 elements, want 4",
                  model(pads=((1, 0),)))
    yield refused("negative padding", "PAD",
                  ", input 1 't1': padding 1, -1 of dimension 0, want none below 0",
                  model(pads=((1, -1), (0, 2))), status="ERR_PARAM")
    yield refused("absurd padding", "PAD",
                  ", input 1 't1': padding 2147483647, 2147483647 of dimension 0, want less",
                  model(pads=((2**31 - 1, 2**31 - 1), (0, 2))), status="ERR_PARAM")
    yield refused("types differ", "PAD", ", output 0 't2': type INT16, want INT8",
                  model(types=("int8", "int16")), status="ERR_TYPE")
    yield refused("int4", "PAD",
                  ", input 0 't0': type INT4, want one with elements of 1, 2, 4 or 8 bytes",
                  model(types=("int4", "int4")), status="ERR_TYPE")
    yield refused("zero point 128", "PAD", ", output 0 't2': zero point 128, want one within INT8",
                  model(zero=(0, 128, 0)), status="ERR_PARAM")
    yield refused("value of another type", "PADV2", ", input 2 't3': type INT16, want INT8",
                  model("PADV2", value="int16"), status="ERR_TYPE")
    yield refused("value of another scale", "PADV2",
                  ", input 2 't3': scale or zero point differ, want the same",
                  model("PADV2", value="int8", zero=(0, 0, 1)), status="ERR_PARAM")
    yield refused("reflects too much", "MIRROR_PAD",
                  ", input 1 't1': padding 2 of dimension 0, want at most 1",
                  model("MIRROR_PAD", pads=((2, 0), (0, 0)), out=(4, 3), mode="REFLECT"),
                  status="ERR_PARAM")
    yield refused("unknown mode", "MIRROR_PAD", ": mode 7, want REFLECT or SYMMETRIC",
                  model("MIRROR_PAD", mode=7), status="ERR_PARAM")
