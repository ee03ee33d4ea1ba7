// SPDX-License-Identifier: MIT
// What happens to one channel of a spectrum after the filter bank: square root, gain, logarithm.

#include "channel.h"

#include <stdbool.h>
#include <stddef.h>

// Bits that x needs, 0 for 0.
static int32_t bit_length(uint32_t x) {
    return x ? 32 - __builtin_clz(x) : 0;
}

// floor(sqrt(x)): the upper half of the root bit by bit from the upper half of x, the lower half by
// one division (Zimmermann, "Karatsuba Square Root"). The top two bits of x are not both 0.
static uint32_t root32(uint32_t x) {
    uint32_t high = x >> 16, root = 0, rest = 0;
    for (int32_t shift = 14; shift >= 0; shift -= 2) {
        rest = rest << 2 | (high >> shift & 3);
        uint32_t trial = 4 * root + 1;
        root *= 2;
        if (rest >= trial) {
            rest -= trial;
            ++root;
        }
    }
    uint32_t u = rest << 8 | (x >> 8 & 0xff);
    uint32_t q = u / (2 * root), y = root << 8 | (q > 255 ? 255 : q);
    return y - (y * y > x);
}

static uint32_t root64(uint64_t x) {
    uint32_t high = (uint32_t)(x >> 32), root = root32(high);
    // (rest * 2^16 + next 16 bits) / (2 root), the halves so that 32 bits are enough
    uint32_t u = (high - root * root) << 15 | ((uint32_t)x >> 17);
    uint32_t q = u / root;
    uint32_t y = (root << 16) + (q > 0xffff ? 0xffff : q);
    return y - ((uint64_t)y * y > x);
}

uint32_t mlt_channel_sqrt(uint64_t x) {
    if (x == 0) {
        return 0;
    }
    uint32_t high = (uint32_t)(x >> 32), root;
    if (high) {
        int32_t shift = __builtin_clz(high) & ~1;
        root = root64(x << shift) >> (shift / 2);
    } else {
        int32_t shift = __builtin_clz((uint32_t)x) & ~1;
        root = root32((uint32_t)x << shift) >> (shift / 2);
    }
    bool largest = root == (high ? UINT32_MAX : 0xffff);
    return root + (x - (uint64_t)root * root > root && !largest);
}

int16_t mlt_channel_gain(const int16_t *low, const int16_t *curves, uint32_t noise) {
    if (noise < 2) {
        return low[noise];
    }
    int32_t bits = bit_length(noise);
    const int16_t *y = curves + 4 * (ptrdiff_t)(bits - 2);
    // How far into the interval, in 1024ths. A parabola; sums that wrap wrap as in the reference.
    uint32_t f = (bits < 11 ? noise << (11 - bits) : noise >> (bits - 11)) & 1023;
    int32_t x = (int32_t)f;
    int32_t slope = ((y[2] * x) >> 5) + y[1] * 32;
    int32_t rise = (int32_t)((uint32_t)slope * f + 16384u) >> 15;
    return (int16_t)(rise + y[0]);
}

uint32_t mlt_channel_shrink(uint32_t x, int16_t gain, int32_t shift) {
    uint32_t snr = (uint32_t)((uint64_t)x * (uint32_t)gain >> shift);
    return snr < 8192 ? snr * snr >> 20 : (snr >> 6) - 64;
}

const uint16_t mlt_channel_log_curve[] = {0, 224, 442, 654, 861, 1063, 1259, 1450, 1636, 1817, 1992,
    2163, 2329, 2490, 2646, 2797, 2944, 3087, 3224, 3358, 3487, 3611, 3732, 3848, 3960, 4068, 4172,
    4272, 4368, 4460, 4549, 4633, 4714, 4791, 4864, 4934, 5001, 5063, 5123, 5178, 5231, 5280, 5326,
    5368, 5408, 5444, 5477, 5507, 5533, 5557, 5578, 5595, 5610, 5622, 5631, 5637, 5640, 5641, 5638,
    5633, 5626, 5615, 5602, 5586, 5568, 5547, 5524, 5498, 5470, 5439, 5406, 5370, 5332, 5291, 5249,
    5203, 5156, 5106, 5054, 5000, 4944, 4885, 4825, 4762, 4697, 4630, 4561, 4490, 4416, 4341, 4264,
    4184, 4103, 4020, 3935, 3848, 3759, 3668, 3575, 3481, 3384, 3286, 3186, 3084, 2981, 2875, 2768,
    2659, 2549, 2437, 2323, 2207, 2090, 1971, 1851, 1729, 1605, 1480, 1353, 1224, 1094, 963, 830,
    695, 559, 421, 282, 142, 0};

uint32_t mlt_channel_log(uint32_t x) {
    if (x <= 1) {
        return 0;
    }
    int32_t whole = bit_length(x) - 1;
    uint32_t rest = x - (UINT32_C(1) << whole);
    int32_t f = (int32_t)(whole < 16 ? rest << (16 - whole) : rest >> (whole - 16));
    const uint16_t *c = mlt_channel_log_curve + (f >> 9);
    int32_t bent = f + c[0] + (((c[1] - c[0]) * (f & 511)) >> 16);
    uint32_t log2 = ((uint32_t)whole << 16) + (uint32_t)bent;
    return (uint32_t)((UINT64_C(45426) * log2 + 32768) >> 16);
}
