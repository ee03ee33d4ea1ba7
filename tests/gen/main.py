# SPDX-License-Identifier: MIT
"""Generate test vectors, ask the references for the answers, run ours. With the oracles' Python:

    main.py --run FAMILY[,FAMILY...] [--count N] [--seed S] [--only TEXT] [--asan]
    main.py --write [FAMILY...]     make tests/ops/vec/<family>.vec.gz anew, all or the named ones
    main.py --check [FAMILY...]     make them anew and compare with what is committed
    main.py --full [FAMILY...] [--count N] [--seed S]
                                    fresh cases for all or the named; what was covered goes to
                                    build/coverage.csv, or with no arguments tests/ops/coverage.csv
    main.py --list                  print the names of the families (any Python will do)

FAMILY is a file of this folder, or `all`. --count is the number of cases for each variant.
"""

import argparse
import collections
import csv
import functools
import importlib
import importlib.metadata
import os
import pathlib
import subprocess
import sys
import time
import zlib

import numpy as np

import oracle as oracles
import vec

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
VECTORS = HERE.parent / "ops" / "vec"
SHARED = {"lib", "main", "graph", "oracle", "vec", "variants", "goldens"}
COVERAGE = HERE.parent / "ops" / "coverage.csv"
COMMITTED_COUNT, COMMITTED_SEED = 8, 1
FULL_COUNT, FULL_SEED = 50, 2
print = functools.partial(print, flush=True)


def check_versions():
    """Another oracle gives other answers: stop unless it is the one that is pinned."""
    for line in (HERE.parent / "requirements.txt").read_text().splitlines():
        name, _, wanted = line.partition("==")
        if wanted and importlib.metadata.version(name) != wanted:
            sys.exit(f"{name} is {importlib.metadata.version(name)}, tests/requirements.txt wants {wanted}")


def families(named=()):
    known = sorted(p.stem for p in HERE.glob("*.py") if p.stem not in SHARED)
    for name in named:
        if name not in known:
            sys.exit(f"no family {name}; there are: {' '.join(known)}")
    return list(named) or known


def generate(family, count, seed, oracle, only=""):
    """The cases of a family with their answers, and those that the oracle refused."""
    module = importlib.import_module(family)
    rng = np.random.default_rng([seed, zlib.crc32(family.encode())])
    cases, refused = [], []
    for case in module.cases(rng, count):
        if only in case.name:
            case.ask(oracle)
            (refused if case.refused else cases).append(case)
    return cases, refused


def build(family, count, seed, oracle, only=""):
    start = time.monotonic()
    cases, refused = generate(family, count, seed, oracle, only)
    data = vec.container([c.record() for c in cases])
    print(f"{family}: {len(cases)} cases, {len(data)} bytes, {time.monotonic() - start:.1f} s")
    for case in refused[:20]:
        print(f"  refused by {case.oracle}: {case.name}: {case.refused}")
    if len(refused) > 20:
        print(f"  and {len(refused) - 20} more refused")
    return data, refused


def run(data, name, asan=False, verbose=False, limit=20):
    """Give a container to the C runner. Returns (ended well, Counter of (op, variant, result))."""
    runner = pathlib.Path(os.environ.get("MICROLITE_RUNNER") or ROOT / "build/tests" / ("runner-asan" if asan else "runner"))
    path = ROOT / "build/tests/run" / f"{name}.vec"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    done = subprocess.run([runner, path, "-v"], capture_output=True, text=True, errors="replace")
    results, shown = collections.Counter(), 0
    for line in done.stdout.splitlines():
        fields = line.split("\t")
        if fields[0] in ("pass", "fail", "skip"):
            results[tuple(fields[1:3]) + (fields[0],)] += 1
        if fields[0] != "pass" and (verbose or shown < limit or fields[0] not in ("fail", "skip")):
            print("  " + line)
            shown += 1
    if done.stderr:
        print(done.stderr)
    return done.returncode == 0, results


def verb_run(args, oracle):
    good = True
    for family in families([] if args.run == "all" else args.run.split(",")):
        data, refused = build(family, args.count, args.seed, oracle, args.only)
        good &= run(data, f"{family}-{args.seed}", args.asan, args.verbose)[0] and not refused
    return good


def verb_write(args, oracle):
    good = True
    for family in families(args.family):
        data, refused = build(family, COMMITTED_COUNT, COMMITTED_SEED, oracle)
        path = VECTORS / f"{family}.vec.gz"
        if path.exists() and vec.unpack(path) == data:
            continue
        VECTORS.mkdir(exist_ok=True)
        path.write_bytes(vec.compress(data))
        good &= not refused
    total = sum(p.stat().st_size for p in VECTORS.glob("*.vec.gz"))
    print(f"{VECTORS.relative_to(ROOT)}: {total} bytes")
    return good


def verb_check(args, oracle):
    good = True
    for family in families(args.family):
        path = VECTORS / f"{family}.vec.gz"
        data, refused = build(family, COMMITTED_COUNT, COMMITTED_SEED, oracle)
        why = vec.difference(vec.unpack(path), data) if path.exists() else "not committed"
        if why:
            print(f"  {path.name} is stale: {why}; main.py --write {family}")
        good &= not why and not refused
    return good


def verb_full(args, oracle):
    """Fresh cases for all; which variants they covered, and how many were equal."""
    good, results = True, collections.Counter()
    for family in families(args.family):
        data, refused = build(family, args.count, args.seed, oracle)
        fine, counts = run(data, f"{family}-full", args.asan)
        good &= fine and not refused
        results += counts
    rows = collections.defaultdict(collections.Counter)
    for (op, variant, result), n in results.items():
        rows[op, variant][result] += n
    default = not args.family and (args.count, args.seed) == (FULL_COUNT, FULL_SEED)
    path = COVERAGE if default else ROOT / "build/coverage.csv"
    with open(path, "w", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(["op", "variant", "cases", "equal"])
        for (op, variant), n in sorted(rows.items()):
            out.writerow([op, variant, n.total(), n["pass"]])
    total = sum(n.total() for n in rows.values())
    print(f"{total} cases of {len(rows)} variants, {sum(n['pass'] for n in rows.values())} equal: "
          f"{path.relative_to(ROOT)}")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    verb = parser.add_mutually_exclusive_group(required=True)
    verb.add_argument("--run", metavar="FAMILY")
    verb.add_argument("--write", action="store_true")
    verb.add_argument("--check", action="store_true")
    verb.add_argument("--full", action="store_true")
    verb.add_argument("--list", action="store_true")
    parser.add_argument("family", nargs="*")
    parser.add_argument("--count", type=int, default=FULL_COUNT)
    parser.add_argument("--seed", type=int, default=FULL_SEED)
    parser.add_argument("--only", default="", help="cases with this text in the name")
    parser.add_argument("--asan", action="store_true", help="the runner with sanitizers")
    parser.add_argument("-v", "--verbose", action="store_true", help="show all failures")
    args = parser.parse_args()
    if args.list:
        print(*families(), sep="\n")
        return
    verbs = {"run": verb_run, "write": verb_write, "check": verb_check, "full": verb_full}
    check_versions()
    oracle = oracles.Oracle()
    good = next(f for name, f in verbs.items() if getattr(args, name))(args, oracle)
    oracle.stop()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
