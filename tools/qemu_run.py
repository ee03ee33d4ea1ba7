#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run a script on MicroPython on a board that QEMU emulates, and print what it prints.

Script and files lie in a ROMFS image that QEMU puts into the board's memory, and are mounted at /rom, which is
also where the script runs: import of .mpy and open("model.tflite") work, and models are used in place.

Usage: tools/qemu_run.py [--board BOARD] [--stock] SCRIPT [FILE_OR_FOLDER...]

The firmware has microlite inside (./microlite build qemu-arm BOARD, or qemu-riscv), or is without, for native
modules among the files (--stock, ./microlite build qemu-stock BOARD).
"""

import argparse
import collections
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import romfs

BUILD = pathlib.Path(__file__).resolve().parent.parent / "build"

# port: where ./microlite build puts the firmware; rom: where the board has memory that the firmware does not use;
# archs: native modules that it runs, its own first.
Board = collections.namedtuple("Board", "port qemu rom archs")
BOARDS = {
    "MPS2_AN385": Board("qemu-arm", "qemu-system-arm -machine mps2-an385", 0x21000000, ["armv7m", "armv6m"]),
    "MPS2_AN386": Board("qemu-arm", "qemu-system-arm -machine mps2-an386", 0x21000000,
                        ["armv7emsp", "armv7m", "armv6m"]),
    "MPS2_AN500": Board("qemu-arm", "qemu-system-arm -machine mps2-an500", 0x60000000,
                        ["armv7emdp", "armv7emsp", "armv7m", "armv6m"]),
    "MPS3_AN547": Board("qemu-arm", "qemu-system-arm -machine mps3-an547", 0x70000000,
                        ["armv7emdp", "armv7emsp", "armv7m", "armv6m"]),
    "VIRT_RV32": Board("qemu-riscv", "qemu-system-riscv32 -machine virt -bios none", 0x84000000, ["rv32imc"]),
}
ROM_SIZE = 16 << 20
QEMU = "-display none -monitor none -serial stdio -semihosting"
START = """import uctypes, vfs, sys, os
vfs.mount(vfs.VfsRom(uctypes.bytearray_at(%d, %d)), "/rom")
sys.path.insert(0, "/rom")
os.chdir("/rom")
exec(open("%s").read(), {"__name__": "__main__", "__file__": "%s"})
"""
SOFT_RESET = ">OK\nMPY: soft reboot\nraw REPL; CTRL-B to exit\n"


def firmware(board, stock=False):
    return BUILD / ("qemu-stock" if stock else BOARDS[board].port) / board / "firmware.elf"


FIRMWARE = firmware("MPS2_AN386", stock=True)


def session(scripts, files=(), firmware=FIRMWARE, timeout=120):
    """Run scripts, given as text, one after the other with a soft reset in between. [(output, traceback), ...]

    Files are paths, and dicts of names and contents. The firmware's folder has the board's name.
    """
    board = BOARDS[pathlib.Path(firmware).parent.name.split("-")[0]]
    tree = {}
    for entry in files:
        tree.update(entry if isinstance(entry, dict) else {pathlib.Path(entry).name: romfs.read_tree(entry)})
    names = ["__script%d__.py" % i for i in range(len(scripts))]
    tree.update(zip(names, (script.encode() for script in scripts)))
    image = romfs.image(tree)
    if len(image) > ROM_SIZE:
        raise ValueError("files of %d bytes, the board has room for %d" % (len(image), ROM_SIZE))
    # The raw REPL: ^A enters, ^D runs what was typed, and resets when nothing was. The last one ends QEMU.
    typed = "\x04".join(START % (board.rom, len(image), name, name) + "\x04" for name in names)
    typed = "\x01" + typed + "import machine\nmachine.reset()\n\x04"
    with tempfile.NamedTemporaryFile() as rom:
        rom.write(image)
        rom.flush()
        load = "loader,file=%s,addr=%#x,force-raw=on" % (rom.name, board.rom)
        command = [*board.qemu.split(), *QEMU.split(), "-device", load, "-kernel", str(firmware)]
        done = subprocess.run(command, input=typed.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=timeout)
    text = done.stdout.decode("utf-8", "replace").replace("\r\n", "\n")
    parts = text[text.find(">OK"):].split("\x04")  # >OK output ^D traceback ^D, for each script
    if len(parts) != 2 * len(scripts) + 1:
        raise RuntimeError("no answer from the firmware: %r" % text)
    resets = [part.startswith(SOFT_RESET) for part in parts[0::2]]
    if resets != [False] + [True] * (len(scripts) - 1) + [False]:
        raise RuntimeError("no soft reset between scripts: %r" % text)
    outputs = [part.removeprefix(SOFT_RESET).removeprefix(">OK") for part in parts[0::2]]
    return list(zip(outputs, parts[1::2]))


def run(script, files=(), firmware=FIRMWARE, timeout=120):
    """(output, traceback) of a script, given by path; the traceback is empty when all went well."""
    return session([pathlib.Path(script).read_text()], files, firmware, timeout)[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--board", choices=BOARDS, default="MPS2_AN386")
    parser.add_argument("--stock", action="store_true", help="firmware without microlite")
    parser.add_argument("script")
    parser.add_argument("files", nargs="*")
    args = parser.parse_args()
    elf = firmware(args.board, args.stock)
    if not elf.exists():
        sys.exit("qemu_run: no %s: ./microlite build %s %s" % (elf, elf.parts[-3], args.board))
    output, traceback = run(args.script, args.files, elf)
    sys.stdout.write(output)
    sys.exit(traceback or 0)


if __name__ == "__main__":
    main()
