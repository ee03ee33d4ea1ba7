// SPDX-License-Identifier: MIT
// What the operators that only move elements share: they go by the size of an element, not by
// its type, and keep what there is to do as a mlt_move_t.
#ifndef MLT_LAYOUT_H
#define MLT_LAYOUT_H

#include "../kernels/move.h"
#include "util.h"

#include <string.h>

#define MLT_MAX_RANK 8

// The tensor is there, and its elements are plain bytes that can be copied one by one.
static inline mlt_status_t mlt_want_plain(mlt_ctx_t *ctx, const mlt_node_t *node, int slot) {
    const mlt_tensor_t *t = mlt_slot(ctx, node, slot);
    if (!t) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, slot, "missing");
    }
    if (t->type == MLT_INT4 || mlt_type_size((mlt_type_t)t->type) == 0) {
        return mlt_fail(ctx, node, MLT_ERR_TYPE, slot, "type %s, want elements of whole bytes",
            mlt_type_name(t->type));
    }
    return MLT_OK;
}

static inline size_t mlt_size_of(const mlt_tensor_t *t) {
    return mlt_type_size((mlt_type_t)t->type);
}

// Product of the dimensions from `first` to the one before `end`.
static inline int32_t mlt_span(const mlt_tensor_t *t, int first, int end) {
    int32_t n = 1;
    for (int i = first; i < end; ++i) {
        n *= t->dims[i];
    }
    return n; // no product of dimensions is too large: verify.c
}

// Elements from one index of dimension i to the next.
static inline int32_t mlt_step(const mlt_tensor_t *t, int i) {
    return mlt_span(t, i + 1, t->rank);
}

// An axis that may count from the end: 0 <= *axis < rank afterwards.
static inline mlt_status_t mlt_want_axis(
    mlt_ctx_t *ctx, const mlt_node_t *node, int32_t rank, int32_t *axis) {
    int32_t from_start = *axis < 0 ? *axis + rank : *axis;
    if (from_start < 0 || from_start >= rank) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, MLT_NODE, "axis %d, want %d to %d", *axis, -rank, rank - 1);
    }
    *axis = from_start;
    return MLT_OK;
}

// The computed shape of an output: the file must say the same, or nothing (a scalar where there
// is none, as converters write tensors of unknown shape).
static inline mlt_status_t mlt_set_output(
    mlt_ctx_t *ctx, const mlt_node_t *node, int i, int rank, const int32_t *dims) {
    mlt_tensor_t *y = mlt_out(ctx, node, i);
    if (y && y->rank == 0 && rank > 0) {
        return ctx->svc->set_dims(ctx, y, rank, dims);
    }
    return mlt_want_dims(ctx, node, MLT_OUT(i), rank, dims);
}

// Keep a move in node->data.
static inline mlt_status_t mlt_keep_move(mlt_ctx_t *ctx, mlt_node_t *node, const mlt_move_t *m) {
    node->data = mlt_alloc(ctx, mlt_move_bytes(m));
    if (!node->data) {
        return MLT_ERR_ARENA;
    }
    memcpy(node->data, m, mlt_move_bytes(m));
    return MLT_OK;
}

#endif
