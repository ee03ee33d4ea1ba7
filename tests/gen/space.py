# SPDX-License-Identifier: MIT
"""SPACE_TO_DEPTH, DEPTH_TO_SPACE, SPACE_TO_BATCH_ND, BATCH_TO_SPACE_ND."""

import numpy as np

from lib import Case, Graph, choice, data
from movement import LONG, quantisation, refused, tensor, unary

TYPES = {
    "SPACE_TO_DEPTH": ("f32 i8", "i32 u8 i64"),
    "DEPTH_TO_SPACE": ("f32 i8", "i32 u8 i64"),
    "SPACE_TO_BATCH_ND": ("f32 i8", "i16 i32 u8 i64"),
    "BATCH_TO_SPACE_ND": ("f32 i8", "i16 i32 u8 i64"),
}


def cases(rng, count):
    for op, (tflm, more) in TYPES.items():
        maker = depth if "DEPTH" in op else batch
        for short in tflm.split() + more.split():
            for _ in range(count):
                yield maker(rng, op, short, "tflm" if short in tflm.split() else "litert")
    yield from many_dimensions(rng)
    yield from errors()


def depth(rng, op, short, oracle):
    block = choice(rng, 1, 2, 2, 3)
    b, h, w, c = (int(v) for v in rng.integers(1, 4, 4))
    flat, deep = [b, h * block, w * block, c], [b, h, w, c * block * block]
    shape, out = (flat, deep) if op == "SPACE_TO_DEPTH" else (deep, flat)
    return unary(rng, f"{shape}, block {block}", op, short, shape, out, oracle=oracle,
                 block_size=block)


def batch(rng, op, short, oracle):
    """Rank 3 or 4. What TFLM pads with in SPACE_TO_BATCH_ND is memory that it does not initialise:
    paddings are LiteRT's to judge."""
    to_batch = op == "SPACE_TO_BATCH_ND"
    rank = choice(rng, 3, 4)
    blocks = [int(v) for v in rng.integers(1, 4, rank - 2)]
    while True:
        cells = [int(v) for v in rng.integers(1, 5, rank - 2)]
        pads = [[int(v) for v in rng.integers(0, 3, 2)] for _ in blocks]
        if choice(rng, True, False, False):
            pads = [[0, 0] for _ in blocks]
        sizes = [c * b - sum(p) for c, b, p in zip(cells, blocks, pads)]
        if min(sizes) > 0:
            break
    images, channels = (int(v) for v in rng.integers(1, 4, 2))
    image = [images, *sizes, channels]
    split = [images * int(np.prod(blocks)), *cells, channels]
    shape, out = (image, split) if to_batch else (split, image)
    quant = quantisation(rng, short)
    if to_batch and np.any(pads):
        oracle = "litert"
    g = Graph()
    x, y = tensor(g, rng, shape, short, quant=quant), tensor(g, rng, out, short, quant=quant)
    block_tensor = g.tensor([len(blocks)], "int32", data=blocks)
    g.op(op, [x, block_tensor, g.tensor([len(pads), 2], "int32", data=pads)], [y])
    return Case(f"{op} {short}, {shape}, blocks {blocks}, {'padding' if to_batch else 'crops'} {pads}",
                g.build([x], [y]), [[data(rng, shape, LONG[short])]], variant=short, oracle=oracle)


def many_dimensions(rng):
    """Three spatial dimensions and two more, against numpy."""
    x = data(rng, [2, 3, 5, 2, 2, 3], "float32")
    blocks, pads = [2, 3, 2], [[1, 0], [0, 1], [1, 1]]
    p = np.pad(x, [[0, 0], *pads, [0, 0], [0, 0]])
    p = p.reshape([2, 2, 2, 2, 3, 2, 2, 2, 3]).transpose([2, 4, 6, 0, 1, 3, 5, 7, 8])
    y = np.ascontiguousarray(p.reshape([24, 2, 2, 2, 2, 3]))
    for op, a, b in (("SPACE_TO_BATCH_ND", x, y), ("BATCH_TO_SPACE_ND", y, x)):
        g = Graph()
        tx, ty = g.tensor(a.shape, "float32"), g.tensor(b.shape, "float32")
        rest = [g.tensor([3], "int32", data=blocks), g.tensor([3, 2], "int32", data=pads)]
        g.op(op, [tx, *rest], [ty])
        yield Case(f"{op} f32, six dimensions, three of them blocked", g.build([tx], [ty]), [[a]],
                   variant="f32", oracle="given", outputs=[[b]], note="beyond the references' ranks")


def errors():
    def deep(op, shape, out, block=2, types=("int8", "int8")):
        def build(g):
            x, y = g.tensor(shape, types[0], 0.5), g.tensor(out, types[1], 0.5)
            g.op(op, [x], [y], block_size=block)
            return [x], [y]
        return build
    yield refused("block 0", "SPACE_TO_DEPTH", ": block size 0, want 1 to 32767",
                  deep("SPACE_TO_DEPTH", [1, 4, 4, 1], [1, 2, 2, 4], 0), status="ERR_PARAM")
    yield refused("odd height", "SPACE_TO_DEPTH", ", input 0 't0': dimension 1 is 3, want a multiple of 2",
                  deep("SPACE_TO_DEPTH", [1, 3, 4, 1], [1, 1, 2, 4]))
    yield refused("three dimensions", "SPACE_TO_DEPTH", ", input 0 't0': rank 3, want 4",
                  deep("SPACE_TO_DEPTH", [4, 4, 1], [2, 2, 4]))
    yield refused("output too shallow", "SPACE_TO_DEPTH", ", output 0 't1': dimension 3 is 3, want 4",
                  deep("SPACE_TO_DEPTH", [1, 4, 4, 1], [1, 2, 2, 3]))
    yield refused("negative block", "DEPTH_TO_SPACE", ": block size -1, want 1 to 32767",
                  deep("DEPTH_TO_SPACE", [1, 2, 2, 4], [1, 4, 4, 1], -1), status="ERR_PARAM")
    yield refused("too few channels", "DEPTH_TO_SPACE",
                  ", input 0 't0': dimension 3 is 3, want a multiple of 4",
                  deep("DEPTH_TO_SPACE", [1, 2, 2, 3], [1, 4, 4, 1]))
    yield refused("types differ", "DEPTH_TO_SPACE", ", output 0 't1': type INT16, want INT8",
                  deep("DEPTH_TO_SPACE", [1, 2, 2, 4], [1, 4, 4, 1], types=("int8", "int16")),
                  status="ERR_TYPE")

    def split(op, shape, out, blocks=(2, 2), pads=((0, 0), (0, 0)), const=True):
        def build(g):
            x, y = g.tensor(shape, "int8", 0.5), g.tensor(out, "int8", 0.5)
            b = g.tensor([len(blocks)], "int32", data=blocks if const else None)
            p = g.tensor([len(pads), 2], "int32", data=pads)
            g.op(op, [x, b, p], [y])
            return [x] if const else [x, b], [y]
        return build
    name = "SPACE_TO_BATCH_ND"
    yield refused("width does not fit", name,
                  ", input 0 't0': dimension 2 is 5, want one that blocks of 2 fit into",
                  split(name, [1, 4, 5, 1], [4, 2, 2, 1]))
    yield refused("block 0", name,
                  ", input 1 't2': block 0 with 0 and 0 of dimension 1, want none below 1, 0, 0",
                  split(name, [1, 4, 4, 1], [4, 2, 2, 1], blocks=(0, 2)), status="ERR_PARAM")
    yield refused("negative padding", name,
                  ", input 1 't2': block 2 with 0 and -1 of dimension 2, want none below 1, 0, 0",
                  split(name, [1, 4, 4, 1], [4, 2, 2, 1], pads=((0, 0), (0, -1))), status="ERR_PARAM")
    yield refused("blocks computed", name, ", input 1 't2': computed, want a constant",
                  split(name, [1, 4, 4, 1], [4, 2, 2, 1], const=False), status="ERR_PARAM")
    yield refused("too many blocks", name, ", input 1 't2': 2 elements, want 1 to 1",
                  split(name, [1, 4], [4, 1]))
    yield refused("too few paddings", name, ", input 2 't3': 2 elements, want 4",
                  split(name, [1, 4, 4, 1], [4, 2, 2, 1], pads=((0, 0),)))
    yield refused("output too small", name, ", output 0 't1': dimension 0 is 2, want 4",
                  split(name, [1, 4, 4, 1], [2, 2, 2, 1]))
    name = "BATCH_TO_SPACE_ND"
    yield refused("batch does not fit", name,
                  ", input 0 't0': dimension 0 is 6, want one that blocks of 2 fit into",
                  split(name, [6, 2, 2, 1], [1, 4, 4, 1]))
    yield refused("crops all", name,
                  ", input 0 't0': dimension 0 is 4, want one that blocks of 2 fit into",
                  split(name, [4, 2, 2, 1], [1, 4, 4, 1], pads=((3, 2), (0, 0))))
    yield refused("output too large", name, ", output 0 't1': dimension 1 is 4, want 3",
                  split(name, [4, 2, 2, 1], [1, 4, 4, 1], pads=((1, 0), (0, 0))))
