// SPDX-License-Identifier: MIT
// Patches in plain C: the taps that an output pixel of a transposed convolution sees.

#include "kernels.h"

static inline uint32_t sum_s8(const int8_t *x, const int8_t *w, const mlt_patch_t *p) {
    uint32_t sum = 0;
    for (int32_t i = 0; i < p->rows; ++i, x += p->x_row, w += p->w_row) {
        const int8_t *a = x, *b = w;
        for (int32_t j = 0; j < p->cols; ++j, a += p->x_col, b += p->w_col) {
            for (int32_t k = 0; k < p->depth; ++k) {
                sum += (uint32_t)((a[k] + p->x_offset) * b[k]);
            }
        }
    }
    return sum;
}

void mlt_patch_s8_scalar(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_patch_t *p, const mlt_requant_t *q) {
    for (int32_t f = 0; f < p->filters; ++f, w += p->w_filter) {
        uint32_t sum = sum_s8(x, w, p) + (bias ? (uint32_t)bias[f] : 0);
        y[f] = (int8_t)mlt_requant(q, (int32_t)sum, f);
    }
}

static inline int64_t sum_s16(const int16_t *x, const int8_t *w, const mlt_patch_t *p) {
    int64_t sum = 0;
    for (int32_t i = 0; i < p->rows; ++i, x += p->x_row, w += p->w_row) {
        const int16_t *a = x;
        const int8_t *b = w;
        for (int32_t j = 0; j < p->cols; ++j, a += p->x_col, b += p->w_col) {
            for (int32_t k = 0; k < p->depth; ++k) {
                sum += (int64_t)(a[k] * b[k]);
            }
        }
    }
    return sum;
}

void mlt_patch_s16_scalar(const int16_t *x, const int8_t *w, const int64_t *bias, int16_t *y,
    const mlt_patch_t *p, const mlt_requant_t *q) {
    for (int32_t f = 0; f < p->filters; ++f, w += p->w_filter) {
        uint64_t sum = (uint64_t)sum_s16(x, w, p) + (bias ? (uint64_t)bias[f] : 0);
        y[f] = (int16_t)mlt_requant64(q, (int64_t)sum, f);
    }
}

// The order of TFLM, for sums that are the same to the last bit.
static inline float sum_f32(const float *x, const float *w, const mlt_patch_t *p) {
    float sum = 0.0f;
    for (int32_t i = 0; i < p->rows; ++i, x += p->x_row, w += p->w_row) {
        const float *a = x, *b = w;
        for (int32_t j = 0; j < p->cols; ++j, a += p->x_col, b += p->w_col) {
            for (int32_t k = 0; k < p->depth; ++k) {
                sum += a[k] * b[k];
            }
        }
    }
    return sum;
}

void mlt_patch_f32_scalar(const float *x, const float *w, const float *bias, float *y,
    const mlt_patch_t *p, const mlt_range_t *range) {
    for (int32_t f = 0; f < p->filters; ++f, w += p->w_filter) {
        float sum = sum_f32(x, w, p) + (bias ? bias[f] : 0.0f);
        y[f] = mlt_clamp_float(sum, range->lo, range->hi);
    }
}
