// SPDX-License-Identifier: MIT
// Logistic function and hyperbolic tangent of int16 numbers. The steps are those of fixedpoint.c,
// but each rounds to 16 bits, so that neither can be had from the other.

#include "fixedpoint16.h"

// Q0 times Qm, to Qm.
static int32_t multiply(int32_t a, int32_t b) {
    return mlt_min((a * b + (1 << 14)) >> 15, INT16_MAX);
}

// x * 2^n, saturated.
static int32_t shift_left(int32_t x, int32_t n) {
    int32_t most = INT16_MAX >> n;
    return x > most ? INT16_MAX : x < -most ? INT16_MIN : mlt_shl_wrap(x, n);
}

// e^a for a in [-1/4, 0), Q0: four terms of the Taylor series about -1/8.
static int32_t exp_near_zero(int32_t a) {
    const int32_t exp_minus_eighth = 28918, third = 10923;
    int32_t x = a + (1 << 12);
    int32_t x2 = multiply(x, x), x3 = multiply(x2, x), x4 = multiply(x2, x2);
    // ((x^4 / 4 + x^3) / 3 + x^2) / 2
    int32_t tail = multiply(mlt_div_pow2(x4, 2) + x3, third) + x2;
    int32_t y = exp_minus_eighth + multiply(exp_minus_eighth, x + mlt_div_pow2(tail, 1));
    return mlt_min(y, INT16_MAX);
}

// e^a for a <= 0 with `bits` integer bits from 1 to 7; result Q0.
static int32_t fixed_exp(int32_t a, int32_t bits) {
    // e^(-2^i) for i = -2 ... 3, Q0; e^-16 is 0.
    static const int16_t factor[] = {25520, 19875, 12055, 4435, 600, 11, 0};
    if (a == 0) {
        return INT16_MAX;
    }
    int32_t fraction_bits = 15 - bits;
    if (bits > 5 && a < -(32 << fraction_bits)) {
        return 0;
    }
    int32_t quarter = 1 << (fraction_bits - 2);
    int32_t rest = (a & (quarter - 1)) - quarter; // in [-1/4, 0)
    int32_t y = exp_near_zero(mlt_shl_wrap(rest, bits));
    int32_t quarters = rest - a;
    for (int32_t i = 0; i < mlt_min(bits + 2, 7); ++i) {
        if (quarters >> (fraction_bits - 2 + i) & 1) {
            y = multiply(y, factor[i]);
        }
    }
    return y;
}

// 2 / (1 + a), Q2, by Newton's method from the line 48/17 - 32/17 (1 + a) / 2.
static int32_t twice_reciprocal(int32_t a) {
    int32_t half = (a + INT16_MAX + 1) / 2; // (1 + a) / 2, Q0
    int32_t x = 23130 + multiply(half, -15420);
    for (int32_t i = 0; i < 3; ++i) {
        int32_t error = (1 << 13) - multiply(half, x);
        x += shift_left(multiply(x, error), 2);
    }
    return x;
}

void mlt_fixed16_logistic(const int16_t *x, int16_t *y, int32_t n) {
    for (int32_t i = 0; i < n; ++i) {
        int32_t a = x[i];
        int32_t positive = shift_left(twice_reciprocal(fixed_exp(a > 0 ? -a : a, 3)), 1);
        y[i] = (int16_t)(a == 0 ? 1 << 14 : a > 0 ? positive : INT16_MAX - positive);
    }
}

void mlt_fixed16_tanh(const int16_t *x, int16_t *y, int32_t n, int32_t bits) {
    for (int32_t i = 0; i < n; ++i) {
        int32_t a = x[i];
        // (1 - e) / (1 + e) = 2 / (1 + e) - 1 with e = exp(-2 |a|)
        int32_t e = fixed_exp(a > 0 ? -a : a, bits + 1);
        int32_t positive = shift_left(twice_reciprocal(e) - (1 << 13), 2);
        y[i] = (int16_t)(a == 0 ? 0 : a > 0 ? positive : -positive);
    }
}
