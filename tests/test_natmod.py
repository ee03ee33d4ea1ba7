# SPDX-License-Identifier: MIT
# microlite as native modules: they link for every architecture, and run where the firmware knows nothing of us: on
# Debian's own MicroPython (x64). tests/test_boards.py runs the others.

import gzip
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples/hello_world"
DIST = ROOT / "dist/mpy"
STOCK = ROOT / "build/stock/micropython"

sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/gen")]
import model_ops
import sentences
import vec

# The number of an architecture in a .mpy file, see MicroPython's py/persistentcode.h.
ARCHITECTURES = {"x64": 2, "armv6m": 4, "armv7m": 5, "armv7emsp": 7, "armv7emdp": 8, "rv32imc": 11}
XTENSAWIN = 10  # no compiler in Debian: built where the user has one
MODULES = ["microlite", "audio_frontend", *("microlite_ops_" + name for name in model_ops.packs() if name != "core")]

needs_stock = pytest.mark.skipif(not STOCK.exists(), reason="no build/stock: ./microlite build stock")


def module(arch, name):
    path = DIST / arch / (name + ".mpy")
    if not path.exists():
        pytest.skip("%s is not built: ./microlite mpy %s" % (path.relative_to(ROOT), arch))
    return path


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_module_is_for_its_architecture(arch, name):
    head = module(arch, name).read_bytes()[:4]
    assert head[:2] == b"M\x06" and head[2] >> 2 == ARCHITECTURES[arch]


# xtensawin is looked at, as nothing here runs it: what tools/xtensa_check.py refuses, and that it takes what was built.


def xtensa_check(path):
    return subprocess.run([sys.executable, ROOT / "tools/xtensa_check.py", path], capture_output=True, text=True)


@pytest.mark.parametrize("name", MODULES)
def test_module_for_xtensawin(name):
    head = module("xtensawin", name).read_bytes()[:4]
    assert head[:2] == b"M\x06" and head[2] >> 2 == XTENSAWIN
    done = xtensa_check(ROOT / "build/mpy-xtensawin" / name.replace("microlite_", "") / "build/linked.o")
    assert done.returncode == 0, done.stderr


# Debian's compiler makes code for another core, with Xtensa's other ABI.
needs_xtensa = pytest.mark.skipif(not shutil.which("xtensa-lx106-elf-gcc"), reason="no xtensa-lx106-elf-gcc")


@needs_xtensa
@pytest.mark.parametrize("source, fault", [
    ("int f(int x) { return 1000000 * x; }", "f is not for the windowed ABI"),
    ("long long f(long long a, long long b) { return a / b; }", "__divdi3 is in no library"),
    ("int count = 1; int f(void) { return ++count; }", "section .data: writable data"),
    ("static int count; int f(void) { return ++count; }", "section .bss: writable data"),
    ("__attribute__((section(\".text.f\"))) int f(int x) { return 1000000 * x; }", "section .text.f, want one .text"),
    ("int a; int *const f = &a;", "pointers in constant data"),
])
def test_what_would_not_run_on_xtensawin_is_refused(tmp_path, source, fault):
    subprocess.run(["xtensa-lx106-elf-gcc", "-Os", "-fno-common", "-xc", "-", "-c", "-o", tmp_path / "x.o"],
                   input=source, text=True, check=True)
    done = xtensa_check(tmp_path / "x.o")
    assert done.returncode == 1 and fault in done.stderr, done.stderr
    assert "faults. Is the compiler one for ESP32, S2 or S3?" in done.stderr


# Instructions of the ABI that is wanted, as bytes: entry a1, 32; retw.n
WINDOWED = """
    .section .literal, "ax"
    .align 4
number: .word 1000000
    .text
    .begin no-transform
    .align 4
    .type f, @function
f:  .byte 0x36, 0x41, 0x00
    l32r a2, number
    j g
    .space 6
g:  .byte 0x1d, 0xf0
    .end no-transform
"""


@needs_xtensa
def test_sections_that_the_linker_would_mix_up_are_found(tmp_path):
    twice = "".join('    .section .rodata.x, "a", @progbits, unique, %d\n    .word %d\n' % (i, i) for i in (1, 2))
    subprocess.run(["xtensa-lx106-elf-as", "-", "-o", tmp_path / "x.o"], input=WINDOWED + twice, text=True, check=True)
    done = xtensa_check(tmp_path / "x.o")
    assert done.returncode == 1 and "two sections .rodata.x" in done.stderr, done.stderr


@needs_xtensa
def test_a_jump_that_the_linker_would_leave_wrong_is_found(tmp_path):
    path = tmp_path / "x.o"
    subprocess.run(["xtensa-lx106-elf-as", "-", "-o", path], input=WINDOWED, text=True, check=True)
    done = xtensa_check(path)
    assert done.returncode == 0, done.stderr
    content = bytearray(path.read_bytes())
    jump = content.index(b"\x36\x41\x00") + 6
    assert content[jump] & 0x3f == 6
    content[jump + 1] ^= 1  # four bytes further, or less
    path.write_bytes(content)
    done = xtensa_check(path)
    assert done.returncode == 1 and "0x6: does not go to .text+0xf" in done.stderr, done.stderr


@needs_stock
def test_hello_world():
    module("x64", "microlite")
    done = subprocess.run([STOCK, EXAMPLE / "main.py"], cwd=EXAMPLE, capture_output=True, text=True, timeout=120,
                          env={**os.environ, "MICROPYPATH": str(DIST / "x64")})
    assert done.stderr == ""
    error = re.search(r"mean absolute error (\d\.\d+) over 100 points\n$", done.stdout)
    assert error and float(error[1]) < 0.01, done.stdout


@needs_stock
def test_an_exception_that_a_script_replaced(tmp_path):
    """What is no exception is a TypeError, as with `raise`; of None a module once waited for ever."""
    module("x64", "microlite")
    (tmp_path / "t.py").write_text("""
import microlite, sys
class Fake:
    pass
sys.modules["builtins"] = Fake
for fake in (lambda *args: None), (lambda *args: 7):
    Fake.ValueError = fake
    try:
        microlite.Model(b"no model")
    except Exception as error:
        print(type(error).__name__)
""")
    done = subprocess.run([STOCK, tmp_path / "t.py"], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "MICROPYPATH": str(DIST / "x64")})
    assert done.stdout == 2 * "TypeError\n", done.stderr


# Exactly what a model needs.


def test_what_a_model_needs():
    ops, types = model_ops.uses((EXAMPLE / "hello_world_int8.tflite").read_bytes())
    assert ops == {"FULLY_CONNECTED"} and not types & model_ops.SWITCHES["FLOAT"]
    ops, types = model_ops.uses((EXAMPLE / "hello_world_float32.tflite").read_bytes())
    assert ops == {"FULLY_CONNECTED"} and types == {0}


def test_every_operator_is_found_by_its_name():
    """There are as many names as operators: none is hidden by another, and built-in names lead to one each."""
    names = [op for ops in model_ops.packs().values() for op in ops]
    assert sorted(model_ops.built_in().values()) == sorted(names)
    builtin = [model_ops.plain(name) for name in model_ops.builtin_names()]
    assert len(set(builtin)) == len(builtin)


def test_a_file_that_is_no_model_is_refused(tmp_path):
    for content in [b"", b"1234TFL3", b"\xff\xff\xff\x7fTFL3" + bytes(60), b"text, and no model"]:
        (tmp_path / "x.tflite").write_bytes(content)
        done = subprocess.run([sys.executable, ROOT / "tools/model_ops.py", tmp_path / "x.tflite"],
                              capture_output=True, text=True)
        assert done.returncode == 1 and done.stderr.startswith("model_ops: "), done.stderr


def test_operators_that_are_not_ours_are_left_out():
    """They come from a pack of somebody's own; the module for such a model has the rest."""
    command = [sys.executable, ROOT / "tools/model_ops.py", ROOT / "examples/custom_op/erf.tflite"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout == "erf.tflite: MUL\n"
    assert "Erf is not microlite's" in done.stderr
    done = subprocess.run([*command, "--ops"], capture_output=True, text=True)
    assert done.stdout == "mul\n" and done.stderr == ""


def a_model_that_needs(switch):
    """The first of the committed vectors' models for which model_ops.py keeps this switch alone of LEFT_OUT."""
    for path in sorted((ROOT / "tests/ops/vec").glob("*.vec.gz")):
        for record in vec.records(gzip.decompress(path.read_bytes())):
            if record.model[4:8] == b"TFL3" and model_ops.switches_for(record.model) & set(LEFT_OUT) == {switch}:
                return record.model
    raise LookupError(switch)


# What a module without it says of such a model.
LEFT_OUT = {
    "COMPRESSION": "is compressed, which is not in this build",
    "SHAPES": "holds integers known at run time, which is not in this build",
    "VARIABLES": "is a variable, which is not in this build",
    "FAR_DATA": "lies behind the FlatBuffer, which is not in this build",
}


def for_a_batch_of_3(model):
    """The same with an input of another shape; shapes of results are left open, so that they can grow."""
    model = bytearray(model)
    graph = next(model_ops.Table(model, struct.unpack_from("<I", model)[0]).tables(model_ops.MODEL_SUBGRAPHS))
    tensor = list(graph.tables(model_ops.SUBGRAPH_TENSORS))[graph.numbers(model_ops.SUBGRAPH_INPUTS)[0]]
    struct.pack_into("<i", model, tensor.vector(model_ops.TENSOR_SHAPE)[0], 3)
    return model


@needs_stock
def test_module_for_one_model(tmp_path):
    whole = module("x64", "microlite")
    done = subprocess.run([ROOT / "microlite", "mpy", "x64", "hello_world_int8.tflite"], cwd=EXAMPLE,
                          capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert "hello_world_int8.tflite: FULLY_CONNECTED\n" in done.stdout
    small = DIST / "x64/for_hello_world_int8/microlite.mpy"
    assert small.stat().st_size < 0.6 * whole.stat().st_size  # the binding is in both
    for switch in LEFT_OUT:
        (tmp_path / (switch + ".tflite")).write_bytes(a_model_that_needs(switch))
    batch = tmp_path / "batch.tflite"
    batch.write_bytes(for_a_batch_of_3((EXAMPLE / "hello_world_int8.tflite").read_bytes()))
    assert "OPEN_SHAPES" in model_ops.switches_for(batch.read_bytes())
    script = tmp_path / "t.py"
    script.write_text("""
import microlite, sys
print(microlite.Model("hello_world_int8.tflite").predict(0.5))
for name in ["hello_world_float32.tflite"] + sys.argv[1:]:
    try:
        microlite.Model(name)
    except ValueError as error:
        print(error)
""")
    run = [subprocess.run([STOCK, script, batch], cwd=EXAMPLE, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "MICROPYPATH": str(folder)}) for folder in (small.parent, whole.parent)]
    assert run[0].stderr == run[1].stderr == ""
    assert run[0].stdout.split("\n")[0] == run[1].stdout.split("\n")[0]
    assert re.fullmatch(r".*\n.* FLOAT32.*\n.* FULLY_CONNECTED.*(not in this build|want 3 times 16)\n", run[0].stdout)
    assert len(run[1].stdout.splitlines()) == 1
    said = subprocess.run([STOCK, script, *(tmp_path / (switch + ".tflite") for switch in LEFT_OUT)], cwd=EXAMPLE,
                          capture_output=True, text=True, timeout=60,
                          env={**os.environ, "MICROPYPATH": str(small.parent)}).stdout.splitlines()[2:]
    assert [line.endswith(text) for line, text in zip(said, LEFT_OUT.values(), strict=True)] == [True] * len(LEFT_OUT), said


SMALL = """
import array, gc, microlite, sys
model = open("hello_world_int8.tflite", "rb").read()
m = microlite.Model(model, arena=3000)
x, y = m.inputs[0], memoryview(m.outputs[0])
for k in range(20):
    real = m.predict(0.3 * k)[0]
    memoryview(x)[0] = round(0.3 * k / x.scale) + x.zero_point
    m.invoke()
    gc.collect()
    print(y[0], real)
print(m, x, x.shape, x.dtype, x.nbytes, m.reset())
def error(f, *args, **options):
    try:
        f(*args, **options)
    except Exception as error:
        print(type(error).__name__, error)
error(microlite.Model, bytearray(model))
error(microlite.Model, model, arena=bytearray(3000))
error(microlite.Model, memoryview(model))
error(microlite.Model, model, keep_all=True)
error(lambda: x[0])
error(lambda: list(x))
error(m.predict, [1, 2])
error(m.predict, [])
error(lambda: microlite.Model.invoke)
error(lambda: x.name)
error(m.predict, array.array("H", [3, 4]))
print([m.predict(v)[0] == m.predict(1)[0] for v in ([[1]], (1,), array.array("H", [1]), array.array("f", [1]), True, iter([1]))])
class Sub(microlite.Model):
    def predict(self, x):
        return super().predict(x)[0]
sub = Sub(model, arena=None)
sub.invoke(), sub.reset()
print(sub.predict(3) == m.predict(3)[0], len(sub.outputs), sub.arena_used == m.arena_used)
bound = microlite.Model(model).predict
gc.collect()
print(list(bound(3)) == list(m.predict(3)))
print("both:")
error(microlite.Model, model, arena=10)
error(microlite.Model, model, arena=-1)
error(microlite.Model, model[:1000])
error(microlite.Model, b"no model at all")
error(microlite.Model, b"")
error(microlite.Model, "main.py")
error(microlite.Model, "..")
error(microlite.Model, None)
for i in range(len(model)):
    for bits in 0x01, 0xff:
        changed = bytearray(model)
        changed[i] ^= bits
        error(microlite.Model, bytes(changed))
for name in ["hello_world_float32.tflite"] + sys.argv[1:]:
    error(microlite.Model, name)
error(m.predict)
error(m.predict, 1, 2)
error(m.predict, "a")
error(m.predict, b"abc")
error(m.predict, [[[[[[[[[[1]]]]]]]]]])
"""


# Models with FULLY_CONNECTED, CONV_2D and DEPTHWISE_CONV_2D: there are small kernels for these.
SMALL_MODELS = ["hello_world_int8.tflite", "../../tests/micropython/models/conv.tflite", "../micro_speech/model/yes_no.tflite"]
SMALL_RUNS = """
import microlite
for name in %r:
    m, state = microlite.Model(name), 1
    for k in range(3):
        for x in m.inputs:
            x = memoryview(x)
            for i in range(len(x)):
                state = (state * 1103515245 + 12345) & 0x7fffffff
                x[i] = (state >> 16) %% 256 - 128
        m.invoke()
        print([bytes(y) for y in m.outputs])
""" % SMALL_MODELS


@needs_stock
def test_smallest_module(tmp_path):
    """It runs models as the whole one does; what it does not have is refused, and said. Its errors are numbers,
    and with microlite_errors the same sentences as those of a module with sentences."""
    said, runs, models = {}, set(), []
    (tmp_path / "t.py").write_text(SMALL)
    (tmp_path / "runs.py").write_text(SMALL_RUNS)
    for path in sorted((ROOT / "tests/ops/vec").glob("fully_connected*.vec.gz")):
        models += {record.model for record in vec.records(gzip.decompress(path.read_bytes()))}
    for i, model in enumerate(models):
        (tmp_path / f"{i}.tflite").write_bytes(model)
    for name, options in ("sentences", []), ("numbers", ["--small"]), ("both", ["--small", "--small-kernels"]):
        done = subprocess.run([ROOT / "microlite", "mpy", "x64", *options, *SMALL_MODELS], cwd=EXAMPLE,
                              capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
        made = DIST / "x64/for_hello_world_int8_conv_yes_no"
        (tmp_path / name).mkdir()
        shutil.copy(made / "microlite.mpy", tmp_path / name)
        assert (made / "microlite_errors.mpy").exists() == ("--small" in options)
        if name == "both":
            shutil.copy(made / "microlite_errors.mpy", tmp_path / name)
        paths = [EXAMPLE.parent / "custom_op/erf.tflite", *sorted(tmp_path.glob("*.tflite"))]
        done = subprocess.run([STOCK, tmp_path / "t.py", *paths], cwd=EXAMPLE, capture_output=True, text=True,
                              timeout=120, env={**os.environ, "MICROPYPATH": str(tmp_path / name)})
        assert done.stderr == ""
        said[name] = done.stdout.split("both:\n")
        done = subprocess.run([STOCK, tmp_path / "runs.py"], cwd=EXAMPLE, capture_output=True, text=True, timeout=120,
                              env={**os.environ, "MICROPYPATH": str(tmp_path / name)})
        assert done.stderr == "" and len(set(done.stdout.splitlines())) > 6
        runs.add(done.stdout)
    assert len(runs) == 1
    rows, rest = said["both"][0].splitlines()[:20], said["both"][0].splitlines()[20:]
    assert rows == said["sentences"][0].splitlines()[:20] and len(set(rows)) > 10
    assert rest == [
        "<Model> <Tensor> (1, 1) b 1 None",
        "TypeError model of type bytearray, want a path or bytes",
        "TypeError can't convert bytearray to int",
        "TypeError model of type memoryview, want a path or bytes",
        "TypeError extra keyword arguments given",
        "TypeError 'Tensor' object isn't subscriptable",
        "TypeError 'Tensor' object isn't iterable",
        "ValueError input 0: more than 1 values, want 1",
        "ValueError input 0: 0 values, want 1",
        "AttributeError type object 'Model' has no attribute 'invoke'",
        "AttributeError 'Tensor' object has no attribute 'name'",
        "ValueError input 0: more than 1 values, want 1",
        str([True] * 6),
        "True 1 True",
        "True",
    ]
    both, sentences = (re.sub(r"no \d+ bytes for the arena", "", said[name][1]) for name in ("both", "sentences"))
    assert both == sentences  # arenas: the smallest kernels need less
    assert len(set(said["both"][1].splitlines())) > 100
    numbers = re.search(r"ValueError (\(\d+, \(0, 0, 'FULLY_CONNECTED', 0, 0, b'serving_default_x:0'\), 0, 512\))",
                        said["numbers"][1])[1]
    done = subprocess.run([sys.executable, ROOT / "tools/sentences.py", "--say", numbers], capture_output=True, text=True)
    assert done.stdout == "op 0 FULLY_CONNECTED, input 0 'serving_default_x:0': type FLOAT32, want INT8\n", done.stderr
    assert done.stdout in said["sentences"][1]
    for part in "legacy", "packs":
        done = subprocess.run([ROOT / "microlite", "mpy", "x64", "--small", "--" + part, "hello_world_int8.tflite"],
                              cwd=EXAMPLE, capture_output=True, text=True)
        assert done.returncode != 0 and f"--small leaves out what --{part} needs" in done.stderr


def test_sentences_and_their_words_have_numbers_of_their_own():
    texts = {text for path in sentences.sources().values() for text in sentences.sentences(path.read_text())}
    numbers = [sentences.number(text) for text in texts]
    assert len(texts) > 300 and len(set(numbers)) == len(numbers)
    tables = sentences.tables(set(sentences.sources()))
    words = [sentences.number(text) for text in texts if "%" not in text and text]
    assert min(words) >= max(len(tables["WORDS"]), len(tables["STATUSES"]))
    assert not [text for text in texts if "%" in text[sentences.CHARACTERS:] or text.count("%") > 5]
