# SPDX-License-Identifier: MIT
"""Build a .tflite model by hand, tensor by tensor and operator by operator.

    g = Graph()
    x = g.tensor([1, 8], "int8", scale=0.5, zero_point=3)
    w = g.tensor([4, 8], "int8", scale=[0.1, 0.2, 0.1, 0.3], quant_dim=0, data=weights)
    y = g.tensor([1, 4], "int8", scale=0.25, zero_point=-1)
    g.op("FULLY_CONNECTED", [x, w, None], [y], fused_activation_function="RELU")
    model = g.build([x], [y])

Option keywords are the schema's field names in lower case; nothing is checked, so that wrong models
can be built as well.
"""

import functools
import importlib
import pathlib
import re

import flatbuffers
import numpy as np
from tflite.BuiltinOperator import BuiltinOperator
from tflite.BuiltinOptions import BuiltinOptions
from tflite.BuiltinOptions2 import BuiltinOptions2
from tflite.SparseIndexVector import SparseIndexVector
from tflite.TensorType import TensorType

CUSTOM = BuiltinOperator.CUSTOM

# Operators whose options table is not named after them.
OPTIONS_OF = {
    "RANDOM_UNIFORM": "Random", "RANDOM_STANDARD_NORMAL": "Random", "MULTINOMIAL": "Random",
    "AVERAGE_POOL_2D": "Pool2D", "MAX_POOL_2D": "Pool2D", "L2_POOL_2D": "Pool2D",
    "L2_NORMALIZATION": "L2Norm", "MAXIMUM": "MaximumMinimum", "MINIMUM": "MaximumMinimum",
    "SUM": "Reducer", "MEAN": "Reducer", "REDUCE_MAX": "Reducer", "REDUCE_MIN": "Reducer",
    "REDUCE_PROD": "Reducer", "REDUCE_ANY": "Reducer", "REDUCE_ALL": "Reducer",
    "UNIDIRECTIONAL_SEQUENCE_RNN": "SequenceRNN", "CONV_3D_TRANSPOSE": "Conv3D",
}

# Enums whose values may be given by name ("SAME", "RELU6").
ENUMS = ["Padding", "ActivationFunctionType", "TensorType", "MirrorPadMode", "LSTMKernelType",
         "FullyConnectedOptionsWeightsFormat", "CombinerType"]


def snake(name):
    """DilationWFactor -> dilation_w_factor"""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[0-9])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


@functools.cache
def table_fields(table):
    """{field name: (slot, kind, default)} of a schema table, read off the tflite package's source."""
    text = pathlib.Path(importlib.import_module("tflite." + table).__file__).read_text()
    found = {}
    pattern = r"def %sAdd(\w+)\(builder, \w+\):\s+builder\.Prepend(\w+)Slot\((\d+), .*, (.+)\)" % table
    for name, kind, slot, default in re.findall(pattern, text):
        if kind.startswith("UOffset"):
            reader = re.search(r"    def %s\(self.*?(?=\n    def |\ndef )" % name, text, re.S).group()
            element = re.search(r"number_types\.(\w+)Flags, a \+", reader)
            kind = ("vector", element.group(1)) if element else ("string", None)
            default = None
        else:
            default = {"True": True, "False": False}.get(default) if default[0] in "TF" else float(default)
        found[snake(name)] = (int(slot), kind, default)
    return found


@functools.cache
def options_table(op):
    """Name of the options table of an operator, None when it has none."""
    wanted = OPTIONS_OF.get(op, op.replace("_", "")).lower() + "options"
    for name in vars(BuiltinOptions) | vars(BuiltinOptions2):
        if name.lower() == wanted:
            return name
    return None


@functools.cache
def enum_value(name):
    for enum in ENUMS:
        value = getattr(getattr(importlib.import_module("tflite." + enum), enum), name, None)
        if value is not None:
            return value
    raise ValueError(f"no enum value {name}")


DTYPES = {"float32": np.float32, "float16": np.float16, "float64": np.float64, "int8": np.int8,
          "int16": np.int16, "int32": np.int32, "int64": np.int64, "uint8": np.uint8,
          "uint16": np.uint16, "uint32": np.uint32, "uint64": np.uint64, "bool": np.bool_,
          "complex64": np.complex64, "int4": np.int8, "resource": np.int32}


def pack_int4(values):
    """Two values a byte, the first in the low half."""
    flat = np.asarray(values).reshape(-1).astype(np.int64) & 15
    flat = np.append(flat, np.zeros(len(flat) % 2, np.int64))
    return (flat[0::2] | flat[1::2] << 4).astype(np.uint8)


class Tensor:
    """A tensor of one subgraph. `dtype` is the name: "int8", "int4", "float32", "resource"."""

    def __init__(self, index, shape, dtype, fields):
        self.index, self.shape, self.dtype = index, shape, dtype
        self.__dict__.update(fields)

    @property
    def numpy(self):
        return np.dtype(DTYPES[self.dtype])


class Subgraph:
    def __init__(self, model, index, name):
        self.model, self.index, self.name = model, index, name
        self.tensors, self.ops, self.inputs, self.outputs = [], [], [], []

    def tensor(self, shape, dtype, scale=None, zero_point=0, data=None, variable=False, quant_dim=0,
               name=None, shape_signature=None, buffer=None, sparsity=None):
        """A tensor; with data (anything numpy takes, or bytes) a constant. `scale` may be a list.

        shape=None leaves the shape out of the file. buffer=t shares the data of tensor t. sparsity=(order,
        block map, levels): data has no zeros; a level is a size, or (segments, positions) as numpy arrays.
        """
        dtype = dtype if isinstance(dtype, str) else np.dtype(dtype).name
        if data is not None and not isinstance(data, (bytes, bytearray)):
            data = pack_int4(data) if dtype == "int4" else np.asarray(data, DTYPES[dtype])
            data = data.tobytes()
        number = buffer.buffer if buffer is not None else 0
        if data is not None:
            number = self.model.add_buffer(bytes(data))
        scales = None if scale is None else np.atleast_1d(np.asarray(scale, np.float32))
        zeros = None
        if scales is not None:
            zeros = np.atleast_1d(np.asarray(zero_point, np.int64))
            if len(zeros) == 1:
                zeros = np.repeat(zeros, len(scales))
        t = Tensor(len(self.tensors), None if shape is None else [int(d) for d in shape], dtype, {
            "scale": scales, "zero_point": zeros, "buffer": number, "variable": variable,
            "quant_dim": quant_dim, "name": f"t{len(self.tensors)}" if name is None else name,
            "shape_signature": shape_signature, "sparsity": sparsity, "const": data is not None or buffer is not None})
        self.tensors.append(t)
        return t

    def op(self, name, inputs, outputs, /, version=1, intermediates=(), no_options=False, **options):
        """An operator of the schema; None among inputs: left out. Options by field name."""
        self.ops.append((getattr(BuiltinOperator, name), name, version, inputs, outputs, intermediates,
                         None if no_options else options))

    def custom(self, name, inputs, outputs, options=b"", version=1):
        self.ops.append((CUSTOM, name, version, inputs, outputs, (), bytes(options)))

    def io(self, inputs, outputs):
        self.inputs, self.outputs = list(inputs), list(outputs)
        return self


class Graph(Subgraph):
    """A model; it is its own main subgraph."""

    def __init__(self):
        super().__init__(self, 0, "main")
        self.buffers, self.subgraphs, self.metadata, self.version = [b""], [self], [], 3
        self.data_behind = False  # True: as in models that are too large for a FlatBuffer, constants are behind it

    def add_buffer(self, data):
        self.buffers.append(data)
        return len(self.buffers) - 1

    def subgraph(self, name=None):
        """Another subgraph, with tensor(), op(), custom() and io() of its own; its number is .index."""
        sub = Subgraph(self, len(self.subgraphs), name or f"sub{len(self.subgraphs)}")
        self.subgraphs.append(sub)
        return sub

    def meta(self, name, data):
        self.metadata.append((name, self.add_buffer(bytes(data))))

    def build(self, inputs=None, outputs=None):
        """The bytes of the file, as a Model."""
        if inputs is not None:
            self.io(inputs, outputs)
        data = _Writer(self).data
        if self.data_behind:
            start = -len(data) % 16 + len(data)
            data = _Writer(self, start).data.ljust(start, b"\0") + b"".join(map(padded, self.buffers))
        model = Model(data)
        model.op = self.ops[0][1] if self.ops else ""
        used = {t.index for op in self.ops for t in [*op[3], *op[4]] if isinstance(t, Tensor)}
        used -= {t.index for t in [*self.inputs, *self.outputs] if isinstance(t, Tensor)}
        model.inner = [t.index for t in self.tensors if t.index in used and not t.const
                       and t.dtype not in ("int4", "resource")]
        return model


class Model(bytes):
    """A built file. `op`: name of its first operator; `inner`: tensors of the main subgraph that are
    neither constants nor inputs nor outputs, and can be looked at after an invoke."""

    op, inner = "", ()


def padded(data):
    return data.ljust(-len(data) % 16 + len(data), b"\0")


class _Writer:
    def __init__(self, graph, start=4096):
        self.b = b = flatbuffers.Builder(1024)
        codes = {}
        subgraphs = [self.subgraph(s, codes) for s in graph.subgraphs]
        code_tables = [self.table("OperatorCode", {
            "deprecated_builtin_code": min(code, 127), "builtin_code": code, "version": version,
            "custom_code": self.string(name) if code == CUSTOM else None,
        }) for code, name, version in codes]
        metadata = [self.table("Metadata", {"name": self.string(n), "buffer": i})
                    for n, i in graph.metadata]
        buffers = []
        for data in graph.buffers:
            where = {}
            if data:
                where = {"offset": start, "size": len(data)} if graph.data_behind else {"data": self.bytes(data, 16)}
            buffers.append(self.table("Buffer", where))
            start += len(padded(data))
        root = self.table("Model", {
            "version": graph.version, "operator_codes": self.offsets(code_tables),
            "subgraphs": self.offsets(subgraphs), "buffers": self.offsets(buffers),
            "metadata": self.offsets(metadata) if metadata else None})
        b.Finish(root, file_identifier=b"TFL3")
        self.data = bytes(b.Output())

    def subgraph(self, s, codes):
        def index(t):
            return t.index if isinstance(t, Tensor) else -1 if t is None else int(t)
        tensors = [self.tensor(t) for t in s.tensors]
        ops = []
        for code, name, version, inputs, outputs, intermediates, options in s.ops:
            fields = {
                "opcode_index": codes.setdefault((code, name if code == CUSTOM else "", version), len(codes)),
                "inputs": self.ints([index(t) for t in inputs]),
                "outputs": self.ints([index(t) for t in outputs])}
            if intermediates:
                fields["intermediates"] = self.ints([index(t) for t in intermediates])
            if code == CUSTOM:
                fields["custom_options"] = self.bytes(options, 16) if options else None
            elif options is not None:
                self.options(fields, name, options)
            ops.append(self.table("Operator", fields))
        return self.table("SubGraph", {
            "tensors": self.offsets(tensors), "inputs": self.ints([index(t) for t in s.inputs]),
            "outputs": self.ints([index(t) for t in s.outputs]), "operators": self.offsets(ops),
            "name": self.string(s.name)})

    def options(self, fields, op, options):
        table = options_table(op)
        if table is None:
            assert not options, f"{op} has no options"
            return
        known = table_fields(table)
        values = {}
        for name, value in options.items():
            kind = known[name][1]
            if isinstance(kind, tuple):
                if value is not None:
                    value = self.string(value) if kind[0] == "string" else self.vector(value, kind[1])
            elif isinstance(value, str):
                value = enum_value(value)
            values[name] = value
        second = not hasattr(BuiltinOptions, table)
        suffix = "2" if second else ""
        fields["builtin_options%s_type" % suffix] = getattr(BuiltinOptions2 if second else BuiltinOptions, table)
        fields["builtin_options" + suffix] = self.table(table, values)

    def sparse_list(self, values):
        kind = {"int32": "Int32Vector", "uint16": "Uint16Vector", "uint8": "Uint8Vector"}[values.dtype.name]
        return (getattr(SparseIndexVector, kind),
                self.table(kind, {"values": self.b.CreateNumpyVector(values)}))

    def sparsity(self, order, block_map, levels):
        tables = []
        for level in levels:
            if isinstance(level, int):
                tables.append(self.table("DimensionMetadata", {"format": 0, "dense_size": level}))
                continue
            (segments_type, segments), (positions_type, positions) = map(self.sparse_list, level)
            tables.append(self.table("DimensionMetadata", {
                "format": 1, "array_segments_type": segments_type, "array_segments": segments,
                "array_indices_type": positions_type, "array_indices": positions}))
        return self.table("SparsityParameters", {
            "traversal_order": self.ints(order), "block_map": self.ints(block_map) if block_map else None,
            "dim_metadata": self.offsets(tables)})

    def tensor(self, t):
        sparsity = self.sparsity(*t.sparsity) if t.sparsity else None
        quantization = None
        if t.scale is not None:
            quantization = self.table("QuantizationParameters", {
                "scale": self.b.CreateNumpyVector(t.scale),
                "zero_point": self.b.CreateNumpyVector(t.zero_point),
                "quantized_dimension": t.quant_dim})
        return self.table("Tensor", {
            "shape": None if t.shape is None else self.ints(t.shape),
            "type": getattr(TensorType, t.dtype.upper()), "buffer": t.buffer,
            "name": self.string(t.name), "quantization": quantization, "is_variable": t.variable,
            "sparsity": sparsity, "shape_signature": None if t.shape_signature is None else self.ints(t.shape_signature)})

    def table(self, name, values):
        """Write a table; values are numbers or offsets of what was written before."""
        known = table_fields(name)
        b = self.b
        b.StartObject(1 + max([slot for slot, _, _ in known.values()], default=0))
        for field, value in values.items():
            slot, kind, default = known[field]
            if value is None:
                continue
            if isinstance(kind, tuple):
                b.PrependUOffsetTRelativeSlot(slot, value, 0)
            elif kind == "Float32":
                b.PrependFloat32Slot(slot, float(value), default)
            else:
                getattr(b, f"Prepend{kind}Slot")(slot, int(value), int(default))
        return b.EndObject()

    def string(self, text):
        return self.b.CreateString(text)

    def ints(self, values):
        return self.b.CreateNumpyVector(np.array(values, np.int32))

    def vector(self, values, kind):
        return self.b.CreateNumpyVector(np.array(values, kind.lower()))

    def offsets(self, tables):
        self.b.StartVector(4, len(tables), 4)
        for offset in reversed(tables):
            self.b.PrependUOffsetTRelative(offset)
        return self.b.EndVector()

    def bytes(self, data, alignment):
        b = self.b
        b.StartVector(1, len(data), alignment)
        b.head -= len(data)
        b.Bytes[b.head:b.head + len(data)] = data
        return b.EndVector()
