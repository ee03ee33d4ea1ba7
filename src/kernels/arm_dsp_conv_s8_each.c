// SPDX-License-Identifier: MIT
// Convolution of int8 with the DSP extension of Arm, pixel by pixel and four filters at a time:
// products of a vector and a matrix, and pixels at the border of an image.

#include "conv_s8.h"

#ifdef MLT_ARM_DSP_H

// Four numbers of one filter, after those of x, which are in r8 and r9.
#define FOUR_1X1(w, sum)                                                                           \
    "ldr r10, [" w "], #4\n"                                                                       \
    "sxtb16 r11, r10, ror #8\n"                                                                    \
    "sxtb16 r10, r10\n"                                                                            \
    "smlad " sum ", r9, r11, " sum "\n"                                                            \
    "smlad " sum ", r8, r10, " sum "\n"

// Four numbers of one pixel and four filters: 23 instructions for 16 products.
#define FOUR_1X4                                                                                   \
    "ldr r8, [r0], #4\n"                                                                           \
    "sxtab16 r9, lr, r8, ror #8\n"                                                                 \
    "sxtab16 r8, lr, r8\n" FOUR_1X1("r1", "r4") FOUR_1X1("r2", "r5") FOUR_1X1("r3", "r6")          \
        FOUR_1X1("r12", "r7")

// Adds the products of x + x_offset (twice, as halves) and four filters w, w + w_filter ... to
// sums. depth: a multiple of four and not 0.
MLT_DSP_FUNCTION void dot_1x4(const int8_t *x, const int8_t *w, int32_t w_filter, int32_t depth,
    int32_t x_offset, int32_t sums[4]) {
    __asm__("push {r4-r11, lr}\n"
            "ldrd lr, r12, [sp, #36]\n" // x_offset, sums
            "ldm r12, {r4-r7}\n"
            "add r8, r0, r3\n"
            "str r8, [sp, #36]\n" // the end of x
            "tst r3, #4\n"
            "add r12, r1, r2, lsl #1\n"
            "add r3, r1, r2, lsl #1\n"
            "add r12, r12, r2\n"
            "add r2, r2, r1\n"
            "bne 2f\n"
            "1:\n" FOUR_1X4 "2:\n" FOUR_1X4 "ldr r8, [sp, #36]\n"
            "cmp r0, r8\n"
            "bne 1b\n"
            "ldr r8, [sp, #40]\n"
            "stm r8, {r4-r7}\n"
            "pop {r4-r11, pc}\n");
}

// What dot_1x4() leaves: up to three numbers.
static inline void add_1x4(const int8_t *x, const int8_t *w, int32_t w_filter, int32_t depth,
    int32_t x_offset, int32_t sums[4]) {
    const int8_t *w1 = w + w_filter, *w2 = w1 + w_filter, *w3 = w2 + w_filter;
    for (const int8_t *end = x + depth; x != end;) {
        int32_t a = *x++ + x_offset;
        sums[0] = mlt_smlabb(a, *w++, sums[0]);
        sums[1] = mlt_smlabb(a, *w1++, sums[1]);
        sums[2] = mlt_smlabb(a, *w2++, sums[2]);
        sums[3] = mlt_smlabb(a, *w3++, sums[3]);
    }
}

// One tap of one pixel and four filters.
static void tap_1x4(
    const int8_t *x, const int8_t *w, const mlt_conv_t *c, int32_t w_filter, int32_t sums[4]) {
    const int32_t fours = c->depth & ~3, rest = c->depth & 3;
    if (fours) {
        dot_1x4(x, w, w_filter, fours, mlt_two_halves(c->x_offset), sums);
    }
    if (rest) {
        add_1x4(x + fours, w + fours, w_filter, rest, c->x_offset, sums);
    }
}

void mlt_dsp_sum_1x4(
    const int8_t *x, const int8_t *w, const mlt_conv_t *c, int32_t w_filter, int32_t sums[4]) {
    for (int32_t i = c->rows; i > 0; --i, x += c->x_row, w += c->w_row) {
        const int8_t *a = x, *b = w;
        for (int32_t j = c->cols; j > 0; --j, a += c->x_col, b += c->w_col) {
            tap_1x4(a, b, c, w_filter, sums);
        }
    }
}

// Less than four filters: one by one.
static void few_filters(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q) {
    for (int32_t f = 0; f < c->filters; ++f, w += c->w_filter) {
        int32_t sums[4] = {(int32_t)(mlt_w_offset_of(x, c) + mlt_bias_of(bias, f)), 0, 0, 0};
        mlt_dsp_sum_1x4(x, w, c, 0, sums);
        y[f] = (int8_t)mlt_requant(q, sums[0], f);
    }
}

static void four_filters(
    const int8_t *x, const int8_t *w, int8_t *y, const mlt_conv_t *c, const mlt_dsp_four_t *four) {
    for (int32_t p = c->pixels; p > 0; --p, x += c->x_pixel, y += c->y_pixel) {
        int32_t sums[4], offset = (int32_t)mlt_w_offset_of(x, c);
        for (int32_t i = 0; i < 4; ++i) {
            sums[i] = mlt_add_wrap(four->sums[i], offset);
        }
        if (c->rows == 1 && c->cols == 1) { // products of a vector and a matrix: often small
            tap_1x4(x, w, c, c->w_filter, sums);
        } else {
            mlt_dsp_sum_1x4(x, w, c, c->w_filter, sums);
        }
        mlt_dsp_output(four, sums, y);
    }
}

void mlt_conv_s8_each_dsp(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q) {
    if (mlt_dsp_all_filters(x, w, bias, y, c, q, four_filters)) {
        return;
    }
    for (int32_t p = c->pixels; p > 0; --p, x += c->x_pixel, y += c->y_pixel) {
        few_filters(x, w, bias, y, c, q);
    }
}

#endif
