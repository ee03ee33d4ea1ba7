#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Look whether an object linked with gcc -r will be right as a native module for xtensawin; natmod.mk calls it for each.

Usage: tools/xtensa_check.py LINKED.o

No emulator or board here runs such a module, and MicroPython's linker does not notice most of these faults:

- a function for the other of Xtensa's two ABIs (call0), as in a libgcc for another core
- a jump or a call within .text that does not go where its relocation says: the linker leaves it as it is
- more than one section of code or of literals, or of a name, or static name: the linker mixes them up
- pointers where it does not relocate them
- writable data, and helpers of the compiler that are in no library
"""

import re
import sys

from elftools.elf.elffile import ELFFile

# What MicroPython's linker (tools/mpy_ld.py) provides.
PROVIDED = re.compile(r"mp_fun_table|mp_native_(qstr|obj)_table|mp_type_\w+|mp_stream_\w+_obj|_GLOBAL_OFFSET_TABLE_|")
ENTRY = 0x36  # the first byte of the instruction that the windowed ABI begins a function with
EM_XTENSA, R_NONE, R_32, R_PLT, R_ASM_EXPAND, R_SLOT0_OP, R_DIFF = 94, 0, 1, 6, 11, 20, {17, 18, 19, 57, 58, 59, 60, 61, 62}


def signed(value, bits):
    return value - (value >> bits - 1 << bits)


def target(code, pc):
    """Where the jump, branch, loop or call at pc goes; None for other instructions."""
    insn = int.from_bytes(code[pc:pc + 3], "little")
    op0, n, m, r = insn & 15, insn >> 4 & 3, insn >> 6 & 3, insn >> 12 & 15
    if op0 == 5:  # call0, call4, call8, call12
        return (pc & ~3) + 4 + 4 * signed(insn >> 6, 18)
    if op0 == 6 and n == 0:  # j
        return pc + 4 + signed(insn >> 6, 18)
    if op0 == 6 and n == 1:  # beqz and its like
        return pc + 4 + signed(insn >> 12, 12)
    if op0 == 6 and n == 3 and m == 1 and r >= 8:  # loop and its like
        return pc + 4 + (insn >> 16)
    if op0 == 7 or (op0 == 6 and (n == 2 or m >= 1)):  # beq and its like
        return pc + 4 + signed(insn >> 16, 8)
    if op0 == 12 and insn & 0x80:  # beqz.n, bnez.n
        return pc + 4 + (n << 4 | r)
    return None


def relocations(elf, section):
    found = elf.get_section_by_name(".rela" + section)
    return found.iter_relocations() if found else []


def faults(elf):
    if elf["e_machine"] not in ("EM_XTENSA", EM_XTENSA):
        yield "%s, want EM_XTENSA" % elf["e_machine"]
        return
    for section in elf.iter_sections():
        if re.match(r"\.(text|literal)\.", section.name):
            yield "section %s, want one .text and one .literal" % section.name
        if re.match(r"\.t?(data|bss)(?!\.rel\.ro)", section.name) and section["sh_size"]:
            yield "section %s: writable data" % section.name
        if section.name.startswith(".rela.rodata") and section["sh_size"]:
            yield "section %s: pointers in constant data, want .data.rel.ro (gcc -fpic)" % section.name
    names = [section.name for section in elf.iter_sections()]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield "two sections %s" % name
    text, literal = elf.get_section_by_name(".text"), elf.get_section_by_name(".literal")
    symbols = elf.get_section_by_name(".symtab")
    if not text or not literal or not symbols:
        yield "no code"
        return
    index = {text.name: elf.get_section_index(".text"), literal.name: elf.get_section_index(".literal")}
    code = text.data()
    functions = 0
    for symbol in symbols.iter_symbols():
        if symbol["st_shndx"] == "SHN_UNDEF" and not PROVIDED.fullmatch(symbol.name):
            yield "%s is in no library" % symbol.name
        if symbol["st_info"]["type"] == "STT_FUNC" and symbol["st_shndx"] == index[".text"]:
            functions += 1
            if code[symbol["st_value"]] != ENTRY:
                yield "%s is not for the windowed ABI: it does not begin with `entry`" % symbol.name
    if not functions:
        yield "no functions"
    for relocation in relocations(elf, ".text"):
        at, kind = relocation["r_offset"], relocation["r_info_type"]
        symbol = symbols.get_symbol(relocation["r_info_sym"])
        wanted = symbol["st_value"] + relocation["r_addend"]
        if kind == R_SLOT0_OP and symbol["st_shndx"] == index[".literal"]:
            if code[at] & 15 != 1 or wanted % 4 or wanted >= literal["sh_size"]:
                yield "0x%x: not a load of a literal" % at
        elif kind == R_SLOT0_OP:
            if symbol["st_shndx"] != index[".text"] or target(code, at) != wanted:
                yield "0x%x: does not go to %s+0x%x" % (at, symbol.name or ".text", relocation["r_addend"])
        elif kind not in {R_NONE, R_ASM_EXPAND, *R_DIFF}:
            yield "0x%x: a relocation of kind %d in .text" % (at, kind)
    for relocation in relocations(elf, ".literal"):
        if relocation["r_info_type"] not in (R_32, R_PLT):
            yield "0x%x: a relocation of kind %d in .literal" % (relocation["r_offset"], relocation["r_info_type"])
        symbol = symbols.get_symbol(relocation["r_info_sym"])
        if symbol.name and symbol["st_info"]["bind"] == "STB_LOCAL" and len(symbols.get_symbol_by_name(symbol.name)) > 1:
            yield "%s: a static name, and there are others of it" % symbol.name


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], "rb") as file:
        found = list(faults(ELFFile(file)))
    for fault in found[:20]:
        print("xtensa_check: " + fault, file=sys.stderr)
    if found:
        sys.exit("xtensa_check: %s: %d faults. Is the compiler one for ESP32, S2 or S3?" % (sys.argv[1], len(found)))


if __name__ == "__main__":
    main()
