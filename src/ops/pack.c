// SPDX-License-Identifier: MIT
// PACK: tensors of one shape become one with a new dimension. UNPACK: the other way round.

#include "rearrange.h"

// The packed tensor has the dimension `count` at *axis, where the other has none.
static mlt_status_t want_packed(
    mlt_ctx_t *ctx, const mlt_node_t *node, int packed, int part, int32_t count, int32_t *axis) {
    const mlt_tensor_t *whole = mlt_slot(ctx, node, packed), *t = mlt_slot(ctx, node, part);
    MLT_TRY(mlt_want_axis(ctx, node, MLT_NODE, whole->rank, axis));
    MLT_TRY(mlt_want_rank(ctx, node, part, whole->rank - 1, whole->rank - 1));
    for (int i = 0, k = 0; i < whole->rank; ++i) {
        int32_t want = i == *axis ? count : t->dims[k++];
        if (whole->dims[i] != want) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, packed, "dimension %d is %d, want %d", i,
                whole->dims[i], want);
        }
    }
    return MLT_OK;
}

static mlt_status_t pack_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, 0));
    int32_t axis = mlt_option(node, PACK_AXIS);
    for (int i = 0; i < node->input_count; ++i) {
        MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(i), MLT_IN(0)));
        MLT_TRY(mlt_want_dims_of(ctx, node, MLT_IN(i), MLT_IN(0)));
    }
    return want_packed(ctx, node, MLT_OUT(0), MLT_IN(0), node->input_count, &axis);
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
    int32_t axis = mlt_option(node, UNPACK_AXIS);
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 1, MLT_MAX_RANK));
    for (int i = 0; i < node->output_count; ++i) {
        MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(i), MLT_OUT(0)));
        MLT_TRY(mlt_want_dims_of(ctx, node, MLT_OUT(i), MLT_OUT(0)));
    }
    return want_packed(ctx, node, MLT_IN(0), MLT_OUT(0), node->output_count, &axis);
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

const mlt_op_t mlt_op_pack = {
    .name = "PACK",
    .code = MLT_OP_PACK,
    .min_inputs = 1,
    .max_inputs = 255,
    .min_outputs = 1,
    .max_outputs = 1,
    .prepare = pack_prepare,
    .eval = pack_eval,
};

const mlt_op_t mlt_op_unpack = {
    .name = "UNPACK",
    .code = MLT_OP_UNPACK,
    .min_inputs = 1,
    .max_inputs = 1,
    .min_outputs = 1,
    .max_outputs = 255,
    .prepare = unpack_prepare,
    .eval = unpack_eval,
};
