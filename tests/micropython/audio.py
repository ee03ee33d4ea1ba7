# SPDX-License-Identifier: MIT
# audio_frontend: features equal those of the reference however samples come, errors are told.
# What is printed of the features was compared with the microfrontend library, see tests/test_audio.py.

import array
from audio_frontend import Frontend
from support import error


def noise(count, seed):
    """Noise of changing loudness, the same on every machine."""
    samples = array.array("h", bytes(2 * count))
    for i in range(count):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        samples[i] = ((seed >> 8 & 0xFFFF) - 32768) >> (13 - i // 800 % 3 * 6)
    return samples


def checksum(features):
    a = 0
    for x in features:
        a = (a * 31 + (x & 0xFFFF)) & 0xFFFFFF
    return a


x = noise(4000, 1)
for preset in ("library", "micro_speech", "micro_wake_word"):
    f = Frontend(preset)
    y = f.process(x)
    print(f, f.channels, f.window, f.step, f.nbytes < 5000)
    print(len(y), checksum(y), list(y[44:48]))

# All kinds of buffers, at odd places too, and pieces of all sizes.
f = Frontend("micro_speech")
want = list(f.process(x))
odd = bytearray(1 + 2 * len(x))
odd[1:] = bytes(x)
for samples in (x, bytes(x), bytearray(x), memoryview(x), memoryview(odd)[1:]):
    f.reset()
    print(type(samples).__name__, list(f.process(samples)) == want)
view = memoryview(x)
for size in (1, 7, 320, 333):
    f.reset()
    got = []
    for i in range(0, len(x), size):
        got += f.process(view[i : i + size])
    print(size, got == want)
print(f.process(b""), len(f.process(bytes(100))))

# The noise that is known changes what comes; reset forgets it, and waiting samples.
f.reset()
f.process(x)
print(list(f.process(x))[40:] == want[40:])
f.reset()
print(list(f.process(x)) == want)

# int8
g = Frontend("micro_speech", dtype="int8")
y = g.process(x)
print(g, type(y).__name__, len(y), list(y[44:48]))
print(list(y) == [min(127, (u * 256 + 333) // 666 - 128) for u in want])

# Into a buffer of one's own.
g.reset()
out = bytearray(12 * 40)
print(g.process_into(x, out), bytes(out[: len(y)]) == bytes(y))
f.reset()
out = array.array("H", bytes(2 * 480))
print(f.process_into(x, out), list(out)[: len(want)] == want)
error(g.process_into, x, bytearray(10))
error(g.process_into, x, bytes(1000))
error(g.process_into, x, array.array("H", bytes(2000)))
error(f.process_into, x, array.array("h", bytes(2000)))

# Other settings.
f = Frontend("library", sample_rate=8000, window_ms=64, step_ms=32, channels=13, lower_hz=50, upper_hz=3500.5,
             pcan=True, log=False, min_signal_remaining=0.2)
y = f.process(x)
print(f, len(y), checksum(y))

error(Frontend)
error(Frontend, "speech")
error(Frontend, 3)
error(Frontend, "library", channel=3)
error(Frontend, "library", channels=0)
error(Frontend, "library", channels=1 << 80)
error(Frontend, "library", channels=2.0)
error(Frontend, "library", upper_hz=8000)
error(Frontend, "library", window_ms=10000000)
error(Frontend, "library", dtype="float")
error(f.process, "abcd")
error(f.process, b"abc")
error(f.process, 5)
error(f.process, array.array("i", [1, 2]))
error(f.process, array.array("f", [1, 2]))
