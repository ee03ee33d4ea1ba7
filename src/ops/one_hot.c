// SPDX-License-Identifier: MIT
// ONE_HOT: each index becomes a vector along a new axis, with the on value at the index and the off
// value elsewhere; an index out of range has no on value.

#include "rearrange.h"

enum { INDICES, DEPTH, ON, OFF };

static mlt_status_t one_hot_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(INDICES)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(INDICES), 0, MLT_MAX_RANK - 1));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(DEPTH), MLT_T(INT32)));
    MLT_TRY(mlt_want_plain_pair(ctx, node, ON));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(OFF), MLT_IN(ON)));
    for (int i = DEPTH; i <= OFF; ++i) {
        MLT_TRY(mlt_want_count(ctx, node, MLT_IN(i), 1));
    }
    const mlt_tensor_t *indices = mlt_in(ctx, node, INDICES), *depth = mlt_in(ctx, node, DEPTH);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    int32_t axis = mlt_option(node, ONE_HOT_AXIS), rank = indices->rank + 1;
    if (axis < -1 || axis >= rank) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, MLT_NODE, "axis %d, want -1 to %d", axis, rank - 1);
    }
    axis = axis < 0 ? rank - 1 : axis;
    int32_t dims[MLT_MAX_RANK];
    for (int i = 0, k = 0; i < rank; ++i) {
        // A depth that is not constant is what the file says of the output.
        dims[i] = i != axis             ? indices->dims[k++]
                  : mlt_is_const(depth) ? mlt_index_at(depth, 0)
                                        : mlt_dim(y, i);
    }
    if (dims[axis] < 0) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_IN(DEPTH), "%d, want 0 or more", dims[axis]);
    }
    return mlt_set_output(ctx, node, 0, rank, dims);
}

static mlt_status_t one_hot_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *indices = mlt_in(ctx, node, INDICES), *y = mlt_out(ctx, node, 0);
    const void *on = mlt_in(ctx, node, ON)->data;
    int32_t axis = mlt_option(node, ONE_HOT_AXIS), depth;
    axis = axis < 0 ? indices->rank : axis;
    depth = y->dims[axis];
    int32_t found = mlt_index_at(mlt_in(ctx, node, DEPTH), 0);
    if (found != depth) {
        return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_IN(DEPTH), "%d, want %d", found, depth);
    }
    int32_t outer = mlt_span(y, 0, axis), inner = mlt_step(y, axis);
    size_t size = mlt_size_of(y);
    mlt_fill(y->data, mlt_elements(y), mlt_in(ctx, node, OFF)->data, size);
    for (int32_t i = 0; i < outer; ++i) {
        for (int32_t k = 0; k < inner; ++k) {
            int32_t index = mlt_index_at(indices, i * inner + k);
            if (index >= 0 && index < depth) {
                int32_t at = (i * depth + index) * inner + k;
                memcpy((uint8_t *)y->data + (size_t)at * size, on, size);
            }
        }
    }
    return MLT_OK;
}

MLT_DEFINE_OP(one_hot, ONE_HOT, 4, one_hot_prepare, one_hot_eval)
