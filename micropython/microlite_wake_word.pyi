# SPDX-License-Identifier: MIT
"""Wake words: models of microWakeWord, versions 1 and 2. In programs its name is microlite.wake_word.

docs/audio.md explains it. Features come from audio_frontend.Frontend("micro_wake_word", dtype="int8").
"""

from typing import Any, Iterator, Optional, Sequence, Union

from audio_frontend import Frontend
from microlite import Model
from microlite_audio import RowListener

FEATURES: int  # 40, in a row

class WakeWord:
    """One model with its manifest. It takes rows of features and tells how probable its word is."""

    word: str  # the manifest's wake_word
    model: Model  # input int8 (1, stride, 40), output uint8 (1, 1): 255 is sure
    stride: int  # the model runs for each so many rows
    step_ms: int  # from one row of features to the next
    window: int  # runs that the mean probability is of
    cutoff: float  # detected when the mean is above it, 0 to below 1
    settle: int  # nothing is detected in so many rows after a start or a detection

    def __init__(
        self,
        manifest: Union[str, dict],
        model: Union[None, str, Any, Model] = None,
        cutoff: Optional[float] = None,
        window: Optional[int] = None,
    ) -> None:
        """manifest: its path (the model lies beside it, where it says), or its content.

        model: another one, as microlite.Model takes it, or a Model. cutoff, window: in place of the manifest's.

        Raises OSError when a file is missing, naming it; ValueError for no JSON, a key that is missing or of another type, a
        value out of range, and for a model that is broken or of another shape, with the manifest's name; what
        microlite.Model raises (MemoryError).
        """

    @property
    def probability(self) -> float:
        """The mean over the window, 0 to 1."""

    def push(self, row: Any) -> bool:
        """Take a row: 40 features, array("b") or a memoryview of one. True: that made the model run."""

    def is_above(self) -> bool:
        """Whether the mean is above the cutoff."""

    def is_detected(self) -> bool:
        """The same, once `settle` rows have passed. True starts these anew."""

    def reset(self) -> None:
        """Forget all that was heard, also what the model remembers."""

class Detector(RowListener):
    """Listens for one or more wake words on one front end.

    feed(samples) and listen(source) give what is detected: (word, mean probability from 0 to 1, where in the sound in ms).
    """

    words: tuple[WakeWord, ...]
    vad: Optional[WakeWord]

    def __init__(
        self,
        words: Union[str, dict, WakeWord, Sequence[Union[str, dict, WakeWord]]],
        vad: Union[None, str, dict, WakeWord] = None,
    ) -> None:
        """words: WakeWords, or what WakeWord takes as manifest. vad: a model that knows speech from noise.

        Raises as WakeWord; ValueError for no word, for words that want rows at different steps, and for one model
        given twice.
        """

    def reset(self, skipped_ms: int = 0) -> None:
        """Start afresh, as after a gap in the sound of skipped_ms."""
