// SPDX-License-Identifier: MIT
// Convolution of int8 in as little code as possible.

#include "conv_s8.h"

// The sum of all taps of one pixel and one filter.
static MLT_NOINLINE uint32_t sum_1x1(const int8_t *x, const int8_t *w, const mlt_conv_t *c) {
    const int32_t x_offset = c->x_offset, w_offset = c->w_offset;
    uint32_t sum = 0;
    for (int32_t i = c->rows; i > 0; --i, x += c->x_row, w += c->w_row) {
        const int8_t *a = x, *b = w;
        for (int32_t j = c->cols; j > 0; --j, a += c->x_col, b += c->w_col) {
            for (int32_t k = 0; k < c->depth; ++k) {
                sum += (uint32_t)((a[k] + x_offset) * (b[k] + w_offset));
            }
        }
    }
    return sum;
}

void mlt_conv_s8_small(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q) {
    for (int32_t p = c->pixels; p > 0; --p, x += c->x_pixel, y += c->y_pixel) {
        const int8_t *filter = w;
        for (int32_t f = 0; f < c->filters; ++f, filter += c->w_filter) {
            uint32_t sum = sum_1x1(x, filter, c) + mlt_bias_of(bias, f);
            y[f] = (int8_t)mlt_requant(q, (int32_t)sum, f);
        }
    }
}
