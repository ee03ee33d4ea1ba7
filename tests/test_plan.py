# SPDX-License-Identifier: MIT
"""Offsets that a tool has planned offline are where tensors go, and their results stay right."""

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
    return {row[4].split(", ")[-1]: int(row[3]) for row in rows}


def test_a_plan_moves_tensors(arenas):
    free = arenas["no plan"]
    assert free < 4096
    assert arenas["offsets -1 -1 -1 -1 -1"] == free  # the planner's choice
    far = [used for name, used in arenas.items() if "20000" in name]
    assert len(far) == 2 and all(20000 + 128 <= used < 20000 + free for used in far)
