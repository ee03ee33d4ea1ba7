// SPDX-License-Identifier: MIT
// Products of int8 matrices in plain C. Two rows by two columns at a time, so that each number
// loaded is used twice: about 2.5 instructions a multiplication on Cortex-M4.

#include "kernels.h"

// acc += the products of two rows of x and two of w.
static inline void dot_2x2(const int8_t *x0, const int8_t *x1, const int8_t *w0, const int8_t *w1,
    int32_t depth, int32_t x_offset, uint32_t acc[4]) {
    for (const int8_t *end = x0 + depth; x0 != end;) {
        int32_t a0 = *x0++ + x_offset, a1 = *x1++ + x_offset, b0 = *w0++, b1 = *w1++;
        acc[0] += (uint32_t)(a0 * b0);
        acc[1] += (uint32_t)(a0 * b1);
        acc[2] += (uint32_t)(a1 * b0);
        acc[3] += (uint32_t)(a1 * b1);
    }
}

// acc += the products of one row of x and four of w.
static inline void dot_1x4(
    const int8_t *x, const int8_t *w, int32_t depth, int32_t x_offset, uint32_t acc[4]) {
    const int8_t *w1 = w + depth, *w2 = w1 + depth, *w3 = w2 + depth;
    for (const int8_t *end = x + depth; x != end;) {
        int32_t a = *x++ + x_offset;
        acc[0] += (uint32_t)(a * *w++);
        acc[1] += (uint32_t)(a * *w1++);
        acc[2] += (uint32_t)(a * *w2++);
        acc[3] += (uint32_t)(a * *w3++);
    }
}

static inline uint32_t dot(const int8_t *x, const int8_t *w, int32_t depth, int32_t x_offset) {
    uint32_t acc = 0;
    for (const int8_t *end = x + depth; x != end;) {
        acc += (uint32_t)((*x++ + x_offset) * *w++);
    }
    return acc;
}

static inline uint32_t bias_at(const int32_t *bias, int32_t c) {
    return bias ? (uint32_t)bias[c] : 0;
}

static inline int8_t out(uint32_t acc, int32_t c, const mlt_requant_t *q) {
    return (int8_t)mlt_requant(q, (int32_t)acc, c);
}

static void two_rows(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_matmul_t *m, const mlt_requant_t *q) {
    const int8_t *x1 = x + m->x_stride;
    int8_t *y1 = y + m->y_stride;
    for (int32_t c = 0; c < m->cols; c += 2, w += 2 * m->depth) {
        bool last = c + 1 == m->cols; // a column without a partner goes with itself
        uint32_t b0 = bias_at(bias, c), b1 = last ? 0 : bias_at(bias, c + 1);
        uint32_t acc[4] = {b0, b1, b0, b1};
        const int8_t *w1 = last ? w : w + m->depth;
        if (m->x_offset) {
            dot_2x2(x, x1, w, w1, m->depth, m->x_offset, acc);
        } else {
            dot_2x2(x, x1, w, w1, m->depth, 0, acc);
        }
        y[c] = out(acc[0], c, q);
        y1[c] = out(acc[2], c, q);
        if (!last) {
            y[c + 1] = out(acc[1], c + 1, q);
            y1[c + 1] = out(acc[3], c + 1, q);
        }
    }
}

static void one_row(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_matmul_t *m, const mlt_requant_t *q) {
    int32_t c = 0;
    for (; c + 4 <= m->cols; c += 4, w += 4 * m->depth) {
        uint32_t acc[4] = {0};
        dot_1x4(x, w, m->depth, m->x_offset, acc);
        for (int32_t i = 0; i < 4; ++i) {
            y[c + i] = out(acc[i] + bias_at(bias, c + i), c + i, q);
        }
    }
    for (; c < m->cols; ++c, w += m->depth) {
        y[c] = out(dot(x, w, m->depth, m->x_offset) + bias_at(bias, c), c, q);
    }
}

void mlt_matmul_s8_scalar(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_matmul_t *m, const mlt_requant_t *q) {
    int32_t r = 0;
    for (; r + 2 <= m->rows; r += 2, x += 2 * m->x_stride, y += 2 * m->y_stride) {
        two_rows(x, w, bias, y, m, q);
    }
    if (r < m->rows) {
        one_row(x, w, bias, y, m, q);
    }
}

void mlt_fold_rows_s8(const int8_t *w, const int32_t *bias, int32_t *sums, int32_t cols,
    int32_t depth, int32_t x_offset) {
    for (int32_t c = 0; c < cols; ++c) {
        uint32_t sum = 0;
        for (int32_t k = 0; k < depth; ++k) {
            sum += (uint32_t)*w++;
        }
        sums[c] = (int32_t)(sum * (uint32_t)x_offset + bias_at(bias, c));
    }
}
