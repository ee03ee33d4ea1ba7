#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Write erf.tflite: y = erf(2 x). Wants TensorFlow; the file is committed, so this is for those who want to change it."""

import tensorflow as tf


@tf.function(input_signature=[tf.TensorSpec([1, 8], tf.float32, name="x")])
def network(x):
    return tf.math.erf(2.0 * x)


converter = tf.lite.TFLiteConverter.from_concrete_functions([network.get_concrete_function()])
converter.allow_custom_ops = True  # what TensorFlow Lite lacks becomes a custom operator
with open("erf.tflite", "wb") as file:
    file.write(converter.convert())
