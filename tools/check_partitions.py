#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check a partition table of the ESP32 family (.csv) against the flash and the firmware that it is for.

Usage: tools/check_partitions.py TABLE.csv --flash 4MB [--image micropython.bin]
       tools/check_partitions.py TABLE.csv --flash 4MB --place romfs     prints offset and size of a partition
"""

import argparse
import collections
import pathlib
import sys

FIRST = 0x9000                       # behind the boot loader and the table itself
BLOCK, APP_BLOCK = 0x1000, 0x10000   # the flash is erased in blocks, and firmware is mapped in larger ones
LEAST_NVS = 3 * BLOCK                # what the ESP-IDF's library for it wants
# Subtypes that the ESP-IDF has names for. Others, and types of one's own, are written as numbers.
SUBTYPES = {
    "app": ["factory", "test", *("ota_%d" % i for i in range(16))],
    "data": ["ota", "phy", "nvs", "coredump", "nvs_keys", "efuse", "undefined", "esphttpd", "fat", "spiffs", "littlefs"],
}
FLAGS = {"encrypted", "readonly", ""}

Partition = collections.namedtuple("Partition", "name type subtype offset size")


class Error(Exception):
    pass


def number(text, where):
    text = text.strip()
    scale = {"K": 1 << 10, "M": 1 << 20}.get(text[-1:].upper(), 1)
    try:
        value = int(text[:-1] if scale > 1 else text, 0) * scale
    except ValueError:
        raise Error("%s: '%s' is no number" % (where, text)) from None
    if value < 0:
        raise Error("%s: %s is negative" % (where, text))
    return value


def read(text):
    """The partitions of a table; offsets must be there."""
    table = []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        fields = [field.strip() for field in line.split(",")]
        if len(fields) < 5:
            raise Error("%r: %d fields, want name, type, subtype, offset and size" % (line[:80], len(fields)))
        name, kind, subtype, offset, size = fields[:5]
        for flag in ":".join(fields[5:]).split(":"):
            if flag.strip() not in FLAGS:
                raise Error("%s: flag '%s', want encrypted or readonly" % (name, flag.strip()))
        table.append(Partition(name, kind, subtype, number(offset, name + ": offset"), number(size, name + ": size")))
    if not table:
        raise Error("no partitions, want lines of name, type, subtype, offset and size")
    return table


def unknown(part):
    """What is wrong with a partition's type and subtype, or None."""
    for text, names in ((part.type, SUBTYPES), (part.subtype, SUBTYPES.get(part.type, ()))):
        if text not in names:
            try:
                value = int(text, 0)
            except ValueError:
                return "'%s', want %s%s" % (text, ", ".join(names), " or a number" if names else "a number")
            if not 0 <= value <= 254:
                return "%s, want 0 to 254" % text
    return None


def problems(table, flash, image=None):
    """Sentences about what is wrong with a table for `flash` bytes; `image` is the firmware's size."""
    found = []
    for part in table:
        block = APP_BLOCK if part.type == "app" else BLOCK
        for what, value in (("offset", part.offset), ("size", part.size)):
            if value % (block if what == "offset" else BLOCK):
                found.append("%s: %s %#x is no multiple of %#x" % (part.name, what, value, block if what == "offset" else BLOCK))
        if part.size == 0:
            found.append("%s: is empty" % part.name)
        if not part.name:
            found.append("partition at %#x: no name" % part.offset)
        if unknown(part):
            found.append("%s: type or subtype %s" % (part.name, unknown(part)))
        if len(part.name) > 15:
            found.append("%s: name of %d characters, want 15 at most" % (part.name, len(part.name)))
    found += ["%s: two partitions have this name" % name
              for name, count in collections.Counter(part.name for part in table).items() if count > 1]

    end, last = FIRST, "the partition table"
    for part in sorted(table, key=lambda part: part.offset):
        if part.offset < end:
            found.append("%s: begins at %#x, in %s, which ends at %#x" % (part.name, part.offset, last, end))
        elif part.offset > end:
            found.append("%s: gap of %#x bytes behind %s" % (part.name, part.offset - end, last))
        end, last = max(end, part.offset + part.size), part.name
    if end > flash:
        found.append("%s: ends at %#x, the flash at %#x" % (last, end, flash))
    elif end < flash:
        found.append("%s: ends at %#x, %#x bytes of flash are not used" % (last, end, flash - end))

    found += missing(table)
    for part in table:
        if part.type == "app" and image is not None and image > part.size:
            found.append("%s: %d bytes, the firmware has %d" % (part.name, part.size, image))
    return found


def missing(table):
    """What firmware cannot do without."""
    found = []
    kinds = collections.defaultdict(list)
    for part in table:
        kinds[part.type, part.subtype].append(part)
    apps = [part for part in table if part.type == "app"]
    ota = [part for part in apps if part.subtype.startswith("ota_")]
    nvs = kinds["data", "nvs"]
    if not nvs:
        found.append("no partition of type data, nvs")
    elif nvs[0].size < LEAST_NVS:
        found.append("%s: %#x bytes, want %#x" % (nvs[0].name, nvs[0].size, LEAST_NVS))
    if not kinds["data", "phy"]:
        found.append("no partition of type data, phy")
    if not apps:
        found.append("no partition of type app")
    if len(kinds["app", "factory"]) > 1:
        found.append("%d partitions of type app, factory, want 1 at most" % len(kinds["app", "factory"]))
    if not any(part.name == "vfs" and part.type == "data" for part in table):
        found.append("no data partition named vfs, for the file system")
    if ota and (len(ota) < 2 or len({part.size for part in ota}) > 1):
        found.append("want two partitions or more for updates, of one size")
    if bool(ota) != bool(kinds["data", "ota"]):
        found.append("want partitions for updates together with one of type data, ota")
    elif ota and kinds["data", "ota"][0].size != 2 * BLOCK:
        found.append("%s: %#x bytes, want %#x" % (kinds["data", "ota"][0].name, kinds["data", "ota"][0].size, 2 * BLOCK))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("table")
    parser.add_argument("--flash", required=True, help="size of the flash: 4MB")
    parser.add_argument("--image", help="the firmware that is to fit")
    parser.add_argument("--place", help="name of a partition")
    args = parser.parse_args()
    image = None
    try:
        table = read(pathlib.Path(args.table).read_text())
        image = pathlib.Path(args.image).stat().st_size if args.image else None
        found = problems(table, number(args.flash.upper().replace("IB", "").rstrip("B"), "--flash"), image)
    except UnicodeDecodeError:
        found = ["no text, want a partition table (.csv)"]
    except OSError as error:
        found = [error if error.filename != args.table else error.strerror]
    except Error as error:
        found = [error]
    for each in found:
        print("check_partitions: %s: %s" % (args.table, each), file=sys.stderr)
    if found:
        sys.exit(1)
    for part in table:
        if part.name == args.place:
            print("%#x %d" % (part.offset, part.size))
    if image is not None:
        room = min(part.size for part in table if part.type == "app")
        print("%s: firmware %d of %d bytes" % (args.table, image, room))


if __name__ == "__main__":
    main()
