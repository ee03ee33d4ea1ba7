#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make a ROMFS image of the examples, as a board finds them in /rom: scripts and models, no training.

Usage: tools/examples_romfs.py IMAGE MOST_BYTES      examples that do not fit are left out and named
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import romfs

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"
KINDS = {".py", ".mpy", ".tflite", ".txt", ".wav", ".raw", ".bin", ".pgm"}
FOR_PCS = {"train.py", "requirements.txt"}


def tree_of(folder):
    """{name: bytes or such a dict} of what a board can use in a folder."""
    tree = {}
    for path in folder.iterdir():
        if path.is_dir() and not path.name.startswith((".", "__")):
            tree[path.name] = tree_of(path)
        elif path.suffix in KINDS and path.name not in FOR_PCS:
            tree[path.name] = path.read_bytes()
    return {name: entry for name, entry in tree.items() if entry != {}}


def fill(examples, most):
    """(image, names of examples that had no room), the small ones first."""
    tree, left_out = {}, []
    for name, entry in sorted(examples.items(), key=lambda item: (len(romfs.image({"x": item[1]})), item[0])):
        if len(romfs.image({**tree, name: entry})) <= most:
            tree[name] = entry
        else:
            left_out.append(name)
    return romfs.image(tree), left_out


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    image, left_out = fill(tree_of(EXAMPLES), int(sys.argv[2]))
    pathlib.Path(sys.argv[1]).write_bytes(image)
    if left_out:
        print("examples_romfs: no room for %s in %s bytes" % (", ".join(left_out), sys.argv[2]))


if __name__ == "__main__":
    main()
