# SPDX-License-Identifier: MIT
# Packs of operators: each operator is in one, Model() imports those that it needs, and what is no pack is refused.

import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
X64 = ROOT / "dist/mpy/x64"
STOCK = ROOT / "build/stock/micropython"
GOLDENS = ROOT.parent / "shared/goldens"

sys.path.insert(0, str(ROOT / "tools"))
import model_ops

PACKS = model_ops.packs()
MODULES = {"microlite_ops_" + name: ops for name, ops in PACKS.items() if name != "core"}


def test_every_operator_is_in_one_pack():
    listed = re.findall(r"^MLT_OP\((\w+)\)", (ROOT / "src/ops/all.def").read_text(), re.MULTILINE)
    assert sorted(op for ops in PACKS.values() for op in ops) == sorted(listed)
    assert list(PACKS)[0] == "core" and len(PACKS) <= 16


def test_custom_operators_are_found_by_how_their_names_begin():
    """What models call them is written in the operators' sources."""
    text = (ROOT / "src/ops/packs.def").read_text()
    prefixes = re.findall(r'^MLT_CUSTOM_PREFIX\((\w+), "(.*)"\)', text, re.MULTILINE)
    customs = re.findall(r"^MLT_PACKED_CUSTOM\((\w+), (\w+)\)", text, re.MULTILINE)
    names = set(re.findall(r'"([\w-]+)"', "".join(path.read_text() for path in (ROOT / "src/ops").glob("*.c"))))
    codes = {model_ops.plain(name): name for name in names if name.upper() != name or name == "CIRCULAR_BUFFER"}
    codes["decode"] = "TFLM_DECODE"
    assert len(customs) > 10
    for pack, op in customs:
        code = codes[model_ops.plain(op)]
        assert [p for p, prefix in prefixes if code.startswith(prefix)] == [pack], code


# On firmware that knows nothing of us. A folder of a test's own is first on the path.

needs_stock = pytest.mark.skipif(not STOCK.exists(), reason="no build/stock: ./microlite build stock")


def run(folder, script, path=None):
    if not (X64 / "microlite.mpy").exists():
        pytest.skip("dist/mpy/x64 is not built: ./microlite mpy x64")
    (folder / "main.py").write_text(script)
    path = path or "%s:%s" % (folder, X64)
    done = subprocess.run([STOCK, folder / "main.py"], cwd=folder, capture_output=True, text=True, timeout=120,
                          env={**os.environ, "MICROPYPATH": path})
    assert done.stderr == ""
    return done.stdout


@needs_stock
def test_packs_hold_all_operators(tmp_path):
    """Each module loads, and has as many operators as packs.def says; the rest is built in."""
    output = run(tmp_path, """
import struct
import microlite
for name in %r:
    print(name, struct.unpack("II", __import__(name).ops)[1])
""" % list(MODULES))
    assert output.splitlines() == ["%s %d" % (name, len(ops)) for name, ops in MODULES.items()]
    assert sorted(path.stem for path in X64.glob("microlite_ops_*.mpy")) == sorted(MODULES)
