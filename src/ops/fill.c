// SPDX-License-Identifier: MIT
// FILL: a tensor of the wanted shape with one value everywhere. ZEROS_LIKE: zeros for the shape of
// another tensor.

#include "rearrange.h"

enum { SHAPE, VALUE };

static mlt_status_t check_shape(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_status_t status) {
    const mlt_tensor_t *shape = mlt_in(ctx, node, SHAPE), *y = mlt_out(ctx, node, 0);
    for (int i = 0; i < y->rank; ++i) {
        int32_t dim = mlt_index_at(shape, i);
        if (dim != y->dims[i]) {
            return mlt_fail(
                ctx, node, status, MLT_OUT(0), "dimension %d is %d, want %d", i, y->dims[i], dim);
        }
    }
    return MLT_OK;
}

static mlt_status_t fill_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, VALUE));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(VALUE), 1));
    MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(SHAPE)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(SHAPE), 1, 1));
    const mlt_tensor_t *shape = mlt_in(ctx, node, SHAPE);
    int32_t rank = shape->dims[0];
    if (mlt_is_const(shape) && mlt_out(ctx, node, 0)->rank == 0 && rank > 0 &&
        rank <= MLT_MAX_RANK) {
        int32_t dims[MLT_MAX_RANK];
        for (int i = 0; i < rank; ++i) {
            dims[i] = mlt_index_at(shape, i);
        }
        MLT_TRY(mlt_set_output(ctx, node, 0, rank, dims));
    }
    MLT_TRY(mlt_want_rank(ctx, node, MLT_OUT(0), rank, rank));
    return mlt_is_const(shape) ? check_shape(ctx, node, MLT_ERR_SHAPE) : MLT_OK;
}

static mlt_status_t fill_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    if (!mlt_is_const(mlt_in(ctx, node, SHAPE))) {
        MLT_TRY(check_shape(ctx, node, MLT_ERR_DATA));
    }
    mlt_fill(y->data, mlt_elements(y), mlt_in(ctx, node, VALUE)->data, mlt_size_of(y));
    return MLT_OK;
}

static mlt_status_t zeros_like_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, 0));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    return mlt_set_output(ctx, node, 0, x->rank, x->dims);
}

static mlt_status_t zeros_like_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    memset(y->data, 0, mlt_bytes(y));
    return MLT_OK;
}

const mlt_op_t mlt_op_fill = {
    .name = "FILL",
    .code = MLT_OP_FILL,
    .min_inputs = 2,
    .max_inputs = 2,
    .min_outputs = 1,
    .max_outputs = 1,
    .prepare = fill_prepare,
    .eval = fill_eval,
};

const mlt_op_t mlt_op_zeros_like = {
    .name = "ZEROS_LIKE",
    .code = MLT_OP_ZEROS_LIKE,
    .min_inputs = 1,
    .max_inputs = 1,
    .min_outputs = 1,
    .max_outputs = 1,
    .prepare = zeros_like_prepare,
    .eval = zeros_like_eval,
};
