# SPDX-License-Identifier: MIT
# Model.predict: what it takes, how it rounds, what it returns.

import array
import struct
import sys

import microlite
from support import content, error, kind, path


def show(result):
    if isinstance(result, tuple):
        return [show(r) for r in result]
    return [round(x, 4) for x in result]


# One number.
m = microlite.Model(path("hello_world_int8"))
for x in (1, 1.0, True, [1], (1.0,), [[1]], array.array("f", [1]), array.array("i", [1]), range(1, 2)):
    print("%.3f" % m.predict(x)[0])
print(type(m.predict(1)), len(m.predict(1)))
stored = round(1 / m.inputs[0].scale) + m.inputs[0].zero_point
print("%.3f" % m.predict(array.array("b", [stored]))[0])
print("%.3f" % m.predict(struct.pack("b", stored))[0])
print("%.3f" % m.predict(bytearray(struct.pack("b", stored)))[0])
print("%.3f" % m.predict(memoryview(struct.pack("xb", stored))[1:])[0])
m.inputs[0][0] = stored
print("%.3f" % m.predict(m.inputs[0])[0])
for x in ([], [1, 2], "1", "", {}, ["1"], [[]], b"", b"12", array.array("f")):
    error(m.predict, x)
for x in (None, [None], object(), [object()]):
    kind(m.predict, x)
error(m.predict)
error(m.predict, 1, 2)
kind(m.predict, x=1)
endless = []
endless.append(endless)
error(m.predict, endless)


def broken():
    yield 1
    raise RuntimeError("from the script")


error(m.predict, broken())

# Several inputs, nested lists.
m = microlite.Model(path("two_inputs"))
print(show(m.predict([[1, 2, 3], [4, 5, 6]], [0.25, 0.5, 0.75])))
print(show(m.predict([1, 2, 3, 4, 5, 6], (1, 1, 1))))
print(show(m.predict([array.array("f", [1, 2, 3]), [4, [5, 6]]], array.array("h", [1, 2, 3]))))
print(show(m.predict(bytes([2, 4, 6, 8, 10, 12]), array.array("b", [-10, -6, -2]))))
error(m.predict, [1] * 6)
error(m.predict, [1] * 6, [1] * 4)
error(m.predict, [1] * 5, [1] * 3)
error(m.predict, [1] * 6, bytes(4))

# Rounding to the stored number: to the nearest, halves away from zero, ends kept.
m = microlite.Model(path("quantised"))
inf = float("inf")
nan = float("nan")


def stored_of(x):
    m.predict([x, 0], [x, 0], [x, 0])
    return [t[0] for t in m.inputs]


for x in (0, 0.2, 0.25, 0.26, -0.25, -0.26, 0.75, 63, 64, -100, 0.0005, -0.0005, 1e9, -1e9, 2**70, inf, -inf):
    print(x, stored_of(x))
print(stored_of(nan))
print([type(y) for y in m.predict([1, 2], [1, 2], [1, 2])])
print(show(m.predict([1, 2.1], [1, 2], [1, 2])))
# Another type's numbers are values, one's own are as stored.
m.predict(array.array("h", [2, 4]), array.array("B", [7, 9]), array.array("b", [1, 2]))
print([list(t) for t in m.inputs])
m.predict(array.array("d", [2, 4]), array.array("q", [1, 2]), array.array("h", [1, 2]))
print([list(t) for t in m.inputs])
m.predict(array.array("B", [200, 4]), array.array("Q", [2**64 - 1, 2]), array.array("L", [1, 2]))
print([list(t) for t in m.inputs])
m.predict(b"\xff\x01", b"\xff\x01", b"\xff\x01\x00\x01")
print([list(t) for t in m.inputs])

# Tensors that are not quantised keep whole numbers whole, and come back in their own type.
m = microlite.Model(path("types"))
big = [2**24 + 1, -(2**31)]
result = m.predict([0.5, 1], [1, -128], [0, 255], [1.4, -1.5], big, [2**53 + 1, -(2**63)], [0, 2])
print(result)
zero = [0, 0]
for n in range(1, 6):
    args = [zero] * 7
    for wrong in (2**64, 1e30, float("nan")):
        args[n] = [wrong, 0]
        error(m.predict, *args)
args[5] = [1e12, -1e12]
print(m.predict(*args)[5])
args = [array.array("O", ["1", "2"])] + [zero] * 6
error(m.predict, *args)

# The result is the script's own.
m = microlite.Model(content("hello_world_float32"))
a = m.predict(1)
b = m.predict(4)
print("%.2f %.2f" % (a[0], b[0]))


# A class that only has the name of ulab's arrays is one more iterable.
class ndarray:
    def __init__(self, values):
        self.values = list(values)

    def __iter__(self):
        return iter(self.values)


result = m.predict(ndarray([1]))
print(type(result), "%.2f" % result[0])


# One that behaves like it: results are made by its module (tests/ulab has the real ones).
class stand_in(ndarray):
    strides = (4,)

    def reshape(self, shape):
        print("reshape", shape)
        return self


class numpy:
    float = ord("f")

    def frombuffer(data, dtype):
        print("frombuffer", chr(dtype), len(data))
        return stand_in(data)


class ulab:
    __version__ = "6.12.0-2D-c"
    numpy = numpy


stand_in = type("ndarray", (stand_in,), {})
sys.modules["ulab"] = ulab
result = m.predict(stand_in([1]))
print(type(result), "%.2f" % result.values[0])
del sys.modules["ulab"]
