// SPDX-License-Identifier: MIT
// SVDF: each filter takes features from its input and remembers those of some invokes; a second
// row of weights goes over them in time. `rank` filters together make an output:
//     state[f] = the last `memory` of (x . w_feature[f])
//     y[u] = activation(b[u] + sum over the filters f of unit u of state[f] . w_time[f])

#include "recurrent.h"
#include "window.h"
#include "../kernels/dense.h"

#include <string.h>

enum { X, W_FEATURE, W_TIME, B, STATE };

typedef struct svdf {
    int32_t batch, depth, filters, memory, units, rank;
    int32_t activation;
    int32_t features;  // scratch: of one row of x
    int32_t quantized; // hybrid: scratch for a row of x as int8
    bool symmetric;    // hybrid: how it is quantised
    float feature_scale, time_scale;
    int32_t x_offset, state_zero; // integers
    mlt_rescale_t feature, output;
} svdf_t;

// --- prepare

static mlt_status_t svdf_shapes(mlt_ctx_t *ctx, const mlt_node_t *node, svdf_t *d) {
    for (int i = X; i <= W_TIME; ++i) {
        MLT_TRY(mlt_want_rank(ctx, node, i, 2, 2));
        MLT_TRY(mlt_want_filled(ctx, node, i));
    }
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *w = mlt_in(ctx, node, W_FEATURE);
    d->batch = x->dims[0];
    d->depth = x->dims[1];
    d->filters = w->dims[0];
    d->memory = mlt_in(ctx, node, W_TIME)->dims[1];
    d->rank = mlt_option(node, SVDF_RANK);
    if (d->rank < 1 || d->filters % d->rank != 0) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE, "rank %d, want a divisor of %d filters",
            (int)d->rank, (int)d->filters);
    }
    d->units = d->filters / d->rank;
    MLT_TRY(mlt_want_dims(ctx, node, W_FEATURE, 2, (int32_t[]){d->filters, d->depth}));
    MLT_TRY(mlt_want_dims(ctx, node, W_TIME, 2, (int32_t[]){d->filters, d->memory}));
    return mlt_want_dims(ctx, node, MLT_OUT(0), 2, (int32_t[]){d->batch, d->units});
}

static mlt_status_t svdf_types(mlt_ctx_t *ctx, const mlt_node_t *node, svdf_t *d) {
    MLT_TRY(mlt_want_type(ctx, node, X, (MLT_WITH_FLOAT ? MLT_T(FLOAT32) : 0) | MLT_T(INT8)));
    const mlt_tensor_t *x = mlt_in(ctx, node, X);
    bool real = x->type == MLT_FLOAT32;
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), X));
    MLT_TRY(mlt_want_type(ctx, node, W_FEATURE, real ? MLT_T(FLOAT32) | MLT_T(INT8) : MLT_T(INT8)));
    int time = real ? mlt_in(ctx, node, W_FEATURE)->type : mlt_in(ctx, node, W_TIME)->type;
    MLT_TRY(
        mlt_want_type(ctx, node, W_TIME, real ? UINT32_C(1) << time : MLT_T(INT8) | MLT_T(INT16)));
    MLT_TRY(mlt_want_weights(ctx, node, B, real ? MLT_FLOAT32 : MLT_INT32, d->units, 0));
    int64_t count = (int64_t)d->batch * d->filters * d->memory;
    if (count > INT32_MAX) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, STATE, "too small for the weights");
    }
    return mlt_want_state(ctx, node, STATE, real ? MLT_FLOAT32 : time, (int32_t)count);
}

static mlt_status_t svdf_integers(mlt_ctx_t *ctx, const mlt_node_t *node, svdf_t *d) {
    for (int i = X; i <= STATE; ++i) {
        if (i != B) {
            MLT_TRY(mlt_want_quant(ctx, node, i));
        }
    }
    MLT_TRY(mlt_want_quant(ctx, node, MLT_OUT(0)));
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *state = mlt_in(ctx, node, STATE);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    float x_scale = mlt_scale_of(ctx, x), state_scale = mlt_scale_of(ctx, state);
    float w_scale = mlt_scale_of(ctx, mlt_in(ctx, node, W_FEATURE));
    float time_scale = mlt_scale_of(ctx, mlt_in(ctx, node, W_TIME));
    // Products of scales are floats in TensorFlow Lite here.
    d->feature = (mlt_rescale_t){mlt_quotient(x_scale * w_scale / state_scale, 1.0f, 1.0f), 0,
        mlt_type_min(state->type), mlt_type_max(state->type)};
    d->output =
        (mlt_rescale_t){mlt_quotient(state_scale * time_scale / mlt_scale_of(ctx, y), 1.0f, 1.0f),
            mlt_zero_point(ctx, y), -128, 127};
    d->x_offset = -mlt_zero_point(ctx, x);
    d->state_zero = mlt_zero_point(ctx, state);
    return mlt_want_scratch(ctx, &d->features, d->filters, sizeof(int16_t));
}

static mlt_status_t svdf_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    svdf_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    MLT_TRY(svdf_shapes(ctx, node, d));
    MLT_TRY(svdf_types(ctx, node, d));
    d->activation = mlt_option(node, SVDF_FUSED_ACTIVATION_FUNCTION);
    MLT_TRY(mlt_want_activation(ctx, node, d->activation));
    if (mlt_in(ctx, node, X)->type == MLT_INT8) {
        return svdf_integers(ctx, node, d);
    }
    d->quantized = -1;
    if (mlt_in(ctx, node, W_FEATURE)->type == MLT_INT8) {
        MLT_TRY(mlt_want_quant(ctx, node, W_FEATURE));
        MLT_TRY(mlt_want_quant(ctx, node, W_TIME));
        d->feature_scale = mlt_scale_of(ctx, mlt_in(ctx, node, W_FEATURE));
        d->time_scale = mlt_scale_of(ctx, mlt_in(ctx, node, W_TIME));
        d->symmetric = !mlt_option(node, SVDF_ASYMMETRIC_QUANTIZE_INPUTS);
        MLT_TRY(mlt_want_scratch(ctx, &d->quantized, d->depth, 1));
    }
    return mlt_want_scratch(ctx, &d->features, d->filters, sizeof(float));
}

// --- eval. Make room for the newest feature of every filter, at the end of its row.

static void shift_state(const mlt_tensor_t *state) {
    size_t size = mlt_type_size((mlt_type_t)state->type);
    memmove(state->data, (const uint8_t *)state->data + size, mlt_bytes(state) - size);
}

static void svdf_eval_float(mlt_ctx_t *ctx, const mlt_node_t *node, const svdf_t *d) {
    const float *x = mlt_in(ctx, node, X)->data;
    const mlt_tensor_t *b = mlt_in(ctx, node, B);
    float *features = mlt_scratch(ctx, d->features);
    int8_t *room = d->quantized < 0 ? NULL : mlt_scratch(ctx, d->quantized);
    float *state = mlt_in(ctx, node, STATE)->data, *y = mlt_out(ctx, node, 0)->data;
    for (int32_t row = 0; row < d->batch; ++row, x += d->depth, y += d->units) {
        mlt_vector_t v = mlt_vector(x, d->depth, room, d->symmetric);
        memset(features, 0, (size_t)d->filters * sizeof(*features));
        mlt_vector_multiply(
            ctx, &v, mlt_in(ctx, node, W_FEATURE)->data, d->feature_scale, features, d->filters);
        const void *w = mlt_in(ctx, node, W_TIME)->data;
        const float *w_float = w;
        const int8_t *w_int8 = w;
        for (int32_t u = 0, f = 0; u < d->units; ++u) {
            float sum = b ? ((const float *)b->data)[u] : 0.0f;
            for (int32_t end = f + d->rank; f < end; ++f, state += d->memory) {
                float product = 0.0f;
                state[d->memory - 1] = features[f];
                for (int32_t k = 0; k < d->memory; ++k) {
                    product += state[k] * (room ? d->time_scale * (float)*w_int8++ : *w_float++);
                }
                sum += product;
            }
            y[u] = sum;
        }
        mlt_activate(y, d->units, d->activation);
    }
}

// Put the newest feature at the end of a filter's state, and multiply this with weights in time.
// The sum of zero point and feature wraps around, as in TFLM.
static uint32_t filter_s8(
    int8_t *state, const int8_t *w, int32_t n, int32_t feature, int32_t zero) {
    uint32_t sum = 0;
    state[n - 1] = (int8_t)(feature + zero);
    for (int32_t k = 0; k < n; ++k) {
        sum += (uint32_t)(w[k] * (state[k] - zero));
    }
    return sum;
}

static uint32_t filter_s16(
    int16_t *state, const int16_t *w, int32_t n, int32_t feature, int32_t zero) {
    uint32_t sum = 0;
    state[n - 1] = (int16_t)(feature + zero);
    for (int32_t k = 0; k < n; ++k) {
        sum += (uint32_t)w[k] * (uint32_t)(state[k] - zero);
    }
    return sum;
}

static void svdf_eval_integers(mlt_ctx_t *ctx, const mlt_node_t *node, const svdf_t *d) {
    const int8_t *x = mlt_in(ctx, node, X)->data, *w = mlt_in(ctx, node, W_FEATURE)->data;
    const mlt_tensor_t *b = mlt_in(ctx, node, B), *time = mlt_in(ctx, node, W_TIME);
    uint8_t *state = mlt_in(ctx, node, STATE)->data;
    int16_t *features = mlt_scratch(ctx, d->features);
    int8_t *y = mlt_out(ctx, node, 0)->data;
    bool wide = time->type == MLT_INT16;
    int32_t n = d->memory, bytes = wide ? 2 * n : n;
    for (int32_t row = 0; row < d->batch; ++row, x += d->depth) {
        const uint8_t *w_time = time->data;
        mlt_dense_s8_s16(ctx, x, w, NULL, features, d->filters, d->depth, d->x_offset, &d->feature);
        for (int32_t u = 0, f = 0; u < d->units; ++u) {
            uint32_t sum = b ? (uint32_t)((const int32_t *)b->data)[u] : 0;
            for (int32_t end = f + d->rank; f < end; ++f, state += bytes, w_time += bytes) {
                sum +=
                    wide ? filter_s16((int16_t *)(void *)state,
                               (const int16_t *)(const void *)w_time, n, features[f], d->state_zero)
                         : filter_s8((int8_t *)state, (const int8_t *)w_time, n, features[f],
                               d->state_zero);
            }
            *y++ = (int8_t)mlt_rescale(&d->output, (int32_t)sum);
        }
    }
}

static mlt_status_t svdf_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const svdf_t *d = node->data;
    shift_state(mlt_in(ctx, node, STATE));
    if (MLT_WITH_FLOAT && mlt_in(ctx, node, X)->type == MLT_FLOAT32) {
        svdf_eval_float(ctx, node, d);
    } else {
        svdf_eval_integers(ctx, node, d);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(svdf, SVDF, 5, svdf_prepare, svdf_eval)
