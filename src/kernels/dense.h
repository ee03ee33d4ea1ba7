// SPDX-License-Identifier: MIT
// One vector times the rows of a matrix, with results that the kernels in kernels.h do not give:
// what recurrent operators need.
#ifndef MLT_DENSE_H
#define MLT_DENSE_H

#include "kernels.h"

// y[i] = rescale(bias[i] + sum over k of (x[k] + x_offset) * w[i][k]), for n rows of `depth`
// numbers. Sums wrap around. bias may be NULL.
typedef void mlt_dense_s8_s16_fn(const int8_t *x, const int8_t *w, const int32_t *bias, int16_t *y,
    int32_t n, int32_t depth, int32_t x_offset, const mlt_rescale_t *r);
mlt_dense_s8_s16_fn mlt_dense_s8_s16_scalar;

#ifndef mlt_dense_s8_s16_best
#define mlt_dense_s8_s16_best mlt_dense_s8_s16_scalar
#endif

#define mlt_dense_s8_s16(ctx, ...) ((void)(ctx), mlt_dense_s8_s16_best(__VA_ARGS__))

#endif
