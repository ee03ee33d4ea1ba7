// SPDX-License-Identifier: MIT
// MATRIX_DIAG: matrices of zeros with the input on their diagonals. MATRIX_SET_DIAG: a copy of the
// first input with the second on the diagonals.

#include "rearrange.h"

// Put `count` elements each on the diagonals of y, which has been filled with the rest.
static void set_diagonals(const mlt_tensor_t *y, const uint8_t *from, int32_t count) {
    size_t size = mlt_size_of(y);
    int32_t rows = mlt_dim(y, -2), columns = mlt_dim(y, -1), matrices = mlt_span(y, 0, y->rank - 2);
    uint8_t *to = y->data;
    for (int32_t i = 0; i < matrices; ++i) {
        mlt_move_runs(count, 1, size, from, 1, to, columns + 1);
        from += (size_t)count * size;
        to += (size_t)rows * (size_t)columns * size;
    }
}

static mlt_status_t matrix_diag_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, 0));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 1, MLT_MAX_RANK - 1));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    int32_t dims[MLT_MAX_RANK];
    for (int i = 0; i <= x->rank; ++i) {
        dims[i] = x->dims[mlt_min(i, x->rank - 1)];
    }
    return mlt_set_output(ctx, node, 0, x->rank + 1, dims);
}

static mlt_status_t matrix_diag_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    memset(y->data, 0, mlt_bytes(y));
    set_diagonals(y, x->data, mlt_dim(x, -1));
    return MLT_OK;
}

static mlt_status_t matrix_set_diag_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, 0));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(1), MLT_IN(0)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 2, MLT_MAX_RANK));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    int32_t dims[MLT_MAX_RANK];
    memcpy(dims, x->dims, x->rank * sizeof(dims[0]));
    dims[x->rank - 2] = mlt_min(dims[x->rank - 2], dims[x->rank - 1]);
    MLT_TRY(mlt_want_dims(ctx, node, MLT_IN(1), x->rank - 1, dims));
    MLT_TRY(mlt_set_output(ctx, node, 0, x->rank, x->dims));
    ctx->svc->share(ctx, 0, 0);
    return MLT_OK;
}

static mlt_status_t matrix_set_diag_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *diagonal = mlt_in(ctx, node, 1);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    if (y->data != x->data) {
        memcpy(y->data, x->data, mlt_bytes(x));
    }
    set_diagonals(y, diagonal->data, mlt_dim(diagonal, -1));
    return MLT_OK;
}

MLT_DEFINE_OP(matrix_diag, MATRIX_DIAG, 1, matrix_diag_prepare, matrix_diag_eval)
MLT_DEFINE_OP(matrix_set_diag, MATRIX_SET_DIAG, 2, matrix_set_diag_prepare, matrix_set_diag_eval)
