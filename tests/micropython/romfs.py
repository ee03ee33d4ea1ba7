# SPDX-License-Identifier: MIT
# Models on a ROM file system are used where they lie; where the file is not aligned, they are copied.

import gc

import microlite
from support import content

try:
    from vfs import VfsRom, mount
except ImportError:
    print("SKIP")
    raise SystemExit

data = content("conv")


def record(kind, payload):
    return bytes((kind, 0x80 | len(payload) >> 7, len(payload) & 0x7F)) + payload


def image(offset):
    """An image with one file, m.tflite, whose data starts at this offset of a multiple of 16."""
    file = record(5, b"\x08m.tflite" + record(2, data))
    for padding in range(16):
        files = record(1, bytes(padding)) + file
        rom = b"\xd2\xcd\x31" + record(0, files)[1:]
        if rom.find(data) % 16 == offset:
            return rom


def used(source):
    gc.collect()
    before = gc.mem_free()
    m = microlite.Model(source)
    gc.collect()
    after = gc.mem_free()
    return m, before - after


want = list(microlite.Model(data).predict(range(72)))
for offset in (0, 1):
    folder = "/test%d" % offset
    mount(VfsRom(image(offset)), folder)
    path = folder + "/m.tflite"
    m, size = used(path)
    print(offset, "in place" if size - m.arena_used < len(data) else "copied")
    print(list(m.predict(range(72))) == want)
