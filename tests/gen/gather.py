# SPDX-License-Identifier: MIT
"""GATHER, GATHER_ND, EMBEDDING_LOOKUP: elements and rows that indices name."""

import numpy as np

from lib import Case, Graph, choice, data, int4, scale
from movement import LONG, quantisation, refused, small, tensor

TYPES = {
    "GATHER": ("f32 i8", "i16 i32 u8 i64 bool"),
    "GATHER_ND": ("f32 i8", "i16 i32 u8 i64 bool"),
}


def cases(rng, count):
    makers = {"GATHER": gather, "GATHER_ND": gather_nd}
    for op, (tflm, more) in TYPES.items():
        for short in tflm.split() + more.split():
            for _ in range(count):
                yield makers[op](rng, short, "tflm" if short in tflm.split() else "litert")
    for variant in ("f32", "i8", "i8->f32", "i4->f32", "i8/pc->f32"):
        for _ in range(count):
            yield embedding_lookup(rng, variant)
    yield from errors(rng)


def model(rng, op, short, shape, index_shape, out, wide, oracle, indices, name, **options):
    """Indices as an input of two invokes, or a constant."""
    quant = quantisation(rng, short)
    g = Graph()
    const = choice(rng, True, False)
    x = tensor(g, rng, shape, short, quant=quant)
    i = g.tensor(index_shape, wide, data=indices[0] if const else None)
    y = tensor(g, rng, out, short, quant=quant)
    g.op(op, [x, i], [y], **options)
    invokes = [[data(rng, shape, LONG[short])] + ([] if const else [v]) for v in indices]
    return Case(f"{op} {short}, {name} ({wide}){', constant' if const else ''}",
                g.build([x] if const else [x, i], [y]), invokes, variant=short, oracle=oracle)


def gather(rng, short, oracle):
    shape = small(rng, 1, 4, 200)
    axis = int(rng.integers(len(shape)))
    batch = int(rng.integers(0, axis, endpoint=True)) if choice(rng, True, False) else 0
    rest = [int(v) for v in rng.integers(1, 4, int(rng.integers(0 if batch else 1, 3)))]
    index_shape = shape[:batch] + rest
    out = shape[:axis] + rest + shape[axis + 1:]
    wide = "int32" if oracle == "tflm" else choice(rng, "int32", "int64", "int16")
    indices = [np.asarray(rng.integers(0, shape[axis], index_shape), wide) for _ in range(2)]
    return model(rng, "GATHER", short, shape, index_shape, out, wide, oracle, indices,
                 f"{index_shape} of {shape} along {axis}, {batch} batch dimensions",
                 axis=axis - choice(rng, 0, len(shape)),
                 batch_dims=batch - (choice(rng, 0, len(index_shape)) if rest else 0))


def gather_nd(rng, short, oracle):
    shape = small(rng, 1, 4, 200)
    deep = int(rng.integers(1, len(shape), endpoint=True))
    rows = [int(v) for v in rng.integers(1, 4, int(rng.integers(0, 3)))]
    if deep == len(shape) and not rows:
        rows = [2]
    wide = "int32" if oracle == "tflm" else choice(rng, "int32", "int64", "int16")
    indices = [np.stack([rng.integers(0, d, rows) for d in shape[:deep]], -1).astype(wide)
               for _ in range(2)]
    return model(rng, "GATHER_ND", short, shape, rows + [deep], rows + shape[deep:], wide, oracle,
                 indices, f"{rows + [deep]} of {shape}")


def embedding_lookup(rng, variant):
    """Floats from int8 and int4 tables, with one scale or one for each row."""
    shape, count = small(rng, 2, 4, 300), int(rng.integers(1, 6))
    out = [count] + shape[1:]
    g = Graph()
    ids = g.tensor([count], "int32")
    if variant == "f32":
        table = g.tensor(shape, "float32", data=data(rng, shape, "float32"))
    elif variant.startswith("i4"):
        shape[-1] *= 2
        out[-1] *= 2
        table = g.tensor(shape, "int4", scale(rng), data=int4(rng, shape, -8))
    else:
        scales = scale(rng, count=shape[0] if "/pc" in variant else None)
        table = g.tensor(shape, "int8", scales, data=data(rng, shape, "int8"))
    float_out = variant.endswith("f32")
    y = g.tensor(out, "float32" if float_out else "int8", None if float_out else table.scale)
    g.op("EMBEDDING_LOOKUP", [ids, table], [y], version=4 if variant.startswith("i4") else 3)
    invokes = [[rng.integers(0, shape[0], [count], dtype=np.int32)] for _ in range(2)]
    return Case(f"EMBEDDING_LOOKUP {variant}, {count} of {shape}", g.build([ids], [y]), invokes,
                variant=variant, oracle="litert" if "4" in variant[:2] or "/pc" in variant else "tflm")


def errors(rng):
    def gathered(op="GATHER", out=(2, 3), index_shape=(2,), wide="int32", types=("float32", "float32"),
                 indices=None, shape=(4, 3), **options):
        def build(g):
            x, y = g.tensor(shape, types[0]), g.tensor(out, types[1])
            i = g.tensor(index_shape, wide, data=indices)
            g.op(op, [x, i], [y], **options)
            return [x] if indices is not None else [x, i], [y]
        return build
    x = data(rng, [4, 3], "float32")
    for value in (4, -1, 2**31 - 1, -2**31):
        yield refused(f"index {value}", "GATHER", f", input 1 't2': index {value}, want 0 to 3",
                      gathered(), [[x, np.array([0, value], np.int32)]], status="ERR_DATA")
    yield refused("axis 2", "GATHER", ": axis 2, want -2 to 1", gathered(axis=2), status="ERR_PARAM")
    yield refused("too many batch dimensions", "GATHER", ": 2 batch dimensions, want -1 to 1",
                  gathered(axis=1, batch_dims=2), status="ERR_PARAM")
    yield refused("batches differ", "GATHER", ", input 1 't2': dimension 0 is 2, want 4",
                  gathered(axis=1, batch_dims=1))
    yield refused("rank 9", "GATHER", ", input 1 't2': rank 8, which makes one of 9, want at most 8",
                  gathered(index_shape=(1,) * 8))
    yield refused("indices float", "GATHER", ", input 1 't2': type FLOAT32, want INT32, INT64 or INT16",
                  gathered(wide="float32"), status="ERR_TYPE")
    yield refused("output of another shape", "GATHER", ", output 0 't1': dimension 0 is 3, want 2",
                  gathered(out=(3, 3)))
    yield refused("types differ", "GATHER", ", output 0 't1': type INT8, want FLOAT32",
                  gathered(types=("float32", "int8")), status="ERR_TYPE")
    yield refused("of strings", "GATHER",
                  ", input 0 't0': type STRING, want one with elements of 1, 2, 4 or 8 bytes",
                  gathered(types=("string", "string")), status="ERR_TYPE")

    yield refused("index out of range", "GATHER_ND",
                  ", input 1 't2': index 3 for dimension 1, want 0 to 2",
                  gathered("GATHER_ND", (1,), (1, 2)), [[x, np.array([[1, 3]], np.int32)]],
                  status="ERR_DATA")
    yield refused("too deep", "GATHER_ND", ", input 1 't2': last dimension is 3, want 0 to 2",
                  gathered("GATHER_ND", (2,), (2, 3)))
    yield refused("indices a scalar", "GATHER_ND", ", input 1 't2': rank 0, want 1 to 8",
                  gathered("GATHER_ND", (3,), ()))
    yield refused("output of another shape", "GATHER_ND", ", output 0 't1': dimension 1 is 2, want 3",
                  gathered("GATHER_ND", (2, 2), (2, 1)))

    def looked_up(table="int8", out="float32", count=1, zero=0, ids="int32", shape=(4, 3)):
        def build(g):
            i = g.tensor([2], ids)
            t = g.tensor(shape, table, [0.5] * count, zero, data=np.zeros(shape))
            y = g.tensor((2, 3), out)
            g.op("EMBEDDING_LOOKUP", [i, t], [y])
            return [i], [y]
        return build
    name = "EMBEDDING_LOOKUP"
    yield refused("index out of range", name, ", input 0 't0': index 4, want 0 to 3", looked_up(),
                  [[np.array([0, 4], np.int32)]], status="ERR_DATA")
    yield refused("index negative", name, ", input 0 't0': index -1, want 0 to 3", looked_up(),
                  [[np.array([-1, 0], np.int32)]], status="ERR_DATA")
    yield refused("a vector for a table", name, ", input 1 't1': rank 1, want 2 to 8",
                  looked_up(shape=(4,)))
    yield refused("scales of some rows", name, ", input 1 't1': 3 scales, want 1 or 4",
                  looked_up(count=3), status="ERR_PARAM")
    yield refused("zero point", name, ", input 1 't1': zero point 3, want 0", looked_up(zero=3),
                  status="ERR_PARAM")
    yield refused("indices int64", name, ", input 0 't0': type INT64, want INT32",
                  looked_up(ids="int64"), status="ERR_TYPE")
    yield refused("int16 to float", name, ", input 1 't1': type INT16, want INT8 or INT4",
                  looked_up("int16"), status="ERR_TYPE")
    yield refused("types differ", name, ", output 0 't2': type INT16, want INT8",
                  looked_up(out="int16"), status="ERR_TYPE")
