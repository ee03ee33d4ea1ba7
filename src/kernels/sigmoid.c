// SPDX-License-Identifier: MIT
// Logistic function and hyperbolic tangent of int16 numbers, by linear interpolation.

#include "sigmoid.h"

#include "../mathf.h"

// 65536 / (1 + e^(-i / 24)) as TFLite rounds it: up to one more on the bend, where a chord lies
// below the curve.
static const uint16_t sigmoid[256] = {32768, 33451, 34133, 34813, 35493, 36169, 36843, 37513, 38180,
    38841, 39498, 40149, 40794, 41432, 42064, 42688, 43304, 43912, 44511, 45102, 45683, 46255,
    46817, 47369, 47911, 48443, 48964, 49475, 49975, 50464, 50942, 51409, 51865, 52311, 52745,
    53169, 53581, 53983, 54374, 54755, 55125, 55485, 55834, 56174, 56503, 56823, 57133, 57433,
    57724, 58007, 58280, 58544, 58800, 59048, 59288, 59519, 59743, 59959, 60168, 60370, 60565,
    60753, 60935, 61110, 61279, 61441, 61599, 61750, 61896, 62036, 62172, 62302, 62428, 62549,
    62666, 62778, 62886, 62990, 63090, 63186, 63279, 63368, 63454, 63536, 63615, 63691, 63765,
    63835, 63903, 63968, 64030, 64090, 64148, 64204, 64257, 64308, 64357, 64405, 64450, 64494,
    64536, 64576, 64614, 64652, 64687, 64721, 64754, 64786, 64816, 64845, 64873, 64900, 64926,
    64950, 64974, 64997, 65019, 65039, 65060, 65079, 65097, 65115, 65132, 65149, 65164, 65179,
    65194, 65208, 65221, 65234, 65246, 65258, 65269, 65280, 65291, 65301, 65310, 65319, 65328,
    65337, 65345, 65352, 65360, 65367, 65374, 65381, 65387, 65393, 65399, 65404, 65410, 65415,
    65420, 65425, 65429, 65433, 65438, 65442, 65445, 65449, 65453, 65456, 65459, 65462, 65465,
    65468, 65471, 65474, 65476, 65479, 65481, 65483, 65485, 65488, 65489, 65491, 65493, 65495,
    65497, 65498, 65500, 65501, 65503, 65504, 65505, 65507, 65508, 65509, 65510, 65511, 65512,
    65513, 65514, 65515, 65516, 65517, 65517, 65518, 65519, 65520, 65520, 65521, 65522, 65522,
    65523, 65523, 65524, 65524, 65525, 65525, 65526, 65526, 65526, 65527, 65527, 65528, 65528,
    65528, 65529, 65529, 65529, 65529, 65530, 65530, 65530, 65530, 65531, 65531, 65531, 65531,
    65531, 65532, 65532, 65532, 65532, 65532, 65532, 65533, 65533, 65533, 65533, 65533, 65533,
    65533, 65533, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65535};

mlt_sigmoid_scale_t mlt_sigmoid_scale(float scale, int32_t shifts) {
    for (int32_t i = 0; i <= shifts; ++i) {
        // Within 1e-3 in the logarithm counts as a power of two.
        float log2 = mlt_logf(scale) * 1.44269504f;
        if (mlt_fabsf(log2 - (float)(i - 12)) < 1e-3f) {
            return (mlt_sigmoid_scale_t){3 << i, 0};
        }
    }
    double mult = (double)scale * 4096.0 * 3.0;
    int32_t shift = 0;
    for (; mult <= 32767.0 / 2.0 && shift <= 30; ++shift) {
        mult *= 2.0;
    }
    return (mlt_sigmoid_scale_t){mult < 65536.0 ? (int32_t)mult : 65535, shift};
}

// x * mult * 2^-shift, rounded: steps of 2^-12 / 3 for tanh, of twice that for the logistic.
static int32_t scaled(int32_t x, int32_t mult, int32_t shift) {
    int32_t half = shift > 0 ? 1 << (shift - 1) : 0;
    return (int32_t)((uint32_t)x * (uint32_t)mult + (uint32_t)half) >> shift;
}

void mlt_logistic_s16(const int16_t *x, int16_t *y, int32_t n, int32_t mult, int32_t shift) {
    for (int32_t i = 0; i < n; ++i) {
        int32_t a = scaled(x[i], mult, shift);
        uint32_t size = a < 0 ? 0 - (uint32_t)a : (uint32_t)a;
        uint32_t index = size >> 9, sum = UINT32_C(0x7fff) << 10;
        if (index < 255) {
            uint32_t left = sigmoid[index];
            sum = (left << 9) + (size & 511) * (sigmoid[index + 1] - left);
        }
        sum = a < 0 ? (UINT32_C(1) << 25) - 1 - sum : sum;
        y[i] = (int16_t)((sum + (1 << 9)) >> 10);
    }
}

void mlt_tanh_s16(const int16_t *x, int16_t *y, int32_t n, int32_t mult, int32_t shift) {
    for (int32_t i = 0; i < n; ++i) {
        int32_t a = scaled(x[i], mult, shift);
        uint32_t size = a < 0 ? 0 - (uint32_t)a : (uint32_t)a;
        uint32_t index = size >> 8;
        int32_t sum = 0xffff << 8;
        if (index < 255) {
            uint32_t left = sigmoid[index];
            sum = (int32_t)((left << 8) + (size & 255) * (sigmoid[index + 1] - left));
        }
        sum -= 1 << 23; // 2 sigmoid - 1
        y[i] = (int16_t)(((a < 0 ? -sum - 1 : sum) + (1 << 7)) >> 8);
    }
}
