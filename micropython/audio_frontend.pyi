# SPDX-License-Identifier: MIT
"""Features for speech models from a stream of samples. docs/audio.md explains them."""

from array import array
from typing import Literal

class Frontend:
    channels: int  # features in a row
    window: int  # samples that a row is made of
    step: int  # samples from one row to the next
    nbytes: int  # memory that it holds

    def __init__(
        self,
        preset: Literal["library", "micro_speech", "micro_wake_word"],
        /,
        *,
        dtype: Literal["uint16", "int8"] = "uint16",
        sample_rate: int = ...,
        window_ms: int = ...,
        step_ms: int = ...,
        channels: int = ...,
        lower_hz: float = ...,
        upper_hz: float = ...,
        smoothing_bits: int = ...,
        even_smoothing: float = ...,
        odd_smoothing: float = ...,
        min_signal_remaining: float = ...,
        pcan: bool = ...,
        pcan_strength: float = ...,
        pcan_offset: float = ...,
        gain_bits: int = ...,
        log: bool = ...,
        log_shift: int = ...,
    ) -> None:
        """Parameters that are left out are the preset's. ValueError when one is out of range."""

    def process(self, samples) -> array:
        """Take int16 samples (a buffer of 'h', or bytes); return the rows that they complete.

        An array of 'H', or of 'b' for int8, row after row.
        """

    def process_into(self, samples, out) -> int:
        """The same without allocation: write the rows to `out`, return how many.

        ValueError when `out` is too small; no samples are taken then.
        """

    def reset(self) -> None:
        """Forget waiting samples and the noise."""
