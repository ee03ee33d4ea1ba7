// SPDX-License-Identifier: MIT
// CONCATENATION: inputs one after the other along an axis.

#include "../mathf.h"
#include "rearrange.h"

// Old uint8 models give each input its own scale.
static bool rescales(const mlt_ctx_t *ctx, const mlt_tensor_t *x, const mlt_tensor_t *y) {
    return x->type == MLT_UINT8 && (mlt_scale_of(ctx, x) != mlt_scale_of(ctx, y) ||
                                       mlt_zero_point(ctx, x) != mlt_zero_point(ctx, y));
}

static mlt_status_t want_quant(mlt_ctx_t *ctx, const mlt_node_t *node, int i) {
    const mlt_tensor_t *x = mlt_in(ctx, node, i), *y = mlt_out(ctx, node, 0);
    if (x->type == MLT_INT8) {
        return mlt_want_quant_of(ctx, node, MLT_IN(i), MLT_OUT(0));
    }
    if (rescales(ctx, x, y)) {
        MLT_TRY(mlt_want_quant(ctx, node, MLT_IN(i)));
        MLT_TRY(mlt_want_quant(ctx, node, MLT_OUT(0)));
    }
    return MLT_OK;
}

// The dimensions of the inputs but `axis` are those of `like`; gives the sum of those along it, to
// which a scalar adds 1. Shapes known at run time are looked at then.
static mlt_status_t add_up(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_status_t status,
    const mlt_tensor_t *like, int32_t axis, int32_t *sum) {
    *sum = 0;
    for (int i = 0; i < node->input_count; ++i) {
        const mlt_tensor_t *x = mlt_in(ctx, node, i);
        bool known = status == MLT_ERR_DATA || !(x->flags & MLT_TENSOR_RUNTIME);
        for (int k = 0; k < x->rank; ++k) {
            if (k != axis && x->dims[k] != like->dims[k] && known) {
                return mlt_fail(ctx, node, status, MLT_IN(i), "dimension %d is %d, want %d", k,
                    x->dims[k], like->dims[k]);
            }
        }
        *sum += mlt_min(mlt_dim(x, axis), INT32_MAX - *sum);
    }
    return MLT_OK;
}

static mlt_status_t concatenation_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, 0));
    int32_t activation = mlt_option(node, CONCATENATION_FUSED_ACTIVATION_FUNCTION);
    if (activation != MLT_ACT_NONE) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, MLT_NODE, "fused activation %d, want NONE", activation);
    }
    const mlt_tensor_t *x0 = mlt_in(ctx, node, 0);
    int32_t rank = mlt_max(x0->rank, 1), axis = mlt_option(node, CONCATENATION_AXIS), sum;
    bool runtime = false;
    MLT_TRY(mlt_want_axis(ctx, node, MLT_NODE, rank, &axis));
    for (int i = 0; i < node->input_count; ++i) {
        MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(i), MLT_OUT(0)));
        MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(i), rank == 1 ? 0 : rank, rank));
        MLT_TRY(want_quant(ctx, node, i));
        runtime |= (mlt_in(ctx, node, i)->flags & MLT_TENSOR_RUNTIME) != 0;
    }
    if (runtime) { // the file has to know the output
        ctx->svc->takes_runtime(ctx);
        MLT_TRY(mlt_want_rank(ctx, node, MLT_OUT(0), rank, rank));
        return add_up(ctx, node, MLT_ERR_SHAPE, mlt_out(ctx, node, 0), axis, &sum);
    }
    MLT_TRY(add_up(ctx, node, MLT_ERR_SHAPE, x0, axis, &sum));
    int32_t dims[MLT_MAX_RANK];
    for (int k = 0; k < rank; ++k) {
        dims[k] = k == axis ? sum : x0->dims[k];
    }
    return mlt_set_output(ctx, node, 0, rank, dims);
}

// Float arithmetic, as TensorFlow Lite does it.
static void rescale(const mlt_ctx_t *ctx, const mlt_tensor_t *x, const mlt_tensor_t *y,
    int32_t outer, int32_t run, uint8_t *to, int32_t step) {
    float factor = mlt_scale_of(ctx, x) * (1.0f / mlt_scale_of(ctx, y));
    float bias = (float)-mlt_zero_point(ctx, x) * factor;
    int32_t zero_point = mlt_zero_point(ctx, y);
    const uint8_t *from = x->data;
    for (int32_t i = 0; i < outer; ++i, to += step) {
        for (int32_t k = 0; k < run; ++k) {
            float value = mlt_roundf((float)*from++ * factor + bias);
            value = mlt_fminf(mlt_fmaxf(value, -1000.0f), 1000.0f);
            to[k] = (uint8_t)mlt_clamp((int32_t)value + zero_point, 0, 255);
        }
    }
}

static mlt_status_t concatenation_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    int32_t axis = mlt_option(node, CONCATENATION_AXIS), sum;
    axis += axis < 0 ? y->rank : 0;
    MLT_TRY(add_up(ctx, node, MLT_ERR_DATA, y, axis, &sum));
    if (sum != y->dims[axis]) {
        return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_OUT(0), "dimension %d is %d, want %d", axis,
            y->dims[axis], sum);
    }
    if (mlt_elements(y) == 0) {
        return MLT_OK;
    }
    int32_t outer = mlt_span(y, 0, axis), inner = mlt_step(y, axis), step = y->dims[axis] * inner;
    uint8_t *to = y->data;
    for (int i = 0; i < node->input_count; ++i) {
        const mlt_tensor_t *x = mlt_in(ctx, node, i);
        int32_t run = mlt_dim(x, axis) * inner;
        if (rescales(ctx, x, y)) {
            rescale(ctx, x, y, outer, run, to, step);
        } else {
            mlt_move_runs(outer, run, mlt_size_of(y), x->data, run, to, step);
        }
        to += (size_t)run * mlt_size_of(y);
    }
    return MLT_OK;
}

MLT_DEFINE_OP_OF(
    concatenation, CONCATENATION, 1, 255, 1, 1, concatenation_prepare, concatenation_eval)
