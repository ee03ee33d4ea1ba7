// SPDX-License-Identifier: MIT
// Fixed-point arithmetic: every rounding rule of quantised TensorFlow Lite stands here, once.
// docs/numerics.md tells where each comes from.
#ifndef MLT_QUANT_H
#define MLT_QUANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"

// A real multiplier as mult * 2^(shift - 31), 2^30 <= mult < 2^31 (or 0).
typedef struct mlt_multiplier {
    int32_t mult;
    int32_t shift; // positive: left
} mlt_multiplier_t;

// How one number becomes an output: clamp(zero_point + x * multiplier).
typedef struct mlt_rescale {
    mlt_multiplier_t multiplier;
    int32_t zero_point, lo, hi;
} mlt_rescale_t;

// How accumulators become outputs: clamp(zero_point + acc * mult[c] * 2^(shift[c] - 31)).
typedef struct mlt_requant {
    const int32_t *mult;
    const int8_t *shift;
    int32_t stride; // 0: one multiplier for all channels, 1: one each
    int32_t zero_point, lo, hi;
} mlt_requant_t;

// Two's complement arithmetic that wraps where the model makes it overflow, as TFLM's does.
static inline int32_t mlt_add_wrap(int32_t a, int32_t b) {
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

static inline int32_t mlt_sub_wrap(int32_t a, int32_t b) {
    return (int32_t)((uint32_t)a - (uint32_t)b);
}

static inline int32_t mlt_mul_wrap(int32_t a, int32_t b) {
    return (int32_t)((uint32_t)a * (uint32_t)b);
}

static inline int32_t mlt_shl_wrap(int32_t a, int32_t n) {
    return (int32_t)((uint32_t)a << n);
}

static inline int32_t mlt_min(int32_t a, int32_t b) {
    return a < b ? a : b;
}

static inline int32_t mlt_max(int32_t a, int32_t b) {
    return a > b ? a : b;
}

static inline int32_t mlt_clamp(int32_t x, int32_t lo, int32_t hi) {
    return x < lo ? lo : x > hi ? hi : x;
}

static inline int64_t mlt_clamp64(int64_t x, int64_t lo, int64_t hi) {
    return x < lo ? lo : x > hi ? hi : x;
}

// NaN stays NaN.
static inline float mlt_clamp_float(float x, float lo, float hi) {
    return x < lo ? lo : x > hi ? hi : x;
}

// round(a * b / 2^31), halves up. gemmlowp's SaturatingRoundingDoublingHighMul, which truncates
// after a sign-dependent nudge, comes to the same; the one product that would saturate,
// INT32_MIN squared, gives INT32_MAX.
static inline int32_t mlt_mul_high(int32_t a, int32_t b) {
    int64_t product = (int64_t)a * b;
    int32_t high = (int32_t)((product + (1 << 30)) >> 31);
    return a == INT32_MIN && b == INT32_MIN ? INT32_MAX : high;
}

// round(x / 2^n), halves away from zero, 0 <= n <= 31. gemmlowp's RoundingDivideByPOT.
static inline int32_t mlt_div_pow2(int32_t x, int32_t n) {
    int32_t mask = (int32_t)((UINT32_C(1) << n) - 1);
    int32_t rest = x & mask;
    int32_t threshold = (mask >> 1) + (x < 0);
    return (x >> n) + (rest > threshold);
}

// mlt_div_pow2(high, -shift) in few instructions, -31 <= shift < 0, |high| < 2^31 - 1.
static inline int32_t mlt_half_up(int32_t high, int32_t shift) {
    return (((high + (high >> 31)) >> ~shift) + 1) >> 1;
}

// mlt_scale() where it is no inline code: 0 <= shift <= 30, which no sane model has, or small
// kernels.
int32_t mlt_scale_any(int32_t x, int32_t mult, int32_t shift);

// x * mult * 2^(shift - 31), rounded twice (the default of TFLM). mult >= 0, -31 <= shift <= 30.
static inline int32_t mlt_scale(int32_t x, int32_t mult, int32_t shift) {
    if (!MLT_WITH_FAST_KERNELS || shift >= 0) {
        return mlt_scale_any(x, mult, shift);
    }
    return mlt_half_up((int32_t)(((int64_t)x * mult + (1 << 30)) >> 31), shift);
}

// The same for 64-bit accumulators (int16 activations with int64 bias): the multiplier is first
// rounded to 15 bits, then all is rounded once. -31 <= shift <= 7.
static inline int32_t mlt_scale64(int64_t x, int32_t mult, int32_t shift) {
    int32_t reduced = mult < 0x7fff0000 ? (mult + (1 << 15)) >> 16 : 0x7fff;
    int32_t right = 15 - shift;
    uint64_t rounded = (uint64_t)x * (uint64_t)reduced + (UINT64_C(1) << (right - 1));
    return (int32_t)((int64_t)rounded >> right);
}

static inline int32_t mlt_rescale(const mlt_rescale_t *r, int32_t x) {
    int32_t y = mlt_scale(x, r->multiplier.mult, r->multiplier.shift);
    return mlt_clamp(mlt_add_wrap(y, r->zero_point), r->lo, r->hi);
}

static inline int32_t mlt_requant(const mlt_requant_t *q, int32_t acc, int32_t channel) {
    int32_t i = channel * q->stride;
    int32_t y = mlt_add_wrap(mlt_scale(acc, q->mult[i], q->shift[i]), q->zero_point);
    return mlt_clamp(y, q->lo, q->hi);
}

static inline int32_t mlt_requant64(const mlt_requant_t *q, int64_t acc, int32_t channel) {
    int32_t i = channel * q->stride;
    int32_t y = mlt_add_wrap(mlt_scale64(acc, q->mult[i], q->shift[i]), q->zero_point);
    return mlt_clamp(y, q->lo, q->hi);
}

// The multiplier for a real factor; factors under 2^-32 or not finite give 0.
mlt_multiplier_t mlt_multiplier(double factor);

// mlt_multiplier(a * b / c) as computed in double, of which small machines have none: the same to
// the last bit, in integers.
mlt_multiplier_t mlt_quotient(float a, float b, float c);

// round(x), halves away from zero, saturated to int32; NaN gives 0.
int32_t mlt_round(double x);

// Stored value of a real number: round(x / scale) + zero_point, halves away from zero, clamped to
// an integer type of up to 16 bits. For loops: no double. NaN gives lo.
static inline int32_t mlt_quantize_clamped(
    float x, float scale, int32_t zero_point, int32_t lo, int32_t hi) {
    float real = x / scale, least = (float)(lo - zero_point), most = (float)(hi - zero_point);
    real = real >= least ? real : least;
    real = real <= most ? real : most;
    int32_t whole = (int32_t)real; // towards zero
    float rest = real - (float)whole;
    return whole + (rest >= 0.5f) - (rest <= -0.5f) + zero_point;
}

// Stored value of a real number, as float arithmetic of TFLite computes it, not clamped to a type.
int32_t mlt_quantize(float x, float scale, int32_t zero_point);

// IEEE half precision: to float exactly, from float rounded to even.
float mlt_half_to_float(uint16_t half);
uint16_t mlt_float_to_half(float x);

// Smallest and largest value of an integer type of up to 32 bits, by its mlt_type_t number.
int32_t mlt_type_min(int type);
int32_t mlt_type_max(int type);

#endif
