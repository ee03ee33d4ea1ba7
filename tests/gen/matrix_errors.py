# SPDX-License-Identifier: MIT
"""What convolutions, dense layers, pools and matrix products refuse, and with which words."""

import numpy as np

from lib import DTYPES, Case, Graph

# Changes to a small layer of zeros: what is wrong, status, message after the operator's name.
CONV_2D = [
    ("an input of int32", "ERR_TYPE", ", input 0 't0': type INT32, want FLOAT32, UINT8, INT16 or INT8",
     {"x": ((1, 4, 4, 2), "int32")}),
    ("an output of another type", "ERR_TYPE", ", output 0 't3': type INT16, want INT8",
     {"y": ((1, 4, 4, 3), "int16")}),
    ("weights of int16", "ERR_TYPE", ", input 1 't1': type INT16, want INT8 or INT4",
     {"w": ((3, 2, 2, 2), "int16")}),
    ("a bias of int64", "ERR_TYPE", ", input 2 't2': type INT64, want INT32", {"b": ((3,), "int64")}),
    ("a bias too short", "ERR_SHAPE", ", input 2 't2': 2 elements, want 3", {"b": ((2,), "int32")}),
    ("an input of rank 3", "ERR_SHAPE", ", input 0 't0': rank 3, want 4", {"x": ((4, 4, 2), "int8")}),
    ("weights of rank 2", "ERR_SHAPE", ", input 1 't1': rank 2, want 4", {"w": ((3, 8), "int8")}),
    ("no input channels", "ERR_SHAPE", ", input 0 't0': dimension 3 is 0, want at least 1",
     {"x": ((1, 4, 4, 0), "int8")}),
    ("stride 0", "ERR_PARAM", ": stride 0, want at least 1", {"stride_w": 0}),
    ("a negative stride", "ERR_PARAM", ": stride -2, want at least 1", {"stride_h": -2}),
    ("a huge stride", "ERR_PARAM", ": stride out of range", {"stride_h": 2 ** 31 - 1}),
    ("dilation 0", "ERR_PARAM", ": dilation 0, want at least 1", {"dilation_h_factor": 0}),
    ("a huge dilation", "ERR_PARAM", ": dilation out of range", {"dilation_w_factor": 2 ** 31 - 1}),
    ("an unknown padding", "ERR_PARAM", ": padding 2, want SAME or VALID", {"padding": 2}),
    ("a window too large", "ERR_SHAPE", ": window of 5, want at most 4",
     {"padding": "VALID", "w": ((3, 5, 2, 2), "int8")}),
    ("an output of the wrong size", "ERR_SHAPE", ", output 0 't3': dimension 1 is 4, want 3",
     {"padding": "VALID"}),
    ("channels that do not fit", "ERR_SHAPE", ", input 1 't1': 3 channels, want a divisor of 2",
     {"w": ((3, 2, 2, 3), "int8")}),
    ("filters that do not fit the groups", "ERR_SHAPE", ", input 1 't1': 3 filters, want a multiple of 2",
     {"w": ((3, 2, 2, 1), "int8")}),
    ("too few scales", "ERR_PARAM", ", input 1 't1': scale count 2, want 1 or 3", {"w_scale": [0.5, 0.5]}),
    ("scales along another dimension", "ERR_PARAM", ", input 1 't1': quantised along dimension 3, want 0",
     {"w_scale": [0.5, 0.5, 0.5], "w_dim": 3}),
    ("a scale of zero", "ERR_PARAM", ", input 1 't1': scale of channel 1 out of range",
     {"w_scale": [0.5, 0.0, 0.5]}),
    ("no scale", "ERR_PARAM", ", input 1 't1': not quantised, want a scale", {"w_scale": None}),
    ("an output without a scale", "ERR_PARAM", ", output 0 't3': not quantised, want a scale", {"y_scale": None}),
    ("an activation that does not clamp", "ERR_PARAM",
     ": fused activation 4, want NONE, RELU, RELU_N1_TO_1 or RELU6", {"fused_activation_function": "TANH"}),
    ("int16 whose scales are far apart", "ERR_PARAM",
     ", output 0 't2': scale too small for the scales of the inputs",
     {"x": ((1, 4, 4, 2), "int16"), "y": ((1, 4, 4, 3), "int16"), "b": None, "y_scale": 0.0001}),
    ("int16 with a zero point", "ERR_PARAM", ": a zero point is not 0, want 0 for INT16",
     {"x": ((1, 4, 4, 2), "int16"), "y": ((1, 4, 4, 3), "int16"), "b": None, "y_zero": 1}),
]

DEPTHWISE_CONV_2D = [
    ("two sets of filters", "ERR_SHAPE", ", input 1 't1': dimension 0 is 2, want 1",
     {"w": ((2, 2, 2, 6), "int8")}),
    ("filters that do not fit", "ERR_SHAPE", ", input 1 't1': 5 filters, want a multiple of 2",
     {"w": ((1, 2, 2, 5), "int8")}),
    ("a bias of int32 for int16", "ERR_TYPE", ", input 2 't2': type INT32, want INT64",
     {"x": ((1, 4, 4, 2), "int16"), "y": ((1, 4, 4, 6), "int16")}),
]

TRANSPOSE_CONV = [
    ("an input of the wrong size", "ERR_SHAPE", ", input 2 't0': dimension 1 is 3, want 4",
     {"x": ((1, 3, 4, 2), "int8")}),
    ("an input of uint8", "ERR_TYPE", ", input 2 't0': type UINT8, want FLOAT32, INT16 or INT8",
     {"x": ((1, 4, 4, 2), "uint8"), "y": ((1, 4, 4, 3), "uint8")}),
]

FULLY_CONNECTED = [
    ("an input that does not divide", "ERR_SHAPE", ", input 0 't0': 7 elements, want a multiple of 4",
     {"x": ((1, 7), "int8")}),
    ("an output of the wrong size", "ERR_SHAPE", ", output 0 't3': 3 elements, want 2 times 3",
     {"y": ((1, 3), "int8")}),
    ("weights of no depth", "ERR_SHAPE", ", input 1 't1': dimension 1 is 0, want at least 1",
     {"w": ((3, 0), "int8")}),
    ("weights of rank 3", "ERR_SHAPE", ", input 1 't1': rank 3, want 2", {"w": ((1, 3, 4), "int8")}),
    ("shuffled weights", "ERR_PARAM", ": weights format 1, want DEFAULT", {"weights_format": 1}),
]

LAYERS = {
    "CONV_2D": (CONV_2D, {"stride_h": 1, "stride_w": 1}),
    "DEPTHWISE_CONV_2D": (DEPTHWISE_CONV_2D, {
        "stride_h": 1, "stride_w": 1, "w": ((1, 2, 2, 6), "int8"), "b": ((6,), "int32"), "y": ((1, 4, 4, 6), "int8")}),
    "TRANSPOSE_CONV": (TRANSPOSE_CONV, {"stride_h": 1, "stride_w": 1}),
    "FULLY_CONNECTED": (FULLY_CONNECTED, {"x": ((1, 8), "int8"), "w": ((3, 4), "int8"), "y": ((2, 3), "int8")}),
}

POOLS = [
    ("an input of int32", "AVERAGE_POOL_2D", "ERR_TYPE",
     ", input 0 't0': type INT32, want FLOAT32, UINT8, INT16 or INT8", {"x_type": "int32"}),
    ("an output of another scale", "AVERAGE_POOL_2D", "ERR_PARAM",
     ", output 0 't1': scale or zero point differ from the input's, want the same", {"y_scale": 0.25}),
    ("an output of another zero point", "MAX_POOL_2D", "ERR_PARAM",
     ", output 0 't1': scale or zero point differ from the input's, want the same", {"y_zero": 1}),
    ("an empty window", "MAX_POOL_2D", "ERR_PARAM", ": window size 0, want at least 1", {"filter_width": 0}),
    ("an input of int8", "L2_POOL_2D", "ERR_TYPE", ", input 0 't0': type INT8, want FLOAT32", {}),
]

MATRICES = [
    ("depths that differ", "ERR_SHAPE", ", input 1 't1': depth 4, want 3", [2, 3], [4, 5], [2, 5], "int8"),
    ("batches that differ", "ERR_SHAPE", ", input 1 't1': dimension 3 from the end is 3, want 1 or 2",
     [2, 2, 3], [3, 3, 5], [2, 2, 5], "int8"),
    ("a vector", "ERR_SHAPE", ", input 0 't0': rank 1, want 2 to 6", [3], [3, 5], [5], "int8"),
    ("weights of int16", "ERR_TYPE", ", input 1 't1': type INT16, want INT8", [2, 3], [3, 5], [2, 5], "int16"),
]


def cases(_rng, _count):
    for op, (rows, common) in LAYERS.items():
        for what, status, message, change in rows:
            yield refused(op, what, layer(op, **(common | change)), status, message)
    for what, op, status, message, change in POOLS:
        yield refused(op, what, pool(op, **change), status, message)
    for what, status, message, *shapes in MATRICES:
        yield refused("BATCH_MATMUL", what, matrices(*shapes), status, message)
    yield refused("CONV_3D", "channels that do not fit", conv_3d(), "ERR_SHAPE",
                  ", input 1 't1': dimension 3 is 3, want 2")


def refused(op, what, model, status, message):
    return Case(f"{op} with {what}", model, variant="errors", error=(status, f"op 0 {op}{message}"))


def zeros(g, shape, dtype, **quant):
    return g.tensor(shape, dtype, data=np.zeros(shape, DTYPES[dtype]), **quant)


def layer(op, x=((1, 4, 4, 2), "int8"), w=((3, 2, 2, 2), "int8"), b=((3,), "int32"), y=((1, 4, 4, 3), "int8"),
          w_scale=0.5, w_dim=0, y_scale=0.5, y_zero=0, **options):
    g = Graph()
    tx = g.tensor(*x, scale=0.5)
    tw = zeros(g, *w, scale=w_scale, quant_dim=w_dim)
    tb = zeros(g, *b) if b else None
    ty = g.tensor(*y, scale=y_scale, zero_point=y_zero)
    ins = [tx, tw, tb]
    if op == "TRANSPOSE_CONV":
        ins = [g.tensor([4], "int32", data=y[0]), tw, tx, tb]
    g.op(op, ins, [ty], **options)
    return g.build([tx], [ty])


def pool(op, x_type="int8", y_scale=0.5, y_zero=0, **options):
    g = Graph()
    x = g.tensor((1, 4, 4, 2), x_type, scale=0.5)
    y = g.tensor((1, 2, 2, 2), x_type, scale=y_scale, zero_point=y_zero)
    g.op(op, [x], [y], **({"stride_h": 2, "stride_w": 2, "filter_height": 2, "filter_width": 2} | options))
    return g.build([x], [y])


def matrices(x_shape, w_shape, y_shape, w_type):
    g = Graph()
    x, w = g.tensor(x_shape, "int8", scale=0.5), zeros(g, w_shape, w_type, scale=0.5)
    y = g.tensor(y_shape, "int8", scale=0.5)
    g.op("BATCH_MATMUL", [x, w], [y])
    return g.build([x], [y])


def conv_3d():
    g = Graph()
    x, w = g.tensor([1, 3, 3, 3, 2], "float32"), zeros(g, (1, 1, 1, 3, 2), "float32")
    y = g.tensor([1, 3, 3, 3, 2], "float32")
    g.op("CONV_3D", [x, w], [y], stride_d=1, stride_h=1, stride_w=1)
    return g.build([x], [y])
