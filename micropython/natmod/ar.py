# SPDX-License-Identifier: MIT
"""Read members of an ar archive: all that MicroPython's linker (mpy_ld.py) asks of the PyPI package `ar`.

natmod.mk puts this folder into PYTHONPATH, so that Debian's packages are enough to build native modules.
"""

import collections
import io

Entry = collections.namedtuple("Entry", "name data")


class Archive:
    def __init__(self, file):
        if file.read(8) != b"!<arch>\n":
            raise ValueError("%s: not an archive" % file.name)
        self.entries = {}
        long_names = b""
        while header := file.read(60):
            name, size = header[:16].rstrip(), int(header[48:58])
            data = file.read(size)
            file.read(size % 2)  # members start at even offsets
            if name == b"//":
                long_names = data
            elif name != b"/":  # which is the index of symbols
                if name[:1] == b"/":
                    name = long_names[int(name[1:]) :].split(b"\n", 1)[0]
                name = name.rstrip(b"/").decode()
                self.entries[name] = Entry(name, data)

    def __iter__(self):
        return iter(self.entries.values())

    def open(self, name, mode="rb"):
        return io.BytesIO(self.entries[name].data)
