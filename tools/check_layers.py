#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that source files include only what their layer may know (docs/design.md, "Layers").

Usage: tools/check_layers.py [ROOT]      prints each forbidden include, exits 1 when there is one
"""

import pathlib
import re
import sys

# A layer is the longest of these paths that a file's path begins with. It may include its own
# files, and those of the layers listed.
MAY_INCLUDE = {
    "include": [],
    "src": ["include"],  # quant, format, schema, maths: know no engine and no operator
    "src/kernels": ["src"],  # plain C on pointers and sizes
    "src/ops": ["src", "src/kernels", "include"],
    "src/core": ["src", "include"],
    "src/audio": ["src", "src/kernels", "include"],
    "micropython": ["include"],
    "examples": ["include"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def layer(path):
    matches = [name for name in MAY_INCLUDE if path == name or path.startswith(name + "/")]
    return max(matches, key=len, default=None)


def find(root, source, name):
    """The file of ours that an include names, or None: a header of somebody else."""
    for folder in (source.parent, root / "include", root / "src"):
        target = (folder / name).resolve()
        if target.is_file() and root in target.parents:
            return target
    return None


def violations(root):
    for source in sorted(root.rglob("*.[ch]")):
        path = source.relative_to(root).as_posix()
        mine = layer(path)
        if mine is None or path.startswith("build/"):
            continue
        for name in INCLUDE.findall(source.read_text()):
            target = find(root, source, name)
            theirs = target and layer(target.relative_to(root).as_posix())
            if theirs and theirs != mine and theirs not in MAY_INCLUDE[mine]:
                yield f"{path}: includes {name}: {mine} may not know {theirs}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1])
    found = list(violations(root.resolve()))
    print("\n".join(found) or "layers: no forbidden include")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
