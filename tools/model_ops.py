#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which operators and types of tensors some models use, and so what a build for them can leave out.

Usage: tools/model_ops.py [--ops | --leave-out [--PART...]] MODEL.tflite...

Prints a line for each model. For `make natmod-microlite`: --ops prints the operators of all as src/ops/all.def
spells them, --leave-out the switches of src/config.h that may be 0, among them the names of operators that are not
there, and those of micropython/modmicrolite.h but for --legacy, --packs and --ulab. With --small, what
running a model can do without, too.
"""

import argparse
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
SUBGRAPH_TENSORS, SUBGRAPH_OPERATORS = 0, 3
TENSOR_TYPE, TENSOR_BUFFER, TENSOR_IS_VARIABLE = 1, 2, 5
BUFFER_DATA = 0
OPERATOR_CODE_INDEX, OPERATOR_OUTPUTS, OPERATOR_INTERMEDIATES = 0, 2, 8

# Numbers of types (include/microlite.h) that need a switch of src/config.h.
SWITCHES = {"FLOAT": {0, 1, 8, 10, 11, 18}, "INT16": {7, 16}, "INT4": {17, 19, 20}, "UINT8": {3}}
# Parts of the Python API that a module for a model has on demand only: micropython/modmicrolite.h.
PARTS = ["legacy", "packs", "ulab"]
# Keys of metadata that need one.
METADATA_SWITCHES = {"COMPRESSION": "COMPRESSION_METADATA", "OFFLINE_PLAN": "OfflineMemoryAllocation"}
OTHER_SWITCHES = ["INT32", "SPARSE", "SUBGRAPHS", "SHAPES", "VARIABLES"]
# Operators that need one, whatever the model's tensors are.
OP_SWITCHES = {"SPARSE": "densify", "VARIABLES": "var_handle"}
# What --small leaves out: half of the Python API, the sentences of errors, and fast code for int8.
SMALL = ["FULL_API", "SENTENCES", "FAST_KERNELS"]
INDICES, RESOURCE = (2, 4), 13  # numbers of types


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


def uses(data):
    """(names of the operators that the model runs, numbers of its tensors' types)"""
    if data[4:8] != b"TFL3":
        raise ValueError("not a TensorFlow Lite model")
    model = Table(data, struct.unpack_from("<I", data)[0])
    codes, names = [], builtin_names()
    for entry in model.tables(MODEL_OPERATOR_CODES):
        number = max(entry.number(CODE_OLD, "b"), entry.number(CODE_BUILTIN, "i"))
        known = names[number] if 0 <= number < len(names) else "operator %d" % number
        codes.append(entry.text(CODE_CUSTOM) if number == CUSTOM else known)
    ops, types = set(), set()
    for subgraph in model.tables(MODEL_SUBGRAPHS):
        ops |= {codes[op.number(OPERATOR_CODE_INDEX, "I")] for op in subgraph.tables(SUBGRAPH_OPERATORS)}
        types |= {tensor.number(TENSOR_TYPE, "b") for tensor in subgraph.tables(SUBGRAPH_TENSORS)}
    return ops, types


def makes_integers(data, subgraph):
    """Whether an operator's result is of INT32 or INT64."""
    types = [tensor.number(TENSOR_TYPE, "b") for tensor in subgraph.tables(SUBGRAPH_TENSORS)]
    for op in subgraph.tables(SUBGRAPH_OPERATORS):
        first, count = op.vector(OPERATOR_OUTPUTS)
        if any(types[i] in INDICES for i in struct.unpack_from("<%di" % count, data, first)):
            return True
    return False


def has_unknown_indices(model, subgraph):
    """Whether a tensor of INT32 or INT64 is no constant: shapes may be computed from it."""
    sizes = [buffer.vector(BUFFER_DATA)[1] for buffer in model.tables(MODEL_BUFFERS)]
    return any(tensor.number(TENSOR_TYPE, "b") in INDICES and not sizes[tensor.number(TENSOR_BUFFER, "I")]
               for tensor in subgraph.tables(SUBGRAPH_TENSORS))


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
    for subgraph in model.tables(MODEL_SUBGRAPHS):
        needed |= {"INT32"} if makes_integers(data, subgraph) else set()
        needed |= {"SHAPES"} if has_unknown_indices(model, subgraph) else set()
        needed |= {"VARIABLES"} if has_variables(subgraph) else set()
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


def needs(paths):
    """(operators as all.def spells them, switches of src/config.h that may be 0) for all of these models."""
    there, all_ops, needed = built_in(), set(), set()
    for _, ops, types, switches in read_models(paths):
        all_ops |= {there[plain(op)] for op in ops}
        needed |= switches | {name for name, numbers in SWITCHES.items() if numbers & types}
    needed |= {switch for switch, op in OP_SWITCHES.items() if op in all_ops}
    return sorted(all_ops), [name for name in [*SWITCHES, *METADATA_SWITCHES, *OTHER_SWITCHES] if name not in needed]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ops", action="store_true")
    parser.add_argument("--leave-out", action="store_true")
    for part in PARTS:
        parser.add_argument("--" + part, action="store_true")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("models", nargs="+")
    args = parser.parse_args()
    for part in ["legacy", "packs"]:
        if args.small and getattr(args, part):
            parser.error("--small leaves out what --%s needs" % part)
    if args.ops:
        print(" ".join(needs(args.models)[0]))
    elif args.leave_out:
        parts = [part.upper() for part in PARTS if not getattr(args, part)] + SMALL * args.small
        print(" ".join([*needs(args.models)[1], "OP_NAMES", *parts]))
    else:
        for name, ops, _, _ in read_models(args.models, tell=True):
            print("%s: %s" % (name, " ".join(sorted(ops))))


if __name__ == "__main__":
    main()
