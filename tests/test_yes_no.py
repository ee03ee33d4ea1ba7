# SPDX-License-Identifier: MIT
"""The model of examples/micro_speech: what it is made of, what it says to clips, and that TensorFlow Lite Micro agrees."""

import json
import re
import struct
import subprocess
import zlib

import pytest

from conftest import oracle_python
from test_sources import MICROPYTHON, ROOT, SOUND, python

EXAMPLE = ROOT / "examples/micro_speech"
MODEL = EXAMPLE / "model/yes_no.tflite"
LABELS = (EXAMPLE / "model/labels.txt").read_text().split()
GOLDENS = ROOT.parent / "shared/goldens_audio/in"

# By festival and flite, see EXAMPLE/TRAINING.md: clips that it gets right.
CLIPS = {"yes": [EXAMPLE / "yes.wav", *sorted((ROOT / "tests/audio/words").glob("yes_*.wav"))],
         "no": [EXAMPLE / "no.wav", *sorted((ROOT / "tests/audio/words").glob("no_*.wav"))],
         "unknown": [ROOT / "tests/audio/words/seven_rms.wav"]}

needs_firmware = pytest.mark.skipif(
    not MICROPYTHON.exists(), reason="build/unix is not built: ./microlite build unix")

# For a second of samples (standard input): the features, and what the model answers, each + 128.
ASK = """
import microlite
from audio_frontend import Frontend
model = microlite.Model(sys.argv[1])
rows = Frontend("micro_speech", dtype="int8").process(sys.stdin.buffer.read(32000))
memoryview(model.inputs[0])[:] = rows
model.invoke()
print(list(rows))
print([score + 128 for score in model.outputs[0]])
"""

TFLM = """
import sys, json
import numpy as np
from tflite_micro import runtime
interpreter = runtime.Interpreter.from_file(sys.argv[1])
interpreter.set_input(np.array(json.load(sys.stdin), np.int8).reshape(1, 1960), 0)
interpreter.invoke()
print([int(x) + 128 for x in interpreter.get_output(0)[0]])
"""


def ask(samples):
    assert len(samples) == 32000
    return [json.loads(line) for line in python(ASK, MODEL, data=samples).splitlines()]


def samples_of(path):
    data = path.read_bytes()
    assert data[36:40] == b"data"
    return data[44:]


def test_model_file():
    """Small, of four operators, and the one that the training's page tells about."""
    data = MODEL.read_bytes()
    assert len(data) <= 25000
    assert LABELS == ["silence", "unknown", "yes", "no"]
    text = (EXAMPLE / "TRAINING.md").read_text()
    assert "%d bytes, crc32 %08x" % (len(data), zlib.crc32(data)) in text
    done = subprocess.run([ROOT / "tools/model_ops.py", "--ops", MODEL], capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split()) == ["depthwise_conv_2d", "fully_connected", "reshape", "softmax"]


@needs_firmware
def test_input_and_output():
    code = """
import microlite
m = microlite.Model(sys.argv[1])
x, y = m.inputs[0], m.outputs[0]
print(x.shape, x.dtype, abs(x.scale - 26 / 255) < 1e-6, x.zero_point, y.shape, y.dtype, y.scale * 256, y.zero_point)
"""
    assert python(code, MODEL) == "(1, 1960) b True -128 (1, 4) b 1.0 -128\n"


@needs_firmware
@pytest.mark.parametrize("path", [clip for clips in CLIPS.values() for clip in clips], ids=lambda path: path.stem)
def test_clips(path):
    word = next(word for word, clips in CLIPS.items() if path in clips)
    _, scores = ask(samples_of(path))
    assert LABELS[scores.index(max(scores))] == word, scores


@needs_firmware
@pytest.mark.parametrize("word", ["yes", "no", "noise"])
def test_recordings(word):
    """Those of TensorFlow Lite Micro's own tests. Four recordings say nothing about how good the model is."""
    path = GOLDENS / (word + "_1000ms.s16")
    if not path.exists():
        pytest.skip("no ../shared/goldens_audio")
    _, scores = ask(path.read_bytes())
    assert LABELS[scores.index(max(scores))] == ("silence" if word == "noise" else word), scores


@needs_firmware
def test_scores_are_tflms():
    if not oracle_python():
        pytest.skip("no packages from PyPI")
    sounds = [samples_of(clip) for clips in CLIPS.values() for clip in clips]
    for samples in [*sounds, bytes(32000), SOUND[:32000]]:
        rows, scores = ask(samples)
        done = subprocess.run([oracle_python(), "-c", TFLM, MODEL], input=json.dumps(rows), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == scores


@needs_firmware
def test_training_uses_this_front_end(tmp_path):
    """train/features.py: the last 49 rows of each clip, each from a fresh start."""
    clips = [SOUND[:32000], SOUND[4000:52000], bytes(32000)]
    (tmp_path / "clips").write_bytes(b"".join(struct.pack("<I", len(clip) // 2) + clip for clip in clips))
    subprocess.run([MICROPYTHON, EXAMPLE / "train/features.py", tmp_path / "clips", tmp_path / "out"], check=True)
    out = (tmp_path / "out").read_bytes()
    assert len(out) == 3 * 1960
    for i in 0, 2:
        assert list(struct.unpack("<1960b", out[1960 * i:][:1960])) == ask(clips[i])[0]
    code = """
from audio_frontend import Frontend
rows = Frontend("micro_speech", dtype="int8").process(sys.stdin.buffer.read())
print(list(rows)[-1960:])
"""
    assert list(struct.unpack("<1960b", out[1960:3920])) == json.loads(python(code, data=clips[1]))


def test_table_adds_up():
    """Each row of TRAINING.md's tables: the share that is right follows from the counts."""
    text = (EXAMPLE / "TRAINING.md").read_text()
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| ([\d.]+) % \|$", text, re.MULTILINE)
    assert len(rows) == 16
    for label, *counts, share in rows:
        counts = [int(x) for x in counts]
        assert abs(100 * counts[LABELS.index(label)] / sum(counts) - float(share)) <= 0.051
