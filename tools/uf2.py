#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check a .uf2 file for Raspberry Pi's microcontrollers, or add an image of the ROM file system to it.

Usage: tools/uf2.py check FIRMWARE.uf2 [FIRMWARE.elf]
       tools/uf2.py room FIRMWARE.elf                        prints the bytes of the ROM file system
       tools/uf2.py add-romfs FIRMWARE.uf2 FIRMWARE.elf OUT.uf2 IMAGE

The .elf file tells where firmware may lie: its symbols microlite_romfs_offset and so on (ports/rp2/layout.c).
"""

import collections
import pathlib
import struct
import sys

MAGIC_START, MAGIC_END = (0x0A324655, 0x9E5D5157), 0x0AB16F30
HEADER = struct.Struct("<8I")
SIZE, PAYLOAD = 512, 256
HAS_FAMILY = 0x2000
FLASH = 0x10000000
ABSOLUTE = 0xE48BFF57
FAMILIES = {0xE48BFF56: "RP2040", ABSOLUTE: "absolute", 0xE48BFF59: "RP2350 Arm", 0xE48BFF5A: "RP2350 RISC-V"}
# Pico 2's boot ROM wants one block more, at the end of 16 MiB of flash (erratum RP2350-E10): picotool writes it.
E10_BLOCK = FLASH + 0xFFFF00

# `whole`: all 512 bytes of a block that is to be kept as it is.
Block = collections.namedtuple("Block", "address data family whole", defaults=[None])
Layout = collections.namedtuple("Layout", "flash romfs storage")  # sizes and offsets in bytes


class Error(Exception):
    pass


def read(data):
    """The blocks of a file, in its order."""
    if not data or len(data) % SIZE:
        raise Error("%d bytes, want a multiple of %d" % (len(data), SIZE))
    blocks, numbers = [], collections.defaultdict(list)
    for at in range(0, len(data), SIZE):
        first, second, flags, address, size, number, count, family = HEADER.unpack_from(data, at)
        if (first, second) != MAGIC_START or struct.unpack_from("<I", data, at + SIZE - 4)[0] != MAGIC_END:
            raise Error("block %d: no UF2 block" % (at // SIZE))
        if not flags & HAS_FAMILY or family not in FAMILIES:
            raise Error("block %d: family %#x, want one of %s" % (at // SIZE, family, ", ".join(FAMILIES.values())))
        if size != PAYLOAD or address % PAYLOAD:
            raise Error("block %d: %d bytes at %#x, want %d at a multiple of it" % (at // SIZE, size, address, PAYLOAD))
        if address != E10_BLOCK:
            numbers[family].append((number, count))
        blocks.append(Block(address, data[at + HEADER.size:at + HEADER.size + size], family,
                            data[at:at + SIZE] if address == E10_BLOCK else None))
    for family, found in numbers.items():
        if found != [(i, len(found)) for i in range(len(found))]:
            raise Error("blocks of %s are not numbered from 0 to %d" % (FAMILIES[family], len(found) - 1))
    return blocks


def write(blocks):
    total, number, result = sum(not block.whole for block in blocks), 0, b""
    for block in blocks:
        if block.whole:
            result += block.whole
            continue
        header = HEADER.pack(*MAGIC_START, HAS_FAMILY, block.address, PAYLOAD, number, total, block.family)
        result += (header + block.data).ljust(SIZE - 4, b"\0") + struct.pack("<I", MAGIC_END)
        number += 1
    return result


def check(blocks, layout, allow_romfs=True):
    """What is written: (family, end of the firmware, end of the ROM file system); offsets in flash."""
    own = [block for block in blocks if block.address != E10_BLOCK]
    families = {block.family for block in own}
    if len(families) != 1:
        raise Error("blocks of %d families, want 1" % len(families))
    if len({block.address for block in own}) != len(own):
        raise Error("two blocks have the same address")
    ends = [0, layout.romfs]
    for block in own:
        offset = block.address - FLASH
        if not 0 <= offset < layout.flash:
            raise Error("block at %#x, outside of the flash of %d bytes" % (block.address, layout.flash))
        if offset >= layout.storage:
            raise Error("block at %#x, in the file system that begins at %#x" % (block.address, FLASH + layout.storage))
        in_romfs = offset >= layout.romfs
        if in_romfs and not allow_romfs:
            raise Error("firmware at %#x, in the ROM file system" % block.address)
        ends[in_romfs] = max(ends[in_romfs], offset + PAYLOAD)
    if not any(block.address == FLASH for block in own):
        raise Error("nothing at the start of the flash")
    return FAMILIES[families.pop()], ends[0], ends[1]


def layout_of(elf):
    from elftools.elf.elffile import ELFFile

    with open(elf, "rb") as file:
        if file.read(4) != b"\x7fELF":
            raise Error("%s: no ELF file" % elf)
        table = ELFFile(file).get_section_by_name(".symtab")
        symbols = {each.name: each["st_value"] for each in (table.iter_symbols() if table else ())
                   if each.name.startswith("microlite_")}
    try:
        return Layout(symbols["microlite_flash_size"], symbols["microlite_romfs_offset"],
                      symbols["microlite_storage_offset"])
    except KeyError as error:
        raise Error("%s: no symbol %s" % (elf, error)) from None


def add_romfs(blocks, layout, image):
    """The blocks with an image in the place of the ROM file system."""
    room = layout.storage - layout.romfs
    if len(image) > room:
        raise Error("files of %d bytes, the ROM file system has room for %d" % (len(image), room))
    family = next(block.family for block in blocks if block.address == FLASH)
    return blocks + [Block(FLASH + layout.romfs + at, image[at:at + PAYLOAD].ljust(PAYLOAD, b"\xff"), family)
                     for at in range(0, len(image), PAYLOAD)]


def report(path, blocks, layout):
    family, firmware, files = check(blocks, layout)
    print("%s: %s, firmware %d of %d bytes, ROM file system %d of %d, file system %d" % (
        path, family, firmware, layout.romfs, files - layout.romfs, layout.storage - layout.romfs,
        layout.flash - layout.storage))


def main(args):
    if args[:1] == ["check"] and len(args) in (2, 3):
        layout = layout_of(args[2]) if len(args) == 3 else Layout(16 << 20, 16 << 20, 16 << 20)
        report(args[1], read(pathlib.Path(args[1]).read_bytes()), layout)
    elif args[:1] == ["room"] and len(args) == 2:
        layout = layout_of(args[1])
        print(layout.storage - layout.romfs)
    elif args[:1] == ["add-romfs"] and len(args) == 5:
        blocks, layout = read(pathlib.Path(args[1]).read_bytes()), layout_of(args[2])
        check(blocks, layout, allow_romfs=False)
        blocks = add_romfs(blocks, layout, pathlib.Path(args[4]).read_bytes())
        pathlib.Path(args[3]).write_bytes(write(blocks))
        report(args[3], blocks, layout)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (Error, OSError) as error:
        sys.exit("uf2: %s" % error)
