# SPDX-License-Identifier: MIT
"""SLICE, STRIDED_SLICE, REVERSE_V2, DYNAMIC_UPDATE_SLICE: parts of a tensor, in some order."""

import numpy as np

from lib import Case, Graph, choice, data
from movement import LONG, quantisation, refused, small, tensor, unary

TYPES = {
    "SLICE": ("f32 i8 i16 i32 bool", "u8 i64"),
    "STRIDED_SLICE": ("f32 i8 i16 i32 bool", "u8 i64"),
    "REVERSE_V2": ("f32 i32 i16 i8 u8 i64 bool", ""),
    "DYNAMIC_UPDATE_SLICE": ("f32 i8 i16 i32", "i64 bool"),
}


def cases(rng, count):
    makers = {"SLICE": slice_, "STRIDED_SLICE": strided_slice, "REVERSE_V2": reverse,
              "DYNAMIC_UPDATE_SLICE": update}
    for op, (tflm, more) in TYPES.items():
        for short in tflm.split() + more.split():
            for _ in range(count):
                yield makers[op](rng, short, "tflm" if short in tflm.split() else "litert")
    for _ in range(2 * count):
        yield masked(rng)
        yield computed(rng)
    yield from specials(rng)
    yield list_item(rng, 3)
    yield from errors(rng)
    yield runtime_shape(rng)


def list_item(rng, last):
    """What the converter makes of a list that a loop fills: all before item i, the item, all behind."""
    g = Graph()
    x, item, i = g.tensor([4, 1, 3], "float32"), g.tensor([1, 1, 3], "float32"), g.tensor([1], "int32")
    zeros, ones = (g.tensor([2], "int32", data=[v, v]) for v in (0, -1))
    size, begin, behind = g.tensor([3], "int32"), g.tensor([3], "int32"), g.tensor([1], "int32")
    before = g.tensor([1, 1, 1], "float32", shape_signature=[-1, -1, -1])
    after = g.tensor([1, 1, 3], "float32", shape_signature=[-1, 1, 3])
    y = g.tensor([4, 1, 3], "float32")
    g.op("CONCATENATION", [i, ones], [size], axis=0)
    g.op("SLICE", [x, g.tensor([3], "int32", data=[0, 0, 0]), size], [before])
    g.op("ADD", [i, g.tensor([1], "int32", data=[1])], [behind])
    g.op("CONCATENATION", [behind, zeros], [begin], axis=0)
    g.op("SLICE", [x, begin, g.tensor([3], "int32", data=[-1, -1, -1])], [after])
    g.op("CONCATENATION", [before, item, after], [y], axis=0)
    invokes = [[data(rng, [4, 1, 3], "float32"), data(rng, [1, 1, 3], "float32"), np.array([k], np.int32)]
               for k in (0, 2, last, 1)]
    return Case("SLICE to sizes known at run time, put together again", g.build([x, item, i], [y]), invokes,
                op="SLICE", variant="f32", oracle="litert", inner=())


def runtime_shape(rng):
    g = Graph()
    x, n = g.tensor([4], "float32"), g.tensor([1], "int32")
    part, y = (g.tensor([1], "float32", shape_signature=[-1]) for _ in range(2))
    g.op("SLICE", [x, g.tensor([1], "int32", data=[0]), n], [part])
    g.op("ABS", [part], [y])
    return Case("ABS of a size known at run time", g.build([x, n], [y]), variant="errors", op="SLICE",
                error=("ERR_SHAPE", "op 1 ABS, input 0 't2': the shape depends on values, want one that is known before"))


def slice_(rng, short, oracle):
    shape = small(rng, 1, 5, 400)
    begin = [int(rng.integers(0, d)) for d in shape]
    size = [int(rng.integers(1, d - b, endpoint=True)) for b, d in zip(begin, shape)]
    said = [-1 if b + s == d and choice(rng, True, False) else s for b, s, d in zip(begin, size, shape)]
    wide = choice(rng, "int32", "int64")
    quant = quantisation(rng, short)
    runtime = choice(rng, True, False, False) and oracle == "tflm"
    g = Graph()
    x, y = tensor(g, rng, shape, short, quant=quant), tensor(g, rng, size, short, quant=quant)
    b = g.tensor([len(shape)], wide, data=None if runtime else begin)
    s = g.tensor([len(shape)], wide, data=said)
    g.op("SLICE", [x, b, s], [y])
    invoke = [data(rng, shape, LONG[short])] + ([np.array(begin, wide)] if runtime else [])
    return Case(f"SLICE {short}, {shape} from {begin} by {said} ({wide}){', runtime' if runtime else ''}",
                g.build([x, b] if runtime else [x], [y]), [invoke], variant=short, oracle=oracle)


def entry(rng, size):
    """begin, end, stride of one dimension that leave something."""
    while True:
        begin, end = (int(v) for v in rng.integers(-size - 2, size + 2, 2, endpoint=True))
        stride = choice(rng, 1, 1, 1, 2, 3, -1, -2, size + 1)
        if len(range(*slice(begin, end, stride).indices(size))) > 0:
            return begin, end, stride


def python_slice(begin, end, stride, begin_masked, end_masked):
    return slice(None if begin_masked else begin, None if end_masked else end, stride)


def strided_slice(rng, short, oracle):
    """What TFLM takes: four dimensions, an entry for each, begin, end and shrink masks."""
    shape = small(rng, 1, 4, 400)
    begins, ends, strides, index = [], [], [], []
    masks = {"begin_mask": 0, "end_mask": 0, "shrink_axis_mask": 0}
    for i, d in enumerate(shape):
        begin, end, stride = entry(rng, d)
        begin_masked, end_masked, shrink = (choice(rng, True, False, False) for _ in range(3))
        if shrink:
            begin, end, stride = int(rng.integers(-d, d)), 0, 1
            begin_masked = False
        item = python_slice(begin, end, stride, begin_masked, end_masked)
        if not shrink and len(range(*item.indices(d))) == 0:
            begin_masked = end_masked = True
            item = slice(None, None, stride)
        index.append(begin if shrink else item)
        begins.append(begin), ends.append(end), strides.append(stride)
        masks["begin_mask"] |= begin_masked << i
        masks["end_mask"] |= end_masked << i
        masks["shrink_axis_mask"] |= shrink << i
    out = list(np.zeros(shape)[tuple(index)].shape)
    rest = [(v, "int32") for v in (begins, ends, strides)]
    said = [b if isinstance(b, int) else f"{b.start}:{b.stop}:{b.step}" for b in index]
    return unary(rng, f"{shape} at {said}", "STRIDED_SLICE", short, shape, out, *rest, oracle=oracle,
                 **masks)


def masked(rng):
    """Ellipsis and new axes, fewer entries than dimensions, five dimensions: LiteRT's."""
    short = choice(rng, "f32", "i8", "i32", "i16")
    shape = small(rng, 1, 4, 200)
    left, index, parts, masks = list(shape), [], [], [0, 0, 0, 0, 0]
    at_ellipsis = choice(rng, True, False)
    front = int(rng.integers(0, len(shape)))  # at least one dimension is left to the ellipsis
    back = int(rng.integers(0, len(shape) - front)) if at_ellipsis else 0

    def add(d, i):
        begin, end, stride = entry(rng, d)
        if choice(rng, True, False, False):
            parts.append((int(rng.integers(-d, d)), 0, 1))
            masks[4] |= 1 << i
            index.append(parts[-1][0])
        else:
            parts.append((begin, end, stride))
            index.append(slice(begin, end, stride))

    def new_axis():
        if choice(rng, True, False, False, False) and len(shape) < 4:
            masks[3] |= 1 << len(parts)
            parts.append((0, 0, 1))
            index.append(None)

    for _ in range(front):
        new_axis()
        add(left.pop(0), len(parts))
    new_axis()
    if at_ellipsis:
        masks[2] |= 1 << len(parts)
        parts.append((0, 0, 1))
        index.append(Ellipsis)
        for d in left[len(left) - back:]:
            add(d, len(parts))
            new_axis()
    if not parts:
        add(left.pop(0), 0)
    out = list(np.zeros(shape)[tuple(index)].shape)
    rest = [([p[i] for p in parts], "int32") for i in range(3)]
    return unary(rng, f"{shape} to {out}, ellipsis mask {masks[2]}, new axis mask {masks[3]}, "
                 f"shrink axis mask {masks[4]}, {parts}", "STRIDED_SLICE", short, shape, out, *rest,
                 oracle="litert", ellipsis_mask=masks[2], new_axis_mask=masks[3],
                 shrink_axis_mask=masks[4])


def computed(rng):
    """begin and end come at run time, as loops over time steps make them."""
    shape = small(rng, 1, 3, 100)
    step = int(rng.integers(0, shape[0]))
    begin, end = [step] + [0] * (len(shape) - 1), [step + 1] + [0] * (len(shape) - 1)
    mask = 2 ** len(shape) - 2
    g = Graph()
    x, y = g.tensor(shape, "float32"), g.tensor(shape[1:], "float32")
    b, e = g.tensor([len(shape)], "int32"), g.tensor([len(shape)], "int32")
    s = g.tensor([len(shape)], "int32", data=[1] * len(shape))
    g.op("STRIDED_SLICE", [x, b, e, s], [y], begin_mask=mask, end_mask=mask, shrink_axis_mask=1)
    invoke = [data(rng, shape, "float32"), np.array(begin, np.int32), np.array(end, np.int32)]
    return Case(f"STRIDED_SLICE f32, {shape} at {step}, computed", g.build([x, b, e], [y]), [invoke],
                variant="f32", oracle="litert")


def reverse(rng, short, oracle):
    """TFLM wants neighbouring axes."""
    shape = small(rng, 1, 4, 400)
    first = int(rng.integers(len(shape)))
    axes = list(range(first, int(rng.integers(first, len(shape))) + 1))
    said = [int(a) - choice(rng, 0, len(shape)) for a in rng.permutation(axes)]
    return unary(rng, f"{shape} along {said}", "REVERSE_V2", short, shape, shape, (said, "int32"),
                 oracle=oracle)


def update(rng, short, oracle):
    """Starts may lie outside: they are clamped."""
    shape = small(rng, 1, 5, 400)
    block = [int(rng.integers(1, d, endpoint=True)) for d in shape]
    quant = quantisation(rng, short)
    wide = choice(rng, "int32", "int64") if oracle == "tflm" else "int32"
    g = Graph()
    x, u, y = (tensor(g, rng, s, short, quant=quant) for s in (shape, block, shape))
    start = g.tensor([len(shape)], wide)
    g.op("DYNAMIC_UPDATE_SLICE", [x, u, start], [y])
    invokes = [[data(rng, shape, LONG[short]), data(rng, block, LONG[short]),
                np.array([int(rng.integers(-2, d + 2)) for d in shape], wide)] for _ in range(2)]
    return Case(f"DYNAMIC_UPDATE_SLICE {short}, {block} into {shape}", g.build([x, u, start], [y]),
                invokes, variant=short, oracle=oracle)


def specials(rng):
    g = Graph()
    x, y, z = g.tensor([2, 3], "int8"), g.tensor([2, 3], "int8"), g.tensor([2, 3], "int8")
    u = g.tensor([1, 2], "int8", data=[[7, 8]])
    s = [g.tensor([2], "int32", data=d) for d in ([0, 1], [1, 0])]
    g.op("DYNAMIC_UPDATE_SLICE", [x, u, s[0]], [y])
    g.op("DYNAMIC_UPDATE_SLICE", [y, u, s[1]], [z])
    yield Case("DYNAMIC_UPDATE_SLICE i8, twice", g.build([x], [z]), [[data(rng, [2, 3], "int8")]],
               variant="i8")
    shape = [2, 3, 2, 2, 1, 2]
    x = data(rng, shape, "float32")
    for name, op, y, rest, options in (
            ("six dimensions", "SLICE", x[1:, 1:, :1, :, :, 1:],
             ([1, 1, 0, 0, 0, 1], [1, 2, 1, 2, 1, -1]), {}),
            ("six dimensions", "STRIDED_SLICE", x[::-1, 1:, 0, :, :, ::2],
             ([0, 1, 0, 0, 0, 0], [0, 3, 0, 0, 0, 2], [-1, 1, 1, 1, 1, 2]),
             {"begin_mask": 1, "end_mask": 25, "shrink_axis_mask": 4}),
            ("scattered axes", "REVERSE_V2", x[::-1, :, :, ::-1, :, ::-1], ([0, 3, -1],), {})):
        g = Graph()
        tx, ty = g.tensor(shape, "float32"), g.tensor(y.shape, "float32")
        g.op(op, [tx, *[g.tensor([len(r)], "int32", data=r) for r in rest]], [ty], **options)
        yield Case(f"{op} f32, {name}", g.build([tx], [ty]), [[x]], variant="f32", oracle="given",
                   outputs=[[np.ascontiguousarray(y)]], note="beyond the references' ranks")


def errors(rng):
    def model(op, rest, out=(2, 2), types=("float32", "float32"), wide="int32", runtime=(), **options):
        def build(g):
            x = g.tensor([2, 3], types[0])
            others = [g.tensor(np.shape(r), wide, data=None if i in runtime else r)
                      for i, r in enumerate(rest)]
            y = g.tensor(out, types[1])
            g.op(op, [x, *others], [y], **options)
            return [x] + [others[i] for i in runtime], [y]
        return build
    x = data(rng, [2, 3], "float32")
    yield refused("block too large", "SLICE",
                  ", input 2 't2': begin 1, size 3, want a part of dimension 1, which is 3",
                  model("SLICE", ([0, 1], [2, 3])), status="ERR_PARAM")
    yield refused("begin negative", "SLICE",
                  ", input 2 't2': begin -1, size 2, want a part of dimension 0, which is 2",
                  model("SLICE", ([-1, 1], [2, 2])), status="ERR_PARAM")
    yield refused("output too small", "SLICE", ", output 0 't3': dimension 1 is 1, want 2",
                  model("SLICE", ([0, 1], [2, 2]), out=(2, 1)))
    def kept(g):
        x, n = g.tensor([3], "float32"), g.tensor([1], "int32")
        y = g.tensor([3], "float32", shape_signature=[-1], variable=True)
        g.op("SLICE", [x, g.tensor([1], "int32", data=[0]), n], [y])
        return [x, n], [y]
    yield refused("to a variable of open size", "SLICE", ": makes a shape that has to be known before", kept)
    yield refused("too few entries", "SLICE", ", input 1 't1': 1 elements, want 2",
                  model("SLICE", ([0], [2])))
    yield refused("begin float", "SLICE", ", input 1 't1': type FLOAT32, want INT32 or INT64",
                  model("SLICE", ([0, 1], [2, 2]), wide="float32"), status="ERR_TYPE")
    yield refused("types differ", "SLICE", ", output 0 't3': type INT32, want FLOAT32",
                  model("SLICE", ([0, 1], [2, 2]), types=("float32", "int32")), status="ERR_TYPE")
    yield refused("computed begin out of range", "SLICE",
                  ", input 2 't2': begin 2, size 2, want a part of dimension 1, which is 3",
                  model("SLICE", ([0, 0], [2, 2]), runtime=(0,)), [[x, np.array([0, 2], np.int32)]],
                  status="ERR_DATA")
    yield refused("computed size is another", "SLICE", ", output 0 't3': dimension 1 is 2, want 1",
                  model("SLICE", ([0, 0], [2, 2]), runtime=(1,)), [[x, np.array([2, 1], np.int32)]],
                  status="ERR_DATA")
    name = "STRIDED_SLICE"
    yield refused("stride 0", name, ", input 3 't3': stride 0, want another",
                  model(name, ([0, 0], [2, 2], [1, 0])), status="ERR_PARAM")
    yield refused("too many entries", name, ", input 1 't1': 3 entries, want 2",
                  model(name, ([0, 0, 0], [2, 2, 2], [1, 1, 1])))
    yield refused("lengths differ", name, ", input 2 't2': dimension 0 is 1, want 2",
                  model(name, ([0, 0], [2], [1, 1])))
    yield refused("index out of range", name, ", input 1 't1': index 2 of dimension 0, want one below 2",
                  model(name, ([2, 0], [3, 3], [1, 1]), out=(3,), shrink_axis_mask=1),
                  status="ERR_PARAM")
    yield refused("two ellipses", name, ": ellipsis mask 3, want one bit or none",
                  model(name, ([0, 0], [2, 2], [1, 1]), ellipsis_mask=3), status="ERR_PARAM")
    yield refused("output too large", name, ", output 0 't4': dimension 1 is 2, want 1",
                  model(name, ([0, 2], [2, 3], [1, 1])))
    yield refused("computed index out of range", name,
                  ", input 1 't1': index 2 of dimension 0, want one below 2",
                  model(name, ([0, 0], [3, 3], [1, 1]), out=(3,), runtime=(0,), shrink_axis_mask=1),
                  [[x, np.array([2, 0], np.int32)]], status="ERR_DATA")
    yield refused("axis out of range", "REVERSE_V2", ", input 1 't1': axis 2, want -2 to 1",
                  model("REVERSE_V2", ([2],), out=(2, 3)), status="ERR_PARAM")
    yield refused("computed axis out of range", "REVERSE_V2", ", input 1 't1': axis 2, want -2 to 1",
                  model("REVERSE_V2", ([0],), out=(2, 3), runtime=(0,)), [[x, np.array([2], np.int32)]],
                  status="ERR_DATA")
    yield refused("output of another shape", "REVERSE_V2", ", output 0 't2': dimension 0 is 3, want 2",
                  model("REVERSE_V2", ([0],), out=(3, 2)))

    def updated(block=(1, 2), dtype="float32", starts=(0, 0), out=(2, 3)):
        def build(g):
            x, u = g.tensor([2, 3], "float32"), g.tensor(block, dtype)
            s, y = g.tensor([len(starts)], "int32", data=starts), g.tensor(out, "float32")
            g.op("DYNAMIC_UPDATE_SLICE", [x, u, s], [y])
            return [x, u], [y]
        return build
    name = "DYNAMIC_UPDATE_SLICE"
    yield refused("block too large", name, ", input 1 't1': dimension 1 is 4, want at most 3",
                  updated((1, 4)))
    yield refused("block of another rank", name, ", input 1 't1': rank 1, want 2", updated((1,)))
    yield refused("block of another type", name, ", input 1 't1': type INT8, want FLOAT32",
                  updated(dtype="int8"), status="ERR_TYPE")
    yield refused("too few starts", name, ", input 2 't2': 1 elements, want 2", updated(starts=(0,)))
    yield refused("output too large", name, ", output 0 't3': dimension 0 is 3, want 2",
                  updated(out=(3, 3)))
