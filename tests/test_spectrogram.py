# SPDX-License-Identifier: MIT
"""Pictures of features: in the terminal (micropython/lib/microlite_spectrogram.py), and as PNG (tools/spectrogram.py)."""

import re
import struct
import subprocess

import pytest

from conftest import oracle_python
from test_sources import MICROPYTHON, ROOT, form, python, wav

CLIP = ROOT / "examples/micro_speech/yes_no.wav"
MARKS = " .,:;-=+xoX#%$&@"
PALETTE = [16, 17, 18, 54, 55, 90, 126, 162, 161, 197, 203, 209, 215, 221, 228, 231]

pytestmark = pytest.mark.skipif(not MICROPYTHON.exists(), reason="build/unix is not built: ./microlite build unix")

# Rows of 4 channels; what is drawn must be these levels, value + 128 >> 4.
ROWS = [[-128, -113, -112, 127], [0, 15, 16, -1], [100, -100, 50, -50]]
LEVELS = [[(x + 128) >> 4 for x in row] for row in ROWS]
DATA = struct.pack("12b", *sum(ROWS, []))


def cells(text):
    """Levels of coloured text: two rows for each of its lines."""
    rows = []
    for line in text.splitlines():
        assert line.endswith("\x1b[0m")
        upper, lower = [], []
        for high, low, blocks in re.findall("\x1b\\[38;5;(\\d+);48;5;(\\d+)m(\u2580+)", line):
            upper += [PALETTE.index(int(high))] * len(blocks)
            lower += [PALETTE.index(int(low))] * len(blocks)
        rows += [upper, lower]
    return rows


@pytest.mark.parametrize("rows", ["sys.stdin.buffer.read()", "array('b', sys.stdin.buffer.read())"])
def test_waterfall(rows):
    code = "from array import array\nfrom microlite_spectrogram import Waterfall\n" \
           "w, rows = Waterfall(4, %s), " + rows + "\nw.draw(rows[:8])\nw.draw(rows[8:])\nw.draw(rows[:0])"
    assert cells(python(code % "True", data=DATA)) == LEVELS[:2]  # the third waits for a fourth
    assert cells(python(code % "True" + "\nw.draw(rows[:4])", data=DATA)) == LEVELS + LEVELS[:1]
    plain = "".join("".join(MARKS[level] for level in row).rstrip() + "\n" for row in LEVELS)
    assert python(code % "False", data=DATA) == plain


@pytest.mark.parametrize("channels", [4, 3])
def test_picture(channels):
    rows = [ROWS[i][:channels] for i in range(3)]
    data = struct.pack("%db" % (3 * channels), *sum(rows, []))
    code = "from microlite_spectrogram import picture\npicture(sys.stdin.buffer.read(), %d, %s)"
    columns = [[row[channel] for row in rows] for channel in range(channels - 1, -1, -1)]
    levels = [[(x + 128) >> 4 for x in column] for column in columns]
    assert cells(python(code % (channels, True), data=data))[:channels] == levels
    plain = "".join("".join(MARKS[level] for level in row).rstrip() + "\n" for row in levels)
    assert python(code % (channels, False), data=data) == plain


def test_watch():
    """What is drawn is what the front end makes of the sound."""
    watch = "from microlite_audio import WavSource\nfrom microlite_spectrogram import watch\nwatch(WavSource(sys.argv[1]))"
    rows = "from audio_frontend import Frontend\n" \
           "x = Frontend('micro_speech', dtype='int8').process(open(sys.argv[1], 'rb').read()[44:])\nprint(bytes(x).hex())"
    values = bytes.fromhex(python(rows, CLIP))
    want = [[(x ^ 128) >> 4 for x in values[i:i + 40]] for i in range(0, len(values), 40)]
    found = cells(python(watch, CLIP))
    assert len(found) == len(want) // 2 * 2 and found == want[:len(found)]


def test_example():
    done = subprocess.run([MICROPYTHON, ROOT / "examples/micro_speech/spectrogram.py"], capture_output=True)
    assert done.returncode == 0 and done.stderr == b""
    assert len(cells(done.stdout.decode())) == 144


def draw(*args):
    if not oracle_python() or subprocess.run([oracle_python(), "-c", "import matplotlib"], capture_output=True).returncode:
        pytest.skip("no matplotlib")
    return subprocess.run([oracle_python(), ROOT / "tools/spectrogram.py", *map(str, args)], capture_output=True, text=True)


@pytest.mark.parametrize("preset, rows, channels", [("micro_speech", 145, 40), ("library", 289, 32)])
def test_png(tmp_path, preset, rows, channels):
    sound, picture = tmp_path / "a.wav", tmp_path / "a.png"
    sound.write_bytes(CLIP.read_bytes())
    done = draw(sound, "--preset", preset)
    assert (done.returncode, done.stdout) == (0, "%s: %d rows of %d features\n" % (picture, rows, channels)), done.stderr
    data = picture.read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and width > 600 and height > 400


def test_png_errors(tmp_path):
    sound = tmp_path / "a.wav"
    sound.write_bytes(wav().replace(form(), form(rate=8000)))
    done = draw(sound, tmp_path / "b.png")
    assert done.returncode == 1 and "8000 Hz" in done.stderr and not (tmp_path / "b.png").exists()
    sound.write_bytes(wav(b"12"))
    assert "1 samples, want enough for a row" in draw(sound).stderr
