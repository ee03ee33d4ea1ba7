// SPDX-License-Identifier: MIT
// Convolution of int8 with the DSP extension of Arm. Four numbers are loaded at once and widened to
// two pairs, of bytes 0 and 2 and of bytes 1 and 3: it does not matter which numbers are
// multiplied in one instruction as long as x and w agree.

#include "conv_s8.h"

#include <string.h>

#ifdef MLT_ARM_DSP_H

// Four numbers of two pixels and two filters: 20 instructions for 16 products.
#define FOUR_2X2                                                                                   \
    "ldr r8, [r0], #4\n"                                                                           \
    "ldr r10, [r2], #4\n"                                                                          \
    "ldr r12, [r3], #4\n"                                                                          \
    "sxtb16 r9, r8, ror #8\n"                                                                      \
    "sxtb16 r8, r8\n"                                                                              \
    "sxtb16 r11, r10, ror #8\n"                                                                    \
    "sxtb16 r10, r10\n"                                                                            \
    "sxtb16 lr, r12, ror #8\n"                                                                     \
    "sxtb16 r12, r12\n"                                                                            \
    "smlad r4, r9, r11, r4\n"                                                                      \
    "smlad r5, r9, lr, r5\n"                                                                       \
    "ldr r9, [r1], #4\n"                                                                           \
    "smlad r4, r8, r10, r4\n"                                                                      \
    "smlad r5, r8, r12, r5\n"                                                                      \
    "sxtb16 r8, r9, ror #8\n"                                                                      \
    "sxtb16 r9, r9\n"                                                                              \
    "smlad r6, r8, r11, r6\n"                                                                      \
    "smlad r7, r8, lr, r7\n"                                                                       \
    "smlad r6, r9, r10, r6\n"                                                                      \
    "smlad r7, r9, r12, r7\n"

// Adds the products of x0, x1 and w0, w1, of `depth` numbers, a multiple of four and not 0, to
// sums[0, 1] and sums[4, 5].
MLT_DSP_FUNCTION void dot_2x2(const int8_t *x0, const int8_t *x1, const int8_t *w0,
    const int8_t *w1, int32_t depth, int32_t sums[6]) {
    __asm__("push {r4-r11, lr}\n"
            "ldrd r8, r9, [sp, #36]\n" // depth, sums
            "ldrd r4, r5, [r9]\n"
            "ldrd r6, r7, [r9, #16]\n"
            "tst r8, #4\n"
            "add r8, r8, r0\n"
            "str r8, [sp, #36]\n" // the end of x0
            "bne 2f\n"
            "1:\n" FOUR_2X2 "2:\n" FOUR_2X2 "ldr r8, [sp, #36]\n"
            "cmp r0, r8\n"
            "bne 1b\n"
            "ldr r9, [sp, #40]\n"
            "strd r4, r5, [r9]\n"
            "strd r6, r7, [r9, #16]\n"
            "pop {r4-r11, pc}\n");
}

// What dot_2x2() leaves: up to three numbers.
static inline void add_2x2(const int8_t *x0, const int8_t *x1, const int8_t *w0, const int8_t *w1,
    int32_t depth, int32_t sums[6]) {
    int32_t s00 = sums[0], s01 = sums[1], s10 = sums[4], s11 = sums[5];
    for (const int8_t *end = x0 + depth; x0 != end;) {
        int32_t a0 = *x0++, a1 = *x1++, b0 = *w0++, b1 = *w1++;
        s00 = mlt_smlabb(a0, b0, s00);
        s01 = mlt_smlabb(a0, b1, s01);
        s10 = mlt_smlabb(a1, b0, s10);
        s11 = mlt_smlabb(a1, b1, s11);
    }
    sums[0] = s00;
    sums[1] = s01;
    sums[4] = s10;
    sums[5] = s11;
}

// One tap of two pixels and two filters.
static void tap_2x2(const int8_t *x, const int8_t *w, const mlt_conv_t *c, int32_t sums[6]) {
    const int32_t fours = c->depth & ~3, rest = c->depth & 3;
    const int8_t *x1 = x + c->x_pixel, *w1 = w + c->w_filter;
    if (fours) {
        dot_2x2(x, x1, w, w1, fours, sums);
    }
    if (rest) {
        add_2x2(x + fours, x1 + fours, w + fours, w1 + fours, rest, sums);
    }
}

// All taps of two pixels and four filters.
static void sum_2x4(const int8_t *x, const int8_t *w, const mlt_conv_t *c, int32_t sums[8]) {
    for (int32_t i = c->rows; i > 0; --i, x += c->x_row, w += c->w_row) {
        const int8_t *a = x, *b = w;
        for (int32_t j = c->cols; j > 0; --j, a += c->x_col, b += c->w_col) {
            tap_2x2(a, b, c, sums);
            tap_2x2(a, b + 2 * c->w_filter, c, sums + 2);
        }
    }
}

// All pixels and four filters: weights, which may lie in slow flash, are read for all pixels.
static void four_filters(
    const int8_t *x, const int8_t *w, int8_t *y, const mlt_conv_t *c, const mlt_dsp_four_t *four) {
    const bool one_dot = c->rows == 1 && c->cols == 1 && c->depth > 0 && c->depth % 4 == 0;
    const int32_t x_step = 2 * c->x_pixel, y_step = 2 * c->y_pixel;
    int32_t sums[8], p = c->pixels;
    for (; p >= 2; p -= 2, x += x_step, y += y_step) {
        memcpy(sums, four->sums, 4 * sizeof(*sums));
        memcpy(sums + 4, four->sums, 4 * sizeof(*sums));
        if (one_dot) {
            const int8_t *x1 = x + c->x_pixel, *w2 = w + 2 * c->w_filter;
            dot_2x2(x, x1, w, w + c->w_filter, c->depth, sums);
            dot_2x2(x, x1, w2, w2 + c->w_filter, c->depth, sums + 2);
        } else {
            sum_2x4(x, w, c, sums);
        }
        mlt_dsp_output(four, sums, y);
        mlt_dsp_output(four, sums + 4, y + c->y_pixel);
    }
    if (p > 0) {
        memcpy(sums, four->sums, 4 * sizeof(*sums));
        mlt_dsp_sum_1x4(x, w, c, c->w_filter, sums);
        mlt_dsp_output(four, sums, y);
    }
}

// Two pixels at a time where that is worth the while: x_offset costs nothing with one pixel.
void mlt_conv_s8_dsp(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q) {
    if (c->x_offset || c->w_offset || !mlt_dsp_all_filters(x, w, bias, y, c, q, four_filters)) {
        mlt_conv_s8_each_dsp(x, w, bias, y, c, q);
    }
}

void mlt_fold_filters_s8_dsp(const int8_t *w, const int32_t *bias, int32_t *sums, int32_t filters,
    int32_t depth, int32_t x_offset, int32_t w_offset) {
    for (int32_t f = 0; f < filters; ++f) {
        // Bytes that are 128 more than the numbers are the distance of unsigned ones from 0.
        int32_t sum = mlt_mul_wrap(depth, w_offset) - (depth & ~3) * 128;
        const int8_t *end = w + (depth & ~3);
#pragma GCC unroll 2
        for (; w != end; w += 4) {
            sum = mlt_usada8(mlt_load_4(w) ^ (int32_t)0x80808080, 0, sum);
        }
        for (end += depth & 3; w != end;) {
            sum += *w++;
        }
        sums[f] = (int32_t)((uint32_t)sum * (uint32_t)x_offset + mlt_bias_of(bias, f));
    }
}

#endif
