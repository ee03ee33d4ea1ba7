// SPDX-License-Identifier: MIT
// One vector times the rows of a matrix, in plain C.

#include "dense.h"

void mlt_dense_s8_s16_scalar(const int8_t *x, const int8_t *w, const int32_t *bias, int16_t *y,
    int32_t n, int32_t depth, int32_t x_offset, const mlt_rescale_t *r) {
    int32_t i = 0;
    for (; i + 2 <= n;
         i += 2, w += (ptrdiff_t)2 * depth) { // two rows, so that each x is used twice
        const int8_t *w0 = w, *w1 = w + depth;
        uint32_t sum0 = bias ? (uint32_t)bias[i] : 0, sum1 = bias ? (uint32_t)bias[i + 1] : 0;
        for (int32_t k = 0; k < depth; ++k) {
            int32_t a = x[k] + x_offset;
            sum0 += (uint32_t)(a * w0[k]);
            sum1 += (uint32_t)(a * w1[k]);
        }
        y[i] = (int16_t)mlt_rescale(r, (int32_t)sum0);
        y[i + 1] = (int16_t)mlt_rescale(r, (int32_t)sum1);
    }
    if (i < n) {
        uint32_t sum = bias ? (uint32_t)bias[i] : 0;
        for (int32_t k = 0; k < depth; ++k) {
            sum += (uint32_t)((x[k] + x_offset) * w[k]);
        }
        y[i] = (int16_t)mlt_rescale(r, (int32_t)sum);
    }
}
