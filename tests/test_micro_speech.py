# SPDX-License-Identifier: MIT
"""Spoken commands: micropython/lib/microlite_commands.py and examples/micro_speech, on the unix firmware.

tests/audio/commands.gz holds what the class RecognizeCommands of Espressif's esp-tflite-micro (99f49e14) makes of
the scores that the script RECOGNIZE draws, with ten settings: for each update the label, its score, whether it is new.
"""

import gzip
import os
import re
import shutil
import signal
import subprocess
import sys

import pytest

from test_sources import MICROPYTHON, ROOT, python

sys.path.insert(0, str(ROOT / "tools"))
import qemu_run

EXAMPLE = ROOT / "examples/micro_speech"
OURS = EXAMPLE / "model/yes_no.tflite"
GOLDENS = ROOT.parent / "shared"
TFLM = GOLDENS / "goldens/tflm_micro_speech_quantized/model.tflite"
MODELS = {"ours": OURS, "tflm": TFLM}
CLIP = EXAMPLE / "yes_no.wav"

pytestmark = pytest.mark.skipif(not MICROPYTHON.exists(), reason="build/unix is not built: ./microlite build unix")


@pytest.fixture(params=MODELS)
def model(request):
    if not MODELS[request.param].exists():
        pytest.skip("no %s" % MODELS[request.param])
    return MODELS[request.param]


# --- The recogniser.

# The scores: a word is seen for a while, then another one; times go on unevenly, with gaps now and then.
RECOGNIZE = """
from microlite_commands import Recognizer
window, threshold, suppression, count, stride, seed, steps = map(int, sys.argv[1:])
labels = ("silence", "unknown", "yes", "no")
r = Recognizer(labels, threshold=threshold / 100, window_ms=window, suppression_ms=suppression, min_count=count)
def draw():
    global seed
    seed = seed * 1103515245 + 12345 & 0x7fffffff
    return seed >> 16
now = word = left = 0
for _ in range(steps):
    now += stride + draw() % (stride // 2 + 1)
    now += 700 if draw() % 64 == 0 else 0
    if left <= 0:
        word = draw() % 4
        left = draw() % 24
    else:
        left -= 1
    big = 128 + draw() % 128
    scores = [(255 - big) // 3 - 128] * 4
    scores[word] = big - 128
    label, score, is_new = r.update(scores, now)
    print("%d %.6f %d" % (labels.index(label), score, is_new))
"""


def test_recognizer_does_what_the_original_does():
    lines = gzip.decompress((ROOT / "tests/audio/commands.gz").read_bytes()).decode().splitlines()
    starts = [i for i, line in enumerate(lines) if len(line.split()) == 7]
    assert len(starts) == 10
    for start in starts:
        settings = lines[start].split()
        want = lines[start + 1:start + 1 + int(settings[-1])]
        found = python(RECOGNIZE, *settings).splitlines()
        assert len(found) == len(want)
        for a, b in zip(found, want):
            (label, score, new), (right_label, right_score, right_new) = a.split(), b.split()
            assert (label, new) == (right_label, right_new)
            assert abs(float(score) - float(right_score)) < 2e-6


@pytest.mark.parametrize("code, error", [
    ("r.update([1, 2], 0)", "ValueError: 2 scores, want 3"),
    ("r.update([1, 2, 3], 9)\nr.update([1, 2, 3], 8)", "ValueError: time 8 ms, want 9 or later"),
])
def test_recognizer_errors(code, error):
    assert python("from microlite_commands import Recognizer\nr = Recognizer('abc')\n" + code) == error


# --- The listener.

START = """
import gc, microlite
from microlite_audio import WavSource
from microlite_commands import Listener
LABELS = ("silence", "unknown", "yes", "no")
def listener(stride=5, threshold=0.5):
    return Listener(microlite.Model(sys.argv[1]), LABELS, stride, threshold=threshold)
def sound(path, tail_ms=1000):
    source, data = WavSource(path, tail_ms), b""
    buffer = bytearray(1000)
    while True:
        n = source.readinto(buffer)
        if not n:
            return data
        data += buffer[:n]
"""


@pytest.mark.skipif(not TFLM.exists(), reason="no ../shared/goldens")
@pytest.mark.parametrize("clip, want", [
    ("yes", [0, 0, 255, 0]), ("no", [0, 14, 0, 242]), ("noise", [248, 3, 2, 3]), ("silence", [86, 60, 60, 50])])
def test_clips_get_the_scores_that_tflm_gives(clip, want):
    code = "l = listener(1)\nl.feed(open(sys.argv[2], 'rb').read())\nprint([x + 128 for x in l.model.outputs[0][:]])"
    path = GOLDENS / "goldens_audio/in" / (clip + "_1000ms.s16")
    assert python(START + code, TFLM, path) == "%r\n" % want


@pytest.mark.skipif(not TFLM.exists(), reason="no ../shared/goldens")
@pytest.mark.parametrize("stride", [1, 2, 5])
@pytest.mark.parametrize("clip, want", [("yes", "yes"), ("no", "no"), ("noise", ""), ("silence", "")])
def test_clips_give_commands(clip, want, stride):
    """Each word once, though the model sees it in all windows of a second."""
    code = "l = listener(%d)\nprint(*[x[0] for x in l.feed(open(sys.argv[2], 'rb').read() + bytes(64000))])" % stride
    path = GOLDENS / "goldens_audio/in" / (clip + "_1000ms.s16")
    assert python(START + code, TFLM, path) == want + "\n"


PIECES = START + """
import array
data = sound(sys.argv[2])
data = data + data + data[:100000]
l, found = listener(), []
for i in range(0, len(data), %d):
    piece = data[i : i + %d]
    found += l.feed(piece if i %% 4 else array.array("h", piece))
print(len(data), l.ms)
for label, score, ms in found:
    print("%%s %%.6f %%d" %% (label, score, ms))
"""


@pytest.mark.parametrize("chunk", [2, 334, 640, 10000, 320000])
def test_pieces_of_any_size(model, chunk):
    """From one sample to ten seconds: the same commands, at the same time, with the same scores."""
    found = python(PIECES % (chunk, chunk), model, CLIP)
    assert found == python(PIECES % (640, 640), model, CLIP)
    assert "yes" in found and "no" in found


@pytest.mark.parametrize("firmware, modules", [("unix-asan", ""), ("stock", "dist/mpy/x64")])
def test_other_firmware(model, firmware, modules):
    """The same under sanitizers, and with native modules in a firmware that knows nothing of us."""
    path = ROOT / "build" / firmware / "micropython"
    if not path.exists() or not (ROOT / modules / "audio_frontend.mpy").exists() and modules:
        pytest.skip("build/%s or %s is not built" % (firmware, modules))
    found = python(PIECES % (3000, 3000), model, CLIP, firmware=path, MICROPYPATH=str(ROOT / modules))
    assert found == python(PIECES % (640, 640), model, CLIP)


@pytest.mark.parametrize("code, error", [
    ("Listener(microlite.Model(sys.argv[1]), ('a', 'b'))", "ValueError: model gives 4 scores 'b', want 2, 'b' or 'B'"),
    ("Listener(microlite.Model(%r), LABELS)" % str(ROOT / "examples/hello_world/hello_world_int8.tflite"),
     "ValueError: model takes 1 values 'b', want rows of 40, 'b'"),
    ("listener().feed(b'123')", "ValueError: 3 bytes of samples, want an even number"),
    ("listener().feed('text')", "TypeError: "),
])
def test_listener_errors(model, code, error):
    assert python(START + code, model).startswith(error)


LONG = """
import time
listener = listener()
draw = 1
def second():
    global draw
    out = bytearray(32000)
    loud = draw % 7
    for i in range(0, 32000, 2):
        draw = draw * 1103515245 + 12345 & 0x7fffffff
        out[i] = draw >> 16 & 255
        out[i + 1] = (draw >> 24) - 64 >> loud & 255
    return out
# Half a minute of noise with a loudness that changes each second, and the clip, again and again.
parts = [second() for _ in range(24)] + [sound(sys.argv[2], 2000)]
commands = 0
def play(seconds):
    global commands
    for i in range(seconds):
        commands += len(listener.feed(parts[i % 25]))
def used():
    gc.collect()
    return gc.mem_alloc()
play(100)
rounds = int(sys.argv[3])
sizes = [0] * rounds
for i in range(rounds):
    play(100)
    sizes[i] = used()
before = max(sizes[: rounds // 2])
print(commands > 0, max(sizes) <= before, len(listener.recognizer._results))
# As if a day, then twelve days (2 ** 30 ms, where small integers of 32-bit boards end) had passed.
for days in 1, 12, 13, 1000:
    listener._rows = days * 86400 * 50 + 21 * 60 * 60 * 50
    n = commands
    play(100)
    print(days, listener.ms // 1000, commands > n, used() - before)
"""


def test_a_day_of_sound(model):
    """Memory and state stay as they are. 20 minutes here; MICROLITE_LONG=1 plays all 24 hours. What is counted
    besides is the number of rows, which is set to what days of sound would make of it."""
    rounds = 864 if os.environ.get("MICROLITE_LONG") else 12
    lines = python(START + LONG, model, CLIP, rounds).splitlines()
    assert lines[0] == "True True 11"  # scores of a second
    for line, days in zip(lines[1:], (1, 12, 13, 1000)):
        day, seconds, found, more = line.split()
        assert int(day) == days and found == "True"
        assert int(seconds) >= days * 86400 + 21 * 3600
        assert int(more) <= 64
    assert len(lines) == 5


# --- Boards: a fake machine.I2S plays a sound at the pace of a simulated clock.

BOARD = START + """
import fake_i2s
from audio_frontend import Frontend
from microlite_audio import I2SSource
data = sound(sys.argv[2])
clock = fake_i2s.install(data, %r)
source = I2SSource(sck=11, ws=12, sd=13)
l = listener()
"""


@pytest.mark.parametrize("keeps", ["old", "new"])
def test_overrun_never_mixes_sound(model, keeps):
    """After a gap the features are those of the sound behind it alone, and the model waits for a second of it."""
    code = """
i2s, gaps, runs = fake_i2s.I2S.last, [], []
class Model:
    def invoke(self):
        # What the model sees must be what a front end makes of the samples since the last gap.
        first, end = begin, i2s.next
        rows = Frontend("micro_speech", dtype="int8").process(i2s.samples(first, end - first))[-1960:]
        runs.append(bytes(rows) == bytes(l._window))
        model.invoke()
begin = 0
model, l.model = l.model, Model()
buffer = bytearray(640)
class Source:
    # Busy for half a second after each 2 s.
    overruns = lost = 0
    count = 0
    def readinto(self, buffer):
        global begin
        self.count += 1
        if self.count == 400:
            return 0
        if self.count % 100 == 0:
            clock.go_on(500000)
        before = source.overruns
        n = source.readinto(buffer)
        self.overruns, self.lost = source.overruns, source.lost
        if source.overruns != before:
            begin = i2s.next - n // 2
        return n
commands = list(l.listen(Source(), gaps.append))
print(source.overruns, len(gaps), all(400 < gap < 700 for gap in gaps), len(runs), all(runs))
print(abs(l.ms - clock.us // 1000 + i2s.start // 1000) < 100)
"""
    assert python(BOARD % keeps + code, model, CLIP) == "3 3 True 43 True\nTrue\n"


# The example as a board runs it: another sys, where the platform is rp2; no arguments; a stall of 5 s.
AS_BOARD = """
import sys as real, fake_i2s
class Board:
    platform = "rp2"
    argv = [""]
    path, modules, exit = real.path, real.modules, real.exit
sys.modules["sys"] = Board
import microlite_audio
microlite_audio.sys = Board
clock = fake_i2s.install(open("yes_no.wav", "rb").read()[44:] + bytes(64000))
read = fake_i2s.I2S.readinto
count = 0
def readinto(self, buffer):
    global count
    count += 1
    if count > 600:
        raise KeyboardInterrupt
    if count == 300:
        clock.go_on(5000000)
    return read(self, buffer)
fake_i2s.I2S.readinto = readinto
try:
    exec(open("main.py").read(), {"__name__": "__main__"})
finally:
    del real.modules["sys"], real.modules["machine"]  # the emulated board resets the real machine
"""


def check_board(output):
    lines = output.splitlines()
    assert lines[0] == "listening to the microphone, Ctrl-C ends"
    assert [line.split()[2] for line in lines[1:] if "%" in line][:2] == ["yes", "no"]
    lost = [line for line in lines if line.startswith("too slow")]
    assert len(lost) == 1 and 4900 < int(lost[0].split()[2]) < 5300
    assert not any("Error" in line for line in lines), output
    return lines


def test_example_as_on_a_board(model, tmp_path):
    for path, name in (model, "yes_no.tflite"), (CLIP, "yes_no.wav"), (EXAMPLE / "main.py", "main.py"):
        (tmp_path / name).write_bytes(path.read_bytes())
    check_board(python("import os\nos.chdir(sys.argv[1])\n" + AS_BOARD, tmp_path))


def on_qemu(code, tmp_path, *files):
    """What a script prints on an emulated Cortex-M4F with native modules."""
    modules = list((ROOT / "dist/mpy/armv7emsp").glob("*.mpy"))
    if not qemu_run.FIRMWARE.exists() or not modules or not shutil.which("qemu-system-arm"):
        pytest.skip("no emulated board: ./microlite build qemu-stock, ./microlite mpy armv7emsp")
    script = tmp_path / "on_qemu.py"
    script.write_text(code)
    files = [*modules, *(ROOT / "micropython/lib").glob("*.py"), *files]
    output, traceback = qemu_run.run(script, files, timeout=300)
    assert traceback == "", traceback
    return output


def test_example_on_an_emulated_board(model, tmp_path):
    """It hears the same as the PC, to the digit."""
    files = []
    for path, name in (model, "yes_no.tflite"), (CLIP, "yes_no.wav"), (EXAMPLE / "main.py", "main.py"):
        files.append(tmp_path / name)
        files[-1].write_bytes(path.read_bytes())
    lines = check_board(on_qemu("import sys\n" + AS_BOARD, tmp_path, ROOT / "tests/audio/fake_i2s.py", *files))
    assert lines == python("import os\nos.chdir(sys.argv[1])\n" + AS_BOARD, tmp_path).splitlines()


def test_spectrogram_on_an_emulated_board(tmp_path):
    code = "from microlite_audio import WavSource\nfrom microlite_spectrogram import watch\nwatch(WavSource(%r))"
    assert on_qemu(code % "yes_no.wav", tmp_path, CLIP) == python(code % str(CLIP))


# --- The example on a PC.

def example(*args, data=b"", cwd=ROOT):
    done = subprocess.run([MICROPYTHON, EXAMPLE / "main.py", *map(str, args)], input=data, capture_output=True,
                          cwd=cwd, timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def words(output):
    return [line.split()[2] for line in output.splitlines() if line.endswith("%")]


def test_example_plays_its_clip(model):
    status, out, err = example("--model", model)
    assert (status, err, words(out)) == (0, "", ["yes", "no"])


@pytest.mark.skipif(not OURS.exists(), reason="no examples/micro_speech/model/yes_no.tflite")
def test_example_has_a_model():
    status, out, err = example(cwd="/")
    assert (status, err, words(out)) == (0, "", ["yes", "no"])
    told = [line.strip() for line in (EXAMPLE / "README.md").read_text().splitlines() if re.match(r" +[\d.]+ s ", line)]
    assert told == [line.strip() for line in out.splitlines()[1:]]


def test_example_reads_standard_input(model):
    status, out, err = example("-", "--model", model, data=CLIP.read_bytes()[44:] + bytes(32000))
    assert (status, err, words(out)) == (0, "", ["yes", "no"])


@pytest.mark.skipif(not shutil.which("arecord"), reason="no arecord")
def test_example_hears_a_microphone(model, tmp_path):
    """The real arecord, with a microphone of ALSA that plays the clip, then silence without end; Ctrl-C."""
    (tmp_path / "sound").write_bytes(CLIP.read_bytes()[44:])
    (tmp_path / ".asoundrc").write_text("""pcm.!default {
    type file
    slave.pcm "null"
    file "/dev/null"
    infile "%s"
    format "raw"
}
""" % (tmp_path / "sound"))
    program = subprocess.Popen([MICROPYTHON, EXAMPLE / "main.py", "mic", "--model", model], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, env={**os.environ, "HOME": str(tmp_path)})
    lines = [program.stdout.readline() for _ in range(3)]
    program.send_signal(signal.SIGINT)
    _, err = program.communicate(timeout=60)
    assert lines[0] == "listening to mic, Ctrl-C ends\n"
    assert (words("".join(lines)), err, program.returncode) == (["yes", "no"], "", 0)


@pytest.mark.parametrize("args, text", [
    ([ROOT / "README.md"], "%s: begins with b'# microlite\\n', want a WAV file: RIFF....WAVE\n" % (ROOT / "README.md")),
    (["/no.wav"], "/no.wav: no such file\n"),
    (["--threshold"], "--threshold, want SOUND or one of --model, --stride, --threshold with a value\n"),
    (["--model", "/no.tflite"], "/no.tflite: no such file\n"),
    (["--model", ROOT / "README.md"], "README.md: not a TensorFlow Lite model: root lies outside of the file\n"),
    (["--model", ROOT / "examples/hello_world/hello_world_int8.tflite"],
     "hello_world_int8.tflite: model takes 1 values 'b', want rows of 40, 'b'\n"),
    (["--threshold", "half"], "--threshold half, want a number such as 0.5\n"),
])
def test_example_errors(model, args, text):
    status, out, err = example(*(["--model", model] if "--model" not in args else []), *args)
    assert status != 0 and err == "" and out.endswith(text), out


@pytest.mark.skipif(not TFLM.exists(), reason="no ../shared/goldens")
@pytest.mark.parametrize("whole", [True, False])
def test_fetch_checks_what_comes(tmp_path, whole):
    """With a program in place of curl, which gives the right file or another one."""
    script = tmp_path / "examples/micro_speech/fetch_tflm_model.sh"
    script.parent.mkdir(parents=True)
    shutil.copy(EXAMPLE / script.name, script)
    curl = tmp_path / "curl"
    curl.write_text("#!/bin/sh\nhead -c %d '%s' > build/micro_speech_quantized.tflite.part\n" % (18800 if whole else 18799, TFLM))
    curl.chmod(0o755)
    done = subprocess.run([script], env={"PATH": "%s:/usr/bin:/bin" % tmp_path}, capture_output=True, text=True)
    made = sorted(path.name for path in (tmp_path / "build").iterdir())
    if whole:
        assert (done.returncode, made) == (0, ["micro_speech_quantized.tflite"])
    else:
        assert (done.returncode, made) == (1, []) and "nothing is kept" in done.stderr
