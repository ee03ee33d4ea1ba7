// SPDX-License-Identifier: MIT
// SHAPE: the dimensions of a tensor as a vector. RANK: how many there are. Both are known in
// prepare, so that operators behind see a constant.

#include "rearrange.h"

static mlt_status_t make_constant(mlt_ctx_t *ctx, mlt_tensor_t *y) {
    if (mlt_bytes(y) > 0) {
        y->data = mlt_alloc(ctx, mlt_bytes(y));
        if (!y->data) {
            return MLT_ERR_ARENA;
        }
    }
    y->flags |= MLT_TENSOR_CONST;
    return MLT_OK;
}

static mlt_status_t shape_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 0, MLT_MAX_RANK));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    int32_t rank = x->rank;
    MLT_TRY(mlt_want_indices(ctx, node, MLT_OUT(0)));
    MLT_TRY(mlt_set_output(ctx, node, 0, 1, &rank));
    MLT_TRY(make_constant(ctx, mlt_out(ctx, node, 0)));
    for (int i = 0; i < rank; ++i) {
        mlt_put_index(mlt_out(ctx, node, 0), i, x->dims[i]);
    }
    return MLT_OK;
}

static mlt_status_t rank_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 0, MLT_MAX_RANK));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(INT32)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_OUT(0), 0, 0));
    MLT_TRY(make_constant(ctx, mlt_out(ctx, node, 0)));
    mlt_put_index(mlt_out(ctx, node, 0), 0, mlt_in(ctx, node, 0)->rank);
    return MLT_OK;
}

static mlt_status_t shape_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    (void)ctx;
    (void)node;
    return MLT_OK;
}

MLT_DEFINE_OP(shape, SHAPE, 1, shape_prepare, shape_eval)

MLT_DEFINE_OP(rank, RANK, 1, rank_prepare, shape_eval)
