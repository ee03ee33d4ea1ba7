// SPDX-License-Identifier: MIT
// QUANTIZE: FLOAT32 to an integer type, per tensor or per channel; and from one integer type, scale
// and zero point to others (requantise).

#include "channels.h"
#include "words.h"
#include "unary.h"

typedef struct requantize {
    int32_t x_zero_point;
    mlt_rescale_t y;
} requantize_t;

// y[...] = round(x[...] / scale) + zero_point over what one channel has.
#define QUANTIZE(name, type, lo, hi)                                                               \
    static void quantize_##name(const float *x, void *to, const mlt_channels_t *c,                 \
        int32_t channel, float scale, int32_t zero_point) {                                        \
        type *y = to;                                                                              \
        for (int32_t o = 0; o < c->outer; ++o) {                                                   \
            int32_t start = (o * c->count + channel) * c->inner;                                   \
            for (int32_t i = start; i < start + c->inner; ++i) {                                   \
                y[i] = (type)mlt_quantize_clamped(x[i], scale, zero_point, lo, hi);                \
            }                                                                                      \
        }                                                                                          \
    }
QUANTIZE(i8, int8_t, INT8_MIN, INT8_MAX)
QUANTIZE(u8, uint8_t, 0, UINT8_MAX)
QUANTIZE(i16, int16_t, INT16_MIN, INT16_MAX)

static void quantize_float(const mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_channels_t *c = node->data;
    const float *x = mlt_in(ctx, node, 0)->data;
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    for (int32_t k = 0; k < c->count; ++k) {
        float scale = mlt_scale_at(ctx, y, k);
        int32_t zero_point = mlt_zero_point_at(ctx, y, k);
        if (y->type == MLT_INT8) {
            quantize_i8(x, y->data, c, k, scale, zero_point);
        } else if (y->type == MLT_UINT8) {
            quantize_u8(x, y->data, c, k, scale, zero_point);
        } else {
            quantize_i16(x, y->data, c, k, scale, zero_point);
        }
    }
}

static mlt_status_t requantize_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    bool nothing =
        mlt_scale_count(ctx, x) == 1 && mlt_scale_of(ctx, x) == 0.0f && mlt_zero_point(ctx, x) == 0;
    if (!nothing) { // a scale of 0 is what the converter gives a constant that is all zeros
        MLT_TRY(mlt_want_quant(ctx, node, MLT_IN(0)));
    }
    MLT_TRY(mlt_want_quant(ctx, node, MLT_OUT(0)));
    requantize_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->x_zero_point = mlt_zero_point(ctx, x);
    d->y.multiplier = mlt_quotient(mlt_scale_of(ctx, x), 1.0f, mlt_scale_of(ctx, y));
    d->y.zero_point = mlt_zero_point(ctx, y);
    d->y.lo = mlt_type_min(y->type);
    d->y.hi = mlt_type_max(y->type);
    return MLT_OK;
}

static mlt_status_t quantize_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    uint32_t small = MLT_T(INT8) | MLT_T(UINT8) | MLT_T(INT16);
    MLT_TRY(mlt_want_unary(ctx, node, small | MLT_T(INT32) | MLT_T(FLOAT32)));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    bool real = x->type == MLT_FLOAT32;
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), real ? small : small | MLT_T(INT32)));
    return real ? mlt_channels_prepare(ctx, node, MLT_OUT(0)) : requantize_prepare(ctx, node);
}

static mlt_status_t quantize_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (x->type == MLT_FLOAT32) {
        quantize_float(ctx, node);
        return MLT_OK;
    }
    const requantize_t d = *(const requantize_t *)node->data;
    int32_t words[MLT_CHUNK], count = mlt_elements(x);
    for (int32_t at = 0; at < count; at += MLT_CHUNK) {
        int32_t n = mlt_min(MLT_CHUNK, count - at);
        mlt_load_words(x->data, x->type, at, words, n);
        for (int32_t i = 0; i < n; ++i) {
            words[i] = mlt_rescale(&d.y, mlt_sub_wrap(words[i], d.x_zero_point));
        }
        mlt_store_words(y->data, y->type, at, words, n);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(quantize, QUANTIZE, 1, quantize_prepare, quantize_eval)
