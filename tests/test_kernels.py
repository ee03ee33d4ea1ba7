# SPDX-License-Identifier: MIT
"""Kernels for the DSP extension of Arm give what those in plain C give, for random shapes and multipliers."""

import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent

sys.path.insert(0, str(ROOT / "tools"))
import bare_run


@pytest.mark.skipif(not (ROOT / "build/bare/m4f.elf").exists(), reason="no build/bare: make bare")
@pytest.mark.skipif(not shutil.which("qemu-system-arm"), reason="no qemu-system-arm")
@pytest.mark.parametrize("target", ["m4f", "m7"])
def test_kernels(target):
    program = "build/bare/kernels-%s.elf" % target
    made = subprocess.run(["make", "-s", program], cwd=ROOT, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    command = bare_run.MACHINES[target][0].split() + ["-semihosting-config", "enable=on,target=native"]
    done = subprocess.run([*command, "-kernel", str(ROOT / program)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=100)
    assert done.stdout + done.stderr == "ok\n"
