# SPDX-License-Identifier: MIT
"""What all test files share: programs built by make, and the counts in the closing lines."""

import collections
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parent.parent
BUILD = ROOT / "build/tests"

# Cases inside test items: {heading: Counter of passed, failed, skipped and reasons for skipping}.
COUNTS = collections.defaultdict(collections.Counter)


def oracle_python():
    """The Python that has what tests/requirements.txt names, None when there is none."""
    for path in (os.environ.get("MICROLITE_ORACLE_PYTHON"), ROOT / "build/venv/bin/python"):
        if path and pathlib.Path(path).exists():
            return str(path)
    return None


class Runner:
    """The C program that runs test vectors (tests/ops/runner.c)."""

    def __init__(self, name):
        self.name = name
        make = subprocess.run(["make", "-s", f"build/tests/{name}"], cwd=ROOT, capture_output=True, text=True)
        assert make.returncode == 0, make.stdout + make.stderr

    def __call__(self, path, heading):
        """Run a file; count its cases under a heading of the summary. Returns the lines of -v, split."""
        done = subprocess.run([BUILD / self.name, path, "-v"], capture_output=True, text=True,
                              errors="replace")
        lines = [line.split("\t") for line in done.stdout.splitlines()]
        counts = COUNTS[f"{heading} ({self.name})"]
        for line in lines:
            if line[0] in ("pass", "fail", "skip"):
                counts[line[0]] += 1
        counts.update(line[0] for line in lines if line[0].startswith("missing operator"))
        problems = [f"{line[4]}: {line[5]}" for line in lines if line[0] == "fail"]
        if done.returncode not in (0, 1):
            counts["fail"] += 1
            problems.append(f"ended with {done.returncode} after {lines[-1:]}\n{done.stderr[-4000:]}")
        assert not problems, f"{len(problems)} failed\n" + "\n".join(problems[:30])
        return lines


@pytest.fixture(scope="session", params=["runner", "runner-asan"])
def runner(request):
    return Runner(request.param)


def pytest_terminal_summary(terminalreporter):
    for heading, counts in COUNTS.items():
        terminalreporter.write_line(
            f"{heading}: {counts['pass']} passed, {counts['fail']} failed, {counts['skip']} skipped")
        for reason in sorted(set(counts) - {"pass", "fail", "skip"}):
            terminalreporter.write_line(f"    {reason}")
