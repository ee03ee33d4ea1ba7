// SPDX-License-Identifier: MIT
// PRELU: y = x where x >= 0, else alpha * x; alpha is broadcast.

#include "broadcast.h"

enum { X, ALPHA };

typedef struct prelu_quant {
    mlt_binary_t binary;
    int32_t x_offset, alpha_offset; // minus the zero points
    mlt_multiplier_t positive, negative;
    int32_t zero_point, lo, hi;
} prelu_quant_t;

MLT_BINARY_RUN(prelu_float, mlt_binary_t, float, float, float, a >= 0.0f ? a : a * b)

static inline int32_t prelu_quant(const prelu_quant_t *p, int32_t x, int32_t alpha) {
    x += p->x_offset;
    int32_t y = x >= 0
                    ? mlt_scale(x, p->positive.mult, p->positive.shift)
                    : mlt_scale(x * (alpha + p->alpha_offset), p->negative.mult, p->negative.shift);
    return mlt_clamp(mlt_add_wrap(y, p->zero_point), p->lo, p->hi);
}
MLT_BINARY_RUN(prelu_i8, prelu_quant_t, int8_t, int8_t, int8_t, prelu_quant(&p, a, b))
MLT_BINARY_RUN(prelu_u8, prelu_quant_t, uint8_t, uint8_t, uint8_t, prelu_quant(&p, a, b))
MLT_BINARY_RUN(prelu_i16, prelu_quant_t, int16_t, int8_t, int16_t, prelu_quant(&p, a, b))

static mlt_status_t prelu_prepare_quant(mlt_ctx_t *ctx, mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *alpha = mlt_in(ctx, node, ALPHA);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    prelu_quant_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    MLT_TRY(mlt_want_binary_quant(ctx, node, false));
    float scale_x = mlt_scale_of(ctx, x), scale_y = mlt_scale_of(ctx, y);
    float scale_alpha = mlt_scale_of(ctx, alpha);
    if (y->type == MLT_UINT8) { // TFLM lacks it; TensorFlow Lite computes in float
        d->positive = mlt_quotient(scale_x / scale_y, 1.0f, 1.0f);
        d->negative = mlt_quotient(scale_x * scale_alpha / scale_y, 1.0f, 1.0f);
    } else {
        d->positive = mlt_quotient(scale_x, 1.0f, scale_y);
        d->negative = mlt_quotient(scale_x, scale_alpha, scale_y);
    }
    d->x_offset = -mlt_zero_point(ctx, x);
    d->alpha_offset = -mlt_zero_point(ctx, alpha);
    d->zero_point = mlt_zero_point(ctx, y);
    d->lo = mlt_type_min(y->type);
    d->hi = mlt_type_max(y->type);
    d->binary.run = y->type == MLT_INT16 ? prelu_i16 : y->type == MLT_INT8 ? prelu_i8 : prelu_u8;
    return MLT_OK;
}

static mlt_status_t prelu_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(X),
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T(UINT8) |
            MLT_T_IF(MLT_WITH_INT16, INT16)));
    uint8_t type = mlt_in(ctx, node, X)->type;
    MLT_TRY(mlt_want_type(
        ctx, node, MLT_IN(ALPHA), type == MLT_INT16 ? MLT_T(INT8) : UINT32_C(1) << type));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(X)));
    MLT_TRY(mlt_want_broadcast(ctx, node, 2));
    return MLT_WITH_FLOAT && type == MLT_FLOAT32 ? mlt_binary_keep(ctx, node, prelu_float)
                                                 : prelu_prepare_quant(ctx, node);
}

MLT_DEFINE_OP(prelu, PRELU, 2, prelu_prepare, mlt_binary_eval)
