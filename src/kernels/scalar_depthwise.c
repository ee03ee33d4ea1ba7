// SPDX-License-Identifier: MIT
// Depthwise convolution in plain C, for the types that are not worth more than a plain loop.

#include "kernels.h"

// The channel of x that output channel c sees.
static inline int32_t source(const mlt_depthwise_t *d, int32_t c) {
    return d->multiplier == 1 ? c : c / d->multiplier;
}

#define DEPTHWISE(name, x_t, w_t, bias_t, y_t, q_t, sum_t, product, output)                        \
    void mlt_depthwise_##name##_scalar(const x_t *x, const w_t *w, const bias_t *bias, y_t *y,     \
        const mlt_depthwise_t *d, const q_t *q) {                                                  \
        int32_t filters = d->channels * d->multiplier;                                             \
        for (int32_t p = 0; p < d->pixels; ++p, x += d->x_pixel) {                                 \
            for (int32_t c = 0; c < filters; ++c) {                                                \
                const x_t *x_row = x + source(d, c);                                               \
                const w_t *w_row = w + c;                                                          \
                sum_t sum = 0;                                                                     \
                for (int32_t i = 0; i < d->rows; ++i, x_row += d->x_row, w_row += d->w_row) {      \
                    const x_t *a = x_row;                                                          \
                    const w_t *b = w_row;                                                          \
                    for (int32_t j = d->cols; j > 0; --j, a += d->x_col, b += filters) {           \
                        sum += product;                                                            \
                    }                                                                              \
                }                                                                                  \
                bias_t bias_c = bias ? bias[c] : 0;                                                \
                *y++ = (y_t)(output);                                                              \
            }                                                                                      \
        }                                                                                          \
    }

DEPTHWISE(f32, float, float, float, float, mlt_range_t, float, a[0] * b[0],
    mlt_clamp_float(sum + bias_c, q->lo, q->hi))

DEPTHWISE(s16, int16_t, int8_t, int64_t, int16_t, mlt_requant_t, int64_t, (int64_t)a[0] * b[0],
    mlt_requant64(q, (int64_t)((uint64_t)sum + (uint64_t)bias_c), c))

DEPTHWISE(u8, uint8_t, uint8_t, int32_t, uint8_t, mlt_requant_t, uint32_t,
    (uint32_t)((a[0] + d->x_offset) * (b[0] + d->w_offset)),
    mlt_requant(q, (int32_t)(sum + (uint32_t)bias_c), c))

DEPTHWISE(s8_f32, int8_t, int8_t, float, float, mlt_dequant_t, uint32_t,
    (uint32_t)((a[0] + d->x_offset) * b[0]), mlt_dequant(q, (int32_t)sum, c, bias_c))
