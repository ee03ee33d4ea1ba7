// SPDX-License-Identifier: MIT
// Convolution of int8 in plain C. Two pixels and two filters at a time, so that each number loaded
// is used twice: about 2.3 instructions a multiplication on Cortex-M3.

#include "conv_s8.h"

// One tap of two pixels and two filters.
static inline void add_2x2(const int8_t *x0, const int8_t *x1, const int8_t *w0, const int8_t *w1,
    int32_t depth, uint32_t sums[4]) {
    uint32_t s00 = sums[0], s01 = sums[1], s10 = sums[2], s11 = sums[3];
#if !defined(__thumb__) || defined(__thumb2__) // else there are too few registers to gain by it
#pragma GCC unroll 2
#endif
    for (const int8_t *end = x0 + depth; x0 != end;) {
        int32_t a0 = *x0++, a1 = *x1++, b0 = *w0++, b1 = *w1++;
        s00 += (uint32_t)(a0 * b0);
        s01 += (uint32_t)(a0 * b1);
        s10 += (uint32_t)(a1 * b0);
        s11 += (uint32_t)(a1 * b1);
    }
    sums[0] = s00;
    sums[1] = s01;
    sums[2] = s10;
    sums[3] = s11;
}

// All taps of two pixels and two filters, w_filter apart. A function of its own, so that the
// compiler has all registers for the innermost loop.
static MLT_NOINLINE void sum_2x2(
    const int8_t *x, const int8_t *w, const mlt_conv_t *c, int32_t w_filter, uint32_t sums[4]) {
    sums[0] = sums[1] = sums[2] = sums[3] = 0;
    for (int32_t i = c->rows; i > 0; --i, x += c->x_row, w += c->w_row) {
        const int8_t *a = x, *b = w;
        for (int32_t j = c->cols; j > 0; --j, a += c->x_col, b += c->w_col) {
            add_2x2(a, a + c->x_pixel, b, b + w_filter, c->depth, sums);
        }
    }
}

static void two_pixels(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_conv_t *c, const mlt_requant_t *requant) {
    const mlt_requant_t q = *requant;
    const int32_t w_step = 2 * c->w_filter;
    int8_t *y1 = y + c->y_pixel;
    for (int32_t f = 0; f < c->filters; f += 2, w += w_step) {
        bool last = f + 1 == c->filters; // a filter without a partner goes with itself
        int32_t w_filter = last ? 0 : c->w_filter;
        uint32_t sums[4], bias0 = mlt_bias_of(bias, f);
        sum_2x2(x, w, c, w_filter, sums);
        int32_t y00 = mlt_requant(&q, (int32_t)(sums[0] + bias0), f);
        int32_t y10 = mlt_requant(&q, (int32_t)(sums[2] + bias0), f);
        y[f] = (int8_t)y00;
        y1[f] = (int8_t)y10;
        if (!last) {
            uint32_t bias1 = mlt_bias_of(bias, f + 1);
            int32_t y01 = mlt_requant(&q, (int32_t)(sums[1] + bias1), f + 1);
            int32_t y11 = mlt_requant(&q, (int32_t)(sums[3] + bias1), f + 1);
            y[f + 1] = (int8_t)y01;
            y1[f + 1] = (int8_t)y11;
        }
    }
}

// Two pixels at a time where nothing is added to x or w: else that costs what is saved.
void mlt_conv_s8_scalar(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q) {
    int32_t left = c->pixels;
    if (!c->x_offset && !c->w_offset) {
        for (; left >= 2; left -= 2, x += 2 * c->x_pixel, y += 2 * c->y_pixel) {
            two_pixels(x, w, bias, y, c, q);
        }
    }
    for (; left > 0; --left, x += c->x_pixel, y += c->y_pixel) {
        mlt_conv_s8_pixel_scalar(x, w, bias, y, c, q);
    }
}

void mlt_fold_filters_s8_scalar(const int8_t *w, const int32_t *bias, int32_t *sums,
    int32_t filters, int32_t depth, int32_t x_offset, int32_t w_offset) {
    for (int32_t f = 0; f < filters; ++f) {
        uint32_t sum = (uint32_t)depth * (uint32_t)w_offset;
        for (int32_t k = 0; k < depth; ++k) {
            sum += (uint32_t)*w++;
        }
        sums[f] = (int32_t)(sum * (uint32_t)x_offset + mlt_bias_of(bias, f));
    }
}
