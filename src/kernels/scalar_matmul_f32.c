// SPDX-License-Identifier: MIT
// Products of float matrices in plain C. Each sum runs in the order of k, as TFLM's does, so that
// results are the same to the last bit.

#include "kernels.h"

static void two_rows(const float *x, const float *w, const float *bias, float *y,
    const mlt_matmul_t *m, const mlt_range_t *range) {
    float *y1 = y + m->y_stride;
    for (int32_t c = 0; c < m->cols; c += 2, w += 2 * m->depth) {
        bool last = c + 1 == m->cols; // a column without a partner goes with itself
        const float *p0 = x, *p1 = x + m->x_stride, *w0 = w, *w1 = last ? w : w + m->depth;
        float acc00 = 0.0f, acc01 = 0.0f, acc10 = 0.0f, acc11 = 0.0f;
        for (const float *end = p0 + m->depth; p0 != end;) {
            float a0 = *p0++, a1 = *p1++, b0 = *w0++, b1 = *w1++;
            acc00 += a0 * b0;
            acc01 += a0 * b1;
            acc10 += a1 * b0;
            acc11 += a1 * b1;
        }
        float bias0 = bias ? bias[c] : 0.0f, bias1 = bias && !last ? bias[c + 1] : 0.0f;
        y[c] = mlt_clamp_float(acc00 + bias0, range->lo, range->hi);
        y1[c] = mlt_clamp_float(acc10 + bias0, range->lo, range->hi);
        if (!last) {
            y[c + 1] = mlt_clamp_float(acc01 + bias1, range->lo, range->hi);
            y1[c + 1] = mlt_clamp_float(acc11 + bias1, range->lo, range->hi);
        }
    }
}

static void one_row(const float *x, const float *w, const float *bias, float *y,
    const mlt_matmul_t *m, const mlt_range_t *range) {
    for (int32_t c = 0; c < m->cols; c += 2, w += 2 * m->depth) {
        bool last = c + 1 == m->cols;
        const float *p = x, *w0 = w, *w1 = last ? w : w + m->depth;
        float acc0 = 0.0f, acc1 = 0.0f;
        for (const float *end = p + m->depth; p != end;) {
            float a = *p++;
            acc0 += a * *w0++;
            acc1 += a * *w1++;
        }
        y[c] = mlt_clamp_float(acc0 + (bias ? bias[c] : 0.0f), range->lo, range->hi);
        if (!last) {
            y[c + 1] = mlt_clamp_float(acc1 + (bias ? bias[c + 1] : 0.0f), range->lo, range->hi);
        }
    }
}

void mlt_matmul_f32_scalar(const float *x, const float *w, const float *bias, float *y,
    const mlt_matmul_t *m, const mlt_range_t *range) {
    int32_t r = 0;
    for (; r + 2 <= m->rows; r += 2, x += 2 * m->x_stride, y += 2 * m->y_stride) {
        two_rows(x, w, bias, y, m, range);
    }
    if (r < m->rows) {
        one_row(x, w, bias, y, m, range);
    }
}
