// SPDX-License-Identifier: MIT
// Convolution of int8 in plain C. Two pixels and two filters at a time, so that each number loaded
// is used twice: about 2.5 instructions a multiplication on Cortex-M4.

#include "kernels.h"

// One tap of two pixels and two filters.
static inline void add_2x2(const int8_t *x0, const int8_t *x1, const int8_t *w0, const int8_t *w1,
    int32_t depth, int32_t x_offset, uint32_t sums[4]) {
    uint32_t s00 = sums[0], s01 = sums[1], s10 = sums[2], s11 = sums[3];
    for (const int8_t *end = x0 + depth; x0 != end;) {
        int32_t a0 = *x0++ + x_offset, a1 = *x1++ + x_offset, b0 = *w0++, b1 = *w1++;
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

// All taps of two pixels and two filters, w_filter apart. These are functions of their own, so
// that the compiler has all registers for the innermost loop.
static MLT_NOINLINE void sum_2x2(
    const int8_t *x, const int8_t *w, const mlt_conv_t *c, int32_t w_filter, uint32_t sums[4]) {
    sums[0] = sums[1] = sums[2] = sums[3] = 0;
    for (int32_t i = c->rows; i > 0; --i, x += c->x_row, w += c->w_row) {
        const int8_t *a = x, *b = w;
        for (int32_t j = c->cols; j > 0; --j, a += c->x_col, b += c->w_col) {
            add_2x2(a, a + c->x_pixel, b, b + w_filter, c->depth, 0, sums);
        }
    }
}

// The same with x_offset.
static MLT_NOINLINE void sum_2x2_offset(
    const int8_t *x, const int8_t *w, const mlt_conv_t *c, int32_t w_filter, uint32_t sums[4]) {
    sums[0] = sums[1] = sums[2] = sums[3] = 0;
    for (int32_t i = c->rows; i > 0; --i, x += c->x_row, w += c->w_row) {
        const int8_t *a = x, *b = w;
        for (int32_t j = c->cols; j > 0; --j, a += c->x_col, b += c->w_col) {
            add_2x2(a, a + c->x_pixel, b, b + w_filter, c->depth, c->x_offset, sums);
        }
    }
}

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

// What w_offset adds to all sums of a pixel.
static uint32_t offset_of_pixel(const int8_t *x, const mlt_conv_t *c) {
    if (c->w_offset == 0) {
        return 0;
    }
    uint32_t sum = 0;
    for (int32_t k = 0; k < c->depth; ++k) {
        sum += (uint32_t)(x[k] + c->x_offset);
    }
    return sum * (uint32_t)c->w_offset;
}

static inline uint32_t bias_of(const int32_t *bias, int32_t f) {
    return bias ? (uint32_t)bias[f] : 0;
}

static void two_pixels(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_conv_t *c, const mlt_requant_t *requant) {
    const mlt_requant_t q = *requant;
    const uint32_t offset0 = offset_of_pixel(x, c), offset1 = offset_of_pixel(x + c->x_pixel, c);
    const int32_t w_step = 2 * c->w_filter;
    int8_t *y1 = y + c->y_pixel;
    for (int32_t f = 0; f < c->filters; f += 2, w += w_step) {
        bool last = f + 1 == c->filters; // a filter without a partner goes with itself
        int32_t w_filter = last ? 0 : c->w_filter;
        uint32_t sums[4], bias0 = bias_of(bias, f);
        if (c->x_offset) {
            sum_2x2_offset(x, w, c, w_filter, sums);
        } else {
            sum_2x2(x, w, c, w_filter, sums);
        }
        int32_t y00 = mlt_requant(&q, (int32_t)(sums[0] + offset0 + bias0), f);
        int32_t y10 = mlt_requant(&q, (int32_t)(sums[2] + offset1 + bias0), f);
        y[f] = (int8_t)y00;
        y1[f] = (int8_t)y10;
        if (!last) {
            uint32_t bias1 = bias_of(bias, f + 1);
            int32_t y01 = mlt_requant(&q, (int32_t)(sums[1] + offset0 + bias1), f + 1);
            int32_t y11 = mlt_requant(&q, (int32_t)(sums[3] + offset1 + bias1), f + 1);
            y[f + 1] = (int8_t)y01;
            y1[f + 1] = (int8_t)y11;
        }
    }
}

static void one_pixel(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q) {
    const uint32_t offset = offset_of_pixel(x, c);
    const int32_t w_step = 4 * c->w_filter;
    int32_t f = 0;
    for (; f + 4 <= c->filters; w += w_step) {
        uint32_t sums[4];
        sum_1x4(x, w, c, sums);
        for (int32_t i = 0; i < 4; ++i, ++f) {
            y[f] = (int8_t)mlt_requant(q, (int32_t)(sums[i] + offset + bias_of(bias, f)), f);
        }
    }
    for (; f < c->filters; ++f, w += c->w_filter) {
        uint32_t sum = sum_1x1(x, w, c) + offset + bias_of(bias, f);
        y[f] = (int8_t)mlt_requant(q, (int32_t)sum, f);
    }
}

void mlt_conv_s8_scalar(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q) {
    const int32_t x_step = 2 * c->x_pixel, y_step = 2 * c->y_pixel;
    int32_t p = 0;
    for (; p + 2 <= c->pixels; p += 2, x += x_step, y += y_step) {
        two_pixels(x, w, bias, y, c, q);
    }
    if (p < c->pixels) {
        one_pixel(x, w, bias, y, c, q);
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

void mlt_fold_filters_s8(const int8_t *w, const int32_t *bias, int32_t *sums, int32_t filters,
    int32_t depth, int32_t x_offset, int32_t w_offset) {
    for (int32_t f = 0; f < filters; ++f) {
        uint32_t sum = (uint32_t)depth * (uint32_t)w_offset;
        for (int32_t k = 0; k < depth; ++k) {
            sum += (uint32_t)*w++;
        }
        sums[f] = (int32_t)(sum * (uint32_t)x_offset + bias_of(bias, f));
    }
}
