# SPDX-License-Identifier: MIT
"""CIRCULAR_BUFFER, ethos-u."""

import numpy as np
from flatbuffers import flexbuffers

from lib import Case, Graph, data


def cases(rng, count):
    for i in range(count):
        yield circular_buffer(rng, i)
    yield from errors()


def circular_buffer(rng, i):
    """Rows go in one by one; in the invokes that do not end early, a RELU comes behind."""
    slots, width, depth = (int(d) for d in rng.integers(1, (27, 3, 5), endpoint=True))
    slots = [5, 13, 25][i % 3] if i < 3 else slots
    cycles = int(rng.integers(0, 4))
    g = Graph()
    z = int(rng.integers(-128, 128))
    x = g.tensor([1, 1, width, depth], "int8", 0.5, z)
    rows = g.tensor([1, slots, width, depth], "int8", 0.5, z, variable=True)
    y = g.tensor([1, slots, width, depth], "int8", 0.5, z)
    g.custom("CIRCULAR_BUFFER", [x], [rows], flexbuffers.Dumps({"cycles_max": cycles}) if i > 4 or cycles else b"")
    g.op("RELU", [rows], [y])
    invokes = [[data(rng, [1, 1, width, depth], "int8")] for _ in range(7)]
    return Case(f"CIRCULAR_BUFFER, {slots} rows of {width} x {depth}, cycles_max {cycles}", g.build([x], [y]), invokes,
                variant="i8")


def errors():
    def model(types=("int8", "int8"), x=(1, 1, 2, 3), y=(1, 4, 2, 3)):
        g = Graph()
        a, b = g.tensor(x, types[0], 0.5), g.tensor(y, types[1], 0.5, variable=True)
        g.custom("CIRCULAR_BUFFER", [a], [b])
        return g.build([a], [b])

    def refused(name, status, message, **more):
        return Case(f"CIRCULAR_BUFFER, {name}", model(**more), variant="errors", op="CIRCULAR_BUFFER",
                    error=(status, "op 0 CIRCULAR_BUFFER" + message))

    yield refused("floats", "ERR_TYPE", ", input 0 't0': type FLOAT32, want INT8", types=("float32", "float32"))
    yield refused("output of int16", "ERR_TYPE", ", output 0 't1': type INT16, want INT8", types=("int8", "int16"))
    yield refused("output of rank 3", "ERR_SHAPE", ", output 0 't1': rank 3, want 4", y=(4, 2, 3))
    yield refused("two rows at once", "ERR_SHAPE", ", input 0 't0': dimension 1 is 2, want 1", x=(1, 2, 2, 3))
    yield refused("other depth", "ERR_SHAPE", ", input 0 't0': dimension 3 is 4, want 3", x=(1, 1, 2, 4))
    yield refused("two batches", "ERR_SHAPE", ", output 0 't1': dimension 0 is 2, want 1", y=(2, 4, 2, 3), x=(2, 1, 2, 3))
    yield refused("no rows", "ERR_SHAPE", ", output 0 't1': dimension 1 is 0, want at least 1", y=(1, 0, 2, 3))
    yield not_variable()

    g = Graph()
    x, y = g.tensor([4], "int8", 0.5), g.tensor([4], "int8", 0.5)
    g.custom("ethos-u", [g.tensor([16], "uint8", data=np.zeros(16)), x], [y], b"\1\2\3")
    yield Case("ethos-u", g.build([x], [y]), variant="errors", op="ethos-u", error=(
        "ERR_OP", "op 0 ethos-u: compiled for an Ethos-U processor, want the model as it was before Vela"))


def not_variable():
    g = Graph()
    x, y = g.tensor([1, 1, 1, 2], "int8"), g.tensor([1, 2, 1, 2], "int8")
    g.custom("CIRCULAR_BUFFER", [x], [y], flexbuffers.Dumps({"cycles_max": 1}))
    a = [np.full([1, 1, 1, 2], k, np.int8) for k in (1, 2, 3)]
    ys = [np.array(v, np.int8).reshape(1, 2, 1, 2) for v in ([0, 0, 1, 1], [1, 1, 2, 2], [2, 2, 3, 3])]
    return Case("CIRCULAR_BUFFER, output that is no variable", g.build([x], [y]), [[v] for v in a], variant="i8",
                op="CIRCULAR_BUFFER", oracle="given", outputs=[[v] for v in ys],
                note="TFLM then keeps the rows only where nothing else uses their memory")
