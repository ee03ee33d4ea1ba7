// SPDX-License-Identifier: MIT
// SOFTMAX over the last dimension: y[i] = e^(beta x[i]) / sum_k e^(beta x[k]); LOG_SOFTMAX, the
// logarithm of that with beta 1.

#include "unary.h"

#include "../fixedpoint.h"
#include "../mathf.h"

// Two tables at most: of e^-d in Q0 for int8, where d is the difference to the row's maximum; of
// e^x for int16.
typedef struct softmax {
    int32_t rows, depth;
    float beta;
    int32_t diff_min;                     // smaller differences to the maximum count as nothing
    mlt_multiplier_t multiplier, inverse; // of stored differences to Q5 (int16: 65535 is 10)
    int32_t *exp_s8;
    int16_t *exp_s16;
} softmax_t;

enum { DIFF_BITS = 5, SUM_BITS = 12, TABLE_PAYS = 512 };

// --- 8 bits

static int32_t scaled_diff(const softmax_t *d, int32_t diff) {
    return mlt_scale(diff, d->multiplier.mult, d->multiplier.shift);
}

// The multiplier from stored differences to Q5, and a table of exponentials if there is enough
// to do.
static mlt_status_t prepare_exp(mlt_ctx_t *ctx, const mlt_node_t *node, softmax_t *d) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    const float unit = 1.0f / (float)(1 << (31 - DIFF_BITS)); // scale / unit may not fit a float
    const mlt_multiplier_t factor = mlt_quotient(d->beta, mlt_scale_of(ctx, x), unit);
    const bool above_1 = factor.shift > 1 || (factor.shift == 1 && factor.mult > 1 << 30);
    if (factor.mult <= 0 || !above_1) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_IN(0), "scale times beta is too small");
    }
    d->multiplier = factor;
    bool saturated = factor.mult == INT32_MAX && factor.shift == 30;
    d->diff_min = saturated ? 0 : -((31 << 26) >> factor.shift);
    if (mlt_elements(x) < TABLE_PAYS) {
        return MLT_OK;
    }
    int32_t count = mlt_min(255, -d->diff_min) + 1;
    d->exp_s8 = mlt_alloc(ctx, (size_t)count * sizeof(*d->exp_s8));
    if (!d->exp_s8) {
        return MLT_ERR_ARENA;
    }
    for (int32_t i = 0; i < count; ++i) {
        d->exp_s8[i] = mlt_fixed_exp(scaled_diff(d, -i), DIFF_BITS);
    }
    return MLT_OK;
}

static mlt_status_t prepare_8bit(mlt_ctx_t *ctx, mlt_node_t *node, softmax_t *d) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    bool wide = MLT_WITH_INT16 && y->type == MLT_INT16;
    float y_scale = mlt_scale_of(ctx, y), wanted = wide ? 1.0f / 65536.0f : 1.0f / 256.0f;
    if (mlt_fabsf(y_scale - wanted) > wanted * 0.001f) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, MLT_OUT(0), "scale is not 1/%d", wide ? 65536 : 256);
    }
    MLT_TRY(mlt_want_zero_point(ctx, node, MLT_OUT(0), mlt_type_min(y->type)));
    return prepare_exp(ctx, node, d);
}

// One row of uint8 (sign 0) or int8 (sign 128): x and y are bytes that are signed after ^ sign.
static int32_t row_maximum(const uint8_t *x, int32_t n, int32_t sign) {
    int32_t most = 0;
    for (int32_t i = 0; i < n; ++i) {
        most = mlt_max(most, x[i] ^ sign);
    }
    return most;
}

static int32_t exp_at(const softmax_t *d, int32_t diff) {
    return d->exp_s8 ? d->exp_s8[-diff] : mlt_fixed_exp(scaled_diff(d, diff), DIFF_BITS);
}

// Sum of the exponentials of a row's differences to its maximum, Q12; at least one is 1.
static int32_t sum_of_exps(const softmax_t *d, const uint8_t *x, int32_t sign, int32_t most) {
    uint32_t sum = 0;
    for (int32_t i = 0; i < d->depth; ++i) {
        int32_t diff = (x[i] ^ sign) - most;
        if (diff >= d->diff_min && sum < INT32_MAX) {
            sum += (uint32_t)mlt_div_pow2(exp_at(d, diff), SUM_BITS);
        }
    }
    return sum < INT32_MAX ? (int32_t)sum : INT32_MAX;
}

static void eval_8bit(const softmax_t *d, const uint8_t *x, void *to, int32_t sign, bool wide) {
    const int32_t n = d->depth;
    for (int32_t row = 0; row < d->rows; ++row, x += n) {
        int32_t most = row_maximum(x, n, sign), over_unit;
        int32_t scale = mlt_fixed_inverse(sum_of_exps(d, x, sign, most), SUM_BITS, &over_unit);
        int32_t shift = over_unit + 31 - (wide ? 16 : 8);
        for (int32_t i = 0; i < n; ++i) {
            int32_t diff = (x[i] ^ sign) - most, y = 0;
            if (diff >= d->diff_min && shift <= 31) { // else all are less than half a step
                y = mlt_div_pow2(mlt_mul_high(scale, exp_at(d, diff)), shift);
            }
            if (wide) {
                ((int16_t *)to)[row * n + i] = (int16_t)(mlt_clamp(y, 0, 65535) - 32768);
            } else {
                ((uint8_t *)to)[row * n + i] = (uint8_t)(mlt_clamp(y, 0, 255) ^ sign);
            }
        }
    }
}

// --- int16: 15 fraction bits, a table of e^x for x in [-10, 0].

static float exp_real(float x, const void *data) {
    (void)data;
    return (float)mlt_exp((double)x);
}

static float reciprocal_real(float x, const void *data) {
    (void)data;
    return 1.0f / (1.0f + x);
}

static mlt_status_t prepare_s16(mlt_ctx_t *ctx, mlt_node_t *node, softmax_t *d) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    MLT_TRY(mlt_want_zero_point(ctx, node, MLT_IN(0), 0));
    MLT_TRY(mlt_want_zero_point(ctx, node, MLT_OUT(0), 0));
    const float wanted = 1.0f / 32768.0f;
    if (mlt_fabsf(mlt_scale_of(ctx, y) - wanted) > wanted * 0.001f) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_OUT(0), "scale is not 1/32768");
    }
    // 65535 is 10
    d->multiplier =
        mlt_multiplier((double)mlt_scale_of(ctx, x) * (double)d->beta / (10.0 / 65535.0));
    d->exp_s16 = mlt_alloc(ctx, MLT_LUT16_SIZE * sizeof(*d->exp_s16));
    if (!d->exp_s16) {
        return MLT_ERR_ARENA;
    }
    const mlt_lut_scales_t scales = {10.0f / 65535.0f, 2.0f / 65535.0f, INT16_MAX, 0};
    mlt_lut16_fill(d->exp_s16, &scales, exp_real, NULL);
    return MLT_OK;
}

// 1 / (1 + x) from the table's two entries about x: once a row, so that the table is not kept.
static int32_t reciprocal_s16(int16_t x) {
    const mlt_lut_scales_t scales = {1.0f / 65535.0f, 2.0f / 65535.0f, INT16_MIN, 0};
    int32_t i = mlt_lut16_index(x);
    int16_t left = mlt_lut16_entry(&scales, reciprocal_real, NULL, i);
    return mlt_lut16_between(left, mlt_lut16_entry(&scales, reciprocal_real, NULL, i + 1), x);
}

static int16_t saturate_s16(int32_t x) {
    return (int16_t)mlt_clamp(x, INT16_MIN, INT16_MAX);
}

static void eval_s16(const softmax_t *d, const int16_t *x, int16_t *y) {
    const int32_t n = d->depth;
    for (int32_t row = 0; row < d->rows; ++row, x += n, y += n) {
        int32_t most = INT16_MIN, sum = 0;
        for (int32_t i = 0; i < n; ++i) {
            most = mlt_max(most, x[i]);
        }
        for (int32_t i = 0; i < n; ++i) {
            int32_t scaled = mlt_scale(x[i] - most, d->multiplier.mult, d->multiplier.shift);
            y[i] = mlt_lut16_at(d->exp_s16, saturate_s16(mlt_add_wrap(scaled, INT16_MAX)));
            sum = mlt_add_wrap(sum, y[i]);
        }
        // sum = 2^(16 - headroom) (1 + fraction)
        int32_t headroom = mlt_clz((uint32_t)sum), shift = mlt_max(31 - headroom, 1);
        int64_t shifted = (int64_t)((uint64_t)(uint32_t)sum << mlt_max(headroom - 1, 0));
        int32_t fraction = (int32_t)((shifted + (1 << 13)) >> 14) - (1 << 16) - (1 << 15);
        int32_t scale = reciprocal_s16(saturate_s16(fraction));
        for (int32_t i = 0; i < n; ++i) {
            int64_t product = (int64_t)y[i] * scale + (INT64_C(1) << (shift - 1));
            y[i] = (int16_t)mlt_clamp((int32_t)(product >> shift), 0, INT16_MAX);
        }
    }
}

// --- float

static void eval_float(const softmax_t *d, const float *x, float *y) {
    const int32_t n = d->depth;
    for (int32_t row = 0; row < d->rows; ++row, x += n, y += n) {
        float most = -3.402823466e+38f, sum = 0.0f;
        for (int32_t i = 0; i < n; ++i) {
            most = mlt_fmaxf(x[i], most);
        }
        for (int32_t i = 0; i < n; ++i) {
            y[i] = mlt_expf((x[i] - most) * d->beta);
            sum += y[i];
        }
        for (int32_t i = 0; i < n; ++i) {
            y[i] /= sum;
        }
    }
}

static mlt_status_t prepare_rows(mlt_ctx_t *ctx, mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    if (x->rank == 0) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(0), "rank 0, want 1 or more");
    }
    softmax_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->depth = x->dims[x->rank - 1];
    d->rows = d->depth ? mlt_elements(x) / d->depth : 0;
    d->beta = 1.0f;
    return x->type == MLT_FLOAT32 ? MLT_OK : mlt_want_unary_quant(ctx, node);
}

static mlt_status_t softmax_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_unary(ctx, node,
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T(UINT8) |
            MLT_T_IF(MLT_WITH_INT16, INT16)));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    bool narrow = x->type == MLT_INT8 || x->type == MLT_UINT8;
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0),
        (UINT32_C(1) << x->type) | (narrow ? MLT_T_IF(MLT_WITH_INT16, INT16) : 0)));
    MLT_TRY(prepare_rows(ctx, node));
    softmax_t *d = node->data;
    d->beta = mlt_option_float(node, SOFTMAX_BETA);
    if (narrow) {
        return prepare_8bit(ctx, node, d);
    }
    return MLT_WITH_INT16 && x->type == MLT_INT16 ? prepare_s16(ctx, node, d) : MLT_OK;
}

static mlt_status_t softmax_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const softmax_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (MLT_WITH_FLOAT && x->type == MLT_FLOAT32) {
        eval_float(d, x->data, y->data);
    } else if (MLT_WITH_INT16 && x->type == MLT_INT16) {
        eval_s16(d, x->data, y->data);
    } else {
        eval_8bit(d, x->data, y->data, x->type == MLT_INT8 ? 128 : 0,
            MLT_WITH_INT16 && y->type == MLT_INT16);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(softmax, SOFTMAX, 1, softmax_prepare, softmax_eval)

// --- LOG_SOFTMAX

static void log_float(const softmax_t *d, const float *x, float *y) {
    const int32_t n = d->depth;
    for (int32_t row = 0; row < d->rows; ++row, x += n, y += n) {
        float most = -3.402823466e+38f, sum = 0.0f;
        for (int32_t i = 0; i < n; ++i) {
            most = mlt_fmaxf(x[i], most);
        }
        for (int32_t i = 0; i < n; ++i) {
            sum += mlt_expf(x[i] - most);
        }
        float log_sum = mlt_logf(sum);
        for (int32_t i = 0; i < n; ++i) {
            y[i] = x[i] - most - log_sum;
        }
    }
}

static void log_8bit(const softmax_t *d, const uint8_t *x, uint8_t *y, int32_t sign) {
    const int32_t n = d->depth;
    for (int32_t row = 0; row < d->rows; ++row, x += n, y += n) {
        int32_t most = row_maximum(x, n, sign);
        int32_t log_sum = mlt_fixed_log(sum_of_exps(d, x, sign, most)); // Q5
        // Stored differences that go below Q5 when the logarithm is subtracted
        int32_t diff_min =
            mlt_scale(mlt_add_wrap(INT32_MIN, log_sum), d->inverse.mult, d->inverse.shift);
        diff_min = mlt_max(d->diff_min - 1, diff_min);
        for (int32_t i = 0; i < n; ++i) {
            int32_t diff = (x[i] ^ sign) - most, v = 0;
            if (diff > diff_min) {
                v = mlt_div_pow2(scaled_diff(d, diff) - log_sum, 31 - DIFF_BITS - 4) + 255;
            }
            y[i] = (uint8_t)(mlt_clamp(v, 0, 255) ^ sign);
        }
    }
}

static mlt_status_t log_softmax_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_unary_alike(
        ctx, node, MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T(UINT8)));
    MLT_TRY(prepare_rows(ctx, node));
    softmax_t *d = node->data;
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    if (y->type == MLT_FLOAT32) {
        return MLT_OK;
    }
    if (mlt_scale_of(ctx, y) != 16.0f / 256.0f) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_OUT(0), "scale is not 1/16");
    }
    MLT_TRY(mlt_want_zero_point(ctx, node, MLT_OUT(0), mlt_type_max(y->type)));
    MLT_TRY(prepare_exp(ctx, node, d));
    double inverse = (double)(INT64_C(1) << (31 - d->multiplier.shift)) / d->multiplier.mult;
    d->inverse = mlt_multiplier(inverse);
    return MLT_OK;
}

static mlt_status_t log_softmax_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (MLT_WITH_FLOAT && x->type == MLT_FLOAT32) {
        log_float(node->data, x->data, y->data);
    } else {
        log_8bit(node->data, x->data, y->data, x->type == MLT_INT8 ? 128 : 0);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(log_softmax, LOG_SOFTMAX, 1, log_softmax_prepare, log_softmax_eval)
