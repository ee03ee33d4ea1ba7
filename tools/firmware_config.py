#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which user C modules and which operators go into a firmware, for every port alike.

Usage: tools/firmware_config.py [--modules DIR]... [--for MODEL.tflite...]

Writes build/config/NAME/ and prints NAME, for `make PORT MICROLITE_CONFIG=NAME`; NAME is made of what was asked for.

  modules/            links: our module and each further one, the USER_C_MODULES of ports built with make
  modules.cmake       the same for ports built with cmake
  config.mk           the same as variables of make
  ops.def             the operators of the models, when there are any
"""

import argparse
import os
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import model_ops

ROOT = model_ops.ROOT


def module_folders(given):
    """[(name, folder)] of the modules in DIR: itself, or its subfolders (ulab has one: code)."""
    folder = pathlib.Path(given).resolve()
    if not folder.is_dir():
        sys.exit("microlite: --modules %s: no such folder" % given)

    def is_module(path):
        return (path / "micropython.mk").is_file() or (path / "micropython.cmake").is_file()

    if is_module(folder):
        return [(folder.name, folder)]
    found = [(folder.name + "_" + path.name, path) for path in sorted(folder.iterdir()) if is_module(path)]
    if not found:
        sys.exit("microlite: --modules %s: no micropython.mk and no micropython.cmake in it or in its folders" % given)
    return found


def name_of(modules, models):
    parts = [pathlib.Path(each).resolve().name for each in modules]
    parts += ["for"] * bool(models) + [pathlib.Path(each).stem for each in models]
    return re.sub(r"[^\w.-]", "_", "-".join(parts))


def files(folder, modules, ops, leave_out):
    """{name: content} of what goes into a configuration's folder."""
    list_of_ops = folder / "ops.def" if ops else ""
    cmake = "# Made by tools/firmware_config.py.\n"
    cmake += 'set(MICROLITE_OPS_LIST "%s")\nset(MICROLITE_LEAVE_OUT %s)\n' % (list_of_ops, " ".join(leave_out))
    cmake += "".join('include("%s")\n' % (path / "micropython.cmake") for _, path in modules
                     if (path / "micropython.cmake").is_file())
    make = "# Made by tools/firmware_config.py. Modules: %s\n" % " ".join(str(path) for _, path in modules)
    make += "USER_C_MODULES := %s\nMICROLITE_OPS_LIST := %s\nMICROLITE_LEAVE_OUT := %s\n" % (
        folder / "modules", list_of_ops, " ".join(leave_out))
    return {"modules.cmake": cmake, "config.mk": make,
            **({"ops.def": "".join("MLT_OP(%s)\n" % op for op in ops)} if ops else {})}


def remove_builds(name):
    """What was built with other modules or switches: MicroPython's make would not notice the change."""
    for path in [*(ROOT / "build").glob("*-" + name), *(ROOT / "build").glob("*/*-" + name)]:
        shutil.rmtree(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--modules", action="append", default=[], metavar="DIR")
    parser.add_argument("--for", nargs="+", default=[], metavar="MODEL.tflite", dest="models")
    args = parser.parse_args()
    modules = [("microlite", ROOT / "micropython")]
    for given in args.modules:
        modules += module_folders(given)
    ops, leave_out = model_ops.needs(args.models) if args.models else ([], [])
    name = name_of(args.modules, args.models)
    folder = ROOT / "build/config" / name
    wanted = files(folder, modules, ops, leave_out)
    if {path.name: path.read_text() for path in folder.glob("*.*") if path.is_file()} != wanted:
        remove_builds(name)
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "modules").mkdir(parents=True)
        for link, path in modules:
            os.symlink(path, folder / "modules" / link)
        for each, content in wanted.items():
            (folder / each).write_text(content)
    print(name)


if __name__ == "__main__":
    main()
