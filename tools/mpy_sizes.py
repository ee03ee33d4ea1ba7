#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How large the native modules are, on each architecture: the default ones, and those that are made for models.

Usage: tools/mpy_sizes.py [--write] [ARCH...]      (needs what `./microlite mpy ARCH` needs)

Builds them, prints what grew beyond tests/size/mpy.csv and exits with 1 if anything did; --write keeps the new
numbers of these architectures, there and in docs/sizes.md.
"""

import csv
import os
import pathlib
import subprocess
import sys

import model_ops
import op_sizes

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "tests/size/mpy.csv"
PAGE = ROOT / "docs/sizes.md"
COMPILERS = {"x64": "gcc", "armv6m": "arm-none-eabi-gcc", "armv7m": "arm-none-eabi-gcc",
             "armv7emsp": "arm-none-eabi-gcc", "armv7emdp": "arm-none-eabi-gcc",
             "rv32imc": "riscv64-unknown-elf-gcc"}
# Operators of the models that a module is made for: what tools/model_ops.py says of them.
MODELS = {
    "hello_world": "fully_connected",
    "micro_speech": "depthwise_conv_2d fully_connected reshape softmax",
    "person_detect": "average_pool_2d conv_2d depthwise_conv_2d reshape softmax",
    "MLPerf Tiny keywords": "average_pool_2d conv_2d depthwise_conv_2d fully_connected reshape softmax",
    "MLPerf Tiny and these": "add average_pool_2d conv_2d depthwise_conv_2d fully_connected reshape softmax",
}
LEAVE_OUT = ("FLOAT INT16 INT4 UINT8 COMPRESSION OFFLINE_PLAN INT32 SPARSE SUBGRAPHS SHAPES VARIABLES "
             "OPEN_SHAPES FAR_DATA OP_NAMES LEGACY PACKS ULAB")
ALL = "all modules together"
# Only measured here: their builds are not worth the time of a test.
SMALL = "for hello_world, --small"
SMALLEST = "for hello_world, --small --small-kernels"
WHOLE = "all operators in one module"  # and no import of packs; only measured here: its build is not worth the time of a test
BEGIN, END = "<!-- sizes: written by tools/mpy_sizes.py -->\n", "<!-- end of sizes -->\n"


def make(*args):
    done = subprocess.run(["make", "-s", f"-j{os.cpu_count()}", *args], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit("mpy_sizes: make %s\n%s" % (" ".join(args), done.stderr[-2000:]))


def modules(arch):
    """{row: bytes} of the modules that `make natmod` has left in dist."""
    sizes = {path.stem: path.stat().st_size for path in sorted((ROOT / "dist/mpy" / arch).glob("*.mpy"))}
    return {**sizes, ALL: sum(sizes.values())} if sizes else {}


def for_models(arch):
    """{row: bytes} of modules made for models."""
    return {"for " + row: one(arch, ops, LEAVE_OUT) for row, ops in MODELS.items()}


def small(arch, leave_out=()):
    """Bytes of hello_world's module with --small."""
    return one(arch, MODELS["hello_world"], " ".join([LEAVE_OUT, *model_ops.SMALL, *leave_out]))


def one(arch, ops, leave_out):
    make("natmod-microlite", f"ARCH={arch}", "FOR=size", f"OPS={ops}", f"LEAVE_OUT={leave_out}")
    return (ROOT / "dist/mpy" / arch / "for_size/microlite.mpy").stat().st_size


def compiler(arch):
    return subprocess.run([COMPILERS[arch], "-dumpfullversion"], capture_output=True, text=True).stdout.strip()


def read():
    """{row: {arch: bytes}}; the row "compiler" says with which version each column was made."""
    with open(TABLE) as file:
        return {row.pop("module"): row for row in csv.DictReader(file)}


def write(rows):
    with open(TABLE, "w") as file:
        out = csv.DictWriter(file, ["module", *COMPILERS], lineterminator="\n")
        out.writeheader()
        out.writerows({"module": name, **row} for name, row in rows.items())
    head, rest = PAGE.read_text().split(BEGIN)
    PAGE.write_text(head + BEGIN + page_table(rows) + END + rest.split(END)[1])


def page_table(rows):
    lines = ["| module | " + " | ".join(COMPILERS) + " |", "|---|" + "---:|" * len(COMPILERS)]
    for name, row in rows.items():
        if name != "compiler":
            lines.append("| %s | %s |" % (name, " | ".join("{:,}".format(int(row[arch])) if row.get(arch) else ""
                                                            for arch in COMPILERS)))
    return "\n".join(lines) + "\n"


def growth(arch, sizes, table):
    """Sentences, one for each number that is larger than the table allows or missing there."""
    for name, size in sizes.items():
        limit = int(table.get(name, {}).get(arch) or 0)
        if size > limit:
            yield f"{name} on {arch}: {size} bytes, tests/size/mpy.csv says {limit}"


def main():
    chosen = [arg for arg in sys.argv[1:] if not arg.startswith("-")] or list(COMPILERS)
    table, grown = read() if TABLE.exists() else {}, []
    new = {"compiler": dict(table.get("compiler", {}))}
    for arch in chosen:
        make("natmod", f"ARCH={arch}")
        sizes = {SMALLEST: small(arch, ["FAST_KERNELS"]), SMALL: small(arch), **for_models(arch), **modules(arch),
                 WHOLE: one(arch, " ".join(op_sizes.operators()), "PACKS")}
        grown += growth(arch, sizes, table)
        new["compiler"][arch] = compiler(arch)
        for name, size in sizes.items():
            new.setdefault(name, {**table.get(name, {})})[arch] = size
    if "--write" in sys.argv:
        write(new)
        return 0
    print("\n".join(grown) or "no module is larger than tests/size/mpy.csv says")
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
