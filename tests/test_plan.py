# SPDX-License-Identifier: MIT
"""Offsets that a tool has planned offline are where tensors go, unless results would suffer."""

import gzip
import subprocess

import pytest

from conftest import BUILD, ROOT


@pytest.fixture(scope="module")
def arenas():
    """{name of the case: bytes of arena}"""
    program = BUILD / "runner"
    if not program.exists():
        pytest.skip("build/tests/runner is not built: ./microlite test builds it")
    vectors = BUILD / "vec" / "plan.vec"
    vectors.parent.mkdir(parents=True, exist_ok=True)
    vectors.write_bytes(gzip.decompress((ROOT / "tests/ops/vec/plan.vec.gz").read_bytes()))
    done = subprocess.run([program, vectors, "-v"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines() if line.startswith("pass\t")]
    return {row[4]: int(row[3]) for row in rows}


def test_a_plan_moves_tensors(arenas):
    chain = {name.split(", ")[-1]: used for name, used in arenas.items() if "chain" in name}
    free = chain["no plan"]
    assert free < 4096
    assert chain["offsets -1 -1 -1 -1 -1"] == free  # the planner's choice
    far = [used for name, used in chain.items() if "20000" in name]
    assert len(far) == 2 and all(20000 + 128 <= used < 20000 + free for used in far)


def test_a_plan_may_work_in_place(arenas):
    free = arenas["RESHAPE, NEG, no plan"]  # its three tensors are one block
    assert arenas["RESHAPE, NEG, offsets 0 0 0"] == free
    assert arenas["RESHAPE, NEG, offsets 256 256 256"] == free + 256
    assert arenas["RESHAPE, NEG, offsets 0 128 0"] == free + 128


def test_a_plan_cannot_overwrite_what_is_needed(arenas):
    """Who does not agree to work in place gets another offset; the runner has seen the results."""
    chain = {name.split(", ")[-1]: used for name, used in arenas.items() if "chain" in name}
    assert chain["offsets 0 0 0 0 0"] == chain["no plan"]
