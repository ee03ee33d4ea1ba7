# SPDX-License-Identifier: MIT
# A model with an operator that microlite does not have. Run it beside erf.tflite, with my_ops.mpy on the path.

import math

import microlite
import my_ops

m = microlite.Model("erf.tflite", ops=my_ops.ops)
x = [-3, -1, -0.5, -0.1, 0, 0.25, 0.75, 50]
y = m.predict(x)
for a, b in zip(x, y):
    print("erf(%g) = %.6f, off by %.0e" % (2 * a, b, abs(b - math.erf(2 * a))))
