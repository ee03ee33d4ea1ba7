// SPDX-License-Identifier: MIT
// Sums, products, extremes of numbers of any type: the innermost loops of the reductions.
#ifndef MLT_REDUCE_H
#define MLT_REDUCE_H

#include <stddef.h>

#include "../quant.h"

#define MLT_REDUCE_WIDTH 8

// Running results, one for each column: floats in f, small integers in i, wide ones in l.
typedef union mlt_reduced {
    float f[MLT_REDUCE_WIDTH];
    int32_t i[MLT_REDUCE_WIDTH];
    int64_t l[MLT_REDUCE_WIDTH];
} mlt_reduced_t;

// How mlt_reduce_prod_scaled_* go on: (acc * (x - zero_point)) * multiplier. A product that has no
// factor yet is MLT_NO_FACTOR; the first one is not scaled.
typedef struct mlt_factor {
    int32_t zero_point;
    mlt_multiplier_t multiplier;
} mlt_factor_t;
#define MLT_NO_FACTOR INT64_MIN

// acc[c] = acc[c] op x[r * step + c] for all rows r, and for columns c < width <= MLT_REDUCE_WIDTH.
// Integers wrap.
typedef void mlt_reduce_fn(mlt_reduced_t *acc, const void *x, ptrdiff_t rows, ptrdiff_t step,
    int32_t width, const mlt_factor_t *factor);

// Results in f:
mlt_reduce_fn mlt_reduce_sum_f32, mlt_reduce_max_f32, mlt_reduce_min_f32, mlt_reduce_prod_f32;
// In i:
mlt_reduce_fn mlt_reduce_sum_s8, mlt_reduce_sum_u8, mlt_reduce_sum_s16;
mlt_reduce_fn mlt_reduce_max_s8, mlt_reduce_max_u8, mlt_reduce_max_s16, mlt_reduce_max_s32;
mlt_reduce_fn mlt_reduce_min_s8, mlt_reduce_min_u8, mlt_reduce_min_s16, mlt_reduce_min_s32;
mlt_reduce_fn mlt_reduce_any_bool, mlt_reduce_all_bool;
// In l:
mlt_reduce_fn mlt_reduce_sum_s32, mlt_reduce_sum_s64, mlt_reduce_max_s64, mlt_reduce_min_s64;
mlt_reduce_fn mlt_reduce_prod_s8, mlt_reduce_prod_u8, mlt_reduce_prod_s16, mlt_reduce_prod_s32;
mlt_reduce_fn mlt_reduce_prod_s64, mlt_reduce_prod_scaled_s8, mlt_reduce_prod_scaled_s16;

#endif
