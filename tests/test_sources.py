# SPDX-License-Identifier: MIT
"""micropython/lib/microlite_audio.py on the unix firmware: WAV files, pipes, arecord, and I2S by a fake driver."""

import pathlib
import random
import struct
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
MICROPYTHON = ROOT / "build/unix/micropython"
PATHS = [ROOT / "micropython/lib", ROOT / "tests/audio"]

pytestmark = pytest.mark.skipif(not MICROPYTHON.exists(), reason="build/unix is not built: ./microlite build unix")

random.seed(5)
SOUND = struct.pack("<40000h", *(random.randint(-32768, 32767) for _ in range(40000)))  # 2.5 s


def python(code, *args, data=b"", firmware=MICROPYTHON, **environment):
    """What MicroPython prints when it runs the code; an exception that ends it is the last line."""
    start = "import sys\nsys.path[:0] = %r\n" % [str(path) for path in PATHS]
    done = subprocess.run([firmware, "-c", start + code, *map(str, args)], input=data, capture_output=True,
                          timeout=7200, env={"PATH": "/usr/bin:/bin", **environment})
    return done.stdout.decode() + done.stderr.decode().strip().split("\n")[-1]


def chunk(name, data):
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def riff(*chunks):
    return b"RIFF" + struct.pack("<I", 4 + sum(map(len, chunks))) + b"WAVE" + b"".join(chunks)


def form(tag=1, channels=1, rate=16000, bits=16, block=None, more=b""):
    block = channels * bits // 8 if block is None else block
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits) + more)


def wav(samples=SOUND):
    return riff(form(), chunk(b"data", samples))


# Reads a file in pieces of argv[2] bytes, and prints size and checksum of what comes.
READ = """
from microlite_audio import WavSource, StreamSource
import binascii
name, size = sys.argv[1], int(sys.argv[2])
source = WavSource(name, int(sys.argv[3]))
buffer, total, crc = bytearray(size), 0, 0
while True:
    n = source.readinto(buffer)
    if not n:
        break
    total += n
    crc = binascii.crc32(memoryview(buffer)[:n], crc)
source.close()
print(total, crc, source.overruns, source.lost)
"""


def sums(samples):
    import zlib

    return "%d %d 0 0\n" % (len(samples), zlib.crc32(samples))


def read(tmp_path, data, size=640, tail_ms=0):
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    return python(READ, path, size, tail_ms).replace(str(path), "a.wav")


@pytest.mark.parametrize("size", [2, 640, 1001, 1 << 20])
def test_wav_in_pieces(tmp_path, size):
    samples = SOUND[:4000] if size == 2 else SOUND
    assert read(tmp_path, wav(samples), size) == sums(samples)


def test_wav_with_silence_after(tmp_path):
    assert read(tmp_path, wav(), 1000, 100) == sums(SOUND + bytes(3200))


@pytest.mark.parametrize("data", [
    riff(chunk(b"LIST", b"x" * 1001), form(), chunk(b"fact", b"1234"), chunk(b"data", SOUND), chunk(b"id3 ", b"abc")),
    riff(form(more=b"\0\0"), chunk(b"data", SOUND)),
    riff(form(0xFFFE, more=struct.pack("<HHIH14x", 22, 16, 4, 1)), chunk(b"data", SOUND)),
    riff(form(), b"data\xff\xff\xff\xff" + SOUND),
    riff(form(), b"data\xff\xff\xff\xff" + SOUND + b"x"),
    wav() + b"more",
], ids=["unknown chunks", "long fmt", "extensible", "size unknown", "half a sample", "bytes behind"])
def test_wav_variants(tmp_path, data):
    assert read(tmp_path, data) == sums(SOUND)


WANT = "; want 16000 Hz, 1 channel, 16 bits, PCM"


@pytest.mark.parametrize("data, error", [
    (riff(form(rate=44100), chunk(b"data", SOUND)), "44100 Hz, 1 channel, 16 bits, PCM" + WANT),
    (riff(form(channels=2), chunk(b"data", SOUND)), "16000 Hz, 2 channels, 16 bits, PCM" + WANT),
    (riff(form(bits=8), chunk(b"data", SOUND)), "16000 Hz, 1 channel, 8 bits, PCM" + WANT),
    (riff(form(bits=24, channels=6, rate=48000), chunk(b"data", SOUND)), "48000 Hz, 6 channels, 24 bits, PCM" + WANT),
    (riff(form(3, bits=32), chunk(b"data", SOUND)), "16000 Hz, 1 channel, 32 bits, float" + WANT),
    (riff(form(7, bits=8), chunk(b"data", SOUND)), "16000 Hz, 1 channel, 8 bits, mu-law" + WANT),
    (riff(form(0x55, bits=0), chunk(b"data", SOUND)), "16000 Hz, 1 channel, 0 bits, format 85" + WANT),
    (riff(form(0xFFFE, more=struct.pack("<HHIH14x", 22, 16, 4, 3)), chunk(b"data", SOUND)),
     "16000 Hz, 1 channel, 16 bits, float" + WANT),
    (riff(form(block=4), chunk(b"data", SOUND)), "4 bytes for a sample, want 2"),
    (riff(chunk(b"fmt ", b"1234"), chunk(b"data", SOUND)), "chunk 'fmt ' of 4 bytes, want 16 or more"),
    (riff(chunk(b"data", SOUND), form()), "chunk 'data' before 'fmt ', want 'fmt ' first"),
    (riff(form()), "no chunk 'data', want a WAV file"),
    (riff(), "no chunk 'fmt ', want a WAV file"),
    (riff(form(), b"LIST\xff\xff\xff\xff" + SOUND), "no chunk 'data', want a WAV file"),
    (wav()[:-1001], "ends 1001 bytes before its samples do: truncated"),
    (wav()[:44], "ends 80000 bytes before its samples do: truncated"),
    (wav()[:30], "ends in chunk 'fmt ', want a WAV file"),
    (b"RIFF", "ends in its header, want a WAV file"),
    (wav(b""), "no samples"),
    (b"", "ends in its header, want a WAV file"),
    (riff(form(), b"data" + struct.pack("<I", 999) + SOUND[:999]), "999 bytes of samples, want an even number"),
    (b"OggS and more", "begins with b'OggS and mor', want a WAV file: RIFF....WAVE"),
    (b"RIFX" + wav()[4:], "begins with b'RIFX%s', want a WAV file: RIFF....WAVE"),
], ids=lambda x: x if isinstance(x, str) else "")
def test_wav_errors(tmp_path, data, error):
    if "%s" in error:
        error %= repr(data[4:12])[2:-1]
    assert read(tmp_path, data) == "ValueError: a.wav: " + error


def test_broken_wav():
    """Headers with random bytes, and files cut anywhere: samples of the file, or a ValueError that names it."""
    code = """
from microlite_audio import WavSource
import io
seed = 1
def draw(n):
    global seed
    seed = seed * 1103515245 + 12345 & 0x7fffffff
    return (seed >> 8) % n
data, buffer, errors = sys.stdin.buffer.read(), bytearray(400), 0
for _ in range(3000):
    broken = bytearray(data[: draw(len(data))] if draw(4) == 0 else data)
    for _ in range(draw(4)):
        if broken:
            broken[draw(60) % len(broken)] = draw(256)
    total = 0
    try:
        source = WavSource(io.BytesIO(broken))
        while True:
            n = source.readinto(buffer)
            if not n:
                break
            total += n
    except ValueError as error:
        assert str(error).startswith("WAV: ")
        errors += 1
    assert total % 2 == 0 and total <= len(broken)
print(errors)
"""
    errors = int(python(code, data=riff(chunk(b"LIST", b"x" * 5), form(), chunk(b"data", SOUND[:1000]))))
    assert 1000 < errors < 3000


def test_truncated_wav_from_a_pipe():
    """Nobody can know before: the samples that are there come, then the error."""
    code = """
from microlite_audio import WavSource
source = WavSource(sys.stdin.buffer)
buffer = bytearray(1000)
print(source.readinto(buffer))
source.readinto(buffer)
"""
    assert python(code, data=wav()[:44 + 1500]) == \
        "1000\nValueError: WAV: ends 78500 bytes before its samples do: truncated"


@pytest.mark.parametrize("path, error", [("/no/such.wav", "[Errno 2] ENOENT: /no/such.wav: no such file"),
                                         ("/usr", "[Errno 21] EISDIR: /usr: a folder, want a WAV file")])
def test_files_that_cannot_be_opened(path, error):
    assert python("from microlite_audio import WavSource\nWavSource(sys.argv[1])", path) == "OSError: " + error


def test_arrays_of_wide_items_are_refused(tmp_path):
    (tmp_path / "a.wav").write_bytes(wav())
    code = "import array\nfrom microlite_audio import WavSource\n" \
           "WavSource(sys.argv[1]).readinto(array.array('h', [0] * 100))"
    assert python(code, tmp_path / "a.wav") == "TypeError: buffer of wide items, want a bytearray"


STDIN = """
from microlite_audio import open_source
source, buffer, total = open_source("-"), bytearray(641), b""
while True:
    n = source.readinto(buffer)
    if not n:
        break
    total += buffer[:n]
sys.stdout.buffer.write(total)
"""


def test_raw_samples_from_a_slow_pipe():
    """Pieces of odd sizes on standard input arrive whole; half a sample at the end does not."""
    start = "import sys\nsys.path[:0] = %r\n" % [str(path) for path in PATHS]
    reader = subprocess.Popen([MICROPYTHON, "-c", start + STDIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for i in range(0, 3001, 7):
        reader.stdin.write(SOUND[i:min(i + 7, 3001)])
        reader.stdin.flush()
    assert reader.communicate()[0] == SOUND[:3000]


# --- The microphone of a PC: programs in place of arecord.

MIC = """
from microlite_audio import open_source
import os
source, buffer, total, kinds = open_source("mic"), bytearray(640), 0, set()
try:
    while True:
        n = source.readinto(buffer)
        total += n
        kinds |= {(source.overruns, x) for x in buffer[:n]}
except OSError as error:
    print(total, sorted(kinds), source.lost, error)
source.close()
"""


def mic(tmp_path, script):
    program = tmp_path / "arecord"
    program.write_text("#!/bin/sh\n" + script)
    program.chmod(0o755)
    before = set(pathlib.Path("/tmp").glob("microlite-*"))
    said = python(MIC, PATH="%s:/usr/bin:/bin" % tmp_path)
    assert set(pathlib.Path("/tmp").glob("microlite-*")) <= before  # nothing is left behind
    return said


def test_microphone(tmp_path):
    script = """[ "$*" = "-t raw -f S16_LE -r 16000 -c 1" ] || exit 1
echo "Recording raw data" >&2
head -c 64000 /dev/zero
"""
    assert mic(tmp_path, script) == "64000 [(0, 0)] 0 the microphone gives nothing: arecord ended\n"


def test_no_microphone(tmp_path):
    said = mic(tmp_path, "echo 'arecord: main:831: audio open error: No such file or directory' >&2\nexit 1\n")
    assert said == "0 [] 0 the microphone gives nothing: " \
                   "arecord: main:831: audio open error: No such file or directory\n"


def test_overrun_of_the_microphone(tmp_path):
    """What lay in the pipe when arecord said so is thrown away, for the gap is somewhere in there."""
    script = """head -c 6400 /dev/zero
echo 'overrun!!! (at least 250.000 ms long)' >&2
sleep 2
head -c 6400 /dev/zero | tr '\\0' '\\1'
"""
    said = mic(tmp_path, script)
    total = int(said.split()[0])
    assert "[(0, 0), (1, 1)]" in said or "[(1, 1)]" in said  # zeros before the gap, ones behind it
    assert said.split("] ")[1].split()[0] == str(4000 + (12800 - total) // 2)


def test_no_arecord(tmp_path):
    assert python("from microlite_audio import open_source\nopen_source()", PATH=str(tmp_path)) == \
        "OSError: no program arecord; on Debian the package alsa-utils has it"


# --- I2S.

I2S = """
import fake_i2s
from microlite_audio import I2SSource
sound = sys.stdin.buffer.read()
clock = fake_i2s.install(sound, %(keeps)r, %(drift)d)
source = I2SSource(sck=10, ws=11, sd=9)
"""


def i2s(code, keeps="old", drift=0):
    return python(I2S % {"keeps": keeps, "drift": drift} + code, data=SOUND)


@pytest.mark.parametrize("keeps", ["old", "new"])
@pytest.mark.parametrize("drift", [-3000, 0, 3000])
def test_i2s_in_time(keeps, drift):
    """The program is busy for a while now and then, but never for longer than the driver's buffer lasts. The
    microphone's clock is not exactly the processor's; a minute must not look like an overrun."""
    code = """
buffer, got, wrong = bytearray(640), 0, 0
for i in range(3000):
    n = source.readinto(buffer)
    wrong += buffer[:n] != fake_i2s.I2S.last.samples(got // 2, n // 2)
    got += n
    clock.go_on(150000 if i % 20 == 0 else 8000)
print(got, wrong, source.overruns, source.lost)
source.close()
print(fake_i2s.I2S.last.is_open)
"""
    assert i2s(code, keeps, drift) == "1920000 0 0 0\nFalse\n"


@pytest.mark.parametrize("keeps", ["old", "new"])
@pytest.mark.parametrize("busy", [300, 450, 2000, 60000])
def test_i2s_overrun(keeps, busy):
    """A gap is counted before any sample behind it is handed out, and what comes then is in one piece."""
    code = """
buffer, got = bytearray(640), 0
for i in range(20):
    got += source.readinto(buffer)
assert (got, source.overruns) == (12800, 0)
clock.go_on(%d * 1000)
n = source.readinto(buffer)
i2s = fake_i2s.I2S.last
first = i2s.next - n // 2
print(source.overruns, 0 <= source.lost - (first - got // 2) + 600 < 1200, first * 1000 // 16000 - got // 32 - %d)
got, wrong = first, 0
for i in range(40):
    wrong += buffer[:n] != i2s.samples(got, n // 2)
    got += n // 2
    n = source.readinto(buffer)
print(wrong, source.overruns)
""" % (busy, busy)
    said = i2s(code, keeps).split()
    assert said[:2] == ["1", "True"] and said[3:] == ["0", "1"]
    assert 0 <= int(said[2]) <= 60  # ms after the program came back


@pytest.mark.parametrize("keeps", ["old", "new"])
@pytest.mark.parametrize("before", [100, 190, 1000])
def test_i2s_that_is_read_late(keeps, before):
    """What the driver lost before the first read is nobody's loss, but the first samples are in one piece."""
    code = """
clock.go_on(%d * 1000)
buffer, wrong, got = bytearray(640), 0, None
for i in range(40):
    n = source.readinto(buffer)
    if got is None:
        got = fake_i2s.I2S.last.next - n // 2
    wrong += buffer[:n] != fake_i2s.I2S.last.samples(got, n // 2)
    got += n // 2
print(wrong, source.overruns, source.lost)
clock.go_on(250000)
source.readinto(buffer)
print(source.overruns)
""" % before
    assert i2s(code, keeps) == "0 0 0\n1\n"


def test_i2s_again_and_again():
    """Always too slow: each read throws away what cannot be used, and says so."""
    code = """
buffer = bytearray(640)
for i in range(50):
    source.readinto(buffer)
    clock.go_on(500000)
print(source.overruns, abs(source.lost - (fake_i2s.I2S.last.next - 50 * 320)) < 500)
"""
    assert i2s(code) == "49 True\n"


def test_i2s_takes_no_tiny_buffers():
    assert i2s("source.readinto(bytearray(318))") == \
        "ValueError: buffer of 318 bytes, want 320 (10 ms) or more"


def test_i2s_at_real_pace():
    code = """
fake_i2s.install(sound, real=True)
import microlite_audio, time
microlite_audio.time = time
start = time.ticks_ms()
source, buffer, got, wrong = I2SSource(sck=10, ws=11, sd=9, buffer_ms=1000), bytearray(640), 0, 0
for i in range(50):
    n = source.readinto(buffer)
    wrong += buffer[:n] != sound[got : got + n]
    got += n
took = time.ticks_diff(time.ticks_ms(), start)
print(wrong, source.overruns, took >= 990)
time.sleep_ms(1200)
source.readinto(buffer)
print(source.overruns, source.lost > 16000)
"""
    assert i2s(code) == "0 0 True\n1 True\n"


def test_no_pins():
    assert python("sys.modules['microlite_audio'] = None\ndel sys.modules['microlite_audio']\n"
                  "import microlite_audio\n"
                  "class Board:\n    platform = 'rp2'\n"
                  "microlite_audio.sys = Board\nmicrolite_audio.open_source()") == \
        "ValueError: no pins for the microphone on rp2"
