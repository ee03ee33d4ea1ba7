# SPDX-License-Identifier: MIT
"""The networks of the corpus: what a person might hand to the converter. layers.py and functions.py
fill NETWORKS; make.py converts them and asks the references."""

import zlib

import numpy as np

NETWORKS = {}  # name: Network


class Input:
    """What goes into a network: a shape without the batch, and what the numbers look like."""

    def __init__(self, *shape, low=-1.0, high=1.0, dtype="float32", batch=True):
        self.shape, self.low, self.high, self.dtype, self.batch = shape, low, high, dtype, batch

    def sample(self, rng):
        shape = (1, *self.shape) if self.batch else self.shape
        if self.dtype == "bool":
            return rng.integers(0, 2, shape).astype(bool)
        if self.dtype.startswith("int"):
            return np.asarray(rng.integers(self.low, self.high, shape, endpoint=True), self.dtype)
        return np.asarray(rng.uniform(self.low, self.high, shape), self.dtype)


class Network:
    """kind is "keras" (build takes symbolic tensors, gives outputs) or "function" (build gives a
    function of tensors, or a module and its function). batch is None for one of any size.
    resources: it keeps state in variables."""

    def __init__(self, name, kind, build, inputs, batch=None, resources=False, invokes=2):
        self.name, self.kind, self.build, self.inputs = name, kind, build, inputs
        self.batch, self.resources, self.invokes = batch, resources, invokes
        self.seed = zlib.crc32(name.encode())

    def samples(self, count, seed=0):
        """Lists of arrays, one for each input."""
        rng = np.random.default_rng([self.seed, seed])
        return [[i.sample(rng) for i in self.inputs] for _ in range(count)]


def add(kind, inputs, **options):
    def note(build):
        assert build.__name__ not in NETWORKS, build.__name__
        NETWORKS[build.__name__] = Network(build.__name__, kind, build, inputs, **options)
        return build
    return note


def keras_network(*inputs, **options):
    """A decorator: the function takes Keras tensors and gives one or more of them."""
    return add("keras", inputs, **options)


def function(*inputs, **options):
    """A decorator: the function takes tensors with a batch of unknown size and gives some."""
    return add("function", inputs, **options)
