// SPDX-License-Identifier: MIT
// Convolution of int16 activations with int8 or int16 weights in plain C.

#include "kernels.h"

// So many products of int16 and int8 fit into 32 bits whatever they are.
enum { CHUNK = 256 };

typedef struct pair {
    uint64_t a, b;
} pair_t;

// Sums of one pixel and two filters, w_filter apart.
static inline pair_t sums_1x2(
    const int16_t *x, const int8_t *w, const mlt_conv_t *c, int32_t w_filter) {
    pair_t sums = {0, 0};
    for (int32_t i = c->rows; i > 0; --i, x += c->x_row, w += c->w_row) {
        const int16_t *x_tap = x;
        const int8_t *w_tap = w;
        for (int32_t j = c->cols; j > 0; --j, x_tap += c->x_col, w_tap += c->w_col) {
            const int16_t *from = x_tap;
            const int8_t *w0 = w_tap, *w1 = w_tap + w_filter;
            for (int32_t left = c->depth; left > 0; left -= CHUNK) {
                int32_t a = 0, b = 0;
                for (const int16_t *end = from + mlt_min(left, CHUNK); from != end;) {
                    int32_t value = *from++;
                    a += value * *w0++;
                    b += value * *w1++;
                }
                sums.a += (uint64_t)(int64_t)a;
                sums.b += (uint64_t)(int64_t)b;
            }
        }
    }
    return sums;
}

static inline uint64_t bias_of(const int64_t *bias, int32_t f) {
    return bias ? (uint64_t)bias[f] : 0;
}

void mlt_conv_s16_scalar(const int16_t *x, const int8_t *w, const int64_t *bias, int16_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q) {
    const int32_t w_step = 2 * c->w_filter;
    for (int32_t p = 0; p < c->pixels; ++p, x += c->x_pixel, y += c->y_pixel) {
        const int8_t *filter = w;
        for (int32_t f = 0; f < c->filters; f += 2, filter += w_step) {
            bool last = f + 1 == c->filters; // a filter without a partner goes with itself
            pair_t sums = sums_1x2(x, filter, c, last ? 0 : c->w_filter);
            y[f] = (int16_t)mlt_requant64(q, (int64_t)(sums.a + bias_of(bias, f)), f);
            if (!last) {
                sums.b += bias_of(bias, f + 1);
                y[f + 1] = (int16_t)mlt_requant64(q, (int64_t)sums.b, f + 1);
            }
        }
    }
}

void mlt_conv_s16_b32_scalar(const int16_t *x, const int8_t *w, const int32_t *bias, int16_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q) {
    const int32_t w_step = 2 * c->w_filter;
    for (int32_t p = 0; p < c->pixels; ++p, x += c->x_pixel, y += c->y_pixel) {
        const int8_t *filter = w;
        for (int32_t f = 0; f < c->filters; f += 2, filter += w_step) {
            bool last = f + 1 == c->filters;
            pair_t sums = sums_1x2(x, filter, c, last ? 0 : c->w_filter);
            int32_t sum = mlt_add_wrap((int32_t)sums.a, bias ? bias[f] : 0);
            y[f] = (int16_t)mlt_requant(q, sum, f);
            if (!last) {
                sum = mlt_add_wrap((int32_t)sums.b, bias ? bias[f + 1] : 0);
                y[f + 1] = (int16_t)mlt_requant(q, sum, f + 1);
            }
        }
    }
}

static inline uint64_t sum_s16_s16(const int16_t *x, const int16_t *w, const mlt_conv_t *c) {
    int64_t sum = 0;
    for (int32_t i = c->rows; i > 0; --i, x += c->x_row, w += c->w_row) {
        const int16_t *x_tap = x, *w_tap = w;
        for (int32_t j = c->cols; j > 0; --j, x_tap += c->x_col, w_tap += c->w_col) {
            const int16_t *a = x_tap, *b = w_tap;
            for (const int16_t *end = a + c->depth; a != end;) {
                sum += (int64_t)(*a++ * *b++);
            }
        }
    }
    return (uint64_t)sum;
}

void mlt_conv_s16_s16_scalar(const int16_t *x, const int16_t *w, const int64_t *bias, int16_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q) {
    for (int32_t p = 0; p < c->pixels; ++p, x += c->x_pixel, y += c->y_pixel) {
        const int16_t *filter = w;
        for (int32_t f = 0; f < c->filters; ++f, filter += c->w_filter) {
            uint64_t sum = sum_s16_s16(x, filter, c) + bias_of(bias, f);
            y[f] = (int16_t)mlt_requant64(q, (int64_t)sum, f);
        }
    }
}
