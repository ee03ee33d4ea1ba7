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

// A size that is computed, in a dimension that the file leaves open: at most all of it.
static mlt_status_t bound_output(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *size = mlt_in(ctx, node, SIZE);
    mlt_tensor_t *y = mlt_out(ctx, node, 0);
    bool bounded = false;
    int32_t dims[MLT_MAX_RANK];
    MLT_TRY(mlt_want_rank(ctx, node, MLT_OUT(0), x->rank, x->rank));
    for (int i = 0; i < x->rank; ++i) {
        int32_t said = mlt_is_const(size) ? mlt_index_at(size, i) : -1;
        bool open = said < 0 && mlt_is_open(ctx, y, i);
        dims[i] = open ? x->dims[i] : said < 0 ? y->dims[i] : said;
        bounded |= open;
    }
    MLT_TRY(mlt_set_output(ctx, node, 0, x->rank, dims));
    return bounded ? ctx->svc->set_runtime(ctx, y) : MLT_OK;
}

static mlt_status_t slice_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, X));
    for (int i = BEGIN; i <= SIZE; ++i) {
        MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(i)));
        MLT_TRY(mlt_want_count(ctx, node, MLT_IN(i), mlt_in(ctx, node, X)->rank));
    }
    bool computed =
        !mlt_is_const(mlt_in(ctx, node, BEGIN)) || !mlt_is_const(mlt_in(ctx, node, SIZE));
    return computed ? bound_output(ctx, node) : mlt_slice_prepare(ctx, node, BEGIN, slice_fill);
}

static mlt_status_t slice_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    return mlt_slice_eval(ctx, node, slice_fill);
}

MLT_DEFINE_OP(slice, SLICE, 3, slice_prepare, slice_eval)
