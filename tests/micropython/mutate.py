# SPDX-License-Identifier: MIT
# Broken files: every beginning of two models, and wrong bytes at every place of them, give an
# exception or a result. tests/fuzz/mutate.c tries all bytes.

import microlite
from support import content


def outcome(data):
    try:
        m = microlite.Model(data, 100000)
        for t in m.inputs:
            memoryview(t)
        m.invoke()
        [bytes(t) for t in m.outputs]
        repr(m)
    except (ValueError, MemoryError) as e:
        return type(e).__name__
    return "result"


for name in ("hello_world_int8", "conv"):
    data = content(name)
    counts = {"result": 0, "ValueError": 0, "MemoryError": 0}
    for n in range(len(data)):
        counts[outcome(data[:n])] += 1
    whole = sum(counts.values()) == len(data)
    changed = bytearray(data)
    for i in range(len(data)):
        for value in (0, 1, 0x7F, 0xFF, data[i] ^ 0x80, data[i] ^ 0x01):
            changed[i] = value
            counts[outcome(changed)] += 1
        changed[i] = data[i]
    print(name, whole, sum(counts.values()) == 7 * len(data), counts["ValueError"] > len(data) // 2)
