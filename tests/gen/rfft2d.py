# SPDX-License-Identifier: MIT
"""RFFT2D. LiteRT sums in double precision, we in float: a result may differ by some last bits of the
largest, so that those near zero get an absolute tolerance."""

import numpy as np

from lib import Case, Graph, choice, data, dims


def model(x_shape, lengths, y_shape, lengths_data=True, x_type="float32", y_type="complex64"):
    g = Graph()
    x = g.tensor(x_shape, x_type)
    n = g.tensor([len(lengths)], "int32", data=np.array(lengths, np.int32) if lengths_data else None)
    y = g.tensor(y_shape, y_type)
    g.op("RFFT2D", [x, n], [y])
    return g.build([x] if lengths_data else [x, n], [y])


def spectrum(rng, height, width, rows, columns, outer):
    name = f"{rows} x {columns} as {height} x {width}, outer dimensions {outer}"
    x = data(rng, [*outer, rows, columns], "float32")
    m = model(x.shape, [height, width], [*outer, height, width // 2 + 1])
    return Case(name, m, [[x]], variant="f32", oracle="litert", atol=2e-7 * (height * width) ** 0.5 + 1e-6)


def cases(rng, count):
    for width in 2, 4, 8, 16, 32, 64, 128, 256, 512:
        yield spectrum(rng, 1, width, 1, width, [1])
    for _ in range(count):
        height, width = choice(rng, 1, 1, 2, 4, 8, 16), choice(rng, 2, 4, 8, 16, 32)
        rows, columns = height + choice(rng, -1, 0, 0, 1, 5), width + choice(rng, -1, 0, 0, 3)
        yield spectrum(rng, height, width, max(rows, 1), columns, dims(rng, choice(rng, 0, 1, 2), 1, 3))
    column = data(rng, [1, 3, 1], "float32")
    yield Case("of one column", model([1, 3, 1], [1, 1], [1, 1, 1]), [[column]], variant="f32", oracle="given",
               outputs=[[column[:, :1].astype(np.complex64)]], note="LiteRT reads beyond its buffers here")

    def wrong(name, text, status="ERR_PARAM", **options):
        shape = options.pop("shape", [2, 8])
        return Case(name, model(shape, options.pop("lengths", [2, 8]), options.pop("y_shape", [2, 5]), **options),
                    variant="errors", error=(status, f"op 0 RFFT2D, {text}"))
    yield wrong("a length of 6", "input 1 't1': length 6, want a power of two up to 32768", lengths=[2, 6])
    yield wrong("a length of 0", "input 1 't1': length 0, want a power of two up to 32768", lengths=[0, 8])
    yield wrong("three lengths", "input 1 't1': 3 elements, want 2", "ERR_SHAPE", lengths=[2, 2, 2])
    yield wrong("a vector", "input 0 't0': rank 1, want 2 to 8", "ERR_SHAPE", shape=[8])
    yield wrong("int8 samples", "input 0 't0': type INT8, want FLOAT32", "ERR_TYPE", x_type="int8")
    yield wrong("a float output", "output 0 't2': type FLOAT32, want COMPLEX64", "ERR_TYPE", y_type="float32")
    yield wrong("lengths at run time", "input 1 't1': computed, want a constant", "ERR_PARAM", lengths_data=False)
    yield wrong("an output that is too wide", "output 0 't2': dimension 1 is 8, want 5", "ERR_SHAPE", y_shape=[2, 8])
