# SPDX-License-Identifier: MIT
# A small network has learned the sine function. Ask it for one turn and draw what it answers.
#
#     micropython main.py                                the int8 model beside this script
#     micropython main.py hello_world_float32.tflite     any other model of one number

import math
import sys

import microlite

POINTS = 100
WIDTH = 64  # of the drawing, in characters
HEIGHT = 17

script = globals().get("__file__", "")  # boards set it for imports only
here = script[: script.rfind("/") + 1]
path = sys.argv[1] if len(sys.argv) > 1 else here + "hello_world_int8.tflite"

m = microlite.Model(path)
print("%s, arena %d bytes" % (path, m.arena_used))

# Ask the network.
xs = [2 * math.pi * i / (POINTS - 1) for i in range(POINTS)]
ys = [m.predict([x])[0] for x in xs]

# Print its answers, ten in a row.
print("\ny for x from 0 to 2 pi")
for i in range(0, POINTS, 10):
    print("".join("%7.3f" % y for y in ys[i : i + 10]))

# Draw the sine with dots, the answers over it with stars.
rows = [bytearray(b" " * WIDTH) for _ in range(HEIGHT)]


def draw(values, mark):
    for i, y in enumerate(values):
        row = round((1 - y) / 2 * (HEIGHT - 1))
        rows[max(0, min(row, HEIGHT - 1))][i * WIDTH // POINTS] = ord(mark)


draw([math.sin(x) for x in xs], ".")
draw(ys, "*")
print("\n. sin(x)   * the network")
for row, cells in enumerate(rows):
    print("%6.2f |%s" % (1 - 2 * row / (HEIGHT - 1), cells.decode().rstrip()))

error = sum(abs(y - math.sin(x)) for x, y in zip(xs, ys)) / POINTS
print("\nmean absolute error %.4f over %d points" % (error, POINTS))
