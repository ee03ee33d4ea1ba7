// SPDX-License-Identifier: MIT
// LOGISTIC and TANH: y = 1 / (1 + e^-x), y = tanh(x)

#include "unary.h"

#include "../fixedpoint.h"
#include "../kernels/sigmoid.h"
#include "../mathf.h"

typedef struct logistic {
    mlt_stored_t stored;
    int32_t zero_point;
    int32_t radius; // |x - zero_point| from here on is saturated
    mlt_multiplier_t multiplier;
    mlt_sigmoid_scale_t scale; // int16
    uint8_t *lut;              // uint8
} logistic_t;

// int8 as gemmlowp computes it: x in Q4, y in Q0 rounded to 8 bits.
static int32_t logistic_s8(const void *data, int32_t x) {
    const logistic_t *d = data;
    x -= d->zero_point;
    if (x <= -d->radius || x >= d->radius) {
        return x <= -d->radius ? INT8_MIN : INT8_MAX;
    }
    int32_t y = mlt_fixed_logistic(mlt_scale(x, d->multiplier.mult, d->multiplier.shift));
    return mlt_min(mlt_div_pow2(y, 23) - 128, INT8_MAX);
}

static int32_t tanh_s8(const void *data, int32_t x) {
    const logistic_t *d = data;
    x -= d->zero_point;
    if (x <= -d->radius || x >= d->radius) {
        return x <= -d->radius ? INT8_MIN : INT8_MAX;
    }
    int32_t y = mlt_fixed_tanh(mlt_scale(x, d->multiplier.mult, d->multiplier.shift));
    return mlt_clamp(mlt_div_pow2(y, 24), INT8_MIN, INT8_MAX);
}

static float logistic_real(float x, const void *data) {
    (void)data;
    return 1.0f / (1.0f + mlt_expf(-x));
}

static float tanh_real(float x, const void *data) {
    (void)data;
    return mlt_tanhf(x);
}

static mlt_status_t prepare_s8(
    mlt_ctx_t *ctx, const mlt_node_t *node, logistic_t *d, mlt_stored_fn *fn) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    float scale = mlt_scale_of(ctx, x);
    d->zero_point = mlt_zero_point(ctx, x);
    d->multiplier = mlt_quotient(scale, 0x1p27f, 1.0f); // to Q4
    // 15 in Q4, scaled back
    int32_t shift = d->multiplier.shift;
    d->radius = scale >= 8.0f ? 0 : shift < 0 ? 15 << 27 : (15 << 27) >> shift;
    return mlt_stored_prepare(ctx, node, &d->stored, fn, d);
}

// shifts: see mlt_sigmoid_scale
static mlt_status_t prepare_s16(
    mlt_ctx_t *ctx, const mlt_node_t *node, logistic_t *d, int32_t shifts) {
    MLT_TRY(mlt_want_zero_point(ctx, node, MLT_IN(0), 0));
    MLT_TRY(mlt_want_zero_point(ctx, node, MLT_OUT(0), 0));
    float y_scale = mlt_scale_of(ctx, mlt_out(ctx, node, 0));
    if (mlt_fabsf(mlt_logf(y_scale) * 1.44269504f + 15.0f) >= 1e-3f) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_OUT(0), "scale is not 1/32768");
    }
    d->scale = mlt_sigmoid_scale(mlt_scale_of(ctx, mlt_in(ctx, node, 0)), shifts);
    return MLT_OK;
}

// TFLite's kernels of uint8 go through float.
static mlt_status_t prepare_u8(
    mlt_ctx_t *ctx, const mlt_node_t *node, logistic_t *d, mlt_real_fn *fn) {
    d->lut = mlt_table_prepare(ctx, node, fn, NULL);
    return d->lut ? MLT_OK : MLT_ERR_ARENA;
}

// node->data stays NULL for float.
static mlt_status_t prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_unary_alike(ctx, node,
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T(UINT8) |
            MLT_T_IF(MLT_WITH_INT16, INT16)));
    if (mlt_in(ctx, node, 0)->type == MLT_FLOAT32) {
        return MLT_OK;
    }
    MLT_TRY(mlt_want_unary_quant(ctx, node));
    node->data = mlt_alloc(ctx, sizeof(logistic_t));
    return node->data ? MLT_OK : MLT_ERR_ARENA;
}

static mlt_status_t logistic_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(prepare(ctx, node));
    logistic_t *d = node->data;
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    if (!d) {
        return MLT_OK;
    }
    if (y->type == MLT_INT16) {
        return prepare_s16(ctx, node, d, 0);
    }
    if (y->type == MLT_INT8) {
        MLT_TRY(mlt_want_zero_point(ctx, node, MLT_OUT(0), INT8_MIN));
        return prepare_s8(ctx, node, d, logistic_s8);
    }
    if (mlt_scale_of(ctx, y) != 1.0f / 256.0f) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_OUT(0), "scale is not 1/256");
    }
    return prepare_u8(ctx, node, d, logistic_real);
}

static mlt_status_t tanh_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(prepare(ctx, node));
    logistic_t *d = node->data;
    if (!d) {
        return MLT_OK;
    }
    int type = mlt_in(ctx, node, 0)->type;
    return type == MLT_INT16  ? prepare_s16(ctx, node, d, 1)
           : type == MLT_INT8 ? prepare_s8(ctx, node, d, tanh_s8)
                              : prepare_u8(ctx, node, d, tanh_real);
}

// The loop is written once and compiled for each function: no call through a pointer for an
// element.
#define EVAL(name, real, s16)                                                                      \
    static mlt_status_t name(mlt_ctx_t *ctx, const mlt_node_t *node) {                             \
        const logistic_t *d = node->data;                                                          \
        const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);                  \
        int32_t n = mlt_elements(x);                                                               \
        if (MLT_WITH_FLOAT && x->type == MLT_FLOAT32) {                                            \
            const float *from = x->data;                                                           \
            float *to = y->data;                                                                   \
            for (int32_t i = 0; i < n; ++i) {                                                      \
                to[i] = real(from[i]);                                                             \
            }                                                                                      \
        } else if (MLT_WITH_INT16 && x->type == MLT_INT16) {                                       \
            s16(x->data, y->data, n, d->scale.mult, d->scale.shift);                               \
        } else if (d->lut) {                                                                       \
            mlt_table_eval(d->lut, x, y);                                                          \
        } else {                                                                                   \
            mlt_stored_eval(&d->stored, d, x, y);                                                  \
        }                                                                                          \
        return MLT_OK;                                                                             \
    }

EVAL(logistic_eval, mlt_logisticf, mlt_logistic_s16)
EVAL(tanh_eval, mlt_tanhf, mlt_tanh_s16)

MLT_DEFINE_OP(logistic, LOGISTIC, 1, logistic_prepare, logistic_eval)
MLT_DEFINE_OP(tanh, TANH, 1, tanh_prepare, tanh_eval)
