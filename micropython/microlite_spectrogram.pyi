# SPDX-License-Identifier: MIT
"""Features as pictures in a terminal. docs/audio.md shows how.

Rows are bytes or an array of 'b', row after row, as audio_frontend.Frontend(..., dtype="int8") gives them. colours=False
is for terminals without 256 colours; write takes text, sys.stdout.write unless given.
"""

from typing import Any, Callable, Optional

PALETTE: tuple[int, ...]  # from quiet to loud: xterm's colours
MARKS: str  # the same without colours
RESET: str

class Waterfall:
    """Draws rows as they come, the newest at the bottom, low pitches left."""

    def __init__(self, channels: int = 40, colours: bool = True, write: Optional[Callable[[str], Any]] = None) -> None: ...
    def draw(self, rows: Any) -> None: ...

def picture(rows: Any, channels: int = 40, colours: bool = True, write: Optional[Callable[[str], Any]] = None) -> None:
    """Draw all rows at once: time to the right, high pitches on top."""

def watch(
    source: Any, preset: str = "micro_speech", colours: bool = True, write: Optional[Callable[[str], Any]] = None
) -> None:
    """Draw a source of microlite_audio as a waterfall until it ends; raises what its readinto raises."""
