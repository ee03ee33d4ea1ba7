// SPDX-License-Identifier: MIT
// RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1: y = min(max(x, lo), hi)

#include "unary.h"

typedef struct activation {
    float lo, hi;
    int32_t zero_point;
    bool same_scale; // then the multiplier is 1
    mlt_rescale_t rescale;
} activation_t;

// RELU6 only clamps where the scales are the same, or y has none, as TFLM takes it.
static bool only_clamps(const mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    bool same = mlt_scale_of(ctx, x) == mlt_scale_of(ctx, y) &&
                mlt_zero_point(ctx, x) == mlt_zero_point(ctx, y);
    return node->op->code == MLT_OP_RELU6 && x->type != MLT_UINT8 &&
           (same || mlt_scale_count(ctx, y) == 0);
}

// The range of y in stored values.
static mlt_status_t quantised_prepare(mlt_ctx_t *ctx, mlt_node_t *node, activation_t *d) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    bool relu6 = only_clamps(ctx, node);
    MLT_TRY(mlt_want_quant(ctx, node, MLT_IN(0)));
    if (!relu6) {
        MLT_TRY(mlt_want_quant(ctx, node, MLT_OUT(0)));
    }
    float x_scale = mlt_scale_of(ctx, x), y_scale = relu6 ? x_scale : mlt_scale_of(ctx, y);
    d->zero_point = mlt_zero_point(ctx, x);
    mlt_rescale_t *r = &d->rescale;
    r->zero_point = relu6 ? d->zero_point : mlt_zero_point(ctx, y);
    if (x->type == MLT_INT16 && !relu6) {
        MLT_TRY(mlt_want_zero_point(ctx, node, MLT_IN(0), 0));
        MLT_TRY(mlt_want_zero_point(ctx, node, MLT_OUT(0), 0));
    }
    r->multiplier = mlt_quotient(x_scale / y_scale, 1.0f, 1.0f);
    d->same_scale = x_scale == y_scale;
    r->lo = mlt_max(mlt_type_min(y->type), mlt_quantize(d->lo, y_scale, r->zero_point));
    r->hi = mlt_type_max(y->type);
    if (d->hi < 10.0f) {
        r->hi = mlt_min(r->hi, mlt_quantize(d->hi, y_scale, r->zero_point));
    }
    return MLT_OK;
}

static mlt_status_t activation_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_unary_alike(ctx, node,
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T(UINT8) |
            MLT_T_IF(MLT_WITH_INT16, INT16)));
    activation_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    int code = node->op->code;
    d->lo = code == MLT_OP_RELU_N1_TO_1 ? -1.0f : 0.0f;
    d->hi = code == MLT_OP_RELU ? 3.402823466e+38f : code == MLT_OP_RELU6 ? 6.0f : 1.0f;
    return mlt_in(ctx, node, 0)->type == MLT_FLOAT32 ? MLT_OK : quantised_prepare(ctx, node, d);
}

#define ACTIVATION_LOOP(type_t)                                                                    \
    static void activate_##type_t(const activation_t *d, const type_t *x, type_t *y, int32_t n) {  \
        const mlt_rescale_t r = d->rescale;                                                        \
        const int32_t offset = r.zero_point - d->zero_point;                                       \
        if (d->same_scale) {                                                                       \
            for (int32_t i = 0; i < n; ++i) {                                                      \
                y[i] = (type_t)mlt_clamp(x[i] + offset, r.lo, r.hi);                               \
            }                                                                                      \
            return;                                                                                \
        }                                                                                          \
        for (int32_t i = 0; i < n; ++i) {                                                          \
            y[i] = (type_t)mlt_rescale(&r, x[i] - d->zero_point);                                  \
        }                                                                                          \
    }

ACTIVATION_LOOP(int8_t)
ACTIVATION_LOOP(uint8_t)
ACTIVATION_LOOP(int16_t)

static void activate_float(const activation_t *d, const float *x, float *y, int32_t n) {
    const float lo = d->lo, hi = d->hi;
    for (int32_t i = 0; i < n; ++i) {
        y[i] = mlt_clamp_float(x[i], lo, hi);
    }
}

static mlt_status_t activation_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    int32_t n = mlt_elements(x);
    if (MLT_WITH_FLOAT && x->type == MLT_FLOAT32) {
        activate_float(node->data, x->data, y->data, n);
    } else if (MLT_WITH_INT16 && x->type == MLT_INT16) {
        activate_int16_t(node->data, x->data, y->data, n);
    } else if (x->type == MLT_UINT8) {
        activate_uint8_t(node->data, x->data, y->data, n);
    } else {
        activate_int8_t(node->data, x->data, y->data, n);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(relu, RELU, 1, activation_prepare, activation_eval)
MLT_DEFINE_OP(relu6, RELU6, 1, activation_prepare, activation_eval)
MLT_DEFINE_OP(relu_n1_to_1, RELU_N1_TO_1, 1, activation_prepare, activation_eval)
MLT_DEFINE_OP(relu_0_to_1, RELU_0_TO_1, 1, activation_prepare, activation_eval)
