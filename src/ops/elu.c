// SPDX-License-Identifier: MIT
// ELU and GELU: y = x < 0 ? e^x - 1 : x, y = x times the normal distribution's integral up to x

#include "unary.h"

#include "../mathf.h"

static float elu_real(float x, const void *data) {
    (void)data;
    return x < 0.0f ? mlt_expf(x) - 1.0f : x;
}

static float gelu(float x) {
    return 0.5f * x * mlt_erfcf(x * -0.707106781f);
}

static float gelu_approximate(float x) {
    return 0.5f * x * (1.0f + mlt_tanhf(0.797884561f * (x + 0.044715f * x * x * x)));
}

// In double, so that tables of int16 have no error of float functions in them.
static float gelu_real(float x, const void *data) {
    (void)data;
    return 0.5f * x * (float)(1.0 - mlt_erf((double)(x * -0.707106781f)));
}

static float gelu_approximate_real(float x, const void *data) {
    (void)data;
    return gelu_approximate(x);
}

static mlt_status_t prepare(mlt_ctx_t *ctx, mlt_node_t *node, uint32_t types, mlt_real_fn *fn) {
    MLT_TRY(mlt_want_unary_alike(ctx, node, types));
    if (mlt_in(ctx, node, 0)->type == MLT_FLOAT32) {
        return MLT_OK;
    }
    MLT_TRY(mlt_want_unary_quant(ctx, node));
    node->data = mlt_table_prepare(ctx, node, fn, NULL);
    return node->data ? MLT_OK : MLT_ERR_ARENA;
}

static mlt_status_t elu_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return prepare(ctx, node, MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8), elu_real);
}

static mlt_status_t gelu_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return prepare(ctx, node,
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T(UINT8) |
            MLT_T_IF(MLT_WITH_INT16, INT16),
        mlt_option(node, GELU_APPROXIMATE) ? gelu_approximate_real : gelu_real);
}

static mlt_status_t elu_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (node->data) {
        mlt_table_eval(node->data, x, y);
        return MLT_OK;
    }
    int32_t n = mlt_elements(x);
    for (int32_t i = 0; i < n; ++i) {
        float v = ((const float *)x->data)[i];
        ((float *)y->data)[i] = v < 0.0f ? mlt_expm1f(v) : v;
    }
    return MLT_OK;
}

static mlt_status_t gelu_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (node->data) {
        mlt_table_eval(node->data, x, y);
        return MLT_OK;
    }
    int32_t n = mlt_elements(x);
    bool approximate = mlt_option(node, GELU_APPROXIMATE) != 0;
    for (int32_t i = 0; i < n; ++i) {
        float v = ((const float *)x->data)[i];
        ((float *)y->data)[i] = approximate ? gelu_approximate(v) : gelu(v);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(elu, ELU, 1, elu_prepare, elu_eval)
MLT_DEFINE_OP(gelu, GELU, 1, gelu_prepare, gelu_eval)
