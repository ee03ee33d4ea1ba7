#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What each operator costs in flash: the bytes that it adds to a program with the engine and no operator.

Usage: tools/op_sizes.py [--write]      (make lib TARGET=mpy-x64; make lib TARGET=m4f)

Prints what grew beyond tests/size/ops.csv and exits with 1 if anything did; --write keeps the new numbers.
Kernels and helpers that several operators share count for each of them.
"""

import concurrent.futures
import csv
import pathlib
import subprocess
import sys
import tempfile

import model_ops

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "tests/size/ops.csv"
# Column: compiler, its flags, the folder of its library in build/. All with -Os, kernels with -O2.
TARGETS = {
    "x86-64": ("gcc", [], "mpy-x64"),
    "cortex-m4": ("arm-none-eabi-gcc", ["-mthumb", "-mcpu=cortex-m4", "-mfloat-abi=hard",
                                        "-mfpu=fpv4-sp-d16", "--specs=nano.specs"], "m4f"),
}
PROGRAM = """
#include "microlite_op.h"
%s
static const mlt_op_t *const list[] = {%s};
const mlt_ops_t *const mlt_ops_default[1] = {&(const mlt_ops_t){MLT_ABI, %d, list}};
const void *const mlt_shared[1]; // of packs: natmod's library wants them
const uint32_t mlt_shared_abi;
mlt_error_t error;
mlt_config_t config = {.ops = mlt_ops_default, .ops_count = 1, .error = &error};
void _start(void) {
    mlt_model_t *m;
    if (mlt_open(&m, &config) == MLT_OK) {
        mlt_invoke(m);
        mlt_reset(m);
    }
    for (;;) {
    }
}
"""


def operators():
    return sorted(model_ops.built_in().values())


def compilers():
    return " ".join(subprocess.run([name, "-dumpfullversion"], capture_output=True, text=True).stdout.strip()
                    for name, _, _ in TARGETS.values())


def link(target, op, folder):
    """Bytes of code and constants of a program with one operator, or with none."""
    compiler, flags, library = TARGETS[target]
    source, program = folder / f"{op}-{target}.c", folder / f"{op}-{target}.elf"
    source.write_text(PROGRAM % ((f"extern const mlt_op_t mlt_op_{op};", f"&mlt_op_{op}", 1) if op else
                                 ("", "0", 0)))
    subprocess.run([compiler, *flags, "-std=c11", "-Os", "-I", ROOT / "include", "-nostartfiles",
                    "-Wl,--gc-sections", "-Wl,--build-id=none", "-o", program, source,
                    ROOT / "build" / library / "libmicrolite.a"], check=True)
    text = subprocess.run(["size", program], capture_output=True, text=True, check=True).stdout
    return int(text.split("\n")[1].split()[0])


def measure():
    rows = {}
    with tempfile.TemporaryDirectory() as name, concurrent.futures.ThreadPoolExecutor(2) as pool:
        folder = pathlib.Path(name)
        for target in TARGETS:
            base = link(target, "", folder)
            ops = operators()
            sizes = pool.map(lambda op: link(target, op, folder) - base, ops)
            for op, size in [("engine", base), *zip(ops, sizes)]:
                rows.setdefault(op, {})[target] = size
    return rows


def read():
    with open(TABLE) as file:
        first = file.readline().removeprefix("# compilers: ").strip()
        return first, {row["operator"]: row for row in csv.DictReader(file)}


def write(rows):
    with open(TABLE, "w") as file:
        file.write(f"# compilers: {compilers()}\n")
        out = csv.DictWriter(file, ["operator", *TARGETS], lineterminator="\n")
        out.writeheader()
        out.writerows({"operator": op, **sizes} for op, sizes in rows.items())


def growth(rows, limits):
    """Sentences, one for each number that is larger than the table allows or missing there."""
    for op, sizes in rows.items():
        for target, size in sizes.items():
            limit = int(limits[op][target]) if op in limits else 0
            if size > limit:
                yield f"{op} on {target}: {size} bytes, tests/size/ops.csv says {limit}"


def main():
    rows = measure()
    if "--write" in sys.argv:
        write(rows)
        return 0
    _, limits = read()
    grown = list(growth(rows, limits))
    print("\n".join(grown) or "no operator is larger than tests/size/ops.csv says")
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
