#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sentences of errors for modules that have only their numbers (include/microlite_text.h).

Usage: tools/sentences.py OBJECT [-o microlite_errors.py]   the module with the sentences of what is in OBJECT
       tools/sentences.py --say "(18263, None, 4)"          what an exception says
"""

import argparse
import ast
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODULE = ROOT / "micropython/natmod/microlite_errors.py"
STRING = r'"(?:[^"\\\n]|\\.)*"'
# What takes a sentence or a word of one, and the first literal in its brackets.
USES = re.compile(r"\b(?:mlt_fail|mlt_error_add|mlt_py_raise|mlt_py_raise_named|MLT_WORD)\([^;\"]*?(%s(?:\s*%s)*)"
                  % (STRING, STRING))
CHARACTERS = 96  # that make the number


def number(text):
    """MLT_TEXT_NUMBER of include/microlite_text.h."""
    total = 0
    for c in text.encode()[:CHARACTERS].ljust(CHARACTERS, b"\0"):
        total = total * 65599 + c & 0xFFFFFFFF
    return total >> 16


def sentences(source):
    """The sentences in a C file, and words of them."""
    source = re.sub(r"//.*|^\s*#.*", "", source, flags=re.MULTILINE)
    for match in USES.finditer(source):
        yield "".join(ast.literal_eval(part) for part in re.findall(STRING, match[1]))


def listed(path, name):
    """Texts of a list of X(NAME, "text") or X(NAME, number)."""
    body = re.search(r"#define %s\(X\)((?:.*\\\n)*.*)" % name, (ROOT / path).read_text())[1]
    items = re.findall(r'X\((\w+),\s*(?:"([^"]*)"|(\d+))\)', body)
    return [word if code else text for word, text, code in items]


def sources():
    """{name: path} of the C files that modules are made of."""
    files = [*ROOT.glob("src/**/*.c"), *ROOT.glob("micropython/**/*.c")]
    return {path.name: path for path in files}


def files_in(path):
    """Names of the C files that an object was linked from."""
    from elftools.elf.elffile import ELFFile
    with open(path, "rb") as file:
        symbols = ELFFile(file).get_section_by_name(".symtab").iter_symbols()
        return {pathlib.Path(symbol.name).name for symbol in symbols if symbol["st_info"]["type"] == "STT_FILE"}


def tables(names):
    """The tables of microlite_errors.py for these C files."""
    files, found = sources(), {}
    for name in sorted(names & set(files)):
        for text in sentences(files[name].read_text()):
            if found.setdefault(number(text), text) != text:
                sys.exit("sentences: '%s' and '%s' have one number: change one" % (text, found[number(text)]))
    return {"SENTENCES": found, "WORDS": listed("src/core/verify.c", "TEXTS"),
            "STATUSES": listed("include/microlite.h", "MLT_STATUS_MAP"),
            "TYPES": listed("include/microlite.h", "MLT_TYPE_MAP")}


def module(names):
    lines = ["%s = %r\n" % item for item in tables(names).items()]
    return MODULE.read_text() + "\n\n" + "".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("object", nargs="?")
    parser.add_argument("-o", dest="out")
    parser.add_argument("--say")
    args = parser.parse_args()
    if args.say:
        names = {}
        exec(module(set(sources())), names)
        print(names["text"](*ast.literal_eval(args.say)))
    elif args.object and args.out:
        pathlib.Path(args.out).write_text(module(files_in(args.object)))
    else:
        parser.error("want an object and -o, or --say")


if __name__ == "__main__":
    main()
