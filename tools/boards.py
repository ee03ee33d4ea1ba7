#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What microlite costs on boards: flash of firmware, heap of imports and models, measured where QEMU has the board.

Usage: tools/boards.py             print docs/boards.md as it would be
       tools/boards.py --write     measure what is built, and write tests/size/boards.json and docs/boards.md

Firmware that is not built here (./microlite build PORT) keeps the numbers that it had. A new port is a line in FIRMWARE.
"""

import json
import os
import pathlib
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import qemu_run

DATA = ROOT / "tests/size/boards.json"
PAGE = ROOT / "docs/boards.md"
GOLDENS = pathlib.Path(os.environ.get("MICROLITE_GOLDENS") or ROOT.parent / "shared/goldens")

# Port, board, core, and where the firmware is; for boards of QEMU there is one without microlite too.
FIRMWARE = [
    ("unix", "", "x86-64", "build/unix/micropython"),
    ("qemu-arm", "MPS2_AN385", "Cortex-M3", "build/qemu-arm/MPS2_AN385/firmware.elf"),
    ("qemu-arm", "MPS2_AN386", "Cortex-M4F", "build/qemu-arm/MPS2_AN386/firmware.elf"),
    ("qemu-arm", "MPS2_AN500", "Cortex-M7", "build/qemu-arm/MPS2_AN500/firmware.elf"),
    ("qemu-arm", "MPS3_AN547", "Cortex-M55", "build/qemu-arm/MPS3_AN547/firmware.elf"),
    ("qemu-riscv", "VIRT_RV32", "RV32IMAC", "build/qemu-riscv/VIRT_RV32/firmware.elf"),
    ("rp2", "RPI_PICO", "Cortex-M0+", "build/rp2/RPI_PICO/firmware.elf"),
    ("rp2", "RPI_PICO2", "Cortex-M33", "build/rp2/RPI_PICO2/firmware.elf"),
    ("rp2", "RPI_PICO2-RISCV", "RV32IMAC", "build/rp2/RPI_PICO2-RISCV/firmware.elf"),
]
# Native modules, and a board to measure them on: the first that has the architecture as its own, armv6m on Cortex-M3.
NATIVE = {"armv6m": "MPS2_AN385", "armv7m": "MPS2_AN385", "armv7emsp": "MPS2_AN386", "armv7emdp": "MPS2_AN500",
          "rv32imc": "VIRT_RV32"}
# Heaps to try models in, in KB.
HEAPS = [32, 64, 96, 128, 192, 256, 320, 512]
SMALL = "MPS2_AN385"

IMPORT = """
import gc
def free():
    gc.collect()
    return gc.mem_free()
sizes = [free(), free()]
import microlite
sizes.append(free())
import audio_frontend
sizes.append(free())
print(sizes)
"""
# The heap that each model takes, and whether its results are right. The collector's map takes 1/64 besides.
MODELS = """
import gc
def free():
    gc.collect()
    return gc.mem_free()
def check(name):
    inputs, outputs = ([open("%s/%s%d" % (name, what, i), "rb") for i in range(n)]
                       for what, n in zip(("in", "out"), SHAPES[name][:2]))
    m = microlite.Model(name + "/model.tflite")
    for _ in range(SHAPES[name][2]):
        for f, t in zip(inputs, m.inputs):
            t[:] = f.read(t.nbytes)
        m.invoke()
        for f, t in zip(outputs, m.outputs):
            want, wanted = t[:], f.read(t.nbytes)
            if t.dtype == "f":
                import array
                wanted = array.array("f", wanted)
                assert all(abs(x - y) <= 2e-6 + 2e-5 * abs(y) for x, y in zip(want, wanted)), name
            else:
                assert bytes(want) == wanted, name
    return m
SHAPES = {shapes}
leave = {leave}
ballast = bytearray(free() - leave) if leave else None
import microlite
for name in SHAPES:
    m = None
    try:
        check(name)     # imports the packs that it needs
        before = free()
        m = check(name)
        print(name, before - free())
    except MemoryError:
        print(name, -1)
"""


def flash(path):
    """Bytes that a program brings with it: code, constants, and what its variables start with."""
    data = pathlib.Path(path).read_bytes()
    wide = data[4] == 2
    offset, = struct.unpack_from("<Q" if wide else "<I", data, 32 if wide else 28)
    size, count = struct.unpack_from("<HH", data, 54 if wide else 42)
    heads = [data[offset + i * size:][:size] for i in range(count)]
    # p_type 1 is what is loaded; p_filesz lies elsewhere in 64-bit files.
    return sum(struct.unpack_from("<Q" if wide else "<I", head, 32 if wide else 16)[0] for head in heads
               if head[:4] == b"\1\0\0\0")


def modules(arch):
    return sorted((ROOT / "dist/mpy" / arch).glob("*.mpy"))


def run(script, files, firmware):
    (output, traceback), = qemu_run.session([script], files, firmware, timeout=1200)
    if traceback:
        sys.exit("boards: %s: %s" % (firmware, traceback))
    return output


def imports(firmware, files=()):
    """Heap in all, what importing microlite and audio_frontend takes, what is left: {name: bytes}"""
    first, start, microlite, audio = json.loads(run(IMPORT, files, firmware))
    return {"heap": start, "microlite": start - microlite, "audio_frontend": microlite - audio, "free": audio}


def firmware_rows(old):
    rows = []
    for port, board, core, path in FIRMWARE:
        row = {"port": port, "board": board, "core": core}
        if (ROOT / path).exists():
            row["flash"] = flash(ROOT / path)
            if board in qemu_run.BOARDS:
                row.update(imports(ROOT / path))
            stock = qemu_run.firmware(board, stock=True) if board in qemu_run.BOARDS else None
            if stock and stock.exists():
                row["stock"] = flash(stock)
        rows.append(next((r for r in old if r["port"] == port and r["board"] == board), row) if len(row) == 3 else row)
    return rows


def native_rows(old):
    rows = []
    for arch, board in NATIVE.items():
        files, firmware = modules(arch), qemu_run.firmware(board, stock=True)
        if files and firmware.exists():
            size = (ROOT / "dist/mpy" / arch / "microlite.mpy").stat().st_size
            rows.append({"arch": arch, "board": board, "mpy": size, **imports(firmware, files)})
        else:
            rows += [row for row in old if row["arch"] == arch]
    return rows


def model_files():
    """Golden models whose inputs and outputs are of plain types: {name: (shape, {file: content})}, large ones first."""
    models = {}
    for path in GOLDENS.glob("*/meta.json"):
        name, meta = path.parent.name, json.loads(path.read_text())
        files = {"model.tflite": (path.parent / "model.tflite").read_bytes()}
        for what in ("in", "out"):
            for i in range(len(meta[what + "puts"])):
                files["%s%d" % (what, i)] = (path.parent / ("%s%d_1.bin" % (what, i))).read_bytes()
        models[name] = ((len(meta["inputs"]), len(meta["outputs"]), meta["invokes"]), files)
    return models


def run_models(names, models, firmware, files=(), leave=None):
    """{model: bytes of heap, -1 where it is not enough}, with all of the heap or with so many bytes of it."""
    script = MODELS.replace("{shapes}", repr({n: models[n][0] for n in names})).replace("{leave}", repr(leave))
    output = run(script, [*files, {n: models[n][1] for n in names}], firmware)
    return {line.split()[0]: int(line.split()[1]) for line in output.splitlines()}


def largest_that_runs(rows, models, firmware, files, leave):
    """Of the models, which are sorted; None when there is not even room for the import."""
    for row in rows:
        try:
            if row["heap"] <= leave and run_models([row["model"]], models, firmware, files, leave)[row["model"]] > 0:
                return row["model"]
        except SystemExit:
            return None
    return None


def model_rows():
    """What each golden model takes on a 32-bit core; fails when a result is wrong on any board."""
    models = model_files()
    needs = {}
    for board in qemu_run.BOARDS:
        if qemu_run.firmware(board).exists():
            needs[board] = run_models(models, models, qemu_run.firmware(board))
    small = needs[SMALL]
    rows = [{"model": name, "bytes": len(models[name][1]["model.tflite"]), "heap": small[name]}
            for name in sorted(models, key=lambda name: -small[name])]
    fits = []
    for kb in HEAPS:
        fit = {"heap": kb}
        for arch in (None, "armv6m", "armv7m"):
            firmware = qemu_run.firmware(SMALL, stock=arch is not None)
            files = modules(arch) if arch else []
            fit[arch or "linked"] = largest_that_runs(rows, models, firmware, files, kb << 10)
        fits.append(fit)
    return {"models": rows, "fits": fits, "boards": list(needs)}


def kb(size):
    return "" if size is None else "%.1f" % (size / 1024)


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def page(data):
    sizes = {row["model"]: row for row in data["models"]}
    largest = max(data["models"], key=lambda row: row["bytes"])
    fit = lambda name: "%s (%s)" % (name, kb(sizes[name]["heap"])) if name else "none"
    return TEXT % {
        "firmware": table(
            ["port", "board", "core", "flash", "of it microlite", "free heap after import", "of"],
            [[r["port"], r["board"], r["core"], kb(r.get("flash")),
              kb(r["flash"] - r["stock"]) if "stock" in r else "", kb(r.get("free")), kb(r.get("heap"))]
             for r in data["firmware"]]),
        "native": table(
            ["architecture", "measured on", "microlite.mpy", "heap: import microlite", "import audio_frontend"],
            [[r["arch"], r["board"], *(kb(r[name]) for name in ("mpy", "microlite", "audio_frontend"))]
             for r in data["native"]]),
        "fits": table(
            ["free heap", "microlite in the firmware", "armv7m module", "armv6m module"],
            [["%d" % r["heap"], fit(r["linked"]), fit(r["armv7m"]), fit(r["armv6m"])] for r in data["fits"]]),
        "models": table(["model", "file", "heap"], [
            [r["model"], kb(r["bytes"]), kb(r["heap"])] for r in data["models"] if not r["model"].startswith("seanet")]),
        "count": len(data["models"]),
        "boards": ", ".join(data["boards"]),
        "largest": "%s, %s KB" % (largest["model"], kb(largest["bytes"])),
        "most": "%s, %s KB" % (data["models"][0]["model"], kb(data["models"][0]["heap"])),
    }


TEXT = """# Boards
The tables are written by `tools/boards.py --write`; sizes are in KB (1024 bytes).

## Try it on an emulated board
Nothing to solder: QEMU has a Cortex-M3, M4F, M7, M55 and a 32-bit RISC-V that MicroPython runs on.
```
./microlite build qemu-arm MPS2_AN500        # a Cortex-M7; without a name all boards
tools/qemu_run.py --board MPS2_AN500 examples/hello_world/main.py examples/hello_world/hello_world_int8.tflite
```
What stands behind the script lies in `/rom`, a read-only file system in the board's memory, and the script runs in this folder:
`open("model.tflite")`, `microlite.Model("model.tflite")` and `import` find it. Models are used where they lie, as on a board that has
them in flash. Boards: %(boards)s (that one by `./microlite build qemu-riscv`).

Native modules run on firmware without microlite, as it comes from others:
```
./microlite build qemu-stock MPS2_AN386      # a Cortex-M4F
./microlite mpy armv7emsp
tools/qemu_run.py --board MPS2_AN386 --stock examples/hello_world/main.py dist/mpy/armv7emsp/*.mpy \\
    examples/hello_world/hello_world_int8.tflite
```
To type at the prompt: `qemu-system-arm -machine mps2-an500 -nographic -semihosting -kernel build/qemu-arm/MPS2_AN500/firmware.elf`
(`machine.reset()` ends it). `tests/test_boards.py` runs the API tests, the examples and real models on all of them.

## Firmware
"Of it microlite" is what all operators and both modules add to the same firmware without them. Boards that QEMU does not have were only
built: their heap is not measured.

%(firmware)s

## Native modules
What an import takes of the heap, for ever: a native module is loaded into it. Packs of operators come on top when a model needs them.
`./microlite mpy ARCH MODEL.tflite` makes a module with what one model needs, which is much smaller.

%(native)s

**Which file for which board.** A module for a lesser core runs on a better one: MicroPython takes `armv6m` and `armv7m` on cores with an
FPU too, and the results are right (microlite never passes a float by value to or from the firmware, which would put it into
other registers there), only slower. Modules for a better core are refused: `ValueError: incompatible .mpy arch`. Engine and packs may be of
different architectures.

## Models
All %(count)d golden models ran on each of these boards, with the results of TensorFlow Lite Micro: %(boards)s.
The largest file is %(largest)s; the one that takes the most heap is %(most)s.

The largest that ran on a Cortex-M3 with so much free heap before the import, models in ROM, and the heap that it took:

%(fits)s

Heap of each model on a 32-bit core, when the file is in ROM: arena, tensors and the model's own description.

%(models)s
"""


def main():
    data = json.loads(DATA.read_text()) if DATA.exists() else {"firmware": [], "native": []}
    if sys.argv[1:] == ["--write"]:
        data.update(firmware=firmware_rows(data["firmware"]), native=native_rows(data["native"]))
        if GOLDENS.exists():
            data.update(model_rows())
        DATA.write_text(json.dumps(data, indent=1) + "\n")
        PAGE.write_text(page(data))
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        sys.stdout.write(page(data))


if __name__ == "__main__":
    main()
