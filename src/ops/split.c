// SPDX-License-Identifier: MIT
// SPLIT, SPLIT_V: cut a tensor along an axis, in equal parts or in parts of given sizes.

#include "rearrange.h"

// Inputs: SPLIT has axis and x, SPLIT_V x, sizes and axis.
static const mlt_tensor_t *split_x(const mlt_ctx_t *ctx, const mlt_node_t *node) {
    return mlt_in(ctx, node, node->op->code == MLT_OP_SPLIT);
}

static int32_t split_axis(const mlt_ctx_t *ctx, const mlt_node_t *node) {
    int32_t axis = mlt_index_at(mlt_in(ctx, node, node->op->code == MLT_OP_SPLIT ? 0 : 2), 0);
    return axis < 0 ? axis + split_x(ctx, node)->rank : axis;
}

// The size of part i, when so much is left. Sizes that are not constant must come to the same as
// the shapes in the file, and are not looked at.
static int32_t part_of(
    const mlt_ctx_t *ctx, const mlt_node_t *node, int i, int32_t axis, int32_t left) {
    const mlt_tensor_t *sizes = mlt_in(ctx, node, 1);
    if (i == node->output_count - 1) {
        return left;
    }
    if (node->op->code == MLT_OP_SPLIT) {
        return left / (node->output_count - i);
    }
    int32_t part = mlt_dim(mlt_out(ctx, node, i), axis);
    if (sizes && mlt_is_const(sizes) && mlt_elements(sizes) == node->output_count) {
        int32_t size = mlt_index_at(sizes, i);
        part = size < 0 ? part : size; // -1: what the others leave
    }
    return mlt_min(part, left);
}

static mlt_status_t split_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    int x_slot = node->op->code == MLT_OP_SPLIT, axis_slot = x_slot ? 0 : 2;
    MLT_TRY(mlt_want_plain(ctx, node, MLT_IN(x_slot)));
    MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(axis_slot)));
    MLT_TRY(mlt_want_const(ctx, node, MLT_IN(axis_slot)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(axis_slot), 1));
    const mlt_tensor_t *x = split_x(ctx, node);
    if (!x_slot) {
        MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(1)));
    }
    int32_t axis = mlt_index_at(mlt_in(ctx, node, axis_slot), 0), dims[MLT_MAX_RANK];
    MLT_TRY(mlt_want_axis(ctx, node, MLT_IN(axis_slot), x->rank, &axis));
    int32_t left = x->dims[axis];
    for (int i = 0; i < node->output_count; ++i) {
        MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(i), MLT_IN(x_slot)));
        int32_t part = part_of(ctx, node, i, axis, left);
        for (int k = 0; k < x->rank; ++k) {
            dims[k] = k == axis ? part : x->dims[k];
        }
        MLT_TRY(mlt_want_dims(ctx, node, MLT_OUT(i), x->rank, dims));
        left -= part;
    }
    return MLT_OK;
}

static mlt_status_t split_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = split_x(ctx, node);
    if (mlt_elements(x) == 0) {
        return MLT_OK;
    }
    int32_t axis = split_axis(ctx, node), inner = mlt_step(x, axis), step = x->dims[axis] * inner;
    const uint8_t *from = x->data;
    for (int i = 0; i < node->output_count; ++i) {
        const mlt_tensor_t *y = mlt_out(ctx, node, i);
        int32_t run = y->dims[axis] * inner;
        mlt_move_runs(mlt_span(x, 0, axis), run, mlt_size_of(x), from, step, y->data, run);
        from += (size_t)run * mlt_size_of(x);
    }
    return MLT_OK;
}

MLT_DEFINE_OP_OF(split, SPLIT, 2, 2, 1, 255, split_prepare, split_eval)
MLT_DEFINE_OP_OF(split_v, SPLIT_V, 3, 3, 1, 255, split_prepare, split_eval)
