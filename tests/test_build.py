# SPDX-License-Identifier: MIT
# The front door and what it builds: scripts, the engine's objects on every target, ROMFS images, QEMU.

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
MICROPYTHON = ROOT / "build/unix/micropython"

sys.path.insert(0, str(ROOT / "tools"))
import qemu_run
import romfs

ARM, RISCV = "arm-none-eabi-", "riscv64-unknown-elf-"
LIBRARIES = {
    "lib": "", "m0plus": ARM, "m3": ARM, "m4f": ARM, "m7": ARM, "m33": ARM, "m55": ARM, "rv32imc": RISCV,
    "xtensa": "xtensa-lx106-elf-",
    "mpy-x64": "", "mpy-armv6m": ARM, "mpy-armv7m": ARM, "mpy-armv7emsp": ARM, "mpy-armv7emdp": ARM,
    "mpy-rv32imc": RISCV,
}


def sh(*command, **kwargs):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, **kwargs)


def archive(folder):
    path = ROOT / "build" / folder / "libmicrolite.a"
    if not path.exists():
        pytest.skip("%s is not built: ./microlite test builds it" % path.relative_to(ROOT))
    return path


# The scripts


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="no shellcheck")
def test_scripts_pass_shellcheck():
    scripts = [ROOT / "microlite", ROOT / ".ci/run", *sorted((ROOT / "tools").glob("*.sh"))]
    done = sh("shellcheck", "-x", *scripts, cwd=ROOT)
    assert done.returncode == 0, done.stdout


def test_no_registry_is_named_in_the_scripts():
    for path in [ROOT / "microlite", ROOT / "Makefile", ROOT / ".ci/run", *ROOT.glob("tools/*"), *ROOT.glob("ports/*")]:
        if path.is_file():
            assert not re.search(r"https?://[a-z]", path.read_text()), path


@pytest.fixture
def machine(tmp_path):
    """A copy of the scripts on a machine of stand-ins: programs that note their calls in the file `calls`."""
    work, path = tmp_path / "microlite", tmp_path / "bin"
    path.mkdir()
    for name in ["microlite", "tools", "ports"]:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        work.mkdir(exist_ok=True)
        copy(source, work / name)
    for name in "sh dirname mkdir cat rm mv ln echo sed tail nproc sha256sum tar xz awk".split():
        (path / name).symlink_to(shutil.which(name))

    class Machine:
        root, calls = work, tmp_path / "calls"

        def has(self, name, script="true"):
            stand_in = path / name
            stand_in.write_text('#!/bin/sh\necho "%s $*" >> %s\n%s\n' % (name, self.calls, script))
            stand_in.chmod(0o755)

        def run(self, *command, **environment):
            self.calls.write_text("")
            done = sh(*command, cwd=work, env={"PATH": str(path), **environment}, stdin=subprocess.DEVNULL)
            return done, self.calls.read_text()

    machine = Machine()
    machine.has("id", "echo 0")
    machine.has("dpkg-query", "echo installed")
    machine.has("apt-get")
    machine.has("make")
    (work / "build/unix").mkdir(parents=True)
    firmware = work / "build/unix/micropython"
    firmware.write_text('#!/bin/sh\necho "ran $*"\n')
    firmware.chmod(0o755)
    return machine


def test_help_and_unknown_verb(machine):
    for verb in [[], ["help"], ["--help"]]:
        done, calls = machine.run("./microlite", *verb)
        assert done.returncode == 0 and done.stdout.startswith("usage: ./microlite VERB")
    done, calls = machine.run("./microlite", "walk")
    assert done.returncode == 1 and "no verb 'walk'" in done.stderr
    done, calls = machine.run("./microlite", "build", "toaster")
    assert done.returncode == 1 and "PORT 'toaster'" in done.stderr
    done, calls = machine.run("./microlite", "mpy", "z80")
    assert done.returncode == 1 and "ARCH 'z80'" in done.stderr
    assert calls == ""


def test_mpy_all_makes_every_architecture(machine):
    machine.has("ls")
    done, calls = machine.run("./microlite", "mpy", "all")
    assert done.returncode == 0, done.stderr
    made = ["x64", "armv6m", "armv7m", "armv7emsp", "armv7emdp", "rv32imc"]
    assert re.findall(r"natmod ARCH=(\w+)", calls) == made
    assert "xtensawin is left out: no xtensa-esp32s2-elf-gcc" in done.stdout
    machine.has("xtensa-esp32s2-elf-gcc")
    done, calls = machine.run("./microlite", "mpy", "all")
    assert done.returncode == 0, done.stderr
    assert re.findall(r"natmod ARCH=(\w+)", calls) == [*made, "xtensawin"] and "left out" not in done.stdout


def test_mpy_xtensawin_wants_a_compiler(machine):
    machine.has("ls")
    done, calls = machine.run("./microlite", "mpy", "xtensawin")
    assert done.returncode == 1 and "no xtensa-esp32s2-elf-gcc" in done.stderr and "make" not in calls
    machine.has("xtensa-esp32-elf-gcc")
    done, calls = machine.run("./microlite", "mpy", "xtensawin", XTENSA="xtensa-esp32-elf-")
    assert done.returncode == 0 and "natmod ARCH=xtensawin" in calls, done.stderr
    done, calls = machine.run("./microlite", "mpy", "xtensawin", XTENSA="tools/none/xtensa-")
    assert done.returncode == 1 and "no %s/tools/none/xtensa-gcc" % machine.root in done.stderr


def test_run_calls_no_apt_when_nothing_is_missing(machine):
    done, calls = machine.run("./microlite", "run")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("/examples/hello_world/main.py\n")
    assert "make -j" in calls and "apt-get" not in calls


def test_run_takes_an_example_and_arguments(machine):
    (machine.root / "examples/speech").mkdir(parents=True)
    (machine.root / "examples/speech/main.py").touch()
    done, _ = machine.run("./microlite", "run", "speech", "a b.wav")
    assert done.stdout.endswith("/examples/speech/main.py a b.wav\n")
    done, _ = machine.run("./microlite", "run", "other.tflite")
    assert done.stdout.endswith("/examples/hello_world/main.py other.tflite\n")


def test_run_installs_what_is_missing(machine):
    machine.has("dpkg-query", 'for p; do :; done; [ "$p" = make ] || [ "$p" = python3 ] && exit 1; echo installed')
    done, calls = machine.run("./microlite", "run")
    assert done.returncode == 0, done.stderr
    assert re.findall("apt-get.*", calls) == [
        "apt-get -qq update", "apt-get install --yes --no-install-recommends make python3"]


def test_run_without_root_prints_the_apt_line_and_stops(machine):
    machine.has("id", "echo 1000")
    machine.has("dpkg-query", "exit 1")
    done, calls = machine.run("./microlite", "run")
    assert done.returncode == 1
    assert ("apt-get update && apt-get install --yes --no-install-recommends "
            "gcc libc6-dev make dpkg-dev python3\n") in done.stderr
    assert not re.search("^(apt-get|make)", calls, re.M)


def test_run_without_root_uses_sudo_when_it_needs_no_password(machine):
    machine.has("id", "echo 1000")
    machine.has("sudo", '[ "$1" != -n ] || exit 0; "$@"')
    machine.has("dpkg-query", "exit 1")
    done, calls = machine.run("./microlite", "run")
    assert done.returncode == 0, done.stderr
    assert "sudo apt-get -qq update" in calls and "sudo apt-get install" in calls


def test_failing_apt_does_not_show_the_mirror(machine):
    machine.has("dpkg-query", "exit 1")
    machine.has("apt-get", "echo E: Failed to fetch https://a.mirror.test/debian/x.deb >&2; exit 100")
    done, calls = machine.run("./microlite", "run")
    assert done.returncode == 1
    assert "Failed to fetch MIRROR/debian/x.deb" in done.stderr and "a.mirror.test" not in done.stderr


def test_failing_make_shows_its_end(machine):
    machine.has("make", "echo src/core/open.c:7: error; exit 2")
    done, calls = machine.run("./microlite", "run")
    assert done.returncode == 1
    assert "src/core/open.c:7: error" in done.stderr and "make unix failed" in done.stderr


# Where MicroPython comes from

MIRROR = """
case "$*" in
indextargets*) echo "https://a.mirror.test/debian/ bookworm main" ;;
*source*) : > micropython_%s.dsc; : > micropython_%s.orig.tar.xz ;;
esac"""


def test_other_version_on_the_mirror(machine):
    machine.has("apt-get", MIRROR % ("9.9.9+ds-1", "9.9.9+ds"))
    done, calls = machine.run("tools/get_micropython.sh")
    assert done.returncode == 1
    assert re.search(r"forky serves micropython_9.9.9\+ds-1.dsc, want version 1\.\d+\.\d+\. Either", done.stderr)
    assert "MICROLITE_MICROPYTHON" in done.stderr and "a.mirror.test" not in done.stdout + done.stderr


def test_version_that_nobody_tried(machine):
    (machine.root / "ports/micropython.version").write_text("MICROPYTHON_VERSION=9.9.9\n")
    done, calls = machine.run("tools/get_micropython.sh")
    assert done.returncode == 1 and "ports/micropython.sources has no line for MicroPython 9.9.9" in done.stderr


def test_other_archive_under_the_right_name(machine):
    version = re.search("MICROPYTHON_VERSION=(.*)", (ROOT / "ports/micropython.version").read_text())[1]
    machine.has("apt-get", MIRROR % (version + "+ds-1", version + "+ds"))
    done, calls = machine.run("tools/get_micropython.sh")
    assert done.returncode == 1 and "is not the archive that ports/micropython.sources names" in done.stderr


def test_no_mirror_serves_the_suite(machine):
    machine.has("apt-get", "exit 100")
    done, calls = machine.run("tools/get_micropython.sh")
    assert done.returncode == 1 and "serves the suite forky" in done.stderr


def test_source_from_a_folder_and_from_an_archive(machine, tmp_path):
    source = tmp_path / "micropython-9.9"
    (source / "py").mkdir(parents=True)
    (source / "py/mpconfig.h").write_text("folder")
    there = machine.root / "build/micropython-user/py/mpconfig.h"
    done, calls = machine.run("tools/get_micropython.sh", MICROLITE_MICROPYTHON=str(source))
    assert done.returncode == 0 and there.read_text() == "folder", done.stderr

    (source / "py/mpconfig.h").write_text("archive")
    with tarfile.open(tmp_path / "release.tar.xz", "w:xz") as tar:
        tar.add(source, "micropython-9.9")
    shutil.rmtree(source)
    done, calls = machine.run("tools/get_micropython.sh", MICROLITE_MICROPYTHON=str(tmp_path / "release.tar.xz"))
    assert done.returncode == 0 and there.read_text() == "archive", done.stderr

    for wrong in [str(source), str(machine.root), str(machine.root / "microlite")]:
        done, calls = machine.run("tools/get_micropython.sh", MICROLITE_MICROPYTHON=wrong)
        assert done.returncode != 0


# The engine's objects


@pytest.mark.parametrize("folder", LIBRARIES)
def test_every_source_is_in_the_library(folder):
    members = sh(LIBRARIES[folder] + "ar", "t", archive(folder)).stdout.split()
    sources = [path.stem + ".o" for path in (ROOT / "src").rglob("*.c")]
    assert sorted(members) == sorted(sources)
    assert len(set(members)) == len(members), "names of sources must be unique: native modules are linked by name"


@pytest.mark.parametrize("folder", LIBRARIES)
def test_no_writable_data(folder):
    done = sh(LIBRARIES[folder] + "objdump", "-h", archive(folder))
    sections = re.findall(r"^ +\d+ (\S+) +([0-9a-f]+) ", done.stdout, re.M)
    assert len(sections) > 10
    writable = [name for name, size in sections
                if re.match(r"\.(data|bss|tdata|tbss)", name) and not name.startswith(".data.rel.ro") and int(size, 16)]
    assert writable == []


@pytest.mark.parametrize("folder", LIBRARIES)
def test_nothing_but_memory_functions_from_outside(folder):
    """No malloc, no printf, no libm: mem* functions, and the helpers that the compiler calls; and a native module's table
    of what it shares with packs."""
    symbols = sh(LIBRARIES[folder] + "nm", archive(folder)).stdout
    defined = set(re.findall(r"^[0-9a-f]+ [A-Z] (\S+)$", symbols, re.M))
    undefined = set(re.findall(r"^ +U (\S+)$", symbols, re.M)) - defined
    allowed = r"mlt_shared(_abi)?|" if folder.startswith("mpy-") else ""
    allowed += r"mem(cpy|move|set|cmp)|strlen|strcmp|_GLOBAL_OFFSET_TABLE_|__(aeabi_|gnu_thumb1_case_)\w+|__\w+[sdt]i\d?|__\w+[sd]f\w*"
    assert [name for name in sorted(undefined) if not re.fullmatch(allowed, name)] == []


# ROMFS and QEMU

TREE = {"a": b"1", "empty": b"", "b": {"c": {"model": bytes(range(256)) * 4}, "odd name.txt": b"x" * 17}}
WALK = """
import os
def walk(folder):
    for name, kind, *_ in os.ilistdir(folder):
        path = folder + "/" + name
        if kind == 0x4000:
            walk(path)
        else:
            m = memoryview(open(path, "rb"))
            print(path, len(m), sum(m), uctypes.addressof(m) % 16 if len(m) else 0)
"""
WALKED = ["/rom/a 1 49 0", "/rom/b/c/model 1024 130560 0", "/rom/b/odd name.txt 17 2040 0", "/rom/empty 0 0 0"]


@pytest.mark.skipif(not MICROPYTHON.exists(), reason="no build/unix/micropython")
def test_romfs_image_is_read_and_aligned(tmp_path):
    (tmp_path / "img").write_bytes(romfs.image(TREE))
    (tmp_path / "t.py").write_text("""
import uctypes, vfs
whole = bytearray(16 + len(open("img", "rb").read()))
start = -uctypes.addressof(whole) % 16
open("img", "rb").readinto(memoryview(whole)[start:])
vfs.mount(vfs.VfsRom(memoryview(whole)[start:]), "/rom")
""" + WALK + 'walk("/rom")')
    done = sh(MICROPYTHON, "t.py", cwd=tmp_path)
    assert sorted(done.stdout.splitlines()) == WALKED, done.stderr


@pytest.mark.parametrize("size", [*range(40), 127, 128, 129, 100_000])
def test_romfs_alignment(size):
    for name in ["n", "name", "a_longer_name.txt"]:
        data = os.urandom(size or 1) + b"mark"
        assert romfs.image({name: data, "z": data}).index(data) % 16 == 0


needs_qemu = pytest.mark.skipif(
    not qemu_run.FIRMWARE.exists() or not shutil.which("qemu-system-arm"),
    reason="no QEMU firmware: ./microlite build qemu-stock")


@needs_qemu
def test_qemu_runs_a_script_with_files(tmp_path):
    (tmp_path / "t.py").write_text(
        "import uctypes, sys\n" + WALK + 'walk("/rom/b")\nprint(sys.implementation._machine, 1.5 * 2.25)')
    (tmp_path / "b/c").mkdir(parents=True)
    (tmp_path / "b/c/model").write_bytes(TREE["b"]["c"]["model"])
    output, traceback = qemu_run.run(tmp_path / "t.py", [tmp_path / "b"])
    assert (output, traceback) == (WALKED[1] + "\nmps2-an386 with Cortex-M4F 3.375\n", "")


@needs_qemu
def test_qemu_reports_exceptions(tmp_path):
    (tmp_path / "t.py").write_text("print('before')\n1 / 0")
    output, traceback = qemu_run.run(tmp_path / "t.py")
    assert output == "before\n" and "ZeroDivisionError" in traceback
