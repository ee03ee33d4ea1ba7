// SPDX-License-Identifier: MIT
// SOFTMAX over the last dimension: y[i] = e^(beta x[i]) / sum_k e^(beta x[k])

#include "unary.h"

#include "../fixedpoint.h"
#include "../mathf.h"

// Two tables at most: of e^-d in Q0 for int8, where d is the difference to the row's maximum; of
// e^x for int16.
typedef struct softmax {
    int32_t rows, depth;
    float beta;
    int32_t diff_min; // smaller differences to the maximum count as nothing
    mlt_multiplier_t multiplier;
    int32_t *exp_s8;
    int16_t *exp_s16;
} softmax_t;

enum { DIFF_BITS = 5, SUM_BITS = 12, LUT_PAYS = 512 };

// --- 8 bits

static int32_t exp_of_diff(const softmax_t *d, int32_t diff) {
    int32_t scaled = mlt_scale(diff, d->multiplier.mult, d->multiplier.shift);
    return mlt_fixed_exp(scaled, DIFF_BITS);
}

static mlt_status_t prepare_8bit(mlt_ctx_t *ctx, mlt_node_t *node, softmax_t *d) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    bool wide = y->type == MLT_INT16;
    float y_scale = mlt_scale_of(ctx, y), wanted = wide ? 1.0f / 65536.0f : 1.0f / 256.0f;
    // TFLM takes any scale near 1/65536 for int16, but nothing other than 1/256 for int8.
    if (mlt_fabsf(y_scale - wanted) > wanted * 0.001f) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_OUT(0),
            wide ? "scale is not 1/65536" : "scale is not 1/256");
    }
    MLT_TRY(mlt_want_zero_point(ctx, node, MLT_OUT(0), mlt_type_min(y->type)));
    double factor =
        (double)d->beta * (double)mlt_scale_of(ctx, x) * (double)(1 << (31 - DIFF_BITS));
    if (!(factor > 1.0)) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_IN(0), "scale times beta is too small");
    }
    d->multiplier = mlt_multiplier(factor);
    d->diff_min = factor >= (double)(1 << 30) ? 0 : -((31 << 26) >> d->multiplier.shift);
    if (mlt_elements(x) >= LUT_PAYS) {
        int32_t count = mlt_min(255, -d->diff_min) + 1;
        d->exp_s8 = mlt_alloc(ctx, (size_t)count * sizeof(*d->exp_s8));
        if (!d->exp_s8) {
            return MLT_ERR_ARENA;
        }
        for (int32_t i = 0; i < count; ++i) {
            d->exp_s8[i] = exp_of_diff(d, -i);
        }
    }
    return MLT_OK;
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
    return d->exp_s8 ? d->exp_s8[-diff] : exp_of_diff(d, diff);
}

static void eval_8bit(const softmax_t *d, const uint8_t *x, void *to, int32_t sign, bool wide) {
    const int32_t n = d->depth;
    for (int32_t row = 0; row < d->rows; ++row, x += n) {
        int32_t most = row_maximum(x, n, sign), sum = 0;
        for (int32_t i = 0; i < n; ++i) {
            int32_t diff = (x[i] ^ sign) - most;
            if (diff >= d->diff_min) {
                sum = mlt_add_wrap(sum, mlt_div_pow2(exp_at(d, diff), SUM_BITS));
            }
        }
        int32_t over_unit;
        int32_t scale = mlt_fixed_inverse(sum, SUM_BITS, &over_unit);
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
    return (float)mlt_exp((double)x);
}

static float reciprocal_real(float x, const void *data) {
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

static mlt_status_t softmax_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_unary(ctx, node, MLT_T(FLOAT32) | MLT_T(INT8) | MLT_T(UINT8) | MLT_T(INT16)));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    if (x->rank == 0) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(0), "rank 0, want 1 or more");
    }
    bool narrow = x->type == MLT_INT8 || x->type == MLT_UINT8;
    MLT_TRY(mlt_want_type(
        ctx, node, MLT_OUT(0), (UINT32_C(1) << x->type) | (narrow ? MLT_T(INT16) : 0)));
    softmax_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->depth = x->dims[x->rank - 1];
    d->rows = d->depth ? mlt_elements(x) / d->depth : 0;
    d->beta = mlt_option_float(node, SOFTMAX_BETA);
    if (x->type == MLT_FLOAT32) {
        return MLT_OK;
    }
    MLT_TRY(mlt_want_unary_quant(ctx, node));
    return narrow ? prepare_8bit(ctx, node, d) : prepare_s16(ctx, node, d);
}

static mlt_status_t softmax_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const softmax_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (MLT_WITH_FLOAT && x->type == MLT_FLOAT32) {
        eval_float(d, x->data, y->data);
    } else if (MLT_WITH_INT16 && x->type == MLT_INT16) {
        eval_s16(d, x->data, y->data);
    } else {
        eval_8bit(d, x->data, y->data, x->type == MLT_INT8 ? 128 : 0, y->type == MLT_INT16);
    }
    return MLT_OK;
}

const mlt_op_t mlt_op_softmax = {
    .name = "SOFTMAX",
    .code = MLT_OP_SOFTMAX,
    .min_inputs = 1,
    .max_inputs = 1,
    .min_outputs = 1,
    .max_outputs = 1,
    .prepare = softmax_prepare,
    .eval = softmax_eval,
};
