# SPDX-License-Identifier: MIT
"""A machine.I2S for MicroPython on a PC: plays samples into a driver's buffer at the pace of a clock.

The clock is a simulated one that waits when somebody reads too early, or the real one. What does not fit
into the buffer is lost: the newest samples as in the driver of RP2040, or the oldest as in that of ESP32.
"""

import sys

import microlite_audio

try:
    import time as real_time
except ImportError:
    pass  # not on emulated boards


class Clock:
    """In place of the module time; stands still unless told to go on."""

    def __init__(self):
        self.us = 1000000

    def ticks_us(self):
        return self.us & 0x3FFFFFFF

    def ticks_ms(self):
        return self.us // 1000 & 0x3FFFFFFF

    def ticks_diff(self, a, b):
        return (a - b + 0x20000000 & 0x3FFFFFFF) - 0x20000000

    def go_on(self, us):
        self.us += us


class RealClock:
    def __init__(self):
        self.start = real_time.ticks_us()

    @property
    def us(self):
        return real_time.ticks_diff(real_time.ticks_us(), self.start)

    def go_on(self, us):
        if us > 50:  # not what copying takes, that goes by itself
            real_time.sleep_us(us)


class Pin:
    def __init__(self, id):
        self.id = id


class I2S:
    RX, MONO = 1, 2
    sound = b""  # what is played, bytes
    keeps = "old"  # samples when there is no room, or "new"
    drift = 0  # of the microphone's clock, parts per million
    clock = None
    last = None  # the one that was opened last

    def __init__(self, id, *, sck, ws, sd, mode, bits, format, rate, ibuf):
        assert (mode, bits, format, rate) == (I2S.RX, 16, I2S.MONO, 16000)
        assert all(isinstance(pin, Pin) for pin in (sck, ws, sd))
        self.block = 16 if self.keeps == "old" else 256  # samples that DMA brings at a time
        self.room = ibuf // 8 if self.keeps == "old" else ibuf // 8 - 256
        self.parts = []  # what the buffer has: [first, end) of samples of the sound
        self.seen = 0  # samples that DMA has brought
        self.start = self.clock.us
        self.next = 0  # the next sample that a reader gets
        self.is_open = True
        I2S.last = self

    def bring(self):
        end = (self.clock.us - self.start) * 2 * (1000000 + self.drift) // 125000000 // self.block * self.block
        while self.seen < end:
            stored = sum(b - a for a, b in self.parts)
            if stored + self.block > self.room and self.keeps == "old":
                self.seen = end
                return
            if self.parts and self.parts[-1][1] == self.seen:
                self.parts[-1][1] += self.block
            else:
                self.parts.append([self.seen, self.seen + self.block])
            self.seen += self.block
            if stored + self.block > self.room:
                self.drop(self.block)

    def drop(self, count):
        while count:
            part = self.parts[0]
            n = min(count, part[1] - part[0])
            part[0] += n
            count -= n
            if part[0] == part[1]:
                self.parts.pop(0)

    # The sound comes again and again.
    def samples(self, first, count):
        at, size = 2 * first % len(self.sound), 2 * count
        return self.sound[at : at + size] + self.sound[: max(0, at + size - len(self.sound))]

    def readinto(self, buffer):
        assert self.is_open
        view, done = memoryview(buffer), 0
        while done < len(view):
            self.bring()
            if not self.parts:
                self.clock.go_on(500)
                continue
            first, end = self.parts[0]
            n = min(end - first, (len(view) - done) // 2)
            view[done : done + 2 * n] = self.samples(first, n)
            self.drop(n)
            self.next = first + n
            done += 2 * n
        self.clock.go_on(len(view) // 2)  # copying takes half a microsecond for a byte
        return len(view)

    def deinit(self):
        self.is_open = False


def install(sound, keeps="old", drift=0, real=False):
    """Let `from machine import I2S` find this one. Returns the clock."""
    I2S.sound, I2S.keeps, I2S.drift = sound, keeps, drift
    I2S.clock = RealClock() if real else Clock()
    if not real:
        microlite_audio.time = I2S.clock
    sys.modules["machine"] = sys.modules["fake_i2s"]
    return I2S.clock
