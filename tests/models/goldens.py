# SPDX-License-Identifier: MIT
"""Turn a folder of goldens (real models with TFLM's inputs, outputs and inner tensors) into test vectors.

The folder is not part of the project: it is named by the environment variable MICROLITE_GOLDENS, or
lies at ../shared/goldens. Its README says what the files hold.

    python3 tests/models/goldens.py NAME FILE.vec      for a look with build/tests/runner
"""

import json
import os
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/gen"))
import vec  # noqa: E402

FOLDER = pathlib.Path(os.environ.get("MICROLITE_GOLDENS") or ROOT.parent / "shared/goldens")
ATOL, RTOL = 2e-6, 2e-5


def names():
    return sorted(p.parent.name for p in FOLDER.glob("*/meta.json"))


def meta(name):
    return json.loads((FOLDER / name / "meta.json").read_text())


def tensors(path, info, invokes):
    """The arrays of a file, one for each invoke."""
    values = np.frombuffer(path.read_bytes(), info["type"].lower())
    return values.reshape(invokes, -1)


def inner(folder, seed):
    """Blobs of all tensors that are no constants; floats only where their data is known."""
    table = folder / f"acts_{seed}.json"
    data = folder / f"acts_{seed}.bin"
    if not table.exists():
        return []
    raw = data.read_bytes() if data.exists() else None
    blobs = []
    for entry in json.loads(table.read_text()):
        dtype = entry["type"].lower()
        if dtype not in vec.TYPES:
            continue
        start, size = entry["offset"], entry["bytes"]
        if raw is not None:
            blobs.append(vec.blob(np.frombuffer(raw[start:start + size], dtype), entry["tensor"]))
        elif dtype != "float32":
            blobs.append(vec.crc_blob(size, dtype, entry["tensor"], int(entry["crc32"], 16)))
    return blobs


def container(name):
    """The vectors of one golden model: a record for each seed."""
    folder, info = FOLDER / name, meta(name)
    model, invokes = (folder / "model.tflite").read_bytes(), info["invokes"]
    records = []
    for seed in info["seeds"]:
        ins, outs = ([tensors(folder / f"{word}{i}_{seed}.bin", t, invokes)
                      for i, t in enumerate(info[word + "puts"])] for word in ("in", "out"))
        records.append(vec.record(
            f"{name}, seed {seed}", "model", name, model,
            [[t[k] for t in ins] for k in range(invokes)], [[t[k] for t in outs] for k in range(invokes)],
            inner(folder, seed), ATOL, RTOL))
    return vec.container(records)


if __name__ == "__main__":
    pathlib.Path(sys.argv[2]).write_bytes(container(sys.argv[1]))
