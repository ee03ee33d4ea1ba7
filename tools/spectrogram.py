#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draw a WAV file (16 kHz, mono, 16 bits) as the front end sees it: samples above, features below, as PNG.

Usage: tools/spectrogram.py SOUND.wav [PICTURE.png] [--preset micro_speech|micro_wake_word|library]

Needs matplotlib, and build/unix/micropython (./microlite build unix), which makes the features.
"""

import argparse
import pathlib
import struct
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MICROPYTHON = ROOT / "build/unix/micropython"

# Writes channels, step, number of samples; samples; features of uint16.
SCRIPT = """
import struct, sys
sys.path.append(sys.argv[1])
from audio_frontend import Frontend
from microlite_audio import WavSource
frontend = Frontend(sys.argv[3])
try:
    source = WavSource(sys.argv[2])
    samples, buffer = bytearray(), bytearray(1 << 14)
    while True:
        n = source.readinto(buffer)
        if not n:
            break
        samples += memoryview(buffer)[:n]
except (OSError, ValueError) as error:
    sys.stderr.write("%s\\n" % error)
    sys.exit(1)
out = sys.stdout.buffer
out.write(struct.pack("<III", frontend.channels, frontend.step, len(samples) // 2))
out.write(samples)
out.write(frontend.process(samples))
"""


def features(sound, preset):
    """(samples, rows of features, samples from row to row), plain lists."""
    if not MICROPYTHON.exists():
        sys.exit("no %s: ./microlite build unix makes it" % MICROPYTHON)
    done = subprocess.run([MICROPYTHON, "-X", "heapsize=256m", "-c", SCRIPT, ROOT / "micropython/lib", sound, preset],
                          capture_output=True)
    if done.returncode:
        sys.exit(done.stderr.decode().strip() or "build/unix/micropython failed")
    channels, step, count = struct.unpack_from("<III", done.stdout)
    samples = struct.unpack_from("<%dh" % count, done.stdout, 12)
    values = struct.unpack("<%dH" % ((len(done.stdout) - 12 - 2 * count) // 2), done.stdout[12 + 2 * count:])
    return samples, [values[i:i + channels] for i in range(0, len(values), channels)], step


def draw(sound, picture, preset):
    try:
        import matplotlib
    except ImportError:
        sys.exit("no matplotlib for %s: pip install matplotlib" % sys.executable)
    matplotlib.use("Agg")
    from matplotlib import pyplot

    samples, rows, step = features(sound, preset)
    if not rows:
        sys.exit("%s: %d samples, want enough for a row" % (sound, len(samples)))
    seconds = len(samples) / 16000
    figure, (above, below) = pyplot.subplots(2, 1, sharex=True, figsize=(max(6, min(3 * seconds, 24)), 5),
                                             height_ratios=(1, 2), layout="constrained")
    above.plot([i / 16000 for i in range(len(samples))], samples, linewidth=0.4)
    above.set_ylabel("sample")
    above.set_title("%s, %s" % (pathlib.Path(sound).name, preset))
    image = below.imshow(list(zip(*rows)), origin="lower", aspect="auto", interpolation="nearest",
                         extent=(0, len(rows) * step / 16000, -0.5, len(rows[0]) - 0.5))
    below.set_xlabel("seconds")
    below.set_ylabel("channel")
    figure.colorbar(image, ax=below, label="feature")
    figure.savefig(picture, dpi=120)
    print("%s: %d rows of %d features" % (picture, len(rows), len(rows[0])))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sound")
    parser.add_argument("picture", nargs="?")
    parser.add_argument("--preset", default="micro_speech", choices=["micro_speech", "micro_wake_word", "library"])
    args = parser.parse_args()
    draw(args.sound, args.picture or str(pathlib.Path(args.sound).with_suffix(".png")), args.preset)


if __name__ == "__main__":
    main()
