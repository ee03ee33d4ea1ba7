# SPDX-License-Identifier: MIT
# The C unit tests (tests/unit, cmocka), with address and undefined-behaviour sanitizers.

import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
TESTS = sorted(path.stem for path in (ROOT / "tests/unit").glob("*.c"))


@pytest.mark.parametrize("name", TESTS)
def test_unit(name):
    program = "build/asan/tests/unit/" + name
    made = subprocess.run(["make", "-s", program], cwd=ROOT, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    done = subprocess.run([ROOT / program], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
