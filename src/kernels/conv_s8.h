// SPDX-License-Identifier: MIT
// What the convolutions of int8 share.
#ifndef MLT_CONV_S8_H
#define MLT_CONV_S8_H

#include "kernels.h"

// What w_offset adds to all sums of a pixel.
static inline uint32_t mlt_w_offset_of(const int8_t *x, const mlt_conv_t *c) {
    if (c->w_offset == 0) {
        return 0;
    }
    uint32_t sum = 0;
    for (int32_t k = 0; k < c->depth; ++k) {
        sum += (uint32_t)(x[k] + c->x_offset);
    }
    return sum * (uint32_t)c->w_offset;
}

static inline uint32_t mlt_bias_of(const int32_t *bias, int32_t f) {
    return bias ? (uint32_t)bias[f] : 0;
}

// The first of c's pixels, in plain C.
mlt_conv_s8_fn mlt_conv_s8_pixel_scalar;

#endif
