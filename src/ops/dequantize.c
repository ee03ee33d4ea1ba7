// SPDX-License-Identifier: MIT
// DEQUANTIZE: y = scale * (x - zero_point), per tensor or per channel; FLOAT16 to FLOAT32.

#include "channels.h"
#include "unary.h"

// y[...] = scale * (x[...] - zero_point) over what one channel has.
#define DEQUANTIZE(name, load)                                                                     \
    static void dequantize_##name(const void *from, float *y, const mlt_channels_t *c,             \
        int32_t channel, float scale, int32_t zero_point) {                                        \
        for (int32_t o = 0; o < c->outer; ++o) {                                                   \
            int32_t start = (o * c->count + channel) * c->inner;                                   \
            for (int32_t i = start; i < start + c->inner; ++i) {                                   \
                y[i] = scale * (float)((load)-zero_point);                                         \
            }                                                                                      \
        }                                                                                          \
    }
DEQUANTIZE(i4, (int32_t)((((const uint8_t *)from)[i >> 1] >> (i & 1) * 4 & 15) ^ 8) - 8)
DEQUANTIZE(i8, ((const int8_t *)from)[i])
DEQUANTIZE(u8, ((const uint8_t *)from)[i])
DEQUANTIZE(i16, ((const int16_t *)from)[i])

static mlt_status_t dequantize_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_unary(
        ctx, node, MLT_T(FLOAT16) | MLT_T(INT4) | MLT_T(INT8) | MLT_T(UINT8) | MLT_T(INT16)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(FLOAT32)));
    if (mlt_in(ctx, node, 0)->type == MLT_FLOAT16) {
        return MLT_OK;
    }
    return mlt_channels_prepare(ctx, node, MLT_IN(0));
}

static mlt_status_t dequantize_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    float *y = mlt_out(ctx, node, 0)->data;
    if (x->type == MLT_FLOAT16) {
        const uint16_t *half = x->data;
        for (int32_t i = 0, n = mlt_elements(x); i < n; ++i) {
            y[i] = mlt_half_to_float(half[i]);
        }
        return MLT_OK;
    }
    const mlt_channels_t *c = node->data;
    for (int32_t k = 0; k < c->count; ++k) {
        float scale = mlt_scale_at(ctx, x, k);
        int32_t zero_point = mlt_zero_point_at(ctx, x, k);
        switch (x->type) {
        case MLT_INT4:
            dequantize_i4(x->data, y, c, k, scale, zero_point);
            break;
        case MLT_INT8:
            dequantize_i8(x->data, y, c, k, scale, zero_point);
            break;
        case MLT_UINT8:
            dequantize_u8(x->data, y, c, k, scale, zero_point);
            break;
        default:
            dequantize_i16(x->data, y, c, k, scale, zero_point);
            break;
        }
    }
    return MLT_OK;
}

MLT_DEFINE_OP(dequantize, DEQUANTIZE, 1, dequantize_prepare, dequantize_eval)
