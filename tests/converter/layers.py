# SPDX-License-Identifier: MIT
"""Networks of Keras layers. Kernels of 1024 weights and more are those that dynamic range
quantisation touches, so most networks have one."""

import keras
import tensorflow as tf
from keras import layers as L
from networks import Input, keras_network

IMAGE = Input(12, 12, 3)
MAP = Input(8, 8, 8)
SERIES = Input(10, 6)


# ----------------------------------------------------------------------------------------------
# Dense layers and activations

@keras_network(Input(20))
def dense(x):
    x = L.Dense(64, "relu")(x)
    x = L.Dense(24, "relu")(x)
    return L.Dense(5, "softmax")(x)


@keras_network(Input(1, low=0, high=6.28))
def sine(x):
    x = L.Dense(16, "relu")(x)
    x = L.Dense(16, "relu")(x)
    return L.Dense(1)(x)


@keras_network(Input(40))
def autoencoder(x):
    x = L.Dense(32, use_bias=False)(x)
    x = L.ReLU()(L.BatchNormalization()(x))
    x = L.Dense(8, "relu")(x)
    x = L.Dense(32, "relu")(x)
    return L.Dense(40)(x)


@keras_network(Input(6, 16, low=-4, high=4))
def activations_rectified(x):
    return L.Concatenate()([L.ReLU()(x), L.ReLU(6.0)(x), L.ReLU(max_value=1.0)(x), L.LeakyReLU(0.2)(x), L.PReLU()(x),
                            L.PReLU(shared_axes=[1])(x), L.ELU()(x), L.Activation("selu")(x),
                            L.ReLU(threshold=0.5, negative_slope=0.1)(x)])


@keras_network(Input(6, 16, low=-4, high=4))
def activations_smooth(x):
    names = "sigmoid", "tanh", "gelu", "swish", "hard_sigmoid", "hard_silu", "softplus", "softsign", "mish"
    ys = [L.Activation(n)(x) for n in names]
    ys.append(keras.ops.gelu(x, approximate=False))
    return L.Concatenate()(ys)


@keras_network(Input(48, low=-2, high=2))
def dense_activations(x):
    for name in "elu", "selu", "tanh", "gelu", "swish", "sigmoid":
        x = L.Dense(32, name)(x)
    return L.Dense(4)(x)


@keras_network(Input(4, 6, 5, low=-3, high=3))
def softmaxes(x):
    return L.Softmax()(x), L.Softmax(axis=1)(x), keras.ops.log_softmax(x)


# ----------------------------------------------------------------------------------------------
# Convolutions

@keras_network(IMAGE)
def conv(x):
    x = L.Conv2D(8, 3, strides=2, padding="same", activation="relu")(x)
    x = L.Conv2D(16, 3, activation="relu")(x)
    x = L.MaxPooling2D()(x)
    return L.Dense(4, "softmax")(L.Flatten()(x))


@keras_network(IMAGE)
def conv_batch_norm(x):
    x = L.BatchNormalization()(x)
    x = L.Conv2D(8, 3, padding="same", use_bias=False)(x)
    x = L.ReLU()(L.BatchNormalization()(x))
    x = L.Conv2D(16, (3, 3), strides=(2, 1), padding="same")(x)
    x = L.BatchNormalization()(L.Activation("tanh")(x))
    return L.GlobalAveragePooling2D()(x)


@keras_network(IMAGE)
def depthwise(x):
    x = L.Conv2D(8, 3, strides=2, padding="same", activation="relu6")(x)
    for stride in 1, 2:
        x = L.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(x)
        x = L.ReLU(6.0)(L.BatchNormalization()(x))
        x = L.Conv2D(40, 1, use_bias=False)(x)
        x = L.ReLU(6.0)(L.BatchNormalization()(x))
    x = L.GlobalAveragePooling2D()(x)
    return L.Dense(3, "softmax")(x)


@keras_network(Input(10, 9, 40))
def depthwise_multiplier(x):
    x = L.DepthwiseConv2D((3, 5), depth_multiplier=2, padding="same", activation="relu")(x)
    return L.DepthwiseConv2D(3, strides=2)(x)


@keras_network(IMAGE)
def separable(x):
    x = L.SeparableConv2D(16, 3, padding="same", activation="relu")(x)
    x = L.SeparableConv2D(64, 3, strides=2, activation="relu")(x)
    return L.GlobalMaxPooling2D()(x)


@keras_network(Input(5, 6, 8))
def conv_transpose(x):
    x = L.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    x = L.Conv2DTranspose(4, 3, strides=2)(x)
    return L.Conv2DTranspose(2, (2, 4), use_bias=False)(x)


@keras_network(Input(13, 11, 8))
def conv_dilated(x):
    a = L.Conv2D(16, 3, dilation_rate=2, padding="same", activation="relu")(x)
    b = L.Conv2D(8, 3, dilation_rate=(2, 3))(a)
    c = L.DepthwiseConv2D(3, dilation_rate=2, padding="same")(a)
    return b, c


@keras_network(Input(8, 8, 16))
def conv_grouped(x):
    x = L.Conv2D(32, 3, groups=4, padding="same", activation="relu")(x)
    return L.Conv2D(16, 1, groups=2)(x)


@keras_network(Input(5, 6, 6, 3))
def conv3d(x):
    x = L.Conv3D(16, 3, padding="same", activation="relu")(x)
    x = L.Conv3D(4, (2, 3, 1), strides=(1, 2, 2))(x)
    return L.GlobalAveragePooling3D()(x)


@keras_network(Input(3, 4, 4, 4))
def conv3d_transpose(x):
    return L.Conv3DTranspose(6, 3, strides=2, padding="same", activation="relu")(x)


@keras_network(Input(4, 6, 6, 4))
def volumes(x):
    x = L.UpSampling3D((1, 2, 1))(L.ZeroPadding3D(1)(x))
    return L.GlobalAveragePooling3D()(x), L.GlobalMaxPooling3D()(x), L.Cropping3D(1)(x)


@keras_network(Input(32, 4))
def conv1d(x):
    x = L.Conv1D(16, 5, strides=2, padding="same", activation="relu")(x)
    x = L.Conv1D(16, 5, padding="causal", dilation_rate=2, activation="relu")(x)
    x = L.MaxPooling1D(2)(x)
    x = L.Conv1D(24, 3)(x)
    x = L.AveragePooling1D(3, strides=1, padding="same")(x)
    return L.Dense(6, "softmax")(L.GlobalAveragePooling1D()(x))


@keras_network(Input(24, 8))
def conv1d_more(x):
    x = L.DepthwiseConv1D(3, padding="same")(x)
    x = L.SeparableConv1D(40, 3, activation="relu")(x)
    x = L.ZeroPadding1D(2)(L.Cropping1D((1, 2))(x))
    x = L.Conv1DTranspose(8, 4, strides=2, padding="same")(x)
    x = L.UpSampling1D(2)(x)
    return L.GlobalMaxPooling1D()(x), x


# ----------------------------------------------------------------------------------------------
# Blocks of convolutional networks

@keras_network(Input(9, 10, 4))
def pooling(x):
    a = L.MaxPooling2D((2, 3), strides=(1, 2), padding="same")(x)
    b = L.AveragePooling2D((2, 3), strides=(1, 2), padding="same")(x)
    c = L.Concatenate()([a, b])
    return L.GlobalAveragePooling2D(keepdims=True)(c), L.GlobalMaxPooling2D()(c), L.AveragePooling2D(3, strides=2)(x)


@keras_network(Input(8, 8, 12))
def residual(x):
    y = L.Conv2D(12, 3, padding="same", activation="relu")(x)
    y = L.Conv2D(12, 3, padding="same")(y)
    x = L.ReLU()(L.Add()([x, y]))
    y = L.Conv2D(24, 3, strides=2, padding="same", activation="relu")(x)
    x = L.Conv2D(24, 1, strides=2)(x)
    return L.GlobalAveragePooling2D()(L.ReLU()(L.Add()([x, y])))


@keras_network(Input(8, 8, 8))
def inverted_residual(x):
    y = L.Conv2D(48, 1, activation="relu6")(x)
    y = L.DepthwiseConv2D(3, padding="same", activation="relu6")(y)
    y = L.BatchNormalization()(L.Conv2D(8, 1, use_bias=False)(y))
    return L.Add()([x, y])


@keras_network(MAP)
def dense_block(x):
    for _ in range(3):
        y = L.Conv2D(12, 3, padding="same", activation="relu")(L.BatchNormalization()(x))
        x = L.Concatenate()([x, y])
    return L.AveragePooling2D(2)(L.Conv2D(8, 1)(x))


@keras_network(Input(6, 6, 32))
def squeeze_excite(x):
    y = L.GlobalAveragePooling2D()(x)
    y = L.Dense(8, "relu")(y)
    y = L.Dense(32, "hard_sigmoid")(y)
    x = L.Multiply()([x, L.Reshape((1, 1, 32))(y)])
    y = L.GlobalAveragePooling2D(keepdims=True)(x)
    y = L.Conv2D(32, 1, activation="sigmoid")(L.Conv2D(40, 1, activation="swish")(y))
    return L.Multiply()([x, y])


@keras_network(Input(16, 16, 2))
def unet(x):
    a = L.Conv2D(8, 3, padding="same", activation="relu")(x)
    b = L.Conv2D(16, 3, padding="same", activation="relu")(L.MaxPooling2D()(a))
    c = L.Conv2D(16, 3, padding="same", activation="relu")(L.MaxPooling2D()(b))
    b = L.Concatenate()([b, L.UpSampling2D()(c)])
    b = L.Conv2D(8, 3, padding="same", activation="relu")(b)
    a = L.Concatenate()([a, L.Conv2DTranspose(8, 2, strides=2)(b)])
    return L.Conv2D(1, 1, activation="sigmoid")(a)


@keras_network(Input(6, 6, 8))
def boxes(x):
    """The last layers of a detector."""
    y = L.Reshape((6, 6, 2, 7))(L.Conv2D(14, 3, padding="same")(x))
    cells = tf.constant([[[[j, i]] for j in range(6)] for i in range(6)], tf.float32)
    centre, size = (keras.ops.sigmoid(y[..., :2]) + cells) / 6.0, keras.ops.exp(y[..., 2:4]) * 0.5
    y = keras.ops.concatenate([centre - size, centre + size, keras.ops.sigmoid(y[..., 4:])], -1)
    return L.Reshape((72, 7))(y)


@keras_network(Input(5, 5, 3), Input(5, 5, 3))
def siamese(x, y):
    conv, dense = L.Conv2D(8, 3, activation="relu"), L.Dense(16)
    x, y = (dense(L.Flatten()(conv(t))) for t in (x, y))
    return keras.ops.sqrt(keras.ops.sum((x - y) ** 2, -1, keepdims=True) + 1e-6)


@keras_network(Input(5, 7, 4))
def upsampling(x):
    a = L.UpSampling2D((2, 3))(x)
    b = L.UpSampling2D(2, interpolation="bilinear")(x)
    return a, b, L.Resizing(9, 4)(x), L.Resizing(4, 9, interpolation="nearest")(x)


@keras_network(Input(10, 9, 3, low=0, high=255))
def preprocessing(x):
    x = L.Rescaling(1 / 127.5, offset=-1.0)(x)
    x = L.CenterCrop(8, 8)(x)
    x = L.Normalization(mean=[0.1, 0.2, 0.3], variance=[0.5, 0.6, 0.7])(x)
    x = L.GaussianNoise(0.1)(L.SpatialDropout2D(0.2)(x))
    x = L.ZeroPadding2D(((1, 0), (2, 1)))(x)
    return L.Cropping2D(((0, 2), (1, 1)))(L.Dropout(0.5)(x))


# ----------------------------------------------------------------------------------------------
# Recurrent networks. The converter wants the batch of a loop to be fixed.

@keras_network(SERIES)
def lstm_open_batch(x):
    return L.LSTM(8)(x)


@keras_network(SERIES, batch=1)
def lstm(x):
    return L.Dense(3, "softmax")(L.LSTM(14)(x))


@keras_network(SERIES, batch=1)
def lstm_stacked(x):
    x = L.LSTM(16, return_sequences=True)(x)
    x, h, c = L.LSTM(8, return_sequences=True, return_state=True)(x)
    return x, h, c


@keras_network(Input(5, 6), batch=1)
def lstm_unrolled(x):
    return L.Dense(3)(L.LSTM(16, unroll=True)(x))


@keras_network(SERIES, batch=1)
def lstm_bidirectional(x):
    x = L.Bidirectional(L.LSTM(12, return_sequences=True))(x)
    return L.Dense(4)(L.Bidirectional(L.LSTM(8))(x))


@keras_network(SERIES, batch=1)
def lstm_backwards(x):
    return L.LSTM(12, go_backwards=True, return_sequences=True, activation="relu")(x)


@keras_network(SERIES, batch=1)
def gru(x):
    x = L.GRU(18, return_sequences=True)(x)
    return L.GRU(8, reset_after=False)(x)


@keras_network(Input(6, 6), batch=1)
def gru_unrolled(x):
    return L.Dense(2)(L.GRU(20, unroll=True)(x))


@keras_network(SERIES, batch=1)
def gru_bidirectional(x):
    return L.Bidirectional(L.GRU(8, return_sequences=True), merge_mode="sum")(x)


@keras_network(SERIES, batch=1)
def simple_rnn(x):
    x = L.SimpleRNN(34, return_sequences=True)(x)
    return L.SimpleRNN(6, unroll=True, activation="relu")(x)


@keras_network(Input(4, 6, 6, 2), batch=1)
def conv_lstm(x):
    return L.ConvLSTM2D(4, 3, padding="same")(x)


@keras_network(Input(4, 8, 3), batch=1)
def conv_lstm_1d(x):
    return L.ConvLSTM1D(4, 3, return_sequences=True)(x)


@keras_network(SERIES, batch=1)
def rnn_of_cells(x):
    x = L.RNN([L.LSTMCell(8), L.GRUCell(6)], return_sequences=True)(x)
    return L.TimeDistributed(L.Dense(3))(x)


@keras_network(Input(4, 8, 8, 2), batch=1)
def time_distributed(x):
    x = L.TimeDistributed(L.Conv2D(6, 3, activation="relu"))(x)
    x = L.TimeDistributed(L.Flatten())(x)
    x = L.TimeDistributed(L.Dense(8))(x)
    return L.Dense(2, "softmax")(L.LSTM(6)(x))


@keras_network(Input(9, low=1, high=20, dtype="int32"), batch=1)
def text_lstm(x):
    x = L.Embedding(21, 8, mask_zero=True)(x)
    return L.Dense(1, "sigmoid")(L.LSTM(10)(x))


# ----------------------------------------------------------------------------------------------
# Attention, embeddings, normalisation

@keras_network(Input(12, low=0, high=59, dtype="int32"))
def embedding(x):
    x = L.Embedding(60, 20)(x)
    return L.Dense(3, "softmax")(L.GlobalAveragePooling1D()(x))


@keras_network(Input(6, 32))
def attention(x):
    return L.MultiHeadAttention(2, 16)(x, x)


@keras_network(Input(8, 16))
def transformer(x):
    y = L.MultiHeadAttention(4, 4)(x, x)
    x = L.LayerNormalization()(L.Add()([x, y]))
    y = L.Dense(16)(L.Dense(64, "gelu")(x))
    x = L.LayerNormalization(epsilon=1e-6)(L.Add()([x, y]))
    return L.Dense(4)(L.GlobalAveragePooling1D()(x))


@keras_network(Input(5, 8), Input(7, 8))
def attention_layers(q, v):
    return L.Attention()([q, v]), L.AdditiveAttention()([q, v])


@keras_network(Input(6, 6, 8))
def normalisations(x):
    return (L.LayerNormalization()(x), L.GroupNormalization(4)(x), L.UnitNormalization()(x),
            L.LayerNormalization(axis=(1, 2), center=False)(x))


# ----------------------------------------------------------------------------------------------
# Shapes, merging, several inputs and outputs

@keras_network(Input(4, 6, 5))
def shapes(x):
    y = L.Reshape((6, 20))(L.Permute((2, 1, 3))(x))
    z = L.RepeatVector(3)(L.Dense(48)(L.Flatten()(x)))
    return y, z, L.Reshape((-1, 2))(x)


@keras_network(Input(4, 6), Input(4, 6, low=0.2, high=2))
def merging(x, y):
    a = [f()([x, y]) for f in (L.Add, L.Subtract, L.Multiply, L.Average, L.Maximum, L.Minimum)]
    return L.Concatenate(axis=1)(a), L.Dot(axes=2)([x, y]), L.Dot(axes=-1, normalize=True)([x, y])


@keras_network(Input(8, 8, 3), Input(5))
def two_inputs_two_outputs(image, numbers):
    x = L.Flatten()(L.Conv2D(8, 3, strides=2, activation="relu")(image))
    y = L.Dense(8, "relu")(numbers)
    x = L.Dense(16, "relu")(L.Concatenate()([x, y]))
    return L.Dense(3, "softmax", name="kind")(x), L.Dense(1, name="size")(x)


@keras_network(Input(8, 12))
def einsum_dense(x):
    x = L.EinsumDense("abc,cd->abd", output_shape=(None, 96), bias_axes="d", activation="relu")(x)
    return L.EinsumDense("abc,cd->abd", output_shape=(None, 4))(x)


@keras_network(IMAGE)
def mixed_ops(x):
    """Layers with plain functions between them, as people write them."""
    x = L.Conv2D(16, 3, padding="same")(x)
    x = keras.ops.clip(x * 2.0 - 0.5, -1.0, 1.0)
    x = L.Conv2D(8, 3, activation="relu")(x)
    x = keras.ops.mean(x, axis=(1, 2)) / (keras.ops.std(x, axis=(1, 2)) + 0.1)
    return L.Dense(4)(x)


@keras_network(Input(6, low=-2, high=2))
def buckets(x):
    x = L.Discretization([-1.0, 0.0, 0.5, 1.0])(x)
    return L.CategoryEncoding(5, output_mode="one_hot")(x)


@keras_network(Input(8, 16), batch=1)
def causal_attention(x):
    x = L.MultiHeadAttention(2, 8)(x, x, use_causal_mask=True)
    return L.Dense(4)(x[:, -1])


@keras_network(Input(8, 8, 4))
def space_and_depth(x):
    x = L.Lambda(lambda t: tf.nn.space_to_depth(t, 2))(x)
    x = L.Conv2D(16, 3, padding="same", activation="relu")(x)
    return L.Lambda(lambda t: tf.nn.depth_to_space(t, 2))(x)
