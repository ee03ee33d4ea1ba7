# SPDX-License-Identifier: MIT
# Run examples/hello_world on the unix firmware as a person would, and read what it prints.

import math
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "hello_world"
MICROPYTHON = pathlib.Path(os.environ.get("MICROPY_MICROPYTHON", ROOT / "build/unix/micropython"))

needs_firmware = pytest.mark.skipif(
    not MICROPYTHON.exists(), reason="%s is not built: ./microlite run builds it" % MICROPYTHON)

# What the same points give with TensorFlow Lite Micro: the mean absolute error, and the largest
# error of one point. Scripts print rounded numbers, so both may be larger by the margin. The older
# interface cuts x / scale off where main.py rounds it, so floats of 32 and of 64 bits may take
# different steps there: its largest error has some room.
MARGIN = 0.0005
INT8 = {"mean": 0.0064, "largest": 0.024}
FLOAT32 = {"mean": 0.0036, "largest": 0.012}
LEGACY = {"mean": 0.0098, "largest": 0.050}


def run(script, *args, cwd=ROOT):
    """The lines that script prints; it must exit with 0 and print nothing else on stderr."""
    done = subprocess.run([str(MICROPYTHON), str(script), *map(str, args)],
                          cwd=cwd, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout.splitlines()


def check_last_line(lines, points, want):
    """The closing line counts the points and its mean error is within the bound."""
    match = re.fullmatch(r"mean absolute error (\d+\.\d{4}) over (\d+) points", lines[-1])
    assert match, lines[-1]
    assert int(match[2]) == points
    assert float(match[1]) <= want["mean"] + MARGIN


def check_points(xs, ys, want):
    """Every answer is near the sine, and the closing line cannot hide that it is not."""
    errors = [abs(y - math.sin(x)) for x, y in zip(xs, ys)]
    assert max(errors) <= want["largest"] + MARGIN


def check_main(lines, want):
    rows = [line for line in lines if re.fullmatch(r"( +-?\d\.\d{3}){10}", line)]
    ys = [float(y) for row in rows for y in row.split()]
    assert len(ys) == 100
    check_points([2 * math.pi * i / 99 for i in range(100)], ys, want)
    check_last_line(lines, 100, want)

    drawing = [line for line in lines if re.fullmatch(r" +-?\d\.\d\d \|[ .*]*", line)]
    assert len(drawing) == 17
    assert sum(line.count("*") for line in drawing) >= 64  # at least one star in each column


@needs_firmware
def test_main_int8():
    check_main(run(EXAMPLE / "main.py"), INT8)


@needs_firmware
def test_main_float32():
    check_main(run(EXAMPLE / "main.py", EXAMPLE / "hello_world_float32.tflite"), FLOAT32)


@needs_firmware
def test_main_from_its_own_folder():
    check_main(run("main.py", cwd=EXAMPLE), INT8)


@needs_firmware
def test_legacy():
    lines = run(EXAMPLE / "legacy.py")
    points = [line.split(",") for line in lines[:-1]]
    assert len(points) == 1000
    check_points([float(x) for x, _ in points], [float(y) for _, y in points], LEGACY)
    check_last_line(lines, 1000, LEGACY)
