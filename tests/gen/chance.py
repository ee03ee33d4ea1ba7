# SPDX-License-Identifier: MIT
"""RANDOM_UNIFORM, RANDOM_STANDARD_NORMAL, MULTINOMIAL: TensorFlow's numbers for seeds that are not both 0."""

import numpy as np

from lib import Case, Graph, choice, data, dims
from movement import refused

TURNS = 3  # each invoke goes on where the last one ended


def cases(rng, count):
    for _ in range(count):
        yield fill(rng, "RANDOM_UNIFORM")
        yield fill(rng, "RANDOM_STANDARD_NORMAL")
        for wide in "i32", "i64":
            yield multinomial(rng, wide)
    yield multinomial(rng, "i32", infinite=True)
    yield from errors()


def seeds(rng):
    """Small ones, and all bits of both."""
    seed = [int(n) for n in rng.integers(-2 ** 63, 2 ** 63 - 1, 2)]
    return choice(rng, seed, [int(rng.integers(1, 100)), 0], [0, 7])


def fill(rng, op):
    shape = dims(rng, int(rng.integers(1, 4)), 1, 8)
    if op == "RANDOM_STANDARD_NORMAL" and np.prod(shape) % 2:
        shape[0] *= 2  # LiteRT writes behind the end of an odd number
    seed, seed2 = seeds(rng)
    computed = bool(rng.integers(2))
    g = Graph()
    s, y = g.tensor([len(shape)], "int32", data=None if computed else shape), g.tensor(shape, "float32")
    g.op(op, [s], [y], seed=seed, seed2=seed2)
    invoke = [np.array(shape, np.int32)] if computed else []
    how = "computed" if computed else "constant"
    return Case(f"{op} {shape}, {how}, seeds {seed} {seed2}", g.build([s] if computed else [], [y]), [invoke] * TURNS,
                variant="f32", oracle="litert")


def multinomial(rng, wide, infinite=False):
    rows, classes, samples = (int(n) for n in rng.integers(1, [4, 12, 20]))
    seed, seed2 = seeds(rng)
    g = Graph()
    x, n = g.tensor([rows, classes], "float32"), g.tensor([], "int32", data=samples)
    y = g.tensor([rows, samples], "int32" if wide == "i32" else "int64")
    g.op("MULTINOMIAL", [x, n], [y], seed=seed, seed2=seed2)
    invokes = [[data(rng, [rows, classes], "float32", -3, 3)] for _ in range(TURNS)]
    if infinite:
        invokes[0][0][:, 0], invokes[1][0][:, -1], invokes[2][0][:] = -np.inf, np.nan, -np.inf
        invokes[2][0][:, 0] = 1
    return Case(f"MULTINOMIAL {wide}, {samples} of {classes} in {rows} rows, seeds {seed} {seed2}"
                f"{', not finite' if infinite else ''}", g.build([x], [y]), invokes, variant=wide, oracle="litert")


def errors():
    def uniform(dtype="float32", shape=(2, 3), wanted=(2, 3)):
        def build(g):
            s, y = g.tensor([len(wanted)], "int32", data=list(wanted)), g.tensor(shape, dtype)
            g.op("RANDOM_UNIFORM", [s], [y], seed=1)
            return [], [y]
        return build
    yield refused("of int32", "RANDOM_UNIFORM", ", output 0 't1': type INT32, want FLOAT32", uniform("int32"), status="ERR_TYPE")
    yield refused("another shape", "RANDOM_UNIFORM", ", output 0 't1': dimension 1 is 3, want 4", uniform(wanted=(2, 4)))

    def draw(classes=3, samples=2, out=2, constant=True):
        def build(g):
            x = g.tensor([1, classes], "float32")
            n, y = g.tensor([], "int32", data=samples if constant else None), g.tensor([1, out], "int32")
            g.op("MULTINOMIAL", [x, n], [y], seed=1)
            return [x] + [n] * (not constant), [y]
        return build
    yield refused("no classes", "MULTINOMIAL", ", input 0 't0': no classes, want 1 or more", draw(classes=0))
    yield refused("negative", "MULTINOMIAL", ", input 1 't1': -1, want 0 or more", draw(samples=-1), status="ERR_PARAM")
    yield refused("other output", "MULTINOMIAL", ", output 0 't2': dimension 1 is 3, want 2", draw(out=3))
    yield refused("other count at run time", "MULTINOMIAL", ", input 1 't1': 5, want 2", draw(constant=False),
                  [[np.zeros([1, 3], np.float32), np.array(5, np.int32)]], status="ERR_DATA")
