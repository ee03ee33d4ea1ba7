# SPDX-License-Identifier: MIT
# Train the model that tells yes, no, other words and silence apart, on speech that programs synthesise.
#
#     python3 -m venv /tmp/train && /tmp/train/bin/pip install -r requirements.txt
#     /tmp/train/bin/python train.py MICROPYTHON [folder for yes_no.tflite]
#
# MICROPYTHON is build/unix/micropython: features come from the front end that the model will run behind. TRAINING.md says
# what else is needed, what this prints, and what it is worth.

import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import augment
import numpy as np
import synthesise
import tensorflow as tf
from tensorflow import keras

HERE = pathlib.Path(__file__).resolve().parent
LABELS = ["silence", "unknown", "yes", "no"]
SEED = 1
# Clips to train on, from each engine.
COUNT = {"yes": 2000, "no": 2000, "unknown": 2200, "sentence": 800}
SILENCE = 1200
EPOCHS = 20
BATCH = 100
SCALE = 26 / 255  # real value of a step of the int8 features, which are 0 to 26


def features(micropython, clips):
    with tempfile.TemporaryDirectory() as folder:
        source, result = os.path.join(folder, "clips"), os.path.join(folder, "features")
        with open(source, "wb") as f:
            for clip in clips:
                f.write(struct.pack("<I", len(clip)) + clip.tobytes())
        subprocess.run([micropython, str(HERE / "features.py"), source, result], check=True)
        x = np.fromfile(result, np.int8).reshape(-1, 49, 40)
    assert len(x) == len(clips)
    return x


def label_number(label):
    return LABELS.index("unknown" if label == "sentence" else label)


class Data:
    """Features of an engine's clips: many variations to train on, and each clip once to test with."""

    def __init__(self, engine, micropython):
        rng = np.random.default_rng([SEED, zlib.crc32(engine.encode())])
        spoken = synthesise.clips(engine)
        heard, self.y = [], []
        for label, count in COUNT.items():
            of_label = [x for name, _, x in spoken if name == label]
            for i in range(count):
                heard.append(augment.hear(rng, of_label[i % len(of_label)], True))
                self.y.append(label_number(label))
        self.x = features(micropython, heard)

        self.test_x = features(micropython, [augment.hear(rng, x, False) for _, _, x in spoken])
        self.test_y = [label_number(label) for label, _, _ in spoken]
        self.test_voice = [voice for _, voice, _ in spoken]
        print("%s: %d clips spoken, checksum of all features %08x"
              % (engine, len(spoken), zlib.crc32(self.x.tobytes() + self.test_x.tobytes())), flush=True)


def network(layer, batch_size=None):
    """One convolution and one dense layer, as micro_speech has: 10 rows x 8 bands, 8 filters, every second."""
    return keras.Sequential([
        keras.layers.Input((1960,), batch_size, name="features"),
        keras.layers.Reshape((49, 40, 1)),
        layer,
        keras.layers.Dropout(0.2),
        keras.layers.Flatten(),
        keras.layers.Dense(4, activation="softmax", name="labels"),
    ], name="yes_no")


def real(x):
    return ((x.reshape(len(x), 1960).astype(np.float32) + 128) * np.float32(SCALE))


def train(x, y):
    keras.utils.set_random_seed(SEED)
    options = {"strides": 2, "padding": "same", "activation": "relu", "name": "bands"}
    model = network(keras.layers.Conv2D(8, (10, 8), **options))
    rate = keras.optimizers.schedules.CosineDecay(0.002, EPOCHS * (len(x) // BATCH))
    model.compile(keras.optimizers.AdamW(rate, weight_decay=0.02), loss="sparse_categorical_crossentropy")
    # Features are 0 to 26: training goes better with a tenth of that, which the filters make up for below.
    # Not model.fit(): its own queue of batches can block for ever when TensorFlow may use one thread only.
    x, y, rng = real(x) / 10, np.array(y), np.random.default_rng(SEED)
    for _ in range(EPOCHS):
        order = rng.permutation(len(x))[:len(x) // BATCH * BATCH]
        for batch in order.reshape(-1, BATCH):
            model.train_on_batch(x[batch], y[batch])

    # The same as a depthwise convolution with 8 outputs for its one input, which microcontrollers have kernels for.
    same = network(keras.layers.DepthwiseConv2D((10, 8), depth_multiplier=8, **options), 1)
    filters, *others = model.get_weights()
    same.set_weights([filters / 10, *others])
    return same


def convert(model, x):
    def representative():
        # Both ends of the range: the input's scale is 26 / 255 whatever the clips hold.
        yield [np.tile(np.float32([0, 26]), 980).reshape(1, 1960)]
        for row in real(x[::max(1, len(x) // 500)]):
            yield [row.reshape(1, 1960)]

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return converter.convert()


def predict(data, x):
    """The int8 model's scores for each clip, by TensorFlow Lite's plain kernels."""
    interpreter = tf.lite.Interpreter(
        model_content=data, experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    source, result = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    scores = []
    for clip in x:
        interpreter.set_tensor(source["index"], clip.reshape(1, 1960))
        interpreter.invoke()
        scores.append(interpreter.get_tensor(result["index"])[0].astype(int) + 128)
    return np.array(scores)


def table(title, y, scores):
    """A confusion matrix in Markdown."""
    answers = scores.argmax(1)
    print("\n%s: %.1f %% of %d right\n" % (title, 100 * np.mean(answers == y), len(y)))
    print("| said | %s | right |" % " | ".join("taken for " + name for name in LABELS))
    print("|---|---|---|---|---|---|")
    for i, name in enumerate(LABELS):
        counts = np.bincount(answers[y == i], minlength=4)
        print("| %s | %s | %.1f %% |" % (name, " | ".join(map(str, counts)), 100 * counts[i] / counts.sum()))


def voices_line(y, scores, voices):
    keyword = y >= 2
    right = scores.argmax(1) == y
    print("\nyes and no, by voice: " + ", ".join(
        "%s %.0f %%" % (v, 100 * np.mean(right[keyword & (voices == v)])) for v in sorted(set(voices))))


def main():
    micropython = os.path.abspath(sys.argv[1])
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else HERE.parent / "model"
    tf.config.experimental.enable_op_determinism()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)

    data = {engine: Data(engine, micropython) for engine in synthesise.ENGINES}
    rng = np.random.default_rng(SEED)
    silence = features(micropython, [augment.silence(rng) for _ in range(SILENCE)])
    test_silence = features(micropython, [augment.silence(rng) for _ in range(200)])

    def trained_on(engines):
        x = np.concatenate([data[e].x for e in engines] + [silence])
        y = sum((data[e].y for e in engines), []) + [0] * SILENCE
        return convert(train(x, y), x)

    for engine in synthesise.ENGINES:
        model = trained_on([e for e in synthesise.ENGINES if e != engine])
        held_out = data[engine]
        y = np.array(held_out.test_y + [0] * len(test_silence))
        scores = predict(model, np.concatenate([held_out.test_x, test_silence]))
        table("Trained without %s, tested on it" % engine, y, scores)
        count = len(held_out.test_y)
        voices_line(y[:count], scores[:count], np.array(held_out.test_voice))

    model = trained_on(synthesise.ENGINES)
    y = np.array(sum((d.test_y for d in data.values()), []) + [0] * len(test_silence))
    scores = predict(model, np.concatenate([d.test_x for d in data.values()] + [test_silence]))
    table("Trained on all and tested on the same voices", y, scores)
    (folder / "yes_no.tflite").write_bytes(model)
    print("\nyes_no.tflite: %d bytes, crc32 %08x" % (len(model), zlib.crc32(model)))


if __name__ == "__main__":
    main()
