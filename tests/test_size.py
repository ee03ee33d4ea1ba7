# SPDX-License-Identifier: MIT
# What operators cost in flash may only fall (tests/size/ops.csv), and unused ones are not linked; nor may native
# modules grow (tests/size/mpy.csv).

import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent

sys.path.insert(0, str(ROOT / "tools"))
import model_ops
import mpy_sizes
import op_sizes

needs_libraries = pytest.mark.skipif(
    not all((ROOT / "build" / target[2] / "libmicrolite.a").exists() for target in op_sizes.TARGETS.values()),
    reason="libraries for mpy-x64 and m4f are not built")

GOLDENS = ROOT.parent / "shared/goldens"
TINY = ["mlperf_kws_ref_model", "mlperf_vww_96_int8", "mlperf_pretrainedResnet_quant", "mlperf_ad01_int8",
        "mlperf_str_ww_ref_model"]
SPEECH, PERSON = "tflm_micro_speech_quantized", "tflm_person_detect"
GOLDEN_MODELS = {"hello_world": ["tflm_hello_world_int8"], "micro_speech": [SPEECH], "person_detect": [PERSON],
                 "MLPerf Tiny keywords": TINY[:1], "MLPerf Tiny and these": [*TINY, SPEECH, PERSON]}


@pytest.fixture(scope="module")
def sizes():
    return op_sizes.measure()


@needs_libraries
def test_no_operator_has_grown(sizes):
    compilers, limits = op_sizes.read()
    if compilers != op_sizes.compilers():
        pytest.skip("tests/size/ops.csv is of compilers %s, here are %s" % (compilers, op_sizes.compilers()))
    assert list(op_sizes.growth(sizes, limits)) == []


@needs_libraries
def test_growth_is_noticed(sizes):
    one = {"reshape": sizes["reshape"]}
    limits = {"reshape": {target: size - 1 for target, size in one["reshape"].items()}}
    assert len(list(op_sizes.growth(one, limits))) == len(op_sizes.TARGETS)
    assert len(list(op_sizes.growth(one, {}))) == len(op_sizes.TARGETS)


@needs_libraries
def test_an_operator_brings_no_other(sizes):
    """RESHAPE moves bytes: if it costs what a convolution does, everything is linked."""
    for target in op_sizes.TARGETS:
        assert 2 * sizes["reshape"][target] < sizes["conv_2d"][target]


# Native modules


def limits(arch):
    table = mpy_sizes.read()
    if not table["compiler"].get(arch):
        pytest.skip(f"tests/size/mpy.csv has no numbers for {arch}: tools/mpy_sizes.py --write {arch}")
    if table["compiler"][arch] != mpy_sizes.compiler(arch):
        pytest.skip("tests/size/mpy.csv is of compiler %s" % table["compiler"][arch])
    return table


def has_compiler(arch):
    return shutil.which(mpy_sizes.COMPILERS[arch]) is not None


@pytest.mark.parametrize("arch", mpy_sizes.COMPILERS)
def test_no_module_has_grown(arch):
    sizes = mpy_sizes.modules(arch)
    if not sizes or not has_compiler(arch):
        pytest.skip(f"modules for {arch} are not built: ./microlite mpy {arch}")
    assert list(mpy_sizes.growth(arch, sizes, limits(arch))) == []


@pytest.mark.parametrize("arch", ["x64", "armv6m", "armv7emsp"])
def test_no_module_for_a_model_has_grown(arch):
    if not has_compiler(arch) or not mpy_sizes.modules(arch):
        pytest.skip(f"no tools to build for {arch}")
    assert list(mpy_sizes.growth(arch, mpy_sizes.for_models(arch), limits(arch))) == []


def test_hello_world_takes_less_than_16_kb():
    if not has_compiler("armv7emsp"):
        pytest.skip("no tools to build for armv7emsp")
    size = mpy_sizes.small("armv7emsp")
    assert size < 16 * 1024
    assert list(mpy_sizes.growth("armv7emsp", {mpy_sizes.SMALL: size}, limits("armv7emsp"))) == []


def test_growth_of_a_module_is_noticed():
    table = {"microlite": {"x64": "100"}}
    assert list(mpy_sizes.growth("x64", {"microlite": 100}, table)) == []
    for sizes in [{"microlite": 101}, {"unknown": 1}]:
        assert len(list(mpy_sizes.growth("x64", sizes, table))) == 1


def test_page_shows_the_table():
    assert mpy_sizes.BEGIN + mpy_sizes.page_table(mpy_sizes.read()) + mpy_sizes.END in mpy_sizes.PAGE.read_text()


@pytest.mark.skipif(not GOLDENS.exists(), reason="no ../shared/goldens")
@pytest.mark.parametrize("row", GOLDEN_MODELS)
def test_rows_are_what_the_models_need(row):
    """The table's lists are those that `./microlite mpy ARCH MODEL` finds."""
    models = [GOLDENS / name / "model.tflite" for name in GOLDEN_MODELS[row]]
    for option, want in [("--ops", mpy_sizes.MODELS[row]), ("--leave-out", mpy_sizes.LEAVE_OUT)]:
        done = subprocess.run([sys.executable, model_ops.__file__, option, *models], capture_output=True, text=True)
        assert done.stdout.split() == want.split(), done.stderr
