#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lay out what is in dist/mpy for MicroPython's package installer: dist/mip, to be put on any web server.

Usage: tools/mip_tree.py [--url URL] [--to FOLDER]       (./microlite mpy all first)

    dist/mip/ARCH/package.json         microlite alone
    dist/mip/ARCH/all/package.json     with all packs of operators
    dist/mip/ARCH/NAME/package.json    one module: a pack (signal), audio_frontend, a module in Python
    dist/mip/NUMBER/...                the same by the number that a board has for ARCH: sys.implementation._mpy >> 10 & 15

A Python module comes with those of ours that it imports, and with packs that it mentions. --url says where the tree will be served. mip on a board wants
it; without it the addresses are relative, which mpremote and newer mip take.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MPY = ROOT / "dist/mpy"
LIB = ROOT / "micropython/lib"
PACK = "microlite_ops_"


def git(*arguments):
    done = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def version():
    """The header's, and which commit it is: 0.1.0, or between releases 0.1.0+g0123456789."""
    number = re.search(r'#define MLT_VERSION "(.*)"', (ROOT / "include/microlite.h").read_text())[1]
    commit = git("rev-parse", "--short=10", "HEAD")
    changed = git("status", "--porcelain", "--untracked-files=no")
    if not commit or ("v" + number in git("tag", "--points-at", "HEAD").split() and not changed):
        return number
    return number + "+g" + commit + (".changed" if changed else "")


def number(arch):
    """MicroPython's number of an architecture: in the head of each .mpy, and in a board's sys.implementation._mpy."""
    return (MPY / arch / "microlite.mpy").read_bytes()[2] >> 2


def imports(path, names, found=()):
    """A module and those among `names` that it imports, and so on; packs of operators are imported by models."""
    found = [*found, path.name]
    if path.suffix == ".py":
        for name in re.findall(r"(?:^\s*import |^from |\b(?=%s))(\w+)" % PACK, path.read_text(), re.MULTILINE):
            if name in names and names[name].name not in found:
                found = imports(names[name], names, found)
    return found


def packages(files):
    """{package: names of its files}; the package "" is microlite."""
    names = {path.stem: path for path in files}
    packs = sorted(path.name for path in files if path.stem.startswith(PACK))
    found = {"": ["microlite.mpy"], "all": ["microlite.mpy", *packs]}
    for path in files:
        if path.stem != "microlite":
            found[path.stem.removeprefix(PACK)] = imports(path, names)
    return found


def write(folder, arch, url):
    """The packages of an architecture, under its name and its number."""
    files = sorted([*(MPY / arch).glob("*.mpy"), *LIB.glob("*.py")])
    (folder / arch).mkdir(parents=True)
    for path in files:
        shutil.copy(path, folder / arch)
    for name in (arch, str(number(arch))):
        for package, members in packages(files).items():
            path = folder / name / package / "package.json"
            base = "%s/%s" % (url, arch) if url else os.path.relpath(folder / arch, path.parent)
            urls = [[member, base + "/" + member] for member in members]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"version": version(), "urls": urls}, indent=1) + "\n")


def lay_out(folder, url=""):
    """Returns the architectures that were there."""
    archs = sorted(path.parent.name for path in MPY.glob("*/microlite.mpy"))
    if not archs:
        sys.exit("microlite: nothing in dist/mpy: ./microlite mpy all")
    shutil.rmtree(folder, ignore_errors=True)
    for arch in archs:
        write(folder, arch, url)
    return archs


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--url", default="")
    parser.add_argument("--to", type=pathlib.Path, default=ROOT / "dist/mip")
    args = parser.parse_args()
    archs = lay_out(args.to, args.url.rstrip("/"))
    print("%s: %s" % (args.to, " ".join(archs)))


if __name__ == "__main__":
    main()
