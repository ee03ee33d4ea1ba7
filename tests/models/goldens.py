# SPDX-License-Identifier: MIT
"""Turn a folder of goldens (real models with TFLM's inputs, outputs and inner tensors) into test vectors.

The folder is not part of the project: it is named by the environment variable MICROLITE_GOLDENS, or
lies at ../shared/goldens. Its README says what the files hold.

    python3 tests/models/goldens.py NAME...     run these with build/tests/runner, or `all`
    python3 tests/models/goldens.py --arena     run all, and note in arena.csv who needs less than before
"""

import csv
import json
import os
import pathlib
import subprocess
import sys

import numpy as np

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/gen"))
import vec  # noqa: E402

FOLDER = pathlib.Path(os.environ.get("MICROLITE_GOLDENS") or ROOT.parent / "shared/goldens")
ARENA = ROOT / "tests/models/arena.csv"
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


def arena_table():
    """{model: (our bytes of arena on a 64-bit machine, TFLM's)}"""
    if not ARENA.exists():
        return {}
    with open(ARENA, newline="") as f:
        return {row["model"]: (int(row["bytes"]), int(row["tflm"])) for row in csv.DictReader(f)}


def main():
    chosen = names() if sys.argv[1] in ("all", "--arena") else sys.argv[1:]
    path = ROOT / "build/tests/golden.vec"
    arena = arena_table()
    for name in chosen:
        path.write_bytes(container(name))
        done = subprocess.run([ROOT / "build/tests/runner", path, "-v"], capture_output=True, text=True)
        lines = [line.split("\t") for line in done.stdout.splitlines()[:-1]]
        print(f"{name}: {done.stdout.splitlines()[-1]}", *{line[5] for line in lines if len(line) > 5 and line[5]},
              sep="\n    ")
        used = max(int(line[3]) for line in lines if len(line) > 3)
        if done.returncode == 0 and used:
            arena[name] = (min(used, arena.get(name, (used,))[0]), meta(name)["arena_used_bytes"])
    if sys.argv[1] == "--arena":
        with open(ARENA, "w", newline="") as f:
            out = csv.writer(f, lineterminator="\n")
            out.writerows([("model", "bytes", "tflm"), *((name, *row) for name, row in sorted(arena.items()))])


if __name__ == "__main__":
    main()
