# SPDX-License-Identifier: MIT
"""Sentences for the exceptions of a microlite.mpy that was made with --small.

Such a module raises ValueError(sentence, place, value...) with numbers; when it finds this module, it takes
the sentence from here. tools/sentences.py puts the tables SENTENCES, WORDS, STATUSES and TYPES into it, for
one microlite.mpy each.
"""


def text(sentence, place, *values):
    """The sentence of an exception with these arguments."""
    if sentence < len(STATUSES):
        return prefix(*place) + STATUSES[sentence]
    if sentence not in SENTENCES:
        return "sentence %d of another build, %s %s" % (sentence, place, values)
    return (prefix(*place) if place else "") + fill(SENTENCES[sentence], list(values))


def prefix(subgraph, op, op_name, slot, tensor, name):
    if op_name is None:
        return "" if tensor < 0 else "subgraph %d, tensor %d %s" % (subgraph, tensor, quoted(name))
    said = "subgraph %d, " % subgraph if subgraph > 0 else ""
    said += "op %d %s" % (op, op_name)
    if slot >= 0:
        said += ", %s %d" % (("input", "output", "inner tensor")[slot >> 8], slot & 255)
    return said + (" " + quoted(name) if tensor >= 0 else "") + ": "


def quoted(name):
    """A name from a file, which may hold anything; its end when it is long."""
    name = "".join(chr(c) if 32 <= c < 127 else "?" for c in name or b"")
    return "'...%s'" % name[-40:] if len(name) > 40 else "'%s'" % name


def fill(format, values):
    parts = format.split("%")
    said = parts.pop(0)
    for part in parts:
        said += said_of(part[0], values.pop(0)) + part[1:]
    return said


def said_of(kind, value):
    if kind == "s":
        return WORDS[value] if value < len(WORDS) else SENTENCES.get(value, "?")
    if kind == "t":
        return type_name(value)
    if kind == "m":
        types = [type_name(i) for i in range(32) if value >> i & 1]
        return " or ".join([", ".join(types[:-1])] * (len(types) > 1) + types[-1:])
    if kind == "c":
        return chr(value)
    return str(value & 0xFFFFFFFF if kind == "u" else value)


def type_name(number):
    return TYPES[number] if number < len(TYPES) else "?"
