# SPDX-License-Identifier: MIT
# From a spoken word to what a microphone may hear: other speakers' size, room, distance, level, noise, time.

import numpy as np

RATE = 16000
CLIP = 16000  # samples that the model sees
LEAD = 8000  # samples before, in half of the clips: a front end that runs has got used to the noise


def noise(rng, count):
    """Noise of some colour, perhaps with hum or clicks, mean square 1."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    f = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 20)
    x = np.fft.irfft(spectrum * f ** -rng.uniform(0, 1), count)
    x /= x.std()
    t = np.arange(count) / RATE
    if rng.random() < 0.2:
        for k in range(1, 6):
            x += rng.uniform(0, 2) / k * np.sin(2 * np.pi * (50 * k * t + rng.random()))
    if rng.random() < 0.1:
        x[rng.integers(0, count, 5)] += rng.normal(0, 20, 5)
    if rng.random() < 0.3:  # it swells
        x *= 1 + 0.8 * np.sin(2 * np.pi * (rng.uniform(0.3, 3) * t + rng.random()))
    return x / x.std()


def equalise(rng, x):
    """Up to 6 dB more or less in each of some bands: microphones differ."""
    spectrum = np.fft.rfft(x)
    points = np.linspace(0, len(spectrum) - 1, 6)
    gains = np.interp(np.arange(len(spectrum)), points, rng.uniform(-6, 6, 6))
    return np.fft.irfft(spectrum * 10 ** (gains / 20), len(x))


def reverberate(rng, x):
    length = int(RATE * rng.uniform(0.05, 0.3))
    room = rng.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length) * rng.uniform(0.02, 0.15)
    room[0] = 1
    size = 1 << (len(x) + length).bit_length()
    return np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(room, size), size)[:len(x) + length]


def resize(rng, x):
    """A smaller or larger speaker: higher and faster, or lower and slower."""
    count = int(len(x) * rng.uniform(0.84, 1.19))
    return np.interp(np.arange(count) * (len(x) - 1) / (count - 1), np.arange(len(x)), x)


def place(rng, x, count, cut):
    """x somewhere in the last second of count samples, up to the share cut of it outside; of what is longer than that, a
    part that fills all."""
    out = np.zeros(count)
    if len(x) > CLIP:
        x = np.tile(x, 1 + count // len(x))
        start = rng.integers(0, len(x) - count + 1)
        return x[start:start + count].copy()
    outside = int(cut * len(x))
    start = rng.integers(-outside, CLIP - len(x) + outside + 1)
    if start < 0:
        x, start = x[-start:], 0
    x = x[:CLIP - start]
    out[count - CLIP + start:][:len(x)] = x
    return out


def to_int16(x):
    return np.clip(np.round(x * 32768), -32767, 32767).astype("<i2")


def hear(rng, x, hard):
    """int16 samples, CLIP or LEAD + CLIP of them. hard: as for training; otherwise only shift, level and a little noise."""
    count = CLIP + (LEAD if rng.random() < 0.5 else 0)
    if hard:
        x = resize(rng, x)
        x = equalise(rng, x) if rng.random() < 0.7 else x
        x = reverberate(rng, x) if rng.random() < 0.25 else x
    if len(x) > CLIP and len(x) < CLIP + 3000:  # a long word, or its echo: cut off
        x = x[:CLIP]
    x = place(rng, x / np.abs(x).max(), count, 0.2 if hard else 0)
    level = 10 ** rng.uniform(-1.5, -0.1)
    loudness = np.sqrt(np.mean(x ** 2) * 3)  # roughly that of the word without the pauses
    snr = rng.uniform(8, 40) if hard else rng.uniform(20, 40)
    return to_int16(level * (x + loudness * 10 ** (-snr / 20) * noise(rng, count)))


def silence(rng):
    """Noise alone, or nothing at all."""
    count = CLIP + (LEAD if rng.random() < 0.5 else 0)
    kind = rng.random()
    if kind < 0.05:
        return np.zeros(count, "<i2")
    if kind < 0.15:  # the lowest bit of a quiet converter
        return rng.integers(-2, 3, count).astype("<i2")
    return to_int16(10 ** rng.uniform(-3.5, -0.7) * noise(rng, count))
