// SPDX-License-Identifier: MIT
// SPLIT, SPLIT_V: cut a tensor along an axis. The outputs' shapes say where; SPLIT_V's sizes, which
// must come to the same, are not looked at.

#include "rearrange.h"

// Inputs: SPLIT has axis and x, SPLIT_V x, sizes and axis.
static const mlt_tensor_t *split_x(const mlt_ctx_t *ctx, const mlt_node_t *node) {
    return mlt_in(ctx, node, node->op->code == MLT_OP_SPLIT);
}

static int32_t split_axis(const mlt_ctx_t *ctx, const mlt_node_t *node) {
    int32_t axis = mlt_index_at(mlt_in(ctx, node, node->op->code == MLT_OP_SPLIT ? 0 : 2), 0);
    return axis < 0 ? axis + split_x(ctx, node)->rank : axis;
}

static mlt_status_t split_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    int x_slot = node->op->code == MLT_OP_SPLIT, axis_slot = x_slot ? 0 : 2;
    MLT_TRY(mlt_want_plain(ctx, node, MLT_IN(x_slot)));
    MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(axis_slot)));
    MLT_TRY(mlt_want_const(ctx, node, MLT_IN(axis_slot)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(axis_slot), 1));
    const mlt_tensor_t *x = split_x(ctx, node);
    int32_t axis = mlt_index_at(mlt_in(ctx, node, axis_slot), 0), left;
    MLT_TRY(mlt_want_axis(ctx, node, MLT_IN(axis_slot), x->rank, &axis));
    left = x->dims[axis];
    for (int i = 0; i < node->output_count; ++i) {
        const mlt_tensor_t *y = mlt_out(ctx, node, i);
        MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(i), MLT_IN(x_slot)));
        MLT_TRY(mlt_want_rank(ctx, node, MLT_OUT(i), x->rank, x->rank));
        for (int k = 0; k < x->rank; ++k) {
            bool last = i == node->output_count - 1;
            int32_t most = k == axis ? left : x->dims[k];
            if (k == axis && !last ? y->dims[k] > most : y->dims[k] != most) {
                return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_OUT(i), "dimension %d is %d, want %d",
                    k, y->dims[k], most);
            }
        }
        left -= y->dims[axis];
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

#define SPLIT_OP(lower, upper, inputs)                                                             \
    const mlt_op_t mlt_op_##lower = {                                                              \
        .name = #upper,                                                                            \
        .code = MLT_OP_##upper,                                                                    \
        .min_inputs = inputs,                                                                      \
        .max_inputs = inputs,                                                                      \
        .min_outputs = 1,                                                                          \
        .max_outputs = 255,                                                                        \
        .prepare = split_prepare,                                                                  \
        .eval = split_eval,                                                                        \
    };

SPLIT_OP(split, SPLIT, 2)
SPLIT_OP(split_v, SPLIT_V, 3)
