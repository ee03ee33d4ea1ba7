// SPDX-License-Identifier: MIT
// Exponential and friends in 32-bit fixed point, bit for bit as gemmlowp computes them (TFLite's
// int8 SOFTMAX, LOGISTIC, TANH and LOG_SOFTMAX are defined by it). A number with m integer bits,
// "Qm", is raw * 2^(m - 31). Every operation rounds to nearest.
#ifndef MLT_FIXEDPOINT_H
#define MLT_FIXEDPOINT_H

#include "quant.h"

// Leading zeros of x; 32 for 0.
static inline int32_t mlt_clz(uint32_t x) {
    return x ? __builtin_clz(x) : 32;
}

// x * 2^n, saturated.
static inline int32_t mlt_fixed_shl(int32_t x, int32_t n) {
    int32_t most = (int32_t)(UINT32_C(0x7fffffff) >> n);
    return x > most ? INT32_MAX : x < -most ? INT32_MIN : mlt_shl_wrap(x, n);
}

// e^a for a <= 0 with `bits` integer bits, 0 < bits <= 5; result Q0.
int32_t mlt_fixed_exp(int32_t a, int32_t bits);

// 1 / (1 + a) for a in [0, 1), Q0 to Q0.
int32_t mlt_fixed_reciprocal(int32_t a);

// 1 / (1 + e^-a) and tanh(a), Q4 to Q0.
int32_t mlt_fixed_logistic(int32_t a);
int32_t mlt_fixed_tanh(int32_t a);

// The reciprocal of x > 0 with `bits` integer bits: Q0, to be shifted right by *over_unit.
int32_t mlt_fixed_inverse(int32_t x, int32_t bits, int32_t *over_unit);

// log(x) for x >= 1: Q12 to Q5.
int32_t mlt_fixed_log(int32_t x);

// 1 / sqrt(x) for an integer x >= 0 as mult * 2^(shift - 31), shift <= 0; 0 is taken for 1.
mlt_multiplier_t mlt_fixed_inverse_sqrt(int32_t x);

#endif
