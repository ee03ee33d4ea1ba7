// SPDX-License-Identifier: MIT
// What the operators that only move elements share. They go by the size of an element, not by its
// type, and most say what they do as a slice: which elements of a tensor, in which order, make
// another tensor.
#ifndef MLT_REARRANGE_H
#define MLT_REARRANGE_H

#include "../kernels/move.h"
#include "util.h"

#include <string.h>

#define MLT_MAX_RANK 8 // of any tensor: verify.c

// The tensor is there, and its elements are plain bytes that can be copied one by one.
mlt_status_t mlt_want_plain(mlt_ctx_t *ctx, const mlt_node_t *node, int slot);
// An input and output 0 are plain and of one type.
mlt_status_t mlt_want_plain_pair(mlt_ctx_t *ctx, const mlt_node_t *node, int input);
// The tensor is there and holds indices: INT32 or INT64.
mlt_status_t mlt_want_indices(mlt_ctx_t *ctx, const mlt_node_t *node, int slot);
// An axis that may count from the end: 0 <= *axis < rank afterwards.
mlt_status_t mlt_want_axis(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int32_t rank, int32_t *axis);
// mlt_want_dims for an output; a scalar stands for an unknown shape where there is no scalar.
mlt_status_t mlt_set_output(
    mlt_ctx_t *ctx, const mlt_node_t *node, int i, int rank, const int32_t *dims);

// An input that says the shape of output 0: the file's shape is made so, if the input is constant,
// else it is checked in eval.
mlt_status_t mlt_want_shape(mlt_ctx_t *ctx, const mlt_node_t *node, int slot);
mlt_status_t mlt_check_shape(mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_tensor_t *shape);

static inline size_t mlt_size_of(const mlt_tensor_t *t) {
    return mlt_type_size((mlt_type_t)t->type);
}

// Product of the dimensions from `first` to the one before `end`.
int32_t mlt_span(const mlt_tensor_t *t, int first, int end);

// Elements from one index of dimension i to the next.
static inline int32_t mlt_step(const mlt_tensor_t *t, int i) {
    return mlt_span(t, i + 1, t->rank);
}

// Element i of an INT32 or INT64 tensor becomes `value`.
void mlt_put_index(const mlt_tensor_t *t, int32_t i, int64_t value);

// --- Slices. Built from the last dimension of the result to the first.

typedef struct mlt_slice {
    int32_t start; // the first element, in the source
    int32_t count; // elements made by the dimensions so far
    mlt_move_t move;
} mlt_slice_t;

void mlt_slice_start(mlt_slice_t *s, const mlt_tensor_t *x);
// Add a dimension to the result: `count` elements that are `step` apart in the source.
void mlt_slice_wrap(mlt_slice_t *s, int32_t count, int32_t step);
// Add a dimension made from dimension i of x: every stride-th index from `begin` on.
void mlt_slice_dim(
    mlt_slice_t *s, const mlt_tensor_t *x, int i, int32_t begin, int32_t count, int32_t stride);

// How an operator fills in its slice and the shape of its output. `status` is for mlt_fail: this
// happens in prepare, or in eval if the inputs that it looks at are not constant.
typedef mlt_status_t mlt_slice_fn(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_status_t status,
    mlt_slice_t *s, int *rank, int32_t *dims);

// prepare: fill in the slice now and keep it, if the inputs `first` and later are constant.
mlt_status_t mlt_slice_prepare(mlt_ctx_t *ctx, mlt_node_t *node, int first, mlt_slice_fn *fill);
// eval: make the output from input 0.
mlt_status_t mlt_slice_eval(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_slice_fn *fill);

#endif
