# SPDX-License-Identifier: MIT
"""Networks that are functions of TensorFlow. Weights are constants from a seeded generator."""

import numpy as np
import tensorflow as tf
from networks import Input, function


def weights(*shape, seed=1, scale=0.3):
    return tf.constant(np.random.default_rng(seed).uniform(-scale, scale, shape).astype(np.float32))


# ----------------------------------------------------------------------------------------------
# Arithmetic, element by element

@function(Input(4, 8, low=0.1, high=3))
def maths_of_positive(x):
    return tf.exp(-x), tf.math.log(x), tf.sqrt(x), tf.math.rsqrt(x), x ** 1.7, tf.math.log1p(x), tf.math.reciprocal(x)


@function(Input(4, 8, low=-4, high=4))
def maths(x):
    return (tf.sin(x), tf.cos(x), tf.abs(x), tf.floor(x), tf.math.ceil(x), tf.round(x), tf.square(x), -x, tf.sign(x),
            tf.tanh(x), tf.math.sigmoid(x), tf.clip_by_value(x, -1.5, 2.0))


@function(Input(4, 8, low=-4, high=4))
def maths_rare(x):
    return tf.math.atan2(x, x + 5), tf.math.expm1(x * 0.3), tf.nn.relu(x) ** 2, tf.nn.softplus(x), tf.nn.leaky_relu(x)


@function(Input(3, 4, 5), Input(4, 1, low=0.5, high=2))
def broadcasting(x, y):
    return x + y, x - y, x * y, x / y, tf.maximum(x, y), tf.minimum(x, y), tf.math.squared_difference(x, y)


@function(Input(3, 4, low=-5, high=5), Input(3, 4, low=0.5, high=3))
def modulo(x, y):
    return tf.math.floordiv(x, y), tf.math.floormod(x, y), tf.pow(y, x)


@function(Input(4, 6, low=-50, high=50, dtype="int32"), Input(4, 6, low=1, high=9, dtype="int32"))
def integers(x, y):
    return (x + y, x - y, x * y, x // y, x % y, tf.maximum(x, y), tf.abs(x), -x, tf.cast(x, tf.float32) * 0.5,
            tf.reduce_sum(x, 1), tf.reduce_max(x, 2))


@function(Input(4, 6), Input(4, 6))
def comparing(x, y):
    both = tf.logical_and(x > y, tf.logical_not(x <= 0.2))
    return (tf.cast(both, tf.float32), x >= y, x < y, tf.equal(x, y), tf.logical_or(both, tf.not_equal(x, 0.0)),
            tf.cast(tf.math.logical_xor(x > 0, y > 0), tf.int32))


@function(Input(4, 6), Input(4, 6))
def selecting(x, y):
    mask = tf.constant([True, False, True, True, False, False])
    return tf.where(x > y, x, y), tf.where(mask, x, 0.0), tf.where(x > 0, x * 2, tf.zeros_like(x)), tf.nn.relu(x - y)


# ----------------------------------------------------------------------------------------------
# Reductions and orders

@function(Input(3, 4, 5))
def reducing(x):
    return (tf.reduce_mean(x, [1, 2]), tf.reduce_sum(x, -1, keepdims=True), tf.reduce_max(x, 1), tf.reduce_min(x, [2, 3]),
            tf.reduce_prod(x + 1, 2), tf.math.reduce_variance(x, 1), tf.math.reduce_std(x, [1, 2, 3]),
            tf.reduce_logsumexp(x, -1))


@function(Input(3, 4))
def any_and_all(x):
    return tf.reduce_any(x > 0.8, 1), tf.reduce_all(x > -0.8, 2), tf.norm(x, axis=-1), tf.math.count_nonzero(x > 0, 1)


@function(Input(5, 12))
def largest(x):
    values, indices = tf.math.top_k(x, 4)
    return tf.argmax(x, -1), tf.argmin(x, 1, output_type=tf.int32), values, indices, tf.sort(x, -1)


@function(Input(6, 5))
def cumulative(x):
    return tf.cumsum(x, 1), tf.cumsum(x, -1, exclusive=True, reverse=True), tf.math.cumsum(tf.abs(x), 2)


@function(Input(6, 5))
def l2_normal(x):
    return tf.math.l2_normalize(x, -1), tf.math.l2_normalize(x, 1), tf.nn.l2_loss(x)


# ----------------------------------------------------------------------------------------------
# Shapes and indices

@function(Input(7, 8, 3))
def slicing(x):
    return (x[:, 1:-1, ::2], x[..., 0], x[:, :, 3:4, tf.newaxis], x[:, ::-1, 2, 1:], x[:, -3:],
            tf.slice(x, [0, 2, 1, 0], [-1, 3, 4, 2]), x[:, 2:6:3, -1:-6:-2])


@function(Input(4, 6, 4))
def joining(x):
    a, b = tf.split(x, 2, axis=2)
    c, d = tf.split(x, [1, 3], axis=1)
    rows = tf.unstack(x, axis=1)
    return tf.concat([b, a], 2), tf.stack(rows[::-1], 2), d * c, tf.concat([x, x], -1), tf.stack([a, b])


@function(Input(3, 4, 2))
def repeating(x):
    return (tf.tile(x, [1, 2, 1, 3]), tf.repeat(x, 2, axis=2), tf.broadcast_to(x[:, :, :1], [1, 3, 5, 2]), tf.reverse(x, [2]),
            tf.expand_dims(x, 2), tf.squeeze(x[:, :1], 1), tf.transpose(x, [0, 3, 1, 2]))


@function(Input(5, 6, 2, low=0.1))
def padding(x):
    grow = [[0, 0], [1, 2], [2, 0], [0, 0]]
    return (tf.pad(x, grow), tf.pad(x, grow, constant_values=-0.5), tf.pad(x, grow, "REFLECT"),
            tf.pad(x, grow, "SYMMETRIC"))


@function(Input(8, 6), Input(4, low=0, high=7, dtype="int32"))
def gathering(x, i):
    return (tf.gather(x, [3, 0, 5], axis=2), tf.gather(x, i, axis=1, batch_dims=1), tf.gather_nd(x, [[0, 1], [0, 7]]),
            tf.gather(weights(8, 3), i))


@function(Input(5, low=0, high=5, dtype="int32"))
def one_hot(x):
    y = tf.one_hot(x, 6)
    return y @ weights(6, 4), tf.one_hot(x, 6, on_value=2.0, off_value=-1.0, axis=1), tf.cast(x, tf.float32) / 5


@function(Input(6, 4))
def open_batch(x):
    """The size of the batch is not known, so that the shape is computed from that of the input."""
    batch = tf.shape(x)[0]
    y = tf.reshape(x, [batch, 3, 8])
    z = tf.zeros([batch, 2, 8])
    s = tf.cast(tf.range(3), tf.float32)[None, :, None] * tf.ones([batch, 1, 1])
    return tf.concat([y, z], 1), y + tf.fill([batch, 3, 1], 0.25), y * s, tf.reshape(x, [-1, tf.shape(x)[1] * 4])


@function(Input(4, 6), Input(3, low=0, high=3, dtype="int32", batch=False))
def scattering(x, i):
    y = tf.scatter_nd(i[:, None], weights(3, 5), [4, 5])
    return y, tf.math.segment_sum(x[0], [0, 0, 1, 2]), tf.tensor_scatter_nd_update(x[0], [[1]], weights(1, 6))


@function(Input(6, 5))
def segments(x):
    """Sums of the rows that belong together, in no order, and of buckets."""
    rows = tf.transpose(x[0])
    y = tf.math.unsorted_segment_sum(rows, [1, 0, 2, 1, 0], 3)
    z = tf.math.unsorted_segment_max(rows, [1, 0, 2, 1, 0], 3)
    return y, z, tf.math.unsorted_segment_mean(rows, [1, 0, 2, 1, 0], 3)


@function(Input(4, 4))
def diagonals(x):
    return tf.linalg.diag(x[:, 0]), tf.linalg.set_diag(x, x[:, 1] * 0.5), x + tf.eye(4)


@function(Input(4, 5, low=0, high=1000, dtype="int32"), Input(4, 5, low=0, high=7, dtype="int32"))
def bits(x, n):
    return tf.bitwise.bitwise_xor(x, n), tf.bitwise.right_shift(x, n), tf.bitcast(x, tf.int8)


@function(Input(12, 4, low=0, high=10, batch=False), Input(12, low=0, high=1, batch=False))
def suppression(boxes, scores):
    corners = tf.concat([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], 1)
    return tf.image.non_max_suppression_padded(corners, scores, 5, 0.4, pad_to_max_output_size=True)


@function(Input(10))
def picking_by_mask(x):
    return tf.reduce_sum(tf.boolean_mask(x, x > 0)), tf.boolean_mask(x[0], x[0] > 0.5)


@function(Input(3, 5), Input(3, low=1, high=5, dtype="int32"))
def sequences(x, n):
    mask = tf.sequence_mask(n, 5)
    return tf.where(mask, x, 0.0), tf.reverse_sequence(x[0], n[0], 1), tf.cast(mask, tf.int32)


@function(Input(4, batch=False), Input(low=0, high=3, dtype="int32", batch=False))
def indices_at_run_time(x, i):
    return x[i], tf.slice(x, [i], [1]), tf.one_hot(i, 4) * x, tf.gather(x, [i, 0])


@function(Input(4, batch=False), Input(low=0, high=3, dtype="int32", batch=False))
def size_at_run_time(x, i):
    return tf.reduce_sum(x[:i + 1] * 2.0)


# ----------------------------------------------------------------------------------------------
# Products

@function(Input(5, 8), Input(8, 6))
def matmul_batch(x, y):
    return x @ y, tf.matmul(x, y, transpose_b=False), tf.matmul(x, x, transpose_b=True), tf.matmul(y, y, transpose_a=True)


@function(Input(6, 32))
def matmul_constant(x):
    y = tf.nn.relu(x @ weights(32, 40) + weights(40, seed=2))
    return tf.nn.softmax(tf.matmul(y, weights(5, 40, seed=3), transpose_b=True))


@function(Input(4, 6, 3), Input(4, 5, 3))
def einsum(x, y):
    return tf.einsum("bhqd,bhkd->bhqk", x, y), tf.einsum("bijk->bkij", x), tf.einsum("bijk,kl->bijl", x, weights(3, 4))


@function(Input(12, 10, 4))
def image_depthwise(x):
    y = tf.nn.depthwise_conv2d(x, weights(3, 3, 4, 2), [1, 1, 1, 1], "SAME")
    y = tf.nn.atrous_conv2d(tf.nn.relu6(y), weights(3, 3, 8, 16), 2, "SAME")
    return tf.nn.conv2d_transpose(y, weights(3, 3, 4, 16), [1, 24, 20, 4], 2, "SAME")


@function(Input(12, 10, 2))
def image_filter(x):
    y = tf.nn.conv2d(x, weights(3, 3, 2, 60), [1, 2, 1, 1], [[0, 0], [1, 1], [2, 0], [0, 0]])
    y = tf.nn.bias_add(y, weights(60))
    z = tf.nn.avg_pool2d(x, 3, 1, "SAME") - x
    return tf.nn.max_pool2d(y, 2, 2, "VALID"), z, tf.nn.local_response_normalization(x)


# ----------------------------------------------------------------------------------------------
# Images, blocks

@function(Input(6, 5, 3))
def resizing(x):
    return (tf.image.resize(x, [9, 11]), tf.image.resize(x, [3, 4], "nearest"), tf.image.flip_left_right(x),
            tf.compat.v1.image.resize_bilinear(x, [11, 9], align_corners=True),
            tf.compat.v1.image.resize_nearest_neighbor(x, [12, 10]), tf.image.rot90(x), tf.image.adjust_brightness(x, 0.1))


@function(Input(8, 6, 3, low=0, high=1))
def image_colours(x):
    grey = tf.image.rgb_to_grayscale(x)
    mean, variance = tf.nn.moments(x, [1, 2], keepdims=True)
    return grey, (x - mean) / tf.sqrt(variance + 0.01), tf.image.central_crop(x, 0.5)


@function(Input(6, 8, 4))
def blocks(x):
    y = tf.space_to_batch(x, [2, 2], [[0, 0], [0, 0]])
    return tf.nn.space_to_depth(x, 2), tf.nn.depth_to_space(x, 2), tf.batch_to_space(y * 2, [2, 2], [[1, 0], [0, 1]])


# ----------------------------------------------------------------------------------------------
# Signals

@function(Input(64))
def rfft(x):
    y = tf.signal.rfft(x)
    return tf.abs(y), tf.math.real(y), tf.math.imag(y)


@function(Input(256))
def spectrogram(x):
    y = tf.signal.stft(x, 64, 32, 64)
    return tf.math.log(tf.abs(y) + 1e-3)


@function(Input(256))
def mel_features(x):
    y = tf.abs(tf.signal.stft(x, 64, 32, 64)) ** 2
    y = tf.math.log(tf.tensordot(y, tf.signal.linear_to_mel_weight_matrix(10, 33, 8000, 20, 4000), 1) + 1e-3)
    return tf.tensordot(y, tf.signal.dct(tf.eye(10), norm="ortho")[:, :6], 1)


@function(Input(5, 8))
def needs_flex(x):
    """Not in the corpus: the converter wants TensorFlow's own operators for these."""
    return tf.roll(x, 1, axis=1), tf.math.tan(x), tf.math.erf(x), tf.linalg.trace(x), tf.image.adjust_contrast(x[..., None], 2.0)


@function(Input(80))
def framing(x):
    frames = tf.signal.frame(x, 20, 10) * tf.signal.hann_window(20)
    return frames, tf.reduce_mean(frames ** 2, -1)


# ----------------------------------------------------------------------------------------------
# Control flow and state

@function(Input(4, batch=False))
def loop(x):
    def body(i, s):
        return i + 1, s * 0.5 + x
    return tf.while_loop(lambda i, s: i < 5, body, [0, tf.zeros(4)])[1]


@function(Input(3, batch=False))
def loop_in_loop(x):
    def outer(i, s):
        return i + 1, tf.while_loop(lambda j, t: j < 3, lambda j, t: (j + 1, t * 0.9 + x), [0, s])[1]
    return tf.while_loop(lambda i, s: i < 3, outer, [0, tf.zeros(3)])[1]


@function(Input(5, 3, batch=False))
def mapping(x):
    return tf.map_fn(lambda row: row * 2.0 + tf.reduce_sum(row), x), tf.scan(lambda a, b: a * 0.5 + b, x)


@function(Input(5, 3, batch=False))
def filling_an_array(x):
    array = tf.TensorArray(tf.float32, 5, element_shape=[3])
    s = tf.zeros(3)
    for i in tf.range(5):
        s = s * 0.5 + x[i]
        array = array.write(i, s)
    return array.stack(), s


@function(Input(3, batch=False), Input(1, batch=False), invokes=4)
def branch_in_branch(x, y):
    return tf.cond(y[0] > 0, lambda: tf.cond(y[0] > 0.5, lambda: x * 3.0, lambda: x - 1.0), lambda: tf.nn.relu(x))


@function(Input(4, batch=False), invokes=4)
def branch(x):
    return tf.cond(tf.reduce_sum(x) > 0, lambda: x * 2.0, lambda: x - 1.0)


@function(Input(5, 4))
def loop_over_rows(x):
    total = tf.zeros_like(x[:, 0])
    for i in range(5):
        total = tf.where(total > 1.0, x[:, i], total + x[:, i])
    return total


class Filter(tf.Module):
    """A moving average that remembers."""

    def __init__(self):
        super().__init__()
        self.mean = tf.Variable(tf.zeros([1, 4]), name="mean")

    def __call__(self, x):
        self.mean.assign(self.mean * 0.75 + x * 0.25)
        return x - self.mean


@function(Input(4), resources=True, invokes=4)
def moving_average():
    module = Filter()
    return module, module.__call__
