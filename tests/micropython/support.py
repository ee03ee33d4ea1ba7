# SPDX-License-Identifier: MIT
# For the scripts here: where models are, and what an expression raises.

import os


def path(name):
    """A model's path: beside the script on a board, in the tree on a computer."""
    for folder in ("", "models/", "../../examples/hello_world/"):
        try:
            os.stat(folder + name + ".tflite")
            return folder + name + ".tflite"
        except OSError:
            pass
    raise OSError("no model " + name)


def content(name):
    with open(path(name), "rb") as f:
        return f.read()


def error(function, *args, **kwargs):
    """Print what a call raises."""
    try:
        print("no error:", function(*args, **kwargs))
    except Exception as e:
        print(type(e).__name__ + ":", e)


def kind(function, *args, **kwargs):
    """Print only which exception a call raises: its text is not ours."""
    try:
        print("no error:", function(*args, **kwargs))
    except Exception as e:
        print(type(e).__name__)
