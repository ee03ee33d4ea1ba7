# SPDX-License-Identifier: MIT
# The sine model by the older interface: interpreter, two callbacks, one value at a time.
# Scripts written for it keep working. For a new one see main.py.

import math
import os

import microlite

script = globals().get("__file__", "")  # boards set it for imports only
here = script[: script.rfind("/") + 1]
path = here + "hello_world_int8.tflite"

model = bytearray(os.stat(path)[6])
with open(path, "rb") as f:
    f.readinto(model)

STEPS = 1000
x = 0.0
y = 0.0


def input_callback(interpreter):
    tensor = interpreter.getInputTensor(0)
    tensor.setValue(0, tensor.quantizeFloatToInt8(x))


def output_callback(interpreter):
    global y
    tensor = interpreter.getOutputTensor(0)
    y = tensor.quantizeInt8ToFloat(tensor.getValue(0))


interpreter = microlite.interpreter(model, 2048, input_callback, output_callback)

error = 0.0
for step in range(1, STEPS + 1):
    x = step * 2.0 * math.pi / STEPS
    interpreter.invoke()
    print("%f,%f" % (x, y))
    error += abs(y - math.sin(x))

print("mean absolute error %.4f over %d points" % (error / STEPS, STEPS))
