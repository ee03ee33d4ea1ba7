// SPDX-License-Identifier: MIT
// What LSTM, RNN and SVDF share.

#include "recurrent.h"

#include "../kernels/kernels.h"
#include "../mathf.h"
#include "hybrid.h"

mlt_status_t mlt_want_state(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int type, int32_t count) {
    MLT_TRY(mlt_want_type(ctx, node, slot, UINT32_C(1) << type));
    MLT_TRY(mlt_want_count(ctx, node, slot, count));
    return mlt_slot(ctx, node, slot)->flags & MLT_TENSOR_VARIABLE
               ? MLT_OK
               : mlt_fail(ctx, node, MLT_ERR_MODEL, slot, "not is_variable, want state");
}

mlt_status_t mlt_want_weights(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int type, int32_t rows, int32_t cols) {
    if (!mlt_slot(ctx, node, slot)) {
        return MLT_OK;
    }
    int32_t dims[] = {rows, cols};
    MLT_TRY(mlt_want_type(ctx, node, slot, UINT32_C(1) << type));
    return mlt_want_dims(ctx, node, slot, cols > 0 ? 2 : 1, dims);
}

mlt_vector_t mlt_vector(const float *x, int32_t count, int8_t *room, bool symmetric) {
    mlt_vector_t v = {.x = x, .count = count, .q = room};
    if (room) {
        v.quant = mlt_hybrid_quantize(x, room, count, symmetric);
    }
    return v;
}

// The result of the products so far is the bias of the next.
void mlt_vector_multiply(
    mlt_ctx_t *ctx, const mlt_vector_t *v, const void *w, float scale, float *y, int32_t n) {
    static const mlt_range_t all = {-3.402823466e+38f, 3.402823466e+38f};
    mlt_conv_t shape = {
        .pixels = 1,
        .filters = n,
        .rows = 1,
        .cols = 1,
        .depth = v->count,
        .w_filter = v->count,
    };
    if (!v->q) {
        mlt_conv_f32(ctx, v->x, w, y, y, &shape, &all);
        return;
    }
    // TensorFlow Lite multiplies the scales first.
    static const float one = 1.0f;
    mlt_dequant_t q = {&one, 0, v->quant.scale * scale, all};
    shape.x_offset = -v->quant.zero_point;
    mlt_conv_s8_f32(ctx, v->q, w, y, y, &shape, &q);
}

mlt_status_t mlt_want_activation(mlt_ctx_t *ctx, const mlt_node_t *node, int32_t activation) {
    return activation >= MLT_ACT_NONE && activation <= MLT_ACT_SIGN_BIT
               ? MLT_OK
               : mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE,
                     "fused activation %d, want one from 0 to %d", (int)activation,
                     MLT_ACT_SIGN_BIT);
}

void mlt_activate(float *x, int32_t n, int32_t activation) {
    for (int32_t i = 0; i < n; ++i) {
        switch (activation) {
        case MLT_ACT_RELU:
            x[i] = mlt_fmaxf(x[i], 0.0f);
            break;
        case MLT_ACT_RELU_N1_TO_1:
            x[i] = mlt_clamp_float(x[i], -1.0f, 1.0f);
            break;
        case MLT_ACT_RELU6:
            x[i] = mlt_clamp_float(x[i], 0.0f, 6.0f);
            break;
        case MLT_ACT_TANH:
            x[i] = mlt_tanhf(x[i]);
            break;
        case MLT_ACT_SIGN_BIT:
            x[i] = (float)(mlt_float_bits(x[i]) >> 31);
            break;
        default:
            return;
        }
    }
}

mlt_status_t mlt_want_scratch(mlt_ctx_t *ctx, int32_t *scratch, int64_t count, size_t size) {
    size_t bytes = count > INT32_MAX / (int64_t)size ? SIZE_MAX : (size_t)count * size;
    *scratch = ctx->svc->scratch(ctx, bytes);
    return *scratch < 0 ? MLT_ERR_ARENA : MLT_OK;
}
