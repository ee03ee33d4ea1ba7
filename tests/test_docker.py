# SPDX-License-Identifier: MIT
# The Dockerfiles: well formed, and calling the front door with verbs that it has. docker/check runs them.

import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "docker").glob("*.Dockerfile"))
HELP = subprocess.run([ROOT / "microlite", "help"], capture_output=True, text=True, check=True).stdout


def instructions(path):
    """[(instruction, rest)] without comments, continued lines joined."""
    text = re.sub(r"\\\n", " ", path.read_text())
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line and not line.startswith("#")]


def test_there_is_one_for_each_toolchain():
    assert {path.stem for path in FILES} == {"unix", "arm", "riscv", "webassembly", "esp32", "test"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_dockerfile(path):
    lines = instructions(path)
    names = [name for name, _ in lines]
    assert names[0] == "FROM" and ":" in lines[0][1] and not lines[0][1].endswith(":latest")
    assert set(names) <= {"FROM", "COPY", "RUN", "WORKDIR", "ENTRYPOINT", "CMD"} and names[-2:] == ["ENTRYPOINT", "CMD"]
    given = dict(lines)
    assert "/src/microlite" in given["ENTRYPOINT"]
    verbs = [re.findall(r'"([^"]+)"', given["CMD"])]
    for name, rest in lines:
        assert name != "RUN" or rest.endswith("rm -rf /var/lib/apt/lists/*")
        verbs += [call.split() for call in re.findall(r"microlite packages ([\w -]+?) &&", rest) if name == "RUN"]
    for verb in verbs:
        assert re.search(r"^  %s\b" % verb[0], HELP, re.MULTILINE), verb
        if verb[0] == "build":
            assert re.search(r"PORT is one of[^.]*\b%s\b" % verb[1], HELP), verb


def test_packages_builds_nothing(tmp_path):
    """What the images are made with: it ends before make. (Here all packages are installed already.)"""
    done = subprocess.run([ROOT / "microlite", "packages", "build", "lib"], capture_output=True, text=True)
    assert done.returncode == 0 and "make" not in done.stdout, done
