// SPDX-License-Identifier: MIT
// Patches in plain C: the taps that an output pixel of a transposed convolution sees. Floats are
// summed in the order of TFLM.

#include "kernels.h"

#define PATCH(name, x_t, w_t, bias_t, y_t, q_t, sum_t, product, output)                            \
    void mlt_patch_##name##_scalar(const x_t *x, const w_t *w, const bias_t *bias, y_t *y,         \
        const mlt_patch_t *p, const q_t *q) {                                                      \
        for (int32_t f = 0; f < p->filters; ++f, w += p->w_filter) {                               \
            const x_t *x_row = x;                                                                  \
            const w_t *w_row = w;                                                                  \
            sum_t sum = 0;                                                                         \
            for (int32_t i = 0; i < p->rows; ++i, x_row += p->x_row, w_row += p->w_row) {          \
                const x_t *x_tap = x_row;                                                          \
                const w_t *w_tap = w_row;                                                          \
                for (int32_t j = 0; j < p->cols; ++j, x_tap += p->x_col, w_tap += p->w_col) {      \
                    const x_t *a = x_tap;                                                          \
                    const w_t *b = w_tap;                                                          \
                    for (const x_t *end = a + p->depth; a != end; ++a, ++b) {                      \
                        sum += product;                                                            \
                    }                                                                              \
                }                                                                                  \
            }                                                                                      \
            bias_t bias_f = bias ? bias[f] : 0;                                                    \
            y[f] = (y_t)(output);                                                                  \
        }                                                                                          \
    }

PATCH(s8, int8_t, int8_t, int32_t, int8_t, mlt_requant_t, uint32_t,
    (uint32_t)((*a + p->x_offset) * *b), mlt_requant(q, (int32_t)(sum + (uint32_t)bias_f), f))

PATCH(s8_f32, int8_t, int8_t, float, float, mlt_dequant_t, uint32_t,
    (uint32_t)((*a + p->x_offset) * *b),
    mlt_clamp_float((float)(int32_t)sum *(q->x_scale * q->w_scale[f * q->stride]) + bias_f,
        q->range.lo, q->range.hi))

PATCH(s16, int16_t, int8_t, int64_t, int16_t, mlt_requant_t, int64_t, *a **b,
    mlt_requant64(q, (int64_t)((uint64_t)sum + (uint64_t)bias_f), f))

PATCH(s16_b32, int16_t, int8_t, int32_t, int16_t, mlt_requant_t, uint32_t, (uint32_t)(*a **b),
    mlt_requant(q, (int32_t)(sum + (uint32_t)bias_f), f))

PATCH(f32, float, float, float, float, mlt_range_t, float, *a **b,
    mlt_clamp_float(sum + bias_f, q->lo, q->hi))
