# SPDX-License-Identifier: MIT
# Packs of operators: each operator is in one, Model() imports those that it needs, and what is no pack is refused.

import os
import pathlib
import re
import shutil
import subprocess
import sys
import zlib

import pytest

from conftest import oracle_python

ROOT = pathlib.Path(__file__).resolve().parent.parent
X64 = ROOT / "dist/mpy/x64"
STOCK = ROOT / "build/stock/micropython"
GOLDENS = ROOT.parent / "shared/goldens"

sys.path.insert(0, str(ROOT / "tools"))
import model_ops

PACKS = model_ops.packs()
MODULES = {"microlite_ops_" + name: ops for name, ops in PACKS.items() if name != "core"}


def test_every_operator_is_in_one_pack():
    listed = re.findall(r"^MLT_OP\w*\((\w+),", (ROOT / "src/ops/all.def").read_text(), re.MULTILINE)
    assert sorted(op for ops in PACKS.values() for op in ops) == sorted(set(listed)) and len(set(listed)) == len(listed)
    assert list(PACKS)[0] == "core" and len(PACKS) <= 16


def test_custom_operators_are_found_by_how_their_names_begin():
    """What models call them is written in the operators' sources."""
    text = (ROOT / "src/ops/all.def").read_text()
    prefixes = re.findall(r'^MLT_CUSTOM_PREFIX\("(.*)", (\w+)\)', text, re.MULTILINE)
    customs = re.findall(r"^MLT_OP_CUSTOM\((\w+), (\w+)\)", text, re.MULTILINE)
    names = set(re.findall(r'"([\w-]+)"', "".join(path.read_text() for path in (ROOT / "src/ops").glob("*.c"))))
    codes = {model_ops.plain(name): name for name in names if name.upper() != name or name == "CIRCULAR_BUFFER"}
    codes["decode"] = "TFLM_DECODE"
    assert len(customs) > 10
    for op, pack in customs:
        code = codes[model_ops.plain(op)]
        assert [p for prefix, p in prefixes if code.startswith(prefix)] == [pack], code


def test_kernels_call_nothing_that_packs_share():
    """They are compiled without the register that says where it is (micropython/natmod/shared.mk)."""
    shared = set(re.findall(r"MLT_SHARED\((\w+)\)", (ROOT / "micropython/natmod/shared.def").read_text()))
    calling = re.search("KERNELS_CALLING := (.*)", (ROOT / "micropython/natmod/shared.mk").read_text())[1].split()
    built = 0
    for arch, prefix in {"x64": "", "armv6m": "arm-none-eabi-", "armv7emsp": "arm-none-eabi-",
                         "rv32imc": "riscv64-unknown-elf-"}.items():
        for path in (ROOT / "build" / ("mpy-" + arch) / "src/kernels").rglob("*.o"):
            calls = subprocess.run([prefix + "nm", "-u", path], capture_output=True, text=True, check=True).stdout.split()
            assert path.relative_to(ROOT / "build" / ("mpy-" + arch)).with_suffix(".c").as_posix() in calling \
                or not shared & set(calls), path
            built += 1
    if not built:
        pytest.skip("no native module is built: ./microlite mpy x64")


# On firmware that knows nothing of us. A folder of a test's own is first on the path.

needs_stock = pytest.mark.skipif(not STOCK.exists(), reason="no build/stock: ./microlite build stock")


def run(folder, script, *modules):
    """What a script prints; modules (all when none is given) are on its path, behind its folder."""
    if not (X64 / "microlite.mpy").exists():
        pytest.skip("dist/mpy/x64 is not built: ./microlite mpy x64")
    (folder / "main.py").write_text(script)
    (folder / "lib").mkdir(exist_ok=True)
    for name in modules:
        shutil.copy(X64 / (name + ".mpy"), folder / "lib")
    done = subprocess.run([STOCK, folder / "main.py"], cwd=folder, capture_output=True, text=True, timeout=120,
                          env={**os.environ, "MICROPYPATH": "%s:%s" % (folder, folder / "lib" if modules else X64)})
    assert done.stderr == ""
    return done.stdout


@needs_stock
def test_packs_hold_all_operators(tmp_path):
    """Each module loads, and has as many operators as all.def says; the rest is built in."""
    output = run(tmp_path, """
import struct
import microlite
for name in %r:
    print(name, struct.unpack("II", __import__(name).ops)[1])
""" % list(MODULES))
    assert output.splitlines() == ["%s %d" % (name, len(ops)) for name, ops in MODULES.items()]
    assert sorted(path.stem for path in X64.glob("microlite_ops_*.mpy")) == sorted(MODULES)


# A model whose operators span packs.

SPAN = ROOT / "tests/micropython/models/four_packs.tflite"
OPEN = """
import microlite
def opened(**options):
    try:
        return microlite.Model(%r, **options)
    except Exception as error:
        print(type(error).__name__ + ":", error)
opened()
""" % str(SPAN)


@needs_stock
def test_errors_name_the_pack_to_install(tmp_path):
    """One after the other is installed, until the model runs."""
    have = ["microlite"]
    for name in ("math", "reduce", "arith", "index"):
        op = {"math": "EXP", "reduce": "SUM", "arith": "DIV", "index": "GATHER"}[name]
        output = run(tmp_path, OPEN, *have)
        assert re.fullmatch("ValueError: op \\d %s: not in this build, install microlite_ops_%s\n" % (op, name), output)
        have.append("microlite_ops_" + name)
    assert run(tmp_path, OPEN, *have) == ""


ORACLE = """
import sys
import numpy as np
from tflite_micro.python.tflite_micro import runtime
for x in (range(-60, 100, 20), [100, -100] * 4, [-128, 127, 0, 1, 50, 51, 52, 127]):
    interpreter = runtime.Interpreter.from_file(sys.argv[1])
    interpreter.set_input(np.array([list(x)], np.int8), 0)
    interpreter.invoke()
    print(interpreter.get_output(0)[0].tolist())
"""


@pytest.mark.skipif(not oracle_python(), reason="no oracle: tests/requirements.txt")
def test_model_of_four_packs_gives_what_the_oracle_gives():
    """packs.exp is what every firmware is compared with."""
    done = subprocess.run([oracle_python(), "-c", ORACLE, SPAN], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (SPAN.parents[1] / "packs.exp").read_text().startswith(done.stdout) and done.stdout.count("[") == 3


@needs_stock
@pytest.mark.skipif(not GOLDENS.exists(), reason="no ../shared/goldens")
@pytest.mark.parametrize("name,packs", [
    ("tflm_audio_preprocessor_int8", ["arith", "index", "signal"]), ("mww_v2_okay_nabu", ["control"]),
    ("tflm_keyword_scrambled", ["recurrent"]), ("mlperf_kws_ref_model", [])])
def test_packs_are_imported_and_right(tmp_path, name, packs):
    """Outputs are TensorFlow Lite Micro's in each of several runs, and no other pack is imported."""
    output = run(tmp_path, """
import gc, sys
import microlite
model = microlite.Model("%(there)s/model.tflite")
x, y = model.inputs[0], model.outputs[0]
given, wanted = (open("%(there)s/%%s0_1.bin" %% kind, "rb").read() for kind in ("in", "out"))
runs = len(given) // x.nbytes
for i in range(runs):
    x[:] = given[i * x.nbytes:][:x.nbytes]
    model.invoke()
    gc.collect()
    print(bytes(y) == wanted[i * y.nbytes:][:y.nbytes])
print(runs * y.nbytes == len(wanted))
print(sorted(name for name in sys.modules if name.startswith("microlite_ops_")))
""" % {"there": GOLDENS / name})
    *same, modules = output.splitlines()
    assert set(same) == {"True"}
    assert modules == str(["microlite_ops_" + pack for pack in packs])


# What is no pack.

BROKEN = {
    "no ops": ("py", "x = 1", "TypeError: microlite_ops_math is no pack: it has no ops"),
    "a function": ("py", "def ops(): pass",
                   "TypeError: microlite_ops_math holds an object of type function that is no pack"),
    "other bytes": ("py", "ops = bytes(100)",
                    "TypeError: microlite_ops_math holds an object of type bytes that is no pack"),
    "zeros": ("py", "import struct\nops = bytearray(struct.calcsize('IIP'))",
              "ValueError: microlite_ops_math holds a pack for another build of microlite"),
    "a missing import": ("py", "import nowhere", "ImportError: microlite_ops_math: no module named 'nowhere'"),
    "an error of its own": ("py", "raise KeyError(5)", "KeyError: 5"),
    "a syntax error": ("py", "x = = 1", "SyntaxError: invalid syntax"),
    "the same model": ("py", OPEN.strip().rsplit("\n", 1)[0] + "\nmicrolite.Model(%r)" % str(SPAN),
                       "TypeError: microlite_ops_math is no pack: it has no ops"),
    "a pack without the operator": ("py", "from microlite_ops_reduce import ops",
                                    "ValueError: op 1 EXP: not in this build, nor in its pack: install one of the "
                                    "same version"),
    "text": ("mpy", b"this is no pack", "ValueError: microlite_ops_math: no pack, or damaged"),
    "nothing": ("mpy", b"", "ValueError: microlite_ops_math: no pack, or damaged"),
}


@needs_stock
@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_pack_is_refused(tmp_path, what):
    kind, content, error = BROKEN[what]
    path = tmp_path / ("microlite_ops_math." + kind)
    path.write_text(content) if kind == "py" else path.write_bytes(content)
    assert run(tmp_path, OPEN) == error + "\n"


def altered(tmp_path, change):
    """What opening the model says when the pack's file was changed."""
    output = run(tmp_path, "", "microlite", "microlite_ops_math", "microlite_ops_reduce", "microlite_ops_arith",
                 "microlite_ops_index")
    assert output == ""
    path = tmp_path / "lib/microlite_ops_math.mpy"
    path.write_bytes(change(path.read_bytes()))
    return run(tmp_path, OPEN, "microlite")


def sealed(content):
    """A file with the sum that belongs to it."""
    return content[:-4] + zlib.crc32(content[:-13]).to_bytes(4, "little")


@needs_stock
@pytest.mark.parametrize("part", [0, 0.001, 0.5, 0.9, 0.999])
def test_a_file_that_is_cut_off_is_refused(tmp_path, part):
    output = altered(tmp_path, lambda content: content[:int(part * len(content))])
    assert output == "ValueError: microlite_ops_math: no pack, or damaged\n"


@needs_stock
@pytest.mark.parametrize("part", [0.0001, 0.2, 0.5, 0.9, 0.9999])
def test_a_file_with_a_wrong_bit_is_refused(tmp_path, part):
    def flip(content):
        at = int(part * len(content))
        return content[:at] + bytes([content[at] ^ 4]) + content[at + 1:]

    assert altered(tmp_path, flip) == "ValueError: microlite_ops_math: no pack, or damaged\n"


@needs_stock
def test_a_pack_for_another_version_or_processor_is_refused(tmp_path):
    abi = bytes.fromhex(run(tmp_path, "import microlite_ops_math\nprint(bytes(microlite_ops_math.ops[:4]).hex())"))

    def other_version(content):
        assert content.count(abi) == 1
        return sealed(content.replace(abi, bytes([abi[0] + 1 & 255]) + abi[1:]))

    assert altered(tmp_path, lambda content: content) == ""
    assert altered(tmp_path, other_version) == \
        "ValueError: microlite_ops_math holds a pack for another build of microlite\n"
    # The architecture is in the upper bits of the file's third byte.
    assert altered(tmp_path, lambda content: sealed(content[:2] + bytes([content[2] & 3 | 11 << 2]) + content[3:])) == \
        "ValueError: microlite_ops_math: incompatible .mpy arch\n"


@needs_stock
def test_import_may_meddle_with_the_model(tmp_path):
    """A module that runs while a model is opened finds the model's buffer, and moves it."""
    shutil.copy(X64 / "microlite_ops_math.mpy", tmp_path / "real.mpy")
    (tmp_path / "microlite_ops_math.py").write_text("""
from real import ops
import sys
sys.meddle()
""".replace("sys.meddle()", "import __main__\n__main__.meddle()"))
    script = """
import microlite, gc
source = bytearray(open(%r, "rb").read())
other = []
def meddle():
    other.append(bytearray(64))
    %s
try:
    print(microlite.Model(source).predict([0] * 8)[0])
except ValueError as error:
    print(error)
"""
    assert run(tmp_path, script % (str(SPAN), "pass")) == "0.125\n"
    assert run(tmp_path, script % (str(SPAN), "source.extend(bytes(100000))")) == \
        "model's buffer was moved or resized\n"
    assert run(tmp_path, script % (str(SPAN), "source[:] = bytes(len(source))")) \
        == "not a TensorFlow Lite model: root is cut off\n"


@needs_stock
def test_given_packs_come_first_and_are_kept(tmp_path):
    output = run(tmp_path, """
import gc, sys
import microlite, microlite_ops_math, microlite_ops_control
m = microlite.Model(%r, ops=(microlite_ops_control.ops, microlite_ops_math.ops))
print(microlite.Model(%r, ops=microlite_ops_math.ops).predict([0] * 8)[0])
for name in [name for name in sys.modules if name.startswith("microlite")]:
    del sys.modules[name]
del microlite, microlite_ops_math, microlite_ops_control
for i in range(30):
    gc.collect()
    garbage = [bytearray(1000) for _ in range(100)]
    assert m.predict([0] * 8)[0] == 0.125
print("kept")
""" % (str(SPAN), str(SPAN)))
    assert output == "0.125\nkept\n"
