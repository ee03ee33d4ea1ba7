// SPDX-License-Identifier: MIT
// SQRT and RSQRT: y = sqrt(x), y = 1 / sqrt(x). Quantised negative numbers are errors of invoke.

#include "unary.h"

#include "../fixedpoint.h"
#include "../mathf.h"

typedef struct root {
    mlt_stored_t stored;
    float x_scale, y_scale;
    int32_t x_zero_point;
    mlt_rescale_t rescale; // its multiplier is RSQRT's
} root_t;

enum { GUARD_BITS = 20 }; // that RSQRT keeps below the point

// TFLite rounds towards zero here.
static int32_t sqrt_stored(const void *data, int32_t x) {
    const root_t *d = data;
    const mlt_rescale_t *r = &d->rescale;
    float y = mlt_sqrtf(d->x_scale * (float)(x - d->x_zero_point)) / d->y_scale;
    // Far beyond any type is as good as beyond; so are the roots of negative numbers.
    int32_t whole = y < 1e6f ? (int32_t)y : 1000000;
    return mlt_clamp(whole + r->zero_point, r->lo, r->hi);
}

static int32_t rsqrt_stored(const void *data, int32_t x) {
    const root_t *d = data;
    const mlt_rescale_t *r = &d->rescale;
    if (x <= d->x_zero_point) {
        return r->hi;
    }
    mlt_multiplier_t inverse = mlt_fixed_inverse_sqrt(x - d->x_zero_point);
    int32_t y = mlt_scale(1, inverse.mult, inverse.shift + GUARD_BITS);
    y = mlt_scale(y, r->multiplier.mult, r->multiplier.shift - GUARD_BITS);
    return mlt_clamp(mlt_add_wrap(y, r->zero_point), r->lo, r->hi);
}

static mlt_status_t prepare(mlt_ctx_t *ctx, mlt_node_t *node, mlt_stored_fn *fn) {
    MLT_TRY(mlt_want_unary_alike(ctx, node,
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T_IF(MLT_WITH_INT16, INT16)));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (x->type == MLT_FLOAT32) {
        return MLT_OK;
    }
    MLT_TRY(mlt_want_unary_quant(ctx, node));
    if (x->type == MLT_INT16) {
        MLT_TRY(mlt_want_zero_point(ctx, node, MLT_IN(0), 0));
        MLT_TRY(mlt_want_zero_point(ctx, node, MLT_OUT(0), 0));
    }
    root_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->x_scale = mlt_scale_of(ctx, x);
    d->y_scale = mlt_scale_of(ctx, y);
    d->x_zero_point = mlt_zero_point(ctx, x);
    mlt_multiplier_t m = mlt_quotient(1.0f, 1.0f, mlt_sqrtf(d->x_scale) * d->y_scale);
    if (m.shift < GUARD_BITS - 31) { // too small for anything but 0
        m = (mlt_multiplier_t){0, 0};
    }
    d->rescale =
        (mlt_rescale_t){m, mlt_zero_point(ctx, y), mlt_type_min(y->type), mlt_type_max(y->type)};
    return mlt_stored_prepare(ctx, node, &d->stored, fn, d);
}

static mlt_status_t eval_stored(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const root_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    int32_t n = mlt_elements(x), least = INT16_MAX;
    for (int32_t i = 0; i < n; ++i) {
        int32_t v =
            x->type == MLT_INT8 ? ((const int8_t *)x->data)[i] : ((const int16_t *)x->data)[i];
        least = mlt_min(least, v);
    }
    if (least < d->x_zero_point) {
        return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_IN(0), "root of a negative number");
    }
    mlt_stored_eval(&d->stored, d, x, y);
    return MLT_OK;
}

static mlt_status_t sqrt_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return prepare(ctx, node, sqrt_stored);
}

static mlt_status_t rsqrt_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return prepare(ctx, node, rsqrt_stored);
}

static mlt_status_t sqrt_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (node->data) {
        return eval_stored(ctx, node);
    }
    int32_t n = mlt_elements(x);
    for (int32_t i = 0; i < n; ++i) {
        ((float *)y->data)[i] = mlt_sqrtf(((const float *)x->data)[i]);
    }
    return MLT_OK;
}

static mlt_status_t rsqrt_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (node->data) {
        return eval_stored(ctx, node);
    }
    int32_t n = mlt_elements(x);
    for (int32_t i = 0; i < n; ++i) {
        ((float *)y->data)[i] = 1.0f / mlt_sqrtf(((const float *)x->data)[i]);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(sqrt, SQRT, 1, sqrt_prepare, sqrt_eval)
MLT_DEFINE_OP(rsqrt, RSQRT, 1, rsqrt_prepare, rsqrt_eval)
