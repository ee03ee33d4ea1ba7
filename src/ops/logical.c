// SPDX-License-Identifier: MIT
// LOGICAL_AND, LOGICAL_OR with broadcasting, and LOGICAL_NOT. Any nonzero byte is true.

#include "broadcast.h"
#include "unary.h"

MLT_BINARY_RUN(logical_and_run, mlt_binary_t, uint8_t, uint8_t, uint8_t, (a != 0) & (b != 0))
MLT_BINARY_RUN(logical_or_run, mlt_binary_t, uint8_t, uint8_t, uint8_t, (a | b) != 0)

static mlt_status_t logical_and_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_binary(ctx, node, MLT_T(BOOL)));
    return mlt_binary_keep(ctx, node, logical_and_run);
}

static mlt_status_t logical_or_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_binary(ctx, node, MLT_T(BOOL)));
    return mlt_binary_keep(ctx, node, logical_or_run);
}

static mlt_status_t logical_not_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return mlt_want_unary_alike(ctx, node, MLT_T(BOOL));
}

static mlt_status_t logical_not_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const uint8_t *x = mlt_in(ctx, node, 0)->data;
    uint8_t *y = mlt_out(ctx, node, 0)->data;
    for (int32_t i = 0, n = mlt_elements(mlt_in(ctx, node, 0)); i < n; ++i) {
        y[i] = x[i] == 0;
    }
    return MLT_OK;
}

MLT_DEFINE_OP(logical_and, LOGICAL_AND, 2, logical_and_prepare, mlt_binary_eval)
MLT_DEFINE_OP(logical_or, LOGICAL_OR, 2, logical_or_prepare, mlt_binary_eval)

MLT_DEFINE_OP(logical_not, LOGICAL_NOT, 1, logical_not_prepare, logical_not_eval)
