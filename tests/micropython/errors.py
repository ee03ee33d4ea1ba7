# SPDX-License-Identifier: MIT
# Files that are no models, models that cannot run, packs that are none.

import struct

import microlite
from support import content, error, kind, path

data = content("hello_world_int8")

# Not models.
kind(microlite.Model, b"")
kind(microlite.Model, b"TFL3")
kind(microlite.Model, b"This is a text file, not a model." * 100)
kind(microlite.Model, bytes(1000))
kind(microlite.Model, b"\xff" * 1000)
kind(microlite.Model, "support.py")
for n in range(0, len(data), 101):
    try:
        microlite.Model(data[:n])
        print(n, "no error")
    except ValueError:
        pass

# An operator that is not there.
error(microlite.Model, path("missing_operator"))

# Packs of operators.
kind(microlite.Model, data, ops=5)
error(microlite.Model, data, ops=(5,))
error(microlite.Model, data, ops=b"abc")
error(microlite.Model, data, ops=(b"abc",))
error(microlite.Model, data, ops=bytearray(struct.calcsize("IIP")))
print(len(microlite.Model(data, ops=()).inputs), len(microlite.Model(data, ops=None).inputs))

# The older interface.
for args in ((), (data,), (data, 2048, None), (data, 2048, None, None, None)):
    kind(microlite.interpreter, *args)
error(microlite.interpreter, data, 2048, 5, None)
error(microlite.interpreter, data, 2048, None, "x")
error(microlite.interpreter, data, None, None, None)
error(microlite.interpreter, data, "2048", None, None)
error(microlite.interpreter, None, 2048, None, None)
kind(microlite.interpreter, b"nonsense", 2048, None, None)
try:
    microlite.interpreter(data, 100, None, None)
except MemoryError as e:
    print(str(e)[:23])
