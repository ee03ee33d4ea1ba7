# SPDX-License-Identifier: MIT
"""Where sound comes from: a WAV file, a stream of raw samples, the PC's microphone, an I2S microphone.

All sources give samples of 16 bits, mono, 16 kHz, and look alike:

    readinto(buffer)    fill a bytearray with samples, wait for them; return how many bytes came, 0 at the end
    overruns            how often samples were lost because nobody read in time
    lost                how many samples that were, about
    close()

After an overrun the next samples do not continue the last ones: whoever makes features of them looks
whether `overruns` has changed, and starts afresh. docs/audio.md tells more.
"""

import errno
import os
import struct
import sys
from array import array

try:
    import time
except ImportError:
    time = None  # of some emulated boards; only I2SSource needs it

RATE = 16000


class StreamSource:
    """Raw samples, little endian, from anything with readinto: a pipe, a socket, a file."""

    overruns = 0
    lost = 0

    def __init__(self, stream):
        self._stream = stream

    def readinto(self, buffer):
        view = memoryview(buffer)
        if len(view) & 1:
            view = view[:-1]
        return self._fill(view) & ~1  # half a sample at the end is none

    # A pipe gives what it has: go on until the buffer is full or the stream ends.
    def _fill(self, view):
        done, size = 0, len(view)
        while done < size:
            n = self._stream.readinto(view[done:] if done else view)
            if not n:
                break
            done += n
        if done > size:
            raise TypeError("buffer of wide items, want a bytearray")
        return done

    def close(self):
        self._stream.close()


class WavSource(StreamSource):
    """Samples of a WAV file, given by path or as a stream, read piece by piece.

    `tail_ms` of silence follow them: a word at the end of a clip is heard when time goes on.
    ValueError when the file is not 16 kHz, mono, 16 bits, has no samples, or is shorter than it says.
    """

    def __init__(self, file, tail_ms=0):
        is_path = isinstance(file, str)
        self.name = file if is_path else "WAV"
        super().__init__(self._open(file) if is_path else file)
        self._tail = tail_ms * (RATE // 1000) * 2
        try:
            self._left = self._find_data()  # bytes of samples still to come; None: all that come
            if is_path and self._left is not None:
                self._check_size(os.stat(file)[6])
        except ValueError:
            if is_path:
                self.close()
            raise

    def readinto(self, buffer):
        view = memoryview(buffer)
        size = len(view) & ~1
        n = size if self._left is None else min(size, self._left)
        if n:
            got = self._fill(view[:n])
            if self._left is None:
                got &= ~1
                if got < n:
                    self._left = 0
            elif got < n:
                raise self._error("ends %d bytes before its samples do: truncated" % (self._left - got))
            else:
                self._left -= got
            if got:
                return got
        n = min(size, self._tail)
        self._tail -= n
        view[:n] = bytes(n)
        return n

    @staticmethod
    def _open(path):
        try:
            if os.stat(path)[0] & 0x4000:
                raise OSError(errno.EISDIR)
            return open(path, "rb")
        except OSError as error:
            number = error.args[0]
            text = {errno.ENOENT: "no such file", errno.EISDIR: "a folder, want a WAV file"}.get(number, "cannot be read")
            raise OSError(number, "%s: %s" % (path, text))

    def _error(self, text):
        return ValueError("%s: %s" % (self.name, text))

    def _read(self, size, what):
        data = bytearray(size)
        if self._fill(memoryview(data)) < size:
            raise self._error("ends in " + what + ", want a WAV file")
        return data

    # Read up to the first sample. Returns the bytes of all samples.
    def _find_data(self):
        head = self._read(12, "its header")
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            raise self._error("begins with %r, want a WAV file: RIFF....WAVE" % bytes(head))
        known = False
        while True:
            head = bytearray(8)
            got = self._fill(memoryview(head))
            if got < 8:
                raise self._error("no chunk '%s', want a WAV file" % ("data" if known else "fmt "))
            name, size = head[:4], struct.unpack("<I", head[4:])[0]
            if name == b"data":
                if not known:
                    raise self._error("chunk 'data' before 'fmt ', want 'fmt ' first")
                break
            if name == b"fmt ":
                if size < 16:
                    raise self._error("chunk 'fmt ' of %d bytes, want 16 or more" % size)
                self._check_format(self._read(min(size, 40), "chunk 'fmt '"))
                known = True
                size -= min(size, 40)
            self._skip(size + (struct.unpack("<I", head[4:])[0] & 1))
        if size == 0xFFFFFFFF:
            return None  # a program that wrote to a pipe could not know
        if not size:
            raise self._error("no samples")
        if size & 1:
            raise self._error("%d bytes of samples, want an even number" % size)
        return size

    def _skip(self, size):
        waste = memoryview(bytearray(64))
        while size > 0:
            n = self._fill(waste[: min(size, 64)])
            if not n:
                return  # the next header is missing then, which is said there
            size -= n

    def _check_format(self, data):
        tag, channels, rate, _, block, bits = struct.unpack("<HHIIHH", data[:16])
        if tag == 0xFFFE and len(data) >= 26:
            tag = struct.unpack("<H", data[24:26])[0]
        kind = {1: "PCM", 3: "float", 6: "A-law", 7: "mu-law"}.get(tag, "format %d" % tag)
        if (tag, channels, rate, bits) != (1, 1, RATE, 16):
            raise self._error(
                "%d Hz, %d channel%s, %d bits, %s; want 16000 Hz, 1 channel, 16 bits, PCM"
                % (rate, channels, "" if channels == 1 else "s", bits, kind)
            )
        if block != 2:
            raise self._error("%d bytes for a sample, want 2" % block)

    # What the file system says against what the header says: better now than after a minute of sound.
    def _check_size(self, size):
        missing = self._stream.tell() + self._left - size
        if missing > 0:
            raise self._error("ends %d bytes before its samples do: truncated" % missing)


class MicSource(StreamSource):
    """The microphone of a PC with Linux, by the program arecord of ALSA (package alsa-utils).

    `device` is a name that `arecord -L` lists.
    """

    COMMAND = "LC_ALL=C arecord -t raw -f S16_LE -r 16000 -c 1"

    def __init__(self, device=None):
        if sys.platform != "linux":
            raise OSError("no microphone on %s: want Linux, or I2SSource on a board" % sys.platform)
        if os.system("command -v arecord > /dev/null"):
            raise OSError("no program arecord; on Debian the package alsa-utils has it")
        if device is not None and "'" in device:
            raise ValueError("device %r, want a name that arecord -L lists" % device)
        option = "" if device is None else " -D '%s'" % device
        folder = "/tmp/microlite-%08x" % struct.unpack("<I", os.urandom(4))[0]
        os.mkdir(folder)
        pipe, self._log = folder + "/samples", folder + "/log"
        os.system("mkfifo " + pipe)
        # The shell opens the pipe, so this open() ends even when arecord fails at once.
        os.system("%s%s > %s 2> %s < /dev/null &" % (self.COMMAND, option, pipe, self._log))
        super().__init__(open(pipe, "rb"))
        os.remove(pipe)
        self._folder = folder
        self._said = 0  # bytes of the log that were read

    def readinto(self, buffer):
        n = super().readinto(buffer)
        if not n:
            raise OSError("the microphone gives nothing: " + (self._news() or ["arecord ended"])[-1])
        if os.stat(self._log)[6] != self._said and self._count_overruns():
            self.lost += n // 2
            self._drain()
            return self.readinto(buffer)
        return n

    def close(self):
        super().close()  # arecord ends when it writes next
        os.remove(self._log)
        os.rmdir(self._folder)

    # What arecord has said since the last time.
    def _news(self):
        with open(self._log) as f:
            f.seek(self._said)
            lines = f.read().split("\n")
            self._said = f.tell()
        return [line for line in lines if line]

    # arecord says: overrun!!! (at least 123.456 ms long)
    def _count_overruns(self):
        found = [line for line in self._news() if line.startswith("overrun")]
        for line in found:
            self.overruns += 1
            try:
                self.lost += int(float(line.split("at least ")[1].split(" ")[0]) * RATE / 1000)
            except (IndexError, ValueError):
                pass
        return len(found)

    # The gap is somewhere in what the pipe holds.
    def _drain(self):
        import select

        poll, waste = select.poll(), bytearray(640)
        poll.register(self._stream, select.POLLIN)
        while poll.poll(0):
            n = super().readinto(waste)
            if not n:
                break
            self.lost += n // 2


class I2SSource:
    """A microphone with I2S, as INMP441, at `machine.I2S`. Pins are numbers or names, as Pin takes them.

    The microphone sends 24 bits in 32; the driver keeps the upper 16 of them, in C. While the program is
    busy, it stores `buffer_ms` of sound, which takes 128 bytes for each ms, and 8 KB.
    """

    def __init__(self, sck, ws, sd, id=0, buffer_ms=200):
        from machine import I2S, Pin

        # The driver stores 8 bytes for a sample, on ESP32 in blocks of 256 samples. Four more than can be counted
        # on: one is being filled, one may have been read in part, and _waiting() may be two too low.
        blocks = (buffer_ms * (RATE // 1000) + 255) // 256
        self._i2s = I2S(id, sck=Pin(sck), ws=Pin(ws), sd=Pin(sd), mode=I2S.RX, bits=16,
                        format=I2S.MONO, rate=RATE, ibuf=(blocks + 4) * 2048)
        self._room = blocks * 256  # samples
        self.overruns = self.lost = 0
        self._is_read = False
        self._start_count()

    def readinto(self, buffer):
        size = len(buffer)
        if size < 320:
            raise ValueError("buffer of %d bytes, want 320 (10 ms) or more" % size)
        if self._waiting() > self._room:
            self._catch_up(buffer)
            if not self._is_read:
                self.overruns = self.lost = 0  # nothing was handed out yet that would lack something
        self._is_read = True
        n, _ = self._read(buffer)
        if self._waiting() > self._room:  # something stopped us in there
            self._catch_up(buffer)
            n, _ = self._read(buffer)
        return n

    def close(self):
        self._i2s.deinit()

    # Samples that the driver should have: those that came by the clock less those that were taken. Drivers
    # tell nothing of what they drop, so this is the only way to know.
    def _waiting(self):
        return time.ticks_diff(time.ticks_ms(), self._empty_at) * (RATE // 1000) - self._taken

    # Read; tell also how much of the sound's own time that took, in quarters. From one quarter on it has waited for
    # samples, when there were few. Then the driver has none left, and counting starts anew: no two clocks are the same.
    def _read(self, buffer):
        start = time.ticks_us()
        n = self._i2s.readinto(buffer)
        quarters = time.ticks_diff(time.ticks_us(), start) // (n * 125 // 16 or 1)
        self._taken += n // 2
        waiting = self._waiting()
        if waiting <= 0 or quarters and waiting <= 512:
            self._start_count()
        return n, quarters

    def _start_count(self):
        self._empty_at = time.ticks_ms()  # when the driver had nothing
        self._taken = 0  # samples since then

    # Samples were dropped; some of those before or behind the gap are still there. Throw away all, up to now.
    def _catch_up(self, buffer):
        empty_at, taken = self._empty_at, self._taken
        for _ in range(4 * self._room // len(buffer) + 2):
            if 0 < self._read(buffer)[1] < 16:
                break
        self.lost += time.ticks_diff(time.ticks_ms(), empty_at) * (RATE // 1000) - taken
        self.overruns += 1
        self._start_count()


class RowListener:
    """Feeds sound to a front end and hands on the rows of features: what listens for words builds on it.

    A subclass has _take_row(), which looks at the new row in self._row and returns what it has found, or None.
    """

    def __init__(self, frontend):
        self.frontend = frontend  # audio_frontend.Frontend for int8
        self._row = array("b", bytes(frontend.channels))
        self._rows = 0  # since the start, for the time
        self._skipped_ms = 0

    def reset(self, skipped_ms=0):
        """Start afresh after a gap in the sound. The clock goes on."""
        self.frontend.reset()
        self._skipped_ms += skipped_ms

    @property
    def ms(self):
        """Where in the sound the newest row ends."""
        f = self.frontend
        return ((self._rows - 1) * f.step + f.window) // (RATE // 1000) + self._skipped_ms

    def feed(self, samples):
        """Take any number of samples: bytes, or an array of 'h'.

        Returns what is found in them, most often nothing: a tuple.
        """
        if isinstance(samples, str):
            raise TypeError("samples of type str, want bytes or an array of 'h'")
        samples = memoryview(samples)
        step = self.frontend.step
        if len(samples) and len(bytes(samples[:1])) == 1:
            step *= 2  # bytes
        found = ()
        for start in range(0, len(samples), step):
            # One step completes one row at most.
            if self.frontend.process_into(samples[start : start + step], self._row):
                self._rows += 1
                item = self._take_row()
                if item is not None:
                    found += (item,)
        return found

    def listen(self, source, overrun=None):
        """All that is found in a source, until it ends.

        After an overrun it calls `overrun` with the ms that were lost.
        """
        buffer = memoryview(bytearray(2 * self.frontend.step))
        overruns, lost = source.overruns, source.lost
        while True:
            n = source.readinto(buffer)
            if source.overruns != overruns:
                gap = (source.lost - lost) // 16
                overruns, lost = source.overruns, source.lost
                self.reset(gap)
                if overrun:
                    overrun(gap)
            if not n:
                return
            for item in self.feed(buffer if n == len(buffer) else buffer[:n]):
                yield item


def open_source(name=None, pins=None, tail_ms=0):
    """The source that a word names: a path of a WAV file, "-" for raw samples on standard input, or the microphone.

    Which microphone: on boards an INMP441 at `pins`, a dict for I2SSource; on Linux that of arecord.
    """
    if name == "-":
        return StreamSource(sys.stdin.buffer)
    if name is not None and name != "mic":
        return WavSource(name, tail_ms)
    if sys.platform == "linux":
        return MicSource()
    if pins is None:
        raise ValueError("no pins for the microphone on %s" % sys.platform)
    return I2SSource(**pins)
