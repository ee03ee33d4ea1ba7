// SPDX-License-Identifier: MIT
// RNN, UNIDIRECTIONAL_SEQUENCE_RNN: h = activation(b + W x + R h), in each step; y is h.
// Activations are floats, weights float or int8.

#include "recurrent.h"
#include "window.h"

#include <string.h>

enum { X, W, R, B, H };

typedef struct rnn {
    int32_t batch, time, inputs, units;
    int32_t activation;
    bool time_major, symmetric;
    int32_t sums;      // scratch: what the next h is made from
    int32_t quantized; // int8 weights: scratch for x and h
    float w_scale, r_scale;
} rnn_t;

static mlt_status_t rnn_shapes(mlt_ctx_t *ctx, const mlt_node_t *node, rnn_t *d, int rank) {
    MLT_TRY(mlt_want_type(ctx, node, X, MLT_WITH_FLOAT ? MLT_T(FLOAT32) : 0));
    MLT_TRY(mlt_want_rank(ctx, node, X, rank, rank));
    MLT_TRY(mlt_want_filled(ctx, node, X));
    MLT_TRY(mlt_want_type(ctx, node, W, MLT_T(FLOAT32) | MLT_T(INT8)));
    MLT_TRY(mlt_want_rank(ctx, node, W, 2, 2));
    MLT_TRY(mlt_want_filled(ctx, node, W));
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *w = mlt_in(ctx, node, W);
    d->batch = x->dims[rank == 3 && d->time_major ? 1 : 0];
    d->time = rank == 2 ? 1 : x->dims[d->time_major ? 0 : 1];
    d->inputs = x->dims[rank - 1];
    d->units = w->dims[0];
    MLT_TRY(mlt_want_weights(ctx, node, W, w->type, d->units, d->inputs));
    MLT_TRY(mlt_want_type_of(ctx, node, R, W));
    MLT_TRY(mlt_want_weights(ctx, node, R, w->type, d->units, d->units));
    MLT_TRY(mlt_want_type_of(ctx, node, B, X));
    MLT_TRY(mlt_want_weights(ctx, node, B, MLT_FLOAT32, d->units, 0));
    if ((int64_t)d->batch * d->units > INT32_MAX) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, H, "too small for the weights");
    }
    MLT_TRY(mlt_want_state(ctx, node, H, MLT_FLOAT32, d->batch * d->units));
    int32_t dims[] = {x->dims[0], rank == 2 ? d->units : x->dims[1], d->units};
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), X));
    return mlt_want_dims(ctx, node, MLT_OUT(0), rank, dims);
}

static mlt_status_t rnn_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    rnn_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    if (node->op->code == MLT_OP_RNN) {
        d->activation = mlt_option(node, RNN_FUSED_ACTIVATION_FUNCTION);
        d->symmetric = !mlt_option(node, RNN_ASYMMETRIC_QUANTIZE_INPUTS);
        MLT_TRY(rnn_shapes(ctx, node, d, 2));
    } else {
        d->activation = mlt_option(node, SEQUENCE_RNN_FUSED_ACTIVATION_FUNCTION);
        d->symmetric = !mlt_option(node, SEQUENCE_RNN_ASYMMETRIC_QUANTIZE_INPUTS);
        d->time_major = mlt_option(node, SEQUENCE_RNN_TIME_MAJOR) != 0;
        MLT_TRY(rnn_shapes(ctx, node, d, 3));
    }
    MLT_TRY(mlt_want_activation(ctx, node, d->activation));
    MLT_TRY(mlt_want_scratch(ctx, &d->sums, d->units, sizeof(float)));
    d->quantized = -1;
    if (mlt_in(ctx, node, W)->type == MLT_INT8) {
        MLT_TRY(mlt_want_quant(ctx, node, W));
        MLT_TRY(mlt_want_quant(ctx, node, R));
        d->w_scale = mlt_scale_of(ctx, mlt_in(ctx, node, W));
        d->r_scale = mlt_scale_of(ctx, mlt_in(ctx, node, R));
        return mlt_want_scratch(ctx, &d->quantized, (int64_t)d->inputs + d->units, 1);
    }
    return MLT_OK;
}

static mlt_status_t rnn_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const rnn_t *d = node->data;
    const float *x = mlt_in(ctx, node, X)->data, *bias = mlt_in(ctx, node, B)->data;
    float *h = mlt_in(ctx, node, H)->data, *y = mlt_out(ctx, node, 0)->data;
    float *sums = mlt_scratch(ctx, d->sums);
    int8_t *room = d->quantized < 0 ? NULL : mlt_scratch(ctx, d->quantized);
    const size_t bytes = (size_t)d->units * sizeof(float);
    for (int32_t b = 0; b < d->batch; ++b, h += d->units) {
        for (int32_t t = 0; t < d->time; ++t) {
            size_t row = (size_t)(d->time_major ? t * d->batch + b : b * d->time + t);
            mlt_vector_t vx =
                mlt_vector(x + row * (size_t)d->inputs, d->inputs, room, d->symmetric);
            mlt_vector_t vh = mlt_vector(h, d->units, room ? room + d->inputs : NULL, d->symmetric);
            memcpy(sums, bias, bytes);
            mlt_vector_multiply(ctx, &vx, mlt_in(ctx, node, W)->data, d->w_scale, sums, d->units);
            mlt_vector_multiply(ctx, &vh, mlt_in(ctx, node, R)->data, d->r_scale, sums, d->units);
            mlt_activate(sums, d->units, d->activation);
            memcpy(h, sums, bytes);
            memcpy(y + row * (size_t)d->units, sums, bytes);
        }
    }
    return MLT_OK;
}

#define RNN_OP(lower, upper)                                                                       \
    const mlt_op_t mlt_op_##lower = {                                                              \
        .name = #upper,                                                                            \
        .code = MLT_OP_##upper,                                                                    \
        .min_inputs = 5,                                                                           \
        .max_inputs = 5,                                                                           \
        .min_outputs = 1,                                                                          \
        .max_outputs = 1,                                                                          \
        .prepare = rnn_prepare,                                                                    \
        .eval = rnn_eval,                                                                          \
    };

RNN_OP(rnn, RNN)
RNN_OP(unidirectional_sequence_rnn, UNIDIRECTIONAL_SEQUENCE_RNN)
