// SPDX-License-Identifier: MIT
// LEAKY_RELU: y = x > 0 ? x : alpha x

#include "unary.h"

typedef struct leaky_relu {
    float alpha;
    int32_t zero_point;
    mlt_rescale_t positive; // and what both signs share
    mlt_multiplier_t negative;
    bool flip; // alpha is negative; the multiplier is of its size
} leaky_relu_t;

static mlt_status_t leaky_relu_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_unary_alike(ctx, node,
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T(UINT8) |
            MLT_T_IF(MLT_WITH_INT16, INT16)));
    leaky_relu_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    d->alpha = mlt_option_float(node, LEAKY_RELU_ALPHA);
    if (x->type == MLT_FLOAT32) {
        return MLT_OK;
    }
    MLT_TRY(mlt_want_unary_quant(ctx, node));
    d->zero_point = mlt_zero_point(ctx, x);
    // Quotients in float: newer TFLM divides in double.
    float x_scale = mlt_scale_of(ctx, x), y_scale = mlt_scale_of(ctx, y);
    d->positive = (mlt_rescale_t){mlt_quotient(x_scale / y_scale, 1.0f, 1.0f),
        mlt_zero_point(ctx, y), mlt_type_min(y->type), mlt_type_max(y->type)};
    d->negative = mlt_quotient(x_scale * d->alpha / y_scale, 1.0f, 1.0f);
    d->flip = d->negative.mult < 0;
    d->negative.mult *= d->flip ? -1 : 1;
    return MLT_OK;
}

static int32_t leaky_relu_stored(const leaky_relu_t *d, int32_t x) {
    const mlt_rescale_t *r = &d->positive;
    x -= d->zero_point;
    if (x >= 0) {
        return mlt_rescale(r, x);
    }
    int32_t y = mlt_scale(x, d->negative.mult, d->negative.shift);
    y = d->flip ? mlt_sub_wrap(r->zero_point, y) : mlt_add_wrap(r->zero_point, y);
    return mlt_clamp(y, r->lo, r->hi);
}

#define LEAKY_RELU_LOOP(type_t)                                                                    \
    static void leaky_relu_##type_t(                                                               \
        const leaky_relu_t *d, const type_t *x, type_t *y, int32_t n) {                            \
        const leaky_relu_t local = *d;                                                             \
        for (int32_t i = 0; i < n; ++i) {                                                          \
            y[i] = (type_t)leaky_relu_stored(&local, x[i]);                                        \
        }                                                                                          \
    }

LEAKY_RELU_LOOP(int8_t)
LEAKY_RELU_LOOP(uint8_t)
LEAKY_RELU_LOOP(int16_t)

static mlt_status_t leaky_relu_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const leaky_relu_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    int32_t n = mlt_elements(x);
    if (MLT_WITH_FLOAT && x->type == MLT_FLOAT32) {
        const float *from = x->data;
        float *to = y->data, alpha = d->alpha;
        for (int32_t i = 0; i < n; ++i) {
            to[i] = from[i] > 0.0f ? from[i] : from[i] * alpha;
        }
    } else if (MLT_WITH_INT16 && x->type == MLT_INT16) {
        leaky_relu_int16_t(d, x->data, y->data, n);
    } else if (x->type == MLT_INT8) {
        leaky_relu_int8_t(d, x->data, y->data, n);
    } else {
        leaky_relu_uint8_t(d, x->data, y->data, n);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(leaky_relu, LEAKY_RELU, 1, leaky_relu_prepare, leaky_relu_eval)
