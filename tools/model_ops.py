#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which operators and types of tensors some models use, and so what a build for them can leave out.

Usage: tools/model_ops.py [--ops | --leave-out [--PART...]] MODEL.tflite...

Prints a line for each model. For `make natmod-microlite`: --ops prints the operators of all as src/ops/all.def
spells them, --leave-out the switches of src/config.h that may be 0, among them the names of operators that are not
there, and those of micropython/modmicrolite.h but for --legacy, --packs and --ulab. With --small, what
running a model can do without, too; with --small-kernels, fast code for int8.
"""

import argparse
import math
import pathlib
import re
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CUSTOM = 32

# Fields of the tables that are read here, as TensorFlow Lite's schema numbers them; src/schema.h has them all.
MODEL_OPERATOR_CODES, MODEL_SUBGRAPHS, MODEL_BUFFERS, MODEL_METADATA = 1, 2, 4, 6
METADATA_NAME = 0
CODE_OLD, CODE_CUSTOM, CODE_BUILTIN = 0, 1, 3
SUBGRAPH_TENSORS, SUBGRAPH_INPUTS, SUBGRAPH_OPERATORS = 0, 1, 3
TENSOR_SHAPE, TENSOR_TYPE, TENSOR_BUFFER, TENSOR_IS_VARIABLE, TENSOR_SHAPE_SIGNATURE = 0, 1, 2, 5, 7
BUFFER_DATA, BUFFER_OFFSET = 0, 1
OPERATOR_CODE_INDEX, OPERATOR_INPUTS, OPERATOR_OUTPUTS, OPERATOR_INTERMEDIATES = 0, 1, 2, 8

# Numbers of types (include/microlite.h) that need a switch of src/config.h.
SWITCHES = {"FLOAT": {0, 1, 8, 10, 11, 18}, "INT16": {7, 16}, "INT4": {17, 19, 20}, "UINT8": {3}}
# Parts of the Python API that a module for a model has on demand only: micropython/modmicrolite.h.
PARTS = ["legacy", "packs", "ulab"]
# Keys of metadata that need one.
METADATA_SWITCHES = {"COMPRESSION": "COMPRESSION_METADATA", "OFFLINE_PLAN": "OfflineMemoryAllocation"}
OTHER_SWITCHES = ["INT32", "SPARSE", "SUBGRAPHS", "SHAPES", "VARIABLES", "OPEN_SHAPES", "FAR_DATA"]
# What --small leaves out: half of the Python API with what only that needs, and the sentences of errors. A model may
# need CUSTOM and WIDE nevertheless.
SMALL = ["FULL_API", "SENTENCES", "TRACE", "CUSTOM", "WIDE"]
# Operators that need one, whatever the model's tensors are.
OP_SWITCHES = {"SPARSE": "densify", "VARIABLES": "var_handle"}
# Operators that make each item of a batch from one, whatever its shape; and those that do when there are as many
# elements as before.
KEEP_BATCH = {"AVERAGE_POOL_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "MAX_POOL_2D"}
KEEP_ELEMENTS = {"ADD", "DEQUANTIZE", "LOGISTIC", "MUL", "QUANTIZE", "RELU", "RELU6", "RESHAPE", "SOFTMAX", "TANH"}
INDICES, RESOURCE, UINT32 = (2, 4), 13, 15  # numbers of types


class Table:
    """A table of a FlatBuffer file."""

    def __init__(self, data, at):
        self.data, self.at = data, at

    def place(self, field):
        """Offset of a field's value in the file, None when the field is absent."""
        names = self.at - struct.unpack_from("<i", self.data, self.at)[0]
        size = struct.unpack_from("<H", self.data, names)[0]
        offset = struct.unpack_from("<H", self.data, names + 4 + 2 * field)[0] if 4 + 2 * field < size else 0
        return self.at + offset if offset else None

    def number(self, field, kind):
        at = self.place(field)
        return struct.unpack_from("<" + kind, self.data, at)[0] if at else 0

    def vector(self, field):
        """(offset of the first item, number of items)"""
        at = self.place(field)
        if not at:
            return 0, 0
        at += struct.unpack_from("<I", self.data, at)[0]
        return at + 4, struct.unpack_from("<I", self.data, at)[0]

    def tables(self, field):
        first, count = self.vector(field)
        for at in range(first, first + 4 * count, 4):
            yield Table(self.data, at + struct.unpack_from("<I", self.data, at)[0])

    def numbers(self, field):
        first, count = self.vector(field)
        return struct.unpack_from("<%di" % count, self.data, first)

    def text(self, field):
        first, count = self.vector(field)
        return self.data[first:first + count].decode("utf-8", "replace")


def builtin_names():
    text = (ROOT / "src/core/op_names.c").read_text()
    return re.findall(r'"(\w+)\\0"', text)


def built_in():
    """{plain name: name} of the operators that there are."""
    return {plain(op): op for ops in packs().values() for op in ops}


def packs():
    """{pack: names of its operators, as src/ops/all.def spells them}."""
    text = (ROOT / "src/ops/all.def").read_text()
    ops = re.findall(r"^MLT_OP(?:_CUSTOM)?\((\w+),.* (\w+)\)", text, re.MULTILINE)
    names = re.findall(r"^MLT_PACK\((\w+)\)", text, re.MULTILINE)
    return {pack: [op for op, place in ops if place == pack] for pack in names}


def plain(op):
    """An operator's name as schema, custom codes and our own lists all spell it."""
    return re.sub(r"\W|_|TFLite_|TFLM_", "", op).lower()


def code_number(entry):
    return max(entry.number(CODE_OLD, "b"), entry.number(CODE_BUILTIN, "i"))


def operator_codes(model):
    """Names of the operators that the model lists."""
    codes, names = [], builtin_names()
    for entry in model.tables(MODEL_OPERATOR_CODES):
        number = code_number(entry)
        known = names[number] if 0 <= number < len(names) else "operator %d" % number
        codes.append(entry.text(CODE_CUSTOM) if number == CUSTOM else known)
    return codes


def uses(data):
    """(names of the operators that the model runs, numbers of its tensors' types)"""
    if data[4:8] != b"TFL3":
        raise ValueError("not a TensorFlow Lite model")
    model = Table(data, struct.unpack_from("<I", data)[0])
    codes, ops, types = operator_codes(model), set(), set()
    for subgraph in model.tables(MODEL_SUBGRAPHS):
        ops |= {codes[op.number(OPERATOR_CODE_INDEX, "I")] for op in subgraph.tables(SUBGRAPH_OPERATORS)}
        types |= {tensor.number(TENSOR_TYPE, "b") for tensor in subgraph.tables(SUBGRAPH_TENSORS)}
    return ops, types


def makes_integers(subgraph):
    """Whether an operator's result is of INT32 or INT64."""
    types = [tensor.number(TENSOR_TYPE, "b") for tensor in subgraph.tables(SUBGRAPH_TENSORS)]
    for op in subgraph.tables(SUBGRAPH_OPERATORS):
        if any(types[i] in INDICES for i in op.numbers(OPERATOR_OUTPUTS)):
            return True
    return False


def has_unknown_indices(model, subgraph):
    """Whether a tensor of INT32 or INT64 is no constant: shapes may be computed from it."""
    sizes = [buffer.vector(BUFFER_DATA)[1] for buffer in model.tables(MODEL_BUFFERS)]
    return any(tensor.number(TENSOR_TYPE, "b") in INDICES and not sizes[tensor.number(TENSOR_BUFFER, "I")]
               for tensor in subgraph.tables(SUBGRAPH_TENSORS))


def elements(tensor):
    return math.prod(tensor.numbers(TENSOR_SHAPE))


def keeps_batch_of_1(op, inputs, output):
    """Whether the output of an operator of that name has a first dimension of 1, as the file says, for such inputs."""
    if op in KEEP_BATCH:
        return True
    if op == "FULLY_CONNECTED":
        units, depth = inputs[1].numbers(TENSOR_SHAPE)
        return elements(inputs[0]) * units == elements(output) * depth
    return op in KEEP_ELEMENTS and elements(inputs[0]) == elements(output)


def has_open_shapes(subgraph, names):
    """Whether a tensor may become larger than the file says; `names` are those of the operator codes.

    Most files leave the batch open, the first dimension, and say 1: that is what it then is, in tensors of operators
    that do not make it from other dimensions. A tensor without any dimensions may stand for one of which the converter
    did not know how many there are.
    """
    tensors = list(subgraph.tables(SUBGRAPH_TENSORS))
    for op in subgraph.tables(SUBGRAPH_OPERATORS):
        inputs = [tensors[i] for i in op.numbers(OPERATOR_INPUTS) if i >= 0]
        for output in (tensors[i] for i in op.numbers(OPERATOR_OUTPUTS)):
            shape, signature = output.numbers(TENSOR_SHAPE), output.numbers(TENSOR_SHAPE_SIGNATURE)
            if not shape or min(signature[1:], default=0) < 0:
                return True
            if min(signature, default=0) < 0 and not (
                    shape[0] == 1 and keeps_batch_of_1(names[op.number(OPERATOR_CODE_INDEX, "I")], inputs, output)):
                return True
    return False


def has_variables(subgraph):
    """Or inner tensors of operators, which only those with variables have."""
    if any(op.vector(OPERATOR_INTERMEDIATES)[1] for op in subgraph.tables(SUBGRAPH_OPERATORS)):
        return True
    return any(tensor.number(TENSOR_IS_VARIABLE, "b") or tensor.number(TENSOR_TYPE, "b") == RESOURCE
               for tensor in subgraph.tables(SUBGRAPH_TENSORS))


def switches_for(data):
    """Switches of src/config.h for what is neither an operator nor a type."""
    model = Table(data, struct.unpack_from("<I", data)[0])
    keys = {entry.text(METADATA_NAME) for entry in model.tables(MODEL_METADATA)}
    needed = {switch for switch, key in METADATA_SWITCHES.items() if key in keys}
    codes = operator_codes(model)
    needed |= {"CUSTOM"} if any(code_number(entry) == CUSTOM for entry in model.tables(MODEL_OPERATOR_CODES)) else set()
    for subgraph in model.tables(MODEL_SUBGRAPHS):
        needed |= {"INT32"} if makes_integers(subgraph) else set()
        needed |= {"SHAPES"} if has_unknown_indices(model, subgraph) else set()
        needed |= {"VARIABLES"} if has_variables(subgraph) else set()
        needed |= {"OPEN_SHAPES"} if has_open_shapes(subgraph, codes) else set()
        if UINT32 in (tensor.number(TENSOR_TYPE, "b") for tensor in subgraph.tables(SUBGRAPH_TENSORS)):
            needed.add("WIDE")
    if any(buffer.number(BUFFER_OFFSET, "Q") > 1 for buffer in model.tables(MODEL_BUFFERS)):
        needed.add("FAR_DATA")
    if "SHAPES" in needed:  # tensors are as large as what is computed says
        needed |= {"OPEN_SHAPES", "WIDE"}
    return needed | ({"SUBGRAPHS"} if model.vector(MODEL_SUBGRAPHS)[1] > 1 else set())


def read_models(paths, tell=False):
    """Yields (name, operators, types, other switches) of each model; ends the program when one cannot be run.

    Custom operators that are not ours are left to packs of somebody's own; with `tell`, that is said.
    """
    there = built_in()
    for path in paths:
        try:
            data = pathlib.Path(path).read_bytes()
            ops, types = uses(data)
            switches = switches_for(data)
        except (OSError, ValueError, IndexError, struct.error) as error:
            sys.exit("model_ops: %s: %s" % (path, error))
        own = {op for op in ops - set(builtin_names()) if plain(op) not in there and not op.startswith("operator ")}
        if own and tell:
            print("model_ops: %s: %s is not microlite's: give its pack to Model as ops= (docs/custom_op.md)"
                  % (path, ", ".join(sorted(own))), file=sys.stderr)
        ops -= own
        missing = sorted(op for op in ops if plain(op) not in there)
        if missing:
            sys.exit("model_ops: %s: microlite has no %s" % (path, ", ".join(missing)))
        yield pathlib.Path(path).name, ops, types, switches


def needs(paths, small=False):
    """(operators as all.def spells them, switches of src/config.h that may be 0) for all of these models.

    With `small`, also those of SMALL, for which a module has less of the Python API.
    """
    there, all_ops, needed = built_in(), set(), set()
    for _, ops, types, switches in read_models(paths):
        all_ops |= {there[plain(op)] for op in ops}
        needed |= switches | {name for name, numbers in SWITCHES.items() if numbers & types}
    needed |= {switch for switch, op in OP_SWITCHES.items() if op in all_ops}
    names = [*SWITCHES, *METADATA_SWITCHES, *OTHER_SWITCHES, *(SMALL if small else [])]
    return sorted(all_ops), [name for name in names if name not in needed]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ops", action="store_true")
    parser.add_argument("--leave-out", action="store_true")
    for part in PARTS:
        parser.add_argument("--" + part, action="store_true")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--small-kernels", action="store_true")
    parser.add_argument("models", nargs="+")
    args = parser.parse_args()
    for part in ["legacy", "packs"]:
        if args.small and getattr(args, part):
            parser.error("--small leaves out what --%s needs" % part)
    if args.ops:
        print(" ".join(needs(args.models)[0]))
    elif args.leave_out:
        parts = [part.upper() for part in PARTS if not getattr(args, part)] + ["FAST_KERNELS"] * args.small_kernels
        print(" ".join([*needs(args.models, args.small)[1], "OP_NAMES", *parts]))
    else:
        for name, ops, _, _ in read_models(args.models, tell=True):
            print("%s: %s" % (name, " ".join(sorted(ops))))


if __name__ == "__main__":
    main()
