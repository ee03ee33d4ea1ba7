// SPDX-License-Identifier: MIT
// Depthwise convolution of int8 in plain C, four output channels at a time.

#include "kernels.h"

// One row of taps for four channels, each with an input channel of its own.
static inline void add_4(const int8_t *x, const int8_t *w, const mlt_depthwise_t *d,
    int32_t x_offset, uint32_t sums[4]) {
    uint32_t s0 = sums[0], s1 = sums[1], s2 = sums[2], s3 = sums[3];
    int32_t x_col = d->x_col, w_col = d->channels;
    for (int32_t j = d->cols; j > 0; --j, x += x_col, w += w_col) {
        s0 += (uint32_t)((x[0] + x_offset) * w[0]);
        s1 += (uint32_t)((x[1] + x_offset) * w[1]);
        s2 += (uint32_t)((x[2] + x_offset) * w[2]);
        s3 += (uint32_t)((x[3] + x_offset) * w[3]);
    }
    sums[0] = s0;
    sums[1] = s1;
    sums[2] = s2;
    sums[3] = s3;
}

// All taps. These are functions of their own, so that the compiler has all registers for the
// innermost loop.
static MLT_NOINLINE void sum_4(
    const int8_t *x, const int8_t *w, const mlt_depthwise_t *d, uint32_t sums[4]) {
    sums[0] = sums[1] = sums[2] = sums[3] = 0;
    for (int32_t i = d->rows; i > 0; --i, x += d->x_row, w += d->w_row) {
        add_4(x, w, d, 0, sums);
    }
}

// The same with x_offset.
static MLT_NOINLINE void sum_4_offset(
    const int8_t *x, const int8_t *w, const mlt_depthwise_t *d, uint32_t sums[4]) {
    sums[0] = sums[1] = sums[2] = sums[3] = 0;
    for (int32_t i = d->rows; i > 0; --i, x += d->x_row, w += d->w_row) {
        add_4(x, w, d, d->x_offset, sums);
    }
}

// One row of taps for four channels of one input channel.
static inline void add_1x4(
    const int8_t *x, const int8_t *w, const mlt_depthwise_t *d, uint32_t sums[4]) {
    uint32_t s0 = sums[0], s1 = sums[1], s2 = sums[2], s3 = sums[3];
    int32_t x_col = d->x_col, w_col = d->channels * d->multiplier, x_offset = d->x_offset;
    for (int32_t j = d->cols; j > 0; --j, x += x_col, w += w_col) {
        int32_t a = *x + x_offset;
        s0 += (uint32_t)(a * w[0]);
        s1 += (uint32_t)(a * w[1]);
        s2 += (uint32_t)(a * w[2]);
        s3 += (uint32_t)(a * w[3]);
    }
    sums[0] = s0;
    sums[1] = s1;
    sums[2] = s2;
    sums[3] = s3;
}

static MLT_NOINLINE void sum_1x4(
    const int8_t *x, const int8_t *w, const mlt_depthwise_t *d, uint32_t sums[4]) {
    sums[0] = sums[1] = sums[2] = sums[3] = 0;
    for (int32_t i = d->rows; i > 0; --i, x += d->x_row, w += d->w_row) {
        add_1x4(x, w, d, sums);
    }
}

static uint32_t sum_1(const int8_t *x, const int8_t *w, const mlt_depthwise_t *d) {
    uint32_t sum = 0;
    int32_t w_col = d->channels * d->multiplier;
    for (int32_t i = d->rows; i > 0; --i, x += d->x_row, w += d->w_row) {
        const int8_t *a = x, *b = w;
        for (int32_t j = d->cols; j > 0; --j, a += d->x_col, b += w_col) {
            sum += (uint32_t)((*a + d->x_offset) * *b);
        }
    }
    return sum;
}

static inline uint32_t bias_of(const int32_t *bias, int32_t c) {
    return bias ? (uint32_t)bias[c] : 0;
}

// `count` channels from c on. own: each has an input channel of its own, else they share one.
static void channels(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_depthwise_t *d, const mlt_requant_t *q, int32_t c, int32_t count, bool own) {
    const int32_t end = c + count;
    for (; c + 4 <= end; x += own ? 4 : 0) {
        uint32_t sums[4];
        if (!own) {
            sum_1x4(x, w + c, d, sums);
        } else if (d->x_offset) {
            sum_4_offset(x, w + c, d, sums);
        } else {
            sum_4(x, w + c, d, sums);
        }
        for (int32_t i = 0; i < 4; ++i, ++c) {
            y[c] = (int8_t)mlt_requant(q, (int32_t)(sums[i] + bias_of(bias, c)), c);
        }
    }
    for (; c < end; ++c, x += own) {
        y[c] = (int8_t)mlt_requant(q, (int32_t)(sum_1(x, w + c, d) + bias_of(bias, c)), c);
    }
}

void mlt_depthwise_s8_scalar(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_depthwise_t *d, const mlt_requant_t *requant) {
    const mlt_requant_t q = *requant;
    int32_t filters = d->channels * d->multiplier;
    for (int32_t p = 0; p < d->pixels; ++p, x += d->x_pixel, y += filters) {
        if (d->multiplier == 1) {
            channels(x, w, bias, y, d, &q, 0, d->channels, true);
            continue;
        }
        for (int32_t c = 0; c < d->channels; ++c) {
            channels(x + c, w, bias, y, d, &q, c * d->multiplier, d->multiplier, false);
        }
    }
}

void mlt_fold_taps_s8(const int8_t *w, const int32_t *bias, int32_t *sums, int32_t taps,
    int32_t filters, int32_t x_offset) {
    for (int32_t c = 0; c < filters; ++c) {
        uint32_t sum = 0;
        for (int32_t i = 0; i < taps; ++i) {
            sum += (uint32_t)w[i * filters + c];
        }
        sums[c] = (int32_t)(sum * (uint32_t)x_offset + bias_of(bias, c));
    }
}
