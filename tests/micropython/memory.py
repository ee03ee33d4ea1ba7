# SPDX-License-Identifier: MIT
# Whatever a script does with memory, and whenever the collector runs: results or exceptions.

import array
import gc

import microlite
from support import content, error, kind, path

HELLO = "hello_world_int8"
data = content(HELLO)


def garbage():
    """Fill what the collector has freed with something that would be noticed."""
    gc.collect()
    for size in (16, 64, 256, 1024, 4096):
        for _ in range(8):
            bytearray(b"\xa5" * size)


def sine(m, x=1.0):
    return "%.2f" % m.predict(x)[0]


# Ten thousand models: nothing is left over.
m = microlite.Model(path(HELLO))
gc.collect()
free = gc.mem_free()
for i in range(10000):
    m = microlite.Model(data)
    if i % 10 == 0:
        memoryview(m.inputs[0])
        sine(m)
    if i % 100 == 0:
        gc.collect()
gc.collect()
print("constructed", gc.mem_free() > free - 20000)
for i in range(10000):
    m.invoke()
    if i % 100 == 0:
        gc.collect()
print("invoked", sine(m))

# A tensor keeps its model, a view its memory.
m = microlite.Model(data)
t = m.inputs[0]
y = m.outputs[0]
del m
garbage()
t[0] = -103
print("tensor", t[0], y.shape, y.name != "")
del t, y
m = microlite.Model(data)
view = memoryview(m.inputs[0])
result = memoryview(m.outputs[0])
m.predict(1)
want = result[0]
del m
garbage()
print("view", len(view), result[0] == want)
view[0] = 5
garbage()
print(view[0])
part = memoryview(microlite.Model(path("conv")).inputs[0])[10:20]
garbage()
part[0] = 77
garbage()
print("part", part[0], len(part))


# A bytearray that is resized moves: the model notices.
def grow(b):
    # Something behind it, so that it cannot grow in place.
    block = bytearray(64)
    b.extend(b"\xff" * 100000)
    return block


source = bytearray(data)
m = microlite.Model(source)
y = m.outputs[0]
grow(source)
garbage()
error(m.invoke)
error(m.predict, 1)
error(m.reset)
error(lambda: y[0])
error(lambda: bytes(y))
print(y.name != "", y.shape, y.scale > 0)
m = None

arena = bytearray(5000)
m = microlite.Model(data, arena)
t = m.inputs[0]
y = memoryview(m.outputs[0])
print("arena", sine(m))
grow(arena)
garbage()
error(m.invoke)
error(m.predict, 1)
error(m.reset)
error(t.setValue, 0, 1)
error(lambda: t[:])
error(memoryview, t)
print(len(y), y[0] == y[0])

# Memory that a script writes to.
source = bytearray(data)
m = microlite.Model(source)
print("source", sine(m))
for i in range(0, len(source), 7):
    source[i] ^= 0xFF
    error(m.invoke) if i == 0 else None
    try:
        m.invoke()
        print("no error")
    except ValueError:
        pass
    source[i] ^= 0xFF
print("restored", sine(m))
m = microlite.Model(memoryview(source))
source[100] ^= 1
error(m.invoke)
source[100] ^= 1
print("restored", sine(m))

arena = bytearray(5000)
m = microlite.Model(data, arena)
m.predict(1)
copy = bytes(arena)
count = 0
for i in range(0, m.arena_used, 3):
    arena[i] ^= 0x55
    try:
        m.invoke()
        count += 1
    except ValueError as e:
        pass
    arena[:] = copy
print("only inputs may change", count <= 1)
arena[:] = bytes(len(arena))
error(m.invoke)
error(m.reset)
error(m.predict, 1)
print(m.inputs[0].shape, len(m.outputs[0]), m.outputs[0][0] == m.outputs[0][0])

# Two models in one arena: the second takes it from the first.
arena = bytearray(5000)
first = microlite.Model(data, arena)
print(sine(first))
second = microlite.Model(path("two_inputs"), arena)
error(first.invoke)
error(first.predict, 1)
print(list(second.predict([0] * 6, [1, 2, 3])))
# Side by side in one buffer is fine.
arena = memoryview(bytearray(10000))
first = microlite.Model(data, arena[:5000])
second = microlite.Model(path("two_inputs"), arena[5000:])
print(sine(first), list(second.predict([0] * 6, [1, 2, 3])), sine(first))

# A model's own tensor as model, as arena, as its own input.
big = microlite.Model(path("conv")).inputs[0]
kind(microlite.Model, big)
kind(microlite.Model, data, big)
m = microlite.Model(path("conv"))
print(len(m.predict(m.inputs[0])), len(m.predict(memoryview(m.inputs[0]))))

# Code of a script that runs in the middle of things.
source = bytearray(data)
m = microlite.Model(source)


def meddling():
    grow(source)
    garbage()
    yield 1


error(m.predict, meddling())
arena = bytearray(5000)
m = microlite.Model(path("two_inputs"), arena)


def meddling_with_arena():
    yield 1
    grow(arena)
    garbage()
    yield 2


error(m.predict, meddling_with_arena(), [1, 2, 3])
m = microlite.Model(path("two_inputs"))


def running():
    for x in (1, 2, 3):
        yield x
        m.invoke()


print(list(m.predict([0] * 6, running())))


class Truth:
    def __init__(self, action):
        self.action = action

    def __bool__(self):
        self.action()
        return True


arena = bytearray(8000)
m = microlite.Model(path("types"), arena)
error(m.inputs[6].setValue, 0, Truth(lambda: grow(arena)))

# Names that a script has taken for itself.
ValueError_ = ValueError
ValueError = TypeError = MemoryError = IndexError = bytes = memoryview = len = 5
try:
    microlite.Model(b"nothing")
except ValueError_:
    print("names are found")
