# SPDX-License-Identifier: MIT
# Tensor: single elements, slices, the buffer protocol.

import array
import struct

import microlite
from support import error, kind, path

m = microlite.Model(path("types"))
f, b, u, h, i, q, t = m.inputs

# Each type, its ends, and what is beyond.
for x, low, high in (
    (b, -128, 127),
    (u, 0, 255),
    (h, -32768, 32767),
    (i, -(2**31), 2**31 - 1),
    (q, -(2**63), 2**63 - 1),
):
    x[0] = low
    x[1] = high
    print(x.name, x[0] == low, x[1] == high, x[-1] == high, x[-2] == low)
    for wrong in (low - 1, high + 1, 2**70, 1.5, "1", None):
        try:
            x[0] = wrong
            print("stored", wrong)
        except (ValueError, TypeError) as e:
            print(type(e).__name__, e)
    print(x[0] == low)
f[0] = 1.5
f[1] = 2
print(f[0], f[1])
kind(f.setValue, 0, "x")
t[0] = True
t[1] = 0
print(t[0], t[1])

# Results are the inputs.
m.invoke()
for x, y in zip(m.inputs, m.outputs):
    print(y.name, list(x) == list(y), y[0] == x[0], y.dtype, y.nbytes, len(y))

# Index out of range, of the wrong type.
for index in (2, -3, 10**6, 2**80, -(2**80)):
    try:
        b[index]
    except IndexError as e:
        print("IndexError:", e)
    try:
        b[index] = 1
    except IndexError:
        print("IndexError")
for index in ("0", 0.0, None, (0, 0)):
    try:
        b[index]
    except TypeError as e:
        print("TypeError:", e)
try:
    del b[0]
except TypeError:
    print("no del")

# Slices are copies, slice assignment takes bytes or numbers.
b[:] = b"\x01\xff"
print(b[:], b[1:], b[:-1], b[5:], b[1:0], b[-100:100])
b[:] = [3, -4]
print(list(b))
b[1:] = (5,)
b[:1] = range(7, 8)
print(list(b))
b[:] = array.array("b", [8, 9])
b[0:0] = b""
print(list(b))
f[:] = struct.pack("ff", 0.5, -0.5)
print(f[:])
f[:] = array.array("f", [1, 2])
f[:] = f
f[1:] = f[:1]
print(list(f))
i[:] = [1, -1]
print(i[:])
q[:] = [2**40, -(2**40)]
print(q[:])
for value in (b"123", b"", [1], [1, 2, 3], (), "ab", [1, 300], ["a", 1], array.array("h", [1, 2])):
    try:
        b[:] = value
        print("stored", value)
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
for value in (b"12", array.array("h", [1, 2]), array.array("i", [1, 2])):
    try:
        f[:] = value
        print("stored", value)
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
for value in (5, None):
    try:
        b[:] = value
    except TypeError:
        print("TypeError")
try:
    b[::2]
except ValueError as e:
    print("ValueError:", e)
try:
    b[0:"1"]
except TypeError as e:
    print("TypeError:", e)


def forever():
    while True:
        yield 1


try:
    b[:] = forever()
except ValueError as e:
    print("ValueError:", e)

# Outputs are read only.
y = m.outputs[1]
for write in (lambda: y.setValue(0, 1), lambda: y.__getitem__(7)):
    error(write)
try:
    y[0] = 1
except TypeError as e:
    print("TypeError:", e)
try:
    y[:] = b"12"
except TypeError as e:
    print("TypeError:", e)

# The buffer protocol: typed views, live in both directions.
m = microlite.Model(path("types"))
print([bytes(x) == bytes(x.nbytes) for x in m.inputs])
views = [memoryview(x) for x in m.inputs]
results = [memoryview(y) for y in m.outputs]
for n, view in enumerate(views):
    for k in range(2):
        view[k] = n + k
print([len(v) for v in views])
for n, x in enumerate(m.inputs):
    print(x.name, x[0], x[1])
m.invoke()
print([list(r) for r in results])
print([bytes(x) == bytes(y) for x, y in zip(m.inputs, m.outputs)])
m.inputs[1][:] = b"\x05\x06"
print(list(views[1]), list(results[1]))
m.invoke()
print(list(views[1]), list(results[1]), list(m.outputs[1]), m.outputs[1][0])
try:
    results[1][0] = 1
except TypeError:
    print("a result's view is read only")
views[1][:] = b"\x07\x08"
m.invoke()
print(list(m.outputs[1]), bytearray(m.outputs[1]))
print(struct.unpack("<bb", m.outputs[1]))
kind(lambda: struct.pack_into("i", m.inputs[1], 0, 5))
struct.pack_into("bb", m.inputs[1], 0, 1, 2)
print(list(m.inputs[1]))

# Methods want a tensor of their own.
kind(microlite.Tensor)
for method in (microlite.Tensor.getValue, microlite.Tensor.setValue, microlite.Tensor.__getitem__):
    for fake in (None, 5, m, "x", b"abc"):
        try:
            method(fake, 0, 0) if method is microlite.Tensor.setValue else method(fake, 0)
            print("no error")
        except TypeError:
            pass
for method in (microlite.Model.invoke, microlite.Model.reset, microlite.Model.predict):
    for fake in (None, 5, m.inputs[0], microlite.Model):
        try:
            method(fake)
            print("no error")
        except TypeError:
            pass
