# SPDX-License-Identifier: MIT
"""Spoken commands from a stream of sound. docs/audio.md explains them."""

from typing import Iterator, Optional, Sequence

from audio_frontend import Frontend
from microlite import Model
from microlite_audio import RowListener

Command = tuple[str, float, int]  # label, average score (0 to 1), where in the sound (ms)

class Recognizer:
    """Makes commands of scores. Silence is labels[0]."""

    labels: Sequence[str]
    threshold: float  # an average score above it is a command; 0 to 1
    window_ms: int  # the average is over so long
    suppression_ms: int  # the same label is not told again for so long
    min_count: int  # scores that the window must have

    def __init__(
        self,
        labels: Sequence[str],
        scale: float = 1 / 256,
        zero_point: int = -128,
        *,
        threshold: float = 0.8,
        window_ms: int = 1000,
        suppression_ms: int = 1500,
        min_count: int = 3,
    ) -> None:
        """scale, zero_point: those of the model's output, of which scores are the stored numbers."""

    def reset(self) -> None:
        """Forget all scores and the last command."""

    def update(self, scores: Sequence[int], now_ms: int) -> tuple[str, float, bool]:
        """Take the scores at one time. Returns (label, its average score, whether this is a new command).

        Raises ValueError for a wrong number of scores, and for a time before the last one.
        """

class Listener(RowListener):
    """Front end (preset micro_speech), model and Recognizer in a row. feed and listen give Commands."""

    model: Model
    stride: int  # the model runs for each so many rows of 20 ms
    frontend: Frontend
    recognizer: Recognizer
    label: str  # of the last run
    score: float  # its average score, 0 to 1

    def __init__(self, model: Model, labels: Sequence[str], stride: int = 5, **options) -> None:
        """model: input int8, some rows of 40 features; output int8 or uint8, a score for each label: else ValueError.

        options: the keywords of Recognizer.
        """

    def reset(self, skipped_ms: int = 0) -> None:
        """Start afresh after a gap in the sound of skipped_ms."""
