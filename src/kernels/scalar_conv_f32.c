// SPDX-License-Identifier: MIT
// Convolution of floats in plain C. Each sum runs in the order of TFLM's, so that results are the
// same to the last bit.

#include "kernels.h"

// Sums of two pixels, x_pixel apart, and two filters, w_filter apart.
static inline void sums_2x2(const float *x, const float *w, const mlt_conv_t *c, int32_t x_pixel,
    int32_t w_filter, float sums[4]) {
    float s00 = 0.0f, s01 = 0.0f, s10 = 0.0f, s11 = 0.0f;
    for (int32_t i = c->rows; i > 0; --i, x += c->x_row, w += c->w_row) {
        const float *x_tap = x, *w_tap = w;
        for (int32_t j = c->cols; j > 0; --j, x_tap += c->x_col, w_tap += c->w_col) {
            const float *x0 = x_tap, *x1 = x0 + x_pixel, *w0 = w_tap, *w1 = w0 + w_filter;
            for (const float *end = x0 + c->depth; x0 != end;) {
                float a0 = *x0++, a1 = *x1++, b0 = *w0++, b1 = *w1++;
                s00 += a0 * b0;
                s01 += a0 * b1;
                s10 += a1 * b0;
                s11 += a1 * b1;
            }
        }
    }
    sums[0] = s00;
    sums[1] = s01;
    sums[2] = s10;
    sums[3] = s11;
}

// Sums of one pixel and two filters.
static inline void sums_1x2(
    const float *x, const float *w, const mlt_conv_t *c, int32_t w_filter, float sums[2]) {
    float s0 = 0.0f, s1 = 0.0f;
    for (int32_t i = c->rows; i > 0; --i, x += c->x_row, w += c->w_row) {
        const float *x_tap = x, *w_tap = w;
        for (int32_t j = c->cols; j > 0; --j, x_tap += c->x_col, w_tap += c->w_col) {
            const float *a = x_tap, *w0 = w_tap, *w1 = w0 + w_filter;
            for (const float *end = a + c->depth; a != end;) {
                float value = *a++;
                s0 += value * *w0++;
                s1 += value * *w1++;
            }
        }
    }
    sums[0] = s0;
    sums[1] = s1;
}

static inline void put(
    float *y, int32_t f, float sum, const float *bias, const mlt_range_t *range) {
    y[f] = mlt_clamp_float(sum + (bias ? bias[f] : 0.0f), range->lo, range->hi);
}

void mlt_conv_f32_scalar(const float *x, const float *w, const float *bias, float *y,
    const mlt_conv_t *c, const mlt_range_t *range) {
    const int32_t x_step = 2 * c->x_pixel, y_step = 2 * c->y_pixel, w_step = 2 * c->w_filter;
    for (int32_t p = 0; p < c->pixels; p += 2, x += x_step, y += y_step) {
        bool two = p + 1 < c->pixels;
        const float *filter = w;
        for (int32_t f = 0; f < c->filters; f += 2, filter += w_step) {
            bool last = f + 1 == c->filters; // a filter without a partner goes with itself
            int32_t w_filter = last ? 0 : c->w_filter;
            float sums[4];
            if (two) {
                sums_2x2(x, filter, c, c->x_pixel, w_filter, sums);
                put(y + c->y_pixel, f, sums[2], bias, range);
            } else {
                sums_1x2(x, filter, c, w_filter, sums);
            }
            put(y, f, sums[0], bias, range);
            if (!last) {
                put(y, f + 1, sums[1], bias, range);
                if (two) {
                    put(y + c->y_pixel, f + 1, sums[3], bias, range);
                }
            }
        }
    }
}
