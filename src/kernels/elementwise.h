// SPDX-License-Identifier: MIT
// Kernels of quantised elementwise operators, for a run over which each operand is contiguous
// (step 1) or one number (step 0). See kernels.h for what a kernel is and which one a call reaches.
#ifndef MLT_ELEMENTWISE_H
#define MLT_ELEMENTWISE_H

#include <stdbool.h>

#include "../quant.h"

// Sum or difference of two operands of different scales. Shifted left for precision, both are
// brought to twice the larger scale. For the operand that has this scale (the wide one) that is a
// factor of one half exactly, so only the other one needs a multiplication with rounding.
typedef struct mlt_sum {
    int32_t wide_offset, narrow_offset; // minus the zero points
    // 2^19 and 2^20 with 8 bits, 2^14 and 2^15 with 16; the wide one has the operand's sign.
    int32_t wide_factor, narrow_factor;
    int32_t narrow_sign;
    mlt_multiplier_t narrow; // at most one half: never a shift to the left
    mlt_rescale_t out;
} mlt_sum_t;

typedef struct mlt_elements {
    int32_t n, step[2];
} mlt_elements_t;

// y = out(wide * wide_factor + narrow_sign * (narrow * narrow_factor * narrow))
typedef void mlt_sum_s8_fn(const int8_t *wide, const int8_t *narrow, int8_t *y,
    const mlt_elements_t *e, const mlt_sum_t *p);
typedef void mlt_sum_s16_fn(const int16_t *wide, const int16_t *narrow, int16_t *y,
    const mlt_elements_t *e, const mlt_sum_t *p);
mlt_sum_s8_fn mlt_sum_s8_scalar;
mlt_sum_s16_fn mlt_sum_s16_scalar;

typedef struct mlt_mul {
    int32_t offset[2]; // minus the zero points
    mlt_rescale_t out;
} mlt_mul_t;

// y = out((a + offset[0]) * (b + offset[1]))
typedef void mlt_mul_s8_fn(
    const int8_t *a, const int8_t *b, int8_t *y, const mlt_elements_t *e, const mlt_mul_t *p);
typedef void mlt_mul_s16_fn(
    const int16_t *a, const int16_t *b, int16_t *y, const mlt_elements_t *e, const mlt_mul_t *p);
mlt_mul_s8_fn mlt_mul_s8_scalar;
mlt_mul_s16_fn mlt_mul_s16_scalar;

#ifndef mlt_sum_s8_best
#define mlt_sum_s8_best mlt_sum_s8_scalar
#endif
#ifndef mlt_sum_s16_best
#define mlt_sum_s16_best mlt_sum_s16_scalar
#endif
#ifndef mlt_mul_s8_best
#define mlt_mul_s8_best mlt_mul_s8_scalar
#endif
#ifndef mlt_mul_s16_best
#define mlt_mul_s16_best mlt_mul_s16_scalar
#endif

// The formulas, for one element.
static inline int32_t mlt_sum_one(const mlt_sum_t *p, int32_t wide, int32_t narrow) {
    int32_t n = (narrow + p->narrow_offset) * p->narrow_factor;
    n = mlt_scale(n, p->narrow.mult, p->narrow.shift) * p->narrow_sign;
    return mlt_rescale(&p->out, mlt_add_wrap((wide + p->wide_offset) * p->wide_factor, n));
}

static inline int32_t mlt_mul_one(const mlt_mul_t *p, int32_t a, int32_t b) {
    return mlt_rescale(&p->out, (a + p->offset[0]) * (b + p->offset[1]));
}

#endif
