# SPDX-License-Identifier: MIT
"""Models whose memory was planned offline: tests/test_plan.py looks at the arena that they take."""

import numpy as np

from lib import Case, Graph, data

VARIANTS = ["f32"]
FAR = 20000  # where the plan puts one of the tensors: nothing else would


def cases(rng, count):
    for offsets in (None, [-1] * 5, [0, 1024, FAR, -1, -1], [FAR, -1, -1, 2048, 0]):
        yield chain(rng, offsets)


def chain(rng, offsets):
    """Five tensors, four of them between operators that cannot share their memory."""
    g = Graph()
    x = [g.tensor([4, 8], "float32")]
    for i in range(4):
        x.append(g.tensor([8, 4] if i % 2 == 0 else [4, 8], "float32"))
    order = g.tensor([2], "int32", data=[1, 0])
    for a, b in zip(x, x[1:]):
        g.op("TRANSPOSE", [a, order], [b])
    name = "no plan"
    if offsets is not None:
        # version, subgraphs, tensors (the constant is the last), offsets; -1: the planner's choice
        g.meta("OfflineMemoryAllocation", np.array([1, 1, 6, *offsets, -1], "<i4").tobytes())
        name = "offsets " + " ".join(str(n) for n in offsets)
    return Case(f"TRANSPOSE, a chain of four, {name}", g.build([x[0]], [x[-1]]), [[data(rng, [4, 8], "float32")]],
                variant="f32", op="TRANSPOSE", oracle="litert",
                note="TFLM's planner that preserves tensors for the tests takes no plans")
