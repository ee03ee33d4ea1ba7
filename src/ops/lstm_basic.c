// SPDX-License-Identifier: MIT
// LSTM with kernel type BASIC, as old converters wrote it: one matrix for all gates, of floats or
// of uint8 with a state of int16. For one step:
//     (i, g, f, o) = W [x h] + b,  c = logistic(i) tanh(g) + logistic(f) c,  h = logistic(o)
//     tanh(c)
// The outputs are h, c, [x h] and W [x h] + b. States that are variables remember h and c.

#include "lstm.h"

#include "../fixedpoint16.h"
#include "../kernels/kernels.h"
#include "../mathf.h"
#include "window.h"

#include <string.h>

enum { X, H, W, B, C, INPUTS };
enum { H_OUT, C_OUT, JOINED, SUMS, OUTPUTS };

typedef struct lstm_basic {
    int32_t batch, inputs, cells;
    mlt_multiplier_t multiplier; // uint8: a sum to 2^-12
    int32_t w_offset;
} lstm_basic_t;

// --- prepare

// A tensor has this type and is [batch][cols].
static mlt_status_t want_rows(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int type, int32_t batch, int32_t cols) {
    int32_t dims[] = {batch, cols};
    MLT_TRY(mlt_want_type(ctx, node, slot, UINT32_C(1) << type));
    return mlt_want_dims(ctx, node, slot, 2, dims);
}

static mlt_status_t want_state(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int type, const lstm_basic_t *d) {
    MLT_TRY(want_rows(ctx, node, slot, type, d->batch, d->cells));
    return mlt_is_const(mlt_in(ctx, node, slot))
               ? mlt_fail(ctx, node, MLT_ERR_MODEL, slot, "a constant, want state")
               : MLT_OK;
}

static mlt_status_t prepare_scales(mlt_ctx_t *ctx, const mlt_node_t *node, lstm_basic_t *d) {
    MLT_TRY(mlt_want_quant(ctx, node, W));
    MLT_TRY(mlt_want_quant(ctx, node, B));
    MLT_TRY(mlt_want_quant(ctx, node, MLT_OUT(C_OUT)));
    float ratio = mlt_scale_of(ctx, mlt_out(ctx, node, C_OUT)) * 2048.0f;
    if (!(ratio > 0.9994f && ratio < 1.0006f)) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_OUT(C_OUT), "scale is not 2^-11");
    }
    double factor = (double)(4096.0f * mlt_scale_of(ctx, mlt_in(ctx, node, B)));
    d->multiplier = mlt_multiplier(factor);
    d->w_offset = -mlt_zero_point(ctx, mlt_in(ctx, node, W));
    return MLT_OK;
}

mlt_status_t mlt_lstm_prepare_basic(mlt_ctx_t *ctx, mlt_node_t *node) {
    if (node->input_count != INPUTS || node->output_count != OUTPUTS) {
        return mlt_fail(ctx, node, MLT_ERR_MODEL, MLT_NODE,
            "kernel_type BASIC with %d inputs and %d outputs, want %d and %d", node->input_count,
            node->output_count, INPUTS, OUTPUTS);
    }
    lstm_basic_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    MLT_TRY(mlt_want_type(ctx, node, X, MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(UINT8)));
    const mlt_tensor_t *x = mlt_in(ctx, node, X);
    bool real = x->type == MLT_FLOAT32;
    int state = real ? MLT_FLOAT32 : MLT_INT16;
    MLT_TRY(mlt_want_rank(ctx, node, X, 2, 2));
    MLT_TRY(mlt_want_filled(ctx, node, X));
    MLT_TRY(mlt_want_type_of(ctx, node, H, X));
    MLT_TRY(mlt_want_rank(ctx, node, H, 2, 2));
    MLT_TRY(mlt_want_filled(ctx, node, H));
    d->batch = x->dims[0];
    d->inputs = x->dims[1];
    d->cells = mlt_in(ctx, node, H)->dims[1];
    if (d->cells > INT32_MAX / 4 || d->inputs > INT32_MAX - d->cells) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, H, "too large");
    }
    int32_t joined = d->inputs + d->cells, sums = 4 * d->cells;
    MLT_TRY(want_state(ctx, node, H, x->type, d));
    MLT_TRY(want_state(ctx, node, C, state, d));
    MLT_TRY(want_rows(ctx, node, W, x->type, sums, joined));
    MLT_TRY(mlt_want_type(ctx, node, B, real ? MLT_T(FLOAT32) : MLT_T(INT32)));
    MLT_TRY(mlt_want_dims(ctx, node, B, 1, &sums));
    MLT_TRY(want_rows(ctx, node, MLT_OUT(H_OUT), x->type, d->batch, d->cells));
    MLT_TRY(want_rows(ctx, node, MLT_OUT(C_OUT), state, d->batch, d->cells));
    MLT_TRY(want_rows(ctx, node, MLT_OUT(JOINED), x->type, d->batch, joined));
    MLT_TRY(want_rows(ctx, node, MLT_OUT(SUMS), state, d->batch, sums));
    return real ? MLT_OK : prepare_scales(ctx, node, d);
}

// --- eval

// [x h], row by row.
static void join(mlt_ctx_t *ctx, const mlt_node_t *node, const lstm_basic_t *d) {
    const mlt_tensor_t *tx = mlt_in(ctx, node, X);
    size_t size = tx->type == MLT_FLOAT32 ? sizeof(float) : 1;
    size_t x_bytes = size * (size_t)d->inputs, h_bytes = size * (size_t)d->cells;
    const uint8_t *x = tx->data, *h = mlt_in(ctx, node, H)->data;
    uint8_t *to = mlt_out(ctx, node, JOINED)->data;
    for (int32_t b = 0; b < d->batch; ++b, x += x_bytes, h += h_bytes) {
        memcpy(to, x, x_bytes);
        memcpy(to + x_bytes, h, h_bytes);
        to += x_bytes + h_bytes;
    }
}

static void run_float(mlt_ctx_t *ctx, const mlt_node_t *node, const lstm_basic_t *d) {
    const float *c = mlt_in(ctx, node, C)->data, *v = mlt_out(ctx, node, JOINED)->data;
    float *h = mlt_out(ctx, node, H_OUT)->data, *c_out = mlt_out(ctx, node, C_OUT)->data;
    float *sums = mlt_out(ctx, node, SUMS)->data;
    const size_t n = (size_t)d->cells;
    for (int32_t b = 0; b < d->batch; ++b, sums += 4 * n, v += (size_t)d->inputs + n) {
        mlt_vector_t vector = {.x = v, .count = d->inputs + d->cells};
        memcpy(sums, mlt_in(ctx, node, B)->data, 4 * n * sizeof(*sums));
        mlt_vector_multiply(ctx, &vector, mlt_in(ctx, node, W)->data, 1.0f, sums, 4 * d->cells);
        for (size_t i = 0; i < n; ++i) {
            float kept = mlt_logisticf(sums[2 * n + i]) * *c++;
            *c_out = mlt_logisticf(sums[i]) * mlt_tanhf(sums[n + i]) + kept;
            *h++ = mlt_logisticf(sums[3 * n + i]) * mlt_tanhf(*c_out++);
        }
    }
}

// x times a multiplier, rounded twice, halves up: this product is the one that TensorFlow Lite
// leaves to a library of matrices, which has rules of its own.
static int16_t scale_sum(int32_t x, mlt_multiplier_t m) {
    int32_t left = mlt_max(m.shift, 0), right = mlt_max(-m.shift, 0);
    int64_t high = mlt_mul_high(mlt_shl_wrap(x, left), m.mult);
    high = right > 0 ? (high + (INT64_C(1) << (right - 1))) >> right : high;
    return (int16_t)mlt_clamp64(high, INT16_MIN, INT16_MAX);
}

// W [x h] + b for one row, whose zero point is 128.
static void run_sums(
    const lstm_basic_t *d, const uint8_t *v, const uint8_t *w, const int32_t *bias, int16_t *sums) {
    int32_t depth = d->inputs + d->cells;
    for (int32_t i = 0; i < 4 * d->cells; ++i) {
        int32_t sum = bias[i];
        for (int32_t k = 0; k < depth; ++k) {
            sum = mlt_add_wrap(sum, (v[k] - 128) * (*w++ + d->w_offset));
        }
        sums[i] = scale_sum(sum, d->multiplier);
    }
}

// a * b of Q0 and Qm, to Qm.
static int16_t multiply(int16_t a, int16_t b) {
    return (int16_t)((a * b + (1 << 14)) >> 15); // only -1 * -1 would not fit: gates are positive
}

// c is Q4.
static void run_cell(const int16_t *sums, int16_t c, int32_t n, int16_t *c_out, uint8_t *h) {
    int16_t in, modulation, forget, out, squashed;
    mlt_fixed16_logistic(&sums[0], &in, 1);
    mlt_fixed16_tanh(&sums[n], &modulation, 1, 3);
    mlt_fixed16_logistic(&sums[2 * n], &forget, 1);
    mlt_fixed16_logistic(&sums[3 * n], &out, 1);
    int32_t added = mlt_div_pow2(multiply(in, modulation), 4);
    *c_out = (int16_t)mlt_clamp(added + multiply(forget, c), INT16_MIN, INT16_MAX);
    squashed = (int16_t)mlt_clamp(2 * *c_out, INT16_MIN, INT16_MAX); // Q3
    mlt_fixed16_tanh(&squashed, &squashed, 1, 3);
    int32_t y = mlt_div_pow2(multiply(out, squashed), 8);
    *h = (uint8_t)(128 + mlt_clamp(y, -128, 127));
}

static void run_uint8(mlt_ctx_t *ctx, const mlt_node_t *node, const lstm_basic_t *d) {
    const int16_t *c = mlt_in(ctx, node, C)->data;
    const uint8_t *v = mlt_out(ctx, node, JOINED)->data, *w = mlt_in(ctx, node, W)->data;
    int16_t *c_out = mlt_out(ctx, node, C_OUT)->data, *sums = mlt_out(ctx, node, SUMS)->data;
    uint8_t *h = mlt_out(ctx, node, H_OUT)->data;
    for (int32_t b = 0; b < d->batch; ++b) {
        run_sums(d, v, w, mlt_in(ctx, node, B)->data, sums);
        for (int32_t i = 0; i < d->cells; ++i) {
            run_cell(sums + i, *c++, d->cells, c_out++, h++);
        }
        v += (size_t)d->inputs + (size_t)d->cells;
        sums += 4 * (size_t)d->cells;
    }
}

// A state that is no variable comes from elsewhere, and is left as it is.
static void remember(mlt_ctx_t *ctx, const mlt_node_t *node, int state, int output) {
    const mlt_tensor_t *to = mlt_in(ctx, node, state), *from = mlt_out(ctx, node, output);
    if (to->flags & MLT_TENSOR_VARIABLE) {
        memcpy(to->data, from->data, mlt_bytes(from));
    }
}

void mlt_lstm_eval_basic(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const lstm_basic_t *d = node->data;
    join(ctx, node, d);
    if (mlt_in(ctx, node, X)->type == MLT_UINT8) {
        run_uint8(ctx, node, d);
    } else if (MLT_WITH_FLOAT) {
        run_float(ctx, node, d);
    }
    remember(ctx, node, H, H_OUT);
    remember(ctx, node, C, C_OUT);
}
