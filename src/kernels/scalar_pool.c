// SPDX-License-Identifier: MIT
// Pools in plain C.

#include "kernels.h"

void mlt_max_pool_s8_scalar(
    const int8_t *x, int8_t *y, const mlt_window_t *window, int32_t lo, int32_t hi) {
    for (int32_t c = 0; c < window->channels; ++c) {
        int32_t most = lo;
        const int8_t *row = x + c;
        for (int32_t i = 0; i < window->rows; ++i, row += window->row_step) {
            const int8_t *a = row;
            for (int32_t j = window->cols; j > 0; --j, a += window->channels) {
                most = mlt_max(most, *a);
            }
        }
        y[c] = (int8_t)mlt_min(most, hi);
    }
}

void mlt_max_pool_f32_scalar(
    const float *x, float *y, const mlt_window_t *window, const mlt_range_t *range) {
    for (int32_t c = 0; c < window->channels; ++c) {
        float most = -3.402823466e+38f;
        const float *row = x + c;
        for (int32_t i = 0; i < window->rows; ++i, row += window->row_step) {
            const float *a = row;
            for (int32_t j = window->cols; j > 0; --j, a += window->channels) {
                most = most < *a ? *a : most;
            }
        }
        y[c] = mlt_clamp_float(most, range->lo, range->hi);
    }
}

// The mean of integers is rounded to the nearest, halves away from zero.
static inline int32_t mean(int32_t sum, int32_t count) {
    return (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
}

void mlt_average_pool_s8_scalar(
    const int8_t *x, int8_t *y, const mlt_window_t *window, int32_t lo, int32_t hi) {
    int32_t count = window->rows * window->cols;
    for (int32_t c = 0; c < window->channels; ++c) {
        int32_t sum = 0;
        const int8_t *row = x + c;
        for (int32_t i = 0; i < window->rows; ++i, row += window->row_step) {
            const int8_t *a = row;
            for (int32_t j = window->cols; j > 0; --j, a += window->channels) {
                sum += *a;
            }
        }
        y[c] = (int8_t)mlt_clamp(mean(sum, count), lo, hi);
    }
}

void mlt_average_pool_f32_scalar(
    const float *x, float *y, const mlt_window_t *window, const mlt_range_t *range) {
    float count = (float)(window->rows * window->cols);
    for (int32_t c = 0; c < window->channels; ++c) {
        float sum = 0.0f;
        const float *row = x + c;
        for (int32_t i = 0; i < window->rows; ++i, row += window->row_step) {
            const float *a = row;
            for (int32_t j = window->cols; j > 0; --j, a += window->channels) {
                sum += *a;
            }
        }
        y[c] = mlt_clamp_float(sum / count, range->lo, range->hi);
    }
}
