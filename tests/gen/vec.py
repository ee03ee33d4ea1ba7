# SPDX-License-Identifier: MIT
"""The container of test vectors, read in C by tests/ops/vec.h. All numbers are little endian, and
everything starts at a multiple of 16, so that models and tensors can be used where they lie.

file    "MLTV", u32 version = 1, u32 number of records, u32 0, records
record  u32 bytes of the whole record
        u32 bytes of the strings with their padding
        u32 bytes of the model
        f32 atol, f32 rtol      floats may differ by the larger of atol and rtol * |wanted|
        u32 quanta              integers may differ by this
        u16 invokes, u16 inputs, u16 outputs, u16 inner
        16 bytes 0
        strings                 name, op, variant, status, message: each ends with a zero byte
        model
        blobs                   per invoke: its inputs, then the outputs wanted; after all: inner tensors
blob    u32 bytes, u16 type, u16 stored, i32 tensor, u32 crc, then the data if stored is 1
        stored: 0 compare by checksum, 1 compare with the data, 2 do not compare,
                3 as 1, but floats may differ by the f32 that stands in place of the crc
        tensor: index in the main subgraph of an inner tensor, wanted after the last invoke; else -1

status is "OK", or what mlt_open or an invoke has to fail with ("ERR_SHAPE"), and message its text.
"""

import gzip
import struct
import zlib

import numpy as np

MAGIC, VERSION = b"MLTV", 1
RECORD = struct.Struct("<IIIffIHHHH16x")
BLOB = struct.Struct("<IHHiI")

# Numbers of element types in the file format, by numpy's name.
TYPES = {"float32": 0, "float16": 1, "int32": 2, "uint8": 3, "int64": 4, "bool": 6, "int16": 7,
         "complex64": 8, "int8": 9, "float64": 10, "uint64": 12, "uint32": 15, "uint16": 16}


def padded(data):
    return data + bytes(-len(data) % 16)


def blob(array, tensor=-1):
    data = array.tobytes()
    return BLOB.pack(len(data), TYPES[array.dtype.name], 1, tensor, zlib.crc32(data)) + padded(data)


def blob_within(array, atol):
    """A float output with a tolerance of its own."""
    data = array.tobytes()
    atol, = struct.unpack("<I", struct.pack("<f", atol))
    return BLOB.pack(len(data), TYPES[array.dtype.name], 3, -1, atol) + padded(data)


def crc_blob(size, dtype, tensor, crc):
    return BLOB.pack(size, TYPES[dtype], 0, tensor, crc)


def open_blob(array):
    """For an answer that may be anything."""
    return BLOB.pack(array.nbytes, TYPES[array.dtype.name], 2, -1, 0)


def record(name, op, variant, model, invokes, outputs, inner=(), atol=0.0, rtol=0.0, quanta=0,
           error=None, open_invokes=(), within=None):
    """One record. inner: blobs; error: (status, message); open_invokes: whose outputs do not matter;
    within: a tolerance for each output, in place of atol and rtol."""
    status, message = error or ("OK", "")
    strings = padded(b"".join(s.encode() + b"\0" for s in (name, op, variant, status, message)))
    blobs = []
    for i, arrays in enumerate(invokes):
        blobs += [blob(a) for a in arrays]
        if within:
            blobs += [blob_within(a, t) for a, t in zip(outputs[i], within)]
        elif outputs:
            blobs += [open_blob(a) if i in open_invokes else blob(a) for a in outputs[i]]
    body = b"".join([strings, padded(bytes(model)), *blobs, *inner])
    return RECORD.pack(
        RECORD.size + len(body), len(strings), len(model), atol, rtol, quanta, len(invokes),
        len(invokes[0]) if invokes else 0, len(outputs[0]) if outputs else 0, len(inner)) + body


def container(records):
    return struct.pack("<4sIII", MAGIC, VERSION, len(records), 0) + b"".join(records)


def compress(data):
    return gzip.compress(data, 9, mtime=0)


def unpack(path):
    with gzip.open(path) as f:
        return f.read()


class Record:
    """A record as it lies in a container, for those who look inside."""

    def __init__(self, data, at):
        (self.size, strings, model, self.atol, self.rtol, self.quanta, self.invokes, self.inputs,
         self.outputs, self.inner) = RECORD.unpack_from(data, at)
        at += RECORD.size
        texts = data[at:at + strings].split(b"\0")
        self.name, self.op, self.variant, self.status, self.message = (t.decode() for t in texts[:5])
        at += strings
        self.model = data[at:at + model]
        at += model + -model % 16
        self.blobs = []  # (type, tensor, crc, data or None)
        for _ in range(self.invokes * (self.inputs + self.outputs) + self.inner):
            size, kind, stored, tensor, crc = BLOB.unpack_from(data, at)
            at += BLOB.size
            there = stored in (1, 3)
            self.blobs.append((kind, tensor, crc, data[at:at + size] if there else None))
            at += (size + -size % 16) if there else 0

    def wanted(self):
        """Numbers of the blobs that hold answers, not inputs."""
        each = self.inputs + self.outputs
        return [i for i in range(len(self.blobs)) if i >= each * self.invokes or i % each >= self.inputs]


def records(data):
    magic, version, count, _ = struct.unpack_from("<4sIII", data)
    assert (magic, version) == (MAGIC, VERSION), "not a container of test vectors"
    at = 16
    for _ in range(count):
        r = Record(data, at)
        yield r
        at += r.size


def difference(old, new):
    """Why two containers do not hold the same, None if they do. Float answers may differ by the
    tolerance of their record: their last bits depend on the machine that the reference ran on."""
    if old == new:
        return None
    olds, news = list(records(old)), list(records(new))
    if len(olds) != len(news):
        return f"{len(olds)} records, now {len(news)}"
    for a, b in zip(olds, news):
        fields = [k for k in vars(a) if k != "blobs" and getattr(a, k) != getattr(b, k)]
        if fields:
            return f"'{a.name}': {', '.join(fields)} changed"
        wanted = set(a.wanted())
        for i, (x, y) in enumerate(zip(a.blobs, b.blobs)):
            if x == y:
                continue
            floats = x[0] in (TYPES["float32"], TYPES["complex64"]) and x[3] and y[3]
            if i in wanted and x[:2] == y[:2] and floats:
                p, q = (np.frombuffer(v[3], np.float32) for v in (x, y))
                if np.allclose(p, q, rtol=a.rtol, atol=a.atol, equal_nan=True):
                    continue
            return f"'{a.name}': blob {i} changed"
    return None
