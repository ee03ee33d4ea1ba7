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

// The logarithm of x = 2^k r, with r about 2^(-1/4) so that |log r| <= log(2)/4, from a quotient
// of polynomials in q = 2 (r - 2^(-1/4)). Two choices of k and r are a quarter up and down.
int32_t mlt_fixed_log(int32_t x) {
    enum { IN_BITS = 12, SUM_BITS = 6, SUM_FRACTION = 31 - SUM_BITS };
    const int32_t log2 = 1488522236, half_root = 1518500250, quarter_root = 1805811301; // Q0
    const int32_t alpha_n = 117049297, alpha_d = 127690142, alpha_i = 1057819769,
                  alpha_f = 638450708;
    const int32_t quarter = 1 << (SUM_FRACTION - 2);
    int32_t headroom = mlt_clz((uint32_t)x);
    int32_t r_up = mlt_fixed_shl(mlt_mul_high(mlt_fixed_shl(x, headroom - 1), half_root), 1);
    int32_t k_up = mlt_shl_wrap(IN_BITS - headroom, SUM_FRACTION) + quarter;
    headroom = mlt_clz((uint32_t)mlt_mul_high(x, half_root)) - 1;
    int32_t r_down = mlt_fixed_shl(x, headroom);
    int32_t k_down = mlt_shl_wrap(IN_BITS - headroom, SUM_FRACTION) - quarter;
    int32_t r = mlt_min(r_up, r_down), k = mlt_max(k_up, k_down);

    int32_t middle = (int32_t)(((int64_t)r + quarter_root + 1) / 2);
    int32_t q = 2 * (r - quarter_root);
    int32_t q2 = mlt_mul_high(q, q);
    int32_t numerator = mlt_mul_high(q, r) + mlt_mul_high(mlt_mul_high(q, q2), alpha_n);
    int32_t denominator = mlt_mul_high(middle, alpha_i + q + mlt_mul_high(alpha_d, q2)) +
                          mlt_mul_high(alpha_f, q); // less 1
    int32_t log_r =
        mlt_mul_high(mlt_div_pow2(numerator, SUM_BITS), mlt_fixed_reciprocal(denominator));
    return mlt_fixed_shl(mlt_mul_high(k, log2) + log_r, 1);
}

mlt_multiplier_t mlt_fixed_inverse_sqrt(int32_t x) {
    if (x <= 1) {
        return (mlt_multiplier_t){INT32_MAX, 0};
    }
    // x * 4^n lies within [2^27, 2^29).
    int32_t shift = 11;
    for (; x >= 1 << 29; ++shift) {
        x /= 4;
    }
    int32_t pairs = (mlt_clz((uint32_t)x) - 1) / 2 - 1;
    shift -= pairs;
    int32_t half_x = mlt_div_pow2(mlt_shl_wrap(x, 2 * pairs) >> 1, 1); // Q3
    // Newton's method, y = 1.5 y - (x / 2) y^3, from y = 1.
    const int32_t one_half = 3 << 27; // 1.5, Q3
    int32_t y = 1 << 28;
    for (int32_t i = 0; i < 5; ++i) {
        int32_t y3 = mlt_fixed_shl(mlt_mul_high(mlt_mul_high(y, y), y), 6);
        y = mlt_fixed_shl(mlt_mul_high(one_half, y) - mlt_mul_high(half_x, y3), 3);
    }
    y = mlt_mul_high(y, 1518500250); // sqrt(1/2)
    return shift < 0 ? (mlt_multiplier_t){mlt_shl_wrap(y, -shift), 0}
                     : (mlt_multiplier_t){y, -shift};
}
