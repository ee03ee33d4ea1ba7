# SPDX-License-Identifier: MIT
"""TFLM_DECODE: tables of values, Huffman codes, pruned weights."""

import heapq

import numpy as np

from lib import Case, Graph, choice, data, dims

LOOKUP, HUFFMAN, PRUNED = range(3)
TYPES = {"bool": "bool", "f32": "float32", "i8": "int8", "i16": "int16", "i32": "int32", "i64": "int64"}


def cases(rng, count):
    for _ in range(count):
        for short in TYPES:
            yield case(rng, f"lut/{short}")
            yield case(rng, f"prune/{short}")
        yield case(rng, "huffman/i8")
        yield case(rng, "huffman/i16")
    for bits in range(1, 8):
        yield case(rng, "lut/i8", bits=bits)
    yield several(rng)
    yield from errors(rng)


def pack(fields, width):
    """Bit fields of one width, or pairs (value, width), the first in the upper bits."""
    text = "".join(format(int(f), f"0{width}b") if width else format(f[0], f"0{f[1]}b") for f in fields)
    text += "0" * (-len(text) % 8)
    return bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))


def header(kind, *user):
    return bytes([kind, 1, 0, 0, *user]) + bytes(12 - len(user))


def lookup(rng, values, bits, channels, last):
    """(encoded, header and tables, decoded) of a tensor with so many values in each channel."""
    shape = values.shape
    stride = 1 << bits if rng.integers(2) else max(1, (1 << bits) - int(rng.integers(0, 1 << (bits - 1), endpoint=True)))
    tables = data(rng, [channels, stride], values.dtype)
    indices = rng.integers(0, stride, shape)
    channel = np.zeros(shape, int)
    if channels > 1:
        channel += np.arange(channels).reshape([channels if i == (len(shape) - 1 if last else 0) else 1 for i in range(len(shape))])
    return (pack(indices.reshape(-1), bits), header(LOOKUP, 1, bits, stride) + tables.tobytes() + bytes(8),
            tables[channel, indices])


def prune(rng, values, channels, last, zero_points):
    zeros = np.zeros(values.shape, values.dtype)
    if channels > 1 or zero_points:
        axis = [1] * len(values.shape)
        axis[-1 if last else 0] = len(zero_points)
        zeros = zeros + np.array(zero_points, values.dtype).reshape(axis)
    keep = rng.random(values.shape) < choice(rng, 0.2, 0.8)
    y = np.where(keep, values, zeros).astype(values.dtype)
    return pack(keep.reshape(-1).astype(int), 1), header(PRUNED, 1) + values[keep].tobytes() + bytes(8), y


def code_lengths(weights):
    """Huffman: {symbol: bits}"""
    heap = [(w, i, [s]) for i, (s, w) in enumerate(sorted(weights.items()))]
    lengths, number = dict.fromkeys(weights, 0), len(heap)
    heapq.heapify(heap)
    while len(heap) > 1:
        (v, _, a), (w, _, b) = heapq.heappop(heap), heapq.heappop(heap)
        for s in a + b:
            lengths[s] += 1
        heapq.heappush(heap, (v + w, number, a + b))
        number += 1
    return {s: max(1, n) for s, n in lengths.items()}


def codes(lengths):
    """{symbol: (code, bits)}, in order of their lengths"""
    found, code, last = {}, 0, 0
    for s, n in sorted(lengths.items(), key=lambda item: (item[1], item[0])):
        code <<= n - last
        last = n
        found[s] = (code, n)
        code += 1
    return found


def tables(entries, bits, wide):
    """Words of a table of 2^bits, and behind it those of the tables that it leads to. entries:
    (symbol, code, bits of it)."""
    shift, found = (27, 1 << 31) if wide else (11, 1 << 15)
    mask = 0xffff if wide else 0xff
    words = [found] * (1 << bits)
    longer = {}
    for symbol, code, n in entries:
        if n <= bits:
            for i in range(1 << (bits - n)):
                words[(code << (bits - n)) + i] = found | n << shift | (symbol & mask)
        else:
            longer.setdefault(code >> (n - bits), []).append((symbol, code & (1 << (n - bits)) - 1, n - bits))
    for index, rest in longer.items():
        more = min(bits, max(n for _, _, n in rest))
        words[index] = (more - 1) << shift | (len(words) - index)
        words += tables(rest, more, wide)
    return words


def huffman(rng, values, wide):
    few = rng.choice(np.unique(values), size=min(len(np.unique(values)), int(rng.integers(1, 20))), replace=False)
    y = few[(rng.random(values.shape) ** 2 * len(few)).astype(int)].astype(values.dtype)
    symbols, counts = np.unique(y, return_counts=True)
    code = codes(code_lengths(dict(zip(symbols.tolist(), counts.tolist()))))
    bits = int(rng.integers(1, 6))
    words = tables([(s, c, n) for s, (c, n) in code.items()], bits, wide)
    table = np.array(words, np.uint32 if wide else np.uint16).tobytes()
    encoded = pack([code[s] for s in y.reshape(-1).tolist()], None)
    return encoded + bytes(-len(encoded) % 4 + 4), header(HUFFMAN, 1, (bits - 1) << 4 | wide) + table, y


def encoded_tensor(rng, variant, bits=None):
    """((encoded, ancillary, decoded), arguments for the output tensor, words for the name)"""
    method, short = variant.split("/")
    shape = dims(rng, int(rng.integers(1, 4)), 1, 7)
    values = data(rng, shape, TYPES[short])
    if method == "huffman":
        wide = short == "i16" or bool(rng.integers(2))
        return huffman(rng, values, wide), {"scale": 0.5} if rng.integers(2) else {}, f"{32 if wide else 16} bits"
    channels, last, zero_points, quant = 1, False, [], {}
    if short in ("i8", "i16", "i32") and rng.integers(4):
        last = bool(rng.integers(2)) and len(shape) > 1
        channels = shape[-1 if last else 0] if rng.integers(2) else 1
        zero_points = [int(z) if short == "i8" and method == "prune" and rng.integers(3) else 0
                       for z in rng.integers(-128, 128, channels)]
        last = last and channels > 1
        quant = {"scale": [0.5] * channels, "zero_point": zero_points, "quant_dim": len(shape) - 1 if last else 0}
    words = f"{channels} channels{' last' if last else ''}"
    if method == "prune":
        return prune(rng, values, channels, last, zero_points), quant, words
    bits = bits or int(rng.integers(1, 8))
    return lookup(rng, values, bits, channels, last), quant, f"{words}, {bits} bits"


def add(g, encoded, ancillary, y, dtype, quant, name=None):
    ins = [g.tensor([len(b)], "uint8", data=b) for b in (encoded, ancillary)]
    return ins, g.tensor(y.shape, dtype, **quant)


def case(rng, variant, bits=None):
    g = Graph()
    (encoded, ancillary, y), quant, words = encoded_tensor(rng, variant, bits)
    ins, out = add(g, encoded, ancillary, y, TYPES[variant.split("/")[1]], quant)
    g.custom("TFLM_DECODE", ins, [out])
    x, sum_ = g.tensor([1], "float32"), g.tensor([1], "float32")
    g.op("ADD", [x, x], [sum_])
    return Decoded(f"TFLM_DECODE {variant}, {list(y.shape)}, {words}", g.build([x], [sum_, out]),
                   [[np.ones(1, np.float32)]], variant=variant, op="TFLM_DECODE").expecting(y)


class Decoded(Case):
    """TFLM must agree with what was encoded: otherwise the encoder of this file is wrong."""

    def expecting(self, *ys):
        self.ys = ys
        return self

    def ask(self, oracle):
        super().ask(oracle)
        for outputs in self.outputs or ():
            for found, wanted in zip(outputs[1:], self.ys):
                if not np.array_equal(found, wanted):
                    self.refused = "decodes to something else"


def several(rng):
    """One operator for three tensors."""
    g = Graph()
    parts = [encoded_tensor(rng, v) for v in ("lut/i8", "huffman/i8", "prune/f32")]
    ins, outs = [], []
    for (encoded, ancillary, y), quant, _ in parts:
        i, o = add(g, encoded, ancillary, y, y.dtype.name, quant)
        ins += i
        outs.append(o)
    g.custom("TFLM_DECODE", ins, outs)
    x, sum_ = g.tensor([1], "float32"), g.tensor([1], "float32")
    g.op("ADD", [x, x], [sum_])
    return Decoded("TFLM_DECODE, three at once", g.build([x], [sum_, *outs]), [[np.ones(1, np.float32)]],
                   variant="lut/i8", op="TFLM_DECODE").expecting(*(p[0][2] for p in parts))


def errors(rng):
    def refused(name, status, message, encoded=b"\x1b", ancillary=header(LOOKUP, 1, 2, 4) + bytes(4), out=([4], "int8"),
                const=True, count=1, **quant):
        g = Graph()
        x = g.tensor([len(encoded)], "uint8", data=encoded if const else None)
        a = g.tensor([len(ancillary)], "uint8", data=ancillary)
        ys = [g.tensor(*out, **quant) for _ in range(count)]
        g.custom("TFLM_DECODE", [x, a], ys)
        return Case(f"TFLM_DECODE, {name}", g.build([] if const else [x], ys), variant="errors", op="TFLM_DECODE",
                    error=(status, f"op 0 TFLM_DECODE{message}"))

    yield refused("weights that are no constant", "ERR_PARAM", ", input 0 't0': computed, want a constant", const=False)
    yield refused("two outputs for two inputs", "ERR_MODEL", ": 2 inputs, want two for each output", count=2)
    yield refused("no header", "ERR_PARAM", ", input 1 't1': 15 bytes, want at least 16", ancillary=bytes(15))
    yield refused("version 2", "ERR_PARAM", ", input 1 't1': version 2, want 1", ancillary=b"\0\2" + bytes(14))
    yield refused("inner version 0", "ERR_PARAM", ", input 1 't1': version 0, want 1", ancillary=header(LOOKUP, 0, 2, 4))
    yield refused("an encoding of its own", "ERR_PARAM",
                  ", input 1 't1': encoding 127, want 0 (tables), 1 (Huffman) or 2 (pruned)", ancillary=header(127, 1))
    yield refused("output of uint8", "ERR_TYPE",
                  ", output 0 't2': type UINT8, want FLOAT32, INT32, INT64, BOOL, INT16 or INT8", out=([4], "uint8"))
    outside = ", input 0 't0': an index of {} bits leads to no value"
    yield refused("table too short", "ERR_MODEL", outside.format(2), ancillary=header(LOOKUP, 1, 2, 4) + bytes(3))
    yield refused("too few indices", "ERR_MODEL", outside.format(2), out=([5], "int8"))
    yield refused("indices of no bits", "ERR_MODEL", outside.format(0), ancillary=header(LOOKUP, 1, 0, 4) + bytes(4))
    yield refused("too few tables", "ERR_MODEL", outside.format(2), scale=[0.5] * 4)
    axis = ", output 0 't2': {} scales along dimension {}, want them along the first or the last"
    yield refused("channels in the middle", "ERR_PARAM", axis.format(2, 1), out=([1, 2, 2], "int8"), scale=[0.5] * 2, quant_dim=1)
    yield refused("channels that do not fit", "ERR_PARAM", axis.format(3, 0), scale=[0.5] * 3)
    yield refused("pruned, values missing", "ERR_MODEL", ", input 0 't0': bits or values are missing",
                  ancillary=header(PRUNED, 1))
    yield refused("pruned, bits missing", "ERR_MODEL", ", input 0 't0': bits or values are missing", out=([9], "int8"),
                  ancillary=header(PRUNED, 1) + bytes(9))
    yield refused("pruned, zero point of int16", "ERR_PARAM", ", output 0 't2': zero point 5, want 0", out=([4], "int16"),
                  ancillary=header(PRUNED, 1) + bytes(8), scale=0.5, zero_point=5)
    yield refused("Huffman of int32", "ERR_TYPE", ", output 0 't2': type INT32, want INT16 or INT8", out=([1], "int32"),
                  ancillary=header(HUFFMAN, 1, 1) + bytes(8))
    yield refused("Huffman of int16 with small tables", "ERR_TYPE", ", output 0 't2': type INT16, want INT8", out=([2], "int16"),
                  ancillary=header(HUFFMAN, 1, 0) + bytes(8))
    leads = ", input 0 't0': a Huffman code leads out of its tables"
    yield refused("Huffman without a table", "ERR_MODEL", leads, ancillary=header(HUFFMAN, 1, 0))
    yield refused("Huffman that leads on and on", "ERR_MODEL", leads, ancillary=header(HUFFMAN, 1, 0) + bytes(4096))
    yield refused("Huffman that leads far", "ERR_MODEL", leads, ancillary=header(HUFFMAN, 1, 1) + b"\xff\xff\xff\x7f" * 2)
