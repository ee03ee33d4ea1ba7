// SPDX-License-Identifier: MIT
// Products of matrices of int8 in as little code as possible.

#include "conv_s8.h"

// Of c only pixels, filters, depth and offsets matter.
void mlt_dense_s8_small(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q) {
    for (int32_t p = c->pixels; p > 0; --p, x += c->depth) {
        const int8_t *b = w;
        for (int32_t f = 0; f < c->filters; ++f) {
            uint32_t sum = mlt_bias_of(bias, f);
            for (int32_t k = 0; k < c->depth; ++k) {
                sum += (uint32_t)((x[k] + c->x_offset) * (*b++ + c->w_offset));
            }
            *y++ = (int8_t)mlt_requant(q, (int32_t)sum, f);
        }
    }
}
