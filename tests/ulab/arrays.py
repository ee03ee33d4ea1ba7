# SPDX-License-Identifier: MIT
# Model.predict with real ulab arrays: every rank, every type of item, views. What a list of the same numbers gives
# is right (tests/micropython/predict.py tests that); what ulab arrays give must be equal to it.
# To be run in tests/micropython.

import array
import gc
import sys

sys.path.append(".")

import microlite
import ulab
from support import content, error
from ulab import numpy as np

MOST = int(ulab.__version__.split("-")[1].rstrip("D-c"))
print("ulab of %d dimensions" % MOST)
checks = 0


def same(got, want, shape):
    """A ulab array of this shape with these numbers."""
    global checks
    assert type(got) is np.ndarray, type(got)
    if len(shape) > MOST:
        shape = (len(want),)
    assert got.shape == tuple(shape), (got.shape, shape)
    flat = list(got.flatten())
    assert flat == list(want), (flat, list(want))
    checks += 1


def flat_of(x):
    return list(x.flatten())


# Every rank that ulab has, float and int8; the inputs it has no rank for are given flat.

m = microlite.Model(content("shapes"))
numbers = [1.5, -2, 0, 3, 63, -64, 7, 8, 9.5, 10, 11, 12]


def arguments(dtype):
    result = []
    for t in m.inputs:
        x = np.array([n if dtype == np.float else int(n) for n in numbers[: len(t)]], dtype=dtype)
        result.append(x.reshape(t.shape) if 1 < len(t.shape) <= MOST else x)
    return result


for dtype in (np.float, np.int8, np.int16):
    xs = arguments(dtype)
    want = m.predict(*[array.array("b" if dtype == np.int8 else "f", flat_of(x)) for x in xs])
    for got, right, t in zip(m.predict(*xs), want, m.outputs):
        same(got, right, t.shape)

# One ulab array among the arguments is enough.
xs = arguments(np.float)
results = m.predict(xs[0], *[flat_of(x) for x in xs[1:]])
for got, x, t in zip(results, xs, m.outputs):
    same(got, flat_of(x), t.shape)
assert type(m.predict(*[flat_of(x) for x in xs])[0]) is array.array

# Every type of items into every type of tensor. To others, ulab's bool arrays are arrays of uint8.

CODES = {np.bool: "B", np.int8: "b", np.uint8: "B", np.int16: "h", np.uint16: "H", np.float: "d"}
for name in ("types", "quantised"):
    m = microlite.Model(content(name))
    for dtype, code in CODES.items():
        x = np.array([1, 0], dtype=dtype)
        want = m.predict(*[array.array(code, [1, 0])] * len(m.inputs))
        for got, right, t in zip(m.predict(*[x] * len(m.inputs)), want, m.outputs):
            same(got, right, t.shape)

# Views: steps, reversed, columns, transposed, parts of parts. Their elements do not lie in a row.

m = microlite.Model(content("two_inputs"))  # int8 [2, 3] and [3]
b = array.array("b", [0, 10, 20])
for dtype in (np.float, np.int8, np.int16, np.uint8):
    big = np.array(range(48), dtype=dtype).reshape((6, 8))
    for view in (big[:2, :3], big[1:3, 2:5], big[::3, 1:4], big[2:4, ::3], big[1::3, 5:2:-1], big[:3, :2].transpose()):
        numbers = flat_of(view)
        want = m.predict(array.array("b", numbers) if dtype == np.int8 else numbers, b)
        same(m.predict(view, b), want, (2, 3))
    row = big[1]
    for view in (row[:3], row[2:5], row[::3], row[5:2:-1]):
        if dtype == np.int8:
            continue  # stored numbers, tested above
        same(m.predict([0] * 6, view), m.predict([0] * 6, flat_of(view)), (2, 3))

# A result is the script's own: another run does not change it, and it outlives the model.
m = microlite.Model(content("hello_world_float32"))
first = m.predict(np.array([1.0]))
kept = flat_of(first)
m.predict(np.array([4.0]))
del m
for _ in range(3):
    gc.collect()
    bytearray(5000)
assert flat_of(first) == kept

# Stored numbers of an output, without a copy.
m = microlite.Model(content("conv"))
m.predict(np.array([float(i % 7) for i in range(72)]))
stored = np.frombuffer(m.outputs[0], dtype=np.int8)
assert list(stored) == list(m.outputs[0][:])
gc.collect()

# What cannot be.
error(m.predict, np.zeros(71))
error(m.predict, np.zeros((9, 9)))
error(m.predict, np.zeros(0))
try:
    m.predict(np.array([1j] * 72, dtype=np.complex))
    print("no error")
except TypeError:
    print("TypeError for complex numbers")
except AttributeError:
    print("TypeError for complex numbers")  # this ulab has none
print("all equal:", checks > 60)
