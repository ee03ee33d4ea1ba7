# SPDX-License-Identifier: MIT
# Model: where it may come from, where its arena may lie, what it tells.

import array

import microlite
from support import content, error, kind, path

HELLO = "hello_world_int8"
data = content(HELLO)


def sine(m):
    return "%.2f" % m.predict(1.0)[0]


print(microlite.__version__ != "", microlite.tensor is microlite.Tensor)

# Sources.
print("path", sine(microlite.Model(path(HELLO))))
print("bytes", sine(microlite.Model(data)))
print("bytearray", sine(microlite.Model(bytearray(data))))
print("memoryview", sine(microlite.Model(memoryview(data))))
print("array", sine(microlite.Model(array.array("B", data))))
print("keyword", sine(microlite.Model(source=data)))
for offset in range(5):
    shifted = memoryview(bytes(offset) + data)[offset:]
    print("offset", offset, sine(microlite.Model(shifted)))

# Arenas.
m = microlite.Model(data)
need = m.arena_used
print("exact", 0 < need < 3000, m.arena_used == microlite.Model(data, None).arena_used)
print("enough", sine(microlite.Model(data, need)), sine(microlite.Model(data, arena=1000000)))
print("buffer", sine(microlite.Model(data, bytearray(need + 16))))
for offset in range(1, 5):
    arena = memoryview(bytearray(need + 32))[offset:]
    m = microlite.Model(data, arena)
    print("offset", offset, sine(m), need <= m.arena_used <= need + 16)

# Too small: how much is needed is said, and is enough.
for arena in (-1, 0, 100, need - 1):
    try:
        microlite.Model(data, arena)
    except MemoryError as e:
        words = str(e).split()
        print(words[:3] == ["arena", "of", str(arena)], words[3:5], int(words[5]) == need)
for size in (0, 1, 100, need - 1):
    try:
        microlite.Model(data, bytearray(size))
    except MemoryError as e:
        words = str(e).split()
        print(int(words[2]) == size, need <= int(words[5]) <= need + 16)

# Wrong arguments.
kind(microlite.Model)
error(microlite.Model, data, 1.5)
error(microlite.Model, data, "big")
error(microlite.Model, data, bytes(5000))
error(microlite.Model, None)
error(microlite.Model, 7)
error(microlite.Model, [1, 2])
kind(microlite.Model, data, nothing=1)
try:
    microlite.Model("no such file.tflite")
except OSError:
    print("OSError")
try:
    microlite.Model(".")
except (OSError, ValueError, MemoryError):
    print("a folder is no model")

# What it tells.
m = microlite.Model(path("two_inputs"))
print(len(m.inputs), len(m.outputs), type(m.inputs) is tuple)
print(m.inputs[0] is m.inputs[0])
for t in m.inputs + m.outputs:
    print(t.name, t.shape, t.dtype, t.scale, t.zero_point, t.nbytes, len(t))
print(microlite.Model(path("types")).outputs)
text = repr(m)
print(text[: text.index(", arena_used")])
try:
    m.inputs = 5
except AttributeError:
    print("inputs cannot be set")
try:
    m.other
except AttributeError:
    print("no such attribute")

# invoke, reset.
m = microlite.Model(data)
m.inputs[0][0] = -103
print(m.invoke(), 0.4 < m.outputs[0].scale * (m.outputs[0][0] - m.outputs[0].zero_point) < 0.7)
print(m.reset())

# Looking inside.
m = microlite.Model(path("conv"), keep_all=True)
plain = microlite.Model(path("conv"))
x = array.array("b", [(7 * i) % 256 - 128 for i in range(72)])
print(list(m.predict(x)) == list(plain.predict(x)))
for i in range(100):
    try:
        t = m.tensor(i)
    except IndexError:
        print(i, "tensors")
        break
    except ValueError as e:
        print(i, e)
        continue
    print(i, t.name, t.shape, t.dtype, sum(t))
print(m.tensor(0) is m.inputs[0], m.tensor(1) is m.tensor(1))
error(plain.tensor, 0)
error(m.tensor, -1)
error(m.tensor, "x")
