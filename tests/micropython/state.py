# SPDX-License-Identifier: MIT
# A model that remembers: reset brings back how it was opened.

import microlite
from support import path

m = microlite.Model(path("counter"))
print([m.predict(x)[0] for x in (1, 2, 3)])
m.reset()
print([m.predict(x)[0] for x in (1, 2, 3)])
other = microlite.Model(path("counter"))
print(other.predict(5)[0], m.predict(5)[0])

# An index out of range is found while the model runs, which does not harm the model.
m = microlite.Model(path("gather"))
for i in (0, 3, 4, -1, 2**31 - 1, -(2**31), 1):
    try:
        print(i, m.predict(i)[0])
    except ValueError:
        print(i, "ValueError")
try:
    m.predict(2**31)
except ValueError as e:
    print("ValueError:", e)
