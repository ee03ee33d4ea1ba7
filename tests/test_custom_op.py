# SPDX-License-Identifier: MIT
# docs/custom_op.md: an operator from a folder that is not ours, as a native module and in a firmware.

import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples/custom_op"
X64 = ROOT / "dist/mpy/x64"
STOCK = ROOT / "build/stock/micropython"
ASAN = ROOT / "build/unix-asan/micropython"

needs_stock = pytest.mark.skipif(not STOCK.exists() or not (X64 / "microlite.mpy").exists(),
                                 reason="no build/stock or dist/mpy/x64: ./microlite build stock, ./microlite mpy x64")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the example, built."""
    copy = tmp_path_factory.mktemp("elsewhere") / "mine"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("x64", "build"))
    done = subprocess.run([ROOT / "microlite", "mpy", "x64", "--op", copy], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return copy


def run(folder, script, firmware=STOCK, path=X64):
    done = subprocess.run([firmware, script], cwd=folder, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "MICROPYPATH": "%s:x64" % path})
    return done.stdout + done.stderr


def errors(output):
    """How far each line of main.py is off."""
    return [float(error) for error in re.findall(r"^erf\(.*\) = -?\d\.\d{6}, off by (\S+)$", output, re.MULTILINE)]


@needs_stock
def test_module_from_elsewhere(folder):
    output = run(folder, "main.py")
    assert len(errors(output)) == 8 and max(errors(output)) < 2e-6, output


@needs_stock
def test_errors_say_what_to_do(folder):
    """Without the pack; and the operator's own checks, with the engine's names."""
    (folder / "bare.py").write_text('import microlite\nmicrolite.Model("erf.tflite")\n')
    assert run(folder, "bare.py").endswith("ValueError: op 1 'Erf': not in this build, want its pack as ops=\n")
    model = (folder / "erf.tflite").read_bytes()
    assert model.count(b"Erf") == 1
    (folder / "other.tflite").write_bytes(model.replace(b"Erf", b"Erg"))
    (folder / "other.py").write_text(
        'import microlite, my_ops\nmicrolite.Model("other.tflite", ops=my_ops.ops)\n')
    assert run(folder, "other.py").endswith("ValueError: op 1 'Erg': not in this build, want its pack as ops=\n")


@needs_stock
@pytest.mark.parametrize("code,argument,what", [
    ("static int count;\nstatic int next(void) { return ++count; }", "", "writable data in section .bss"),
    ("float logf(float);\nstatic float next(float x) { return logf(x); }", "x", "logf")])
def test_what_a_module_may_not_have_stops_the_build(folder, tmp_path, code, argument, what):
    copy = tmp_path / "bad"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("x64", "build"))
    text = (copy / "erf.c").read_text()
    text = text.replace('#include "microlite_op.h"\n', '#include "microlite_op.h"\n\n' + code)
    (copy / "erf.c").write_text(text.replace("    float z = x", "    x += (float)next(%s);\n    float z = x" % argument))
    done = subprocess.run([ROOT / "microlite", "mpy", "x64", "--op", copy], capture_output=True, text=True)
    assert done.returncode != 0 and what in done.stderr


def test_in_a_firmware(tmp_path):
    if not ASAN.exists():
        pytest.skip("build/unix-asan is not built: ./microlite build unix-asan")
    shutil.copy(EXAMPLE / "erf.tflite", tmp_path)
    script = (EXAMPLE / "main.py").read_text()
    (tmp_path / "main.py").write_text(script.replace("import my_ops\n", "").replace(", ops=my_ops.ops", ""))
    output = run(tmp_path, "main.py", ASAN)
    assert len(errors(output)) == 8 and max(errors(output)) < 2e-6, output
