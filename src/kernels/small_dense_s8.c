// SPDX-License-Identifier: MIT
// Products of matrices of int8 in as little code as possible.

#include "conv_s8.h"

// The sum of one row of x and one of w.
static MLT_NOINLINE uint32_t dot(const int8_t *x, const int8_t *w, const mlt_conv_t *c) {
    const int32_t x_offset = c->x_offset, w_offset = c->w_offset;
    uint32_t sum = 0;
    for (const int8_t *end = x + c->depth; x != end;) {
        sum += (uint32_t)((*x++ + x_offset) * (*w++ + w_offset));
    }
    return sum;
}

// Of c only pixels, filters, depth and offsets matter.
void mlt_dense_s8_small(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q) {
    for (int32_t p = c->pixels; p > 0; --p, x += c->depth) {
        const int8_t *row = w;
        for (int32_t f = 0; f < c->filters; ++f, row += c->depth) {
            uint32_t sum = dot(x, row, c) + mlt_bias_of(bias, f);
            *y++ = (int8_t)mlt_requant(q, (int32_t)sum, f);
        }
    }
}
