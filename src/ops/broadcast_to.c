// SPDX-License-Identifier: MIT
// BROADCAST_TO: repeat a tensor along new dimensions and along those of 1. TILE: repeat it along
// all dimensions, so often as asked. BROADCAST_ARGS: the shape that two shapes broadcast to.

#include "rearrange.h"

static mlt_status_t broadcast_to_fill(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_status_t status,
    mlt_slice_t *s, int *rank, int32_t *dims) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *shape = mlt_in(ctx, node, 1);
    *rank = shape->dims[0];
    mlt_slice_start(s, x);
    for (int i = *rank - 1, k = x->rank - 1; i >= 0; --i, --k) {
        int32_t want = mlt_index_at(shape, i), have = k >= 0 ? x->dims[k] : 1;
        if (want < 0 || want > INT32_MAX / mlt_max(s->count, 1) || (have != 1 && have != want)) {
            return mlt_fail(ctx, node, status, MLT_IN(1),
                "dimension %d is to become %d, want the input's %d", i, want, have);
        }
        dims[i] = want;
        mlt_slice_wrap(s, want, have == 1 ? 0 : mlt_step(x, k));
    }
    return MLT_OK;
}

static mlt_status_t broadcast_to_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, 0));
    MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(1)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(1), 1, 1));
    int32_t least = mlt_in(ctx, node, 0)->rank, rank = mlt_in(ctx, node, 1)->dims[0];
    if (rank < least || rank > MLT_MAX_RANK) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(1), "%d elements, want %d to %d", rank,
            least, MLT_MAX_RANK);
    }
    return mlt_slice_prepare(ctx, node, 1, broadcast_to_fill);
}

static mlt_status_t broadcast_to_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    return mlt_slice_eval(ctx, node, broadcast_to_fill);
}

// Each dimension is two loops: round the input, and over again from its start.
static mlt_status_t tile_fill(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_status_t status,
    mlt_slice_t *s, int *rank, int32_t *dims) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    *rank = x->rank;
    mlt_slice_start(s, x);
    for (int i = x->rank - 1; i >= 0; --i) {
        int32_t times = mlt_index_at(mlt_in(ctx, node, 1), i), have = x->dims[i];
        if (times < 0 || times > INT32_MAX / mlt_max(s->count, 1) / mlt_max(have, 1)) {
            return mlt_fail(ctx, node, status, MLT_IN(1),
                "dimension %d is to be repeated %d times, which is no size", i, times);
        }
        dims[i] = have * times;
        mlt_slice_dim(s, x, i, 0, have, 1);
        mlt_slice_wrap(s, times, 0);
    }
    return MLT_OK;
}

static mlt_status_t tile_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, 0));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 0, MLT_MOVE_DIMS / 2));
    MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(1)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(1), mlt_in(ctx, node, 0)->rank));
    return mlt_slice_prepare(ctx, node, 1, tile_fill);
}

static mlt_status_t tile_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    return mlt_slice_eval(ctx, node, tile_fill);
}

static mlt_status_t broadcast_args_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(0)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(1), MLT_IN(0)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(0)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 1, 1));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(1), 1, 1));
    int32_t length = mlt_max(mlt_in(ctx, node, 0)->dims[0], mlt_in(ctx, node, 1)->dims[0]);
    return mlt_set_output(ctx, node, 0, 1, &length);
}

static mlt_status_t broadcast_args_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *a = mlt_in(ctx, node, 0), *b = mlt_in(ctx, node, 1);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    int32_t length = y->dims[0], skip_a = length - a->dims[0], skip_b = length - b->dims[0];
    for (int32_t i = 0; i < length; ++i) {
        int32_t p = i < skip_a ? 1 : mlt_index_at(a, i - skip_a);
        int32_t q = i < skip_b ? 1 : mlt_index_at(b, i - skip_b);
        if (p != q && p != 1 && q != 1) {
            return mlt_fail(
                ctx, node, MLT_ERR_DATA, MLT_IN(1), "dimension %d is %d, want %d or 1", i, q, p);
        }
        mlt_put_index(y, i, p == 1 ? q : p);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(broadcast_to, BROADCAST_TO, 2, broadcast_to_prepare, broadcast_to_eval)
MLT_DEFINE_OP(broadcast_args, BROADCAST_ARGS, 2, broadcast_args_prepare, broadcast_args_eval)
MLT_DEFINE_OP(tile, TILE, 2, tile_prepare, tile_eval)
