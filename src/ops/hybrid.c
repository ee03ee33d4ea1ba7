// SPDX-License-Identifier: MIT
// Floats to int8 on the fly, with the scale that their range asks for.

#include "hybrid.h"

#include <string.h>

#include "../quant.h"

static int8_t round_to_int8(float x, float least) {
    x = x >= least ? x : least; // NaN too
    x = x <= 127.0f ? x : 127.0f;
    int32_t whole = (int32_t)x; // towards zero
    float rest = x - (float)whole;
    return (int8_t)(whole + (rest >= 0.5f) - (rest <= -0.5f));
}

static mlt_quant_t quantize_symmetric(const float *x, int8_t *q, int32_t n, float lo, float hi) {
    float range = -lo > hi ? -lo : hi, inverse = 127.0f / range;
    for (int32_t i = 0; i < n; ++i) {
        q[i] = round_to_int8(x[i] * inverse, -127.0f);
    }
    return (mlt_quant_t){range / 127.0f, 0};
}

// The zero point is computed from the end of the range where the error is smaller.
static int32_t nudged_zero_point(double lo, double hi, double scale) {
    double from_lo = -128.0 - lo / scale, from_hi = 127.0 - hi / scale;
    double error_lo = 128.0 - lo / scale, error_hi = 127.0 + hi / scale; // lo <= 0 <= hi
    return mlt_clamp(mlt_round(error_lo < error_hi ? from_lo : from_hi), -128, 127);
}

static mlt_quant_t quantize_asymmetric(const float *x, int8_t *q, int32_t n, float lo, float hi) {
    double least = lo < 0.0f ? (double)lo : 0.0, most = hi > 0.0f ? (double)hi : 0.0;
    double scale = (most - least) / 255.0;
    mlt_quant_t quant = {(float)scale, nudged_zero_point(least, most, scale)};
    float inverse = 1.0f / quant.scale, zero_point = (float)quant.zero_point;
    for (int32_t i = 0; i < n; ++i) {
        q[i] = round_to_int8(zero_point + x[i] * inverse, -128.0f);
    }
    return quant;
}

mlt_quant_t mlt_hybrid_quantize(const float *x, int8_t *q, int32_t n, bool symmetric) {
    float lo = 0.0f, hi = 0.0f;
    for (int32_t i = 0; i < n; ++i) {
        lo = x[i] < lo ? x[i] : lo;
        hi = x[i] > hi ? x[i] : hi;
    }
    if (lo == hi) {
        memset(q, 0, (size_t)n);
        return (mlt_quant_t){1.0f, 0};
    }
    return symmetric ? quantize_symmetric(x, q, n, lo, hi) : quantize_asymmetric(x, q, n, lo, hi);
}
