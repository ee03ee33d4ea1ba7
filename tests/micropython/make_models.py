#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Write the small models that the scripts here use: models/*.tflite.

They are committed, so this runs only to change them: build/venv/bin/python make_models.py
(flatbuffers, tflite and numpy, see tests/requirements.txt).
"""

import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "gen"))
from graph import Graph


def two_inputs():
    """sum = a + b, b is broadcast."""
    g = Graph()
    a = g.tensor([2, 3], "int8", scale=0.5, zero_point=0, name="a")
    b = g.tensor([3], "int8", scale=0.25, zero_point=-10, name="b")
    y = g.tensor([2, 3], "int8", scale=0.5, zero_point=0, name="sum")
    g.op("ADD", [a, b], [y])
    return g.build([a, b], [y])


def reshapes(types):
    """Each input goes to an output with the same elements."""
    g = Graph()
    inputs, outputs = [], []
    for name, dtype, scale, zero_point in types:
        x = g.tensor([2], dtype, scale=scale, zero_point=zero_point, name=name)
        y = g.tensor([1, 2], dtype, scale=scale, zero_point=zero_point, name=name + "_out")
        g.op("RESHAPE", [x, g.tensor([2], "int32", data=[1, 2])], [y], new_shape=[1, 2])
        inputs.append(x)
        outputs.append(y)
    return g.build(inputs, outputs)


def conv():
    """A convolution with a scale for each channel, and a dense layer."""
    rng = np.random.default_rng(1)
    g = Graph()
    x = g.tensor([1, 6, 6, 2], "int8", scale=0.1, zero_point=-1, name="image")
    w = g.tensor([4, 3, 3, 2], "int8", scale=[0.01, 0.02, 0.015, 0.01], quant_dim=0,
                 data=rng.integers(-127, 128, [4, 3, 3, 2]), name="kernel")
    b = g.tensor([4], "int32", scale=[0.001, 0.002, 0.0015, 0.001], quant_dim=0,
                 data=rng.integers(-500, 500, [4]), name="bias")
    h = g.tensor([1, 3, 3, 4], "int8", scale=0.02, zero_point=-128, name="hidden")
    g.op("CONV_2D", [x, w, b], [h], padding="SAME", stride_w=2, stride_h=2,
         fused_activation_function="RELU")
    w2 = g.tensor([3, 36], "int8", scale=0.01, data=rng.integers(-127, 128, [3, 36]), name="dense")
    y = g.tensor([1, 3], "int8", scale=0.05, zero_point=3, name="scores")
    g.op("FULLY_CONNECTED", [h, w2, None], [y])
    return g.build([x], [y])


def missing_operator():
    g = Graph()
    x = g.tensor([1], "float32", name="x")
    y = g.tensor([1], "float32", name="y")
    g.custom("NoSuchOperator", [x], [y])
    return g.build([x], [y])


def gather():
    """y = table[index]: an index out of range is found at invoke only."""
    g = Graph()
    i = g.tensor([1], "int32", name="index")
    table = g.tensor([4], "float32", data=[10, 11, 12, 13], name="table")
    y = g.tensor([1], "float32", name="y")
    g.op("GATHER", [table, i], [y])
    return g.build([i], [y])


def counter():
    """The sum of all x since reset."""
    g = Graph()
    x = g.tensor([1], "float32", name="x")
    handle = g.tensor([1], "resource", name="handle")
    before = g.tensor([1], "float32", name="before")
    after = g.tensor([1], "float32", name="after")
    g.op("VAR_HANDLE", [], [handle], shared_name="sum")
    g.op("READ_VARIABLE", [handle], [before])
    g.op("ADD", [before, x], [after])
    g.op("ASSIGN_VARIABLE", [handle, after], [])
    return g.build([x], [after])


def four_packs():
    """Shares of exp(x), four of them: operators of four packs."""
    g = Graph()
    x = g.tensor([1, 8], "int8", scale=0.05, zero_point=3, name="x")
    real, power, share = (g.tensor([1, 8], "float32", name=name) for name in ("real", "power", "share"))
    total = g.tensor([1, 1], "float32", name="total")
    picked = g.tensor([1, 4], "float32", name="picked")
    y = g.tensor([1, 4], "int8", scale=1 / 256, zero_point=-128, name="y")
    g.op("DEQUANTIZE", [x], [real])
    g.op("EXP", [real], [power])
    g.op("SUM", [power, g.tensor([1], "int32", data=[1])], [total], keep_dims=True)
    g.op("DIV", [power, total], [share])
    g.op("GATHER", [share, g.tensor([4], "int32", data=[7, 0, 3, 3])], [picked], axis=1)
    g.op("QUANTIZE", [picked], [y])
    return g.build([x], [y])


def shapes():
    """Tensors of one to five dimensions go through unchanged."""
    g = Graph()
    inputs, outputs = [], []
    for shape in ([6], [2, 3], [2, 3, 2], [1, 2, 3, 2], [1, 1, 2, 3, 2]):
        for dtype, scale, zero_point in (("float32", None, 0), ("int8", 0.5, 1)):
            name = "%s_%d" % (dtype, len(shape))
            x = g.tensor(shape, dtype, scale=scale, zero_point=zero_point, name=name)
            y = g.tensor(shape, dtype, scale=scale, zero_point=zero_point, name=name + "_out")
            g.op("RESHAPE", [x, g.tensor([len(shape)], "int32", data=shape)], [y], new_shape=shape)
            inputs.append(x)
            outputs.append(y)
    return g.build(inputs, outputs)


MODELS = {
    "four_packs": four_packs(),
    "shapes": shapes(),
    "two_inputs": two_inputs(),
    "types": reshapes([(t, t, None, 0) for t in
                       ("float32", "int8", "uint8", "int16", "int32", "int64", "bool")]),
    "quantised": reshapes([("int8", "int8", 0.5, 1), ("uint8", "uint8", 0.25, 128),
                           ("int16", "int16", 0.001, 0)]),
    "conv": conv(),
    "missing_operator": missing_operator(),
    "gather": gather(),
    "counter": counter(),
}

for name, model in MODELS.items():
    path = HERE / "models" / (name + ".tflite")
    path.write_bytes(model)
    print("%s: %d bytes" % (path.name, len(model)))
