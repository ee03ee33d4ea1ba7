# SPDX-License-Identifier: MIT
"""DENSIFY: constants that are stored without their zeros."""

import numpy as np

from lib import Case, Graph, choice, data, dims, scale

LISTS = (np.int32, np.uint16, np.uint8)


def cases(rng, count):
    for variant in ("f32", "f16", "i8"):
        for _ in range(count):
            yield densify(rng, variant)
    yield from layers(rng)
    yield from errors(rng)


def compress(values, order, block_map, blocks, sparse, kind):
    """(levels, data without zeros) of an array; sparse: the numbers of levels that leave out zeros."""
    rank = values.ndim
    shape = list(values.shape)
    for dim, block in zip(block_map, blocks):
        shape[dim] //= block
    split = []  # every dimension as blocks times what is in a block
    for dim in range(rank):
        split += [shape[dim], dict(zip(block_map, blocks)).get(dim, 1)]
    tree = values.reshape(split).transpose([2 * d for d in order] + [2 * d + 1 for d in block_map]
                                           + [2 * d + 1 for d in range(rank) if d not in block_map])
    tree = tree.reshape([shape[d] for d in order] + list(blocks))
    levels, nodes = [], [tree]
    for i, size in enumerate(tree.shape):
        if i not in sparse:
            levels.append(int(size))
            nodes = [n[k] for n in nodes for k in range(size)]
            continue
        segments, positions, below = [0], [], []
        for n in nodes:
            kept = [k for k in range(size) if np.any(n[k])]
            positions += kept
            segments.append(len(positions))
            below += [n[k] for k in kept]
        levels.append((np.array(segments, np.int32 if len(positions) > 255 else kind), np.array(positions, kind)))
        nodes = below
    return levels, np.array(nodes, values.dtype)


def sparse_values(rng, shape, dtype, block_map=(), blocks=()):
    """Mostly zeros, in whole blocks."""
    grid = [s // dict(zip(block_map, blocks)).get(d, 1) for d, s in enumerate(shape)]
    mask = rng.integers(0, choice(rng, 2, 4, 9), grid) == 0
    for dim, block in zip(block_map, blocks):
        mask = np.repeat(mask, block, dim)
    values = data(rng, shape, "float32", -4, 4).astype(dtype) if dtype != "int8" else data(rng, shape, dtype)
    values = np.where(mask, values, np.zeros_like(values))
    values.flat[int(rng.integers(values.size))] = 1  # LiteRT wants at least one
    return values


def densify(rng, variant):
    dtype = {"f32": "float32", "f16": "float16", "i8": "int8"}[variant]
    rank = choice(rng, 1, 2, 2, 3, 4, 4)
    block_map = sorted(rng.choice(rank, choice(rng, 0, 0, 1, min(2, rank)), replace=False).tolist())
    blocks = [choice(rng, 2, 4) for _ in block_map]
    shape = dims(rng, rank)
    for dim, block in zip(block_map, blocks):
        shape[dim] *= block
    order = list(range(rank)) if not rng.integers(3) else rng.permutation(rank).tolist()
    sparse = {i for i in range(rank) if not rng.integers(2)} or {rank - 1}
    values = sparse_values(rng, shape, dtype, block_map, blocks)
    kind = LISTS[int(rng.integers(3))]
    levels, stored = compress(values, order, block_map, blocks, sparse, kind)
    order = order + [rank + i for i in range(len(blocks))]
    g = Graph()
    quant = {"scale": scale(rng)} if dtype == "int8" else {}
    w = g.tensor(shape, dtype, data=stored, sparsity=(order, block_map, levels), **quant)
    y = g.tensor(shape, dtype, **quant)
    g.op("DENSIFY", [w], [y])
    name = (f"DENSIFY {dtype} {shape}, levels {order}, sparse {sorted(sparse)}, blocks {blocks} of {block_map}, "
            f"{len(stored)} values, {np.dtype(kind).name}")
    return Case(name, g.build([], [y]), [[], []], variant=variant, oracle="litert")


def layers(rng):
    """As converters write it: weights of float16 without zeros, made float32, and used."""
    values = sparse_values(rng, [8, 16], "float16", [1], [4])
    levels, stored = compress(values, [0, 1], [1], [4], {1}, np.uint8)
    g = Graph()
    x, y = g.tensor([2, 16], "float32"), g.tensor([2, 8], "float32")
    w = g.tensor([8, 16], "float16", data=stored, sparsity=([0, 1, 2], [1], levels))
    whole, floats = g.tensor([8, 16], "float16"), g.tensor([8, 16], "float32")
    g.op("DENSIFY", [w], [whole])
    g.op("DEQUANTIZE", [whole], [floats])
    g.op("FULLY_CONNECTED", [x, floats, None], [y])
    ins = [[data(rng, [2, 16], "float32", -1, 1)] for _ in range(2)]
    yield Case("DENSIFY, DEQUANTIZE, FULLY_CONNECTED", g.build([x], [y]), ins, variant="f16", oracle="litert")


def errors(rng):
    """What LiteRT would read beyond its lists for."""
    good = ([0, 1], [], [3, (np.array([0, 1, 2, 3], np.int32), np.array([3, 0, 2], np.int32))])

    def one(what, sparsity, message, op="DENSIFY", values=3, dtype="float32", **more):
        g = Graph()
        w = g.tensor([3, 4], dtype, data=np.ones(values, dtype), sparsity=sparsity, name="w")
        y = g.tensor([3, 4], dtype)
        g.op(op, [w], [y], **more)
        return Case(what, g.build([], [y]), [], variant="errors", error=("ERR_MODEL", message))

    def lists(segments, positions):
        return [0, 1], [], [3, (np.array(segments, np.int32), np.array(positions, np.int32))]

    start = "op 0 DENSIFY, input 0 'w': "
    walk = start + "sparse, but its lists lead out of the tensor"
    yield one("of a dense constant", None, start + "not sparse, want a sparse constant", values=12)
    yield one("sparse weights of another operator", good, "op 0 ABS, input 0 'w': sparse, want it dense", op="ABS")
    yield one("a position beyond the dimension", lists([0, 1, 2, 3], [4, 0, 2]), walk)
    yield one("a negative position", lists([0, 1, 2, 3], [-1, 0, 2]), walk)
    yield one("positions twice", lists([0, 2, 2, 3], [1, 1, 2]), walk)
    yield one("segments that go back", lists([0, 2, 1, 3], [0, 1, 2]), walk)
    yield one("segments beyond the positions", lists([0, 1, 2, 9], [0, 1, 2]), walk)
    yield one("too few segments", lists([0, 1, 2], [0, 1, 2]), walk)
    yield one("too few values", good, walk, values=2)
    yield one("no levels", ([0, 1], [], []), start + "sparse, but its number of levels does not fit its shape")
    yield one("the same dimension twice", ([0, 0], [], good[2]),
              start + "sparse, but its order is none of all dimensions")
    yield one("a level of another size", ([0, 1], [], [2, good[2][1]]),
              start + "sparse, but a level does not have the size of its dimension")
    yield one("blocks that do not divide", ([0, 1, 2], [1], [3, good[2][1], 3]),
              start + "sparse, but its blocks do not fit its shape")
    g = Graph()
    w = g.tensor([3, 4], "float32", data=np.ones(3, np.float32), sparsity=good)
    yield Case("a sparse output of the model", g.build([], [w]), [], variant="errors",
               error=("ERR_MODEL", "subgraph 0, output 0: sparse, want it dense"))
