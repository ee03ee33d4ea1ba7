// SPDX-License-Identifier: MIT
// Pools in plain C.

#include "kernels.h"

// The mean of integers is rounded to the nearest, halves away from zero. Sums wrap.
static inline int32_t mean(int32_t sum, int32_t count) {
    int32_t half = count / 2;
    return (sum > 0 ? mlt_add_wrap(sum, half) : mlt_sub_wrap(sum, half)) / count;
}

#define INTEGER_POOLS(name, type)                                                                  \
    void mlt_max_pool_##name##_scalar(                                                             \
        const type *x, type *y, const mlt_window_t *window, int32_t lo, int32_t hi) {              \
        for (int32_t c = 0; c < window->channels; ++c) {                                           \
            const type *row = x + c;                                                               \
            int32_t most = lo;                                                                     \
            for (int32_t i = 0; i < window->rows; ++i, row += window->row_step) {                  \
                const type *a = row;                                                               \
                for (int32_t j = window->cols; j > 0; --j, a += window->channels) {                \
                    most = mlt_max(most, *a);                                                      \
                }                                                                                  \
            }                                                                                      \
            y[c] = (type)mlt_min(most, hi);                                                        \
        }                                                                                          \
    }                                                                                              \
                                                                                                   \
    void mlt_average_pool_##name##_scalar(                                                         \
        const type *x, type *y, const mlt_window_t *window, int32_t lo, int32_t hi) {              \
        for (int32_t c = 0; c < window->channels; ++c) {                                           \
            const type *row = x + c;                                                               \
            int32_t sum = 0;                                                                       \
            for (int32_t i = 0; i < window->rows; ++i, row += window->row_step) {                  \
                const type *a = row;                                                               \
                for (int32_t j = window->cols; j > 0; --j, a += window->channels) {                \
                    sum = mlt_add_wrap(sum, *a);                                                   \
                }                                                                                  \
            }                                                                                      \
            y[c] = (type)mlt_clamp(mean(sum, window->rows * window->cols), lo, hi);                \
        }                                                                                          \
    }

INTEGER_POOLS(s8, int8_t)
INTEGER_POOLS(u8, uint8_t)
INTEGER_POOLS(s16, int16_t)

void mlt_max_pool_f32_scalar(
    const float *x, float *y, const mlt_window_t *window, const mlt_range_t *range) {
    for (int32_t c = 0; c < window->channels; ++c) {
        const float *row = x + c;
        float most = -3.402823466e+38f;
        for (int32_t i = 0; i < window->rows; ++i, row += window->row_step) {
            const float *a = row;
            for (int32_t j = window->cols; j > 0; --j, a += window->channels) {
                most = most < *a ? *a : most;
            }
        }
        y[c] = mlt_clamp_float(most, range->lo, range->hi);
    }
}

void mlt_average_pool_f32_scalar(
    const float *x, float *y, const mlt_window_t *window, const mlt_range_t *range) {
    float count = (float)(window->rows * window->cols);
    for (int32_t c = 0; c < window->channels; ++c) {
        const float *row = x + c;
        float sum = 0.0f;
        for (int32_t i = 0; i < window->rows; ++i, row += window->row_step) {
            const float *a = row;
            for (int32_t j = window->cols; j > 0; --j, a += window->channels) {
                sum += *a;
            }
        }
        y[c] = mlt_clamp_float(sum / count, range->lo, range->hi);
    }
}
