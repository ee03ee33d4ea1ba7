// SPDX-License-Identifier: MIT
// Convolution of int8 in plain C, pixel by pixel: products of a vector and a matrix need no more.

#include "conv_s8.h"

// One tap of one pixel and four filters.
static inline void add_1x4(const int8_t *x, const int8_t *w, int32_t w_filter, int32_t depth,
    int32_t x_offset, uint32_t sums[4]) {
    const int8_t *w1 = w + w_filter, *w2 = w1 + w_filter, *w3 = w2 + w_filter;
    uint32_t s0 = sums[0], s1 = sums[1], s2 = sums[2], s3 = sums[3];
    for (const int8_t *end = x + depth; x != end;) {
        int32_t a = *x++ + x_offset;
        s0 += (uint32_t)(a * *w++);
        s1 += (uint32_t)(a * *w1++);
        s2 += (uint32_t)(a * *w2++);
        s3 += (uint32_t)(a * *w3++);
    }
    sums[0] = s0;
    sums[1] = s1;
    sums[2] = s2;
    sums[3] = s3;
}

// All taps of one pixel and four filters.
static MLT_NOINLINE void sum_1x4(
    const int8_t *x, const int8_t *w, const mlt_conv_t *c, uint32_t sums[4]) {
    sums[0] = sums[1] = sums[2] = sums[3] = 0;
    for (int32_t i = c->rows; i > 0; --i, x += c->x_row, w += c->w_row) {
        const int8_t *a = x, *b = w;
        for (int32_t j = c->cols; j > 0; --j, a += c->x_col, b += c->w_col) {
            add_1x4(a, b, c->w_filter, c->depth, c->x_offset, sums);
        }
    }
}

static inline uint32_t sum_1x1(const int8_t *x, const int8_t *w, const mlt_conv_t *c) {
    uint32_t sum = 0;
    for (int32_t i = c->rows; i > 0; --i, x += c->x_row, w += c->w_row) {
        const int8_t *x_tap = x, *w_tap = w;
        for (int32_t j = c->cols; j > 0; --j, x_tap += c->x_col, w_tap += c->w_col) {
            const int8_t *a = x_tap, *b = w_tap;
            for (const int8_t *end = a + c->depth; a != end;) {
                sum += (uint32_t)((*a++ + c->x_offset) * *b++);
            }
        }
    }
    return sum;
}

void mlt_conv_s8_pixel_scalar(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q) {
    const uint32_t offset = mlt_w_offset_of(x, c);
    const int32_t w_step = 4 * c->w_filter;
    int32_t f = 0;
    for (; f + 4 <= c->filters; w += w_step) {
        uint32_t sums[4];
        sum_1x4(x, w, c, sums);
        for (int32_t i = 0; i < 4; ++i, ++f) {
            y[f] = (int8_t)mlt_requant(q, (int32_t)(sums[i] + offset + mlt_bias_of(bias, f)), f);
        }
    }
    for (; f < c->filters; ++f, w += c->w_filter) {
        uint32_t sum = sum_1x1(x, w, c) + offset + mlt_bias_of(bias, f);
        y[f] = (int8_t)mlt_requant(q, (int32_t)sum, f);
    }
}

void mlt_conv_s8_each_scalar(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q) {
    for (int32_t p = 0; p < c->pixels; ++p, x += c->x_pixel, y += c->y_pixel) {
        mlt_conv_s8_pixel_scalar(x, w, bias, y, c, q);
    }
}

void mlt_conv_s8_f32_scalar(const int8_t *x, const int8_t *w, const float *bias, float *y,
    const mlt_conv_t *c, const mlt_dequant_t *q) {
    for (int32_t p = 0; p < c->pixels; ++p, x += c->x_pixel, y += c->y_pixel) {
        const int8_t *filter = w;
        for (int32_t f = 0; f < c->filters; ++f, filter += c->w_filter) {
            int32_t sum = (int32_t)sum_1x1(x, filter, c);
            y[f] = mlt_dequant(q, sum, f, bias ? bias[f] : 0.0f);
        }
    }
}
