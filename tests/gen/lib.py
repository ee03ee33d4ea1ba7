# SPDX-License-Identifier: MIT
"""What a family file (tests/gen/<family>.py) needs: models, random tensors, cases. See README.md."""

import numpy as np

import vec
from graph import DTYPES, Graph, Model, Tensor, pack_int4  # noqa: F401  (for family files)


class Case:
    """A model, what goes in, and who says what must come out.

    name     a sentence that tells this case from its neighbours
    model    what Graph.build() gave, or bytes
    invokes  a list of invokes, each a list with one array for each input
    variant  the row of this operator in variants.py that the case counts for
    op       the operator that the case counts for; default: the first of the model
    oracle   "tflm", "litert" (reference kernels), "litert-opt" (optimised, without delegates),
             or "given": outputs[invoke][i] are in `outputs`
    atol, rtol  floats may differ by the larger of atol and rtol * |wanted|
    quanta   integers may differ by this
    error    (status, message): the model must be refused so; no oracle is asked
    inner    tensors of the main subgraph to compare after the last invoke; default: all
    note     for the reader of the family file
    """

    def __init__(self, name, model, invokes=(), *, variant, op=None, oracle="tflm", outputs=None,
                 atol=2e-6, rtol=2e-5, quanta=0, error=None, inner=None, note=""):
        self.name, self.model, self.variant, self.oracle, self.note = name, model, variant, oracle, note
        self.invokes = [[np.ascontiguousarray(a).reshape(np.shape(a)) for a in arrays] for arrays in invokes]
        self.op = op or model.op
        self.atol, self.rtol, self.quanta, self.error = atol, rtol, quanta, error
        self.inner = getattr(model, "inner", ()) if inner is None else inner
        self.outputs, self.kept, self.refused, self.aborts = outputs, {}, None, ()

    def ask(self, oracle):
        """Fill in what must come out; self.refused says why where the oracle does not."""
        if self.error or self.oracle == "given":
            return
        answer = oracle.ask(self.oracle, self.model, self.invokes, self.inner)
        self.outputs, self.kept, self.refused = answer.outputs, answer.inner, answer.error
        self.aborts = answer.aborts

    def record(self):
        inner = [inner_blob(t, a) for t, a in self.kept.items()]
        return vec.record(self.name, self.op, self.variant, self.model, self.invokes,
                          None if self.error else self.outputs, inner, self.atol, self.rtol,
                          self.quanta, self.error, self.aborts)


def inner_blob(tensor, array):
    """Inner integers are compared by checksum, to keep files small; floats need their data."""
    if array.dtype.kind in "fc" or array.nbytes <= 16:
        return vec.blob(array, tensor)
    return vec.crc_blob(array.nbytes, array.dtype.name, tensor, vec.zlib.crc32(array.tobytes()))


# ----------------------------------------------------------------------------------------------
# Random data. Everything comes from the generator that cases() is given, so that a seed gives the
# same files everywhere: use its integers and random, no transcendental functions.

def data(rng, shape, dtype, low=None, high=None):
    """Random elements; integers over the whole type (or low..high inclusive) with its extremes
    sprinkled in, floats in -1..1 (or low..high), bools."""
    dtype = np.dtype(DTYPES.get(dtype, dtype) if isinstance(dtype, str) else dtype)
    shape = tuple(shape)
    if dtype.kind == "b":
        return np.asarray(rng.integers(0, 2, shape), np.bool_).reshape(shape)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        low, high = info.min if low is None else low, info.max if high is None else high
        values = np.asarray(rng.integers(low, high, shape, dtype=dtype, endpoint=True))
        extreme = np.asarray(rng.integers(0, 32, shape))
        values = np.where(extreme == 0, dtype.type(low), np.where(extreme == 1, dtype.type(high), values))
        return np.asarray(values, dtype).reshape(shape)
    low, high = -1.0 if low is None else low, 1.0 if high is None else high
    if dtype.kind == "c":
        return (rng.uniform(low, high, shape) + 1j * rng.uniform(low, high, shape)).astype(dtype)
    return np.asarray(rng.uniform(low, high, shape)).astype(dtype).reshape(shape)


def int4(rng, shape, low=-7):
    """Values for data= of an int4 tensor."""
    return rng.integers(low, 7, shape, dtype=np.int8, endpoint=True)


def scale(rng, low=0.001, high=0.1, count=None):
    """A scale (or a list of `count`) between low and high, as float32 holds it."""
    values = np.float32(low + (high - low) * rng.random(count) ** 2)
    return float(values) if count is None else [float(v) for v in values]


def zero_point(rng, dtype="int8"):
    """Any zero point of int8 or uint8, with the extremes frequent; 0 for int16."""
    if dtype == "int16":
        return 0
    info = np.iinfo(dtype)
    return int(rng.choice([info.min, info.max, 0, rng.integers(info.min, info.max, endpoint=True)]))


def choice(rng, *values):
    """One of the values, as it is."""
    return values[int(rng.integers(len(values)))]


def dims(rng, rank, low=1, high=6):
    return [int(d) for d in rng.integers(low, high, rank, endpoint=True)]


ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")
