# SPDX-License-Identifier: MIT
# Train the sine model and write it as float32 and as int8, next to this script.
#
#     python3 -m venv /tmp/train && /tmp/train/bin/pip install -r requirements.txt
#     /tmp/train/bin/python train.py
#
# Only needed to make the model files again: they are part of the repository.

import math
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # its sums come in another order on each processor
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import numpy as np
import tensorflow as tf
from tensorflow import keras

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 1
TRAIN_POINTS = 4000
GRID_POINTS = 1000  # the errors in README.md are measured on this many


def make_data():
    """Points drawn evenly at random from 0..2*pi, with their sine."""
    x = np.random.default_rng(SEED).uniform(0.0, 2.0 * math.pi, (TRAIN_POINTS, 1))
    return x.astype(np.float32), np.sin(x).astype(np.float32)


def train(x, y, epochs=400, batch=64):
    """1 -> 16 relu -> 16 relu -> 1. The step size falls to zero along a cosine."""
    model = keras.Sequential([
        keras.layers.Input((1,), name="x"),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1, name="y"),
    ])
    steps = epochs * math.ceil(len(x) / batch)
    rate = keras.optimizers.schedules.CosineDecay(0.005, steps)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0)
    return model


def convert_float(model):
    return tf.lite.TFLiteConverter.from_keras_model(model).convert()


def convert_int8(model, x):
    """Weights, activations, input and output int8; x shows the converter the ranges that occur."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([row[np.newaxis]] for row in x[:500])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return converter.convert()


def predict(data, x):
    """What the model in data makes of x, one value at a time, int8 or float32."""
    interpreter = tf.lite.Interpreter(model_content=data)
    interpreter.allocate_tensors()
    tensor_in = interpreter.get_input_details()[0]
    tensor_out = interpreter.get_output_details()[0]
    y = []
    for value in x:
        if tensor_in["dtype"] == np.int8:
            scale, zero = tensor_in["quantization"]
            value = np.clip(np.round(value / scale) + zero, -128, 127)
        interpreter.set_tensor(tensor_in["index"], np.full((1, 1), value, tensor_in["dtype"]))
        interpreter.invoke()
        out = interpreter.get_tensor(tensor_out["index"]).item()
        if tensor_out["dtype"] == np.int8:
            scale, zero = tensor_out["quantization"]
            out = (out - zero) * scale
        y.append(out)
    return np.array(y)


def main():
    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)

    x, y = make_data()
    model = train(x, y)
    grid = np.linspace(0.0, 2.0 * math.pi, GRID_POINTS)
    for kind, data in (("float32", convert_float(model)), ("int8", convert_int8(model, x))):
        name = "hello_world_%s.tflite" % kind
        with open(os.path.join(HERE, name), "wb") as f:
            f.write(data)
        error = np.abs(predict(data, grid) - np.sin(grid))
        print("%s: %d bytes, mean absolute error %.4f, largest %.4f over %d points"
              % (name, len(data), error.mean(), error.max(), GRID_POINTS))


if __name__ == "__main__":
    main()
