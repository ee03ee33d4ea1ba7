#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the audio front end on emulated cores and count its instructions.

Usage: tests/audio/bare.py [TARGET ...]     for each preset: instructions to open, and for a frame

Needs QEMU and `make build/bare/audio-TARGET.elf build/bare/insncount.so`.
"""

import pathlib
import re
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]
import bare_run

# The fields of mlt_audio_config_t, in order. A bool is followed by 3 bytes.
FIELDS = {"sample_rate": "i", "window_ms": "i", "step_ms": "i", "channels": "i", "lower_hz": "f", "upper_hz": "f",
          "smoothing_bits": "i", "even_smoothing": "f", "odd_smoothing": "f", "min_signal_remaining": "f",
          "pcan": "?3x", "pcan_strength": "f", "pcan_offset": "f", "gain_bits": "i", "log": "?3x", "log_shift": "i"}
LIBRARY = dict(zip(FIELDS, (16000, 25, 10, 32, 125.0, 7500.0, 10, 0.025, 0.06, 0.05, False, 0.95, 80.0, 21, True, 6)))
PRESETS = [LIBRARY, {**LIBRARY, "window_ms": 30, "step_ms": 20, "channels": 40, "pcan": True},
           {**LIBRARY, "window_ms": 30, "channels": 40, "pcan": True}]


def checksum(features):
    """What bare.c prints: FNV-1a."""
    total = 2166136261
    for byte in features:
        total = (total ^ byte) * 16777619 & 0xFFFFFFFF
    return total


def run(target, samples, config):
    """(checksum of the features, instructions of open, list of those of the frames); samples are bytes."""
    command, address = bare_run.MACHINES[target]
    elf = ROOT / ("build/bare/audio-%s.elf" % target)
    command = command.split() + ["-semihosting-config", "enable=on,target=native", "-kernel", str(elf)]
    if bare_run.PLUGIN.exists():
        symbols = subprocess.run(["nm", str(elf)], capture_output=True, text=True, check=True).stdout
        begin, end = (re.search(r"([0-9a-f]+) T count_" + name, symbols)[1] for name in ("begin", "end"))
        command += ["-plugin", "%s,begin=0x%s,end=0x%s" % (bare_run.PLUGIN, begin, end)]
    values = b"".join(struct.pack("<" + code, config[name]) for name, code in FIELDS.items())
    with tempfile.NamedTemporaryFile() as job:
        job.write(struct.pack("<I", len(samples) // 2) + values + samples)
        job.flush()
        command += ["-device", "loader,file=%s,addr=%#x,force-raw=on" % (job.name, address)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    printed = done.stdout + "\n" + done.stderr
    found = re.search(r"sum ([0-9a-f]{8})", printed)
    assert found, printed
    opened, *frames = [int(count) for count in re.findall(r"insns (\d+)", printed)] or [None]
    return int.from_bytes(bytes.fromhex(found[1]), "little"), opened, frames


def main():
    import test_audio

    for target in sys.argv[1:] or bare_run.MACHINES:
        for name, config in zip(("library", "micro_speech", "micro_wake_word"), PRESETS):
            _, opened, frames = run(target, test_audio.pack(test_audio.SOUNDS["bursts"]), config)
            frames = frames[:-1] if len(frames) > 1 else [0]  # the last takes samples only
            print("%s %s: open %s, frame %d, at most %d" % (
                target, name, opened, sum(frames) // len(frames), max(frames)))


if __name__ == "__main__":
    main()
