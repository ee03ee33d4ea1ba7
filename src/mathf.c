// SPDX-License-Identifier: MIT
// Float functions without libm: argument reduction, then a polynomial fitted (Remez) to the
// relative error on the reduced range. All constants were computed for this file.

#include "mathf.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// x * 2^n for |n| <= 252, rounded once.
static float scale2(float x, int32_t n) {
    if (n >= -126 && n <= 127) {
        return x * mlt_bits_float((uint32_t)(n + 127) << 23);
    }
    int32_t half = n / 2;
    return x * mlt_bits_float((uint32_t)(half + 127) << 23) *
           mlt_bits_float((uint32_t)(n - half + 127) << 23);
}

// --- Whole numbers: clear or round the fraction bits of the representation.

float mlt_truncf(float x) {
    uint32_t u = mlt_float_bits(x);
    int32_t exponent = (int32_t)(u >> 23 & 0xff) - 127;
    if (exponent >= 23) {
        return x; // whole already, or not finite
    }
    return mlt_bits_float(u & (exponent < 0 ? 0x80000000u : ~(0x7fffffu >> exponent)));
}

float mlt_floorf(float x) {
    float whole = mlt_truncf(x);
    return whole > x ? whole - 1.0f : whole;
}

float mlt_ceilf(float x) {
    float whole = mlt_truncf(x);
    return whole < x ? mlt_copysignf(whole + 1.0f, x) : whole;
}

float mlt_roundf(float x) {
    float whole = mlt_truncf(x);
    if (mlt_fabsf(x - whole) >= 0.5f) {
        whole += mlt_copysignf(1.0f, x);
    }
    return whole;
}

float mlt_rintf(float x) {
    float whole = mlt_truncf(x), rest = mlt_fabsf(x - whole);
    bool odd = mlt_truncf(whole * 0.5f) * 2.0f != whole;
    if (rest > 0.5f || (rest == 0.5f && odd)) {
        whole += mlt_copysignf(1.0f, x);
    }
    return whole;
}

typedef struct parts {
    uint32_t mantissa;
    int32_t exponent; // as it is stored; below 1 for denormals
} parts_t;

// The parts of a positive finite number, given as bits.
static parts_t split(uint32_t u) {
    parts_t p = {(u & 0x7fffffu) | (u >> 23 ? 0x800000u : 0), u >> 23 ? (int32_t)(u >> 23) : 1};
    for (; p.mantissa < 0x800000u; --p.exponent) {
        p.mantissa <<= 1;
    }
    return p;
}

float mlt_fmodf(float x, float y) {
    uint32_t a = mlt_float_bits(x) & 0x7fffffffu, b = mlt_float_bits(y) & 0x7fffffffu;
    if (a >= 0x7f800000u || b > 0x7f800000u || b == 0) {
        return MLT_NAN;
    }
    if (a < b) {
        return x;
    }
    // Long division, bit by bit, on mantissas whose top bit is bit 23.
    parts_t u = split(a), v = split(b);
    for (; u.exponent > v.exponent; --u.exponent) {
        u.mantissa = (u.mantissa >= v.mantissa ? u.mantissa - v.mantissa : u.mantissa) << 1;
    }
    if (u.mantissa >= v.mantissa) {
        u.mantissa -= v.mantissa;
    }
    return mlt_copysignf(scale2((float)u.mantissa, u.exponent - 150), x);
}

// --- Square root: an instruction, or one bit after the other.

#if !defined(__SSE2__) && !(defined(__ARM_FP) && (__ARM_FP & 4)) && !defined(__riscv_flen)
static float sqrt_bits(float x) {
    uint32_t u = mlt_float_bits(x);
    int32_t exponent = (int32_t)(u >> 23);
    if (exponent == 0) { // denormal: 2^24 is a square
        return sqrt_bits(x * 16777216.0f) * (1.0f / 4096.0f);
    }
    uint32_t rest = (u & 0x7fffffu) | 0x800000u;
    exponent -= 127;
    if (exponent & 1) {
        rest <<= 1;
        --exponent;
    }
    rest <<= 1;
    // root * root <= mantissa, the remainder kept doubled: 25 bits, the last to round with.
    uint32_t root = 0, sum = 0;
    for (uint32_t bit = 1u << 24; bit; bit >>= 1) {
        uint32_t trial = sum + bit;
        if (trial <= rest) {
            sum = trial + bit;
            rest -= trial;
            root += bit;
        }
        rest <<= 1;
    }
    root += root & 1; // a remainder of exactly one half cannot be
    return mlt_bits_float((root >> 1) + ((uint32_t)(exponent / 2 + 126) << 23));
}
#endif

float mlt_sqrtf(float x) {
#if defined(__SSE2__)
    return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x)));
#elif defined(__aarch64__)
    float y;
    __asm__("fsqrt %s0, %s1" : "=w"(y) : "w"(x));
    return y;
#elif defined(__ARM_FP) && (__ARM_FP & 4)
    float y;
    __asm__("vsqrt.f32 %0, %1" : "=t"(y) : "t"(x));
    return y;
#elif defined(__riscv_flen)
    float y;
    __asm__("fsqrt.s %0, %1" : "=f"(y) : "f"(x));
    return y;
#else
    if (x == 0.0f || x != x || x == MLT_INFINITY) {
        return x;
    }
    return x < 0.0f ? MLT_NAN : sqrt_bits(x);
#endif
}

// --- Exponential: x = k ln 2 + r, |r| <= ln 2 / 2; e^x = 2^k e^r.

typedef struct reduced {
    float r, error; // r + error is the reduced argument
    int32_t k;
} reduced_t;

static reduced_t reduce_ln2(float x) {
    const float ln2_high = 0x1.62e4p-1f; // 15 bits, so that k * ln2_high is exact
    const float ln2_low = 0x1.7f7d1cp-20f;
    const float shifter = 0x1.8p23f; // a sum with it has no bits below the point
    float shifted = x * 1.44269504f + shifter, k = shifted - shifter;
    float high = x - k * ln2_high, low = k * ln2_low;
    float r = high - low;
    int32_t whole = (int32_t)(mlt_float_bits(shifted) - mlt_float_bits(shifter));
    return (reduced_t){r, (high - r) - low, whole};
}

// e^r - 1 - r
static float exp_tail(float r) {
    float r2 = r * r;
    return r2 * ((0.5f + 0.16666666f * r) + r2 * ((0.0416662917f + 0.00833349861f * r) +
                                                     r2 * (0.00139449793f + 0.000197900226f * r)));
}

float mlt_expf(float x) {
    if (!(x < 88.7228394f)) {
        return x != x ? x : MLT_INFINITY;
    }
    if (x < -103.972084f) {
        return 0.0f;
    }
    reduced_t a = reduce_ln2(x);
    return scale2(1.0f + (a.r + (exp_tail(a.r) + a.error)), a.k);
}

float mlt_expm1f(float x) {
    if (!(x < 88.7228394f)) {
        return x != x ? x : MLT_INFINITY;
    }
    if (x < -17.4f) {
        return -1.0f;
    }
    reduced_t a = reduce_ln2(x);
    float y = a.r + (exp_tail(a.r) + a.error);
    if (a.k == 0) {
        return x == 0.0f ? x : y;
    }
    if (a.k > 24) { // the 1 is lost, and 2^128 is out of range
        return scale2(1.0f + y, a.k);
    }
    float scale = scale2(1.0f, a.k);
    return scale * y + (scale - 1.0f);
}

// --- Logarithm: x = 2^k (1 + f), 1 + f in [sqrt(1/2), sqrt(2)); s = f / (2 + f);
// log(1 + f) = 2 atanh(s) = 2 s + s^3 R(s^2).

float mlt_logf(float x) {
    if (!(x > 0.0f)) {
        return x == 0.0f ? -MLT_INFINITY : MLT_NAN;
    }
    if (x == MLT_INFINITY) {
        return x;
    }
    uint32_t u = mlt_float_bits(x);
    int32_t exponent = 0;
    if (u < 0x800000u) {
        u = mlt_float_bits(x * 8388608.0f);
        exponent = -23;
    }
    u += 0x3f800000u - 0x3f3504f3u;
    float k = (float)(exponent + (int32_t)(u >> 23) - 127);
    float f = mlt_bits_float((u & 0x7fffffu) + 0x3f3504f3u) - 1.0f;
    float s = f / (2.0f + f), z = s * s;
    float tail = z * (0.6666666f + z * (0.400003403f + z * (0.28537026f + z * 0.235878199f)));
    // 2 s = f - s f, and f - f^2 / 2 is its larger part: keeps f exact.
    float half = 0.5f * f * f;
    return k * 0x1.62e4p-1f - ((half - (s * (half + tail) + k * 0x1.7f7d1cp-20f)) - f);
}

// --- The same in double.

double mlt_exp(double x) {
    x = x > 709.0 ? 709.0 : x < -708.0 ? -708.0 : x;
    int32_t k = (int32_t)(x * 1.4426950408889634 + (x < 0.0 ? -0.5 : 0.5));
    double r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
    double y = 1.0; // Taylor: |r| < 0.35, the first term left out is 3e-15
    for (int32_t i = 12; i > 0; --i) {
        y = 1.0 + r * y / i;
    }
    uint64_t bits = (uint64_t)(k + 1023) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof(scale));
    return y * scale;
}

double mlt_log(double x) {
    uint64_t u;
    memcpy(&u, &x, sizeof(u));
    u += UINT64_C(0x3ff0000000000000) - UINT64_C(0x3fe6a09e00000000);
    int32_t k = (int32_t)(u >> 52) - 1023;
    u = (u & UINT64_C(0xfffffffffffff)) + UINT64_C(0x3fe6a09e00000000);
    memcpy(&x, &u, sizeof(x));
    double s = (x - 1.0) / (x + 1.0), z = s * s;
    double sum = 0.0;
    for (int32_t i = 17; i > 0; i -= 2) {
        sum = 1.0 / i + z * sum;
    }
    return 2.0 * s * sum + k * 0.6931471805599453;
}

// erf(x) = 2 / sqrt(pi) e^(-x^2) sum_n 2^n x^(2n + 1) / (1 * 3 * ... * (2n + 1))
double mlt_erf(double x) {
    if (!(x > -6.0 && x < 6.0)) {
        return x < 0.0 ? -1.0 : 1.0;
    }
    double term = x * 1.1283791670955126 * mlt_exp(-x * x), sum = 0.0;
    for (int32_t i = 3; i < 240; i += 2) {
        sum += term;
        term *= 2.0 * x * x / i;
    }
    return sum;
}

float mlt_powf(float x, float y) {
    if (y == 0.0f || x == 1.0f) {
        return 1.0f;
    }
    if (x != x || y != y) {
        return MLT_NAN;
    }
    float size = mlt_fabsf(x), sign = 1.0f;
    bool whole = mlt_truncf(y) == y;
    if (mlt_float_bits(x) >> 31 && whole && mlt_truncf(y * 0.5f) * 2.0f != y) {
        sign = -1.0f; // an odd power
    }
    if (mlt_fabsf(y) == MLT_INFINITY) {
        return size == 1.0f ? 1.0f : (size > 1.0f) == (y > 0.0f) ? MLT_INFINITY : 0.0f;
    }
    if (size == 0.0f || size == MLT_INFINITY) {
        return sign * ((size > 0.0f) == (y > 0.0f) ? MLT_INFINITY : 0.0f);
    }
    if (x < 0.0f && !whole) {
        return MLT_NAN;
    }
    double exponent = (double)y * mlt_log((double)size);
    if (exponent > 88.722839) {
        return sign * MLT_INFINITY;
    }
    return exponent < -103.98 ? sign * 0.0f : sign * (float)mlt_exp(exponent);
}

// --- Functions of the exponential.

float mlt_tanhf(float x) {
    float size = mlt_fabsf(x);
    if (size < 0x1p-13f) {
        return x; // zeros keep their sign
    }
    if (size < 0.55f) {
        float z = x * x;
        float tail =
            -0.333333194f +
            z * (0.133326024f + z * (-0.0538538545f + z * (0.0210777447f + z * -0.00628245482f)));
        return x + x * z * tail;
    }
    if (x != x) {
        return x;
    }
    float y = size > 9.1f ? 1.0f : 1.0f - 2.0f / (mlt_expf(2.0f * size) + 1.0f);
    return mlt_copysignf(y, x);
}

float mlt_logisticf(float x) {
    if (x > 16.619047164916992f) {
        return 1.0f;
    }
    return x < -9.0f ? mlt_expf(x) : 1.0f / (1.0f + mlt_expf(-x));
}

// c[0] + c[1] x + c[2] x^2 ...
static float horner(const float *c, int32_t terms, float x) {
    float y = c[terms - 1];
    for (int32_t i = terms - 2; i >= 0; --i) {
        y = c[i] + x * y;
    }
    return y;
}

// erf(x) / x is a polynomial in x^2 for |x| < 0.93, -log(erfc(x)) one in x for 0.92 <= x <= 4.
static float erf_small(float x) {
    static const float c[] = {0.128379166f, -0.376126349f, 0.112836942f, -0.0268592704f,
        0.00520063424f, -0.00081374374f, 8.34522289e-05f}; // less 1
    return x + x * horner(c, sizeof(c) / sizeof(*c), x * x);
}

static float erfc_large(float x) {
    static const float c[] = {-0.000163083576f, 1.12944865f, 0.633509576f, 0.108056076f,
        -0.0249303449f, 0.00407095579f, -0.000402018894f, 1.52136008e-05f, 4.56398766e-07f};
    return mlt_expf(-horner(c, sizeof(c) / sizeof(*c), x));
}

float mlt_erfcf(float x) {
    float size = mlt_fabsf(x);
    if (!(size >= 0.925f)) {
        return 1.0f - erf_small(x);
    }
    float y = size > 4.0f ? 0.0f : erfc_large(size);
    return x < 0.0f ? 2.0f - y : y;
}

// --- Sine and cosine: x = quadrant * pi/2 + r, |r| <= pi/4, for every x exactly.

typedef struct angle {
    float r;
    uint32_t quadrant; // modulo 4
} angle_t;

// |x| >= pi/4, finite. The product of x with 2/pi modulo 4, in integers, from the 96 bits of 2/pi
// that matter to x's exponent (Payne and Hanek).
static angle_t reduce_angle(float x) {
    static const uint32_t two_over_pi[8] = {
        0, 0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab};
    uint32_t u = mlt_float_bits(x) & 0x7fffffffu;
    uint32_t mantissa = (u & 0x7fffffu) | 0x800000u;
    uint32_t offset = (u >> 23) - 150 + 30; // of the first bit that is not a multiple of 4
    const uint32_t *p = two_over_pi + (offset >> 5);
    uint32_t shift = offset & 31, window[3];
    for (int i = 0; i < 3; ++i) {
        window[i] = shift ? p[i] << shift | p[i + 1] >> (32 - shift) : p[i];
    }
    uint64_t turns = ((uint64_t)(mantissa * window[0]) << 32) + (uint64_t)mantissa * window[1] +
                     ((uint64_t)mantissa * window[2] >> 32); // in units of 2^-62 quadrants
    uint32_t quadrant = (uint32_t)((turns + (UINT64_C(1) << 61)) >> 62);
    turns -= (uint64_t)quadrant << 62;
    bool negative = turns >> 63 != 0;
    uint64_t size = negative ? 0 - turns : turns;
    uint32_t zeros = size ? (uint32_t)__builtin_clzll(size) : 0;
    size <<= zeros;
    int32_t exponent = -62 + 32 - (int32_t)zeros;
    // The top 32 bits times pi/2 = 0xc90fdaa2 * 2^-31.
    float r = (float)(uint32_t)((size >> 32) * 0xc90fdaa2u >> 32);
    r = scale2(r, exponent + 1);
    if (negative) {
        r = -r;
    }
    return mlt_float_bits(x) >> 31 ? (angle_t){-r, 0 - quadrant} : (angle_t){r, quadrant};
}

static float sin_polynomial(float r) {
    if (mlt_fabsf(r) < 0x1p-13f) {
        return r;
    }
    float z = r * r;
    float tail =
        -0.166666672f + z * (0.00833332911f + z * (-0.000198393274f + z * 2.71823728e-06f));
    return r + r * z * tail;
}

static float cos_polynomial(float r) {
    float z = r * r, half = 0.5f * z, y = 1.0f - half;
    float tail = z * z * (0.0416666456f + z * (-0.00138873619f + z * 2.44377297e-05f));
    return y + (((1.0f - y) - half) + tail);
}

static float sine(float x, uint32_t quarter_turns) {
    angle_t a = {x, 0};
    if (!(mlt_fabsf(x) < 0.785398163f)) {
        if (!(mlt_fabsf(x) < MLT_INFINITY)) {
            return MLT_NAN;
        }
        a = reduce_angle(x);
    }
    uint32_t quadrant = a.quadrant + quarter_turns;
    float y = quadrant & 1 ? cos_polynomial(a.r) : sin_polynomial(a.r);
    return quadrant & 2 ? -y : y;
}

float mlt_sinf(float x) {
    return sine(x, 0);
}

float mlt_cosf(float x) {
    return sine(x, 1);
}

// The arc tangent of 0..1: atan(t) = pi / 4 + atan((t - 1) / (t + 1)) brings t below tan(pi / 8),
// where the series is replaced by a minimax polynomial.
static float arc_tangent(float t) {
    bool far = t > 0.414213562f;
    float u = far ? (t - 1.0f) / (t + 1.0f) : t, z = u * u;
    float tail = -0.333329558f + z * (0.199779257f + z * (-0.138798505f + z * 0.0806030929f));
    float y = u + u * (z * tail);
    return far ? 0.785398163f + y : y;
}

float mlt_atan2f(float y, float x) {
    float a = mlt_fabsf(x), b = mlt_fabsf(y);
    if (a != a || b != b) {
        return MLT_NAN;
    }
    bool steep = b > a;
    float large = steep ? b : a, small = steep ? a : b;
    float t = small == large ? (large > 0.0f ? 1.0f : 0.0f) : small / large;
    float angle = arc_tangent(t);
    angle = steep ? 1.57079633f - angle : angle;
    angle = mlt_float_bits(x) >> 31 ? 3.14159265f - angle : angle;
    return mlt_copysignf(angle, y);
}
