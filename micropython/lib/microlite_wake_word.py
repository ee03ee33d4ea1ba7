# SPDX-License-Identifier: MIT
"""Wake words: microWakeWord models, versions 1 and 2, with their manifests (JSON files).

    from microlite import wake_word
    detector = wake_word.Detector("okay_nabu.json")
    for word, probability, ms in detector.listen(source):
        print(word)

A source is one of microlite_audio's. Native modules: the models' operators are in microlite_ops_control. docs/audio.md
tells more.
"""

import errno
import json

import microlite
from audio_frontend import Frontend
from microlite_audio import RowListener

FEATURES = 40  # in a row
_KINDS = {str: "string", int: "whole number", (int, float): "number"}


class WakeWord:
    """One model: takes rows of features, tells how probable its word is.

    `manifest` is the path of a manifest; the model lies beside it, where the manifest says. Or it is the
    manifest's content, a dict, and `model` a microlite.Model or what microlite.Model takes. `cutoff` and
    `window` stand in for what the manifest has.

    The model runs for each `stride` rows, and its probability is averaged over the last `window` runs.
    """

    def __init__(self, manifest, model=None, cutoff=None, window=None):
        self._name = "manifest"
        folder = ""
        if isinstance(manifest, str):
            self._name = manifest
            folder = manifest[: manifest.rfind("/") + 1]
            manifest = self._read_manifest(manifest)
        self._take_manifest(manifest, cutoff, window)
        if model is None:
            model = self._value(manifest, "model", str)
            model = model if model.startswith("/") else folder + model
        self._open(model)
        # The mean of window probabilities is above the cutoff when their sum is above this.
        self._limit = int(self.cutoff * 255 * self.window)
        self._probabilities = bytearray(self.window)  # the last ones, 255: sure
        self.reset()

    def reset(self):
        """Forget all that was heard. Nothing is detected in the first `settle` rows after that."""
        self.model.reset()
        self._slot = 0  # of the model's input, for the next row
        self._start()

    @property
    def probability(self):
        """The mean over the window, 0 to 1."""
        return self._sum / (255 * self.window)

    def push(self, row):
        """Take a row: array("b") or memoryview of 40 features. Returns True when that made the model run."""
        self._slots[self._slot][:] = row
        self._wait -= self._wait > 0
        self._slot += 1
        if self._slot < self.stride:
            return False
        self._slot = 0
        self.model.invoke()
        i, new = self._next, self._output[0]
        self._sum += new - self._probabilities[i]
        self._probabilities[i] = new
        self._next = i + 1 if i + 1 < self.window else 0
        return True

    def is_above(self):
        """Whether the mean is above the cutoff."""
        return self._sum > self._limit

    def is_detected(self):
        """The same, once the settle time after reset() or the last detection is over. True starts that anew."""
        if self._wait or not self.is_above():
            return False
        self._start()
        return True

    # No probabilities so far, and some rows to wait.
    def _start(self):
        self._probabilities[:] = bytes(self.window)
        self._sum = self._next = 0
        self._wait = self.settle

    def _error(self, text):
        return ValueError("%s: %s" % (self._name, text))

    def _no_file(self, error, name):
        text = "no such file" if error.args[0] == errno.ENOENT else "cannot be read"
        return OSError(error.args[0], "%s: %s" % (name, text))

    def _read_manifest(self, path):
        try:
            with open(path) as f:
                return json.load(f)
        except OSError as error:
            raise self._no_file(error, path)
        except ValueError:
            raise self._error("no JSON, want a microWakeWord manifest")

    # What a manifest has under a key, which may be "outer.inner".
    def _value(self, manifest, key, kinds):
        value = manifest
        for part in key.split("."):
            if not isinstance(value, dict) or part not in value:
                raise self._error("no key '%s', want a microWakeWord manifest" % key)
            value = value[part]
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise self._error("'%s' is %r, want a %s" % (key, value, _KINDS[kinds]))
        return value

    def _take_manifest(self, manifest, cutoff, window):
        kind = self._value(manifest, "type", str)
        version = self._value(manifest, "version", int)
        if kind != "micro" or version not in (1, 2):
            raise self._error("type '%s', version %d; want 'micro', 1 or 2" % (kind, version))
        self.word = self._value(manifest, "wake_word", str)
        if cutoff is None:
            cutoff = self._value(manifest, "micro.probability_cutoff", (int, float))
        if not 0 <= cutoff < 1:
            raise self._error("cutoff %r, want 0 to below 1" % cutoff)
        if window is None:
            key = "micro.sliding_window_average_size" if version == 1 else "micro.sliding_window_size"
            window = self._value(manifest, key, int)
        if not 1 <= window <= 1000:
            raise self._error("window of %r probabilities, want 1 to 1000" % window)
        # Models of version 1 were all made for 20 ms, and firmware waits for so many rows there.
        self.step_ms, self.settle = 20, 74
        if version == 2:
            self.step_ms, self.settle = self._value(manifest, "micro.feature_step_size", int), 100
        if not 1 <= self.step_ms <= 30:
            raise self._error("'micro.feature_step_size' is %d, want 1 to 30" % self.step_ms)
        self.cutoff, self.window = cutoff, window

    def _open(self, model):
        if not isinstance(model, microlite.Model):
            try:
                model = microlite.Model(model)
            except OSError as error:
                raise self._no_file(error, "%s: model %s" % (self._name, model))
            except ValueError as error:
                raise self._error("model %s: %s" % (model, error) if isinstance(model, str) else error)
        x, y = model.inputs, model.outputs
        if len(x) != 1 or x[0].dtype != "b" or len(x[0].shape) != 3 or (x[0].shape[0], x[0].shape[2]) != (1, FEATURES):
            raise self._error("model takes %s, want one int8 (1, rows, %d)" % (self._show(x), FEATURES))
        if len(y) != 1 or y[0].dtype != "B" or y[0].nbytes != 1:
            raise self._error("model gives %s, want one uint8 (1, 1)" % self._show(y))
        self.model = model
        self.stride = x[0].shape[1]
        memory = memoryview(x[0])
        self._slots = [memory[i : i + FEATURES] for i in range(0, len(memory), FEATURES)]
        self._output = memoryview(y[0])

    def _show(self, tensors):
        return ", ".join("'%s' %s" % (t.dtype, t.shape) for t in tensors)


class Detector(RowListener):
    """Listens for one or more wake words on one front end.

    `words` and `vad` are WakeWords, or manifests of such. `vad` is a model of the same kind that knows speech
    from noise: words count only while it hears speech.

    feed(samples) and listen(source) give what is detected: (word, probability, ms), the mean probability and
    where in the sound that was.
    """

    def __init__(self, words, vad=None):
        if not isinstance(words, (list, tuple)):
            words = (words,)
        self.words = tuple(self._open(word) for word in words)
        self.vad = None if vad is None else self._open(vad)
        if not self.words:
            raise ValueError("no wake word, want one or more")
        self._all = self.words + ((self.vad,) if self.vad else ())
        step_ms = self._all[0].step_ms
        for other in self._all:
            if other.step_ms != step_ms:
                raise ValueError(
                    "'%s' wants a row of features every %d ms, '%s' every %d ms: want a Detector for each"
                    % (self._all[0].word, step_ms, other.word, other.step_ms)
                )
            if sum(other.model is each.model for each in self._all) > 1:
                raise ValueError("'%s' is there twice" % other.word)
        super().__init__(Frontend("micro_wake_word", dtype="int8", step_ms=step_ms))

    @staticmethod
    def _open(word):
        return word if isinstance(word, WakeWord) else WakeWord(word)

    def reset(self, skipped_ms=0):
        """Start afresh, as after a gap in the sound. The clock goes on."""
        super().reset(skipped_ms)
        for word in self._all:
            word.reset()

    def _take_row(self):
        for each in self._all:
            each.push(self._row)
        if self.vad and not self.vad.is_above():
            return None
        for word in self.words:
            probability = word.probability
            if word.is_detected():
                return word.word, probability, self.ms
        return None
