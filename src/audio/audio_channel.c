// SPDX-License-Identifier: MIT
// What happens to one channel after the filter bank: square root, gain control, logarithm.

#include "audio_channel.h"

#include "audio_tables.h"

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

uint32_t mlt_audio_sqrt(uint64_t x) {
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

int16_t mlt_audio_gain(const int16_t *gains, uint32_t noise) {
    if (noise <= 2) {
        return gains[noise == 2 ? 4 : noise];
    }
    ptrdiff_t interval = bit_length(noise);
    const int16_t *y = gains + 4 * interval - 4;
    // How far into the interval, in 1024ths. A parabola; sums that wrap wrap as in the reference.
    uint32_t f = (interval < 11 ? noise << (11 - interval) : noise >> (interval - 11)) & 1023;
    int32_t x = (int32_t)f;
    int32_t slope = ((y[2] * x) >> 5) + y[1] * 32;
    int32_t rise = (int32_t)((uint32_t)slope * f + 16384u) >> 15;
    return (int16_t)(rise + y[0]);
}

uint32_t mlt_audio_shrink(uint32_t x, int16_t gain, int32_t shift) {
    uint32_t snr = (uint32_t)((uint64_t)x * (uint32_t)gain >> shift);
    return snr < 8192 ? snr * snr >> 20 : (snr >> 6) - 64;
}

uint32_t mlt_audio_log(uint32_t x, int32_t shift) {
    if (x <= 1) {
        return 0;
    }
    int32_t whole = bit_length(x) - 1;
    uint32_t rest = x - (UINT32_C(1) << whole);
    int32_t f = (int32_t)(whole < 16 ? rest << (16 - whole) : rest >> (whole - 16));
    const uint16_t *c = mlt_audio_log_curve + (f >> 9);
    int32_t bent = f + c[0] + (((c[1] - c[0]) * (f & 511)) >> 16);
    uint32_t log2 = ((uint32_t)whole << 16) + (uint32_t)bent;
    uint32_t log = (uint32_t)((UINT64_C(45426) * log2 + 32768) >> 16);
    return ((log << shift) + 32768u) >> 16;
}
