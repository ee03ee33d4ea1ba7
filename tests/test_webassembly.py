# SPDX-License-Identifier: MIT
# MicroPython for browsers, run in Node. Emscripten is large and slow, so this is built on request only.

import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples/hello_world"
GOLDEN = ROOT.parent / "shared/goldens/mlperf_kws_ref_model"

pytestmark = pytest.mark.skipif(
    not (ROOT / "build/webassembly/micropython.mjs").exists() or not shutil.which("node"),
    reason="no build/webassembly: ./microlite build webassembly")


def run(script, *files):
    done = subprocess.run(["node", ROOT / "ports/webassembly/run.mjs", script, *files],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_hello_world():
    output = run(EXAMPLE / "main.py", EXAMPLE / "hello_world_int8.tflite")
    error = re.search(r"mean absolute error (\d\.\d+) over 100 points\n$", output)
    assert error and float(error[1]) < 0.01, output


def test_an_error_is_an_exception(tmp_path):
    (tmp_path / "t.py").write_text("""
import microlite
try:
    microlite.Model(b"no model at all")
except ValueError as error:
    print(error)
""")
    assert "not a TensorFlow Lite model" in run(tmp_path / "t.py")


@pytest.mark.skipif(not GOLDEN.exists(), reason="no ../shared/goldens")
def test_key_word_spotting(tmp_path):
    (tmp_path / "t.py").write_text("""
import microlite
m = microlite.Model("model.tflite")
memoryview(m.inputs[0])[:] = open("in0_1.bin", "rb").read()
m.invoke()
print(bytes(m.outputs[0]) == open("out0_1.bin", "rb").read())
""")
    assert run(tmp_path / "t.py", *(GOLDEN / name for name in ("model.tflite", "in0_1.bin", "out0_1.bin"))) == "True\n"
