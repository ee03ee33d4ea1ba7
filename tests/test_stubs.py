# SPDX-License-Identifier: MIT
# The .pyi files, which editors read: what they tell of is there, and what is there they tell of.

import ast
import json
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
MICROPYTHON = ROOT / "build/unix/micropython"
MODEL = ROOT / "examples/hello_world/hello_world_int8.tflite"
STUBS = {path.stem: ast.parse(path.read_text()) for path in sorted((ROOT / "micropython").glob("*.pyi"))}
SOURCES = {path.stem: ast.parse(path.read_text()) for path in sorted((ROOT / "micropython/lib").glob("*.py"))}
IN_C = {"microlite", "audio_frontend"}


def is_public(name):
    return not name.startswith("_")


def classes(tree):
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def functions(tree):
    return {node.name: node for node in tree.body
            if isinstance(node, ast.FunctionDef) and (is_public(node.name) or node.name == "__init__")}


def assigned(node):
    """The expressions that a statement assigns to."""
    targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
    return [each for target in targets for each in getattr(target, "elts", [target])]


def variables(tree):
    """Names that the body of a module or class gives values or types."""
    return {each.id for node in tree.body if isinstance(node, (ast.Assign, ast.AnnAssign)) for each in assigned(node)
            if isinstance(each, ast.Name) and is_public(each.id)}


def attributes(name, trees):
    """What objects of a class have that is no method, in any of the trees."""
    node = next(found[name] for found in map(classes, trees.values()) if name in found)
    own = {each.attr for method in node.body if isinstance(method, ast.FunctionDef)
           for part in ast.walk(method) if isinstance(part, (ast.Assign, ast.AugAssign)) for each in assigned(part)
           if isinstance(each, ast.Attribute) and getattr(each.value, "id", "") == "self" and is_public(each.attr)}
    return variables(node).union(own, *(attributes(base.id, trees) for base in node.bases))


def arguments(function):
    """A function's arguments and decorators as text, without types."""
    for each in ast.walk(function.args):
        if isinstance(each, ast.arg):
            each.annotation = None
    return [ast.unparse(function.args), *map(ast.unparse, function.decorator_list)]


def test_every_module_has_a_stub():
    assert set(STUBS) == set(SOURCES) | IN_C


@pytest.mark.parametrize("name", SOURCES)
def test_stub_of_a_python_module(name):
    stub, source = STUBS[name], SOURCES[name]
    public = {each for each in classes(source) if is_public(each)}
    assert set(classes(stub)) == public and set(functions(stub)) == set(functions(source))
    assert variables(source) <= variables(stub)
    for each in public:
        told, there = classes(stub)[each], classes(source)[each]
        assert list(map(ast.unparse, told.bases)) == list(map(ast.unparse, there.bases)), each
        assert attributes(each, STUBS) == attributes(each, SOURCES), each
        assert ast.get_docstring(told), each
        assert set(functions(told)) == set(functions(there)), each
    for told, there in [(stub, source), *((classes(stub)[each], classes(source)[each]) for each in public)]:
        for each, function in functions(told).items():
            assert arguments(function) == arguments(functions(there)[each]), each


SCRIPT = """
import json
import audio_frontend
import microlite

model = microlite.Model(%r)
things = {"Model": model, "Tensor": model.inputs[0], "interpreter": microlite.interpreter(%r, 9999, None, None),
          "audio_frontend": microlite.audio_frontend(), "Frontend": audio_frontend.Frontend("library")}

def takes(make, name):
    try:
        make(**{name: object()})
    except TypeError as error:
        return not any(word in str(error) for word in ("unknown parameter", "unexpected keyword", "extra keyword"))
    except ValueError:
        pass
    return True

keywords = json.loads(%r)
print(json.dumps({
    "modules": {m.__name__: dir(m) for m in (microlite, audio_frontend)},
    "methods": {name: dir(type(thing)) for name, thing in things.items()},
    "missing": [(name, each) for name, names in %r.items() for each in names if not hasattr(things[name], each)],
    "Model": [each for each in keywords["Model"] if not takes(lambda **k: microlite.Model(%r, **k), each)],
    "Frontend": [each for each in keywords["Frontend"] if not takes(lambda **k: audio_frontend.Frontend("library", **k), each)],
}))
"""


@pytest.mark.skipif(not MICROPYTHON.exists(), reason="no build/unix: ./microlite build unix")
def test_stubs_of_the_modules_in_c():
    found = {name: node for module in sorted(IN_C) for name, node in classes(STUBS[module]).items()}
    wrong = "no_such_keyword"
    keywords = {"Model": ["arena", "keep_all", "ops", wrong],
                "Frontend": [each.arg for each in functions(found["Frontend"])["__init__"].args.kwonlyargs] + [wrong]}
    assert keywords["Model"][:-1] == [each.arg for each in functions(found["Model"])["__init__"].args.args[2:]]
    has = {name: sorted(variables(node)) for name, node in found.items()}
    script = SCRIPT % (str(MODEL), str(MODEL), json.dumps(keywords), has, str(MODEL))
    done = subprocess.run([MICROPYTHON, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["missing"] == []
    assert told["Model"] == told["Frontend"] == [wrong]
    for module in IN_C:
        stub = STUBS[module]
        names = set(classes(stub)) | ({"tensor", "wake_word"} if module == "microlite" else set())
        assert {each for each in told["modules"][module] if is_public(each)} == names
        assert names - set(classes(stub)) <= variables(stub) | {
            each.asname for node in stub.body if isinstance(node, ast.Import) for each in node.names}
    for name, node in found.items():
        assert {each for each in told["methods"][name] if is_public(each)} == set(functions(node)) - {"__init__"}, name
