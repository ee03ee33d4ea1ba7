// SPDX-License-Identifier: MIT
// Real numbers of a model to fixed point: done once, in prepare.

#include "quant.h"

#include <string.h>

#include "config.h"
#include "microlite.h"

int32_t mlt_scale_any(int32_t x, int32_t mult, int32_t shift) {
    bool up = MLT_WITH_FAST_KERNELS || shift >= 0;
    int64_t product = (int64_t)(up ? mlt_shl_wrap(x, shift) : x) * mult;
    int32_t high = (int32_t)((product + (1 << 30)) >> 31);
    return up ? high : mlt_half_up(high, shift);
}

// 2^30 <= mult <= 2^31; sign 1: negative.
static mlt_multiplier_t bounded(uint32_t mult, int32_t shift, uint32_t sign) {
    if (mult == UINT32_C(1) << 31) {
        mult >>= 1;
        ++shift;
    }
    if (shift < -31) {
        return (mlt_multiplier_t){0, 0};
    }
    if (shift > 30) { // no sane model: saturate rather than shift out of range
        return (mlt_multiplier_t){INT32_MAX, 30};
    }
    return (mlt_multiplier_t){sign ? -(int32_t)mult : (int32_t)mult, shift};
}

mlt_multiplier_t mlt_multiplier(double factor) {
    // A double is 1.fraction * 2^(exponent - 1023); the multiplier wants 0.1fraction, so its
    // exponent is one more, and the upper 31 of the 53 bits.
    uint64_t bits;
    memcpy(&bits, &factor, sizeof(bits));
    int32_t exponent = (int32_t)(bits >> 52 & 0x7ff);
    if (exponent == 0 || exponent == 0x7ff) {
        return (mlt_multiplier_t){0, 0};
    }
    uint64_t mantissa = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
    uint32_t mult = (uint32_t)((mantissa + (UINT64_C(1) << 21)) >> 22);
    int32_t shift = exponent - 1022;
    return bounded(mult, shift, (uint32_t)(bits >> 63));
}

// A float as mantissa * 2^exponent, 2^23 <= mantissa < 2^24; mantissa 0: not finite, or zero.
typedef struct parts {
    uint32_t mantissa, sign;
    int32_t exponent;
} parts_t;

static parts_t parts_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof(bits));
    parts_t p = {bits & 0x7fffff, bits >> 31, (int32_t)(bits >> 23 & 0xff)};
    if (p.exponent > 0) {
        p.mantissa |= 1u << 23;
    } else {
        p.exponent = 1;
    }
    if (p.exponent == 0xff) {
        p.mantissa = 0;
    }
    for (; p.mantissa && !(p.mantissa >> 23); --p.exponent) {
        p.mantissa <<= 1;
    }
    p.exponent -= 150;
    return p;
}

mlt_multiplier_t mlt_quotient(float a, float b, float c) {
    parts_t x = parts_of(a), y = parts_of(b), z = parts_of(c);
    if (!x.mantissa || !y.mantissa || !z.mantissa) {
        return (mlt_multiplier_t){0, 0};
    }
    // Long division, a byte at a time: the product of 47 or 48 bits by 24 bits, 2^32 times.
    uint64_t product = (uint64_t)x.mantissa * y.mantissa, quotient = 0;
    uint32_t rest = 0;
    for (int i = 0; i < 10; ++i, product <<= 8) {
        rest = rest << 8 | (uint32_t)(product >> 40 & 0xff);
        quotient = quotient << 8 | rest / z.mantissa;
        rest %= z.mantissa;
    }
    int32_t shift = x.exponent + y.exponent - z.exponent + 22;
    for (; quotient >> 54; quotient >>= 1) {
        ++shift;
    }
    // 23 of the 54 bits lie behind the point. A double has 22 of them; what it rounds up to one
    // half is rounded up here.
    uint32_t mult = (uint32_t)((quotient + (1 << 22) + 1) >> 23);
    return bounded(mult, shift, x.sign ^ y.sign ^ z.sign);
}

int32_t mlt_round(double x) {
    if (!(x > -2147483648.0)) {
        return x != x ? 0 : INT32_MIN;
    }
    if (x >= 2147483647.0) {
        return INT32_MAX;
    }
    int32_t whole = (int32_t)x; // towards zero
    double rest = x - whole;
    return rest >= 0.5 ? whole + 1 : rest <= -0.5 ? whole - 1 : whole;
}

// mlt_round for a float, of which nothing is lost here.
static int32_t round_float(float x) {
    if (!(x > -2147483648.0f)) {
        return x != x ? 0 : INT32_MIN;
    }
    if (x >= 2147483648.0f) {
        return INT32_MAX;
    }
    int32_t whole = (int32_t)x; // towards zero
    float rest = x - (float)whole;
    return whole + (int32_t)(rest + rest);
}

int32_t mlt_quantize(float x, float scale, int32_t zero_point) {
    int32_t whole = round_float(x / scale), q;
    bool out = __builtin_add_overflow(whole, zero_point, &q);
    return !out ? q : whole < 0 ? INT32_MIN : INT32_MAX;
}

static float float_of_bits(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof(x));
    return x;
}

float mlt_half_to_float(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t rest = (uint32_t)(half & 0x7fff) << 13; // exponent and fraction where float has them
    if (rest < 0x0400u << 13) {                      // subnormal: a multiple of 2^-24
        float x = (float)(half & 0x7fff) * 0x1p-24f;
        return sign ? -x : x;
    }
    uint32_t bias = rest < 0x7c00u << 13 ? 127 - 15 : 255 - 31; // infinities and NaN stay
    return float_of_bits(sign | (rest + (bias << 23)));
}

uint16_t mlt_float_to_half(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof(bits));
    uint32_t sign = bits >> 16 & 0x8000;
    bits &= 0x7fffffff;
    uint32_t half;
    if (bits >= 0x47800000) { // too large: infinity; NaN stays one
        half = bits > 0x7f800000 ? 0x7e00 : 0x7c00;
    } else if (bits < 0x38800000) { // subnormal: adding one half lets the sum round to 2^-24
        float sum = float_of_bits(bits) + 0.5f;
        memcpy(&half, &sum, sizeof(half));
        half -= 0x3f000000;
    } else {
        half = (bits - (112u << 23) + 0xfff + (bits >> 13 & 1)) >> 13;
    }
    return (uint16_t)(sign | half);
}

int32_t mlt_type_max(int type) {
    static const uint8_t unused_bits[MLT_TYPE_COUNT] = {
        [MLT_INT4] = 28, [MLT_INT8] = 24, [MLT_UINT8] = 23, [MLT_INT16] = 16, [MLT_UINT16] = 15};
    return INT32_MAX >> ((unsigned)type < MLT_TYPE_COUNT ? unused_bits[type] : 0);
}

int32_t mlt_type_min(int type) {
    bool is_signed = type == MLT_INT8 || type == MLT_INT16 || type == MLT_INT32 || type == MLT_INT4;
    return is_signed ? ~mlt_type_max(type) : 0;
}
