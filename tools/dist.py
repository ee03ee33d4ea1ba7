#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Gather what was built into a release: dist/microlite-VERSION.

Usage: tools/dist.py [--to FOLDER] [PORT[/BOARD]...]       (./microlite dist builds all of it first)

    microlite-VERSION-BOARD.EXTENSION    firmware images, as each port's README flashes them
    mip/                                 native modules of each architecture, as packages (docs/install.md)
    SHA256SUMS                           for sha256sum --check

VERSION is that of the header, with the commit unless this one has the version's tag. The same sources give the same bytes:
the front door sets SOURCE_DATE_EPOCH to the time of the commit, and no file tells the folder it was built in.
"""

import argparse
import hashlib
import pathlib
import shutil
import sys

import mip_tree

ROOT = mip_tree.ROOT
# What to take from build/PORT/BOARD.
IMAGES = {"rp2": ["firmware.uf2"], "esp32": ["firmware.bin"], "stm32": ["firmware.hex", "firmware.dfu"],
          "webassembly": ["micropython.mjs", "micropython.wasm"]}


def images(target, version):
    """[(file, its name in the release)] of PORT/BOARD."""
    port, _, board = target.partition("/")
    if port not in IMAGES:
        sys.exit("dist: PORT '%s', want one of: %s" % (port, " ".join(IMAGES)))
    found = []
    for name in IMAGES[port]:
        path = ROOT / "build" / target / name
        if path.exists():
            found.append((path, "microlite-%s-%s%s" % (version, board or port, path.suffix)))
    if not found:
        sys.exit("dist: nothing in build/%s: ./microlite build %s %s" % (target, port, board))
    return found


def write_sums(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = ["%s  %s\n" % (hashlib.sha256(path.read_bytes()).hexdigest(), path.relative_to(folder)) for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--to", type=pathlib.Path)
    parser.add_argument("targets", nargs="*")
    args = parser.parse_args()
    version = mip_tree.version()
    files = [pair for target in args.targets for pair in images(target, version)]
    folder = args.to or ROOT / "dist" / ("microlite-" + version)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path, name in files:
        shutil.copy(path, folder / name)
    mip_tree.lay_out(folder / "mip")
    write_sums(folder)
    print("%s: %d files" % (folder, sum(path.is_file() for path in folder.rglob("*"))))


if __name__ == "__main__":
    main()
