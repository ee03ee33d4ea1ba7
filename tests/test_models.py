# SPDX-License-Identifier: MIT
"""Real models with TFLM's answers, every tensor, and the arena that each needs."""

import pathlib
import sys

import pytest

from conftest import BUILD

sys.path.insert(0, str(pathlib.Path(__file__).parent / "models"))
import goldens  # noqa: E402


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
    ours = goldens.arena_table().get(name, (None,))[0]
    if ours:
        used = max(int(line[3]) for line in lines if line[0] == "pass")
        assert used <= ours, f"needs {used} bytes of arena, tests/models/arena.csv says {ours}"


def test_arena_at_most_that_of_tflm():
    larger = {name: row for name, row in goldens.arena_table().items() if row[0] > row[1]}
    assert not larger
