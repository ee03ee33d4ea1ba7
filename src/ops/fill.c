// SPDX-License-Identifier: MIT
// FILL: a tensor of the wanted shape with one value everywhere. ZEROS_LIKE: zeros for the shape of
// another tensor.

#include "rearrange.h"

enum { SHAPE, VALUE };

static mlt_status_t fill_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, VALUE));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(VALUE), 1));
    return mlt_want_shape(ctx, node, MLT_IN(SHAPE));
}

static mlt_status_t fill_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *shape = mlt_in(ctx, node, SHAPE), *y = mlt_out(ctx, node, 0);
    MLT_TRY(mlt_check_shape(ctx, node, shape));
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

MLT_DEFINE_OP(fill, FILL, 2, fill_prepare, fill_eval)

MLT_DEFINE_OP(zeros_like, ZEROS_LIKE, 1, zeros_like_prepare, zeros_like_eval)
