// SPDX-License-Identifier: MIT
// Real numbers of a model to fixed point: done once, in prepare.

#include "quant.h"

#include <string.h>

#include "microlite.h"

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
    int32_t sign = bits >> 63 ? -1 : 1;
    return (mlt_multiplier_t){sign * (int32_t)mult, shift};
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

int32_t mlt_quantize(float x, float scale, int32_t zero_point) {
    int64_t q = (int64_t)mlt_round((double)(x / scale)) + zero_point;
    return q > INT32_MAX ? INT32_MAX : q < INT32_MIN ? INT32_MIN : (int32_t)q;
}

int32_t mlt_type_min(int type) {
    switch (type) {
    case MLT_INT4:
        return -8;
    case MLT_INT8:
        return INT8_MIN;
    case MLT_INT16:
        return INT16_MIN;
    case MLT_INT32:
        return INT32_MIN;
    default:
        return 0;
    }
}

int32_t mlt_type_max(int type) {
    switch (type) {
    case MLT_INT4:
        return 7;
    case MLT_INT8:
        return INT8_MAX;
    case MLT_UINT8:
        return UINT8_MAX;
    case MLT_INT16:
        return INT16_MAX;
    case MLT_UINT16:
        return UINT16_MAX;
    default:
        return INT32_MAX;
    }
}
