// SPDX-License-Identifier: MIT
// What operators share that work along one axis of a tensor, given by their second input.
#ifndef MLT_AXIS_H
#define MLT_AXIS_H

#include "util.h"

// The tensor as [outer][depth][inner].
typedef struct mlt_axis {
    int32_t axis, outer, depth, inner;
} mlt_axis_t;

// Read the axis from input `slot` and split x at it: in prepare when it is constant, else in eval.
static inline mlt_status_t mlt_axis_split(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, const mlt_tensor_t *x, mlt_axis_t *a) {
    const mlt_tensor_t *t = mlt_in(ctx, node, slot);
    int32_t axis = mlt_index_at(t, 0), rank = x->rank;
    if (axis < -rank || axis >= rank) {
        return mlt_fail(ctx, node, mlt_is_const(t) ? MLT_ERR_PARAM : MLT_ERR_DATA, slot,
            "axis %d, want %d to %d", axis, -rank, rank - 1);
    }
    a->axis = axis < 0 ? axis + rank : axis;
    a->outer = a->inner = 1;
    a->depth = x->dims[a->axis];
    for (int32_t i = 0; i < rank; ++i) {
        if (i != a->axis) {
            *(i < a->axis ? &a->outer : &a->inner) *= x->dims[i];
        }
    }
    return MLT_OK;
}

// The axis is one INT32 or INT64 number.
static inline mlt_status_t mlt_want_axis_input(mlt_ctx_t *ctx, const mlt_node_t *node, int slot) {
    MLT_TRY(mlt_want_type(ctx, node, slot, MLT_T(INT32) | MLT_T(INT64)));
    return mlt_want_count(ctx, node, slot, 1);
}

#endif
