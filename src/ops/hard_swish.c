// SPDX-License-Identifier: MIT
// HARD_SWISH: y = x * min(max(x + 3, 0), 6) / 6

#include "unary.h"

#include "../mathf.h"

// Quantised: x and the factor min(max(x + 3, 0), 6) / 6 both in 16 bits with a shift.
typedef struct hard_swish {
    mlt_stored_t stored;
    int32_t x_zero_point, y_zero_point, lo, hi;
    int32_t y_mult, y_shift;           // x to the output's scale; the shift comes last
    int32_t factor_mult, factor_shift; // x to 32768 / 3
} hard_swish_t;

enum { FINE_BITS = 7 }; // that x gets below the point

static int32_t saturate(int32_t x) {
    return mlt_clamp(x, INT16_MIN, INT16_MAX);
}

// round(a * b / 2^15), halves up; both of 16 bits and not both the least.
static int32_t mul_high16(int32_t a, int32_t b) {
    return (a * b + (1 << 14)) >> 15;
}

static int32_t hard_swish_stored(const void *data, int32_t x) {
    const hard_swish_t *d = data;
    x = (x - d->x_zero_point) * (1 << FINE_BITS);
    int32_t y = mul_high16(x, d->y_mult);
    int32_t factor = x, shift = d->factor_shift;
    if (shift > 0) { // all but the last bit: saturation here does not show
        factor = saturate((int32_t)mlt_clamp64(
            (int64_t)factor * (INT64_C(1) << (shift - 1)), INT16_MIN, INT16_MAX));
    }
    factor = mul_high16(factor, d->factor_mult);
    if (shift > 0) {
        factor = saturate(factor * 2);
    } else if (shift < 0) {
        factor = mlt_div_pow2(factor, -shift);
    }
    factor = (factor + (1 << 15)) >> 1;       // from -1 ... 1 to 0 ... 1
    int32_t product = factor * y / (1 << 15); // towards zero
    return mlt_clamp(mlt_div_pow2(product, d->y_shift) + d->y_zero_point, d->lo, d->hi);
}

// Multipliers of 16 bits
static mlt_multiplier_t multiplier16(float factor) {
    mlt_multiplier_t m = mlt_quotient(factor, 1.0f, 1.0f);
    m.mult = m.mult >= INT32_MAX - (1 << 15) ? INT16_MAX : (m.mult + (1 << 15)) >> 16;
    return m;
}

static mlt_status_t hard_swish_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_unary_alike(
        ctx, node, MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T(UINT8)));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (x->type == MLT_FLOAT32) {
        return MLT_OK;
    }
    MLT_TRY(mlt_want_unary_quant(ctx, node));
    hard_swish_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->x_zero_point = mlt_zero_point(ctx, x);
    d->y_zero_point = mlt_zero_point(ctx, y);
    d->lo = mlt_type_min(y->type);
    d->hi = mlt_type_max(y->type);
    float fine_scale = (1.0f / 128.0f) * mlt_scale_of(ctx, x);
    mlt_multiplier_t m = multiplier16(fine_scale / mlt_scale_of(ctx, y));
    if (m.shift > 0) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, MLT_OUT(0), "scale too small for that of input 0");
    }
    d->y_mult = m.mult;
    d->y_shift = -m.shift;
    m = multiplier16(fine_scale / (3.0f / 32768.0f));
    d->factor_mult = m.mult;
    d->factor_shift = m.shift;
    return mlt_stored_prepare(ctx, node, &d->stored, hard_swish_stored, d);
}

static mlt_status_t hard_swish_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const hard_swish_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (d) {
        mlt_stored_eval(&d->stored, d, x, y);
        return MLT_OK;
    }
    int32_t n = mlt_elements(x);
    for (int32_t i = 0; i < n; ++i) {
        float v = ((const float *)x->data)[i];
        ((float *)y->data)[i] = v * mlt_clamp_float(v + 3.0f, 0.0f, 6.0f) / 6.0f;
    }
    return MLT_OK;
}

MLT_DEFINE_OP(hard_swish, HARD_SWISH, 1, hard_swish_prepare, hard_swish_eval)
