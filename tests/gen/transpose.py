# SPDX-License-Identifier: MIT
"""TRANSPOSE, BROADCAST_TO, TILE, BROADCAST_ARGS, FILL, ZEROS_LIKE."""

import numpy as np

from lib import Case, Graph, choice, data
from movement import LONG, quantisation, refused, small, tensor, unary

TYPES = {
    "TRANSPOSE": ("f32 i8 i16", "i32 u8 i64 bool"),
    "BROADCAST_TO": ("f32 i8 i16 i32 i64 bool", ""),
    "TILE": ("", "f32 i8 i16 i32 i64 u8 bool"),
    "FILL": ("f32 i32 i8", "i16 i64 bool"),
    "ZEROS_LIKE": ("f32 i8 i32 i64", ""),
}


def cases(rng, count):
    makers = {"TRANSPOSE": transpose, "BROADCAST_TO": broadcast_to, "TILE": tile, "FILL": fill,
              "ZEROS_LIKE": zeros_like}
    for op, (tflm, more) in TYPES.items():
        for short in tflm.split() + more.split():
            for _ in range(count):
                yield makers[op](rng, short, "tflm" if short in tflm.split() else "litert")
    for wide in ("i32", "i64"):
        for _ in range(count):
            yield broadcast_args(rng, wide)
    yield from specials(rng)
    yield from errors(rng)


def transpose(rng, short, oracle):
    """LiteRT's reference transposes the types that TFLM has not, up to 6 dimensions."""
    shape = small(rng, 1, 5 if oracle == "tflm" else 6, 400)
    perm = [int(p) for p in rng.permutation(len(shape))]
    return unary(rng, f"{shape} by {perm}", "TRANSPOSE", short, shape, [shape[p] for p in perm],
                 (perm, "int32"), oracle=oracle)


def broadcast_to(rng, short, oracle):
    out = small(rng, 1, 5, 400)
    shape = [choice(rng, 1, d, d) for d in out[int(rng.integers(0, len(out))):]]
    return unary(rng, f"{shape} to {out}", "BROADCAST_TO", short, shape, out,
                 (out, choice(rng, "int32", "int64")), oracle=oracle, variant="any")


def tile(rng, short, oracle):
    shape = small(rng, 1, 4, 60)
    times = [int(rng.integers(1, 4)) for _ in shape]
    return unary(rng, f"{shape} {times} times", "TILE", short, shape,
                 [d * t for d, t in zip(shape, times)], (times, choice(rng, "int32", "int64")),
                 oracle=oracle)


def fill(rng, short, oracle):
    """The value comes at run time or is a constant, for LiteRT the shape too."""
    shape = small(rng, 1, 5, 400)
    wide = choice(rng, "int32", "int64")
    runtime = oracle == "litert" and choice(rng, True, False)
    g = Graph()
    dims = g.tensor([len(shape)], wide, data=None if runtime else shape)
    quant = quantisation(rng, short)
    value = tensor(g, rng, [], short, const=not runtime, quant=quant)
    y = tensor(g, rng, shape, short, quant=quant)
    # The references' Python wants an input: it goes in and out.
    a, b = g.tensor([1], "float32"), g.tensor([1], "float32")
    g.op("FILL", [dims, value], [y])
    g.op("RESHAPE", [a, g.tensor([1], "int32", data=[1])], [b])
    inputs, invoke = [a], [data(rng, [1], "float32")]
    if runtime:
        inputs, invoke = [a, dims, value], invoke + [np.array(shape, wide), data(rng, [], LONG[short])]
    return Case(f"FILL {short}, {shape} ({wide}){', computed' if runtime else ''}",
                g.build(inputs, [y, b]), [invoke], variant=short, oracle=oracle)


def zeros_like(rng, short, oracle):
    shape = small(rng, 1, 5, 400)
    return unary(rng, f"{shape}", "ZEROS_LIKE", short, shape, shape, oracle=oracle)


def broadcast_args(rng, short):
    out = small(rng, 1, 6, 10**6)
    shapes = [[choice(rng, 1, d, d) for d in out[start:]] for start in (int(rng.integers(len(out))), 0)]
    wanted = list(np.broadcast_shapes(*shapes))
    if choice(rng, True, False):
        shapes.reverse()
    g = Graph()
    xs = [g.tensor([len(s)], LONG[short]) for s in shapes]
    y = g.tensor([len(wanted)], LONG[short])
    g.op("BROADCAST_ARGS", xs, [y])
    return Case(f"BROADCAST_ARGS {short}, {shapes[0]} and {shapes[1]}", g.build(xs, [y]),
                [[np.array(s, LONG[short]) for s in shapes]], variant=short)


def specials(rng):
    shape = [2, 3, 1, 2, 3, 2]
    perm = [3, 0, 5, 2, 4, 1]
    yield unary(rng, "six dimensions", "TRANSPOSE", "i8", shape, [shape[p] for p in perm],
                (perm, "int32"), oracle="litert")
    yield unary(rng, "six dimensions", "BROADCAST_TO", "f32", [3, 1, 2, 1, 2], [2, 3, 2, 2, 2, 2],
                ([2, 3, 2, 2, 2, 2], "int32"), oracle="litert", variant="any", version=2)
    yield unary(rng, "no times", "TILE", "f32", [2, 3], [2, 0], ([1, 0], "int32"), oracle="litert")
    g = Graph()
    x, p, y = g.tensor([2, 3, 4], "float32"), g.tensor([3], "int32"), g.tensor([4, 2, 3], "float32")
    g.op("TRANSPOSE", [x, p], [y])
    yield Case("TRANSPOSE f32, computed permutation", g.build([x, p], [y]),
               [[data(rng, [2, 3, 4], "float32"), np.array([2, 0, 1], np.int32)]], variant="f32",
               oracle="litert")
    for size in (16, 33):
        yield unary(rng, f"{size} x {size}", "TRANSPOSE", "i8", [size, size], [size, size],
                    ([1, 0], "int32"))


def errors(rng):
    def model(op, rest, out=(3, 2), types=("float32", "float32"), wide="int32", runtime=False):
        def build(g):
            x = g.tensor([2, 3], types[0])
            r = g.tensor(np.shape(rest), wide, data=None if runtime else rest)
            y = g.tensor(out, types[1])
            g.op(op, [x, r], [y])
            return [x, r] if runtime else [x], [y]
        return build
    x = data(rng, [2, 3], "float32")
    yield refused("no permutation", "TRANSPOSE",
                  ", input 1 't1': dimension 1 goes to 0, want a permutation",
                  model("TRANSPOSE", [1, 1]), status="ERR_PARAM")
    yield refused("dimension out of range", "TRANSPOSE",
                  ", input 1 't1': dimension 2 goes to 1, want a permutation",
                  model("TRANSPOSE", [0, 2]), status="ERR_PARAM")
    yield refused("too short a permutation", "TRANSPOSE", ", input 1 't1': 1 elements, want 2",
                  model("TRANSPOSE", [1]))
    yield refused("output not transposed", "TRANSPOSE", ", output 0 't2': dimension 0 is 2, want 3",
                  model("TRANSPOSE", [1, 0], out=(2, 3)))
    yield refused("permutation float", "TRANSPOSE", ", input 1 't1': type FLOAT32, want INT32 or INT64",
                  model("TRANSPOSE", [1, 0], wide="float32"), status="ERR_TYPE")
    yield refused("types differ", "TRANSPOSE", ", output 0 't2': type INT8, want FLOAT32",
                  model("TRANSPOSE", [1, 0], types=("float32", "int8")), status="ERR_TYPE")
    yield refused("computed, another shape comes out", "TRANSPOSE",
                  ", output 0 't2': dimension 0 is 3, want 2",
                  model("TRANSPOSE", [1, 0], runtime=True), [[x, np.array([0, 1], np.int32)]],
                  status="ERR_DATA")
    yield refused("does not fit", "BROADCAST_TO",
                  ", input 1 't1': dimension 1 is to become 4, want the input's 3",
                  model("BROADCAST_TO", [2, 4]), status="ERR_PARAM")
    yield refused("fewer dimensions", "BROADCAST_TO", ", input 1 't1': 1 elements, want 2 to 8",
                  model("BROADCAST_TO", [3]))
    yield refused("output of another shape", "BROADCAST_TO", ", output 0 't2': dimension 0 is 3, want 2",
                  model("BROADCAST_TO", [2, 3]))
    yield refused("negative", "TILE",
                  ", input 1 't1': dimension 1 is to be repeated -1 times, which is no size",
                  model("TILE", [1, -1]), status="ERR_PARAM")
    yield refused("absurdly often", "TILE",
                  ", input 1 't1': dimension 0 is to be repeated 2147483647 times, which is no size",
                  model("TILE", [2**31 - 1, 1]), status="ERR_PARAM")
    yield refused("output of another shape", "TILE", ", output 0 't2': dimension 0 is 3, want 2",
                  model("TILE", [1, 1]))

    def args(a, b, out, runtime=False, dtype="int32"):
        def build(g):
            xs = [g.tensor([len(v)], "int32") for v in (a, b)]
            y = g.tensor([out], dtype)
            g.op("BROADCAST_ARGS", xs, [y])
            return xs, [y]
        return build
    yield refused("no common shape", "BROADCAST_ARGS", ", input 1 't1': dimension 1 is 3, want 4 or 1",
                  args([2, 4], [3], 2), [[np.array([2, 4], np.int32), np.array([3], np.int32)]],
                  status="ERR_DATA")
    yield refused("output too short", "BROADCAST_ARGS", ", output 0 't2': dimension 0 is 1, want 2",
                  args([2, 4], [3], 1))
    yield refused("types differ", "BROADCAST_ARGS", ", output 0 't2': type INT64, want INT32",
                  args([2, 4], [3], 2, dtype="int64"), status="ERR_TYPE")

    def filled(shape=(2, 3), out=(2, 3), value=(), types=("float32", "float32"), runtime=False):
        def build(g):
            s = g.tensor([len(shape)], "int32", data=None if runtime else shape)
            v, y = g.tensor(value, types[0]), g.tensor(out, types[1])
            g.op("FILL", [s, v], [y])
            return [s, v] if runtime else [v], [y]
        return build
    yield refused("output of another shape", "FILL", ", output 0 't2': dimension 1 is 2, want 3",
                  filled(out=(2, 2)))
    yield refused("output of another rank", "FILL", ", output 0 't2': rank 1, want 2", filled(out=(6,)))
    yield refused("two values", "FILL", ", input 1 't1': 2 elements, want 1", filled(value=(2,)))
    yield refused("types differ", "FILL", ", output 0 't2': type INT8, want FLOAT32",
                  filled(types=("float32", "int8")), status="ERR_TYPE")
    yield refused("computed, another shape comes out", "FILL",
                  ", output 0 't2': dimension 1 is 3, want 4", filled(runtime=True),
                  [[np.array([2, 4], np.int32), data(rng, [], "float32")]], status="ERR_DATA")

    def zeros(out, dtype):
        def build(g):
            x, y = g.tensor([2, 3], "float32"), g.tensor(out, dtype)
            g.op("ZEROS_LIKE", [x], [y])
            return [x], [y]
        return build
    yield refused("output of another shape", "ZEROS_LIKE", ", output 0 't1': dimension 1 is 2, want 3",
                  zeros([2, 2], "float32"))
    yield refused("types differ", "ZEROS_LIKE", ", output 0 't1': type INT32, want FLOAT32",
                  zeros([2, 3], "int32"), status="ERR_TYPE")
