# SPDX-License-Identifier: MIT
"""Where sound comes from: a WAV file, a stream of raw samples, microphones. docs/audio.md explains them.

Samples are 16 bits, little endian, mono, 16000 in a second.
"""

from typing import Any, Callable, Iterator, Optional
from array import array

from audio_frontend import Frontend

RATE: int  # 16000, samples in a second

class StreamSource:
    """Raw samples from anything that has readinto: a pipe, a socket, a file."""

    overruns: int  # how often samples were lost because nobody read in time
    lost: int  # how many samples that were, about

    def __init__(self, stream: Any) -> None: ...
    def readinto(self, buffer: Any) -> int:
        """Wait for samples and fill a buffer of bytes with them.

        Returns how many bytes came, an even number, less than there is room for only at the end; 0: the end. TypeError for
        a buffer whose items are wider than a byte.
        """

    def close(self) -> None: ...

class WavSource(StreamSource):
    """A WAV file, read piece by piece: 16000 Hz, 1 channel, 16 bits, PCM."""

    name: str  # the path, or "WAV"

    def __init__(self, file: Any, tail_ms: int = 0) -> None:
        """file: a path, or a stream with readinto. tail_ms of silence follow its samples.

        Raises OSError when it cannot be opened; ValueError for other formats, for what is no WAV file, without samples, and
        when it is shorter than it says; both with its name (of a stream, readinto raises that).
        """

    def readinto(self, buffer: Any) -> int: ...

class MicSource(StreamSource):
    """The microphone of a PC with Linux, by the program arecord of ALSA."""

    COMMAND: str

    def __init__(self, device: Optional[str] = None) -> None:
        """device: a name that `arecord -L` lists. OSError when there is no arecord."""

    def readinto(self, buffer: Any) -> int:
        """OSError with what arecord says when no samples come."""

    def close(self) -> None: ...

class I2SSource:
    """A microphone such as the INMP441 at machine.I2S, on ESP32, RP2 and other boards."""

    overruns: int
    lost: int

    def __init__(self, sck: Any, ws: Any, sd: Any, id: int = 0, buffer_ms: int = 200) -> None:
        """sck, ws, sd: pins, as machine.Pin takes them. The driver stores buffer_ms of sound while nobody reads."""

    def readinto(self, buffer: Any) -> int:
        """As StreamSource's; a buffer of 320 bytes (10 ms) or more, else ValueError."""

    def close(self) -> None: ...

class RowListener:
    """Hands rows of features to a method of a subclass, _take_row(), and returns what that finds."""

    frontend: Frontend

    def __init__(self, frontend: Frontend) -> None: ...
    def reset(self, skipped_ms: int = 0) -> None:
        """Start afresh after a gap in the sound of skipped_ms."""

    @property
    def ms(self) -> int:
        """Where in the sound the newest row ends, in ms."""

    def feed(self, samples: Any) -> tuple:
        """Take samples, any number: bytes, or an array of 'h'. Returns what is found in them; TypeError for others."""

    def listen(self, source: Any, overrun: Optional[Callable[[int], Any]] = None) -> Iterator:
        """All that is found in a source until it ends. overrun(ms) is called when so much sound was lost."""

def open_source(name: Optional[str] = None, pins: Optional[dict] = None, tail_ms: int = 0) -> Any:
    """The source that a word names: a WAV file's path, "-" for standard input, None or "mic" for the microphone.

    pins: arguments of I2SSource, for boards. tail_ms: see WavSource. Raises as the sources do; ValueError on a board without
    pins.
    """
