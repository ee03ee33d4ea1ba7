#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the scripts in tests/micropython and compare what they print with their .exp files.

On firmware with the module inside, plain and with sanitizers, and with the native module on firmware
that knows nothing of it: Debian's own (x64), and QEMU's Cortex-M4F.

Usage: tests/test_micropython.py      writes the .exp files anew, from build/unix; read the difference
"""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
HERE = ROOT / "tests/micropython"
DIST = ROOT / "dist/mpy"
SCRIPTS = sorted(path.stem for path in HERE.glob("*.exp"))
FILES = [HERE / "support.py", *sorted(HERE.glob("models/*.tflite")),
         *sorted((ROOT / "examples/hello_world").glob("*.tflite"))]

sys.path.insert(0, str(ROOT / "tools"))
import qemu_run


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


def on_qemu(script):
    module = built(DIST / "armv7emsp/microlite.mpy", "mpy armv7emsp")
    built(qemu_run.FIRMWARE, "build qemu-arm")
    if not shutil.which("qemu-system-arm"):
        pytest.skip("no qemu-system-arm")
    output, traceback = qemu_run.run(HERE / (script + ".py"), [module, *FILES], timeout=900)
    return output + traceback


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("host", [on_unix, on_unix_asan, on_stock, on_qemu])
def test_script(host, script):
    assert host(script) == (HERE / (script + ".exp")).read_text()


if __name__ == "__main__":
    for path in sorted(HERE.glob("*.py")):
        if path.stem not in ("support", "make_models"):
            (HERE / (path.stem + ".exp")).write_text(on_unix(path.stem))
