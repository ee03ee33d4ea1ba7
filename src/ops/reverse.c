// SPDX-License-Identifier: MIT
// REVERSE_V2: some axes run backwards.

#include "rearrange.h"

static mlt_status_t reverse_fill(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_status_t status,
    mlt_slice_t *s, int *rank, int32_t *dims) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *axes = mlt_in(ctx, node, 1);
    uint32_t reversed = 0;
    for (int32_t i = 0; i < mlt_elements(axes); ++i) {
        int32_t axis = mlt_index_at(axes, i);
        if (axis < -x->rank || axis >= x->rank) {
            return mlt_fail(ctx, node, status, MLT_IN(1), "axis %d, want %d to %d", axis, -x->rank,
                x->rank - 1);
        }
        reversed |= UINT32_C(1) << (axis < 0 ? axis + x->rank : axis);
    }
    mlt_slice_start(s, x);
    *rank = x->rank;
    for (int i = x->rank - 1; i >= 0; --i) {
        bool back = reversed >> i & 1;
        dims[i] = x->dims[i];
        mlt_slice_dim(s, x, i, back ? dims[i] - 1 : 0, dims[i], back ? -1 : 1);
    }
    return MLT_OK;
}

static mlt_status_t reverse_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, 0));
    MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(1)));
    return mlt_slice_prepare(ctx, node, 1, reverse_fill);
}

static mlt_status_t reverse_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    return mlt_slice_eval(ctx, node, reverse_fill);
}

MLT_DEFINE_OP(reverse_v2, REVERSE_V2, 2, reverse_prepare, reverse_eval)
