# SPDX-License-Identifier: MIT
"""Features as pictures in a terminal, also in that of a board (mpremote, any REPL): how sound looks to a model.

    from microlite_audio import open_source
    import microlite_spectrogram
    microlite_spectrogram.watch(open_source("my.wav"))      # a waterfall: time runs down, low pitches left
    microlite_spectrogram.picture(rows)                     # time runs right, high pitches on top

Rows are bytes or an array of int8, as audio_frontend.Frontend(..., dtype="int8") gives them. With colours a line
of text has two lines of the picture; `colours=False` is for terminals that have none.
"""

import sys

from audio_frontend import Frontend

# From quiet to loud, numbers of xterm's 256 colours.
PALETTE = (16, 17, 18, 54, 55, 90, 126, 162, 161, 197, 203, 209, 215, 221, 228, 231)
MARKS = " .,:;-=+xoX#%$&@"
RESET = "\x1b[0m\n"


def _level(value):
    return ((value + 128 & 255) if value < 128 else value - 128) >> 4


# Text for two lines of cells, lists of levels: the upper half of each character is its text's colour.
def _line(upper, lower):
    text, last = "", None
    for pair in zip(upper, lower):
        if pair != last:
            text += "\x1b[38;5;%d;48;5;%dm" % (PALETTE[pair[0]], PALETTE[pair[1]])
            last = pair
        text += "\u2580"
    return text + RESET


def _marks(levels):
    return "".join([MARKS[level] for level in levels]).rstrip() + "\n"


class Waterfall:
    """Draws rows as they come, the newest at the bottom."""

    def __init__(self, channels=40, colours=True, write=None):
        self._channels = channels
        self._colours = colours
        self._write = write or sys.stdout.write
        self._upper = None  # a row that waits for the other half of its line

    def draw(self, rows):
        for i in range(0, len(rows), self._channels):
            levels = [_level(x) for x in rows[i : i + self._channels]]
            if not self._colours:
                self._write(_marks(levels))
            elif self._upper is None:
                self._upper = levels
            else:
                self._write(_line(self._upper, levels))
                self._upper = None


def picture(rows, channels=40, colours=True, write=None):
    """Draw all rows at once; a terminal of 80 columns is as wide as 1.6 s."""
    write = write or sys.stdout.write
    step = 2 if colours else 1
    for channel in range(channels - 1, -1, -step):
        upper = [_level(rows[i]) for i in range(channel, len(rows), channels)]
        if not colours:
            write(_marks(upper))
        elif channel:
            write(_line(upper, [_level(rows[i]) for i in range(channel - 1, len(rows), channels)]))
        else:
            write(_line(upper, [0] * len(upper)))


def watch(source, preset="micro_speech", colours=True, write=None):
    """Draw a source (see microlite_audio) until it ends, or Ctrl-C."""
    frontend = Frontend(preset, dtype="int8")
    waterfall = Waterfall(frontend.channels, colours, write)
    buffer, overruns = memoryview(bytearray(2 * frontend.step)), source.overruns
    while True:
        n = source.readinto(buffer)
        if not n:
            return
        if source.overruns != overruns:
            overruns = source.overruns
            frontend.reset()
        waterfall.draw(frontend.process(buffer[:n]))
