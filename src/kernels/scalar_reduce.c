// SPDX-License-Identifier: MIT
// The innermost loops of the reductions, for every type.

#include "reduce.h"

#define REDUCE(name, type_t, acc_t, field, next)                                                   \
    void mlt_reduce_##name(mlt_reduced_t *acc, const void *data, ptrdiff_t rows, ptrdiff_t step,   \
        int32_t width, const mlt_factor_t *factor) {                                               \
        (void)factor;                                                                              \
        for (int32_t column = 0; column < width; ++column) {                                       \
            const type_t *x = (const type_t *)data + column;                                       \
            acc_t a = acc->field[column];                                                          \
            for (ptrdiff_t row = 0; row < rows; ++row) {                                           \
                a = next(a, x[row * step]);                                                        \
            }                                                                                      \
            acc->field[column] = a;                                                                \
        }                                                                                          \
    }

#define ADD_F32(a, x) ((a) + (x))
#define MUL_F32(a, x) ((a) * (x))
#define ADD_S64(a, x) ((int64_t)((uint64_t)(a) + (uint64_t)(int64_t)(x)))
#define MUL_S64(a, x) ((int64_t)((uint64_t)(a) * (uint64_t)(int64_t)(x)))
#define LARGER(a, x) ((x) > (a) ? (x) : (a))
#define SMALLER(a, x) ((x) < (a) ? (x) : (a))
#define EITHER(a, x) ((a) | ((x) != 0))
#define BOTH(a, x) ((a) & ((x) != 0))

REDUCE(sum_f32, float, float, f, ADD_F32)
REDUCE(sum_s8, int8_t, int32_t, i, mlt_add_wrap)
REDUCE(sum_u8, uint8_t, int32_t, i, mlt_add_wrap)
REDUCE(sum_s16, int16_t, int32_t, i, mlt_add_wrap)
REDUCE(sum_s32, int32_t, int64_t, l, ADD_S64)
REDUCE(sum_s64, int64_t, int64_t, l, ADD_S64)
REDUCE(max_f32, float, float, f, LARGER)
REDUCE(max_s8, int8_t, int32_t, i, LARGER)
REDUCE(max_u8, uint8_t, int32_t, i, LARGER)
REDUCE(max_s16, int16_t, int32_t, i, LARGER)
REDUCE(max_s32, int32_t, int32_t, i, LARGER)
REDUCE(max_s64, int64_t, int64_t, l, LARGER)
REDUCE(min_f32, float, float, f, SMALLER)
REDUCE(min_s8, int8_t, int32_t, i, SMALLER)
REDUCE(min_u8, uint8_t, int32_t, i, SMALLER)
REDUCE(min_s16, int16_t, int32_t, i, SMALLER)
REDUCE(min_s32, int32_t, int32_t, i, SMALLER)
REDUCE(min_s64, int64_t, int64_t, l, SMALLER)
REDUCE(prod_f32, float, float, f, MUL_F32)
REDUCE(prod_s8, int8_t, int64_t, l, MUL_S64)
REDUCE(prod_u8, uint8_t, int64_t, l, MUL_S64)
REDUCE(prod_s16, int16_t, int64_t, l, MUL_S64)
REDUCE(prod_s32, int32_t, int64_t, l, MUL_S64)
REDUCE(prod_s64, int64_t, int64_t, l, MUL_S64)
REDUCE(any_bool, uint8_t, int32_t, i, EITHER)
REDUCE(all_bool, uint8_t, int32_t, i, BOTH)

static int64_t times(const mlt_factor_t *factor, int64_t a, int32_t x) {
    int64_t y = x - factor->zero_point;
    mlt_multiplier_t m = factor->multiplier;
    return a == MLT_NO_FACTOR ? y : mlt_scale64(a * y, m.mult, m.shift);
}
#define MUL_SCALED(a, x) times(factor, a, x)

REDUCE(prod_scaled_s8, int8_t, int64_t, l, MUL_SCALED)
REDUCE(prod_scaled_s16, int16_t, int64_t, l, MUL_SCALED)
