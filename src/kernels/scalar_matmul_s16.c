// SPDX-License-Identifier: MIT
// Products of int16 activations and int8 or int16 weights in plain C.

#include "kernels.h"

// So many products fit into 32 bits whatever they are.
enum { CHUNK = 256 };

typedef struct pair {
    int64_t a, b;
} pair_t;

static inline pair_t dot_1x2(const int16_t *x, const int8_t *w0, const int8_t *w1, int32_t depth) {
    pair_t sums = {0, 0};
    while (depth > 0) {
        int32_t n = mlt_min(depth, CHUNK), a = 0, b = 0;
        for (const int16_t *end = x + n; x != end;) {
            int32_t value = *x++;
            a += value * *w0++;
            b += value * *w1++;
        }
        sums.a += a;
        sums.b += b;
        depth -= n;
    }
    return sums;
}

static inline int64_t add_wrap(int64_t a, int64_t b) {
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

void mlt_matmul_s16_scalar(const int16_t *x, const int8_t *w, const int64_t *bias, int16_t *y,
    const mlt_matmul_t *m, const mlt_requant_t *q) {
    for (int32_t r = 0; r < m->rows; ++r, x += m->x_stride, y += m->y_stride) {
        const int8_t *column = w;
        for (int32_t c = 0; c < m->cols; c += 2, column += 2 * m->depth) {
            bool last = c + 1 == m->cols; // a column without a partner goes with itself
            pair_t sums = dot_1x2(x, column, last ? column : column + m->depth, m->depth);
            int64_t sum = add_wrap(sums.a, bias ? bias[c] : 0);
            y[c] = (int16_t)mlt_requant64(q, sum, c);
            if (!last) {
                sum = add_wrap(sums.b, bias ? bias[c + 1] : 0);
                y[c + 1] = (int16_t)mlt_requant64(q, sum, c + 1);
            }
        }
    }
}

void mlt_matmul_s16_b32_scalar(const int16_t *x, const int8_t *w, const int32_t *bias, int16_t *y,
    const mlt_matmul_t *m, const mlt_requant_t *q) {
    for (int32_t r = 0; r < m->rows; ++r, x += m->x_stride, y += m->y_stride) {
        const int8_t *column = w;
        for (int32_t c = 0; c < m->cols; c += 2, column += 2 * m->depth) {
            bool last = c + 1 == m->cols;
            pair_t sums = dot_1x2(x, column, last ? column : column + m->depth, m->depth);
            int32_t sum = mlt_add_wrap((int32_t)sums.a, bias ? bias[c] : 0);
            y[c] = (int16_t)mlt_requant(q, sum, c);
            if (!last) {
                sum = mlt_add_wrap((int32_t)sums.b, bias ? bias[c + 1] : 0);
                y[c + 1] = (int16_t)mlt_requant(q, sum, c + 1);
            }
        }
    }
}

void mlt_matmul_s16_s16_scalar(const int16_t *x, const int16_t *w, const int64_t *bias, int16_t *y,
    const mlt_matmul_t *m, const mlt_requant_t *q) {
    for (int32_t r = 0; r < m->rows; ++r, x += m->x_stride, y += m->y_stride) {
        const int16_t *b = w;
        for (int32_t c = 0; c < m->cols; ++c) {
            const int16_t *a = x;
            int64_t sum = 0;
            for (const int16_t *end = a + m->depth; a != end;) {
                sum += (int64_t)(*a++ * *b++);
            }
            y[c] = (int16_t)mlt_requant64(q, add_wrap(sum, bias ? bias[c] : 0), c);
        }
    }
}
