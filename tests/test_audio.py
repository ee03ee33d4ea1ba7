#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The audio front end against the microfrontend library, bit for bit.

tests/audio/wheel.gz holds what the package pymicro-features makes of the sounds below, with its only
settings (ours: micro_wake_word). SETS has checksums of what the library itself (TensorFlow Lite Micro
90b983c2 with kissfft 131) makes of them with other settings. ../shared/goldens_audio is used when there.

Usage: tests/test_audio.py      writes wheel.gz anew, with a Python that has pymicro-features
"""

import gzip
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import zlib

try:
    import pytest
except ImportError:  # when it writes wheel.gz
    pytest = None

ROOT = pathlib.Path(__file__).resolve().parent.parent
HERE = ROOT / "tests/audio"
GOLDENS = ROOT.parent / "shared/goldens_audio"


def noise(count, seed, level):
    """Bursts of noise, level(i) bits of sample i."""
    samples = []
    for i in range(count):
        seed = (seed * 1103515245 + 12345) & 0x7fffffff
        samples.append(((seed >> 8 & 0xffff) - 32768) >> (16 - level(i)))
    return samples


def chirp(count, slope, size):
    """A triangle wave that rises in pitch."""
    phase, samples = 0, []
    for i in range(count):
        phase = (phase + 200 + i * slope // 16) & 0xffff
        samples.append((abs(phase - 32768) - 16384) * size // 16384)
    return samples


SOUNDS = {
    "bursts": noise(8000, 1, lambda i: 3 + i // 800 % 3 * 6),
    "full": noise(4000, 2, lambda i: 16),
    "quiet": noise(4000, 3, lambda i: 1 + i // 1000),
    "chirp": chirp(12000, 20, 12000),
    "clipped": [max(-32768, min(32767, 3 * x)) for x in chirp(6000, 12, 32767)],
    "lowest": [-32768 if i % 320 == 0 else 0 for i in range(4000)],
    "short": noise(479, 4, lambda i: 12),
}

# (preset, checksum of the checksums of all sounds' features, parameters)
SETS = [
    (0, 0xdc1e6e22, {}),
    (1, 0xd240c0e2, {}),
    (0, 0x1a9443bd, {"pcan": 1}),
    (1, 0x7dbe6127, {"log": 0}),
    (1, 0x6a2d89cd, {"pcan": 0, "log": 0}),
    (1, 0x4b1e5f44, {"pcan": 0}),
    (2, 0x1330f2d1, {"min_signal_remaining": 1}),
    (1, 0x146a9851, {"sample_rate": 8000, "upper_hz": 3700}),
    (1, 0x37a24cf3, {"sample_rate": 44100, "window_ms": 40, "channels": 80, "upper_hz": 16000}),
    (1, 0x30378626, {"sample_rate": 48000, "window_ms": 90, "step_ms": 30, "smoothing_bits": 12}),
    (1, 0xdf0fbc92, {"window_ms": 4, "step_ms": 3, "channels": 8, "lower_hz": 0}),
    (1, 0xf6998281, {"window_ms": 33, "channels": 100, "lower_hz": 20, "upper_hz": 7900}),
    (0, 0xbd279920,
     {"smoothing_bits": 16, "even_smoothing": 0.4, "odd_smoothing": 1, "min_signal_remaining": 0}),
    (1, 0x58b9cfe3, {"pcan_strength": 0.5, "pcan_offset": 10, "gain_bits": 18}),
    (1, 0x63fa9063, {"gain_bits": 28, "pcan_strength": 1.3, "pcan_offset": 0.25}),
    (1, 0xb5259a8c, {"log_shift": 0}),
    (0, 0xcb94cebc, {"log_shift": 12, "pcan": 1}),
    (1, 0x46ca9e94, {"channels": 1}),
]


def pack(samples):
    return struct.pack("<%dh" % len(samples), *samples)


def audio(samples, preset, chunk=0, **parameters):
    """Features as bytes, from tests/audio/run.c. The samples are bytes, too."""
    program = ROOT / "build/tests/audio"
    words = [str(word) for item in parameters.items() for word in item]
    done = subprocess.run([program, str(preset), str(chunk), *words], input=samples, capture_output=True)
    assert done.returncode == 0, done.stdout.decode(errors="replace") + done.stderr.decode()
    return done.stdout


def from_wheel(samples):
    """What pymicro-features says, as bytes of uint16."""
    from pymicro_features import MicroFrontend

    frontend, features = MicroFrontend(), b""
    while len(samples) >= 320:  # it takes 10 ms at least
        result = frontend.process_samples(samples)
        values = [round(x / 0.0390625) for x in result.features]
        features += struct.pack("<%dH" % len(values), *values)
        samples = samples[2 * result.samples_read:]
    return features


def wheel_features():
    """{sound: features}, as committed."""
    data, features = gzip.decompress((HERE / "wheel.gz").read_bytes()), {}
    for name, samples in SOUNDS.items():
        frames = max(0, (len(samples) - 320) // 160)
        features[name], data = data[:frames * 80], data[frames * 80:]
    assert data == b""
    return features


if pytest:
    oracle = os.environ.get("MICROLITE_ORACLE_PYTHON", str(ROOT / "build/venv/bin/python"))

    @pytest.fixture(scope="session", autouse=True)
    def program():
        made = subprocess.run(["make", "-s", "build/tests/audio"], cwd=ROOT, capture_output=True, text=True)
        assert made.returncode == 0, made.stdout + made.stderr

    @pytest.mark.parametrize("chunk", [0, 1, 97, 160, 320, 512, 5000])
    @pytest.mark.parametrize("sound", SOUNDS)
    def test_wake_word_features(sound, chunk):
        assert audio(pack(SOUNDS[sound]), 2, chunk) == wheel_features()[sound]

    @pytest.mark.parametrize("number", range(len(SETS)))
    def test_other_settings(number):
        preset, want, parameters = SETS[number]
        sums = [zlib.crc32(audio(pack(sound), preset, 333, **parameters)) for sound in SOUNDS.values()]
        assert zlib.crc32(struct.pack("<7I", *sums)) == want

    def test_random_sounds_against_the_wheel():
        """Noise of random loudness, chunks of random size."""
        script = "import sys; sys.path.insert(0, 'tests'); import test_audio as t; " \
                 "x = sys.stdin.buffer.read(); sys.stdout.buffer.write(t.from_wheel(x))"
        if not oracle or subprocess.run([oracle, "-c", "import pymicro_features"], capture_output=True).returncode:
            pytest.skip("no pymicro-features")
        random.seed(7)
        for seed in range(20):
            levels = [random.randint(0, 16) for _ in range(40)]
            sound = pack(noise(20000, seed, lambda i: levels[i // 500]))
            done = subprocess.run([oracle, "-c", script], input=sound, capture_output=True, cwd=ROOT)
            assert done.returncode == 0, done.stderr.decode()
            assert audio(sound, 2, random.randint(1, 3000)) == done.stdout and len(done.stdout) == 123 * 80

    # Names of the parameters in the goldens.
    NAMES = {
        "--sr": "sample_rate", "--size_ms": "window_ms", "--step_ms": "step_ms", "--channels": "channels",
        "--lower": "lower_hz", "--upper": "upper_hz", "--smoothing_bits": "smoothing_bits",
        "--even": "even_smoothing", "--odd": "odd_smoothing", "--min_signal": "min_signal_remaining",
        "--pcan": "pcan", "--strength": "pcan_strength", "--offset": "pcan_offset",
        "--gain_bits": "gain_bits", "--log": "log", "--scale_shift": "log_shift"}
    PRESETS = {"lib_default": 0, "micro_speech": 1, "microwakeword": 2}

    @pytest.mark.skipif(not GOLDENS.exists(), reason="no ../shared/goldens_audio")
    @pytest.mark.parametrize("chunk", [0, 1, 97])
    def test_goldens(chunk):
        meta, right = json.loads((GOLDENS / "meta.json").read_text()), 0
        for output in meta["outputs"]:
            words = meta["configs"][output["config"]].split()
            if "(scratch)" in words:
                continue  # tables of another front end
            parameters = {NAMES[name]: value for name, value in zip(words[2::2], words[3::2])}
            sound = (GOLDENS / "in" / (output["input"] + ".s16")).read_bytes()
            made = audio(sound, PRESETS[words[1]], chunk, **parameters)
            assert made == (GOLDENS / output["file"]).read_bytes(), output["file"]
            right += 1
        assert right == 135

    @pytest.mark.parametrize("target", ["m0plus", "m3", "m4f", "m7", "rv32imc"])
    def test_on_emulated_cores(target):
        """Tables from ROM, and tables that the core makes."""
        if not (ROOT / "build" / target / "libmicrolite.a").exists():
            pytest.skip("make lib TARGET=%s was not done" % target)
        made = subprocess.run(["make", "-s", "build/bare/audio-%s.elf" % target], cwd=ROOT, capture_output=True,
                              text=True)
        assert made.returncode == 0, made.stdout + made.stderr
        sys.path.insert(0, str(HERE))
        import bare

        for sound in "full", "chirp":
            assert bare.run(target, pack(SOUNDS[sound]), bare.PRESETS[2])[0] == bare.checksum(wheel_features()[sound])
        for preset, _, parameters in SETS:
            sound, config = pack(SOUNDS["bursts"][:3000]), {**bare.PRESETS[preset], **parameters}
            assert bare.run(target, sound, config)[0] == bare.checksum(audio(sound, preset, **parameters))

    @pytest.mark.parametrize("parameters, text", [
        ({"channels": 0}, "channels out of range, want 1 to 512"),
        ({"upper_hz": 9000}, "upper_hz too high, want less than half of sample_rate"),
        ({"window_ms": 100000}, "window_ms out of range, want 32 to 16384 samples"),
    ])
    def test_parameters_are_checked(parameters, text):
        with pytest.raises(AssertionError, match=text):
            audio(b"", 1, **parameters)


if __name__ == "__main__":
    features = b"".join(from_wheel(pack(samples)) for samples in SOUNDS.values())
    (HERE / "wheel.gz").write_bytes(gzip.compress(features, 9, mtime=0))
