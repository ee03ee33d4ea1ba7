// SPDX-License-Identifier: MIT
// L2_NORMALIZATION along the last dimension: y[i] = x[i] / sqrt(sum_k x[k]^2)

#include "unary.h"

#include "../fixedpoint.h"
#include "../mathf.h"

typedef struct l2_normalization {
    int32_t rows, depth, zero_point;
} l2_normalization_t;

static mlt_status_t l2_normalization_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_unary_alike(
        ctx, node, MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T(UINT8)));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    if (x->rank == 0) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(0), "rank 0, want 1 or more");
    }
    int activation = mlt_option(node, L2_NORM_FUSED_ACTIVATION_FUNCTION);
    if (activation != MLT_ACT_NONE) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, MLT_NODE, "fused activation %d, want NONE", activation);
    }
    l2_normalization_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->depth = x->dims[x->rank - 1];
    d->rows = d->depth ? mlt_elements(x) / d->depth : 0;
    if (x->type == MLT_FLOAT32) {
        return MLT_OK;
    }
    // The scale of y, 1/128, is taken for granted, as in TFLM.
    MLT_TRY(mlt_want_quant(ctx, node, MLT_IN(0)));
    d->zero_point = mlt_zero_point(ctx, x);
    return MLT_OK;
}

static void rows_float(const l2_normalization_t *d, const float *x, float *y) {
    const int32_t n = d->depth;
    for (int32_t row = 0; row < d->rows; ++row, x += n, y += n) {
        float sum = 0.0f;
        for (int32_t i = 0; i < n; ++i) {
            sum += x[i] * x[i];
        }
        float norm = mlt_fmaxf(mlt_sqrtf(sum), 1e-6f);
        for (int32_t i = 0; i < n; ++i) {
            y[i] = x[i] / norm;
        }
    }
}

// int8 (sign 128) or uint8 (sign 0): bytes that are offset by 128 after ^ sign
static void rows_8bit(const l2_normalization_t *d, const uint8_t *x, uint8_t *y, int32_t sign) {
    const int32_t n = d->depth, zero_point = d->zero_point + sign;
    for (int32_t row = 0; row < d->rows; ++row, x += n, y += n) {
        int32_t sum = 0;
        for (int32_t i = 0; i < n; ++i) {
            int32_t v = (x[i] ^ sign) - zero_point;
            sum = mlt_add_wrap(sum, v * v);
        }
        mlt_multiplier_t norm = mlt_fixed_inverse_sqrt(sum);
        for (int32_t i = 0; i < n; ++i) {
            int32_t v = (x[i] ^ sign) - zero_point;
            // uint8 comes from other code in TFLite, which scales before it multiplies.
            v = sign ? mlt_scale(v, norm.mult, norm.shift + 7)
                     : mlt_scale(128 * v, norm.mult, norm.shift);
            y[i] = (uint8_t)(mlt_clamp(v + 128, 0, 255) ^ sign);
        }
    }
}

static mlt_status_t l2_normalization_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (MLT_WITH_FLOAT && x->type == MLT_FLOAT32) {
        rows_float(node->data, x->data, y->data);
    } else {
        rows_8bit(node->data, x->data, y->data, x->type == MLT_INT8 ? 128 : 0);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(
    l2_normalization, L2_NORMALIZATION, 1, l2_normalization_prepare, l2_normalization_eval)
