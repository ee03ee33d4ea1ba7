// SPDX-License-Identifier: MIT
// Products of int8 matrices in plain C. Two rows by two columns at a time, so that each number
// loaded is used twice: about 2.5 instructions a multiplication on Cortex-M4.

#include "kernels.h"

// sums = the products of two rows of x and two of w.
static inline void dot_2x2(const int8_t *x0, const int8_t *x1, const int8_t *w0, const int8_t *w1,
    int32_t depth, int32_t x_offset, uint32_t sums[4]) {
    uint32_t s00 = 0, s01 = 0, s10 = 0, s11 = 0;
    for (const int8_t *end = x0 + depth; x0 != end;) {
        int32_t a0 = *x0++ + x_offset, a1 = *x1++ + x_offset, b0 = *w0++, b1 = *w1++;
        s00 += (uint32_t)(a0 * b0);
        s01 += (uint32_t)(a0 * b1);
        s10 += (uint32_t)(a1 * b0);
        s11 += (uint32_t)(a1 * b1);
    }
    sums[0] = s00;
    sums[1] = s01;
    sums[2] = s10;
    sums[3] = s11;
}

// sums = the products of one row of x and four of w.
static inline void dot_1x4(
    const int8_t *x, const int8_t *w, int32_t depth, int32_t x_offset, uint32_t sums[4]) {
    const int8_t *w1 = w + depth, *w2 = w1 + depth, *w3 = w2 + depth;
    uint32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (const int8_t *end = x + depth; x != end;) {
        int32_t a = *x++ + x_offset;
        s0 += (uint32_t)(a * *w++);
        s1 += (uint32_t)(a * *w1++);
        s2 += (uint32_t)(a * *w2++);
        s3 += (uint32_t)(a * *w3++);
    }
    sums[0] = s0;
    sums[1] = s1;
    sums[2] = s2;
    sums[3] = s3;
}

static inline uint32_t dot(const int8_t *x, const int8_t *w, int32_t depth, int32_t x_offset) {
    uint32_t sum = 0;
    for (const int8_t *end = x + depth; x != end;) {
        sum += (uint32_t)((*x++ + x_offset) * *w++);
    }
    return sum;
}

// What w_offset adds to all sums of a row.
static uint32_t offset_of_row(const int8_t *x, const mlt_matmul_t *m) {
    if (m->w_offset == 0) {
        return 0;
    }
    uint32_t sum = 0;
    for (int32_t k = 0; k < m->depth; ++k) {
        sum += (uint32_t)(x[k] + m->x_offset);
    }
    return sum * (uint32_t)m->w_offset;
}

// Where the sums of one output row go.
typedef struct row_s8 {
    int8_t *y;
    uint32_t offset;
    const int32_t *bias;
    const mlt_requant_t *q;
} row_s8_t;

static inline void put(const row_s8_t *row, int32_t c, uint32_t sum) {
    sum += row->offset + (row->bias ? (uint32_t)row->bias[c] : 0);
    row->y[c] = (int8_t)mlt_requant(row->q, (int32_t)sum, c);
}

static void two_rows(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_matmul_t *m, const mlt_requant_t *q) {
    const int8_t *x1 = x + m->x_stride;
    row_s8_t row0 = {y, offset_of_row(x, m), bias, q};
    row_s8_t row1 = {y + m->y_stride, offset_of_row(x1, m), bias, q};
    uint32_t sums[4];
    for (int32_t c = 0; c < m->cols; c += 2, w += 2 * m->depth) {
        bool last = c + 1 == m->cols; // a column without a partner goes with itself
        const int8_t *w1 = last ? w : w + m->depth;
        if (m->x_offset) {
            dot_2x2(x, x1, w, w1, m->depth, m->x_offset, sums);
        } else {
            dot_2x2(x, x1, w, w1, m->depth, 0, sums);
        }
        put(&row0, c, sums[0]);
        put(&row1, c, sums[2]);
        if (!last) {
            put(&row0, c + 1, sums[1]);
            put(&row1, c + 1, sums[3]);
        }
    }
}

static void one_row(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_matmul_t *m, const mlt_requant_t *q) {
    row_s8_t row = {y, offset_of_row(x, m), bias, q};
    int32_t c = 0;
    for (; c + 4 <= m->cols; c += 4, w += 4 * m->depth) {
        uint32_t sums[4];
        dot_1x4(x, w, m->depth, m->x_offset, sums);
        for (int32_t i = 0; i < 4; ++i) {
            put(&row, c + i, sums[i]);
        }
    }
    for (; c < m->cols; ++c, w += m->depth) {
        put(&row, c, dot(x, w, m->depth, m->x_offset));
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

void mlt_matmul_s8_f32_scalar(const int8_t *x, const int8_t *w, const float *bias, float *y,
    const mlt_matmul_t *m, const mlt_dequant_t *q) {
    for (int32_t r = 0; r < m->rows; ++r, x += m->x_stride, y += m->y_stride) {
        const int8_t *column = w;
        for (int32_t c = 0; c < m->cols; ++c, column += m->depth) {
            float sum = (float)(int32_t)dot(x, column, m->depth, m->x_offset);
            float real = sum * (q->x_scale * q->w_scale[c * q->stride]) + (bias ? bias[c] : 0.0f);
            y[c] = mlt_clamp_float(real, q->range.lo, q->range.hi);
        }
    }
}

void mlt_fold_rows_s8(const int8_t *w, const int32_t *bias, int32_t *sums, const mlt_matmul_t *m) {
    for (int32_t c = 0; c < m->cols; ++c) {
        uint32_t sum = (uint32_t)m->depth * (uint32_t)m->w_offset;
        for (int32_t k = 0; k < m->depth; ++k) {
            sum += (uint32_t)*w++;
        }
        sums[c] = (int32_t)(sum * (uint32_t)m->x_offset + (bias ? (uint32_t)bias[c] : 0));
    }
}
