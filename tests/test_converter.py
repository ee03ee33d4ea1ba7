# SPDX-License-Identifier: MIT
"""What the TensorFlow converter makes runs: small networks in six modes, with LiteRT's answers.

tests/converter/make.py made the corpus. refused.csv there names what is known not to run, with the
error that says so: such a model has to be refused with just that error.
"""

import csv
import sys

import numpy as np
import pytest

from conftest import BUILD, ROOT

sys.path.insert(0, str(ROOT / "tests/gen"))
import vec  # noqa: E402

FOLDER = ROOT / "tests/converter"
CORPUS = sorted((FOLDER / "corpus").glob("*.vec.gz"))
NAMES = [path.name.split(".")[0] for path in CORPUS]
MODES = {"float32", "float16", "dynamic", "int8", "int8_float_io", "int16x8"}


def table(name):
    with open(FOLDER / name, newline="") as f:
        return {(row["network"], row["mode"]): row for row in csv.DictReader(f)}


def inputs_of(r):
    """The inputs of each invoke of a record."""
    types = {number: name for name, number in vec.TYPES.items()}
    arrays = [np.frombuffer(data, types[kind]) for kind, _, _, data in r.blobs]
    each = r.inputs + r.outputs
    return [arrays[k * each:k * each + r.inputs] for k in range(r.invokes)]


def expecting(data, refused):
    """The records; those that are known not to run with the error that they have to give."""
    at = 16
    for r in vec.records(data):
        row = refused.get((r.op, r.variant))
        yield vec.record(r.name, r.op, r.variant, r.model, inputs_of(r), (), error=(row["status"], row["error"])) \
            if row else data[at:at + r.size]
        at += r.size


@pytest.mark.parametrize("path", CORPUS, ids=NAMES)
def test_network(path, runner):
    unpacked = BUILD / "converter" / path.stem
    unpacked.parent.mkdir(parents=True, exist_ok=True)
    unpacked.write_bytes(vec.container(list(expecting(vec.unpack(path), table("refused.csv")))))
    lines = runner(unpacked, "converted networks")
    missing = [line[5] for line in lines if line[0] == "skip"]
    assert not missing


def test_corpus_is_whole():
    """Every network is there in every mode, or not_converted.csv says why the converter or LiteRT refuse."""
    there = {(r.op, r.variant) for path in CORPUS for r in vec.records(vec.unpack(path))}
    missing = set(table("not_converted.csv"))
    assert not there & missing
    networks = {name for name, _ in there | missing}
    assert there | missing == {(name, mode) for name in networks for mode in MODES}
    assert len({name for name, _ in there}) >= 40
    assert set(table("refused.csv")) <= there


def test_corpus_stays_small():
    assert sum(path.stat().st_size for path in CORPUS) < 3 << 20
