# SPDX-License-Identifier: MIT
# The engine without an operating system: whole models on emulated cores give TensorFlow Lite Micro's results.

import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOLDENS = ROOT.parent / "shared/goldens"
EXAMPLE = ROOT / "examples/hello_world"
MICROPYTHON = ROOT / "build/unix/micropython"
MODELS = ["tflm_hello_world_int8", "tflm_sine_float", "tflm_micro_speech_quantized", "mlperf_kws_ref_model"]

sys.path.insert(0, str(ROOT / "tools"))
import bare_run

pytestmark = [
    pytest.mark.parametrize("target", bare_run.MACHINES),
    pytest.mark.skipif(not (ROOT / "build/bare/m4f.elf").exists(), reason="no build/bare: make bare"),
    pytest.mark.skipif(not shutil.which("qemu-system-riscv32"), reason="no qemu-system-riscv32"),
]


@pytest.mark.skipif(not GOLDENS.exists(), reason="no ../shared/goldens")
@pytest.mark.parametrize("name", MODELS)
def test_goldens(target, name):
    folder = GOLDENS / name
    model = (folder / "model.tflite").read_bytes()
    for seed in (1, 2, 3):
        result = bare_run.run(target, model, (folder / ("in0_%d.bin" % seed)).read_bytes())
        want = (folder / ("out0_%d.bin" % seed)).read_bytes()
        if "float" in name:
            got, want = (memoryview(data).cast("f") for data in (result.outputs[0][0], want))
            assert list(got) == pytest.approx(list(want), rel=1e-5, abs=1e-6)
        else:
            assert result.outputs[0][0] == want
        assert result.stack < 1024


@pytest.mark.skipif(not MICROPYTHON.exists(), reason="no build/unix/micropython")
def test_hello_world(target):
    model = EXAMPLE / "hello_world_int8.tflite"
    inputs = bytes(range(0, 256, 5))
    result = bare_run.run(target, model.read_bytes(), inputs, invokes=len(inputs))
    script = """
import microlite
m = microlite.Model(%r)
for x in %r:
    memoryview(m.inputs[0])[:] = bytes([x])
    m.invoke()
    print(bytes(m.outputs[0]).hex())
""" % (str(model), inputs)
    done = subprocess.run([str(MICROPYTHON), "-c", script], capture_output=True, text=True, timeout=60)
    assert [output[0].hex() for output in result.outputs] == done.stdout.split(), done.stderr


def test_error_of_the_engine(target):
    with pytest.raises(RuntimeError, match="error "):
        bare_run.run(target, b"no model, sixteen", bytes(16))
    with pytest.raises(RuntimeError, match="error .*arena"):
        bare_run.run(target, (EXAMPLE / "hello_world_int8.tflite").read_bytes(), bytes(16), arena=64)
