// SPDX-License-Identifier: MIT
// STRIDED_SLICE: x[begin:end:stride, ...] as Python means it, with masks for what is left out.
//
// Entry i of begin, end and strides stands for one dimension of the input, in order; with bit i of
// the masks: begin_mask, end_mask: from, to the very end; shrink_axis: one index, and the dimension
// goes; new_axis: a new dimension of 1, no input dimension; ellipsis: as many whole dimensions as
// the other entries leave.

#include "rearrange.h"

enum { X, BEGIN, END, STRIDES };

// The indices begin, begin + stride, ... of one dimension.
typedef struct range {
    int32_t begin, count, stride;
} range_t;

static int32_t clamp(int64_t i, int32_t lo, int32_t hi) {
    return i < lo ? lo : i > hi ? hi : (int32_t)i;
}

// What entry i of begin and end means for a dimension of `size`: negative numbers count from the
// end, others are clamped. stride is not 0.
static range_t resolve(
    mlt_ctx_t *ctx, const mlt_node_t *node, int i, int32_t size, int32_t stride) {
    int64_t begin = mlt_index_at(mlt_in(ctx, node, BEGIN), i);
    int64_t end = mlt_index_at(mlt_in(ctx, node, END), i);
    int32_t lo = stride > 0 ? 0 : -1, hi = stride > 0 ? size : size - 1;
    if (mlt_option(node, STRIDED_SLICE_BEGIN_MASK) >> i & 1) {
        begin = stride > 0 ? lo : hi;
    } else {
        begin = clamp(begin < 0 ? begin + size : begin, lo, hi);
    }
    if (mlt_option(node, STRIDED_SLICE_OFFSET)) {
        end += begin;
    }
    if (mlt_option(node, STRIDED_SLICE_END_MASK) >> i & 1) {
        end = stride > 0 ? hi : lo;
    } else {
        end = clamp(end < 0 ? end + size : end, lo, hi);
    }
    int64_t span = stride > 0 ? end - begin : begin - end,
            step = stride > 0 ? stride : -(int64_t)stride;
    return (range_t){(int32_t)begin, span > 0 ? (int32_t)((span + step - 1) / step) : 0, stride};
}

// Entries that stand for exactly one input dimension, of the first `end`.
static int consuming(const mlt_node_t *node, int end) {
    int32_t none = mlt_option(node, STRIDED_SLICE_ELLIPSIS_MASK) |
                   mlt_option(node, STRIDED_SLICE_NEW_AXIS_MASK);
    int n = 0;
    for (int i = 0; i < end; ++i) {
        n += !(none >> i & 1);
    }
    return n;
}

// Goes through the entries from the last to the first; `dim` is the input dimension to be used
// next, `out` where the next output dimension goes in dims, which is filled from its end.
static mlt_status_t strided_slice_fill(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_status_t status,
    mlt_slice_t *s, int *rank, int32_t *dims) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *strides = mlt_in(ctx, node, STRIDES);
    int32_t ellipsis = mlt_option(node, STRIDED_SLICE_ELLIPSIS_MASK);
    int32_t new_axis = mlt_option(node, STRIDED_SLICE_NEW_AXIS_MASK);
    int32_t shrink = mlt_option(node, STRIDED_SLICE_SHRINK_AXIS_MASK);
    int dim = x->rank, out = MLT_MAX_RANK, entries = strides->dims[0];
    mlt_slice_start(s, x);
    for (int i = entries; i >= 0; --i) {
        // Whole dimensions: where the ellipsis is, or after all entries when there is none.
        if (i == entries ? ellipsis == 0 : ellipsis >> i & 1) {
            for (int stop = consuming(node, i); dim > stop && out > 0;) {
                --dim;
                dims[--out] = x->dims[dim];
                mlt_slice_dim(s, x, dim, 0, x->dims[dim], 1);
            }
            continue;
        }
        if (i == entries) {
            continue;
        }
        if (new_axis >> i & 1) {
            if (out > 0) {
                dims[--out] = 1;
            }
            continue;
        }
        int32_t stride = mlt_index_at(strides, i);
        if (stride == 0) {
            return mlt_fail(ctx, node, status, MLT_IN(STRIDES), "stride 0, want another");
        }
        --dim;
        range_t r = resolve(ctx, node, i, x->dims[dim], stride);
        if (shrink >> i & 1) {
            if (r.begin < 0 || r.begin >= x->dims[dim]) {
                return mlt_fail(ctx, node, status, MLT_IN(BEGIN),
                    "index %d of dimension %d, want one below %d", r.begin, dim, x->dims[dim]);
            }
            mlt_slice_dim(s, x, dim, r.begin, 1, 1);
        } else if (out > 0) {
            dims[--out] = r.count;
            mlt_slice_dim(s, x, dim, r.begin, r.count, r.stride);
        }
    }
    *rank = MLT_MAX_RANK - out;
    memmove(dims, dims + out, (size_t)*rank * sizeof(*dims));
    return MLT_OK;
}

static mlt_status_t strided_slice_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, X));
    int32_t rank = mlt_in(ctx, node, X)->rank;
    for (int i = BEGIN; i <= STRIDES; ++i) {
        MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(i)));
        MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(i), 1, 1));
        MLT_TRY(mlt_want_dims_of(ctx, node, MLT_IN(i), MLT_IN(BEGIN)));
    }
    int32_t entries = mlt_in(ctx, node, BEGIN)->dims[0];
    int32_t ellipsis = mlt_option(node, STRIDED_SLICE_ELLIPSIS_MASK);
    if (entries > 2 * MLT_MAX_RANK || consuming(node, entries) > rank) {
        return mlt_fail(
            ctx, node, MLT_ERR_SHAPE, MLT_IN(BEGIN), "%d entries, want %d", entries, rank);
    }
    if ((uint32_t)ellipsis & ((uint32_t)ellipsis - 1) || ellipsis >> entries) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, MLT_NODE, "ellipsis mask %d, want one bit or none", ellipsis);
    }
    return mlt_slice_prepare(ctx, node, BEGIN, strided_slice_fill);
}

static mlt_status_t strided_slice_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    return mlt_slice_eval(ctx, node, strided_slice_fill);
}

MLT_DEFINE_OP(strided_slice, STRIDED_SLICE, 4, strided_slice_prepare, strided_slice_eval)
