// SPDX-License-Identifier: MIT
// TRANSPOSE: dimension i of the output is dimension perm[i] of the input.

#include "rearrange.h"

static mlt_status_t transpose_fill(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_status_t status,
    mlt_slice_t *s, int *rank, int32_t *dims) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    uint32_t seen = 0;
    mlt_slice_start(s, x);
    *rank = x->rank;
    for (int i = x->rank - 1; i >= 0; --i) {
        int32_t from = mlt_index_at(mlt_in(ctx, node, 1), i);
        if (from < 0 || from >= x->rank || seen >> from & 1) {
            return mlt_fail(ctx, node, status, MLT_IN(1),
                "dimension %d goes to %d, want a permutation", from, i);
        }
        seen |= UINT32_C(1) << from;
        dims[i] = x->dims[from];
        mlt_slice_dim(s, x, from, 0, dims[i], 1);
    }
    return MLT_OK;
}

static mlt_status_t transpose_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, 0));
    MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(1)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(1), mlt_in(ctx, node, 0)->rank));
    return mlt_slice_prepare(ctx, node, 1, transpose_fill);
}

static mlt_status_t transpose_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    return mlt_slice_eval(ctx, node, transpose_fill);
}

MLT_DEFINE_OP(transpose, TRANSPOSE, 2, transpose_prepare, transpose_eval)
