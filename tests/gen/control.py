# SPDX-License-Identifier: MIT
"""VAR_HANDLE, ASSIGN_VARIABLE, READ_VARIABLE, CALL_ONCE, IF, WHILE."""

import numpy as np

from lib import Case, Graph, choice, data, dims
from movement import LONG, quantisation, tensor

TYPES = ("f32", "i8", "i16", "i32", "i64", "u8", "bool")
TURNS = 4  # invokes of a stateful case


def cases(rng, count):
    for i in range(count):
        short = TYPES[i % len(TYPES)]
        for op in ("VAR_HANDLE", "ASSIGN_VARIABLE", "READ_VARIABLE"):
            yield delay(rng, op, short)
        yield call_once(rng, short)
        yield branch(rng)
        yield chosen_variable(rng, short)
        yield nested(rng)
        yield loop(rng, choice(rng, "tflm", "litert"))
        yield swap(rng)
    yield accumulator_in_loop(rng)
    yield same_branch(rng)
    yield open_list(rng)
    yield int32_handle(rng)
    yield from errors()


# ----------------------------------------------------------------------------------------------
# Variables

def handle(g, name, container=None, dtype="resource", shape=()):
    """A tensor that names a variable."""
    t = g.tensor(shape, dtype)
    g.op("VAR_HANDLE", [], [t], container=container, shared_name=name)
    return t


def delay(rng, op, short):
    """Variables that keep the inputs of some invokes before: what is read is what was assigned
    in the invoke before, and the zero point at first. Names differ in container or name."""
    g = Graph()
    inputs, outputs, assigns = [], [], []
    chain, length = bool(rng.integers(2)), int(rng.integers(1, 3, endpoint=True))
    names = [("", "a"), ("", "ab"), ("c", "a")][:length]
    quant, shape = quantisation(rng, short), dims(rng, int(rng.integers(1, 4)), 1, 5)
    for container, name in names:
        first, value = handle(g, name, container), tensor(g, rng, shape, short, quant=quant)
        old = tensor(g, rng, shape, short, quant=quant)
        g.op("READ_VARIABLE", [first], [old])
        assigns.append((name, container, first, old if chain and inputs else value))
        if not (chain and inputs):
            inputs.append(value)
        outputs.append(old)
    sources = [inputs[0], *outputs] if chain else inputs
    for (name, container, first, _), value in zip(assigns, sources):
        other = handle(g, name, container) if rng.integers(2) else first
        g.op("ASSIGN_VARIABLE", [other, value], [])
    invokes = [[data(rng, shape, LONG[short]) for _ in inputs] for _ in range(TURNS)]
    how = "a chain of" if chain else "independent"
    return Case(f"{op} {short}, {shape}, {how} {length}", g.build(inputs, outputs), invokes,
                variant="any", op=op)


def int32_handle(rng):
    g = Graph()
    first, x, y = handle(g, "v", dtype="int32", shape=[1]), g.tensor([3], "int16"), g.tensor([3], "int16")
    g.op("READ_VARIABLE", [first], [y])
    g.op("ASSIGN_VARIABLE", [first, x], [])
    return Case("VAR_HANDLE, handle of type INT32", g.build([x], [y]),
                [[data(rng, [3], "int16")] for _ in range(TURNS)], variant="any")


def call_once(rng, short):
    """A variable that starts with a constant, given by another subgraph."""
    g = Graph()
    init = g.subgraph("init")
    quant, shape = quantisation(rng, short), dims(rng, int(rng.integers(1, 4)), 1, 5)
    init.op("ASSIGN_VARIABLE", [handle(init, "v"), tensor(init, rng, shape, short, const=True, quant=quant)], [])
    g.op("CALL_ONCE", [], [], init_subgraph_index=init.index)
    x, y = (tensor(g, rng, shape, short, quant=quant) for _ in range(2))
    g.op("READ_VARIABLE", [handle(g, "v")], [y])
    if rng.integers(2):
        g.op("ASSIGN_VARIABLE", [handle(g, "v"), x], [])
    return Case(f"CALL_ONCE {short}, {shape}", g.build([x], [y]),
                [[data(rng, shape, LONG[short])] for _ in range(3)], variant="any")


# ----------------------------------------------------------------------------------------------
# IF and WHILE

def small_float(rng, shape):
    """Numbers whose sums and products are exact for a while."""
    return np.asarray(rng.integers(-8, 8, shape), np.float32)


def open_list(rng):
    """tf.map_fn: a loop over a list whose length only the call knows; the file says 1 for it. Row i becomes row i of the
    input plus 1."""
    g = Graph()
    shape, opened = [4, 3], {"shape_signature": [-1, 3]}
    x = g.tensor(shape, "float32")
    cond, body = g.subgraph("cond"), g.subgraph("body")
    ins = [cond.tensor([], "int32"), cond.tensor([1, 3], "float32", **opened), cond.tensor(shape, "float32")]
    more = cond.tensor([], "bool")
    cond.op("LESS", [ins[0], cond.tensor([], "int32", data=4)], [more])
    cond.io(ins, [more])
    i, rows, source = body.tensor([], "int32"), body.tensor([1, 3], "float32", **opened), body.tensor(shape, "float32")
    one, ones = body.tensor([], "int32", data=1), body.tensor([1], "int32", data=[1])
    zero, rest = body.tensor([1], "int32", data=[0]), body.tensor([1], "int32", data=[-1])
    start, least = body.tensor([2], "int32", data=[0, 0]), body.tensor([2], "int32", data=[-1, -1])
    after, behind, at, size, begin = (body.tensor(s, "int32") for s in ([], [1], [1], [2], [2]))
    before, last, out = (body.tensor([1, 3], "float32", **opened) for _ in range(3))
    row, item = body.tensor([1, 3], "float32"), body.tensor([1, 3], "float32")
    body.op("ADD", [i, one], [after])
    body.op("RESHAPE", [i, ones], [at])
    body.op("GATHER", [source, at], [row])
    body.op("ADD", [row, body.tensor([], "float32", data=1)], [item])
    body.op("CONCATENATION", [at, rest], [size], axis=0)
    body.op("SLICE", [rows, start, size], [before])
    body.op("RESHAPE", [after, ones], [behind])
    body.op("CONCATENATION", [behind, zero], [begin], axis=0)
    body.op("SLICE", [rows, begin, least], [last])
    body.op("CONCATENATION", [before, item, last], [out], axis=0)
    body.io([i, rows, source], [after, out, source])
    outs = [g.tensor([], "int32"), g.tensor([1, 3], "float32", **opened), g.tensor(shape, "float32")]
    empty = g.tensor(shape, "float32", data=np.zeros(shape, np.float32))
    g.op("WHILE", [g.tensor([], "int32", data=0), empty, x], outs, cond_subgraph_index=cond.index,
         body_subgraph_index=body.index)
    return Case("WHILE over a list whose length the file leaves open", g.build([x], [outs[1]]),
                [[data(rng, shape, "float32")] for _ in range(2)], variant="any", oracle="litert", inner=(), op="WHILE")


def arm(rng, g, count, shape, dtype):
    """A subgraph of `count` tensors in and out, each made from the others."""
    sub = g.subgraph()
    ins = [sub.tensor(shape, dtype) for _ in range(count)]
    outs = []
    for i in range(count):
        kind = choice(rng, "ADD", "SUB", "MAXIMUM", "pass")
        if kind == "pass":
            outs.append(ins[i])
            continue
        other = choice(rng, *ins, sub.tensor(shape, dtype, data=small_float(rng, shape)))
        outs.append(sub.tensor(shape, dtype))
        sub.op(kind, [ins[i], other], [outs[-1]])
    sub.io(ins, outs)
    return sub


def branch(rng):
    g = Graph()
    count, shape = int(rng.integers(1, 4)), dims(rng, int(rng.integers(1, 4)), 1, 4)
    dtype = choice(rng, "float32", "int32")
    cond = g.tensor([1], "bool")
    ins = [g.tensor(shape, dtype) for _ in range(count)]
    outs = [g.tensor(shape, dtype) for _ in range(count)]
    arms = [arm(rng, g, count, shape, dtype) for _ in range(2)]
    g.op("IF", [cond, *ins], outs, then_subgraph_index=arms[0].index, else_subgraph_index=arms[1].index)
    invokes = [[np.array([k % 2 == 0]), *(small_float(rng, shape).astype(dtype) for _ in ins)] for k in range(3)]
    return Case(f"IF {dtype}, {count} tensors of {shape}", g.build([cond, *ins], outs), invokes,
                variant="any", oracle=choice(rng, "tflm", "litert"))


def same_branch(rng):
    """Both branches are one subgraph."""
    g = Graph()
    cond, x, y = g.tensor([1], "bool"), g.tensor([4], "float32"), g.tensor([4], "float32")
    sub = arm(rng, g, 1, [4], "float32")
    g.op("IF", [cond, x], [y], then_subgraph_index=sub.index, else_subgraph_index=sub.index)
    return Case("IF, both branches the same", g.build([cond, x], [y]),
                [[np.array([c]), small_float(rng, [4])] for c in (True, False)], variant="any")


def counting(g, limit, tensors):
    """A condition: counter < limit; `tensors` are the others, (shape, dtype)."""
    cond = g.subgraph()
    ins = [cond.tensor([1], "int32"), *(cond.tensor(s, t) for s, t in tensors)]
    less = cond.tensor([1], "bool")
    cond.op("LESS", [ins[0], cond.tensor([1], "int32", data=[limit])], [less])
    return cond.io(ins, [less])


def body(rng, g, tensors, inside=None):
    """counter + 1, and each float tensor made from itself and a constant. inside(sub, x) may make
    the new value of the first."""
    sub = g.subgraph()
    ins = [sub.tensor([1], "int32"), *(sub.tensor(s, t) for s, t in tensors)]
    up = sub.tensor([1], "int32")
    sub.op("ADD", [ins[0], sub.tensor([1], "int32", data=[1])], [up])
    outs = [up]
    for i, (x, (shape, dtype)) in enumerate(zip(ins[1:], tensors)):
        if inside and i == 0:
            outs.append(inside(sub, ins[0], x))
        elif rng.integers(3):
            other = choice(rng, x, sub.tensor(shape, dtype, data=small_float(rng, shape)))
            outs.append(sub.tensor(shape, dtype))
            sub.op(choice(rng, "ADD", "SUB", "MAXIMUM", "MINIMUM"), [x, other], [outs[-1]])
        else:
            outs.append(x)
    return sub.io(ins, outs)


def loop(rng, oracle):
    g = Graph()
    tensors = [(dims(rng, int(rng.integers(1, 4)), 1, 4), "float32") for _ in range(int(rng.integers(1, 4)))]
    limit = int(rng.integers(0, 6))
    cond, turn = counting(g, limit, tensors), body(rng, g, tensors)
    ins, outs = ([g.tensor([1], "int32"), *(g.tensor(s, t) for s, t in tensors)] for _ in range(2))
    g.op("WHILE", ins, outs, cond_subgraph_index=cond.index, body_subgraph_index=turn.index)
    invokes = [[np.array([k], np.int32), *(small_float(rng, s) for s, _ in tensors)] for k in range(2)]
    return Case(f"WHILE, {limit} turns of {[s for s, _ in tensors]}", g.build(ins, outs), invokes,
                variant="any", oracle=oracle)


def nested(rng):
    """A choice, or a loop, inside a loop."""
    g = Graph()
    tensors = [([3], "float32"), ([2, 2], "float32")]
    limit, inner_limit = int(rng.integers(1, 4)), int(rng.integers(1, 3))
    kind = choice(rng, "IF", "WHILE")

    def inside(sub, counter, x):
        y = sub.tensor([3], "float32")
        if kind == "IF":
            arms = [arm(rng, g, 1, [3], "float32") for _ in range(2)]
            odd, half = sub.tensor([1], "bool"), sub.tensor([1], "int32", data=[1])
            sub.op("LESS", [counter, half], [odd])
            sub.op("IF", [odd, x], [y], then_subgraph_index=arms[0].index, else_subgraph_index=arms[1].index)
        else:
            inner = tensors[:1]
            cond, turn = counting(g, inner_limit, inner), body(rng, g, inner)
            start, end = sub.tensor([1], "int32", data=[0]), sub.tensor([1], "int32")
            sub.op("WHILE", [start, x], [end, y], cond_subgraph_index=cond.index, body_subgraph_index=turn.index)
        return y

    cond = counting(g, limit, tensors)
    turn = body(rng, g, tensors, inside)
    ins, outs = ([g.tensor([1], "int32"), *(g.tensor(s, t) for s, t in tensors)] for _ in range(2))
    g.op("WHILE", ins, outs, cond_subgraph_index=cond.index, body_subgraph_index=turn.index)
    invokes = [[np.array([0], np.int32), *(small_float(rng, s) for s, _ in tensors)] for _ in range(2)]
    return Case(f"WHILE, {limit} turns with {kind} inside", g.build(ins, outs), invokes, variant="any",
                oracle="litert")


def swap(rng):
    """Two tensors change places each turn; LiteRT, which shares their memory, gets this wrong."""
    g = Graph()
    shape, limit = dims(rng, 2, 1, 4), int(rng.integers(0, 5))
    tensors = [(shape, "float32")] * 2
    cond, turn = counting(g, limit, tensors), g.subgraph()
    counter, a, b = turn.tensor([1], "int32"), turn.tensor(shape, "float32"), turn.tensor(shape, "float32")
    up = turn.tensor([1], "int32")
    turn.op("ADD", [counter, turn.tensor([1], "int32", data=[1])], [up])
    turn.io([counter, a, b], [up, b, a])
    ins, outs = ([g.tensor([1], "int32"), *(g.tensor(s, t) for s, t in tensors)] for _ in range(2))
    g.op("WHILE", ins, outs, cond_subgraph_index=cond.index, body_subgraph_index=turn.index)
    invoke = [np.array([0], np.int32), *(data(rng, shape, "float32") for _ in tensors)]
    x, y = invoke[1:] if limit % 2 == 0 else invoke[:0:-1]
    return Case(f"WHILE, {limit} turns that swap {shape}", g.build(ins, outs), [invoke], variant="any",
                oracle="given", outputs=[[np.array([limit], np.int32), x, y]])


def accumulator_in_loop(rng):
    """A variable whose handle goes into the loop as one of its tensors."""
    g = Graph()
    v = handle(g, "v")
    cond, turn = g.subgraph(), g.subgraph()
    ins = [cond.tensor([1], "int32"), cond.tensor([], "resource"), cond.tensor([2], "float32")]
    less = cond.tensor([1], "bool")
    cond.op("LESS", [ins[0], cond.tensor([1], "int32", data=[3])], [less])
    cond.io(ins, [less])
    ins = [turn.tensor([1], "int32"), turn.tensor([], "resource"), turn.tensor([2], "float32")]
    up, old, new = turn.tensor([1], "int32"), turn.tensor([2], "float32"), turn.tensor([2], "float32")
    turn.op("ADD", [ins[0], turn.tensor([1], "int32", data=[1])], [up])
    turn.op("READ_VARIABLE", [ins[1]], [old])
    turn.op("ADD", [old, ins[2]], [new])
    turn.op("ASSIGN_VARIABLE", [ins[1], new], [])
    turn.io(ins, [up, ins[1], ins[2]])
    x, y = g.tensor([2], "float32"), g.tensor([2], "float32")
    ins = [g.tensor([1], "int32", data=[0]), v, x]
    outs = [g.tensor([1], "int32"), g.tensor([], "resource"), g.tensor([2], "float32")]
    g.op("WHILE", ins, outs, cond_subgraph_index=cond.index, body_subgraph_index=turn.index)
    g.op("READ_VARIABLE", [outs[1]], [y])
    return Case("WHILE, a variable in the loop", g.build([x], [y]), [[np.array(a, np.float32)] for a in ([1, 2], [5, -1])],
                variant="any", op="WHILE", oracle="given",
                outputs=[[np.array([3, 6], np.float32)], [np.array([18, 3], np.float32)]],
                note="neither reference gives a variable that was never assigned a value")


def chosen_variable(rng, short):
    """IF names one of two variables: handles that it was given, or that the subgraph makes. It is read, and
    assigned the sum."""
    g = Graph()
    shape, inside = dims(rng, 2, 1, 4), bool(rng.integers(2))
    names = choice(rng, ("a", "b"), ("b", "a"), ("a", "a"))
    quant = quantisation(rng, short)
    c = g.tensor([1], "bool")
    values = [tensor(g, rng, shape, short, quant=quant) for _ in range(3)]
    handles = {name: handle(g, name) for name in ("a", "b")}
    for name, value in zip("ab", values):
        g.op("ASSIGN_VARIABLE", [handles[name], value], [])
    subs = []
    for i, name in enumerate(names):
        sub = g.subgraph()
        ins = [sub.tensor([], "resource") for _ in range(2)]
        sub.io(ins, [handle(sub, name) if inside else ins["ab".index(name)]])
        subs.append(sub.index)
    one, read = g.tensor([], "resource"), tensor(g, rng, shape, short, quant=quant)
    g.op("IF", [c, *handles.values()], [one], then_subgraph_index=subs[0], else_subgraph_index=subs[1])
    g.op("READ_VARIABLE", [one], [read])
    g.op("ASSIGN_VARIABLE", [one, values[2]], [])
    after = []
    for name in "ab":
        after.append(tensor(g, rng, shape, short, quant=quant))
        g.op("READ_VARIABLE", [handles[name]], [after[-1]])
    invokes = [[np.array([rng.integers(2)], np.bool_), *(data(rng, shape, LONG[short]) for _ in values)] for _ in range(TURNS)]
    name = f"IF {short}, one of the variables {names[0]} and {names[1]}, {'made' if inside else 'handed on'} inside, {shape}"
    return Case(name, g.build([c, *values], [read, *after]), invokes, variant="variable", op="IF", oracle="litert")


# ----------------------------------------------------------------------------------------------
# What is refused

def refused(name, op, message, build, status="ERR_MODEL", number=0, invokes=()):
    g = Graph()
    inputs, outputs = build(g)
    return Case(f"{op}, {name}", g.build(inputs, outputs), invokes, variant="errors", op=op,
                error=(status, f"op {number} {op}{message}"))


def errors():
    yield from variable_errors()
    yield from branch_errors()
    yield from loop_errors()


def variable_errors():
    def model(first=("resource", []), value=("int8", [3]), read=None, known=True, **more):
        def build(g):
            h = handle(g, "v", dtype=first[0], shape=first[1]) if known else g.tensor(first[1], first[0], **more)
            x = g.tensor(value[1], value[0])
            outputs = []
            if read:
                outputs.append(g.tensor(read[1], read[0]))
                g.op("READ_VARIABLE", [h], outputs)
            g.op("ASSIGN_VARIABLE", [h, x], [])
            return [x], outputs
        return build
    yield refused("handle of floats", "VAR_HANDLE", ", output 0 't0': type FLOAT32, want INT32 or RESOURCE",
                  model(("float32", [])), "ERR_TYPE")
    yield refused("two handles", "VAR_HANDLE", ", output 0 't0': 2 elements, want 1",
                  model(("int32", [2])), "ERR_SHAPE")
    yield refused("handle without a variable", "ASSIGN_VARIABLE",
                  ", input 0 't0': names no variable, want the output of a VAR_HANDLE before",
                  model(known=False))
    yield refused("constant handle", "ASSIGN_VARIABLE",
                  ", input 0 't0': names no variable, want the output of a VAR_HANDLE before",
                  model(("int32", [1]), known=False, data=[0]))
    yield refused("variable handle", "ASSIGN_VARIABLE",
                  ", input 0 't0': names no variable, want the output of a VAR_HANDLE before",
                  model(("int32", [1]), known=False, variable=True))
    yield refused("empty handle", "ASSIGN_VARIABLE", ", input 0 't0': 0 elements, want 1",
                  model(("resource", [0]), known=False), "ERR_SHAPE")
    yield refused("another size", "ASSIGN_VARIABLE",
                  ", input 1 't1': 3 bytes of INT8, but the variable has 4 of INT8",
                  model(read=("int8", [4])), "ERR_SHAPE", 2)
    yield refused("another type", "ASSIGN_VARIABLE",
                  ", input 1 't1': 4 bytes of INT8, but the variable has 4 of FLOAT32",
                  model(value=("int8", [4]), read=("float32", [1])), "ERR_SHAPE", 2)
    yield refused("strings", "ASSIGN_VARIABLE",
                  ", input 1 't1': type STRING, want one with elements of 1, 2, 4 or 8 bytes",
                  model(value=("string", [1])), "ERR_TYPE", 1)

    def variable_output(g):
        h = g.tensor([1], "int32", variable=True)
        g.op("VAR_HANDLE", [], [h], shared_name="v")
        return [], []
    yield refused("handle that is_variable", "VAR_HANDLE", ", output 0 't0': is_variable, want it not to be",
                  variable_output)

    def once(index, inputs=0):
        def build(g):
            sub = g.subgraph()
            tensors = [sub.tensor([1], "int8") for _ in range(inputs)]
            sub.io(tensors, [])
            g.op("CALL_ONCE", [], [], init_subgraph_index=index)
            return [], []
        return build
    yield refused("no such subgraph", "CALL_ONCE", ": runs subgraph 2, want one of 1 to 1", once(2))
    yield refused("main subgraph", "CALL_ONCE", ": runs subgraph 0, want one of 1 to 1", once(0))
    yield refused("negative subgraph", "CALL_ONCE", ": runs subgraph -5, want one of 1 to 1", once(-5))
    yield refused("subgraph with inputs", "CALL_ONCE", ": subgraph 1 has 2 inputs, want 0", once(1, 2))


def branch_errors():
    def model(cond=("bool", [1]), inside=("int8", [4]), outer=("int8", [4]), outs=1, const=False, out=None):
        def build(g):
            c, x = g.tensor(cond[1], cond[0]), g.tensor(outer[1], outer[0])
            y = g.tensor((out or outer)[1], (out or outer)[0])
            sub = g.subgraph()
            t = sub.tensor(inside[1], inside[0], data=np.zeros(inside[1]) if const else None)
            sub.io([t], [t] * outs)
            g.op("IF", [c, x], [y], then_subgraph_index=1, else_subgraph_index=1)
            return [c, x], [y]
        return build
    yield refused("condition of floats", "IF", ", input 0 't0': type FLOAT32, want BOOL",
                  model(cond=("float32", [1])), "ERR_TYPE")
    yield refused("two conditions", "IF", ", input 0 't0': 2 elements, want 1",
                  model(cond=("bool", [2])), "ERR_SHAPE")
    yield refused("other type inside", "IF", ", input 1 't1': type INT8, but subgraph 1 has INT16",
                  model(inside=("int16", [4])), "ERR_TYPE")
    yield refused("other size inside", "IF", ", input 1 't1': 4 elements, but subgraph 1 has 5",
                  model(inside=("int8", [5])), "ERR_SHAPE")
    yield refused("other size of output", "IF", ", output 0 't2': 3 elements, but subgraph 1 has 4",
                  model(out=("int8", [3])), "ERR_SHAPE")
    yield refused("too many outputs", "IF", ": subgraph 1 has 2 outputs, want 1", model(outs=2))
    yield refused("constant input", "IF", ", input 1 't1': subgraph 1 has a constant for it", model(const=True))
    yield refused("strings", "IF", ", input 1 't1': type STRING, want one of a fixed size",
                  model(inside=("string", [1]), outer=("string", [1])), "ERR_TYPE")
    yield refused("other type of output", "IF", ", output 0 't2': type RESOURCE, but subgraph 1 has INT8",
                  model(out=("resource", [])), "ERR_TYPE")
    def one_of(sizes, outside=True):
        """IF names the variable a or b, of so many floats; a is read."""
        def build(g):
            c, x, one, y = g.tensor([1], "bool"), g.tensor([2], "float32"), g.tensor([], "resource"), g.tensor([2], "float32")
            for name, size in zip("ab", sizes):
                sub = g.subgraph()
                sub.io([], [handle(sub, name)])
                if outside:
                    g.op("READ_VARIABLE", [handle(g, name)], [g.tensor([size], "float32")])
            g.op("IF", [c], [one], then_subgraph_index=1, else_subgraph_index=2)
            g.op("ASSIGN_VARIABLE", [one, x], [])
            g.op("READ_VARIABLE", [one], [y])
            return [c, x], [y]
        return build
    x = np.array([1, 2], np.float32)
    yield refused("variable of another size", "IF", ": a subgraph names a variable of 12 bytes of FLOAT32, want 8 of FLOAT32",
                  one_of((2, 3)), "ERR_DATA", number=4, invokes=[[np.array([False]), x]])
    yield refused("second variable that only IF names", "IF",
                  ": a subgraph names a variable of 0 bytes of FLOAT32, want 8 of FLOAT32",
                  one_of((2, 2), False), "ERR_DATA", invokes=[[np.array([True]), x], [np.array([False]), x]])
    g = Graph()
    ins, outs = one_of((2, 2), False)(g)
    yield Case("IF, a variable that nothing else names", g.build(ins, outs), [[np.array([False]), x], [np.array([False]), -x]],
               variant="variable", op="IF", oracle="litert")
    yield refused("handle of no variable", "IF", ", input 1 't1': names no variable, want one variable",
                  model(inside=("resource", []), outer=("resource", []), out=("int8", [1])))

    def two_variables(g):
        sub = g.subgraph()
        sub.io([sub.tensor([], "resource")], [])
        c, a, b = g.tensor([1], "bool"), handle(g, "a"), handle(g, "b")
        g.op("IF", [c, a], [], then_subgraph_index=1, else_subgraph_index=1)
        g.op("IF", [c, b], [], then_subgraph_index=1, else_subgraph_index=1)
        return [c], []
    yield refused("one subgraph for two variables", "IF",
                  ", input 1 't2': names different variables, want one variable", two_variables, number=3)

    def two_nodes(first):
        """Two nodes name what an output stands for."""
        def build(g):
            sub = g.subgraph()
            sub.io([], [handle(sub, "v")])
            c, one = g.tensor([1], "bool"), g.tensor([], "resource")
            g.op("IF", [c], [one], then_subgraph_index=1, else_subgraph_index=1)
            if first == "IF":
                g.op("IF", [c], [one], then_subgraph_index=1, else_subgraph_index=1)
            else:
                g.op("VAR_HANDLE", [], [one], shared_name="w")
            return [c], []
        return build
    yield refused("two that name one output", "IF", ", output 0 't1': has a value, want room for one", two_nodes("IF"), number=1)
    yield refused("an output that a handle takes", "IF", ": an output has two sources", two_nodes("VAR_HANDLE"), "ERR_DATA",
                  invokes=[[np.array([True])]])

    def nameless(**more):
        def build(g):
            sub = g.subgraph()
            sub.io([], [sub.tensor([0] if more else [], "resource", **more)])
            c, one, y = g.tensor([1], "bool"), g.tensor([1] if more else [], "resource"), g.tensor([16], "int8")
            g.op("IF", [c], [one], then_subgraph_index=1, else_subgraph_index=1)
            g.op("READ_VARIABLE", [one], [y])
            return [c], [y]
        return build
    for name, more in ("nothing", {}), ("nothing, of open size", {"shape_signature": [-1]}):
        yield refused(f"a subgraph that names {name}", "IF", ": a subgraph names no variable", nameless(**more), "ERR_DATA",
                      invokes=[[np.array([True])]])

    def growing(g):
        sub = g.subgraph()
        sub.io([sub.tensor([1], "int8", shape_signature=[-1])], [])
        c, x, y = g.tensor([1], "bool"), g.tensor([1], "int8"), g.tensor([4], "int8")
        g.op("IF", [c, x], [], then_subgraph_index=1, else_subgraph_index=1)
        g.op("IF", [c, y], [], then_subgraph_index=1, else_subgraph_index=1)
        return [c, x, y], []
    yield refused("one subgraph for two sizes", "IF", ": a tensor of a subgraph has 1 bytes, want 4", growing, "ERR_DATA",
                  invokes=[[np.array([True]), np.zeros(1, np.int8), np.zeros(4, np.int8)]])

    def itself(g):
        sub = g.subgraph()
        c = sub.tensor([1], "bool")
        sub.op("IF", [c], [], then_subgraph_index=1, else_subgraph_index=1)
        sub.io([c], [])
        sub = g.subgraph()
        sub.op("IF", [sub.tensor([1], "bool")], [], then_subgraph_index=2, else_subgraph_index=2)
        sub.io([], [])
        x = g.tensor([1], "bool")
        g.op("IF", [x], [], then_subgraph_index=2, else_subgraph_index=2)
        return [x], []
    g = Graph()
    yield Case("IF, a subgraph that runs itself", g.build(*itself(g)), variant="errors", op="IF",
               error=("ERR_MODEL", "subgraph 2 runs itself"))


def loop_errors():
    def endless(g):
        cond, turn = g.subgraph(), g.subgraph()
        x, less = cond.tensor([1], "int32"), cond.tensor([1], "bool")
        cond.op("LESS", [x, cond.tensor([1], "int32", data=[3])], [less])
        cond.io([x], [less])
        same = turn.tensor([1], "int32")
        turn.io([same], [same])
        x, y = g.tensor([1], "int32"), g.tensor([1], "int32")
        g.op("WHILE", [x], [y], cond_subgraph_index=cond.index, body_subgraph_index=turn.index)
        return [x], [y]
    yield refused("a loop without an end", "WHILE", ": subgraphs have run 1000000 times, want an end", endless,
                  status="ERR_DATA", invokes=[[np.array([0], np.int32)]])

    def model(cond=("bool", [1]), out=("int32", [1]), outs=1, made=None):
        def build(g):
            x, y = g.tensor([1], "int32"), [g.tensor(out[1], out[0]) for _ in range(outs)]
            sub = g.subgraph()
            sub.io([sub.tensor([1], "int32")], [sub.tensor(cond[1], cond[0], data=np.zeros(cond[1]))])
            sub = g.subgraph()
            t = sub.tensor([1], "int32")
            sub.io([t], [sub.tensor(made, "int32") if made else t])
            g.op("WHILE", [x], y, cond_subgraph_index=1, body_subgraph_index=2)
            return [x], y
        return build
    yield refused("an output as the body gives it, not as it was", "WHILE", ", output 0 't1': not as large as input 0",
                  model(out=("int32", [3]), made=[3]), "ERR_SHAPE")

    def exchanged(g):
        cond, turn = g.subgraph(), g.subgraph()
        more = cond.tensor([1], "bool", data=[True])
        cond.io([cond.tensor([], "resource")], [more])
        turn.io([turn.tensor([], "resource")], [handle(turn, "b")])
        x, y, c = handle(g, "a"), g.tensor([], "resource"), g.tensor([1], "bool")
        g.op("WHILE", [x], [y], cond_subgraph_index=cond.index, body_subgraph_index=turn.index)
        return [c], []
    yield refused("another variable after each turn", "WHILE", ": a subgraph gives another variable", exchanged, "ERR_DATA",
                  number=1, invokes=[[np.array([True])]])
    yield refused("condition of integers", "WHILE", ": subgraph 1 gives 1 elements of INT32, want one BOOL",
                  model(("int32", [1])), "ERR_TYPE")
    yield refused("two conditions", "WHILE", ": subgraph 1 gives 2 elements of BOOL, want one BOOL",
                  model(("bool", [2])), "ERR_TYPE")
    yield refused("an output too many", "WHILE", ": 2 outputs, want 1 as of inputs", model(outs=2))
    yield refused("other size", "WHILE", ", output 0 't1': 3 elements, but subgraph 2 has 1",
                  model(out=("int32", [3])), "ERR_SHAPE")
