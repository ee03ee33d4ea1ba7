# SPDX-License-Identifier: MIT
"""The committed test vectors of all operators, run by both builds of the C runner."""

import gzip
import subprocess
import sys

import pytest

from conftest import BUILD, ROOT, oracle_python

sys.path.insert(0, str(ROOT / "tests/gen"))
import vec  # noqa: E402

VECTORS = sorted((ROOT / "tests/ops/vec").glob("*.vec.gz"))
FAMILIES = [path.name.split(".")[0] for path in VECTORS]


@pytest.mark.parametrize("path", VECTORS, ids=FAMILIES)
def test_vectors(path, runner):
    unpacked = BUILD / "vec" / path.stem
    unpacked.parent.mkdir(parents=True, exist_ok=True)
    unpacked.write_bytes(gzip.decompress(path.read_bytes()))
    lines = runner(unpacked, "operator cases")
    results = [line[0] for line in lines[:-1]]
    if "pass" not in results:
        pytest.skip("; ".join(line[0] for line in lines if line[0].startswith("missing")))


def altered(record, part):
    """The bytes of a record in which something is wrong: runner must notice."""
    data = bytearray(vec.container([record]))
    r = next(vec.records(data))
    if part == "output":  # the last byte of the last output
        data[-16 + (len(r.blobs[-1][3]) - 1) % 16] ^= 0x40
    elif part == "status":
        data = data.replace(b"\0OK\0", b"\0ER\0")
    return data


@pytest.mark.parametrize("part", ["output", "status"])
def test_runner_notices(part, runner):
    """A wrong answer fails, a right one passes."""
    data = gzip.decompress((ROOT / "tests/ops/vec/fully_connected.vec.gz").read_bytes())
    first = bytes(data[16:16 + int.from_bytes(data[16:20], "little")])
    path = BUILD / "vec" / "altered.vec"
    for content, code in ((vec.container([first]), 0), (altered(first, part), 1)):
        path.write_bytes(content)
        done = subprocess.run([BUILD / runner.name, path], capture_output=True, text=True)
        assert done.returncode == code, done.stdout + done.stderr


def test_every_family_has_vectors():
    known = subprocess.run([sys.executable, ROOT / "tests/gen/main.py", "--list"], text=True,
                           capture_output=True, check=True).stdout.split()
    assert FAMILIES == known


def test_vectors_stay_small():
    assert sum(path.stat().st_size for path in VECTORS) < 4 << 20


@pytest.mark.parametrize("family", FAMILIES)
def test_the_oracle_still_says_so(family):
    """Generating the vectors again, with the pinned oracles, gives what is committed."""
    python = oracle_python()
    if python is None:
        pytest.skip("no oracle: build/venv (tests/requirements.txt) is not there")
    done = subprocess.run([python, ROOT / "tests/gen/main.py", "--check", family],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_table_of_operators_is_fresh():
    """docs/ops.md is what tools/gen_ops_doc.py writes today."""
    done = subprocess.run([sys.executable, ROOT / "tools/gen_ops_doc.py", "--check"], text=True,
                          capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
