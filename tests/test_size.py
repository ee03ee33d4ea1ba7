# SPDX-License-Identifier: MIT
# What operators cost in flash may only fall (tests/size/ops.csv), and unused ones are not linked.

import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent

sys.path.insert(0, str(ROOT / "tools"))
import op_sizes

pytestmark = pytest.mark.skipif(
    not all((ROOT / "build" / target[2] / "libmicrolite.a").exists() for target in op_sizes.TARGETS.values()),
    reason="libraries for mpy-x64 and m4f are not built")


@pytest.fixture(scope="module")
def sizes():
    return op_sizes.measure()


def test_no_operator_has_grown(sizes):
    compilers, limits = op_sizes.read()
    if compilers != op_sizes.compilers():
        pytest.skip("tests/size/ops.csv is of compilers %s, here are %s" % (compilers, op_sizes.compilers()))
    assert list(op_sizes.growth(sizes, limits)) == []


def test_growth_is_noticed(sizes):
    one = {"reshape": sizes["reshape"]}
    limits = {"reshape": {target: size - 1 for target, size in one["reshape"].items()}}
    assert len(list(op_sizes.growth(one, limits))) == len(op_sizes.TARGETS)
    assert len(list(op_sizes.growth(one, {}))) == len(op_sizes.TARGETS)


def test_an_operator_brings_no_other(sizes):
    """RESHAPE moves bytes: if it costs what a convolution does, everything is linked."""
    for target in op_sizes.TARGETS:
        assert 2 * sizes["reshape"][target] < sizes["conv_2d"][target]
