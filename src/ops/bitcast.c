// SPDX-License-Identifier: MIT
// BITCAST: the same bytes as another type. Elements that shrink make a new last dimension, elements
// that grow take the last one up.

#include "rearrange.h"
#include "unary.h"

static mlt_status_t bitcast_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain(ctx, node, MLT_IN(0)));
    MLT_TRY(mlt_want_plain(ctx, node, MLT_OUT(0)));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    int32_t from = (int32_t)mlt_size_of(x), to = (int32_t)mlt_size_of(mlt_out(ctx, node, 0));
    int32_t rank = x->rank, dims[MLT_MAX_RANK];
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), from < to, MLT_MAX_RANK - (from > to)));
    for (int i = 0; i < rank; ++i) {
        dims[i] = x->dims[i];
    }
    if (from < to) {
        int32_t last = mlt_dim(x, -1), wanted = to / from;
        if (last != wanted) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(0), "dimension %d is %d, want %d",
                rank - 1, last, wanted);
        }
        --rank;
    } else if (from > to) {
        dims[rank++] = from / to;
    }
    MLT_TRY(mlt_set_output(ctx, node, 0, rank, dims));
    ctx->svc->share(ctx, 0, 0);
    return MLT_OK;
}

static mlt_status_t bitcast_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (y->data != x->data) {
        memcpy(y->data, x->data, mlt_bytes(x));
    }
    return MLT_OK;
}

MLT_DEFINE_OP(bitcast, BITCAST, 1, bitcast_prepare, bitcast_eval)
