#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Count what listening costs for each second of sound, on emulated cores, and say how much of a core's time that is.

Usage: bench/audio_realtime.py [--write]

Needs `./microlite build bare`, `./microlite build qemu-stock`, `./microlite mpy armv7emsp`, and for four of the lines
../shared/goldens; models that are not there are left out. --write puts the tables into docs/audio.md between their marks.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/audio"), str(ROOT / "bench")]
import bare
import bare_run
import qemu_run
from emulated import random_bytes

GOLDENS = ROOT.parent / "shared/goldens"
PAGE = ROOT / "docs/audio.md"
BEGIN, END = "<!-- tables of bench/audio_realtime.py -->\n", "<!-- end of tables -->\n"
CLIP = (ROOT / "examples/micro_speech/yes_no.wav").read_bytes()[44:]

# Name, file, bytes of input, runs a second, preset of the front end (number, rows a second).
MODELS = [
    ("yes/no of this project", ROOT / "examples/micro_speech/model/yes_no.tflite", 1960, 10, (1, 50)),
    ("micro_speech of TFLM", GOLDENS / "tflm_micro_speech_quantized/model.tflite", 1960, 10, (1, 50)),
    ("the same after each row", GOLDENS / "tflm_micro_speech_quantized/model.tflite", 1960, 50, (1, 50)),
    ("microWakeWord okay_nabu v2", GOLDENS / "mww_v2_okay_nabu/model.tflite", 120, 100 / 3, (2, 100)),
    ("microWakeWord vad v2", GOLDENS / "mww_v2_vad/model.tflite", 120, 100 / 3, (2, 100)),
]
TARGETS = {"m0plus": "Cortex-M0+", "m4f": "Cortex-M4F", "rv32imc": "RV32IMC"}
CORES = [("m0plus", "Cortex-M0+ at 133 MHz (RP2040)", 133), ("m4f", "Cortex-M4F at 64 MHz (nRF52840)", 64),
         ("rv32imc", "RV32IMC at 160 MHz (ESP32-C3)", 160), ("rv32imc", "RV32IMC at 240 MHz", 240)]
CYCLES = (1.5, 2.5)  # for an instruction, at best and at worst


def front_end(target, preset):
    _, _, frames = bare.run(target, CLIP, bare.PRESETS[preset])
    return sum(frames[1:-1]) / len(frames[1:-1])  # the first also waits for a window, the last takes samples only


def model_run(target, path, size):
    result = bare_run.run(target, path.read_bytes(), random_bytes(8 * size), invokes=8)
    return sum(result.invoke_insns[2:]) / len(result.invoke_insns[2:])


def millions(count):
    return "%.1f" % (count / 1e6)


def share(count, mhz):
    return " to ".join("%.0f" % max(1, 100 * count * cycles / (mhz * 1e6)) for cycles in CYCLES) + " %"


def native_tables():
    front = {(t, p): front_end(t, p) for t in TARGETS for p in (1, 2)}
    lines = ["| for each second of sound, millions of instructions | " + " | ".join(TARGETS.values()) + " |",
             "|---|" + "---|" * len(TARGETS)]
    for preset, rows, name in ((1, 50, "micro_speech: 50 rows"), (2, 100, "micro_wake_word: 100 rows")):
        lines.append("| front end, preset %s | " % name
                     + " | ".join(millions(rows * front[t, preset]) for t in TARGETS) + " |")
    totals = {}
    for name, path, size, runs, (preset, rows) in MODELS:
        if not path.exists():
            continue
        model = {t: runs * model_run(t, path, size) for t in TARGETS}
        lines.append("| %s: %.0f runs | " % (name, runs) + " | ".join(millions(model[t]) for t in TARGETS) + " |")
        totals[name] = {t: model[t] + rows * front[t, preset] for t in TARGETS}
    lines += ["", "| share of a core, front end and model | " + " | ".join(name for _, name, _ in CORES) + " |",
              "|---|" + "---|" * len(CORES)]
    for name, total in totals.items():
        lines.append("| %s | " % name + " | ".join(share(total[t], mhz) for t, _, mhz in CORES) + " |")
    return lines


# --- In MicroPython: instructions between calls of two functions of the firmware that scripts do not use otherwise.

MARKS = "mp_micropython_opt_level", "mp_micropython_stack_use"
START = """
import gc, micropython
def count(name, f, *args):
    gc.collect()
    micropython.opt_level()
    f(*args)
    micropython.stack_use()
    print(name)
"""
LISTEN = START + """
import audio_frontend, microlite
from microlite_commands import Listener
sound = memoryview(open("yes_no.wav", "rb").read())[44:]
gc.collect()
before = gc.mem_alloc()
listener = Listener(microlite.Model("model.tflite"), ("silence", "unknown", "yes", "no"))
def listen():
    for i in range(32000, 64000, 640):
        listener.feed(sound[i : i + 640])
for i in range(0, 32000, 640):
    listener.feed(sound[i : i + 640])
gc.collect()
print("bytes", gc.mem_alloc() - before)
count("a second, in pieces of 20 ms", listen)
"""
NARROW = START + """
from array import array
wide = array("i", range(0, 320 << 16, 1 << 16))
narrow = array("h", bytes(640))
def loop(wide, narrow):
    for i in range(len(narrow)):
        narrow[i] = wide[i] >> 16
@micropython.viper
def viper(wide: ptr32, narrow: ptr16, count: int):
    for i in range(count):
        narrow[i] = wide[i] >> 16
count("loop", loop, wide, narrow)
want = bytes(narrow)
count("viper", viper, wide, narrow, 320)
assert bytes(narrow) == want
"""


def python(script, files):
    """Run a script in MicroPython on the Cortex-M4F. What it prints, with "insns N" for each call of count()."""
    symbols = subprocess.run(["nm", str(qemu_run.FIRMWARE)], capture_output=True, text=True, check=True).stdout
    addresses = [re.search(r"([0-9a-f]+) . " + name + r"(\n|\.)", symbols)[1] for name in MARKS]
    plugin = " -plugin %s,begin=0x%s,end=0x%s" % (bare_run.PLUGIN, *addresses)
    before, qemu_run.QEMU = qemu_run.QEMU, qemu_run.QEMU + plugin
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
            file.write(script)
            file.flush()
            output, traceback = qemu_run.run(file.name, files, timeout=900)
    finally:
        qemu_run.QEMU = before
    if traceback:
        sys.exit(traceback)
    return output


def numbers(word, output):
    return [int(count) for count in re.findall(word + r" (\d+)", output)]


def python_lines():
    lib, mpy = ROOT / "micropython/lib", ROOT / "dist/mpy/armv7emsp"
    lines = []
    name, path = next(((name, path) for name, path, *_ in MODELS[:2] if path.exists()), (None, None))
    if path:
        with tempfile.TemporaryDirectory() as folder:
            model = pathlib.Path(folder) / "model.tflite"
            model.write_bytes(path.read_bytes())
            output = python(LISTEN, [*lib.glob("*.py"), *mpy.glob("*.mpy"), model,
                                     ROOT / "examples/micro_speech/yes_no.wav"])
        (total,), (memory,) = numbers("insns", output), numbers("bytes", output)
        alone = 50 * front_end("m4f", 1) + 10 * model_run("m4f", path, 1960)
        lines.append(
            "`Listener` in MicroPython on the Cortex-M4F, with native modules and the model %s, takes %s million\n"
            "instructions for a second of sound: %.1f in Python, %.1f in front end and model. It holds %.1f KB of RAM when the model lies in ROM."
            % (name, millions(total), (total - alone) / 1e6, alone / 1e6, memory / 1000))
    loop, viper = (50 * count for count in numbers("insns", python(NARROW, [])))
    lines.append("Samples of 32 bits made 16 bits in a Python loop would take %s million more, %.1f million in the viper dialect;\n"
                 "`bits=16` leaves that to the driver." % (millions(loop), viper / 1e6))
    return lines


def main():
    if sys.argv[1:] not in ([], ["--write"]):
        sys.exit(__doc__)
    lines = native_tables() + [""] + python_lines()
    print("\n".join(lines))
    if sys.argv[1:]:
        page = PAGE.read_text()
        start, end = page.index(BEGIN) + len(BEGIN), page.index(END)
        PAGE.write_text(page[:start] + "\n".join(lines) + "\n" + page[end:])


if __name__ == "__main__":
    main()
