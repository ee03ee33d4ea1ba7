// SPDX-License-Identifier: MIT
// SLICE: a block of a tensor, from `begin` on, so large as `size` says (-1: all that is left).

#include "rearrange.h"

enum { X, BEGIN, SIZE };

static mlt_status_t slice_fill(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_status_t status,
    mlt_slice_t *s, int *rank, int32_t *dims) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X);
    mlt_slice_start(s, x);
    *rank = x->rank;
    for (int i = x->rank - 1; i >= 0; --i) {
        int32_t begin = mlt_index_at(mlt_in(ctx, node, BEGIN), i), all = x->dims[i];
        int32_t size = mlt_index_at(mlt_in(ctx, node, SIZE), i);
        if (begin < 0 || begin > all || size < -1 || size > all - begin) {
            return mlt_fail(ctx, node, status, MLT_IN(SIZE),
                "begin %d, size %d, want a part of dimension %d, which is %d", begin, size, i, all);
        }
        dims[i] = size == -1 ? all - begin : size;
        mlt_slice_dim(s, x, i, begin, dims[i], 1);
    }
    return MLT_OK;
}

static mlt_status_t slice_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, X));
    for (int i = BEGIN; i <= SIZE; ++i) {
        MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(i)));
        MLT_TRY(mlt_want_count(ctx, node, MLT_IN(i), mlt_in(ctx, node, X)->rank));
    }
    return mlt_slice_prepare(ctx, node, BEGIN, slice_fill);
}

static mlt_status_t slice_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    return mlt_slice_eval(ctx, node, slice_fill);
}

const mlt_op_t mlt_op_slice = {
    .name = "SLICE",
    .code = MLT_OP_SLICE,
    .min_inputs = 3,
    .max_inputs = 3,
    .min_outputs = 1,
    .max_outputs = 1,
    .prepare = slice_prepare,
    .eval = slice_eval,
};
