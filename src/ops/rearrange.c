// SPDX-License-Identifier: MIT
// What the operators that only move elements share.

#include "rearrange.h"

int32_t mlt_span(const mlt_tensor_t *t, int first, int end) {
    int32_t n = 1;
    for (int i = first; i < end; ++i) {
        n *= t->dims[i];
    }
    return n; // no product of dimensions is too large: verify.c
}

mlt_status_t mlt_want_plain(mlt_ctx_t *ctx, const mlt_node_t *node, int slot) {
    const mlt_tensor_t *t = mlt_slot(ctx, node, slot);
    if (!t) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, slot, "missing");
    }
    if (t->type == MLT_INT4 || t->type == MLT_COMPLEX128 || mlt_size_of(t) == 0) {
        return mlt_fail(ctx, node, MLT_ERR_TYPE, slot,
            "type %t, want one with elements of 1, 2, 4 or 8 bytes", t->type);
    }
    return MLT_OK;
}

mlt_status_t mlt_want_plain_pair(mlt_ctx_t *ctx, const mlt_node_t *node, int input) {
    MLT_TRY(mlt_want_plain(ctx, node, MLT_IN(input)));
    return mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(input));
}

mlt_status_t mlt_want_indices(mlt_ctx_t *ctx, const mlt_node_t *node, int slot) {
    return mlt_want_type(ctx, node, slot, MLT_T(INT32) | MLT_T(INT64));
}

mlt_status_t mlt_want_axis(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int32_t rank, int32_t *axis) {
    int32_t from_start = *axis < 0 ? *axis + rank : *axis;
    if (from_start < 0 || from_start >= rank) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, slot, "axis %d, want %d to %d", *axis, -rank, rank - 1);
    }
    *axis = from_start;
    return MLT_OK;
}

mlt_status_t mlt_set_output(
    mlt_ctx_t *ctx, const mlt_node_t *node, int i, int rank, const int32_t *dims) {
    mlt_tensor_t *y = mlt_out(ctx, node, i);
    return y->rank == 0 && rank > 0 ? ctx->svc->set_dims(ctx, y, rank, dims)
                                    : mlt_want_dims(ctx, node, MLT_OUT(i), rank, dims);
}

mlt_status_t mlt_want_shape(mlt_ctx_t *ctx, const mlt_node_t *node, int slot) {
    MLT_TRY(mlt_want_indices(ctx, node, slot));
    MLT_TRY(mlt_want_rank(ctx, node, slot, 1, 1));
    const mlt_tensor_t *shape = mlt_slot(ctx, node, slot);
    int32_t rank = shape->dims[0], dims[MLT_MAX_RANK];
    if (!mlt_is_const(shape) || rank > MLT_MAX_RANK) {
        return mlt_want_rank(ctx, node, MLT_OUT(0), rank, rank);
    }
    for (int i = 0; i < rank; ++i) {
        dims[i] = mlt_index_at(shape, i);
    }
    return mlt_set_output(ctx, node, 0, rank, dims);
}

mlt_status_t mlt_check_shape(mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_tensor_t *shape) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    for (int i = 0; i < y->rank && !mlt_is_const(shape); ++i) {
        int32_t dim = mlt_index_at(shape, i);
        if (dim != y->dims[i]) {
            return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_OUT(0), "dimension %d is %d, want %d", i,
                y->dims[i], dim);
        }
    }
    return MLT_OK;
}

void mlt_put_index(const mlt_tensor_t *t, int32_t i, int64_t value) {
    if (t->type == MLT_INT64) {
        ((int64_t *)t->data)[i] = value;
    } else {
        ((int32_t *)t->data)[i] = (int32_t)value;
    }
}

void mlt_slice_start(mlt_slice_t *s, const mlt_tensor_t *x) {
    s->start = 0;
    s->count = 1;
    mlt_move_start(&s->move, mlt_size_of(x));
}

void mlt_slice_wrap(mlt_slice_t *s, int32_t count, int32_t step) {
    mlt_move_wrap(&s->move, count, step, s->count);
    s->count *= count;
}

void mlt_slice_dim(
    mlt_slice_t *s, const mlt_tensor_t *x, int i, int32_t begin, int32_t count, int32_t stride) {
    int32_t step = mlt_step(x, i);
    s->start += count > 0 ? begin * step : 0;
    mlt_slice_wrap(s, count, count > 1 ? stride * step : 0);
}

mlt_status_t mlt_slice_prepare(mlt_ctx_t *ctx, mlt_node_t *node, int first, mlt_slice_fn *fill) {
    for (int i = first; i < node->input_count; ++i) {
        if (!mlt_is_const(mlt_in(ctx, node, i))) {
            return MLT_OK;
        }
    }
    mlt_slice_t s;
    int rank;
    int32_t dims[MLT_MAX_RANK];
    MLT_TRY(fill(ctx, node, MLT_ERR_PARAM, &s, &rank, dims));
    MLT_TRY(mlt_set_output(ctx, node, 0, rank, dims));
    size_t bytes = offsetof(mlt_slice_t, move) + mlt_move_bytes(&s.move);
    node->data = mlt_alloc(ctx, bytes);
    if (!node->data) {
        return MLT_ERR_ARENA;
    }
    memcpy(node->data, &s, bytes);
    return MLT_OK;
}

static void run(const mlt_slice_t *s, const mlt_tensor_t *x, const mlt_tensor_t *y) {
    if (s->move.run > 0) {
        size_t offset = (size_t)s->start * mlt_size_of(x);
        mlt_move(&s->move, (const uint8_t *)x->data + offset, y->data);
    }
}

// Without a kept slice: what comes out must have the shape that the file promised, where it did.
static mlt_status_t fill_and_run(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_slice_fn *fill) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    mlt_slice_t s;
    int rank;
    int32_t dims[MLT_MAX_RANK];
    MLT_TRY(fill(ctx, node, MLT_ERR_DATA, &s, &rank, dims));
    if (rank != y->rank) {
        return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_OUT(0), "rank %d, want %d", y->rank, rank);
    }
    for (int i = 0; i < rank; ++i) {
        if (y->flags & MLT_TENSOR_RUNTIME && mlt_is_open(ctx, y, i)) {
            mlt_set_runtime_dim(y, i, dims[i]);
        } else if (y->dims[i] != dims[i]) {
            return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_OUT(0), "dimension %d is %d, want %d", i,
                y->dims[i], dims[i]);
        }
    }
    run(&s, mlt_in(ctx, node, 0), y);
    return MLT_OK;
}

mlt_status_t mlt_slice_eval(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_slice_fn *fill) {
    if (!node->data) {
        return fill_and_run(ctx, node, fill);
    }
    run(node->data, mlt_in(ctx, node, 0), mlt_out(ctx, node, 0));
    return MLT_OK;
}
