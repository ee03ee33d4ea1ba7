// SPDX-License-Identifier: MIT
// DYNAMIC_UPDATE_SLICE: a copy of a tensor with a block of it replaced. Where the block would stick
// out, it is moved inwards.

#include "rearrange.h"

enum { X, UPDATE, START };

static mlt_status_t dynamic_update_slice_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, X));
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *update = mlt_in(ctx, node, UPDATE);
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(UPDATE), MLT_IN(X)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(UPDATE), x->rank, x->rank));
    MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(START)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(START), x->rank));
    for (int i = 0; i < x->rank; ++i) {
        if (update->dims[i] > x->dims[i]) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(UPDATE),
                "dimension %d is %d, want at most %d", i, update->dims[i], x->dims[i]);
        }
    }
    ctx->svc->share(ctx, X, 0);
    return mlt_set_output(ctx, node, 0, x->rank, x->dims);
}

static mlt_status_t dynamic_update_slice_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *update = mlt_in(ctx, node, UPDATE);
    const mlt_tensor_t *start = mlt_in(ctx, node, START), *y = mlt_out(ctx, node, 0);
    if (mlt_elements(x) == 0) {
        return MLT_OK;
    }
    if (x->data != y->data) {
        memcpy(y->data, x->data, mlt_bytes(x));
    }
    int32_t first = 0, from = 1, to = 1;
    mlt_move_t m;
    mlt_move_start(&m, mlt_size_of(x));
    for (int i = x->rank - 1; i >= 0; --i) {
        int32_t count = update->dims[i];
        first += mlt_clamp(mlt_index_at(start, i), 0, x->dims[i] - count) * to;
        mlt_move_wrap(&m, count, from, to);
        from *= count;
        to *= x->dims[i];
    }
    mlt_move(&m, update->data, (uint8_t *)y->data + (size_t)first * mlt_size_of(x));
    return MLT_OK;
}

MLT_DEFINE_OP(dynamic_update_slice, DYNAMIC_UPDATE_SLICE, 3, dynamic_update_slice_prepare,
    dynamic_update_slice_eval)
