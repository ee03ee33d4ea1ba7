# SPDX-License-Identifier: MIT
"""Real models with TFLM's answers, every tensor, and the arena that each needs."""

import csv
import pathlib
import sys

import pytest

from conftest import BUILD

sys.path.insert(0, str(pathlib.Path(__file__).parent / "models"))
import goldens  # noqa: E402

ARENA = pathlib.Path(__file__).parent / "models/arena.csv"


def arena_table():
    """{model: (our bytes of arena on a 64-bit machine, TFLM's)}"""
    with open(ARENA, newline="") as f:
        return {row["model"]: (int(row["bytes"]), int(row["tflm"])) for row in csv.DictReader(f)}


def test_goldens_are_there():
    if not goldens.names():
        pytest.skip(f"no goldens: {goldens.FOLDER} is not there (MICROLITE_GOLDENS names it)")


@pytest.mark.parametrize("name", goldens.names())
def test_golden(name, runner):
    path = BUILD / "models" / f"{name}.vec"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(goldens.container(name))
    lines = runner(path, "golden models, three seeds each")
    missing = [line[0] for line in lines if line[0].startswith("missing")]
    if missing:
        pytest.skip("; ".join(missing))
    if name in arena_table():
        ours, _ = arena_table()[name]
        used = max(int(line[3]) for line in lines if line[0] == "pass")
        assert used <= ours, f"needs {used} bytes of arena, tests/models/arena.csv says {ours}"


def test_arena_at_most_that_of_tflm():
    larger = {name: row for name, row in arena_table().items() if row[0] > row[1]}
    assert not larger
