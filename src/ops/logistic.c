// SPDX-License-Identifier: MIT
// LOGISTIC and TANH: y = 1 / (1 + e^-x), y = tanh(x)

#include "unary.h"

#include "../fixedpoint.h"
#include "../kernels/sigmoid.h"
#include "../mathf.h"

// 8 bits: either a table, or (for so few elements that a table would not pay) fixed point each.
typedef struct logistic {
    uint8_t *lut;
    int32_t zero_point;
    int32_t radius; // |x - zero_point| from here on is saturated
    mlt_multiplier_t multiplier;
    mlt_sigmoid_scale_t scale; // int16
} logistic_t;

enum { LUT_PAYS = 128 }; // elements

// int8 as gemmlowp computes it: x in Q4, y in Q0 rounded to 8 bits.
static int32_t logistic_s8(const logistic_t *d, int32_t x) {
    x -= d->zero_point;
    if (x <= -d->radius || x >= d->radius) {
        return x <= -d->radius ? INT8_MIN : INT8_MAX;
    }
    int32_t y = mlt_fixed_logistic(mlt_scale(x, d->multiplier.mult, d->multiplier.shift));
    return mlt_min(mlt_div_pow2(y, 23) - 128, INT8_MAX);
}

static int32_t tanh_s8(const logistic_t *d, int32_t x) {
    x -= d->zero_point;
    if (x <= -d->radius || x >= d->radius) {
        return x <= -d->radius ? INT8_MIN : INT8_MAX;
    }
    int32_t y = mlt_fixed_tanh(mlt_scale(x, d->multiplier.mult, d->multiplier.shift));
    return mlt_clamp(mlt_div_pow2(y, 24), INT8_MIN, INT8_MAX);
}

static float logistic_real(float x, const void *data) {
    return 1.0f / (1.0f + mlt_expf(-x));
}

static float tanh_real(float x, const void *data) {
    return mlt_tanhf(x);
}

static mlt_status_t s8_prepare(mlt_ctx_t *ctx, const mlt_node_t *node, logistic_t *d) {
    bool logistic = node->op->code == MLT_OP_LOGISTIC;
    if (logistic) {
        MLT_TRY(mlt_want_zero_point(ctx, node, MLT_OUT(0), INT8_MIN));
    }
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    double factor = (double)mlt_scale_of(ctx, x) * (double)(1 << 27); // to Q4
    d->zero_point = mlt_zero_point(ctx, x);
    d->multiplier = mlt_multiplier(factor);
    // 15 in Q4, scaled back
    int32_t shift = d->multiplier.shift;
    d->radius = factor >= (double)(1 << 30) ? 0 : shift < 0 ? 15 << 27 : (15 << 27) >> shift;
    if (d->lut) {
        for (int32_t i = INT8_MIN; i <= INT8_MAX; ++i) {
            d->lut[(uint8_t)i] = (uint8_t)(logistic ? logistic_s8(d, i) : tanh_s8(d, i));
        }
    }
    return MLT_OK;
}

static mlt_status_t s16_prepare(mlt_ctx_t *ctx, const mlt_node_t *node, logistic_t *d) {
    MLT_TRY(mlt_want_zero_point(ctx, node, MLT_IN(0), 0));
    MLT_TRY(mlt_want_zero_point(ctx, node, MLT_OUT(0), 0));
    float y_scale = mlt_scale_of(ctx, mlt_out(ctx, node, 0));
    if (mlt_fabsf(mlt_logf(y_scale) * 1.44269504f + 15.0f) >= 1e-3f) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_OUT(0), "scale is not 1/32768");
    }
    d->scale = mlt_sigmoid_scale(
        mlt_scale_of(ctx, mlt_in(ctx, node, 0)), node->op->code == MLT_OP_TANH ? 1 : 0);
    return MLT_OK;
}

// TFLite's kernel of uint8 goes through float.
static mlt_status_t u8_prepare(mlt_ctx_t *ctx, const mlt_node_t *node, logistic_t *d) {
    mlt_lut_scales_t scales = mlt_unary_scales(ctx, node);
    bool logistic = node->op->code == MLT_OP_LOGISTIC;
    if (logistic && scales.y_scale != 1.0f / 256.0f) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_OUT(0), "scale is not 1/256");
    }
    mlt_lut8_fill(d->lut, false, &scales, logistic ? logistic_real : tanh_real, NULL);
    return MLT_OK;
}

static mlt_status_t logistic_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_unary_alike(
        ctx, node, MLT_T(FLOAT32) | MLT_T(INT8) | MLT_T(UINT8) | MLT_T(INT16)));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    if (x->type == MLT_FLOAT32) {
        return MLT_OK;
    }
    MLT_TRY(mlt_want_unary_quant(ctx, node));
    logistic_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    if (x->type == MLT_INT16) {
        return s16_prepare(ctx, node, d);
    }
    if (x->type == MLT_UINT8 || mlt_elements(x) >= LUT_PAYS) {
        d->lut = mlt_alloc(ctx, MLT_LUT8_SIZE);
        if (!d->lut) {
            return MLT_ERR_ARENA;
        }
    }
    return x->type == MLT_UINT8 ? u8_prepare(ctx, node, d) : s8_prepare(ctx, node, d);
}

static mlt_status_t logistic_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const logistic_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    int32_t n = mlt_elements(x);
    if (MLT_WITH_FLOAT && x->type == MLT_FLOAT32) {
        const float *from = x->data;
        float *to = y->data;
        for (int32_t i = 0; i < n; ++i) {
            to[i] = mlt_logisticf(from[i]);
        }
    } else if (MLT_WITH_INT16 && x->type == MLT_INT16) {
        mlt_logistic_s16(x->data, y->data, n, d->scale.mult, d->scale.shift);
    } else if (d->lut) {
        mlt_lut8(d->lut, x->data, y->data, n);
    } else {
        const int8_t *from = x->data;
        int8_t *to = y->data;
        for (int32_t i = 0; i < n; ++i) {
            to[i] = (int8_t)logistic_s8(d, from[i]);
        }
    }
    return MLT_OK;
}

static mlt_status_t tanh_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const logistic_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    int32_t n = mlt_elements(x);
    if (MLT_WITH_FLOAT && x->type == MLT_FLOAT32) {
        const float *from = x->data;
        float *to = y->data;
        for (int32_t i = 0; i < n; ++i) {
            to[i] = mlt_tanhf(from[i]);
        }
    } else if (MLT_WITH_INT16 && x->type == MLT_INT16) {
        mlt_tanh_s16(x->data, y->data, n, d->scale.mult, d->scale.shift);
    } else if (d->lut) {
        mlt_lut8(d->lut, x->data, y->data, n);
    } else {
        const int8_t *from = x->data;
        int8_t *to = y->data;
        for (int32_t i = 0; i < n; ++i) {
            to[i] = (int8_t)tanh_s8(d, from[i]);
        }
    }
    return MLT_OK;
}

const mlt_op_t mlt_op_logistic = {
    .name = "LOGISTIC",
    .code = MLT_OP_LOGISTIC,
    .min_inputs = 1,
    .max_inputs = 1,
    .min_outputs = 1,
    .max_outputs = 1,
    .prepare = logistic_prepare,
    .eval = logistic_eval,
};

const mlt_op_t mlt_op_tanh = {
    .name = "TANH",
    .code = MLT_OP_TANH,
    .min_inputs = 1,
    .max_inputs = 1,
    .min_outputs = 1,
    .max_outputs = 1,
    .prepare = logistic_prepare,
    .eval = tanh_eval,
};
