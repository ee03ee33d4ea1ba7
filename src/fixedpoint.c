// SPDX-License-Identifier: MIT
// Exponential and its inverse functions in 32-bit fixed point, rounding as gemmlowp does.

#include "fixedpoint.h"

// e^a for a in [-1/4, 0), Q0: four terms of the Taylor series about -1/8.
static int32_t exp_near_zero(int32_t a) {
    const int32_t exp_minus_eighth = 1895147668, third = 715827883; // Q0
    int32_t x = a + (1 << 28);
    int32_t x2 = mlt_mul_high(x, x);
    int32_t x3 = mlt_mul_high(x2, x);
    int32_t x4 = mlt_mul_high(x2, x2);
    // ((x^4 / 4 + x^3) / 3 + x^2) / 2
    int32_t tail = mlt_mul_high(mlt_div_pow2(x4, 2) + x3, third) + x2;
    return exp_minus_eighth + mlt_mul_high(exp_minus_eighth, x + mlt_div_pow2(tail, 1));
}

int32_t mlt_fixed_exp(int32_t a, int32_t bits) {
    // e^(-2^i) for i = -2 ... 3, Q0: one factor for each bit of the whole quarters in -a.
    static const int32_t factor[] = {
        1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
    if (a == 0) {
        return INT32_MAX;
    }
    int32_t fraction_bits = 31 - bits;
    int32_t quarter = 1 << (fraction_bits - 2);
    int32_t rest = (a & (quarter - 1)) - quarter; // in [-1/4, 0)
    int32_t y = exp_near_zero(mlt_shl_wrap(rest, bits));
    uint32_t quarters = (uint32_t)rest - (uint32_t)a;
    for (int32_t i = 0; i < bits + 2; ++i) {
        if (quarters >> (fraction_bits - 2 + i) & 1) {
            y = mlt_mul_high(y, factor[i]);
        }
    }
    return y;
}

// 2 / (1 + a), Q2, by Newton's method from the line 48/17 - 32/17 (1 + a) / 2.
static int32_t twice_reciprocal(int32_t a) {
    int32_t half = (int32_t)(((int64_t)a + INT32_MAX + 1) / 2); // (1 + a) / 2, Q0
    int32_t x = 1515870810 + mlt_mul_high(half, -1010580540);
    for (int32_t i = 0; i < 3; ++i) {
        int32_t error = (1 << 29) - mlt_mul_high(half, x);
        x += mlt_fixed_shl(mlt_mul_high(x, error), 2);
    }
    return x;
}

int32_t mlt_fixed_reciprocal(int32_t a) {
    return mlt_fixed_shl(twice_reciprocal(a), 1);
}

int32_t mlt_fixed_logistic(int32_t a) {
    if (a == 0) {
        return 1 << 30;
    }
    int32_t y = mlt_fixed_reciprocal(mlt_fixed_exp(a > 0 ? -a : a, 4));
    return a > 0 ? y : INT32_MAX - y;
}

int32_t mlt_fixed_tanh(int32_t a) {
    if (a == 0) {
        return 0;
    }
    // (1 - e) / (1 + e) = 2 / (1 + e) - 1 with e = exp(-2 |a|)
    int32_t y = mlt_fixed_shl(twice_reciprocal(mlt_fixed_exp(a > 0 ? -a : a, 5)) - (1 << 29), 2);
    return a > 0 ? y : -y;
}

int32_t mlt_fixed_inverse(int32_t x, int32_t bits, int32_t *over_unit) {
    int32_t headroom = mlt_clz((uint32_t)x);
    *over_unit = bits - headroom;
    uint32_t scaled = headroom < 32 ? (uint32_t)x << headroom : 0;
    return mlt_fixed_reciprocal((int32_t)(scaled - (UINT32_C(1) << 31)));
}
