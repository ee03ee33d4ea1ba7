# SPDX-License-Identifier: MIT
# The older interface: interpreter, callbacks, one value at a time.

import array
import gc
import math

import audio_frontend
import microlite
from support import content, error, kind, path

model = bytearray(content("hello_world_int8"))
x = 0.0
calls = []


def input_callback(interpreter):
    tensor = interpreter.getInputTensor(0)
    calls.append("in")
    tensor.setValue(0, tensor.quantizeFloatToInt8(x))


def output_callback(interpreter):
    global y
    calls.append("out")
    tensor = interpreter.getOutputTensor(0)
    y = tensor.quantizeInt8ToFloat(tensor.getValue(0))


interpreter = microlite.interpreter(model, 2048, input_callback, output_callback)
for step in range(9):
    x = step * math.pi / 4
    print(interpreter.invoke(), "%.4f %.3f" % (x, y))
    gc.collect()
print(calls[:4], repr(interpreter)[:36])

tensor = interpreter.getInputTensor(0)
print(tensor.getType(), tensor.getType(0), tensor is interpreter.getInputTensor(0))

# Ends of int8, whatever the number.
print([tensor.quantizeFloatToInt8(v) for v in (0.0, 0, -1.0, 6.3, 1e30, -1e30, float("inf"))])
print(-128 <= tensor.quantizeFloatToInt8(float("nan")) <= 127)
print(["%.3f" % tensor.quantizeInt8ToFloat(v) for v in (-128, 0, 127, 255)])

# Bytes may be signed or unsigned; setValue gives the tensor back.
for v in (-128, -1, 0, 127, 128, 200, 255):
    print(v, tensor.setValue(0, v).getValue(0), end="; ")
print()
print(tensor.setValue(0, 1) is tensor)
for v in (256, -129, 2**80):
    error(tensor.setValue, 0, v)
for v in (1.5, "1", None):
    error(tensor.setValue, 0, v)
for i in (1, 10**6, -1, 2**80):
    error(tensor.setValue, i, 1)
    error(tensor.getValue, i)
error(tensor.getValue, "0")
kind(tensor.quantizeFloatToInt8, "x")
error(tensor.quantizeInt8ToFloat, 1.5)
error(tensor.quantizeInt8ToFloat, 300)
for i in (1, 5, -1, 10**10):
    error(interpreter.getInputTensor, i)
    error(interpreter.getOutputTensor, i)
error(interpreter.getInputTensor, None)
kind(microlite.interpreter.invoke, 5)
kind(microlite.interpreter.getInputTensor, tensor, 0)

# Callbacks may be left out.
interpreter = microlite.interpreter(model, 2048, None, None)
interpreter.getInputTensor(0).setValue(0, -103)
print(interpreter.invoke(), interpreter.getOutputTensor(0).getValue(0))


# A callback may raise, run the model itself, or make others.
def failing(interpreter):
    raise RuntimeError("from the callback")


error(microlite.interpreter(model, 2048, failing, None).invoke)
error(microlite.interpreter(model, 2048, None, failing).invoke)
depth = 0


def nested(interpreter):
    global depth
    depth += 1
    if depth < 5:
        interpreter.invoke()
        microlite.interpreter(model, 2048, None, None).invoke()
        gc.collect()


interpreter = microlite.interpreter(model, 2048, nested, nested)
print(interpreter.invoke(), depth)


def endless(interpreter):
    interpreter.invoke()


try:
    microlite.interpreter(model, 2048, endless, None).invoke()
except RuntimeError as e:
    print("RuntimeError")


# A callback that takes the model's memory away.
def stealing(interpreter):
    model.extend(bytes(100000))
    gc.collect()


error(microlite.interpreter(model, 2048, stealing, None).invoke)

# Floats and other types.
model = content("hello_world_float32")
interpreter = microlite.interpreter(model, 2048, None, None)
tensor = interpreter.getInputTensor(0)
print(tensor.getType(), tensor.setValue(0, 1).getValue(0), tensor.setValue(0, 0.5).getValue(0))
print(interpreter.invoke(), "%.2f" % interpreter.getOutputTensor(0).getValue(0))
error(tensor.quantizeFloatToInt8, 1.0)
error(tensor.quantizeInt8ToFloat, 1)
kind(tensor.setValue, 0, "x")

# microlite.audio_frontend: windows of 480 samples that overlap.
samples = array.array("h", bytes(2 * 3000))
for i in range(len(samples)):
    samples[i] = (i * i * 31) % 20000 - 10000
a = microlite.audio_frontend()
print(a)
error(a.execute, samples)
a.configure()
got = []
for i in range(0, len(samples) - 479, 320):
    got += a.execute(samples[i : i + 480])
want = audio_frontend.Frontend("micro_speech", dtype="int8").process(samples)
print(len(got), got == list(want), list(want[:6]))
print(len(a.execute(samples[:479])), len(a.execute(samples[:900])))
error(a.execute, 5)
error(a.execute, array.array("f", [0.0]))


# ulab's arrays are known by the name of their type; they have a shape and strides.
class ndarray(array.array):
    def __init__(self, x, dtype=None):
        self.code = chr(dtype) if dtype else "h"
        super().__init__(self.code, x)
        self.shape, self.strides = (len(x),), (1 if dtype else 2,)


x = ndarray(samples[:480])
y = a.execute(x)
print(type(y).__name__, y.code, y.shape)
x.strides = (4,)
error(a.execute, x)
