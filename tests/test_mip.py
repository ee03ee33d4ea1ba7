# SPDX-License-Identifier: MIT
# Installing from a web server: MicroPython's mip on firmware of a PC, mpremote into an emulated board.

import functools
import http.server
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
STOCK = ROOT / "build/stock/micropython"
UNIX = ROOT / "build/unix/micropython"
MICROPYTHON = sorted((ROOT / "build").glob("micropython-*"))
EXAMPLE = ROOT / "examples/hello_world"

sys.path.insert(0, str(ROOT / "tools"))
import mip_tree
import qemu_run

pytestmark = pytest.mark.skipif(not (ROOT / "dist/mpy/x64/microlite.mpy").exists() or not MICROPYTHON,
                                reason="dist/mpy/x64 is not built: ./microlite mpy x64")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """(URL, folder) of a tree that is served; its addresses are full."""
    folder = tmp_path_factory.mktemp("mip") / "tree"
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as served:
        url = "http://127.0.0.1:%d" % served.server_port
        make_tree(folder, "--url", url)
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield url, folder
        served.shutdown()


def make_tree(folder, *options):
    subprocess.run([ROOT / "tools/mip_tree.py", "--to", folder, *options], check=True)


def micropython(binary, script, path, folder):
    if not binary.exists():
        pytest.skip("%s is not built" % binary.relative_to(ROOT))
    done = subprocess.run([binary, "-c", script], cwd=folder, capture_output=True, text=True, timeout=120,
                          env={**os.environ, "MICROPYPATH": str(path)})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_packages_hold_what_they_should(server):
    """Every module is in a package of its own; what a Python module imports comes with it."""
    _, folder = server
    listed = {path.parent.name: [name for name, _ in json.loads(path.read_text())["urls"]]
              for path in (folder / "x64").rglob("package.json")}
    assert listed["x64"] == ["microlite.mpy"]
    assert listed["all"] == sorted(path.name for path in (folder / "x64").glob("microlite*.mpy"))
    assert listed["audio_frontend"] == ["audio_frontend.mpy"]
    assert {"microlite_commands.py", "audio_frontend.mpy"} <= set(listed["microlite_commands"])
    assert {"microlite_wake_word.py", "microlite.mpy", "microlite_ops_control.mpy"} <= set(listed["microlite_wake_word"])
    assert {name for names in listed.values() for name in names} == \
        {path.name for path in (folder / "x64").iterdir() if path.is_file() and path.suffix != ".json"}


@pytest.mark.parametrize("binary", [STOCK, UNIX], ids=["stock", "unix"])
def test_mip_installs_the_right_files(server, tmp_path, binary):
    """By the number that the firmware has for its architecture; what came runs on stock firmware."""
    url, _ = server
    library = MICROPYTHON[-1] / "lib/micropython-lib"
    path = "%s:%s" % (library / "python-ecosys/mip", library / "micropython/requests")
    micropython(binary, """
import mip, sys
base = "%s/%%d/" %% (sys.implementation._mpy >> 10 & 15)
for package in ("", "control", "audio_frontend", "microlite_spectrogram"):
    mip.install(base + package, target=%r)
""" % (url, str(tmp_path)), path, tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["audio_frontend.mpy", "microlite.mpy", "microlite_ops_control.mpy", "microlite_spectrogram.py"]
    for name in names:
        if name.endswith(".mpy"):
            assert (tmp_path / name).read_bytes() == (ROOT / "dist/mpy/x64" / name).read_bytes()
    output = micropython(STOCK, "import microlite\nprint(microlite.Model(%r).predict(2)[0])\nimport audio_frontend"
                         % str(ROOT / "tests/micropython/models/counter.tflite"), tmp_path, tmp_path)
    assert output == "2.0\n"


# The emulated board has no file system that can be written: this one is in its heap.
RAM = """
import io, sys, vfs
class Sink(io.IOBase):
    def __init__(self, files, path):
        self.data = files[path] = bytearray()
    def write(self, part):
        self.data.extend(part)
        return len(part)
    def close(self):
        pass
class Ram:
    def __init__(self):
        self.files = {}
    def mount(self, readonly, mkfs):
        pass
    def stat(self, path):
        path = path.strip("/")
        if path in ("", "lib"):
            return (0x4000,) + (0,) * 9
        if path in self.files:
            return (0x8000, 0, 0, 0, 0, 0, len(self.files[path]), 0, 0, 0)
        raise OSError(2)
    def open(self, path, mode):
        path = path.strip("/")
        if "w" in mode:
            return Sink(self.files, path)
        if path not in self.files:
            raise OSError(2)
        return io.BytesIO(self.files[path])
vfs.mount(Ram(), "/ram")
sys.path.insert(0, "/ram/lib")
"""


@pytest.fixture
def board():
    """The serial port of a Cortex-M4F with firmware that knows nothing of us."""
    if not qemu_run.FIRMWARE.exists() or not shutil.which("qemu-system-arm"):
        pytest.skip("no QEMU firmware: ./microlite build qemu-stock")
    command = "qemu-system-arm -machine mps2-an386 -display none -monitor none -serial pty -semihosting -kernel"
    with subprocess.Popen([*command.split(), qemu_run.FIRMWARE], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT) as qemu:
        port = re.search(r"/dev/\S+", qemu.stdout.readline())
        time.sleep(1)
        yield port[0]
        qemu.kill()


def test_mpremote_installs_into_an_emulated_board(server, board, tmp_path):
    """From the server and from a folder. Small modules: 90 KB of microlite take a minute over the serial line."""
    if not (ROOT / "dist/mpy/armv7emsp/microlite.mpy").exists():
        pytest.skip("dist/mpy/armv7emsp is not built: ./microlite mpy armv7emsp")
    if not importlib.util.find_spec("serial") or not importlib.util.find_spec("platformdirs"):
        pytest.skip("no python3-serial or python3-platformdirs")
    make_tree(tmp_path / "tree")

    def mpremote(*words):
        done = subprocess.run([sys.executable, "-m", "mpremote", "connect", board, "resume", *words],
                              capture_output=True, text=True, timeout=300,
                              env={**os.environ, "PYTHONPATH": str(MICROPYTHON[-1] / "tools/mpremote")})
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.replace("\r\n", "\n")

    mpremote("exec", RAM)
    mpremote("mip", "install", "--target", "/ram/lib", server[0] + "/7/audio_frontend",
             str(tmp_path / "tree/armv7emsp/microlite_audio/package.json"))
    output = mpremote("exec", "import audio_frontend, microlite_audio\n"
                      "print(audio_frontend.Frontend('micro_speech').channels)")
    assert output == "40\n"
