// SPDX-License-Identifier: MIT
// PACK: tensors of one shape become one with a new dimension. UNPACK: the other way round.

#include "rearrange.h"

static mlt_status_t pack_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, 0));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 0, MLT_MAX_RANK - 1));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    int32_t axis = mlt_option(node, PACK_AXIS), dims[MLT_MAX_RANK];
    MLT_TRY(mlt_want_axis(ctx, node, MLT_NODE, x->rank + 1, &axis));
    for (int i = 0; i < node->input_count; ++i) {
        MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(i), MLT_IN(0)));
        MLT_TRY(mlt_want_dims_of(ctx, node, MLT_IN(i), MLT_IN(0)));
    }
    for (int i = 0, k = 0; i <= x->rank; ++i) {
        dims[i] = i == axis ? node->input_count : x->dims[k++];
    }
    return mlt_set_output(ctx, node, 0, x->rank + 1, dims);
}

static mlt_status_t pack_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    if (mlt_elements(y) == 0) {
        return MLT_OK;
    }
    int32_t axis = mlt_option(node, PACK_AXIS);
    axis += axis < 0 ? y->rank : 0;
    int32_t outer = mlt_span(y, 0, axis), inner = mlt_step(y, axis);
    uint8_t *to = y->data;
    for (int i = 0; i < node->input_count; ++i) {
        mlt_move_runs(outer, inner, mlt_size_of(y), mlt_in(ctx, node, i)->data, inner, to,
            inner * node->input_count);
        to += (size_t)inner * mlt_size_of(y);
    }
    return MLT_OK;
}

static mlt_status_t unpack_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, 0));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 1, MLT_MAX_RANK));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    int32_t axis = mlt_option(node, UNPACK_AXIS), dims[MLT_MAX_RANK];
    MLT_TRY(mlt_want_axis(ctx, node, MLT_NODE, x->rank, &axis));
    if (x->dims[axis] != node->output_count) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(0), "dimension %d is %d, want %d", axis,
            x->dims[axis], node->output_count);
    }
    for (int i = 0, k = 0; i < x->rank; ++i) {
        if (i != axis) {
            dims[k++] = x->dims[i];
        }
    }
    for (int i = 0; i < node->output_count; ++i) {
        MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(i), MLT_IN(0)));
        MLT_TRY(mlt_set_output(ctx, node, i, x->rank - 1, dims));
    }
    return MLT_OK;
}

static mlt_status_t unpack_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    if (mlt_elements(x) == 0) {
        return MLT_OK;
    }
    int32_t axis = mlt_option(node, UNPACK_AXIS);
    axis += axis < 0 ? x->rank : 0;
    int32_t outer = mlt_span(x, 0, axis), inner = mlt_step(x, axis);
    const uint8_t *from = x->data;
    for (int i = 0; i < node->output_count; ++i) {
        mlt_move_runs(outer, inner, mlt_size_of(x), from, inner * node->output_count,
            mlt_out(ctx, node, i)->data, inner);
        from += (size_t)inner * mlt_size_of(x);
    }
    return MLT_OK;
}

MLT_DEFINE_OP_OF(pack, PACK, 1, 255, 1, 1, pack_prepare, pack_eval)

MLT_DEFINE_OP_OF(unpack, UNPACK, 1, 1, 1, 255, unpack_prepare, unpack_eval)
