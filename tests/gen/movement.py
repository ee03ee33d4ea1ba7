# SPDX-License-Identifier: MIT
"""RESHAPE, SQUEEZE, EXPAND_DIMS, SHAPE, RANK; and what the other families of operators that only
move elements share: those go by the size of an element, so a case needs little but shapes."""

import numpy as np

from lib import Case, Graph, choice, data, dims, scale, zero_point

LONG = {"f32": "float32", "f16": "float16", "i8": "int8", "i16": "int16", "i32": "int32",
        "i64": "int64", "u8": "uint8", "u16": "uint16", "u32": "uint32", "bool": "bool"}


def tensor(g, rng, shape, short, const=False, quant=None):
    """A tensor of a type given in short; quant: (scale, zero point) of a quantised one."""
    dtype = LONG[short]
    quant = quant or quantisation(rng, short)
    return g.tensor(shape, dtype, *quant, data=data(rng, shape, dtype) if const else None)


def quantisation(rng, short):
    return (scale(rng), zero_point(rng, LONG[short])) if short in ("i8", "u8", "i16") else (None, 0)


def small(rng, low_rank, high_rank, most=600):
    """Dimensions of that many elements at most."""
    while True:
        shape = dims(rng, int(rng.integers(low_rank, high_rank, endpoint=True)))
        if np.prod(shape) <= most:
            return shape


def unary(rng, name, op, short, shape, out_shape, *rest, oracle="tflm", variant=None, before=(),
          version=1, **options):
    """A case of an operator that makes one output from one input. `rest` are constants behind the
    input, `before` in front of it: (array, dtype)."""
    g = Graph()
    quant = quantisation(rng, short)
    x, y = tensor(g, rng, shape, short, quant=quant), tensor(g, rng, out_shape, short, quant=quant)
    constants = [[g.tensor(np.shape(a), t, data=a) for a, t in group] for group in (before, rest)]
    g.op(op, [*constants[0], x, *constants[1]], [y], version=version, **options)
    invokes = [[data(rng, shape, LONG[short])]]
    return Case(f"{op} {short}, {name}", g.build([x], [y]), invokes, variant=variant or short,
                oracle=oracle)


def refused(name, op, message, build, invokes=(), status="ERR_SHAPE"):
    """A case that fails with "op 0 OP, " and the message. build(g) gives inputs and outputs."""
    g = Graph()
    inputs, outputs = build(g)
    return Case(f"{op}, {name}", g.build(inputs, outputs), invokes, variant="errors", op=op,
                error=(status, f"op 0 {op}{message}"))


def cases(rng, count):
    for short in ("f32", "i8", "i16", "i32", "i64", "u8", "bool"):
        for _ in range(max(2, count // 4)):
            yield reshape(rng, short)
            yield squeeze(rng, short)
            yield expand_dims(rng, short)
            yield shape_of(rng, short)
            yield rank_of(rng, short)
    yield from reshape_specials(rng)
    yield from dynamic(rng)
    yield from errors()


def reshape(rng, short):
    """All ways to say the shape: none, a constant, a constant with -1, an option, a runtime tensor."""
    shape = small(rng, 0, 6)
    parts = [d for d in shape if d > 1]
    order = rng.permutation(len(parts))
    new = [int(parts[i]) for i in order]
    for _ in range(int(rng.integers(0, 3))):
        new.insert(int(rng.integers(0, len(new) + 1)), 1)
    how = choice(rng, "constant", "minus one", "option", "computed")
    g = Graph()
    quant = quantisation(rng, short)
    x, y = tensor(g, rng, shape, short, quant=quant), tensor(g, rng, new, short, quant=quant)
    wanted = list(new)
    if how == "minus one" and wanted:
        wanted[int(rng.integers(len(wanted)))] = -1
    inputs, invoke = [x], [data(rng, shape, LONG[short])]
    if how == "computed":
        inputs.append(g.tensor([len(new)], "int32"))
        invoke.append(np.array(new, np.int32))
        g.op("RESHAPE", inputs, [y])
    elif how == "option":
        g.op("RESHAPE", inputs, [y], new_shape=new)
    else:
        inputs.append(g.tensor([len(new)], "int32", data=wanted))
        g.op("RESHAPE", inputs, [y], new_shape=wanted)
    runtime = [t for t in inputs if not t.const]
    return Case(f"RESHAPE {short}, {shape} to {new}, {how}", g.build(runtime, [y]), [invoke],
                variant="any", oracle="tflm" if shape else "litert")


def squeeze(rng, short):
    shape = small(rng, 1, 5)
    ones = sorted(int(i) for i in rng.permutation(6)[:int(rng.integers(0, 3))])
    for i in ones:
        shape.insert(min(i, len(shape)), 1)
    axes = [i for i, d in enumerate(shape) if d == 1]
    if choice(rng, True, False) and axes:
        axes = axes[:1]
        out = [d for i, d in enumerate(shape) if i not in axes]
        axes = [axes[0] - choice(rng, 0, len(shape))]
    else:
        out, axes = [d for d in shape if d != 1], []
    return unary(rng, f"{shape} to {out}, squeeze_dims {axes}", "SQUEEZE", short, shape, out,
                 squeeze_dims=axes, variant="any")


def expand_dims(rng, short):
    shape = small(rng, 0, 5)
    axis = int(rng.integers(0, len(shape) + 1))
    out = shape[:axis] + [1] + shape[axis:]
    axis -= choice(rng, 0, len(out))
    oracle = "tflm" if short in ("f32", "i8", "i16") and shape else "litert"
    return unary(rng, f"{shape}, axis {axis}", "EXPAND_DIMS", short, shape, out,
                 ([axis], "int32"), oracle=oracle)


def shape_of(rng, short):
    shape = small(rng, 1, 6)
    wide = choice(rng, "int32", "int64")
    g = Graph()
    x, y = tensor(g, rng, shape, short), g.tensor([len(shape)], wide)
    g.op("SHAPE", [x], [y], out_type=wide.upper())
    return Case(f"SHAPE of {short} {shape} as {wide}", g.build([x], [y]), [[data(rng, shape, LONG[short])]],
                variant="any", oracle="tflm" if wide == "int32" else "litert")


def rank_of(rng, short):
    shape = small(rng, 1, 6)
    g = Graph()
    x, y = tensor(g, rng, shape, short), g.tensor([], "int32")
    g.op("RANK", [x], [y])
    return Case(f"RANK of {short} {shape}", g.build([x], [y]), [[data(rng, shape, LONG[short])]],
                variant="any", oracle="litert")


def reshape_specials(rng):
    g = Graph()
    x, y = g.tensor([1, 1], "float32"), g.tensor([0], "float32")
    g.op("RESHAPE", [x], [y], new_shape=[0])
    yield Case("RESHAPE of one element to a scalar as old converters write it", g.build([x], [y]),
               [[data(rng, [1, 1], "float32")]], variant="any", oracle="litert")
    g = Graph()
    x, y = g.tensor([2, 6], "float32"), g.tensor([], "float32")
    g.op("RESHAPE", [x, g.tensor([2], "int32", data=[3, -1])], [y])
    yield Case("RESHAPE to a shape that only its operand knows", g.build([x], [y]),
               [[data(rng, [2, 6], "float32")]], variant="any", oracle="litert")
    g = Graph()
    x, y = g.tensor([3, 4], "int8", 0.5, 0), g.tensor([4, 3], "int8", 0.5, 0)
    a, b = g.tensor([2, 6], "int8", 0.5, 0), g.tensor([12], "int8", 0.5, 0)
    g.op("RESHAPE", [x, g.tensor([2], "int32", data=[2, 6])], [a])
    g.op("RESHAPE", [a, g.tensor([1], "int32", data=[12])], [b])
    g.op("RESHAPE", [b, g.tensor([2], "int32", data=[4, 3])], [y])
    yield Case("RESHAPE three times in a row", g.build([x], [y]), [[data(rng, [3, 4], "int8")]],
               variant="any")


def dynamic(rng):
    """The converter's models of any batch: file shapes with a 1 where the signature says -1, and
    shapes computed from shapes."""
    g = Graph()
    x = g.tensor([2, 3, 4], "float32")
    s, part = g.tensor([3], "int32"), g.tensor([], "int32")
    one, two, three = (g.tensor([1], "int32", data=[v]) for v in (1, 2, 1))
    rest = g.tensor([], "int32", data=-1)
    packed = g.tensor([2], "int32")
    y = g.tensor([1, 1], "float32", shape_signature=[-1, -1])
    z = g.tensor([1, 1, 1], "float32", shape_signature=[-1, 1, -1])
    w = g.tensor([1, 1], "float32", shape_signature=[-1, -1])
    g.op("SHAPE", [x], [s], out_type="INT32")
    g.op("STRIDED_SLICE", [s, one, two, three], [part], shrink_axis_mask=1)
    g.op("PACK", [part, rest], [packed], values_count=2)
    g.op("RESHAPE", [x, packed], [y])
    g.op("EXPAND_DIMS", [y, g.tensor([], "int32", data=1)], [z])
    g.op("SQUEEZE", [z], [w], squeeze_dims=[1])
    yield Case("RESHAPE to a shape computed from a shape", g.build([x], [w]),
               [[data(rng, [2, 3, 4], "float32")]], op="RESHAPE", variant="any", oracle="litert")
    g = Graph()
    x, y, z, w, v = (g.tensor([1, 3], "float32", shape_signature=[-1, 3]) for _ in range(5))
    t = g.tensor([1, 1, 3], "float32", shape_signature=[-1, -1, 3])
    g.op("TILE", [x, g.tensor([2], "int32", data=[4, 1])], [y])
    g.op("CONCATENATION", [y, y], [z], axis=0)
    g.op("SPLIT", [g.tensor([], "int32", data=0), z], [w], num_splits=1)
    g.op("PACK", [w, w], [t], values_count=2, axis=1)
    g.op("SLICE", [t, g.tensor([3], "int32", data=[0, 1, 0]), g.tensor([3], "int32", data=[-1, 1, -1])],
         [u := g.tensor([1, 1, 3], "float32", shape_signature=[-1, 1, 3])])
    g.op("SQUEEZE", [u], [v], squeeze_dims=[1])
    yield Case("RESHAPE family behind a batch that grows", g.build([x], [v]),
               [[data(rng, [1, 3], "float32")]], op="SQUEEZE", variant="any", oracle="litert-opt", inner=())


    g = Graph()
    x, y = g.tensor([1, 12], "float32"), g.tensor([1, 1, 4], "float32", shape_signature=[-1, -1, 4])
    shape, size, part = g.tensor([2], "int32"), g.tensor([], "int32"), g.tensor([1], "int32")
    batch, length, none = g.tensor([1], "int32"), g.tensor([1], "int32"), g.tensor([0], "int32")
    four, zero, unit = (g.tensor([], "int32", data=v) for v in (4, 0, 1))
    g.op("SHAPE", [x], [shape], out_type="INT32")
    g.op("SPLIT_V", [shape, g.tensor([3], "int32", data=[1, 1, 0]), zero], [batch, length, none], num_splits=3)
    g.op("RESHAPE", [length, g.tensor([0], "int32", data=[])], [size])
    g.op("FLOOR_DIV", [size, four], [count := g.tensor([], "int32")])
    g.op("PACK", [count, four], [tail := g.tensor([2], "int32")], values_count=2)
    g.op("CONCATENATION", [batch, tail], [wanted := g.tensor([3], "int32")], axis=0)
    g.op("RESHAPE", [x, wanted], [y])
    yield Case("RESHAPE to a shape computed in parts, one of them empty", g.build([x], [y]),
               [[data(rng, [1, 12], "float32")]], op="RESHAPE", variant="any", oracle="litert", inner=())


def errors():
    def reshaped(shape, out, types=("float32", "float32"), op="RESHAPE", new=None):
        def build(g):
            x, y = g.tensor(shape, types[0]), g.tensor(out, types[1])
            operand = [] if new is None else [g.tensor([len(new)], "int32", data=new)]
            g.op(op, [x, *operand], [y])
            return [x], [y]
        return build
    yield refused("counts differ", "RESHAPE", ", output 0 't1': 4 elements, want 6", reshaped([2, 3], [4]))
    yield refused("shape does not fit", "RESHAPE",
                  ", output 0 't1': dimension 0 is to be 4, want a divisor of 6",
                  reshaped([2, 3], [], new=[4, -1]))
    yield refused("types differ", "RESHAPE", ", output 0 't1': type INT32, want FLOAT32",
                  reshaped([6], [6], ("float32", "int32")), status="ERR_TYPE")
    yield refused("of strings", "RESHAPE",
                  ", input 0 't0': type STRING, want one with elements of 1, 2, 4 or 8 bytes",
                  reshaped([6], [6], ("string", "string")), status="ERR_TYPE")
    yield refused("counts differ", "SQUEEZE", ", output 0 't1': dimension 0 is 5, want 6",
                  reshaped([1, 6], [5], op="SQUEEZE"))
    yield refused("counts differ", "EXPAND_DIMS", ", output 0 't1': dimension 1 is 2, want 3",
                  reshaped([2, 3], [2, 2, 1], op="EXPAND_DIMS", new=[-1]))
    yield refused("two axes", "EXPAND_DIMS", ", input 1 't2': 2 elements, want 1",
                  reshaped([2, 3], [2, 2, 1], op="EXPAND_DIMS", new=[-1, 0]))
    yield refused("to floats", "SHAPE", ", output 0 't1': type FLOAT32, want INT32 or INT64",
                  reshaped([1, 6], [2], op="SHAPE"), status="ERR_TYPE")
    yield refused("output too short", "SHAPE", ", output 0 't1': dimension 0 is 1, want 2",
                  reshaped([1, 6], [1], ("float32", "int32"), op="SHAPE"))
    yield refused("output no scalar", "RANK", ", output 0 't1': rank 1, want 0",
                  reshaped([1, 6], [1], ("float32", "int32"), op="RANK"))

    def left_out(op, inputs):
        def build(g):
            rest = [g.tensor([1], "int32", data=[1]) for _ in range(inputs - 1)]
            x, y = g.tensor([1], "float32"), g.tensor([1], "float32")
            g.op(op, [None, *rest], [y])
            return [x], [y]
        return build
    for op, inputs in (("RESHAPE", 2), ("SHAPE", 1), ("PAD", 2), ("MIRROR_PAD", 2), ("CONCATENATION", 2),
                       ("PACK", 2), ("UNPACK", 1), ("SPLIT_V", 3), ("SLICE", 3), ("STRIDED_SLICE", 4),
                       ("REVERSE_V2", 2), ("DYNAMIC_UPDATE_SLICE", 3), ("TRANSPOSE", 2), ("TILE", 2),
                       ("BROADCAST_TO", 2), ("ZEROS_LIKE", 1), ("SPACE_TO_DEPTH", 1), ("GATHER", 2),
                       ("SPACE_TO_BATCH_ND", 3), ("GATHER_ND", 2), ("WHERE", 1)):
        yield refused("input left out", op, ", input 0: missing", left_out(op, inputs))
