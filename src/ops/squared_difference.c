// SPDX-License-Identifier: MIT
// SQUARED_DIFFERENCE: y = (a - b)^2, with broadcasting.

#include "broadcast.h"

// Quantised operands are shifted left and brought to twice the larger of their scales.
typedef struct squared_quant {
    mlt_binary_t binary;
    int32_t offset[2], factor; // minus the zero points; a power of two
    mlt_multiplier_t multiplier[2];
    mlt_rescale_t out;
} squared_quant_t;

MLT_BINARY_RUN(squared_float, mlt_binary_t, float, float, float, (a - b) * (a - b))
MLT_BINARY_RUN(squared_i32, mlt_binary_t, int32_t, int32_t, int32_t,
    mlt_mul_wrap(mlt_sub_wrap(a, b), mlt_sub_wrap(a, b)))

static inline int32_t squared_quant(const squared_quant_t *p, int32_t a, int32_t b) {
    const mlt_multiplier_t *m = p->multiplier;
    a = mlt_scale((a + p->offset[0]) * p->factor, m[0].mult, m[0].shift);
    b = mlt_scale((b + p->offset[1]) * p->factor, m[1].mult, m[1].shift);
    return mlt_rescale(&p->out, (a - b) * (a - b)); // at most 2^15 apart
}
MLT_BINARY_RUN(squared_i8, squared_quant_t, int8_t, int8_t, int8_t, squared_quant(&p, a, b))
MLT_BINARY_RUN(squared_i16, squared_quant_t, int16_t, int16_t, int16_t, squared_quant(&p, a, b))

static mlt_status_t squared_prepare_quant(mlt_ctx_t *ctx, mlt_node_t *node) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    squared_quant_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    MLT_TRY(mlt_want_binary_quant(ctx, node, y->type == MLT_INT16));
    int32_t left_shift = y->type == MLT_INT16 ? 0 : 7;
    double scale[2], twice = 0.0;
    for (int k = 0; k < 2; ++k) {
        const mlt_tensor_t *x = mlt_in(ctx, node, k);
        d->offset[k] = -mlt_zero_point(ctx, x);
        scale[k] = (double)mlt_scale_of(ctx, x);
        twice = 2.0 * scale[k] > twice ? 2.0 * scale[k] : twice;
    }
    for (int k = 0; k < 2; ++k) {
        d->multiplier[k] = mlt_multiplier(scale[k] / twice);
    }
    d->factor = INT32_C(1) << left_shift;
    float unit = (float)(INT32_C(1) << 2 * left_shift) * mlt_scale_of(ctx, y);
    d->out = (mlt_rescale_t){mlt_multiplier(twice * twice / (double)unit), mlt_zero_point(ctx, y),
        mlt_type_min(y->type), mlt_type_max(y->type)};
    d->binary.run = y->type == MLT_INT16 ? squared_i16 : squared_i8;
    return MLT_OK;
}

static mlt_status_t squared_difference_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_binary(ctx, node,
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T_IF(MLT_WITH_INT16, INT16) |
            MLT_T(INT32)));
    uint8_t type = mlt_out(ctx, node, 0)->type;
    if (MLT_WITH_FLOAT && type == MLT_FLOAT32) {
        return mlt_binary_keep(ctx, node, squared_float);
    }
    return type == MLT_INT32 ? mlt_binary_keep(ctx, node, squared_i32)
                             : squared_prepare_quant(ctx, node);
}

MLT_DEFINE_OP(
    squared_difference, SQUARED_DIFFERENCE, 2, squared_difference_prepare, mlt_binary_eval)
