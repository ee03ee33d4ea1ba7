#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Count the instructions of one invoke on emulated cores, beside TensorFlow Lite Micro's.

Usage: bench/emulated.py [TARGET ...] [--model NAME] [--write]

Needs `make bare` and ../shared/goldens. Every result is checked against the checksum of TFLM's output
for the same input. --write puts the table into docs/performance.md between its two marks.
"""

import argparse
import csv
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOLDENS = ROOT.parent / "shared/goldens"
PAGE = ROOT / "docs/performance.md"
BEGIN, END = "<!-- table of bench/emulated.py -->\n", "<!-- end of table -->\n"

sys.path.insert(0, str(ROOT / "tools"))
import bare_run


def random_bytes(count, state=0x12345678):
    out = bytearray()
    for _ in range(count):
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        out.append(state >> 24)
    return bytes(out)


def fnv1a(data):
    hash = 2166136261
    for byte in data:
        hash = (hash ^ byte) * 16777619 & 0xFFFFFFFF
    return hash


def input_size(folder):
    return sum((folder / f"in{i}_1.bin").stat().st_size for i in range(9)
               if (folder / f"in{i}_1.bin").exists())


def measure(row):
    folder = GOLDENS / row["golden"]
    model = (folder / "model.tflite").read_bytes()
    result = bare_run.run(row["target"], model, random_bytes(input_size(folder)))
    found = f"{fnv1a(b''.join(result.outputs[0])):08x}"
    if found != row["fnv1a"]:
        sys.exit(f"{row['model']} on {row['target']}: output has checksum {found}, want {row['fnv1a']}")
    return result


def ratio(theirs, ours):
    return f"{int(theirs) / ours:.2f}" if theirs else "-"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", choices=[[], *bare_run.MACHINES])
    parser.add_argument("--model")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    with open(ROOT / "bench/tflm_insns.csv") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    lines = ["| model | core | microlite | per MAC | TFLM reference / ours | CMSIS-NN / ours | open "
             "| arena (TFLM) | stack (TFLM) |", "|---|---|---|---|---|---|---|---|---|"]
    print("\n".join(lines))
    for row in rows:
        if row["target"] not in (args.targets or bare_run.MACHINES) or args.model not in (None, row["model"]):
            continue
        result = measure(row)
        ours = result.invoke_insns[0]
        lines.append(
            f"| {row['model']} | {row['target']} | {ours:,} | {ours / int(row['macs']):.2f} "
            f"| {ratio(row['ref'], ours)} | {ratio(row['cmsis'], ours)} | {result.open_insns:,} "
            f"| {result.arena:,} ({int(row['arena']):,}) | {result.stack} ({row['stack']}) |")
        print(lines[-1], flush=True)
    if args.write:
        page = PAGE.read_text()
        start, end = page.index(BEGIN) + len(BEGIN), page.index(END)
        PAGE.write_text(page[:start] + "\n".join(lines) + "\n" + page[end:])


if __name__ == "__main__":
    main()
