// SPDX-License-Identifier: MIT
// Depthwise convolution of int8 in plain C, four output channels at a time.

#include "kernels.h"

// Four channels, each with an input channel of its own.
static inline void taps_4(
    const int8_t *x, const int8_t *w, const mlt_depthwise_t *d, int32_t x_offset, uint32_t acc[4]) {
    int32_t cols = d->cols, x_col = d->x_col, w_col = d->channels;
    for (int32_t i = 0; i < d->rows; ++i, x += d->x_row, w += d->w_row) {
        const int8_t *a = x, *b = w;
        for (int32_t j = cols; j > 0; --j, a += x_col, b += w_col) {
            acc[0] += (uint32_t)((a[0] + x_offset) * b[0]);
            acc[1] += (uint32_t)((a[1] + x_offset) * b[1]);
            acc[2] += (uint32_t)((a[2] + x_offset) * b[2]);
            acc[3] += (uint32_t)((a[3] + x_offset) * b[3]);
        }
    }
}

// Four channels of one input channel.
static inline void taps_1x4(
    const int8_t *x, const int8_t *w, const mlt_depthwise_t *d, int32_t x_offset, uint32_t acc[4]) {
    int32_t cols = d->cols, x_col = d->x_col, w_col = d->channels * d->multiplier;
    for (int32_t i = 0; i < d->rows; ++i, x += d->x_row, w += d->w_row) {
        const int8_t *a = x, *b = w;
        for (int32_t j = cols; j > 0; --j, a += x_col, b += w_col) {
            int32_t x_value = *a + x_offset;
            acc[0] += (uint32_t)(x_value * b[0]);
            acc[1] += (uint32_t)(x_value * b[1]);
            acc[2] += (uint32_t)(x_value * b[2]);
            acc[3] += (uint32_t)(x_value * b[3]);
        }
    }
}

static inline uint32_t taps_1(
    const int8_t *x, const int8_t *w, const mlt_depthwise_t *d, int32_t x_offset) {
    uint32_t acc = 0;
    int32_t cols = d->cols, x_col = d->x_col, w_col = d->channels * d->multiplier;
    for (int32_t i = 0; i < d->rows; ++i, x += d->x_row, w += d->w_row) {
        const int8_t *a = x, *b = w;
        for (int32_t j = cols; j > 0; --j, a += x_col, b += w_col) {
            acc += (uint32_t)((*a + x_offset) * *b);
        }
    }
    return acc;
}

static inline int8_t out(uint32_t acc, int32_t c, const int32_t *bias, const mlt_requant_t *q) {
    return (int8_t)mlt_requant(q, (int32_t)(acc + (bias ? (uint32_t)bias[c] : 0)), c);
}

// `count` channels from c on. own: each has an input channel of its own, else they share one.
static void channels_s8(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_depthwise_t *d, const mlt_requant_t *q, int32_t c, int32_t count, bool own) {
    for (; count >= 4; count -= 4, c += 4, x += own ? 4 : 0) {
        uint32_t acc[4] = {0};
        if (!own) {
            taps_1x4(x, w + c, d, d->x_offset, acc);
        } else if (d->x_offset) {
            taps_4(x, w + c, d, d->x_offset, acc);
        } else {
            taps_4(x, w + c, d, 0, acc);
        }
        for (int32_t i = 0; i < 4; ++i) {
            y[c + i] = out(acc[i], c + i, bias, q);
        }
    }
    for (; count > 0; --count, ++c, x += own) {
        y[c] = out(taps_1(x, w + c, d, d->x_offset), c, bias, q);
    }
}

void mlt_depthwise_s8_scalar(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_depthwise_t *d, const mlt_requant_t *q) {
    int32_t pixel = d->channels * d->multiplier;
    for (int32_t p = 0; p < d->pixels; ++p, x += d->x_pixel, y += pixel) {
        if (d->multiplier == 1) {
            channels_s8(x, w, bias, y, d, q, 0, d->channels, true);
            continue;
        }
        for (int32_t c = 0; c < d->channels; ++c) {
            channels_s8(x + c, w, bias, y, d, q, c * d->multiplier, d->multiplier, false);
        }
    }
}

void mlt_fold_cols_s8(const int8_t *w, const int32_t *bias, int32_t *sums, int32_t taps,
    int32_t cols, int32_t x_offset) {
    for (int32_t c = 0; c < cols; ++c) {
        uint32_t sum = 0;
        for (int32_t i = 0; i < taps; ++i) {
            sum += (uint32_t)w[i * cols + c];
        }
        sums[c] = (int32_t)(sum * (uint32_t)x_offset + (bias ? (uint32_t)bias[c] : 0));
    }
}
