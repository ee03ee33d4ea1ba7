// SPDX-License-Identifier: MIT
// Logistic function and hyperbolic tangent of int16 numbers, from one table. The input's scale
// goes in as mult * 2^-shift, from mlt_sigmoid_scale(); the output's is 2^-15.
#ifndef MLT_SIGMOID_H
#define MLT_SIGMOID_H

#include <stdint.h>

typedef struct mlt_sigmoid_scale {
    int32_t mult, shift;
} mlt_sigmoid_scale_t;

// For an input of this scale. Powers of two have multipliers of their own: `shifts` 0, 2^-12
// (logistic); 1, 2^-11 too (tanh).
mlt_sigmoid_scale_t mlt_sigmoid_scale(float scale, int32_t shifts);

// y may be x.
void mlt_logistic_s16(const int16_t *x, int16_t *y, int32_t n, int32_t mult, int32_t shift);
void mlt_tanh_s16(const int16_t *x, int16_t *y, int32_t n, int32_t mult, int32_t shift);

#endif
