# SPDX-License-Identifier: MIT
# Firmware for boards: what goes into it, how the flash is divided, and the images that were built.

import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples/hello_world"
ARM, RISCV = "arm-none-eabi-", "riscv64-unknown-elf-"
RV32 = ["-march=rv32imac", "-mabi=ilp32"]

sys.path.insert(0, str(ROOT / "tools"))
import check_partitions
import examples_romfs
import qemu_run
import romfs
import uf2
from test_build import machine, sh  # noqa: F401  (machine is a fixture)


# ./microlite build PORT [BOARD] [--modules DIR]... [--for MODEL...]


@pytest.fixture
def port_machine(machine):  # noqa: F811
    """A machine of stand-ins that has Python and our sources."""
    path = machine.calls.parent / "bin"
    (path / "python3").symlink_to("/usr/bin/python3")
    (path / "env").symlink_to("/usr/bin/env")
    for name in ("src", "micropython", "examples"):
        shutil.copytree(ROOT / name, machine.root / name)
    return machine


@pytest.mark.parametrize("arguments, made", [
    (["rp2"], "rp2"),
    (["rp2", "RPI_PICO2-RISCV"], "rp2 BOARD=RPI_PICO2-RISCV"),
    (["esp32", "ESP32S3-SPIRAM"], "esp32 BOARD=ESP32S3-SPIRAM"),
    (["stm32", "STM32F4DISC"], "stm32 BOARD=STM32F4DISC"),
])
def test_board_goes_to_make(port_machine, arguments, made):
    done, calls = port_machine.run("./microlite", "build", *arguments)
    assert done.returncode == 0, done.stderr
    assert re.findall(r"make -j\d+ (.*)", calls) == [made]


def test_modules_and_models_make_a_configuration(port_machine, tmp_path):
    module, models = tmp_path / "ulab", tmp_path / "models"
    (module / "code").mkdir(parents=True)
    (module / "code/micropython.mk").write_text("# a make port's")
    (module / "code/micropython.cmake").write_text("# a cmake port's")
    shutil.copytree(EXAMPLE, models)
    done, calls = port_machine.run("./microlite", "build", "unix", "--modules", module,
                                   "--for", models / "hello_world_int8.tflite")
    assert done.returncode == 0, done.stderr
    name = "ulab-for-hello_world_int8"
    assert re.findall(r"make -j\d+ (.*)", calls) == ["unix MICROLITE_CONFIG=" + name]
    folder = port_machine.root / "build/config" / name
    assert (folder / "ops.def").read_text() == "MLT_OP(fully_connected)\n"
    assert sorted(os.listdir(folder / "modules")) == ["microlite", "ulab_code"]
    assert (folder / "modules/ulab_code").resolve() == module / "code"
    assert "MICROLITE_LEAVE_OUT := FLOAT INT16 INT4 UINT8 COMPRESSION OFFLINE_PLAN INT32 SPARSE SUBGRAPHS SHAPES VARIABLES OPEN_SHAPES FAR_DATA\n" in (folder / "config.mk").read_text()
    cmake = (folder / "modules.cmake").read_text()
    assert re.findall(r'include\("(.*)"\)', cmake) == [
        str(port_machine.root / "micropython/micropython.cmake"), str(module / "code/micropython.cmake")]
    assert "set(MICROLITE_LEAVE_OUT FLOAT INT16 INT4 UINT8 COMPRESSION OFFLINE_PLAN INT32 SPARSE SUBGRAPHS SHAPES VARIABLES OPEN_SHAPES FAR_DATA)" in cmake

    # A second time nothing is written; with another model of the name, what was built is removed.
    built = port_machine.root / "build" / ("unix-" + name)
    built.mkdir()
    port_machine.run("./microlite", "build", "unix", "--modules", module, "--for", models / "hello_world_int8.tflite")
    assert built.exists()
    shutil.copy(models / "hello_world_float32.tflite", models / "hello_world_int8.tflite")
    port_machine.run("./microlite", "build", "unix", "--modules", module, "--for", models / "hello_world_int8.tflite")
    assert not built.exists()
    assert "MICROLITE_LEAVE_OUT := INT16 INT4 UINT8 COMPRESSION OFFLINE_PLAN INT32 SPARSE SUBGRAPHS SHAPES VARIABLES OPEN_SHAPES FAR_DATA\n" in (folder / "config.mk").read_text()


def test_wrong_arguments_are_named(port_machine, tmp_path):
    for arguments, message in [
        (["--modules", tmp_path / "none"], "no such folder"),
        (["--modules", tmp_path], "no micropython.mk"),
        (["--for", ROOT / "README.md"], "not a TensorFlow Lite model"),
        (["--with"], "--with"),
    ]:
        done, calls = port_machine.run("./microlite", "build", "unix", *arguments)
        assert done.returncode != 0 and message in done.stderr, done.stderr
        assert not re.search("^make", calls, re.M)


def test_boards_where_there_are_none(port_machine):
    for arguments, message in [(["unix", "RPI_PICO"], "board 'RPI_PICO', but unix has none"),
                               (["webassembly", "pc"], "webassembly has none"), (["all", "rp2"], "'rp2', want nothing more")]:
        done, calls = port_machine.run("./microlite", "build", *arguments)
        assert done.returncode == 1 and message in done.stderr and calls == ""


@pytest.mark.skipif(not list(ROOT.glob("build/micropython-[0-9]*/ports/rp2")), reason="no source of MicroPython")
@pytest.mark.parametrize("board, message", [("TOASTER", "no board 'TOASTER', want one of"), ("../RPI_PICO", "no board '../RPI_PICO'"),
                                            ("RPI_PICO2-TOAST", "board RPI_PICO2 has no variant 'TOAST'")])
def test_unknown_boards_of_rp2(board, message):
    done = sh("make", "-s", "rp2", "BOARD=" + board, cwd=ROOT, env={**os.environ, "MAKEFLAGS": ""})
    assert done.returncode != 0 and message in done.stderr
    assert "RPI_PICO2 " in done.stderr and not (ROOT / "build/rp2" / board).exists()


def test_tree_of_links(tmp_path):
    source, tree = tmp_path / "source", tmp_path / "tree"
    for name in ["py/mpconfig.h", "ports/rp2/main.c", "ports/unix/main.c", "lib/littlefs/lfs2.c", "lib/micropython-lib/x"]:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(name)
    for name in ["lib/tinyusb", "lib/mbedtls", "elsewhere", "other"]:
        (source / name).mkdir()
    (source / "lib/mbedtls/own").write_text("")
    (source / "elsewhere/tusb.h").write_text("")
    for _ in range(2):
        done = sh(ROOT / "tools/mpy_tree.sh", source, tree, "rp2", "tinyusb=%s" % (source / "elsewhere"),
                  "mbedtls=%s" % (source / "other"))
        assert done.returncode == 0, done.stderr
    assert (tree / "py/mpconfig.h").read_text() == "py/mpconfig.h"
    assert (tree / "ports/rp2/main.c").exists() and not (tree / "ports/unix").exists()
    assert (tree / "lib/tinyusb/tusb.h").exists()          # was empty
    assert (tree / "lib/mbedtls/own").exists()             # is the source's own
    assert (tree / "lib/micropython-lib/README.md").exists() and not (source / "lib/micropython-lib/README.md").exists()
    assert not (tree / "ports/rp2").is_symlink()           # its parent folders must be the tree's


# Flash of the rp2 port


def blocks_of(*sections, family=0xE48BFF56):
    """A .uf2 file of (offset in flash, bytes)."""
    return uf2.write([uf2.Block(uf2.FLASH + offset + at, data[at:at + 256].ljust(256, b"\0"), family)
                      for offset, data in sections for at in range(0, len(data), 256)])


LAYOUT = uf2.Layout(flash=0x10000, romfs=0x4000, storage=0x8000)


def test_uf2_in_its_place():
    blocks = uf2.read(blocks_of((0, bytes(0x4000)), (0x4000, bytes(1000))))
    assert uf2.check(blocks, LAYOUT) == ("RP2040", 0x4000, 0x4400)
    assert uf2.read(uf2.write(blocks)) == blocks
    image = romfs.image({"x": b"12345"})
    with_files = uf2.add_romfs(uf2.read(blocks_of((0, bytes(300)))), LAYOUT, image)
    assert b"".join(block.data for block in with_files[2:]).startswith(image)
    assert uf2.check(with_files, LAYOUT) == ("RP2040", 512, 0x4000 + 256)


@pytest.mark.parametrize("data, message", [
    (b"", "0 bytes"),
    (bytes(512), "no UF2 block"),
    (blocks_of((0, b"x"))[:-1], "511 bytes"),
    (blocks_of((0, b"x"), family=0x1234), "family 0x1234"),
    (blocks_of((128, b"x")), "at a multiple"),
    (blocks_of((0, bytes(1024)))[512:], "not numbered"),
    (blocks_of((0, bytes(1024)))[:1024], "not numbered"),
    (blocks_of((0, b"x"), (0, b"y")), "same address"),
    (blocks_of((256, b"x")), "nothing at the start"),
    (blocks_of((0, b"x"), (0x8000, b"x")), "in the file system"),
    (blocks_of((0, bytes(0x8100))), "in the file system"),
    (blocks_of((0, b"x"), (0x10000, b"x")), "outside of the flash"),
    (blocks_of((0, b"x"), (-256, b"x")), "outside of the flash"),
])
def test_uf2_with_a_fault(data, message):
    with pytest.raises(uf2.Error, match=message):
        uf2.check(uf2.read(data), LAYOUT)


def test_uf2_firmware_in_the_rom_file_system():
    with pytest.raises(uf2.Error, match="in the ROM file system"):
        uf2.check(uf2.read(blocks_of((0, bytes(0x4100)))), LAYOUT, allow_romfs=False)
    with pytest.raises(uf2.Error, match="room for 16384"):
        uf2.add_romfs(uf2.read(blocks_of((0, b"x"))), LAYOUT, bytes(0x4001))


def test_uf2_without_its_firmware(tmp_path):
    (tmp_path / "x.elf").write_text("text")
    for command, message in [(["room", tmp_path / "x.elf"], "x.elf: no ELF file"), (["check", tmp_path / "none"], "No such file")]:
        done = sh("/usr/bin/python3", ROOT / "tools/uf2.py", *command)
        assert done.returncode == 1 and message in done.stderr and "Traceback" not in done.stderr


def test_uf2_keeps_the_block_of_erratum_e10():
    lone = bytearray(blocks_of((0xFFFF00, b"\xef" * 256), family=uf2.ABSOLUTE))
    struct.pack_into("<II", lone, 20, 0, 2)
    data = bytes(lone) + blocks_of((0, bytes(600)), family=0xE48BFF59)
    blocks = uf2.read(data)
    assert uf2.check(blocks, LAYOUT)[0] == "RP2350 Arm"
    assert uf2.write(blocks) == data


@pytest.mark.parametrize("gcc, options", [(ARM + "gcc", ["-mcpu=cortex-m0plus"]), (RISCV + "gcc", RV32)])
@pytest.mark.parametrize("size, fits", [(0x4000 - 64, True), (0x4000 + 64, False)])
def test_firmware_that_reaches_the_file_system_does_not_link(tmp_path, gcc, options, size, fits):
    """The script and the symbols that every rp2 firmware is linked with."""
    if not shutil.which(gcc):
        pytest.skip("no " + gcc)
    (tmp_path / "py").mkdir()
    (tmp_path / "py/mpconfig.h").write_text("""
#define PICO_FLASH_SIZE_BYTES (64 * 1024)
#define MICROPY_HW_FLASH_STORAGE_BYTES (32 * 1024)
#define MICROPY_HW_ROMFS_BYTES (16 * 1024)
""")
    (tmp_path / "main.c").write_text("const char firmware[%d] = {1};\nvoid _start(void) {}\n" % size)
    (tmp_path / "port.ld").write_text("""
MEMORY { FLASH(rx) : ORIGIN = 0x10000000, LENGTH = 64K }
SECTIONS { .text : { *(.text*) *(.rodata*) } > FLASH  .flash_end : { __flash_binary_end = .; } > FLASH }
""")
    done = sh(gcc, *options, "-nostdlib", "-I.", "-ffunction-sections", "-Wl,--gc-sections,-u,firmware",
              "-T", "port.ld", "main.c", ROOT / "ports/rp2/layout.c", ROOT / "ports/rp2/layout.ld", "-o", "x.elf",
              cwd=tmp_path)
    assert (done.returncode == 0) == fits, done.stderr
    if fits:
        assert uf2.layout_of(tmp_path / "x.elf") == uf2.Layout(0x10000, 0x4000, 0x8000)
    else:
        assert "microlite: the firmware does not fit below the file system" in done.stderr


@pytest.mark.skipif(not shutil.which(RISCV + "gcc"), reason="no RISC-V compiler")
def test_riscv_compiler_of_the_pico_sdk(tmp_path):
    """Debian's, which has libraries for fewer instructions than the SDK compiles for: it links the 32-bit ones."""
    done = sh(ROOT / "tools/get_riscv32.sh", tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "x.c").write_text("""
#include <string.h>
int bit(int x) { int y; __asm("bset %0, zero, %1" : "=r"(y) : "r"(x)); return y; }
long long _start(long long x, const char *s) { return x / (x + 1) + 2048 + bit((int)strlen(s)); }
""")
    options = ["-march=rv32imac_zicsr_zifencei_zba_zbb_zbs_zbkb", "-mabi=ilp32", "-Os"]
    gcc = tmp_path / "bin/riscv32-unknown-elf-gcc"
    for line in (["-c", "-o", "x.o", "x.c"], ["--specs=nosys.specs", "-nostartfiles", "-o", "x.elf", "x.o"]):
        done = sh(gcc, *options, *line, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    symbols = sh(RISCV + "nm", tmp_path / "x.elf").stdout
    assert re.search(r" T __divdi3$", symbols, re.M) and re.search(r" T strlen$", symbols, re.M)
    assert "ELF32" in sh(RISCV + "readelf", "-h", tmp_path / "x.elf").stdout


PICOTOOL = ROOT / "build/rp2/sdk/root/usr/bin/picotool"
RP2 = sorted(path.parent for path in ROOT.glob("build/rp2/*/firmware.uf2"))


@pytest.mark.skipif(not RP2, reason="no rp2 firmware: ./microlite build rp2")
@pytest.mark.parametrize("folder", RP2, ids=lambda path: path.name)
def test_rp2_firmware(folder):
    layout = uf2.layout_of(folder / "firmware.elf")
    blocks = uf2.read((folder / "firmware.uf2").read_bytes())
    family, end, _ = uf2.check(blocks, layout)
    assert family == ("RP2350 RISC-V" if "RISCV" in folder.name else "RP2350 Arm" if "PICO2" in folder.name else "RP2040")
    assert layout.flash == (4 << 20 if "PICO2" in folder.name else 2 << 20)
    assert 300_000 < end <= layout.romfs < layout.storage < layout.flash
    told = sh(PICOTOOL, "info", "-a", folder / "firmware.uf2").stdout
    assert re.search(r"name: +MicroPython", told), told
    assert "microlite_audio" in re.search(r"frozen modules:((?:.*\n)+?) \w[^,]*:", told)[1]
    drives = dict((name, (int(first, 16), int(last, 16))) for first, last, name in
                  re.findall(r"embedded drive: +0x(\w+)-0x(\w+) \(\d+K\): (\w+)", told))
    assert drives == {"ROMFS": (uf2.FLASH + layout.romfs, uf2.FLASH + layout.storage),
                      "MicroPython": (uf2.FLASH + layout.storage, uf2.FLASH + layout.flash)}
    image = b"".join(block.data for block in blocks if block.address >= uf2.FLASH + layout.romfs and not block.whole)
    assert image.startswith(romfs.MAGIC) and (EXAMPLE / "hello_world_int8.tflite").read_bytes() in image
    symbols = sh(ARM + "nm", folder / "firmware.elf").stdout
    for symbol in ("mp_module_microlite", "mp_module_audio_frontend", "mlt_op_fully_connected", "frozen_module_microlite_audio"):
        assert re.search(r" \w %s$" % symbol, symbols, re.M), symbol
    ops = set(re.findall(r" [Rr] mlt_op_(\w+)$", symbols, re.M))
    lists = [path for path in ROOT.glob("build/config/*/ops.def") if folder.name.endswith("-" + path.parent.name)]
    assert bool(lists) == ("-for-" in folder.name)
    if lists:
        assert ops == set(re.findall(r"MLT_OP\((\w+)\)", lists[0].read_text()))
    else:
        assert {"conv_2d", "fully_connected", "unidirectional_sequence_lstm"} < ops


def test_examples_of_the_rom_file_system():
    examples = examples_romfs.tree_of(examples_romfs.EXAMPLES)
    assert {"main.py", "hello_world_int8.tflite"} <= set(examples["hello_world"])
    assert not {"train.py", "README.md", "requirements.txt"} & set(examples["hello_world"])
    image, left_out = examples_romfs.fill({"a": {"m": bytes(5000)}, "b": {"m": bytes(100)}}, 4096)
    assert left_out == ["a"] and len(image) < 4096


# Partition tables of the ESP32 family

TABLES = sorted((ROOT / "ports/esp32").glob("partitions-*.csv"))
MIB = 1 << 20


def flash_of(path):
    return int(re.search(r"-(\d+)MiB", path.name)[1]) * MIB


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_partition_table(path):
    table = check_partitions.read(path.read_text())
    assert check_partitions.problems(table, flash_of(path)) == []
    done = sh(ROOT / "tools/check_partitions.py", path, "--flash", "%dMiB" % (flash_of(path) // MIB))
    assert (done.returncode, done.stderr) == (0, "")


GOOD = """
# Name, Type, SubType, Offset, Size
nvs,      data, nvs,     0x9000,   0x4000
otadata,  data, ota,     0xd000,   8K
phy_init, data, phy,     0xf000,   0x1000
ota_0,    app,  ota_0,   0x10000,  0x1d0000
ota_1,    app,  ota_1,   0x1e0000, 0x1d0000
vfs,      data, fat,     0x3b0000, 0x50000
"""


@pytest.mark.parametrize("old, new, message", [
    ("0x1e0000,", "0x1d0000,", "ota_1: begins at 0x1d0000, in ota_0, which ends at 0x1e0000"),
    ("0x9000, ", "0x8000, ", "nvs: begins at 0x8000, in the partition table"),
    ("0x3b0000, 0x50000", "0x3c0000, 0x40000", "vfs: gap of 0x10000 bytes behind ota_1"),
    ("0x3b0000, 0x50000", "0x3b0000, 0x4fff0", "vfs: size 0x4fff0 is no multiple of 0x1000"),
    ("0x1e0000, 0x1d0000", "0x1e8000, 0x1d0000", "ota_1: offset 0x1e8000 is no multiple of 0x10000"),
    ("0x3b0000, 0x50000", "0x3b0000, 0x51000", "vfs: ends at 0x401000, the flash at 0x400000"),
    ("0x3b0000, 0x50000", "0x3b0000, 0x40000", "0x10000 bytes of flash are not used"),
    ("phy_init, data, phy,     0xf000,   0x1000\n", "", "no partition of type data, phy"),
    ("nvs,      data, nvs,     0x9000,   0x4000\n", "", "no partition of type data, nvs"),
    ("0x9000,   0x4000", "0x9000,   0x2000", "nvs: 0x2000 bytes, want 0x3000"),
    ("otadata,  data, ota,     0xd000,   8K\n", "", "want partitions for updates together with one of type data, ota"),
    ("8K", "4K", "otadata: 0x1000 bytes, want 0x2000"),
    ("ota_1,    app,  ota_1,   0x1e0000, 0x1d0000\n", "", "want two partitions or more for updates"),
    ("vfs, ", "files,", "no data partition named vfs"),
    ("otadata,", "nvs,", "nvs: two partitions have this name"),
    ("0x50000", "0", "vfs: is empty"),
    ("vfs, ", ", ", "partition at 0x3b0000: no name"),
    ("data, fat,", "data, banana,", "vfs: type or subtype 'banana', want ota, phy, nvs,"),
    ("app,  ota_1,", "apple, ota_1,", "ota_1: type or subtype 'apple', want app, data or a number"),
    ("app,  ota_1,", "app,  ota_16,", "ota_1: type or subtype 'ota_16', want factory,"),
    ("data, fat,", "0x40, 0x100,", "vfs: type or subtype 0x100, want 0 to 254"),
    ("ota_0,   0x10000,  0x1d0000\nota_1,    app,  ota_1,", "factory, 0x10000, 0x1d0000\nota_1, app, factory,",
     "2 partitions of type app, factory, want 1 at most"),
    ("vfs, ", "file_system_of_the_board,", "name of 24 characters"),
])
def test_bad_partition_table(old, new, message):
    assert check_partitions.problems(check_partitions.read(GOOD), 4 * MIB) == []
    assert old in GOOD
    found = check_partitions.problems(check_partitions.read(GOOD.replace(old, new, 1)), 4 * MIB)
    assert any(message in each for each in found), found


@pytest.mark.parametrize("text, message", [("a, app, factory, 0x10000", "4 fields"), ("a, app, factory, , 1M", "'' is no number"),
                                           ("a, app, factory, 0x10000, -4", "negative"),
                                           ("a, app, factory, 0x10000, 1M, secret", "flag 'secret'"),
                                           ("a, app, \xff", "no text"), ("\0", "1 fields"), ("# nothing", "no partitions")])
def test_unreadable_partition_table(tmp_path, text, message):
    (tmp_path / "x.csv").write_bytes((text + "\n").encode("latin1"))
    done = sh(ROOT / "tools/check_partitions.py", tmp_path / "x.csv", "--flash", "4MB")
    assert done.returncode == 1 and message in done.stderr


def test_firmware_larger_than_its_partition(tmp_path):
    (tmp_path / "x.csv").write_text(GOOD)
    for size, code in [(0x1d0000, 0), (0x1d0001, 1)]:
        (tmp_path / "firmware.bin").write_bytes(bytes(size))
        done = sh(ROOT / "tools/check_partitions.py", tmp_path / "x.csv", "--flash", "4MB", "--image", tmp_path / "firmware.bin")
        assert done.returncode == code
        assert ("ota_1: 1900544 bytes, the firmware has 1900545" in done.stderr) == bool(code)


# What cmake makes of our files. There is no ESP-IDF and no Pico SDK here.

needs_cmake = pytest.mark.skipif(not shutil.which("cmake"), reason="no cmake")


def compile_commands(folder, modules, *definitions):
    """{source: command}"""
    done = sh("cmake", "-S", ROOT / "tests/cmake", "-B", folder, "-DMODULES=%s" % modules, *definitions)
    assert done.returncode == 0, done.stderr
    entries = json.loads((folder / "compile_commands.json").read_text())
    return {str(pathlib.Path(entry["file"]).relative_to(ROOT)): entry["command"] for entry in entries}


@needs_cmake
def test_cmake_module_has_all_sources_and_flags(tmp_path):
    commands = compile_commands(tmp_path, ROOT / "micropython/micropython.cmake")
    sources = [*ROOT.glob("src/*.c"), *ROOT.glob("src/*/*.c"), *ROOT.glob("micropython/mod*.c")]
    assert sorted(commands) == sorted(str(path.relative_to(ROOT)) for path in sources)
    for source, command in commands.items():
        assert "-ffp-contract=off" in command and "-I%s/include" % ROOT in command, source
        fast = source.startswith(("src/kernels/", "src/audio/audio_f"))
        assert ("-O2" in command) == fast and "MLT_" not in command, source


@needs_cmake
def test_cmake_module_with_fewer_operators(tmp_path):
    (tmp_path / "modules.cmake").write_text("""
set(MICROLITE_OPS_LIST "/some/where/ops.def")
set(MICROLITE_LEAVE_OUT FLOAT INT4)
include("%s/micropython/micropython.cmake")
""" % ROOT)
    commands = compile_commands(tmp_path / "build", tmp_path / "modules.cmake")
    for source, command in commands.items():
        assert "-DMLT_WITH_FLOAT=0" in command and "-DMLT_WITH_INT4=0" in command and "INT16" not in command
        assert ("-DMLT_OPS_LIST" in command) == (source == "src/ops/table.c")
    assert "/some/where/ops.def" in commands["src/ops/table.c"]


@needs_cmake
def test_cmake_module_of_the_pico_sdk(tmp_path):
    commands = compile_commands(tmp_path, ROOT / "micropython/micropython.cmake", "-DPICO_SDK_PATH=/some/where")
    assert "ports/rp2/layout.c" in commands


def esp32_boards():
    for folder in sorted(path.parent for path in ROOT.glob("ports/esp32/boards/*/mpconfigboard.cmake")):
        yield folder.name, ""
        for path in sorted(folder.glob("mpconfigvariant_*.cmake")):
            yield folder.name, path.stem.split("_", 1)[1]


def configuration(board, variant, folder):
    """What a board sets, {name: value}, and its configuration of the ESP-IDF, {name: value}."""
    done = sh("cmake", "-DBOARD_DIR=%s" % (ROOT / "ports/esp32/boards" / board), "-DVARIANT=" + variant,
              "-P", ROOT / "tests/cmake/board.cmake", cwd=folder)
    assert done.returncode == 0, done.stderr
    told = dict(line.split("=", 1) for line in done.stderr.splitlines())
    port = next(iter(sorted(ROOT.glob("build/micropython-[0-9]*/ports/esp32"))), None)
    sdkconfig = {}
    for name in told["SDKCONFIG_DEFAULTS"].split(";"):
        if not pathlib.Path(name).is_absolute():
            if port is None:
                continue
            name = port / name
        for line in pathlib.Path(name).read_text().splitlines():
            if line.startswith("CONFIG_"):
                key, value = line.split("=", 1)
                sdkconfig[key[7:]] = value.strip('"')
    return told, sdkconfig


@needs_cmake
@pytest.mark.parametrize("board, variant", esp32_boards())
def test_esp32_board(tmp_path, board, variant):
    told, sdkconfig = configuration(board, variant, tmp_path)
    assert told["IDF_TARGET"] == board.lower()
    table = pathlib.Path(sdkconfig["PARTITION_TABLE_CUSTOM_FILENAME"])
    assert table in TABLES and sdkconfig["PARTITION_TABLE_CUSTOM"] == "y"
    sizes = [key for key, value in sdkconfig.items() if key.startswith("ESPTOOLPY_FLASHSIZE_") and value == "y"]
    assert sizes == ["ESPTOOLPY_FLASHSIZE_%dMB" % (flash_of(table) // MIB)]
    assert ("ota" in table.stem) == any("ota_1" in line for line in table.read_text().splitlines())
    assert (sdkconfig.get("SPIRAM") == "y") == variant.startswith("SPIRAM")
    assert (sdkconfig.get("SPIRAM_MODE_OCT") == "y") == (variant == "SPIRAM_OCT")
    header = (ROOT / "ports/esp32/boards" / board / "mpconfigboard.h").read_text()
    assert re.search(r'#define MICROPY_HW_MCU_NAME "%s"' % board, header)
    assert bool(variant) == ("with microlite" in told["MICROPY_DEF_BOARD"])


def test_esp32_without_an_idf_says_what_to_do(port_machine):
    def build(*arguments, **environment):
        environment = {"MPY_DIR": str(port_machine.root / "mpy"), "USER_C_MODULES": "x", **environment}
        done, _ = port_machine.run("ports/esp32/build.sh", *arguments, "out", **environment)
        assert done.returncode == 1
        return done.stderr

    idf = port_machine.root / "idf"
    assert "no board TOASTER" in build("TOASTER")
    assert "board ESP32C3 has no variant SPIRAM" in build("ESP32C3-SPIRAM")
    assert "IDF_PATH names no ESP-IDF" in build("ESP32")
    assert "it has no export.sh" in build("ESP32", IDF_PATH=str(idf))
    idf.mkdir()
    (idf / "export.sh").write_text("true\n")
    assert "lacks its submodules" in build("ESP32", IDF_PATH=str(idf))


def test_esp32_build_merges_one_image(port_machine):
    """With stand-ins for the ESP-IDF: make and esptool are called with what they need."""
    root = port_machine.root
    (root / "mpy/lib/berkeley-db-1.xx/PORT/include").mkdir(parents=True)
    (root / "mpy/lib/berkeley-db-1.xx/PORT/include/db.h").write_text("")
    (root / "idf").mkdir()
    (root / "idf/export.sh").write_text("true\n")
    out, table = root / "build/esp32/ESP32S3", root / "ports/esp32/partitions-8MiB.csv"
    out.mkdir(parents=True)
    (out / "sdkconfig").write_text('CONFIG_IDF_TARGET="esp32s3"\nCONFIG_ESPTOOLPY_FLASHSIZE="8MB"\n'
                                   'CONFIG_PARTITION_TABLE_CUSTOM_FILENAME="%s"\n' % table)
    port_machine.has("esptool.py")

    def build(size):
        (out / "micropython.bin").write_bytes(bytes(size))
        return port_machine.run("ports/esp32/build.sh", "ESP32S3-SPIRAM", out, MPY_DIR=str(root / "mpy"),
                                USER_C_MODULES="modules.cmake", IDF_PATH=str(root / "idf"))

    done, calls = build(0x2F0000)
    assert done.returncode == 0, done.stderr
    assert "BOARD=ESP32S3 BOARD_DIR=%s/ports/esp32/boards/ESP32S3 BOARD_VARIANT=SPIRAM" % root in calls
    assert "USER_C_MODULES=modules.cmake" in calls
    assert "esptool.py --chip esp32s3 merge_bin --output firmware.bin @flash_args 0x300000 romfs.img" in calls
    assert (EXAMPLE / "hello_world_int8.tflite").read_bytes() in (out / "romfs.img").read_bytes()
    assert "write_flash 0x0 %s/firmware.bin" % out in done.stdout
    done, calls = build(0x2F0001)
    assert done.returncode == 1 and "the firmware has 3080193" in done.stderr and "esptool" not in calls


def test_stm32_without_its_library_says_what_to_do():
    done = sh("make", "-n", "stm32", "STM32LIB=/no/where", "MPY_DIR=/no/where", cwd=ROOT)
    assert "STM32LIB names no checkout" in done.stdout


# ulab


def test_ulab_arrays():
    """With a firmware that has ulab inside: MICROLITE_ULAB=FOLDER names its repository. It is built when it is not."""
    ulab = os.environ.get("MICROLITE_ULAB")
    if not ulab:
        pytest.skip("MICROLITE_ULAB names no checkout of micropython-ulab")
    done = subprocess.run([ROOT / "microlite", "build", "unix", "--modules", ulab], capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr
    firmware = ROOT / ("build/unix-" + pathlib.Path(ulab).resolve().name) / "micropython"
    done = sh(firmware, "../ulab/arrays.py", cwd=ROOT / "tests/micropython")
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"ulab of [1-4] dimensions", lines[0]), done.stderr
    assert "\n".join(lines[1:]) + "\n" == (ROOT / "tests/ulab/arrays.exp").read_text()


def test_ulab_arrays_on_an_emulated_board(tmp_path):
    """The same where floats have 32 bits."""
    ulab = os.environ.get("MICROLITE_ULAB")
    if not ulab:
        pytest.skip("MICROLITE_ULAB names no checkout of micropython-ulab")
    done = subprocess.run([ROOT / "microlite", "build", "qemu-arm", "MPS2_AN386", "--modules", ulab], capture_output=True,
                          text=True, timeout=1800)
    assert done.returncode == 0, done.stderr
    (tmp_path / "MPS2_AN386").mkdir()
    firmware = tmp_path / "MPS2_AN386/firmware.elf"
    shutil.copy(ROOT / "build/qemu-arm" / ("MPS2_AN386-" + pathlib.Path(ulab).resolve().name) / "firmware.elf", firmware)
    files = [ROOT / "tests/micropython/support.py", *ROOT.glob("tests/micropython/models/*.tflite"), *EXAMPLE.glob("*.tflite")]
    output, traceback = qemu_run.run(ROOT / "tests/ulab/arrays.py", files, firmware, 300)
    assert traceback == "" and output.partition("\n")[2] == (ROOT / "tests/ulab/arrays.exp").read_text(), traceback
