# SPDX-License-Identifier: MIT
# A release: what is in it, under which version, and that the same sources give the same bytes.

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from elftools.elf.elffile import ELFFile

ROOT = pathlib.Path(__file__).resolve().parent.parent
X64 = ROOT / "dist/mpy/x64"

sys.path.insert(0, str(ROOT / "tools"))
import mip_tree
import uf2
from test_build import machine  # noqa: F401  (a fixture)

needs_modules = pytest.mark.skipif(not (X64 / "microlite.mpy").exists(), reason="no dist/mpy/x64: ./microlite mpy x64")


def release(folder, *targets):
    return subprocess.run([ROOT / "tools/dist.py", "--to", folder, *targets], capture_output=True, text=True)


@needs_modules
def test_release(tmp_path):
    done = release(tmp_path / "a")
    assert done.returncode == 0, done.stderr
    sums = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=tmp_path / "a",
                          capture_output=True, text=True)
    assert sums.returncode == 0, sums.stdout
    listed = {line.split(None, 1)[1] for line in (tmp_path / "a/SHA256SUMS").read_text().splitlines()}
    there = {str(path.relative_to(tmp_path / "a")) for path in (tmp_path / "a").rglob("*") if path.is_file()}
    assert listed == there - {"SHA256SUMS"} and "mip/x64/microlite.mpy" in listed
    package = json.loads((tmp_path / "a/mip/x64/package.json").read_text())
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    number, _, rest = package["version"].partition("+g")
    assert re.fullmatch(r"\d+\.\d+\.\d+", number) and commit.startswith(rest.partition(".")[0])
    assert release(tmp_path / "b").returncode == 0
    assert (tmp_path / "a/SHA256SUMS").read_bytes() == (tmp_path / "b/SHA256SUMS").read_bytes()


@needs_modules
def test_images_are_named_after_version_and_board(tmp_path):
    images = {"rp2/RPI_PICO": "firmware.uf2", "webassembly": "micropython.mjs"}
    built = [target for target, name in images.items() if (ROOT / "build" / target / name).exists()]
    if not built:
        pytest.skip("neither build/rp2 nor build/webassembly")
    done = release(tmp_path / "a", *built)
    assert done.returncode == 0, done.stderr
    for target in built:
        name = target.rpartition("/")[2]
        suffix = images[target].rpartition(".")[2]
        assert (tmp_path / "a" / ("microlite-%s-%s.%s" % (mip_tree.version(), name, suffix))).exists()


@needs_modules
@pytest.mark.parametrize("target, says", [("rp2/NO_SUCH", "./microlite build rp2 NO_SUCH"), ("abacus", "PORT 'abacus'")])
def test_what_is_not_there_is_refused(tmp_path, target, says):
    done = release(tmp_path / "a", target)
    assert done.returncode == 1 and says in done.stderr
    assert not (tmp_path / "a").exists()


def loaded(path):
    """The bytes of an image that go to the board."""
    if path.suffix == ".uf2":
        return b"".join(block.data for block in uf2.read(path.read_bytes()))
    if path.suffix == ".elf":
        with open(path, "rb") as file:
            return b"".join(each.data() for each in ELFFile(file).iter_segments() if each["p_type"] == "PT_LOAD")
    return path.read_bytes()


IMAGES = [path for pattern in ("rp2/*/firmware.uf2", "qemu-*/*/firmware.elf", "unix/micropython", "webassembly/micropython.*")
          for path in sorted(ROOT.glob("build/" + pattern)) if path.suffix != ".map"]


@pytest.mark.skipif(not IMAGES, reason="no firmware: ./microlite build")
@pytest.mark.parametrize("path", IMAGES, ids=lambda path: str(path.relative_to(ROOT / "build")))
def test_image_does_not_tell_where_it_was_built(path):
    data = loaded(path)
    assert (b"microlite" in data) == ("qemu-stock" not in path.parts)
    assert str(ROOT).encode() not in data
    if path.name == "micropython":  # a sum over what was stripped, in which the folder is
        with open(path, "rb") as file:
            assert ELFFile(file).get_section_by_name(".note.gnu.build-id") is None


def test_dates_are_those_of_the_commit(machine):  # noqa: F811
    """What has a date in it is built afresh, and told the date."""
    machine.has("git", "echo 1700000000")
    machine.has("make", 'echo "date $SOURCE_DATE_EPOCH" >> %s' % machine.calls)
    old = machine.root / "build/rp2/RPI_PICO/make/old.o"
    old.parent.mkdir(parents=True)
    old.write_text("")
    _, calls = machine.run("./microlite", "dist", "rp2/RPI_PICO")
    assert re.search(r"make -j\d+ rp2 BOARD=RPI_PICO\ndate 1700000000\n", calls), calls
    assert not old.exists() and (machine.root / "build/unix").exists()


@needs_modules
def test_another_folder_gives_the_same_bytes(tmp_path):
    """The sources, copied to elsewhere and built there, make the same modules."""
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    copy = tmp_path / "elsewhere"
    for name in files.rstrip("\0").split("\0"):
        if name.startswith(("src/", "include/", "micropython/", "ports/", "tools/")) or "/" not in name:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    (copy / "build").mkdir()
    for source in ROOT.glob("build/micropython*"):
        (copy / "build" / source.name).symlink_to(source)
    done = subprocess.run(["make", "-j2", "natmod-ops_signal", "ARCH=x64"], cwd=copy, capture_output=True, text=True,
                          env={key: value for key, value in os.environ.items() if key != "MAKEFLAGS"})
    assert done.returncode == 0, done.stderr[-2000:]
    name = "x64/microlite_ops_signal.mpy"
    assert (copy / "dist/mpy" / name).read_bytes() == (ROOT / "dist/mpy" / name).read_bytes()
