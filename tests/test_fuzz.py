# SPDX-License-Identifier: MIT
# Broken models under the sanitizers: tests/fuzz/mutate.c. Each has to give an error or a result.

import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
HELLO = sorted((ROOT / "examples/hello_world").glob("*.tflite"))
SMALL = sorted(path for path in (ROOT / "tests/micropython/models").glob("*.tflite")
               if path.name != "missing_operator.tflite")
CONV = ROOT / "tests/micropython/models/conv.tflite"


def program_of(name):
    """A function that runs the program; the number of files that it tried for each model."""
    program = "build/tests/" + name
    made = subprocess.run(["make", "-s", program], cwd=ROOT, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr

    def run(*args):
        done = subprocess.run([ROOT / program, *map(str, args)], capture_output=True, text=True, timeout=900)
        assert done.returncode == 0, done.stdout + done.stderr[-4000:]
        return [int(n) for n in re.findall(r": (\d+) tried", done.stdout)]

    return run


@pytest.fixture(scope="module")
def mutate():
    return program_of("mutate-asan")


@pytest.fixture(scope="module")
def mutate_small():
    """With nothing but what hello_world's int8 model takes."""
    return program_of("mutate-small")


@pytest.mark.parametrize("model", [*HELLO, CONV], ids=lambda path: path.stem)
def test_every_beginning_and_every_byte(mutate, model):
    size = model.stat().st_size
    assert mutate(model) == [1 + size + 255 * size]


@pytest.mark.parametrize("model", SMALL, ids=lambda path: path.stem)
def test_beginnings_and_some_bytes(mutate, model):
    assert mutate("--few", model)[0] > 6 * model.stat().st_size


@pytest.mark.parametrize("seed", range(1, 4))
def test_random_bytes(mutate, seed):
    assert mutate("--random", 20000, seed, *HELLO, *SMALL) == [20001] * len(HELLO + SMALL)


def test_smallest_engine(mutate_small):
    model = ROOT / "examples/hello_world/hello_world_int8.tflite"
    assert mutate_small("--few", model)[0] > 6 * model.stat().st_size
    assert mutate_small("--random", 100000, 1, model) == [100001]
