// SPDX-License-Identifier: MIT
// EXP and LOG: float, and int8 and int16 as tables

#include "unary.h"

#include "../mathf.h"

// In double and then rounded, so that tables have no error of float functions in them.
static float exp_real(float x, const void *data) {
    (void)data;
    return x > 88.72283f ? MLT_INFINITY : (float)mlt_exp((double)x);
}

// Where there is no logarithm, the least number that the output's type holds.
static float log_real(float x, const void *least) {
    return x > 0.0f ? (float)mlt_log((double)x) : *(const float *)least;
}

static mlt_status_t prepare(mlt_ctx_t *ctx, mlt_node_t *node, mlt_real_fn *fn) {
    MLT_TRY(mlt_want_unary_alike(ctx, node,
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T_IF(MLT_WITH_INT16, INT16)));
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    if (y->type == MLT_FLOAT32) {
        return MLT_OK;
    }
    MLT_TRY(mlt_want_unary_quant(ctx, node));
    if (y->type == MLT_INT16) {
        MLT_TRY(mlt_want_zero_point(ctx, node, MLT_IN(0), 0));
        MLT_TRY(mlt_want_zero_point(ctx, node, MLT_OUT(0), 0));
    }
    float least = (float)(mlt_type_min(y->type) - mlt_zero_point(ctx, y)) * mlt_scale_of(ctx, y);
    node->data = mlt_table_prepare(ctx, node, fn, &least);
    return node->data ? MLT_OK : MLT_ERR_ARENA;
}

static mlt_status_t exp_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return prepare(ctx, node, exp_real);
}

static mlt_status_t log_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return prepare(ctx, node, log_real);
}

// The loop is written once and compiled for each function: no call through a pointer for an
// element.
#define EVAL(name, function)                                                                       \
    static mlt_status_t name(mlt_ctx_t *ctx, const mlt_node_t *node) {                             \
        const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);                  \
        if (node->data) {                                                                          \
            mlt_table_eval(node->data, x, y);                                                      \
            return MLT_OK;                                                                         \
        }                                                                                          \
        int32_t n = mlt_elements(x);                                                               \
        for (int32_t i = 0; i < n; ++i) {                                                          \
            ((float *)y->data)[i] = function(((const float *)x->data)[i]);                         \
        }                                                                                          \
        return MLT_OK;                                                                             \
    }

EVAL(exp_eval, mlt_expf)
EVAL(log_eval, mlt_logf)

MLT_DEFINE_OP(exp, EXP, 1, exp_prepare, exp_eval)
MLT_DEFINE_OP(log, LOG, 1, log_prepare, log_eval)
