# SPDX-License-Identifier: MIT
"""MicroPython on boards that QEMU emulates, with microlite linked into the firmware, and as native modules on
firmware that knows nothing of it: API scripts, examples, real models with TensorFlow Lite Micro's results, memory."""

import array
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from test_micropython import FILES, HERE, SCRIPTS, built

ROOT = pathlib.Path(__file__).resolve().parent.parent
HELLO = ROOT / "examples/hello_world/hello_world_int8.tflite"
GOLDENS = pathlib.Path(os.environ.get("MICROLITE_GOLDENS") or ROOT.parent / "shared/goldens")

sys.path.insert(0, str(ROOT / "tools"))
import boards
import qemu_run


class Host:
    """A board, and the architecture of the native modules on it; None when the firmware has microlite inside."""

    def __init__(self, board, arch):
        self.firmware = qemu_run.firmware(board, stock=arch is not None)
        self.modules = self.native(arch) if arch else []
        if not self.firmware.exists():
            port = "qemu-stock" if arch else qemu_run.BOARDS[board].port
            pytest.skip("no firmware: ./microlite build %s %s" % (port, board))
        if not shutil.which(qemu_run.BOARDS[board].qemu.split()[0]):
            pytest.skip("no QEMU for %s" % board)

    @staticmethod
    def native(arch):
        paths = sorted((ROOT / "dist/mpy" / arch).glob("*.mpy"))
        if not paths:
            pytest.skip("no dist/mpy/%s: ./microlite mpy %s" % (arch, arch))
        return paths

    def session(self, scripts, files=(), timeout=300):
        return qemu_run.session(scripts, [*self.modules, *files], self.firmware, timeout)

    def run(self, script, files=(), timeout=300):
        return self.session([script], files, timeout)[0]


LINKED = [(board, None) for board in qemu_run.BOARDS]
NATIVE = [("MPS2_AN385", "armv6m"), ("MPS2_AN385", "armv7m"), ("MPS2_AN386", "armv7emsp"),
          ("MPS2_AN500", "armv7emdp"), ("MPS3_AN547", "armv7emdp"), ("VIRT_RV32", "rv32imc")]


def hosts(pairs):
    return pytest.mark.parametrize("host", pairs, indirect=True, ids=lambda pair: "%s-%s" % (pair[0], pair[1] or "linked"))


@pytest.fixture
def host(request):
    return Host(*request.param)


# What is in tests/micropython.


def check_script(host, script):
    output, traceback = host.run((HERE / (script + ".py")).read_text(), FILES, timeout=900)
    assert output + traceback == (HERE / (script + ".exp")).read_text()


# Thousands of broken files take 20 seconds: on one board of each kind. A PC does the same under sanitizers.
FEW = {"mutate": [("MPS2_AN386", "armv7emsp"), ("VIRT_RV32", None)]}


@pytest.mark.parametrize("host, script", [
    pytest.param(host, script, id="%s-%s-%s" % (host[0], host[1] or "linked", script))
    for script in SCRIPTS for host in FEW.get(script, LINKED + NATIVE)], indirect=["host"])
def test_script(host, script):
    check_script(host, script)


# Examples without peripherals print what they print on a PC.

LIBRARY = {path.name: path for path in (ROOT / "micropython/lib").glob("*.py")}
EXAMPLES = {
    "hello_world": {"hello_world_int8.tflite": HELLO},
    "micro_speech": {"yes_no.wav": ROOT / "examples/micro_speech/yes_no.wav",
                     "model/yes_no.tflite": ROOT / "examples/micro_speech/model/yes_no.tflite", **LIBRARY},
    "wake_word": {"okay_nabu.wav": ROOT / "examples/wake_word/okay_nabu.wav",
                  "okay_nabu.tflite": GOLDENS / "mww_v2_okay_nabu/model.tflite", **LIBRARY},
}
ARGUMENTS = {"wake_word": ["--model", "okay_nabu.json"]}
MANIFEST = {"type": "micro", "wake_word": "Okay Nabu", "version": 2, "model": "okay_nabu.tflite",
            "micro": {"probability_cutoff": 0.85, "sliding_window_size": 5, "feature_step_size": 10}}


@pytest.mark.parametrize("example", EXAMPLES)
@hosts(LINKED + NATIVE)
def test_example(host, example, tmp_path):
    unix = built(ROOT / "build/unix/micropython", "build unix")
    script = ROOT / "examples" / example / "main.py"
    for name, path in EXAMPLES[example].items():
        if not path.exists():
            pytest.skip("no %s" % path)
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / name)
    (tmp_path / "okay_nabu.json").write_text(json.dumps(MANIFEST))
    arguments = ["main.py", *ARGUMENTS.get(example, [])]
    start = "import sys\nsys.argv[:] = %r\n" % arguments
    output, traceback = host.run(start + script.read_text(), tmp_path.iterdir())
    shutil.copy(script, tmp_path)
    want = subprocess.run([unix, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    # Arenas hold pointers, which are larger on a PC.
    output, want = (re.sub(r"arena \d+", "arena N", text) for text in (output, want.stdout))
    assert (output, traceback) == (want, "") and output.count("\n") >= 2


# Real models: outputs of every run, and all inner tensors of one.

MODELS = ["tflm_hello_world_int8", "tflm_micro_speech_quantized", "mlperf_kws_ref_model", "mww_v2_okay_nabu",
          "tflm_person_detect", "mlperf_vww_96_int8"]
RUN_MODEL = """
import binascii, gc, uctypes
import microlite

path, invokes, tensors = %r
file = path + "/model.tflite"
microlite.Model(file)     # imports the packs that it needs
gc.collect()
free = gc.mem_free()
m = microlite.Model(file)
gc.collect()
print("heap", free - gc.mem_free() - m.arena_used)
print("address", uctypes.addressof(memoryview(open(file, "rb"))))

def run(m, seed):
    with open("%%s/in0_%%d.bin" %% (path, seed), "rb") as f:
        for _ in range(invokes):
            m.inputs[0][:] = f.read(m.inputs[0].nbytes)
            m.invoke()
            print("output", seed, binascii.hexlify(m.outputs[0][:]).decode())

for seed in (1, 2):
    run(m, seed)
    m.reset()
m = microlite.Model(file, keep_all=True)
run(m, 3)
for i in tensors:
    print("tensor", i, "%%08x" %% binascii.crc32(m.tensor(i)[:]))
"""


@pytest.mark.parametrize("model", MODELS)
@hosts(LINKED + NATIVE)
def test_model(host, model):
    """The model is used in place, where the image put it, and all results equal the goldens."""
    if not GOLDENS.exists():
        pytest.skip("no ../shared/goldens")
    folder = GOLDENS / model
    invokes = json.loads((folder / "meta.json").read_text())["invokes"]
    inner = {t["tensor"]: t["crc32"] for t in json.loads((folder / "acts_3.json").read_text())}
    names = ["model.tflite", "in0_1.bin", "in0_2.bin", "in0_3.bin"]
    files = [{model: {name: (folder / name).read_bytes() for name in names}}]
    output, traceback = host.run(RUN_MODEL % ((model, invokes, sorted(inner)),), files)
    assert traceback == ""

    lines = [line.split() for line in output.splitlines()]
    results = {seed: "".join(line[2] for line in lines if line[:2] == ["output", seed]) for seed in "123"}
    assert results == {seed: (folder / ("out0_%s.bin" % seed)).read_bytes().hex() for seed in "123"}
    assert {int(line[1]): line[2] for line in lines if line[0] == "tensor"} == inner
    heap, address = (int(line[1]) for line in lines[:2])
    assert heap < 4096 and address % 16 == 0


# What lives across collections, imports and soft resets.

LIVE = """
import gc, sys
import microlite, audio_frontend
kept = []
for i in range(30):
    m = microlite.Model("hello_world_int8.tflite")
    kept = kept[-9:] + [(m, m.inputs[0], memoryview(m.outputs[0]), [bytearray(400 * j) for j in range(i)])]
    for x in range(10):
        kept[x % len(kept)][0].predict(x / 4)
        bytearray(b"\\xa5" * 3000)
        gc.collect()
    if i % 10 == 9:     # modules go and come, models stay
        sys.modules.clear()
        del microlite, audio_frontend
        gc.collect()
        import gc, sys
        import microlite, audio_frontend
    m, x, y, _ = kept[0]
    m.predict(0)
    zero = y[0]
    m.predict(1.0)
    assert x[0] != x.zero_point and y[0] == m.outputs[0][0] != zero
print("%.4f" % m.predict(1.0)[0])
features = audio_frontend.Frontend("micro_speech")
gc.collect()
print(gc.mem_free())
"""


@hosts(LINKED + NATIVE)
def test_collections_and_soft_resets(host):
    """Three times the same, with models, views and modules alive at each reset; and no memory is lost."""
    results = host.session([LIVE] * 3, [HELLO], timeout=600)
    assert [traceback for _, traceback in results] == [""] * 3
    lines = [output.split() for output, _ in results]
    assert [float(line[0]) for line in lines] == pytest.approx([math.sin(1)] * 3, abs=0.02)
    free = [int(line[1]) for line in lines]
    assert max(free) - min(free) < 1000


# Modules for a core without FPU on a core that has one, where C functions pass floats in other registers; and modules
# for a lesser FPU.

LESSER = [(board, arch) for board in ("MPS2_AN386", "MPS2_AN500") for arch in qemu_run.BOARDS[board].archs[1:]]


@pytest.mark.parametrize("script", ["audio", "legacy", "predict", "tensor"])
@hosts(LESSER)
def test_script_with_modules_of_another_float_abi(host, script):
    check_script(host, script)


@pytest.mark.parametrize("engine, packs", [("armv7emsp", "armv6m"), ("armv6m", "armv7emsp")])
def test_packs_of_another_float_abi_are_refused(engine, packs):
    """They would call functions of the engine's module with floats in other registers."""
    folder = GOLDENS / "tflm_trained_lstm"
    if not folder.exists():
        pytest.skip("no ../shared/goldens")
    host = Host("MPS2_AN386", engine)
    pack = [path for path in host.native(packs) if path.stem == "microlite_ops_recurrent"]
    host.modules = [path for path in host.modules if path.stem == "microlite"] + pack
    output, traceback = host.run('import microlite\nmicrolite.Model("model.tflite")', [folder / "model.tflite"])
    assert output == "" and traceback.endswith(
        "\nValueError: microlite_ops_recurrent holds a pack for another build of microlite\n")


LSTM = """
import array
import microlite
m = microlite.Model("model.tflite")
f = open("in0_1.bin", "rb")
for _ in range(8):
    for y in m.predict(array.array("f", f.read(m.inputs[0].nbytes))):
        print("%.6f" % y)
"""


@hosts([("MPS2_AN386", "armv7emsp"), ("MPS2_AN386", "armv6m"), ("VIRT_RV32", "rv32imc")])
def test_float_model_with_a_pack(host):
    """Its pack calls functions in microlite.mpy, with floats and doubles."""
    folder = GOLDENS / "tflm_trained_lstm"
    if not folder.exists():
        pytest.skip("no ../shared/goldens")
    output, traceback = host.run(LSTM, [folder / "model.tflite", folder / "in0_1.bin"])
    assert traceback == ""
    want = array.array("f", (folder / "out0_1.bin").read_bytes())
    assert [float(y) for y in output.split()] == pytest.approx(want, rel=2e-5, abs=2e-6)


@pytest.mark.parametrize("board, arch", [
    ("MPS2_AN385", "armv7emsp"), ("MPS2_AN386", "armv7emdp"), ("MPS2_AN386", "rv32imc"), ("VIRT_RV32", "armv6m")])
def test_modules_for_a_better_core_are_refused(board, arch):
    host = Host(board, arch)
    output, traceback = host.run("import microlite")
    assert output == "" and traceback.endswith("ValueError: incompatible .mpy arch\n")


# What things cost: docs/boards.md.


def test_page_is_current():
    assert boards.PAGE.read_text() == boards.page(json.loads(boards.DATA.read_text()))


@pytest.mark.parametrize("arch, board", boards.NATIVE.items())
def test_heap_that_imports_take(arch, board):
    """No more than what docs/boards.md says, and a tenth."""
    host = Host(board, arch)
    row, = (row for row in json.loads(boards.DATA.read_text())["native"] if row["arch"] == arch)
    found = boards.imports(host.firmware, host.modules)
    for name in ("microlite", "audio_frontend"):
        assert found[name] <= 1.1 * row[name], "tools/boards.py --write, if that is meant"
