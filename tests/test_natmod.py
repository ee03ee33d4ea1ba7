# SPDX-License-Identifier: MIT
# microlite as native modules: they link for every architecture, and run where the firmware knows nothing of us: on
# Debian's own MicroPython (x64). tests/test_boards.py runs the others.

import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples/hello_world"
DIST = ROOT / "dist/mpy"
STOCK = ROOT / "build/stock/micropython"

sys.path.insert(0, str(ROOT / "tools"))
import model_ops

# The number of an architecture in a .mpy file, see MicroPython's py/persistentcode.h.
ARCHITECTURES = {"x64": 2, "armv6m": 4, "armv7m": 5, "armv7emsp": 7, "armv7emdp": 8, "rv32imc": 11}
MODULES = ["microlite", "audio_frontend", *("microlite_ops_" + name for name in model_ops.packs() if name != "core")]

needs_stock = pytest.mark.skipif(not STOCK.exists(), reason="no build/stock: ./microlite build stock")


def module(arch, name):
    path = DIST / arch / (name + ".mpy")
    if not path.exists():
        pytest.skip("%s is not built: ./microlite mpy %s" % (path.relative_to(ROOT), arch))
    return path


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_module_is_for_its_architecture(arch, name):
    head = module(arch, name).read_bytes()[:4]
    assert head[:2] == b"M\x06" and head[2] >> 2 == ARCHITECTURES[arch]


@needs_stock
def test_hello_world():
    module("x64", "microlite")
    done = subprocess.run([STOCK, EXAMPLE / "main.py"], cwd=EXAMPLE, capture_output=True, text=True, timeout=120,
                          env={**os.environ, "MICROPYPATH": str(DIST / "x64")})
    assert done.stderr == ""
    error = re.search(r"mean absolute error (\d\.\d+) over 100 points\n$", done.stdout)
    assert error and float(error[1]) < 0.01, done.stdout


# Exactly what a model needs.


def test_what_a_model_needs():
    ops, types = model_ops.uses((EXAMPLE / "hello_world_int8.tflite").read_bytes())
    assert ops == {"FULLY_CONNECTED"} and not types & model_ops.SWITCHES["FLOAT"]
    ops, types = model_ops.uses((EXAMPLE / "hello_world_float32.tflite").read_bytes())
    assert ops == {"FULLY_CONNECTED"} and types == {0}


def test_every_operator_is_found_by_its_name():
    """There are as many names as operators: none is hidden by another, and built-in names lead to one each."""
    names = [op for ops in model_ops.packs().values() for op in ops]
    assert sorted(model_ops.built_in().values()) == sorted(names)
    builtin = [model_ops.plain(name) for name in model_ops.builtin_names()]
    assert len(set(builtin)) == len(builtin)


def test_a_file_that_is_no_model_is_refused(tmp_path):
    for content in [b"", b"1234TFL3", b"\xff\xff\xff\x7fTFL3" + bytes(60), b"text, and no model"]:
        (tmp_path / "x.tflite").write_bytes(content)
        done = subprocess.run([sys.executable, ROOT / "tools/model_ops.py", tmp_path / "x.tflite"],
                              capture_output=True, text=True)
        assert done.returncode == 1 and done.stderr.startswith("model_ops: "), done.stderr


def test_operators_that_are_not_ours_are_left_out():
    """They come from a pack of somebody's own; the module for such a model has the rest."""
    command = [sys.executable, ROOT / "tools/model_ops.py", ROOT / "examples/custom_op/erf.tflite"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout == "erf.tflite: MUL\n"
    assert "Erf is not microlite's" in done.stderr
    done = subprocess.run([*command, "--ops"], capture_output=True, text=True)
    assert done.stdout == "mul\n" and done.stderr == ""


@needs_stock
def test_module_for_one_model(tmp_path):
    whole = module("x64", "microlite")
    done = subprocess.run([ROOT / "microlite", "mpy", "x64", "hello_world_int8.tflite"], cwd=EXAMPLE,
                          capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert "hello_world_int8.tflite: FULLY_CONNECTED\n" in done.stdout
    small = DIST / "x64/for_hello_world_int8/microlite.mpy"
    assert small.stat().st_size < 0.6 * whole.stat().st_size  # the binding is in both
    script = tmp_path / "t.py"
    script.write_text("""
import microlite
print(microlite.Model("hello_world_int8.tflite").predict(0.5))
try:
    microlite.Model("hello_world_float32.tflite")
except ValueError as error:
    print(error)
""")
    run = [subprocess.run([STOCK, script], cwd=EXAMPLE, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "MICROPYPATH": str(folder)}) for folder in (small.parent, whole.parent)]
    assert run[0].stderr == run[1].stderr == ""
    assert run[0].stdout.split("\n")[0] == run[1].stdout.split("\n")[0]
    assert "FLOAT32" in run[0].stdout and "FLOAT32" not in run[1].stdout
