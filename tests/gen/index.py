# SPDX-License-Identifier: MIT
"""ONE_HOT, TOPK_V2, RANGE, WHERE, UNIQUE, SCATTER_ND, SEGMENT_SUM, REVERSE_SEQUENCE: indices made and
used, as TensorFlow Lite does it; TFLM has none of them."""

import numpy as np

from lib import Case, Graph, choice, data
from movement import LONG, quantisation, refused, small, tensor

TYPES = {
    "ONE_HOT": "f32 i8 i32 i64 u8 bool i16",
    "TOPK_V2": "f32 i8 i16 i32 i64 u8",
    "RANGE": "f32 i32 i64",
    "WHERE": "f32 i8 i32 i64 u8 bool",
    "UNIQUE": "f32 i8 i16 i32 i64 u8",
    "SCATTER_ND": "f32 i8 i32 i64 u8 bool",
    "SPARSE_TO_DENSE": "f32 i8 i32 i64 u8",
    "SEGMENT_SUM": "f32 i32",
    "REVERSE_SEQUENCE": "f32 i16 i32 i64 u8",
}


def cases(rng, count):
    makers = {"ONE_HOT": one_hot, "TOPK_V2": topk, "RANGE": range_, "WHERE": where, "UNIQUE": unique,
              "SCATTER_ND": scatter_nd, "SPARSE_TO_DENSE": sparse_to_dense,
              "SEGMENT_SUM": segment_sum, "REVERSE_SEQUENCE": reverse_sequence}
    for op, types in TYPES.items():
        for short in types.split():
            for _ in range(count):
                yield makers[op](rng, short)
    yield from specials(rng)
    yield from errors(rng)


def one_hot(rng, short):
    shape = small(rng, 1, 3, 60)
    depth, axis = int(rng.integers(1, 6)), int(rng.integers(-1, len(shape) + 1))
    at = len(shape) if axis == -1 else axis
    out = shape[:at] + [depth] + shape[at:]
    wide = choice(rng, "int32", "int64")
    runtime = short == "i16" or choice(rng, True, False)
    quant = quantisation(rng, short)
    g = Graph()
    i, d = g.tensor(shape, wide), g.tensor([], "int32", data=depth)
    on, off = (tensor(g, rng, [], short, const=not runtime, quant=quant) for _ in range(2))
    y = tensor(g, rng, out, short, quant=quant)
    g.op("ONE_HOT", [i, d, on, off], [y], axis=axis)
    values = [data(rng, [], LONG[short]) for _ in range(2)]
    indices = rng.integers(-1, depth, shape, endpoint=True).astype(wide)
    oracle, outputs = "litert", None
    if short == "i16":  # LiteRT's reference prepares it and forgets to run it
        hot = np.expand_dims(indices, at) == np.arange(depth).reshape([depth] + [1] * (len(shape) - at))
        oracle, outputs = "given", [[np.where(hot, *values).astype(np.int16)]]
    invoke = [indices] + (values if runtime else [])
    return Case(f"ONE_HOT {short}, {shape} of {depth} along {axis} ({wide}){', runtime' if runtime else ''}",
                g.build([i, on, off] if runtime else [i], [y]), [invoke], variant=short,
                oracle=oracle, outputs=outputs)


def topk(rng, short):
    shape = small(rng, 1, 3, 300)
    if choice(rng, True, False):
        shape[-1] = int(rng.integers(10, 40))
    k = int(rng.integers(1, shape[-1], endpoint=True))
    wide = choice(rng, "int32", "int16")
    index = choice(rng, "int32", "int32", "int16")
    quant = quantisation(rng, short)
    g = Graph()
    x, n = tensor(g, rng, shape, short, quant=quant), g.tensor([], wide, data=k)
    out = shape[:-1] + [k]
    y, i = tensor(g, rng, out, short, quant=quant), g.tensor(out, index)
    g.op("TOPK_V2", [x, n], [y, i], version=3)
    values = data(rng, shape, LONG[short], *choice(rng, (), (0, 5)))
    if short == "f32":
        values.reshape(-1)[::5] = choice(rng, 0.0, -0.0, np.inf, -np.inf, 0.5)
    return Case(f"TOPK_V2 {short}, {k} of {shape}, indices {index}", g.build([x], [y, i]), [[values]],
                variant=short, oracle="litert")


def range_(rng, short):
    start = int(rng.integers(-20, 20))
    delta = choice(rng, -7, -2, -1, 1, 1, 2, 3, 7)
    limit = start + delta * int(rng.integers(1, 30)) + choice(rng, 0, 1) * (1 if delta > 0 else -1)
    values = [np.array(v, LONG[short]) for v in (start, limit, delta)]
    if short == "f32":
        values = [v * np.float32(0.3) for v in values]
        length = int(np.ceil(np.abs((values[1] - values[0]) / values[2])))
    else:
        length = len(range(start, limit, delta))
    runtime = choice(rng, True, False)
    g = Graph()
    xs = [g.tensor([], LONG[short], data=None if runtime else v) for v in values]
    y, z = g.tensor([length], LONG[short]), g.tensor([length], LONG[short])
    inputs, invoke = [t for t in xs if not t.const], [v for t, v in zip(xs, values) if not t.const]
    if not runtime:  # the references want an input
        a, b = g.tensor([1], "float32"), g.tensor([1], "float32")
        g.op("RESHAPE", [a, g.tensor([1], "int32", data=[1])], [b])
        g.op("RANGE", xs, [z])
        g.op("RESHAPE", [z, g.tensor([1], "int32", data=[length])], [y])
        return Case(f"RANGE {short}, {start} to {limit} by {delta}", g.build([a], [y, b]),
                    [[data(rng, [1], "float32")]], variant=short, op="RANGE", oracle="litert", inner=())
    g.op("RANGE", xs, [y])
    return Case(f"RANGE {short}, {start} to {limit} by {delta}, computed", g.build(inputs, [y]), [invoke],
                variant=short, oracle="litert")


def where(rng, short):
    shape = small(rng, 1, 4, 200)
    x = data(rng, shape, LONG[short])
    x = (x * rng.integers(0, 2, shape)).astype(LONG[short])
    x.reshape(-1)[-1] = 1  # LiteRT's Python cannot show an empty output
    g = Graph()
    cond, y = g.tensor(shape, LONG[short]), g.tensor([np.count_nonzero(x), len(shape)], "int64")
    g.op("WHERE", [cond], [y])
    return Case(f"WHERE {short}, {y.shape[0]} of {shape}", g.build([cond], [y]), [[x]], variant=short,
                oracle="litert")


def unique(rng, short):
    count = int(rng.integers(1, 40))
    x = choice(rng, lambda: data(rng, [count], LONG[short]), lambda: rng.integers(0, 6, [count]))()
    x = np.asarray(x, LONG[short])
    wide = choice(rng, "int32", "int64")
    g = Graph()
    t, i = g.tensor([count], LONG[short]), g.tensor([count], wide)
    y = g.tensor([len(np.unique(x))], LONG[short])
    g.op("UNIQUE", [t], [y, i], idx_out_type=wide.upper())
    return Case(f"UNIQUE {short}, {y.shape[0]} of {count} ({wide})", g.build([t], [y, i]), [[x]],
                variant=short, oracle="litert")


def scatter_nd(rng, short):
    """Indices repeat: updates add up."""
    out = small(rng, 1, 4, 200)
    depth = int(rng.integers(1, len(out), endpoint=True))
    rows = [int(v) for v in rng.integers(1, 4, int(rng.integers(0 if depth < len(out) else 1, 3)))]
    g = Graph()
    i, u = g.tensor(rows + [depth], "int32"), g.tensor(rows + out[depth:], LONG[short])
    s, y = g.tensor([len(out)], "int32", data=out), g.tensor(out, LONG[short])
    g.op("SCATTER_ND", [i, u, s], [y])
    invokes = [[np.stack([rng.integers(0, d, rows) for d in out[:depth]], -1).astype(np.int32),
                data(rng, u.shape, LONG[short])] for _ in range(2)]
    return Case(f"SCATTER_ND {short}, {rows + [depth]} into {out}", g.build([i, u], [y]), invokes,
                variant=short, oracle="litert")


def sparse_to_dense(rng, short):
    """Places repeat: the last value stays. One value for all, or one for each."""
    out = small(rng, 1, 4, 200)
    rank = choice(rng, 0, 1, 2) if len(out) == 1 else 2
    count = 1 if rank == 0 else int(rng.integers(1, 9))
    wide, scalar = choice(rng, "int32", "int64"), bool(rng.integers(2)) or rank == 0
    g = Graph()
    i = g.tensor([[], [count], [count, len(out)]][rank], wide)
    v, rest = g.tensor([] if scalar else [count], LONG[short]), g.tensor([], LONG[short])
    s, y = g.tensor([len(out)], wide, data=out), g.tensor(out, LONG[short])
    g.op("SPARSE_TO_DENSE", [i, s, v, rest], [y])
    invokes = [[np.stack([rng.integers(0, d, count) for d in out], -1).astype(wide).reshape(i.shape),
                data(rng, v.shape, LONG[short]), data(rng, [], LONG[short])] for _ in range(2)]
    return Case(f"SPARSE_TO_DENSE {short}, {i.shape} ({wide}) into {out}, {'one value' if scalar else 'values'}",
                g.build([i, v, rest], [y]), invokes, variant=short, oracle="litert")


def segment_sum(rng, short):
    shape = small(rng, 1, 3, 200)
    ids = np.cumsum(np.r_[0, rng.integers(0, 2, shape[0] - 1)]).astype(np.int32)
    const = choice(rng, True, False)
    g = Graph()
    x, i = g.tensor(shape, LONG[short]), g.tensor([shape[0]], "int32", data=ids if const else None)
    y = g.tensor([int(ids[-1]) + 1] + shape[1:], LONG[short])
    g.op("SEGMENT_SUM", [x, i], [y])
    invoke = [data(rng, shape, LONG[short])] + ([] if const else [ids])
    return Case(f"SEGMENT_SUM {short}, {shape} to {y.shape[0]}{', constant' if const else ''}",
                g.build([x] if const else [x, i], [y]), [invoke], variant=short, oracle="litert-opt")


def reverse_sequence(rng, short):
    shape = small(rng, 2, 5, 300)
    sequence, batch = (int(v) for v in rng.permutation(len(shape))[:2])
    wide = choice(rng, "int32", "int64")
    quant = quantisation(rng, short)
    g = Graph()
    x, n = tensor(g, rng, shape, short, quant=quant), g.tensor([shape[batch]], wide)
    y = tensor(g, rng, shape, short, quant=quant)
    g.op("REVERSE_SEQUENCE", [x, n], [y], seq_dim=sequence, batch_dim=batch)
    invoke = [data(rng, shape, LONG[short]),
              rng.integers(1, shape[sequence], [shape[batch]], endpoint=True).astype(wide)]
    return Case(f"REVERSE_SEQUENCE {short}, {shape}, sequences {sequence}, batches {batch}",
                g.build([x, n], [y]), [invoke], variant=short, oracle="litert")


def specials(rng):
    x = np.array([[0, 3, 0], [-0.0, 0, 1]], np.float32)
    for name, shape, signature, rows in (("room for all", [1, 2], [-1, 2], 6), ("room for four", [4, 2], None, 4)):
        g = Graph()
        t, y = g.tensor([2, 3], "float32"), g.tensor(shape, "int64", shape_signature=signature)
        g.op("WHERE", [t], [y])
        wanted = np.full([rows, 2], -1, np.int64)
        wanted[:2] = [[0, 1], [1, 2]]
        yield Case(f"WHERE f32, {name}", g.build([t], [y]), [[x]], variant="f32", oracle="given",
                   outputs=[[wanted]], note="LiteRT makes the output as large as it has to be")
    g = Graph()
    t, i = g.tensor([6], "int32"), g.tensor([6], "int32")
    y = g.tensor([1], "int32", shape_signature=[-1])
    g.op("UNIQUE", [t], [y, i])
    yield Case("UNIQUE i32, room for all", g.build([t], [y, i]), [[np.array([4, 2, 4, 4, 9, 2], np.int32)]],
               variant="i32", oracle="given", note="LiteRT makes the output as large as it has to be",
               outputs=[[np.array([4, 2, 9, 0, 0, 0], np.int32), np.array([0, 1, 0, 0, 2, 1], np.int32)]])
    g = Graph()
    t, i = g.tensor([3, 2], "int32"), g.tensor([3], "int32")
    y = g.tensor([3, 2], "int32")
    g.op("SEGMENT_SUM", [t, i], [y])
    yield Case("SEGMENT_SUM i32, fewer segments than rows", g.build([t, i], [y]),
               [[np.array([[1, 2], [3, 2**31 - 1], [5, 6]], np.int32), np.array([0, 0, 1], np.int32)]],
               variant="i32", oracle="given", note="LiteRT makes the output as large as it has to be",
               outputs=[[np.array([[4, -2**31 + 1], [5, 6], [0, 0]], np.int32)]])
    g = Graph()
    t, k = g.tensor([4], "float32"), g.tensor([], "int32", data=4)
    y, i = g.tensor([4], "float32"), g.tensor([4], "int32")
    g.op("TOPK_V2", [t, k], [y, i])
    yield Case("TOPK_V2 f32, NaN last", g.build([t], [y, i]),
               [[np.array([np.nan, -np.inf, 2, np.nan], np.float32)]], variant="f32", oracle="litert")


def errors(rng):
    def model(op, xs, ys, **options):
        """xs: (shape, dtype, constant or None); ys: (shape, dtype)."""
        def build(g):
            tensors = [g.tensor(s, t, data=d) for s, t, d in xs]
            outs = [g.tensor(s, t) for s, t in ys]
            g.op(op, tensors, outs, **options)
            return [t for t in tensors if not t.const], outs
        return build
    f32, i32, i64 = "float32", "int32", "int64"
    on_off = [([], f32, 1), ([], f32, 0)]
    name = "ONE_HOT"
    yield refused("axis 2", name, ": axis 2, want -1 to 1",
                  model(name, [([3], i32, None), ([], i32, 4), *on_off], [([3, 4], f32)], axis=2),
                  status="ERR_PARAM")
    yield refused("negative depth", name, ", input 1 't1': -1, want 0 or more",
                  model(name, [([3], i32, None), ([], i32, -1), *on_off], [([3, 4], f32)], axis=-1),
                  status="ERR_PARAM")
    yield refused("output of another depth", name, ", output 0 't4': dimension 1 is 4, want 5",
                  model(name, [([3], i32, None), ([], i32, 5), *on_off], [([3, 4], f32)], axis=-1))
    yield refused("indices float", name, ", input 0 't0': type FLOAT32, want INT32 or INT64",
                  model(name, [([3], f32, None), ([], i32, 4), *on_off], [([3, 4], f32)], axis=-1),
                  status="ERR_TYPE")
    yield refused("values of two types", name, ", input 3 't3': type INT32, want FLOAT32",
                  model(name, [([3], i32, None), ([], i32, 4), on_off[0], ([], i32, 0)], [([3, 4], f32)]),
                  status="ERR_TYPE")
    yield refused("computed depth is another", name, ", input 1 't1': 5, want 4",
                  model(name, [([1], i32, None), ([], i32, None), *on_off], [([1, 4], f32)], axis=-1),
                  [[np.zeros([1], np.int32), np.array(5, np.int32)]], status="ERR_DATA")

    name = "TOPK_V2"
    yield refused("more than there are", name, ", input 1 't1': 4, want 0 to 3",
                  model(name, [([2, 3], f32, None), ([], i32, 4)], [([2, 4], f32), ([2, 4], i32)]),
                  status="ERR_PARAM")
    yield refused("of a scalar", name, ", input 0 't0': rank 0, want 1 to 8",
                  model(name, [([], f32, None), ([], i32, 1)], [([], f32), ([], i32)]))
    yield refused("of bools", name,
                  ", input 0 't0': type BOOL, want FLOAT32, INT32, UINT8, INT64, INT16 or INT8",
                  model(name, [([3], "bool", None), ([], i32, 1)], [([1], "bool"), ([1], i32)]),
                  status="ERR_TYPE")
    yield refused("indices int64", name, ", output 1 't3': type INT64, want INT32 or INT16",
                  model(name, [([3], f32, None), ([], i32, 1)], [([1], f32), ([1], i64)]),
                  status="ERR_TYPE")
    yield refused("rows too long for int16", name, ", input 0 't0': rows of 32768, want at most 32767",
                  model(name, [([32768], "int8", None), ([], i32, 1)], [([1], "int8"), ([1], "int16")]))
    yield refused("output too long", name, ", output 1 't3': dimension 0 is 3, want 2",
                  model(name, [([3], f32, None), ([], i32, 2)], [([2], f32), ([3], i32)]))
    yield refused("computed k is another", name, ", input 1 't1': 1, want 2",
                  model(name, [([3], f32, None), ([], i32, None)], [([2], f32), ([2], i32)]),
                  [[np.zeros([3], np.float32), np.array(1, np.int32)]], status="ERR_DATA")

    name = "RANGE"
    yield refused("delta 0", name, ", input 2 't2': does not lead from start to limit",
                  model(name, [([], i32, 0), ([], i32, 3), ([], i32, 0)], [([3], i32)]),
                  status="ERR_PARAM")
    yield refused("wrong direction", name, ", input 2 't2': does not lead from start to limit",
                  model(name, [([], f32, 0), ([], f32, 3), ([], f32, -1)], [([3], f32)]),
                  status="ERR_PARAM")
    yield refused("absurdly long", name, ", input 2 't2': does not lead from start to limit",
                  model(name, [([], i64, -2**63), ([], i64, 2**63 - 1), ([], i64, 1)], [([3], i64)]),
                  status="ERR_PARAM")
    yield refused("output too long", name, ", output 0 't3': dimension 0 is 4, want 3",
                  model(name, [([], i32, 0), ([], i32, 3), ([], i32, 1)], [([4], i32)]))
    yield refused("computed length is another", name, ", output 0 't3': dimension 0 is 3, want 4",
                  model(name, [([], i32, 0), ([], i32, None), ([], i32, 1)], [([3], i32)]),
                  [[np.array(4, np.int32)]], status="ERR_DATA")
    yield refused("int8", name, ", input 0 't0': type INT8, want FLOAT32, INT32 or INT64",
                  model(name, [([], "int8", 0), ([], "int8", 3), ([], "int8", 1)], [([3], "int8")]),
                  status="ERR_TYPE")

    yield refused("of a scalar", "WHERE", ", input 0 't0': rank 0, want 1 to 8",
                  model("WHERE", [([], "bool", None)], [([1, 0], i64)]))
    yield refused("output int32", "WHERE", ", output 0 't1': type INT32, want INT64",
                  model("WHERE", [([3], "bool", None)], [([3, 1], i32)]), status="ERR_TYPE")
    yield refused("more rows than there is room", "WHERE", ", output 0 't1': 2 rows, want at most 1",
                  model("WHERE", [([3], "bool", None)], [([1, 1], i64)]),
                  [[np.array([1, 0, 1], bool)]], status="ERR_DATA")
    yield refused("of a matrix", "UNIQUE", ", input 0 't0': rank 2, want 1",
                  model("UNIQUE", [([2, 2], i32, None)], [([4], i32), ([4], i32)]))
    yield refused("more elements than there is room", "UNIQUE",
                  ", output 0 't1': 3 different elements, want at most 2",
                  model("UNIQUE", [([3], i32, None)], [([2], i32), ([3], i32)]),
                  [[np.array([5, 6, 7], np.int32)]], status="ERR_DATA")
    yield refused("too few indices", "UNIQUE", ", output 1 't2': dimension 0 is 2, want 3",
                  model("UNIQUE", [([3], i32, None)], [([3], i32), ([2], i32)]))

    name = "SCATTER_ND"
    yield refused("index out of range", name, ", input 0 't0': index 4 for dimension 0, want 0 to 3",
                  model(name, [([1, 1], i32, None), ([1, 2], f32, None), ([2], i32, [4, 2])], [([4, 2], f32)]),
                  [[np.array([[4]], np.int32), np.zeros([1, 2], np.float32)]], status="ERR_DATA")
    yield refused("updates of another shape", name, ", input 1 't1': dimension 1 is 3, want 2",
                  model(name, [([1, 1], i32, None), ([1, 3], f32, None), ([2], i32, [4, 2])], [([4, 2], f32)]))
    yield refused("indices too deep", name, ", input 0 't0': last dimension is 3, want 0 to 2",
                  model(name, [([1, 3], i32, None), ([1], f32, None), ([2], i32, [4, 2])], [([4, 2], f32)]))
    yield refused("output of another shape", name, ", output 0 't3': dimension 0 is 3, want 4",
                  model(name, [([1, 1], i32, None), ([1, 2], f32, None), ([2], i32, [4, 2])], [([3, 2], f32)]))
    yield refused("computed shape is another", name, ", output 0 't3': dimension 1 is 2, want 1",
                  model(name, [([1, 1], i32, 0), ([1, 2], f32, None), ([2], i32, None)], [([4, 2], f32)]),
                  [[np.zeros([1, 2], np.float32), np.array([4, 1], np.int32)]], status="ERR_DATA")
    yield refused("updates float16", name,
                  ", input 1 't1': type FLOAT16, want FLOAT32, INT32, UINT8, INT64, BOOL, INT16 or INT8",
                  model(name, [([1, 1], i32, None), ([1, 2], "float16", None), ([2], i32, [4, 2])],
                        [([4, 2], "float16")]), status="ERR_TYPE")

    name = "SPARSE_TO_DENSE"

    def dense(places=(2, 2), values=(2,), out=(4, 2), dtype=f32):
        return model(name, [(list(places), i32, None), ([len(out)], i32, list(out)), (list(values), dtype, None),
                            ([], dtype, None)], [(list(out), dtype)])
    yield refused("place out of range", name, ", input 0 't0': index 2 for dimension 1, want 0 to 1", dense(),
                  [[np.array([[0, 1], [3, 2]], np.int32), np.zeros([2], np.float32), np.float32(0)]], status="ERR_DATA")
    yield refused("places too deep", name, ", input 0 't0': 3 indices for a place, want 2", dense((2, 3)))
    yield refused("too few values", name, ", input 2 't2': 1 elements, want 2", dense(values=(1,)))

    name = "SEGMENT_SUM"
    x = np.zeros([3, 2], np.float32)
    for ids, text in (([0, 2, 2], "segment 2 after 0, want 1"), ([1, 1, 2], "segment 1 after -1, want 0"),
                      ([0, 1, 0], "segment 0 after 1, want 2"), ([-1, 0, 1], "segment -1 after -1, want 0")):
        yield refused(f"ids {ids}", name, f", input 1 't1': {text}",
                      model(name, [([3, 2], f32, None), ([3], i32, None)], [([3, 2], f32)]),
                      [[x, np.array(ids, np.int32)]], status="ERR_DATA")
    yield refused("constant ids that jump", name, ", input 1 't1': segment 2 after 0, want 1",
                  model(name, [([3, 2], f32, None), ([3], i32, [0, 2, 2])], [([3, 2], f32)]),
                  status="ERR_PARAM")
    yield refused("more segments than rows", name, ", input 1 't1': 3 segments, want at most 2",
                  model(name, [([3, 2], f32, None), ([3], i32, None)], [([2, 2], f32)]),
                  [[x, np.array([0, 1, 2], np.int32)]], status="ERR_DATA")
    yield refused("too few ids", name, ", input 1 't1': dimension 0 is 2, want 3",
                  model(name, [([3, 2], f32, None), ([2], i32, None)], [([3, 2], f32)]))
    yield refused("int8", name, ", input 0 't0': type INT8, want FLOAT32 or INT32",
                  model(name, [([3, 2], "int8", None), ([3], i32, None)], [([3, 2], "int8")]),
                  status="ERR_TYPE")

    name = "REVERSE_SEQUENCE"
    yield refused("one dimension for both", name,
                  ": sequence dimension 1, batch dimension 1, want two of 0 to 1",
                  model(name, [([2, 3], f32, None), ([2], i32, None)], [([2, 3], f32)], seq_dim=1, batch_dim=1),
                  status="ERR_PARAM")
    yield refused("too few lengths", name, ", input 1 't1': dimension 0 is 1, want 2",
                  model(name, [([2, 3], f32, None), ([1], i32, None)], [([2, 3], f32)], seq_dim=1))
    for length in (4, -1):
        yield refused(f"length {length}", name, f", input 1 't1': length {length}, want 0 to 3",
                      model(name, [([2, 3], f32, None), ([2], i32, None)], [([2, 3], f32)], seq_dim=1),
                      [[np.zeros([2, 3], np.float32), np.array([1, length], np.int32)]], status="ERR_DATA")
