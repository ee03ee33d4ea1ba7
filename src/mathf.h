// SPDX-License-Identifier: MIT
// Float functions of our own: libm cannot be linked into a native module. Named and behaving as
// in <math.h>, NaN and infinities included; no errno, no flags. Errors are in docs/numerics.md.
#ifndef MLT_MATHF_H
#define MLT_MATHF_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MLT_INFINITY (mlt_bits_float(0x7f800000u))
#define MLT_NAN (mlt_bits_float(0x7fc00000u))

static inline uint32_t mlt_float_bits(float x) {
    uint32_t u;
    memcpy(&u, &x, sizeof(u));
    return u;
}

static inline float mlt_bits_float(uint32_t u) {
    float x;
    memcpy(&x, &u, sizeof(x));
    return x;
}

static inline float mlt_fabsf(float x) {
    return mlt_bits_float(mlt_float_bits(x) & 0x7fffffffu);
}

// x with the sign of y.
static inline float mlt_copysignf(float x, float y) {
    return mlt_bits_float((mlt_float_bits(x) & 0x7fffffffu) | (mlt_float_bits(y) & 0x80000000u));
}

// The larger or smaller; b when a is NaN.
static inline float mlt_fmaxf(float a, float b) {
    return a > b ? a : b;
}

static inline float mlt_fminf(float a, float b) {
    return a < b ? a : b;
}

// Whole numbers, exact.
float mlt_truncf(float x);
float mlt_floorf(float x);
float mlt_ceilf(float x);
float mlt_roundf(float x); // halves away from zero
float mlt_rintf(float x);  // halves to even
float mlt_fmodf(float x, float y);

float mlt_sqrtf(float x); // correctly rounded
float mlt_expf(float x);
float mlt_expm1f(float x);
float mlt_logf(float x);
float mlt_powf(float x, float y);
float mlt_tanhf(float x);
float mlt_sinf(float x);
float mlt_cosf(float x);
float mlt_atan2f(float y, float x);
float mlt_erfcf(float x); // 0 from 4 on

// 1 / (1 + exp(-x)), with the cut-offs of TFLite's reference kernel.
float mlt_logisticf(float x);

// Double precision, good to 1e-13, slow without a double unit: for tables made in prepare, which
// must come out as those of TFLM do, and within powf. Finite results only: exp saturates.
double mlt_exp(double x);
double mlt_log(double x);
double mlt_erf(double x);

#endif
