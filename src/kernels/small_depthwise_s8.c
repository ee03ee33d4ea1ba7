// SPDX-License-Identifier: MIT
// Depthwise convolution of int8 in as little code as possible.

#include "conv_s8.h"

// The sum of all taps of one output channel, of `filters`.
static MLT_NOINLINE uint32_t sum_1(
    const int8_t *x, const int8_t *w, const mlt_depthwise_t *d, int32_t filters) {
    const int32_t x_offset = d->x_offset, x_col = d->x_col;
    uint32_t sum = 0;
    for (int32_t i = d->rows; i > 0; --i, x += d->x_row, w += d->w_row) {
        const int8_t *a = x, *b = w;
        for (int32_t j = d->cols; j > 0; --j, a += x_col, b += filters) {
            sum += (uint32_t)((*a + x_offset) * *b);
        }
    }
    return sum;
}

void mlt_depthwise_s8_small(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_depthwise_t *d, const mlt_requant_t *q) {
    const int32_t filters = d->channels * d->multiplier;
    for (int32_t p = d->pixels; p > 0; --p, x += d->x_pixel) {
        const int8_t *channel = x;
        for (int32_t f = 0, left = d->multiplier; f < filters; ++f) {
            uint32_t sum = sum_1(channel, w + f, d, filters) + mlt_bias_of(bias, f);
            *y++ = (int8_t)mlt_requant(q, (int32_t)sum, f);
            if (--left == 0) {
                left = d->multiplier;
                ++channel;
            }
        }
    }
}
