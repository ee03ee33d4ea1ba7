# SPDX-License-Identifier: MIT
"""Spoken commands from a stream of sound: features, a model as micro_speech's, and smoothing over time.

Listener does it all. Recognizer is the smoothing alone, for scores of any model that labels the last second.
docs/audio.md tells more.
"""

from audio_frontend import Frontend
from microlite_audio import RowListener


class Recognizer:
    """Turns scores, some for each second, into commands: one for a word, not one for each time it is seen.

    A label counts when its score, averaged over the last `window_ms`, is above `threshold`; and when it is
    another one than last time, or more than `suppression_ms` have passed, or the last one was `labels[0]`,
    silence. There must be `min_count` scores in the window, and a quarter of it between first and last.
    """

    def __init__(self, labels, scale=1 / 256, zero_point=-128, *, threshold=0.8, window_ms=1000,
                 suppression_ms=1500, min_count=3):
        self.labels = labels
        self.threshold = threshold
        self.window_ms = window_ms
        self.suppression_ms = suppression_ms
        self.min_count = min_count
        self._scale = scale
        self._zero_point = zero_point
        self.reset()

    def reset(self):
        """Forget all scores and the last command."""
        self._results = []  # (time, scores), oldest first
        self._sums = [0] * len(self.labels)  # of the scores in there
        self._last, self._last_ms = self.labels[0], None

    def update(self, scores, now_ms):
        """Take the scores at one time: whole numbers as the model's output has them.

        Returns (label, its average score, whether this is a new command). The score is 0 when there are too
        few scores to tell.
        """
        scores, results, sums = tuple(scores), self._results, self._sums
        if len(scores) != len(sums):
            raise ValueError("%d scores, want %d" % (len(scores), len(sums)))
        if results and now_ms < results[-1][0]:
            raise ValueError("time %d ms, want %d or later" % (now_ms, results[-1][0]))
        results.append((now_ms, scores))
        for i, score in enumerate(scores):
            sums[i] += score
        while results[0][0] < now_ms - self.window_ms:
            for i, score in enumerate(results.pop(0)[1]):
                sums[i] -= score

        count = len(results)
        if count < self.min_count or now_ms - results[0][0] < self.window_ms // 4:
            return self._last, 0.0, False
        top = sums.index(max(sums))
        label, score = self.labels[top], (sums[top] / count - self._zero_point) * self._scale
        is_new = score > self.threshold and (
            label != self._last
            or label == self.labels[0]
            or self._last_ms is None
            or now_ms - self._last_ms > self.suppression_ms
        )
        if is_new:
            self._last, self._last_ms = label, now_ms
        return label, score, is_new


class Listener(RowListener):
    """Front end, model and Recognizer in a row.

    `model` is a microlite.Model that takes rows of 40 features as the front end's preset micro_speech makes
    them, int8, oldest first, and gives a score for each of `labels`. It runs every `stride` rows of 20 ms.
    More keywords go to Recognizer.
    """

    def __init__(self, model, labels, stride=5, **options):
        x, y = model.inputs[0], model.outputs[0]
        super().__init__(Frontend("micro_speech", dtype="int8"))
        row = self.frontend.channels
        if x.dtype != "b" or x.nbytes % row:
            raise ValueError("model takes %d values '%s', want rows of %d, 'b'" % (x.nbytes, x.dtype, row))
        if y.dtype not in "bB" or y.nbytes != len(labels):
            raise ValueError("model gives %d scores '%s', want %d, 'b' or 'B'" % (y.nbytes, y.dtype, len(labels)))
        self.model, self.stride = model, stride
        self.recognizer = Recognizer(labels, y.scale, y.zero_point, **options)
        self.label, self.score = labels[0], 0.0  # of the last run, averaged
        self._window = memoryview(x)  # rows, oldest first; a new one moves all up
        self._upper, self._lower = self._window[:-row], self._window[row:]
        self._newest = self._window[-row:]
        self._scores = memoryview(y)
        self._rows_in_window = x.nbytes // row
        self.reset()

    def reset(self, skipped_ms=0):
        """Start afresh after a gap in the sound. The clock and the memory of what was heard go on."""
        super().reset(skipped_ms)
        self._wait = self._rows_in_window  # rows until the model runs next

    # A command (label, score, ms), or None.
    def _take_row(self):
        self._upper[:] = self._lower
        self._newest[:] = self._row
        self._wait -= 1
        if self._wait > 0:
            return None
        self._wait = self.stride
        self.model.invoke()
        self.label, self.score, is_new = self.recognizer.update(self._scores, self.ms)
        if is_new and self.label != self.recognizer.labels[0]:
            return self.label, self.score, self.ms
        return None
