// SPDX-License-Identifier: MIT
// Accumulators to outputs with the DSP extension of Arm.

#include "kernels.h"

#ifdef MLT_ARM_DSP_H

void mlt_dsp_open(
    mlt_dsp_four_t *four, const mlt_requant_t *q, const int32_t *bias, int32_t channel) {
    static const int32_t zeros[4] = {0, 0, 0, 0};
    const int32_t stride = q->stride, *mult = q->mult + channel * stride;
    const int8_t *shift = q->shift + channel * stride;
    four->sums = bias ? bias + channel : zeros;
    four->channel = channel;
    if (channel > 0 && stride == 0) {
        return;
    }
    uint32_t largest = 0;
#pragma GCC unroll 4
    for (int32_t i = 0; i < 4; ++i, mult += stride, shift += stride) {
        four->mult[i] = *mult;
        four->less[i] = ~*shift;
        largest |= (uint32_t)four->less[i];
    }
    four->largest_less = largest;
    four->twice_zero = 2 * q->zero_point + 1;
    four->lo = (uint8_t)q->lo * 0x01010101u;
    four->hi = (uint8_t)q->hi * 0x01010101u;
    four->q = q;
}

// Channels with tiny weights have larger shifts: then nothing may saturate.
static bool all_small(const int32_t sums[4]) {
    uint32_t doubled_signs = 0;
    for (int32_t i = 0; i < 4; ++i) {
        doubled_signs |= (uint32_t)sums[i] ^ (uint32_t)sums[i] << 1;
    }
    return doubled_signs < UINT32_C(1) << 31;
}

// What mlt_dsp_output() does not do.
void mlt_dsp_output_any(const mlt_dsp_four_t *four, const int32_t sums[4], int8_t *y) {
    if (four->largest_less < 32 && all_small(sums)) {
        mlt_dsp_four_t same = *four;
        same.largest_less = 0;
        mlt_dsp_output(&same, sums, y);
        return;
    }
    for (int32_t i = 0; i < 4; ++i) {
        y[i] = (int8_t)mlt_requant(four->q, sums[i], four->channel + i);
    }
}

// mlt_scale() in fewer instructions. 2 * sum in 32 bits lets one of them multiply and round; where
// 2 * sum saturates, the product is at least 2^29, which a shift of up to 16 leaves as far out of
// the range of int8 as the right one. Then the zero point is added twice before the last half of
// the shift, which saturates to int8; four bytes at once are clamped to lo and hi.
__attribute__((naked)) void mlt_dsp_output(
    const mlt_dsp_four_t *four, const int32_t sums[4], int8_t *y) {
    __asm__("ldr r3, [r0, #44]\n" // largest_less
            "cmp r3, #16\n"
            "blo 1f\n"
            "b.w mlt_dsp_output_any\n"
            "1:\n"
            "push {r4-r10, lr}\n"
            "ldm r1, {r4-r7}\n"
            "ldm r0!, {r8-r10, r12}\n" // mult
            "qadd r4, r4, r4\n"
            "qadd r5, r5, r5\n"
            "qadd r6, r6, r6\n"
            "qadd r7, r7, r7\n"
            "smmulr r4, r4, r8\n"
            "smmulr r5, r5, r9\n"
            "smmulr r6, r6, r10\n"
            "smmulr r7, r7, r12\n"
            "ldm r0!, {r8-r10, r12}\n" // less
            "add r4, r4, r4, asr #31\n"
            "add r5, r5, r5, asr #31\n"
            "add r6, r6, r6, asr #31\n"
            "add r7, r7, r7, asr #31\n"
            "asr r4, r4, r8\n"
            "asr r5, r5, r9\n"
            "asr r6, r6, r10\n"
            "asr r7, r7, r12\n"
            "ldm r0, {r1, r8, r9}\n" // twice_zero, lo, hi
            "add r4, r4, r1\n"
            "add r5, r5, r1\n"
            "add r6, r6, r1\n"
            "add r7, r7, r1\n"
            "ssat r4, #8, r4, asr #1\n"
            "ssat r5, #8, r5, asr #1\n"
            "ssat r6, #8, r6, asr #1\n"
            "ssat r7, #8, r7, asr #1\n"
            "bfi r4, r5, #8, #8\n"
            "bfi r4, r6, #16, #8\n"
            "bfi r4, r7, #24, #8\n"
            "ssub8 r1, r4, r8\n" // sel takes the first where this is not negative
            "sel r4, r4, r8\n"
            "ssub8 r1, r4, r9\n"
            "sel r4, r9, r4\n"
            "str r4, [r2]\n"
            "pop {r4-r10, pc}\n");
}

#endif
