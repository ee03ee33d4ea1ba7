#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make a ROMFS image for MicroPython (vfs.VfsRom) in which every file starts at a multiple of 16 bytes.

A model in such an image can be used in place: memoryview(open("/rom/model.tflite", "rb")) costs no memory, and
the engine wants models aligned. mpremote's own writer does not align.

Usage: tools/romfs.py IMAGE FILE_OR_FOLDER...
"""

import pathlib
import sys

PADDING, VERBATIM, DIRECTORY, FILE = 1, 2, 4, 5  # kinds of records
MAGIC = b"\xd2\xcd\x31"
ALIGN = 16


def number(value, width):
    """A number, seven bits a byte, the first ones zero: a fixed width makes offsets easy to foresee."""
    return bytes(0x80 * (i > 0) | value >> 7 * i & 0x7F for i in reversed(range(width)))


def record(kind, payload):
    return bytes([kind]) + number(len(payload), 4) + payload


def named(name):
    name = name.encode()
    return number(len(name), 2) + name


def file_record(name, data, offset):
    """The record of a file at this offset of the image, behind the padding that its data wants."""
    start = offset + len(record(FILE, named(name) + record(VERBATIM, b"")))
    padding = -start % ALIGN
    if padding == 1:
        padding += ALIGN  # a record of padding takes two bytes at least
    filler = bytes([PADDING, padding - 2]) + bytes(padding - 2) if padding else b""
    return filler + record(FILE, named(name) + record(VERBATIM, data))


def folder_content(tree, offset):
    content = b""
    for name, entry in sorted(tree.items()):
        here = offset + len(content)
        if isinstance(entry, dict):
            head = named(name)
            inside = here + len(record(DIRECTORY, head))
            content += record(DIRECTORY, head + folder_content(entry, inside))
        else:
            content += file_record(name, entry, here)
    return content


def image(tree):
    """The image of a tree: a dict from names to bytes, or to a dict of the same kind for a folder."""
    content = folder_content(tree, len(MAGIC) + 5)
    return MAGIC + number(len(content), 5) + content


def read_tree(path):
    path = pathlib.Path(path)
    return {entry.name: read_tree(entry) for entry in path.iterdir()} if path.is_dir() else path.read_bytes()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        files = {pathlib.Path(path).name: read_tree(path) for path in sys.argv[2:]}
    except OSError as error:
        sys.exit("romfs: %s" % error)
    pathlib.Path(sys.argv[1]).write_bytes(image(files))
