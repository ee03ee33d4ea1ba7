# SPDX-License-Identifier: MIT
# Train a small network on the sine function; write it as float32 and as int8 beside this script.
#
#     python3 -m venv /tmp/train && /tmp/train/bin/pip install -r requirements.txt
#     /tmp/train/bin/python train.py [folder for the model files]
#
# Nobody needs to run this to use the example: the two model files are part of the repository.

import math
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # oneDNN orders its sums by what the processor can do

import numpy as np
import tensorflow as tf
from tensorflow import keras

SEED = 1
TRAIN_POINTS = 4000
EPOCHS = 400
BATCH = 64
GRID_POINTS = 1000  # the errors in README.md are means over this many


def train():
    """The classic 1 -> 16 relu -> 16 relu -> 1, on points drawn at random from 0..2*pi."""
    rng = np.random.default_rng(SEED)
    x = rng.uniform(0.0, 2.0 * math.pi, (TRAIN_POINTS, 1)).astype(np.float32)

    # With biases that start at zero every relu bends at x = 0, the edge of the range, and most
    # of the training goes into moving the bends apart. Random biases start them apart.
    bias = keras.initializers.RandomUniform(-1.0, 1.0, seed=SEED)
    model = keras.Sequential([
        keras.layers.Input((1,), name="x"),
        keras.layers.Dense(16, activation="relu", bias_initializer=bias, name="hidden_1"),
        keras.layers.Dense(16, activation="relu", bias_initializer=bias, name="hidden_2"),
        keras.layers.Dense(1, name="y"),
    ], name="sine")
    steps = math.ceil(TRAIN_POINTS / BATCH)
    rate = keras.optimizers.schedules.CosineDecay(0.02, EPOCHS * steps)
    model.compile(keras.optimizers.Adam(rate), loss="mse", steps_per_execution=steps)
    model.fit(x, np.sin(x), batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return model


def convert_float32(model):
    return tf.lite.TFLiteConverter.from_keras_model(model).convert()


def representative_data():
    """Inputs as they will occur. The converter takes each tensor's int8 range from these, so both
    ends of 0..2*pi are among them: an x beyond the largest one here would be clamped to it."""
    for value in np.linspace(0.0, 2.0 * math.pi, 500, dtype=np.float32):
        yield [np.reshape(value, (1, 1))]


def convert_int8(model):
    """Weights, activations, input and output are all int8.

    This converter gives each row of a dense layer's weights its own scale, which our engine and
    TensorFlow Lite Micro both run, and which here has a smaller error than one scale a layer."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative_data
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return converter.convert()


def predict(data, x):
    """What the model file in data answers for each value of x, by TensorFlow Lite's plain kernels."""
    reference = tf.lite.experimental.OpResolverType.BUILTIN_REF
    interpreter = tf.lite.Interpreter(
        model_content=data, experimental_op_resolver_type=reference)
    interpreter.allocate_tensors()
    x_tensor = interpreter.get_input_details()[0]
    y_tensor = interpreter.get_output_details()[0]
    scale, zero = x_tensor["quantization"]
    if scale:
        x = np.clip(np.round(x / scale) + zero, -128, 127)
    y = np.zeros(len(x))
    for i in range(len(x)):
        interpreter.set_tensor(x_tensor["index"], np.full((1, 1), x[i], x_tensor["dtype"]))
        interpreter.invoke()
        y[i] = interpreter.get_tensor(y_tensor["index"])[0, 0]
    scale, zero = y_tensor["quantization"]
    return (y - zero) * scale if scale else y


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)

    model = train()
    grid = np.linspace(0.0, 2.0 * math.pi, GRID_POINTS)
    report = []
    for kind, data in (("float32", convert_float32(model)), ("int8", convert_int8(model))):
        name = "hello_world_%s.tflite" % kind
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)
        error = np.abs(predict(data, grid) - np.sin(grid))
        report.append("%s: %d bytes, mean absolute error %.4f, largest %.4f, over %d points"
                      % (name, len(data), error.mean(), error.max(), GRID_POINTS))
    print("\n".join(report))


if __name__ == "__main__":
    main()
