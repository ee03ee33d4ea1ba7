# SPDX-License-Identifier: MIT
# Runs on MicroPython with microlite, so that the model learns from the very numbers that it will get:
#     micropython features.py CLIPS FEATURES
# CLIPS: for each clip the number of its samples, 4 bytes, little endian, and the samples, int16. FEATURES: the last 49 rows
# of 40 features of each clip, int8.
import struct
import sys

from audio_frontend import Frontend

ROWS = 49

frontend = Frontend("micro_speech", dtype="int8")
with open(sys.argv[1], "rb") as clips, open(sys.argv[2], "wb") as out:
    while True:
        head = clips.read(4)
        if not head:
            break
        frontend.reset()
        features = frontend.process(clips.read(2 * struct.unpack("<I", head)[0]))
        out.write(memoryview(features)[-ROWS * frontend.channels:])
