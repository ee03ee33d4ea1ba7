// SPDX-License-Identifier: MIT
// RESHAPE, SQUEEZE, EXPAND_DIMS: other dimensions for the same elements in the same order.
// The planner puts the output where the input is, if it can; then there is nothing to do.

#include "rearrange.h"

// The shape that RESHAPE is asked for, from its second input or its options: -1 stands for
// what is left. MLT_OK with *rank -1 when it is not known before eval.
static mlt_status_t wanted_dims(
    mlt_ctx_t *ctx, const mlt_node_t *node, int32_t count, int *rank, int32_t *dims) {
    const mlt_tensor_t *shape = mlt_in(ctx, node, 1);
    int32_t length = 0;
    const uint8_t *option = NULL;
    *rank = -1;
    if (shape && mlt_is_const(shape) && shape->type == MLT_INT32 && shape->rank == 1) {
        length = shape->dims[0];
    } else if ((option = mlt_option_vector(ctx, node, RESHAPE_NEW_SHAPE, 4, &length)) == NULL) {
        return MLT_OK;
    }
    if (length > MLT_MAX_RANK) {
        return MLT_OK;
    }
    int32_t rest = count, stretch = -1;
    for (int32_t i = 0; i < length; ++i) {
        if (option) {
            memcpy(&dims[i], option + 4 * (size_t)i, sizeof(dims[i]));
        } else {
            dims[i] = mlt_index_at(shape, i);
        }
        if (dims[i] == -1 && stretch < 0) {
            stretch = i;
        } else if (dims[i] <= 0 || rest % dims[i] != 0) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_OUT(0),
                "dimension %d is to be %d, want a divisor of %d", i, dims[i], rest);
        } else {
            rest /= dims[i];
        }
    }
    if (stretch >= 0) {
        dims[stretch] = rest;
    }
    *rank = length;
    return MLT_OK;
}

static mlt_status_t reshape_dims(mlt_ctx_t *ctx, const mlt_node_t *node, int *rank, int32_t *dims) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    if (node->input_count == 1 && y->rank == 1 && y->dims[0] == 0) {
        *rank = 0; // a scalar, as old converters write it
        return MLT_OK;
    }
    return wanted_dims(ctx, node, mlt_elements(mlt_in(ctx, node, 0)), rank, dims);
}

// Only dimensions of 1 go.
static mlt_status_t squeeze_dims(mlt_ctx_t *ctx, const mlt_node_t *node, int *rank, int32_t *dims) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    int32_t length;
    const uint8_t *axes = mlt_option_vector(ctx, node, SQUEEZE_SQUEEZE_DIMS, 4, &length);
    *rank = 0;
    for (int i = 0; i < x->rank; ++i) {
        bool goes = x->dims[i] == 1 && length == 0;
        for (int32_t k = 0; k < length; ++k) {
            int32_t axis;
            memcpy(&axis, axes + 4 * (size_t)k, sizeof(axis));
            goes |= x->dims[i] == 1 && (axis == i || axis == i - x->rank);
        }
        if (!goes) {
            dims[(*rank)++] = x->dims[i];
        }
    }
    return MLT_OK;
}

static mlt_status_t expand_dims_dims(
    mlt_ctx_t *ctx, const mlt_node_t *node, int *rank, int32_t *dims) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *t = mlt_in(ctx, node, 1);
    MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(1)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(1), 1));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 0, MLT_MAX_RANK - 1));
    if (!mlt_is_const(t)) {
        return MLT_OK;
    }
    int32_t axis = mlt_index_at(t, 0);
    MLT_TRY(mlt_want_axis(ctx, node, MLT_IN(1), x->rank + 1, &axis));
    for (int i = 0, k = 0; i <= x->rank; ++i) {
        dims[i] = i == axis ? 1 : x->dims[k++];
    }
    *rank = x->rank + 1;
    return MLT_OK;
}

// The shape in the file will do if it has as many elements. Else it is left open, and computed.
static mlt_status_t reshape_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 0, MLT_MAX_RANK));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    if (x->type != MLT_INT4) {
        MLT_TRY(mlt_want_plain(ctx, node, MLT_IN(0)));
    }
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(0)));
    int32_t count = mlt_elements(x), dims[MLT_MAX_RANK];
    if (mlt_elements(mlt_out(ctx, node, 0)) != count) {
        int rank = -1;
        MLT_TRY(node->op->code == MLT_OP_RESHAPE   ? reshape_dims(ctx, node, &rank, dims)
                : node->op->code == MLT_OP_SQUEEZE ? squeeze_dims(ctx, node, &rank, dims)
                                                   : expand_dims_dims(ctx, node, &rank, dims));
        if (rank == 0) {
            MLT_TRY(ctx->svc->set_dims(ctx, mlt_out(ctx, node, 0), 0, NULL));
        } else if (rank > 0) {
            MLT_TRY(mlt_set_output(ctx, node, 0, rank, dims));
        }
    }
    MLT_TRY(mlt_want_count(ctx, node, MLT_OUT(0), count));
    ctx->svc->share(ctx, 0, 0);
    return MLT_OK;
}

static mlt_status_t reshape_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    size_t bytes = mlt_bytes(y);
    if (x->data != y->data && bytes) {
        memcpy(y->data, x->data, bytes);
    }
    return MLT_OK;
}

MLT_DEFINE_OP_OF(reshape, RESHAPE, 1, 2, 1, 1, reshape_prepare, reshape_eval)
MLT_DEFINE_OP(squeeze, SQUEEZE, 1, reshape_prepare, reshape_eval)
MLT_DEFINE_OP(expand_dims, EXPAND_DIMS, 2, reshape_prepare, reshape_eval)
