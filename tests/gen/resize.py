# SPDX-License-Identifier: MIT
"""RESIZE_BILINEAR, RESIZE_NEAREST_NEIGHBOR."""

import numpy as np

from lib import choice
from movement import refused, unary

TYPES = {
    "RESIZE_BILINEAR": ("f32 i8", "i16 u8"),
    "RESIZE_NEAREST_NEIGHBOR": ("f32 i8 i16", "u8"),
}


def cases(rng, count):
    for op, (tflm, more) in TYPES.items():
        for short in tflm.split() + more.split():
            for _ in range(count):
                yield resize(rng, op, short, "tflm" if short in tflm.split() else "litert")
        for short in tflm.split():
            yield square(rng, op, short, 6, 12)
            yield square(rng, op, short, 12, 6)
    yield from errors()


def resize(rng, op, short, oracle):
    b, h, w, c = (int(v) for v in rng.integers(1, [3, 9, 9, 5]))
    height, width = (int(v) for v in rng.integers(1, 14, 2))
    if choice(rng, True, False, False):
        height, width = 2 * h, 2 * w
    align, half = choice(rng, (False, False), (False, True), (True, False))
    if op == "RESIZE_NEAREST_NEIGHBOR" and choice(rng, True, False, False, False):
        align = half = True
    return unary(rng, f"{[b, h, w, c]} to {height} x {width}{', align corners' if align else ''}"
                 f"{', half pixel centers' if half else ''}", op, short, [b, h, w, c],
                 [b, height, width, c], ([height, width], "int32"), oracle=oracle, version=3,
                 align_corners=align, half_pixel_centers=half)


def square(rng, op, short, size, wanted):
    return unary(rng, f"{size} x {size} to {wanted} x {wanted}, eight channels", op, short,
                 [1, size, size, 8], [1, wanted, wanted, 8], ([wanted, wanted], "int32"), version=3,
                 half_pixel_centers=True)


def errors():
    def model(op, shape=(1, 4, 4, 2), size=(2, 3), out=(1, 2, 3, 2), types=("int8", "int8"),
              wide="int32", const=True, **options):
        def build(g):
            x, y = g.tensor(shape, types[0], 0.5), g.tensor(out, types[1], 0.5)
            s = g.tensor(np.shape(size), wide, data=size if const else None)
            g.op(op, [x, s], [y], **options)
            return [x] if const else [x, s], [y]
        return build
    for op in TYPES:
        yield refused("three dimensions", op, ", input 0 't0': rank 3, want 4", model(op, (4, 4, 2)))
        yield refused("output of another shape", op, ", output 0 't1': dimension 2 is 4, want 3",
                      model(op, out=(1, 2, 4, 2)))
        yield refused("size 0", op, ", input 1 't2': size 0, want 1 to 1048575",
                      model(op, size=(2, 0)), status="ERR_PARAM")
        yield refused("absurd size", op, ", input 1 't2': size 2147483647, want 1 to 1048575",
                      model(op, size=(2, 2**31 - 1)), status="ERR_PARAM")
        yield refused("an empty image", op, ", input 0 't0': dimension 1 is 0, want 1 to 1048575",
                      model(op, (1, 0, 4, 2)))
        yield refused("size computed", op, ", input 1 't2': computed, want a constant",
                      model(op, const=False), status="ERR_PARAM")
        yield refused("three sizes", op, ", input 1 't2': 3 elements, want 2", model(op, size=(2, 3, 1)))
        yield refused("size int64", op, ", input 1 't2': type INT64, want INT32",
                      model(op, wide="int64"), status="ERR_TYPE")
        yield refused("types differ", op, ", output 0 't1': type INT16, want INT8",
                      model(op, types=("int8", "int16")), status="ERR_TYPE")
    yield refused("int32", "RESIZE_BILINEAR",
                  ", input 0 't0': type INT32, want FLOAT32, UINT8, INT16 or INT8",
                  model("RESIZE_BILINEAR", types=("int32", "int32")), status="ERR_TYPE")
    yield refused("both options", "RESIZE_BILINEAR",
                  ": align_corners and half_pixel_centers, want at most one",
                  model("RESIZE_BILINEAR", align_corners=True, half_pixel_centers=True),
                  status="ERR_PARAM")
    yield refused("int4", "RESIZE_NEAREST_NEIGHBOR",
                  ", input 0 't0': type INT4, want one with elements of 1, 2, 4 or 8 bytes",
                  model("RESIZE_NEAREST_NEIGHBOR", types=("int4", "int4")), status="ERR_TYPE")
