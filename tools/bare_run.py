#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run a model on the engine alone, on a core that QEMU emulates, and count instructions.

Usage: tools/bare_run.py TARGET MODEL [INPUTS]        (`make bare TARGET=...` first)

TARGET is m0plus, m3, m4f, m7 or rv32imc. INPUTS is a file with the bytes of all inputs; more of them are more
invokes. Without it inputs are zero. Counts are exact and repeat; they are instructions, not time.
"""

import pathlib
import re
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLUGIN = ROOT / "build/bare/insncount.so"
ARM = "qemu-system-arm -machine %s -display none -serial none -monitor none"
RISCV = "qemu-system-riscv32 -machine virt -cpu rv32 -bios none -m 128 -display none -serial none -monitor none"
# How to call QEMU, and where the job lies: the JOB that the Makefile compiles in, in a RAM of 16 MiB at least.
MACHINES = {
    "m0plus": (ARM % "mps2-an385", 0x21000000),  # QEMU has no M0+; its M3 runs the same code
    "m3": (ARM % "mps2-an385", 0x21000000),
    "m4f": (ARM % "mps2-an386", 0x21000000),
    "m7": (ARM % "mps2-an500", 0x60000000),
    "rv32imc": (RISCV, 0x84000000),
}


class Result:
    """arena: bytes used. stack: the deepest of the invokes, bytes. outputs: for each invoke a list of bytes.
    open_insns, invoke_insns: instructions, None when QEMU takes no plugins."""

    def __init__(self, lines):
        self.arena = self.stack = 0
        self.outputs, counts = [], []
        for line in lines:
            word, _, rest = line.partition(" ")
            if word in ("error", "fault"):
                raise RuntimeError(line)
            elif word == "arena":
                self.arena = int(rest)
            elif word == "stack":
                self.stack = max(self.stack, int(rest))
                self.outputs.append([])
            elif word == "output":
                self.outputs[-1].append(bytes.fromhex(rest))
            elif word == "insns":
                counts.append(int(rest))
        self.open_insns, *self.invoke_insns = counts or [None, None]


def pad(data):
    return data + bytes(-len(data) % 16)


def run(target, model, inputs, invokes=1, arena=8 << 20, timeout=600):
    """Run a model (bytes) on inputs (bytes of all inputs of all invokes, one after the other)."""
    command, address = MACHINES[target]
    elf = ROOT / "build/bare" / (target + ".elf")
    header = struct.pack("<IIII", len(model), len(inputs), invokes, arena)
    command = command.split() + ["-semihosting-config", "enable=on,target=native", "-kernel", str(elf)]
    if PLUGIN.exists():
        symbols = subprocess.run(["nm", str(elf)], capture_output=True, text=True, check=True).stdout
        begin, end = (re.search(r"([0-9a-f]+) T count_" + name, symbols)[1] for name in ("begin", "end"))
        command += ["-plugin", "%s,begin=0x%s,end=0x%s" % (PLUGIN, begin, end)]
    with tempfile.NamedTemporaryFile() as job:
        job.write(header + pad(model) + pad(inputs))
        job.flush()
        command += ["-device", "loader,file=%s,addr=%#x,force-raw=on" % (job.name, address)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
    if done.returncode and "error" not in done.stderr + done.stdout:
        raise RuntimeError("%s exits with %d: %s" % (command[0], done.returncode, done.stderr + done.stdout))
    return Result((done.stdout + "\n" + done.stderr).splitlines())


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in MACHINES:
        sys.exit(__doc__)
    model = pathlib.Path(sys.argv[2]).read_bytes()
    inputs = pathlib.Path(sys.argv[3]).read_bytes() if len(sys.argv) > 3 else bytes(1 << 20)
    try:
        result = run(sys.argv[1], model, inputs)
    except RuntimeError as error:
        sys.exit(str(error))
    print("arena %d bytes, stack %d bytes" % (result.arena, result.stack))
    print("open %s instructions, invoke %s" % (result.open_insns, result.invoke_insns[0]))
    for i, output in enumerate(result.outputs[0]):
        print("output %d: %s" % (i, output.hex()))


if __name__ == "__main__":
    main()
