#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run a script on MicroPython in QEMU (Cortex-M4F) and print what it prints.

Script and files lie in a ROMFS image that QEMU puts into the board's memory, and are mounted at /rom, which is
also where the script runs: import of .mpy and open("model.tflite") work, and models are used in place.

Usage: tools/qemu_run.py [--firmware ELF] SCRIPT [FILE_OR_FOLDER...]       (./microlite build qemu-arm first)
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import romfs

FIRMWARE = pathlib.Path(__file__).resolve().parent.parent / "build/qemu-arm/MPS2_AN386/firmware.elf"
QEMU = "qemu-system-arm -machine mps2-an386 -display none -monitor none -serial stdio -semihosting"
ROM, ROM_SIZE = 0x21000000, 16 << 20  # the board's PSRAM
START = """import uctypes, vfs, sys, os
vfs.mount(vfs.VfsRom(uctypes.bytearray_at(%d, %d)), "/rom")
sys.path.insert(0, "/rom")
os.chdir("/rom")
exec(open("__script__.py").read(), {"__name__": "__main__", "__file__": "__script__.py"})
"""


def run(script, files=(), firmware=FIRMWARE, timeout=120):
    """(output, traceback) of the script, both text; the traceback is empty when all went well."""
    tree = {pathlib.Path(path).name: romfs.read_tree(path) for path in files}
    tree["__script__.py"] = pathlib.Path(script).read_bytes()
    image = romfs.image(tree)
    if len(image) > ROM_SIZE:
        raise ValueError("files of %d bytes, the board has room for %d" % (len(image), ROM_SIZE))
    with tempfile.NamedTemporaryFile() as rom:
        rom.write(image)
        rom.flush()
        load = "loader,file=%s,addr=%#x,force-raw=on" % (rom.name, ROM)
        command = QEMU.split() + ["-device", load, "-kernel", str(firmware)]
        # The raw REPL: ^A enters, ^D runs what was typed, and then ends the firmware's main loop.
        typed = b"\x01" + (START % (ROM, len(image))).encode() + b"\x04import machine\nmachine.reset()\n\x04"
        done = subprocess.run(command, input=typed, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
    text = done.stdout.decode("utf-8", "replace").replace("\r\n", "\n")
    parts = text.split(">OK", 1)[-1].split("\x04")  # >OK output ^D traceback ^D
    if len(parts) < 3:
        raise RuntimeError("no answer from the firmware: %r" % text)
    return parts[0], parts[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--firmware", default=FIRMWARE)
    parser.add_argument("script")
    parser.add_argument("files", nargs="*")
    args = parser.parse_args()
    output, traceback = run(args.script, args.files, args.firmware)
    sys.stdout.write(output)
    sys.exit(traceback or 0)


if __name__ == "__main__":
    main()
