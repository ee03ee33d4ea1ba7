# SPDX-License-Identifier: MIT
# Objects of the module live longer than the module itself: it is dropped, collected, and imported again. A native module's
# code stays in memory until a soft reset, so a board needs room for it three times.

import gc
import sys

import microlite
from support import content, error, kind, path


def drop():
    """What `import` has made is gone, but for what a script still holds."""
    global microlite
    microlite = None
    for name in list(sys.modules):
        if name.startswith("microlite"):
            del sys.modules[name]
    gc.collect()


def pressure(rounds):
    """Fill what the collector has freed."""
    for i in range(rounds):
        gc.collect()
        for size in (16, 32, 64, 256, 1024, 4096):
            for _ in range(8):
                bytearray(b"\xa5" * size)


def show(m):
    print("%.2f" % m.predict(1.0)[0])


data = content("hello_world_int8")
m = microlite.Model(data)
counter = microlite.Model(path("counter"))
spread = microlite.Model(path("four_packs"))
old = microlite.interpreter(data, 4000, None, None)
tensor = microlite.Model(data).inputs[0]
view = memoryview(microlite.Model(data).outputs[0])
Model = microlite.Model
predict = microlite.Model.predict
read = microlite.Tensor.getValue
show(m)
counter.predict(1)

for time in range(2):
    drop()
    pressure(30)
    show(m)
    print(counter.predict(1)[0], list(spread.predict([0] * 8))[0], old.invoke(), tensor[0], tensor.name != "", len(view))
    error(m.predict, "x")
    error(m.predict, [1, 2])
    error(lambda: tensor[5])
    print("%.2f" % predict(m, 1.0)[0])
    kind(predict, 5)

    # A second copy beside the first: each knows its own objects only.
    import microlite

    other = microlite.Model(data)
    show(other)
    other = microlite.Model(path("four_packs"))
    print(list(other.predict([0] * 8))[0])

# Methods with nothing else alive.
del m, counter, spread, old, tensor, view, Model, other
drop()
pressure(10)
kind(predict, 5)
kind(read, 5, 0)
kind(predict)

# A script puts something else in the place of array.array: in a native module it is given the results, and may keep them.
import microlite


class Keep:
    items = []

    @staticmethod
    def array(code, items):
        Keep.items.append(items)
        return items


m = microlite.Model(data)
sys.modules["array"] = Keep
m.predict(1.0)
m.predict(2.0)
del sys.modules["array"]
before = [bytes(items) for items in Keep.items]
pressure(10)
print([bytes(items) for items in Keep.items] == before)
