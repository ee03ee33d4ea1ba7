# SPDX-License-Identifier: MIT
"""Wake words: micropython/lib/microlite_wake_word.py and examples/wake_word, on the unix firmware.

The models come from the package pymicro-wakeword; TensorFlow Lite Micro says what they give for the features of our
front end. ../shared/goldens_audio has its results for more models and clips.
"""

import json
import os
import pathlib
import subprocess

import pytest

from conftest import oracle_python
from test_sources import MICROPYTHON, PATHS, ROOT, SOUND, python, wav

EXAMPLE = ROOT / "examples/wake_word"
CLIP = EXAMPLE / "okay_nabu.wav"
WORDS = {"okay_nabu": "Okay Nabu", "alexa": "Alexa", "hey_jarvis": "Hey Jarvis", "hey_mycroft": "Hey Mycroft"}
STOCK, DIST = ROOT / "build/stock/micropython", ROOT / "dist/mpy/x64"
GOLDENS = ROOT.parent / "shared/goldens_audio/mww"
GOLDEN_MODELS = {"v2/okay_nabu": "mww_v2_okay_nabu", "v2/hey_jarvis": "mww_v2_hey_jarvis", "v2/vad": "mww_v2_vad",
                 "alexa": "mww_v1_alexa"}

pytestmark = pytest.mark.skipif(not MICROPYTHON.exists(), reason="build/unix is not built: ./microlite build unix")

# Plays argv[2] to the manifest argv[1] with the model argv[3], or its own; in pieces of argv[4] samples. Prints all
# probabilities, and what was detected.
PLAY = """
import microlite, json
from microlite import wake_word
from microlite_audio import WavSource
manifest, clip, model, size = sys.argv[1:]
if model:
    manifest = json.load(open(manifest))
word = wake_word.WakeWord(manifest, model or None)
runs = []
push = word.push
def watch(row):
    if push(row):
        runs.append(word.model.outputs[0][0])
word.push = watch
detector = wake_word.Detector(word)
if clip.endswith(".wav"):
    data = bytearray(1 << 20)
    data = data[:WavSource(clip).readinto(data)]
else:
    data = open(clip, "rb").read()
found = []
size = int(size) * 2 or len(data)
for i in range(0, len(data), size):
    found += detector.feed(memoryview(data)[i : i + size])
print(runs)
print([(name, round(p * 255 * word.window), ms) for name, p, ms in found])
"""

# The probabilities of a model (argv[1]) for rows of int8 (standard input), by TensorFlow Lite Micro.
TFLM = """
import sys
import numpy as np
from tflite_micro import runtime
interpreter = runtime.Interpreter.from_file(sys.argv[1])
shape = interpreter.get_input_details(0)["shape"]
rows = np.frombuffer(sys.stdin.buffer.read(), np.int8).reshape(-1, 40)
out = []
for i in range(0, len(rows) - shape[1] + 1, shape[1]):
    interpreter.set_input(rows[i:i + shape[1]].reshape(shape), 0)
    interpreter.invoke()
    out.append(int(interpreter.get_output(0).ravel()[0]))
print(out)
"""

FEATURES = """
from audio_frontend import Frontend
data = open(sys.argv[1], "rb").read()[44:]
sys.stdout.buffer.write(Frontend("micro_wake_word", dtype="int8").process(data))
"""


@pytest.fixture(scope="session")
def models():
    """The folder with the models of pymicro-wakeword."""
    code = "import importlib.util as u; print(u.find_spec('pymicro_wakeword').submodule_search_locations[0])"
    done = oracle_python() and subprocess.run([oracle_python(), "-c", code], capture_output=True, text=True)
    if not done or done.returncode:
        pytest.skip("no pymicro-wakeword")
    return pathlib.Path(done.stdout.strip()) / "models"


def play(manifest, clip, model="", size=0):
    runs, found = python(PLAY, manifest, clip, model, size).splitlines()
    return json.loads(runs), eval(found)


def expected(manifest, runs):
    """What the rule makes of the probabilities: (sum over the window, ms), written from the rule's description."""
    micro = manifest["micro"]
    window = micro.get("sliding_window_size") or micro["sliding_window_average_size"]
    first = manifest["version"] == 1
    step, stride, settle = (20, 1, 74) if first else (10, 3, 100)
    found, start, ready = [], 0, settle
    # The mean stays what it is until the model runs again, and the settle time may end in between.
    for row in range(1, len(runs) * stride + 1):
        total = sum(runs[max(start, row // stride - window):row // stride])
        if row >= ready and total / (255 * window) > micro["probability_cutoff"]:
            found.append((total, (row - 1) * step + 30))
            start, ready = row // stride, row + settle
    return found


def manifest(**changes):
    m = {"type": "micro", "version": 2, "wake_word": "Test", "model": "test.tflite", "author": "nobody",
         "micro": {"probability_cutoff": 0.5, "sliding_window_size": 5, "feature_step_size": 10}}
    for key, value in changes.items():
        place = m["micro"] if key in m["micro"] or key.startswith("sliding") else m
        place[key] = value
        if value is None:
            del place[key]
    return m


# --- Probabilities and detections.

@pytest.mark.parametrize("word", WORDS)
def test_probabilities_are_tflms(models, tmp_path, word):
    """Our clip, and noise, with each model: every probability, and what the rule makes of them."""
    (tmp_path / "noise.wav").write_bytes(wav(SOUND))
    wanted = json.loads((models / (word + ".json")).read_text())
    for clip in CLIP, tmp_path / "noise.wav":
        start = "import sys\nsys.path[:0] = %r\n" % [str(path) for path in PATHS]
        rows = subprocess.run([MICROPYTHON, "-c", start + FEATURES, clip], capture_output=True, check=True).stdout
        tflm = subprocess.run([oracle_python(), "-c", TFLM, models / (word + ".tflite")], input=rows,
                              capture_output=True)
        assert tflm.returncode == 0, tflm.stderr.decode()
        runs, found = play(models / (word + ".json"), clip)
        assert runs == json.loads(tflm.stdout.splitlines()[-1]) and len(runs) > 80
        assert found == [(WORDS[word], *item) for item in expected(wanted, runs)]
        assert bool(found) == (clip == CLIP and word == "okay_nabu")


@pytest.mark.parametrize("size", [1, 97, 480, 16000])
def test_pieces_of_any_size(models, size):
    all_at_once = play(models / "okay_nabu.json", CLIP)
    assert play(models / "okay_nabu.json", CLIP, size=size) == all_at_once


def golden_items():
    if not GOLDENS.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="no ../shared/goldens_audio"))]
    items = json.loads((GOLDENS / "meta.json").read_text())["items"]
    return [pytest.param(item, id="%(audio)s-%(model)s" % item) for item in items if item["model"] in GOLDEN_MODELS]


@pytest.mark.parametrize("item", golden_items())
def test_goldens(item, tmp_path):
    version = 2 if item["model"].startswith("v2") else 1
    m = manifest(version=version, probability_cutoff=item["cutoff"], sliding_window_size=item["window"])
    if version == 1:
        m["micro"] = {"probability_cutoff": item["cutoff"], "sliding_window_average_size": item["window"]}
    (tmp_path / "m.json").write_text(json.dumps(m))
    model = GOLDENS.parent.parent / "goldens" / GOLDEN_MODELS[item["model"]] / "model.tflite"
    runs, found = play(tmp_path / "m.json", GOLDENS / item["audio"], model)
    assert bytes(runs) == (GOLDENS / item["probs"]).read_bytes()
    assert found == [("Test", *what) for what in expected(m, runs)]
    assert bool(found) == item["detected"]


# --- Several words, speech detection, gaps, long runs. argv: folder of models, the clip.

START = """
import microlite, json, gc
from microlite import wake_word
from microlite_audio import WavSource
path = sys.argv[1] + "/%s.json"
def samples(tail_ms=0):
    data = bytearray(1 << 20)
    source = WavSource(sys.argv[2], tail_ms)
    n = source.readinto(data)
    return bytes(data[: n + source.readinto(memoryview(data)[n:])])
"""


def test_several_words(models):
    code = """
words = [wake_word.WakeWord(path % name) for name in ("alexa", "okay_nabu", "hey_jarvis", "hey_mycroft")]
# A second one for the same word, which is more easily sure.
words.append(wake_word.WakeWord(path % "okay_nabu", cutoff=0.2, window=3))
detector = wake_word.Detector(words)
found = list(detector.listen(WavSource(sys.argv[2], 500)))
print([word for word, p, ms in found], found[0][2] < found[1][2], found[0][1] > 0.2, found[1][1] > 0.85)
# Each alone hears the same.
alone = []
for word in words:
    word.reset()
    alone += list(wake_word.Detector(word).listen(WavSource(sys.argv[2], 500)))
print(sorted(alone) == sorted(found))
"""
    assert python(START + code, models, CLIP) == "['Okay Nabu', 'Okay Nabu'] True True True\nTrue\n"


def test_vad(models):
    """A model that hears speech all the time changes nothing, one that never does silences the words. Between
    them, a word counts while both hear something."""
    code = """
def hear(*vad):
    word = wake_word.WakeWord(path % "okay_nabu")
    return list(wake_word.Detector(word, *vad).listen(WavSource(sys.argv[2], 500)))
def vad(cutoff, name="okay_nabu"):
    v = wake_word.WakeWord(path % name, cutoff=cutoff)
    for i in range(v.window):
        v._probabilities[i] = 0
    return v
plain = hear()
always, never = vad(0), vad(0.999999, "alexa")
always.is_above = lambda: True
print(plain == hear(always), hear(never))
# Sure of speech only when the same model is very sure of its word: later than without.
late = hear(vad(0.97))
print(len(late), late[0][2] > plain[0][2])
"""
    assert python(START + code, models, CLIP) == "True []\n1 True\n"


@pytest.mark.skipif(not GOLDENS.exists(), reason="no ../shared/goldens_audio")
def test_real_vad(models):
    code = """
m = json.loads(sys.argv[4])
vad = wake_word.WakeWord(m, sys.argv[3])
detector = wake_word.Detector(path % "okay_nabu", vad)
print([word for word, p, ms in detector.listen(WavSource(sys.argv[2], 500))])
print(list(wake_word.Detector(wake_word.WakeWord(m, sys.argv[3])).feed(bytes(64000))))
"""
    model = GOLDENS.parent.parent / "goldens/mww_v2_vad/model.tflite"
    assert python(START + code, models, CLIP, model, json.dumps(manifest(wake_word="vad"))) == "['Okay Nabu']\n[]\n"


def test_reset_and_settle_time(models):
    """The same sound gives the same again after reset(); after a gap the clock goes on; in the first second, and
    in the second after a detection, nothing is detected."""
    code = """
data = samples(500)
detector = wake_word.Detector(path % "okay_nabu")
first = detector.feed(data)
end = detector.ms
detector.reset(7)
second = detector.feed(data)
print(len(first), [(w, p) for w, p, ms in first] == [(w, p) for w, p, ms in second])
print(second[0][2] - first[0][2] == len(data) // 320 * 10 - 20 + 7)
fresh = wake_word.Detector(path % "okay_nabu")
begin = first[0][2] * 32 - 32 * 990  # the word is over before a second of sound has passed
print(fresh.feed(data[begin : begin + 32 * 990]))
busy = wake_word.Detector(wake_word.WakeWord(path % "okay_nabu", cutoff=0.0, window=1))
times = [ms for w, p, ms in busy.feed(data)]
print(len(times) > 1, min(b - a for a, b in zip(times, times[1:])) >= 1000)
"""
    lines = python(START + code, models, CLIP).splitlines()
    assert lines == ["1 True", "True", "()", "True True"]


def test_overrun(models):
    """A source that loses half a word: what was heard before the gap is forgotten."""
    code = """
data = samples(500)
class Source(WavSource):
    overruns = lost = count = 0
    def readinto(self, buffer):
        self.count += 1
        if self.count == at:
            self.overruns, self.lost = 1, 3200
        return super().readinto(buffer)
gaps = []
for at in 0, 130:
    detector = wake_word.Detector(path % "okay_nabu")
    print(len(list(detector.listen(Source(sys.argv[2], 500), gaps.append))), gaps, detector.ms)
"""
    assert python(START + code, models, CLIP) == "1 [] 3440\n0 [200] 3620\n"


LONG = """
detector = wake_word.Detector([path % "okay_nabu", path % "alexa"])
clip = samples()
clip += bytes(96000 - len(clip))
found = 0
def play(rounds):
    global found
    for i in range(rounds):
        found += len(detector.feed(clip))
    gc.collect()
    return gc.mem_alloc()
rounds = int(sys.argv[3])
play(5)
sizes = [0] * rounds
for i in range(rounds):
    sizes[i] = play(5)
print(found == 5 * rounds + 5, max(sizes) <= max(sizes[: rounds // 2]), detector.ms == 15000 * (rounds + 1))
detector._rows += 13 * 86400 * 100
print(play(5) - max(sizes) <= 64, detector.ms // 86400000)
"""


def test_a_day_of_sound(models):
    """Memory stays as it is. Two and a half minutes here, 24 hours with MICROLITE_LONG=1."""
    rounds = 5760 if os.environ.get("MICROLITE_LONG") else 9
    lines = python(START + LONG, models, CLIP, rounds).splitlines()
    assert lines == ["True True True", "True %d" % (13 + rounds // 5760)]


# --- What is wrong with manifests and models.

@pytest.mark.parametrize("changes, error", [
    ({"wake_word": None}, "no key 'wake_word', want a microWakeWord manifest"),
    ({"type": None}, "no key 'type', want a microWakeWord manifest"),
    ({"version": None}, "no key 'version', want a microWakeWord manifest"),
    ({"micro": None}, "no key 'micro.probability_cutoff', want a microWakeWord manifest"),
    ({"micro": 3}, "no key 'micro.probability_cutoff', want a microWakeWord manifest"),
    ({"model": None}, "no key 'model', want a microWakeWord manifest"),
    ({"probability_cutoff": None}, "no key 'micro.probability_cutoff', want a microWakeWord manifest"),
    ({"sliding_window_size": None}, "no key 'micro.sliding_window_size', want a microWakeWord manifest"),
    ({"feature_step_size": None}, "no key 'micro.feature_step_size', want a microWakeWord manifest"),
    ({"version": 1}, "no key 'micro.sliding_window_average_size', want a microWakeWord manifest"),
    ({"version": 3}, "type 'micro', version 3; want 'micro', 1 or 2"),
    ({"type": "macro"}, "type 'macro', version 2; want 'micro', 1 or 2"),
    ({"version": "2"}, "'version' is '2', want a whole number"),
    ({"version": 2.0}, "'version' is 2.0, want a whole number"),
    ({"version": True}, "'version' is True, want a whole number"),
    ({"wake_word": 3}, "'wake_word' is 3, want a string"),
    ({"probability_cutoff": "high"}, "'micro.probability_cutoff' is 'high', want a number"),
    ({"probability_cutoff": 1.5}, "cutoff 1.5, want 0 to below 1"),
    ({"sliding_window_size": 0}, "window of 0 probabilities, want 1 to 1000"),
    ({"feature_step_size": 0}, "'micro.feature_step_size' is 0, want 1 to 30"),
])
def test_manifest_errors(tmp_path, changes, error):
    path = tmp_path / "m.json"
    path.write_text(json.dumps(manifest(**changes)))
    code = "from microlite import wake_word\nwake_word.Detector(sys.argv[1])"
    assert python(code, path) == "ValueError: %s: %s" % (path, error)


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "\x00\xff", "3"])
def test_no_manifest(tmp_path, text):
    path = tmp_path / "m.json"
    path.write_bytes(text.encode("latin1"))
    code = "from microlite import wake_word\nwake_word.Detector(sys.argv[1])"
    out = python(code, path)
    assert out.startswith("ValueError: %s: no " % path) and out.endswith("want a microWakeWord manifest")


def test_missing_files(tmp_path):
    path = tmp_path / "m.json"
    code = "from microlite import wake_word\nwake_word.Detector(sys.argv[1])"
    assert python(code, path) == "OSError: [Errno 2] ENOENT: %s: no such file" % path
    path.write_text(json.dumps(manifest()))
    assert python(code, path) == "OSError: [Errno 2] ENOENT: %s: model %s: no such file" % (
        path, tmp_path / "test.tflite")
    (tmp_path / "test.tflite").write_bytes(b"nothing")
    told = "ValueError: %s: model %s: not a TensorFlow Lite model" % (path, tmp_path / "test.tflite")
    assert python(code, path).startswith(told)
    path.write_text(json.dumps(manifest(model=str(tmp_path / "test.tflite"))))  # where it lies, in full
    assert python(code, path).startswith(told)
    assert python(code, tmp_path) == "OSError: [Errno 21] EISDIR: %s: cannot be read" % tmp_path
    python_module = "from microlite import wake_word\nsys.path[:] = []\nwake_word.Detector"
    assert python(python_module) == "ImportError: no module named 'microlite_wake_word'"


def test_name_in_microlite():
    """microlite.wake_word is imported when it is used, not before; nobody can change it."""
    code = """
import microlite
print("wake_word" in dir(microlite), "microlite_wake_word" in sys.modules)
from microlite import wake_word
import microlite_wake_word
print(wake_word is microlite.wake_word, wake_word.Detector is microlite_wake_word.Detector, hasattr(wake_word, "no"))
for code in ("wake_word.no", "wake_word.Detector = 1", "del wake_word.Detector", "wake_word()", "type(wake_word)()"):
    try:
        exec(code)
        print(code)
    except (AttributeError, TypeError) as e:
        print(type(e).__name__)
"""
    assert python(code).split() == [
        "True", "False", "True", "True", "False", *3 * ["AttributeError"], *2 * ["TypeError"]]


def test_model_of_another_kind():
    code = """
from microlite import wake_word
wake_word.WakeWord(%r, sys.argv[1])""" % manifest()
    model = ROOT / "examples/hello_world/hello_world_int8.tflite"
    assert python(code, model) == "ValueError: manifest: model takes 'b' (1, 1), want one int8 (1, rows, 40)"


def test_detector_errors(models):
    code = """
def attempt(*args):
    try:
        wake_word.Detector(*args)
        print("no error")
    except ValueError as e:
        print(e)
attempt([])
w = wake_word.WakeWord(path % "alexa")
attempt([w, w])
attempt(w, w)
m = json.load(open(path % "alexa"))
m["version"] = 1
m["micro"]["sliding_window_average_size"] = 10
attempt([w, wake_word.WakeWord(m, sys.argv[1] + "/alexa.tflite")])
"""
    assert python(START + code, models, CLIP).splitlines() == [
        "no wake word, want one or more", "'Alexa' is there twice", "'Alexa' is there twice",
        "'Alexa' wants a row of features every 10 ms, 'Alexa' every 20 ms: want a Detector for each"]


@pytest.mark.skipif(not STOCK.exists(), reason="no build/stock: ./microlite build stock")
@pytest.mark.skipif(not (DIST / "microlite.mpy").exists(), reason="no dist/mpy/x64: ./microlite mpy x64")
def test_native_module(models):
    """The same detection on Debian's own firmware, with native modules."""
    code = "import sys\nsys.path[:0] = %r\n" % [str(DIST), *map(str, PATHS)] + START + """
print([(word, ms) for word, p, ms in wake_word.Detector(path % "okay_nabu").listen(WavSource(sys.argv[2]))])
"""
    args = [STOCK, "-c", code, models, CLIP]
    done = subprocess.run(args, capture_output=True, text=True)
    assert done.stdout == "[('Okay Nabu', 1730)]\n", done.stdout + done.stderr


# --- The example.

def example(*args, data=b""):
    done = subprocess.run([MICROPYTHON, EXAMPLE / "main.py", *map(str, args)], input=data, capture_output=True,
                          timeout=120)
    return done.returncode, done.stdout.decode() + done.stderr.decode()


def test_example(models):
    words = [x for name in WORDS for x in ("--model", models / (name + ".json"))]
    for sound, data in (CLIP, b""), ("-", CLIP.read_bytes()[44:]):
        status, out = example(sound, *words, data=data)
        lines = out.splitlines()
        assert status == 0 and lines[0] == "listening to %s, Ctrl-C ends" % sound
        assert len(lines) == 2 and lines[1].startswith("   1.73 s  Okay Nabu ") and lines[1].endswith("%")


@pytest.mark.parametrize("args, text", [
    (["--wake-word", "nix"], "nix.json: no such file\nexamples/wake_word/fetch_models.sh fetches the models\n"),
    (["--model", "/nix.json"], "/nix.json: no such file\n"),
    (["--model"], "--model, want SOUND or one of --model, --vad, --wake-word with a value\n"),
])
def test_example_errors(args, text):
    status, out = example(*args)
    assert status != 0 and out.endswith(text) and "Traceback" not in out


def test_example_without_sound(models):
    status, out = example("/nix.wav", "--model", models / "alexa.json")
    assert (status, out) == (1, "/nix.wav: no such file\n")
