# SPDX-License-Identifier: MIT
"""Make the corpus: convert each network in six modes, ask the references, write the containers.

    TF_PYTHON make.py convert [NAME...]       build/converter/NAME/MODE.tflite, with requirements.txt here
    ORACLE_PYTHON make.py answer [NAME...]    corpus/NAME.vec.gz and not_converted.csv, with tests/requirements.txt

The two need different virtual environments. A network whose conversion kills the process is noted
and the others go on.
"""

import csv
import os
import pathlib
import re
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / "build/converter"
CORPUS = HERE / "corpus"
NOT_CONVERTED = HERE / "not_converted.csv"
sys.path[:0] = [str(HERE), str(ROOT / "tests/gen")]
import vec  # noqa: E402

MODES = "float32", "float16", "dynamic", "int8", "int8_float_io", "int16x8"
SAMPLES = 16  # for calibration
# How much of the range of an output floats may differ from LiteRT's. Where integers are computed, one quantum that
# comes out otherwise than in TFLM is more.
SHARE = {"float32": 1e-4, "float16": 1e-4, "dynamic": 1e-3, "int8": 0.03, "int8_float_io": 0.03, "int16x8": 0.03}
QUANTA = 2  # the same for integers
DIED = "the converter ends with a segmentation fault"


def number_of(detail):
    """Inputs are named input0, input1, ... and the converter puts words around that."""
    return int(re.search(r"input(\d+)", detail["name"])[1])


# ----------------------------------------------------------------------------------------------
# The converter

def randomise(model, rng):
    """What training would have changed: biases are zero in a fresh model, and normalisations are idle."""
    for w in model.weights:
        if w.name in ("seed_generator_state",):
            continue
        if re.search("variance|gamma", w.name):
            w.assign(rng.uniform(0.5, 1.5, w.shape))
        elif re.search("bias|beta|mean|alpha", w.name):
            w.assign(rng.uniform(0.05 if w.name == "alpha" else -0.3, 0.3, w.shape))


def converter_of(network):
    """A function that gives a new converter for the network."""
    import tensorflow as tf
    lite = tf.lite.TFLiteConverter
    if network.kind == "keras":
        import keras
        keras.utils.set_random_seed(network.seed % 2**31)
        inputs = [keras.Input(i.shape, network.batch, dtype=i.dtype, name=f"input{k}")
                  for k, i in enumerate(network.inputs)]
        model = keras.Model(inputs, network.build(*inputs))
        randomise(model, np.random.default_rng(network.seed))
        return lambda: lite.from_keras_model(model)
    built = network.build() if network.resources else (tf.Module(), network.build)
    module, call = built
    specs = [tf.TensorSpec((network.batch,) * i.batch + i.shape, i.dtype, name=f"input{k}")
             for k, i in enumerate(network.inputs)]
    concrete = tf.function(call).get_concrete_function(*specs)
    return lambda: lite.from_concrete_functions([concrete], module)


def calibration(network, folder):
    """Samples in the order of the model's inputs, which is not always that of the function."""
    import tensorflow as tf
    path = folder / "float32.tflite"
    inputs = tf.lite.Interpreter(str(path)).get_input_details() if path.exists() else []
    order = [number_of(d) for d in inputs] or range(len(network.inputs))
    return [[arrays[k] for k in order] for arrays in network.samples(SAMPLES)]


def convert(network, make, mode, folder):
    import tensorflow as tf
    ops = tf.lite.OpsSet
    only_16 = ops.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
    all_float = all(i.dtype == "float32" for i in network.inputs)
    samples = calibration(network, folder) if mode.startswith("int") else None

    def prepare():
        converter = make()
        converter.experimental_enable_resource_variables = network.resources
        if mode != "float32":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if samples:
            converter.representative_dataset = lambda: iter(samples)
        return converter

    converter = prepare()
    if mode == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if mode == "int8":
        converter.target_spec.supported_ops = [ops.TFLITE_BUILTINS_INT8]
        if all_float:
            converter.inference_input_type = converter.inference_output_type = tf.int8
    if mode == "int16x8":
        converter.target_spec.supported_ops = [only_16]
        if all_float:
            converter.inference_input_type = converter.inference_output_type = tf.int16
        try:
            return converter.convert()
        except Exception as e:
            if "not yet supported" not in str(e):
                raise
        # What the message recommends: leave some operators in float.
        converter = prepare()
        converter.target_spec.supported_ops = [only_16, ops.TFLITE_BUILTINS]
    return converter.convert()


def sentence(error):
    """What the converter says, without what changes from run to run."""
    text = str(error)
    flex = re.search("(TF Select|Flex|Custom) ops: (.*)", text)
    if flex:
        return f"needs {flex[1]} ops: {flex[2]}"
    errors = re.findall(r"error: (.*)", text) or text.strip().splitlines()
    errors = [re.sub(r"\S*\.py\S*|loc\(.*\): |<unknown>:0: ", "", line).strip() for line in errors]
    return "; ".join(dict.fromkeys(errors[:4]))[:300]


def work(network, modes, folder):
    """In a process of its own: the models and, for each mode that fails, a text file with the reason."""
    import tensorflow as tf
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    log = os.open(folder / "log", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    make = converter_of(network)
    for mode in modes:
        note = folder / f"{mode}.txt"
        note.write_text(DIED)
        try:
            (folder / f"{mode}.tflite").write_bytes(convert(network, make, mode, folder))
            note.unlink()
        except Exception as e:
            note.write_text(sentence(e))
            (folder / f"{mode}.error").write_text(f"{type(e).__name__}\n{e}")


def verb_convert(names):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow  # noqa: F401  (once, before forking)
    import functions  # noqa: F401
    import layers  # noqa: F401
    from networks import NETWORKS
    for network in [NETWORKS[n] for n in names or NETWORKS]:
        folder = BUILD / network.name
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.t*"):
            old.unlink()
        modes = list(MODES)
        while modes:
            child = os.fork()
            if child == 0:
                try:
                    work(network, modes, folder)
                except BaseException as e:
                    os.write(2, f"{type(e).__name__}: {e}\n".encode())
                    os._exit(1)
                os._exit(0)
            status = os.waitpid(child, 0)[1]
            notes = {m: folder / f"{m}.txt" for m in modes}
            died = [m for m, p in notes.items() if p.exists() and p.read_text() == DIED]
            if status and not died:
                sys.exit(f"{network.name} cannot be built: {folder / 'log'}")
            modes = modes[modes.index(died[-1]) + 1:] if status else []
        samples = network.samples(network.invokes, seed=1)
        np.savez(folder / "samples.npz", *[a for arrays in samples for a in arrays])
        done = sorted(p.stem for p in folder.glob("*.tflite"))
        size = sum(p.stat().st_size for p in folder.glob("*.tflite"))
        print(f"{network.name}: {len(done)} of {len(MODES)}, {size} bytes", flush=True)
        for p in sorted(folder.glob("*.txt")):
            print(f"    {p.stem}: {p.read_text()}")


# ----------------------------------------------------------------------------------------------
# The references

def input_details(model):
    from ai_edge_litert.interpreter import Interpreter, OpResolverType
    kind = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    return Interpreter(model_content=model, experimental_op_resolver_type=kind).get_input_details()


def quantised(array, detail):
    """What a person does before set_tensor."""
    dtype, (scale, zero) = detail["dtype"], detail["quantization"]
    if dtype == array.dtype or not scale:
        return array.astype(dtype)
    info = np.iinfo(dtype)
    return np.clip(np.rint(array / scale) + zero, info.min, info.max).astype(dtype)


def tolerances(outputs, share):
    """For each output a share of the range of its numbers and 0; 0 for integers."""
    def one(arrays):
        if arrays[0].dtype.kind != "f":
            return 0.0
        numbers = np.concatenate([np.zeros(1), *(a.reshape(-1) for a in arrays)])
        return share * float(np.ptp(numbers))
    return [one(arrays) for arrays in zip(*outputs)]


def near(found, wanted, share):
    """Whether TFLM's answer is one that LiteRT might have given."""
    limits = tolerances(wanted, share)
    return all(np.shape(x) == np.shape(y) and np.abs(x.astype(float) - y.astype(float)).max(initial=0) <= (limit or QUANTA)
               for p, q in zip(found, wanted) for x, y, limit in zip(p, q, limits))


def samples_of(folder, inputs):
    with np.load(folder / "samples.npz") as f:
        arrays = [f[f"arr_{k}"] for k in range(len(f.files))]
    return [arrays[k:k + inputs] for k in range(0, len(arrays), inputs)]


def answer(name, mode, oracle):
    """A record with what the references say, and who said it; or why they do not. LiteRT's reference kernels lack
    some operators and sum int8 wrongly, so that its optimised ones are asked too, and come first."""
    folder = BUILD / name
    model = (folder / f"{mode}.tflite").read_bytes()
    inputs = input_details(model)
    invokes = [[quantised(arrays[number_of(d)], d) for d in inputs] for arrays in samples_of(folder, len(inputs))]
    answers = {who: oracle.ask(who, model, invokes) for who in ("litert-opt", "litert", "tflm")}
    good = {who: a.outputs for who, a in answers.items() if not a.error and not a.aborts}
    if not good:
        return None, answers["litert-opt"].error
    who, quanta, share = next(iter(good)), QUANTA, SHARE[mode]
    integers = any(a.dtype in (np.int8, np.int16) for a in good[who][0])
    if (integers or mode.startswith("int")) and "tflm" in good and any(
            near(good["tflm"], good[k], share) for k in good if k != "tflm"):
        who, quanta, share = "tflm", 0, 1e-4
    return vec.record(f"{name} {mode}", name, mode, model, invokes, good[who], quanta=quanta if integers else 0,
                      within=tolerances(good[who], share)), who


def verb_answer(names):
    import oracle as oracles
    oracle = oracles.Oracle()
    CORPUS.mkdir(exist_ok=True)
    names = names or sorted(p.parent.name for p in BUILD.glob("*/samples.npz"))
    refused = {}
    if NOT_CONVERTED.exists():
        with open(NOT_CONVERTED, newline="") as f:
            refused = {(r["network"], r["mode"]): r for r in csv.DictReader(f) if r["network"] not in names}
    for name in names:
        records, said = [], []
        for mode in MODES:
            note = BUILD / name / f"{mode}.txt"
            if note.exists():
                who, why = "converter", note.read_text()
            else:
                record, why = answer(name, mode, oracle)
                if record:
                    records.append(record)
                    said.append(f"{mode} {why}")
                    continue
                who = "LiteRT"
            refused[name, mode] = {"network": name, "mode": mode, "who": who, "reason": why}
            said.append(f"{mode} refused by {who}")
        path = CORPUS / f"{name}.vec.gz"
        path.unlink(missing_ok=True)
        if records:
            path.write_bytes(vec.compress(vec.container(records)))
        print(f"{name}: {', '.join(said)}", flush=True)
    oracle.stop()
    with open(NOT_CONVERTED, "w", newline="") as f:
        out = csv.DictWriter(f, ("network", "mode", "who", "reason"), lineterminator="\n")
        out.writeheader()
        out.writerows(refused[k] for k in sorted(refused, key=lambda k: (k[0], MODES.index(k[1]))))


if __name__ == "__main__":
    if sys.argv[1] == "convert":
        verb_convert(sys.argv[2:])
    else:
        verb_answer(sys.argv[2:])
