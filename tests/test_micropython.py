#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the scripts in tests/micropython and compare what they print with their .exp files.

On firmware with the module inside, plain and with sanitizers, and with the native module on firmware that knows
nothing of it, Debian's own (x64). tests/test_boards.py runs them on boards.

Usage: tests/test_micropython.py      writes the .exp files anew, from build/unix; read the difference
"""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
HERE = ROOT / "tests/micropython"
DIST = ROOT / "dist/mpy"
SCRIPTS = sorted(path.stem for path in HERE.glob("*.exp"))
FILES = [HERE / "support.py", *sorted(HERE.glob("models/*.tflite")),
         *sorted((ROOT / "examples/hello_world").glob("*.tflite"))]


def run(binary, script, **environment):
    done = subprocess.run([str(binary), script + ".py"], cwd=HERE, capture_output=True, timeout=900,
                          env={**os.environ, **environment})
    return done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")


def built(path, how):
    if not path.exists():
        pytest.skip("%s is not built: ./microlite %s" % (path.relative_to(ROOT), how))
    return path


def on_unix(script):
    return run(built(ROOT / "build/unix/micropython", "build unix"), script)


def on_unix_asan(script):
    return run(built(ROOT / "build/unix-asan/micropython", "build unix-asan"), script)


def on_stock(script):
    built(DIST / "x64/microlite.mpy", "mpy x64")
    return run(built(ROOT / "build/stock/micropython", "build stock"), script, MICROPYPATH=str(DIST / "x64"))


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("host", [on_unix, on_unix_asan, on_stock])
def test_script(host, script):
    assert host(script) == (HERE / (script + ".exp")).read_text()


# A script of the older interface with the model that it was written for: x = 2 pi k / 1000 gives these.
SINE = ROOT.parent / "shared/goldens/mocleiri_model/model.tflite"
LEGACY = """
import math, microlite
model = bytearray(%d)
open(%r, "rb").readinto(model)
for k in (1, 125, 250, 500, 750, 1000):
    def fill(interpreter):
        tensor = interpreter.getInputTensor(0)
        tensor.setValue(0, tensor.quantizeFloatToInt8(k * 2.0 * math.pi / 1000))
    def show(interpreter):
        tensor = interpreter.getOutputTensor(0)
        q = tensor.getValue(0)
        print(k, q, "%%.6f" %% tensor.quantizeInt8ToFloat(q))
    microlite.interpreter(model, 2048, fill, show).invoke()
"""


@pytest.mark.skipif(not SINE.exists(), reason="no ../shared/goldens")
def test_older_interface_gives_the_same_numbers(tmp_path):
    script = tmp_path / "legacy.py"
    script.write_text(LEGACY % (SINE.stat().st_size, str(SINE)))
    output = run(built(ROOT / "build/unix/micropython", "build unix"), str(script.with_suffix("")))
    assert output == """1 6 0.016944
125 88 0.711649
250 127 1.042057
500 5 0.008472
750 -127 -1.109833
1000 -9 -0.110136
"""


if __name__ == "__main__":
    for path in sorted(HERE.glob("*.py")):
        if path.stem not in ("support", "make_models"):
            (HERE / (path.stem + ".exp")).write_text(on_unix(path.stem))
