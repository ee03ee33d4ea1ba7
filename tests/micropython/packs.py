# SPDX-License-Identifier: MIT
# A model whose operators are in four packs. On firmware that has them all, there is nothing to import.

import gc

import microlite
from support import path

m = microlite.Model(path("four_packs"))
for x in (range(-60, 100, 20), [100, -100] * 4, [-128, 127, 0, 1, 50, 51, 52, 127]):
    for i, stored in enumerate(x):
        m.inputs[0][i] = stored
    m.invoke()
    print(list(m.outputs[0]))

# Packs stay as long as a model needs them, and can be opened again.
models = [microlite.Model(path("four_packs")) for _ in range(5)]
del m
gc.collect()
for m in models:
    m.predict([0] * 8)
    print(list(m.outputs[0]))
