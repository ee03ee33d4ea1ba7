// SPDX-License-Identifier: MIT
// Depthwise convolution of int8 with the DSP extension of Arm, four output channels at a time.
// There is nothing to add up in one instruction; what is saved is loads. x_offset is added for
// nothing.

#include "conv_s8.h"

#include <string.h>

#ifdef MLT_ARM_DSP_H

// Steps as the functions in assembler know them.
typedef struct taps {
    int32_t x_col, w_col, x_row, w_row, rows, cols;
    int32_t x_offset; // as two halves
} taps_t;

// One tap of four channels, each with an input channel of its own.
#define TAP(at_x, at_w)                                                                            \
    "ldr r8, [r0" at_x "]\n"                                                                       \
    "ldr r10, [r1" at_w "]\n"                                                                      \
    "sxtab16 r9, r3, r8, ror #8\n"                                                                 \
    "sxtab16 r8, r3, r8\n"                                                                         \
    "sxtb16 r11, r10, ror #8\n"                                                                    \
    "sxtb16 r10, r10\n"                                                                            \
    "smlabb r5, r9, r11, r5\n"                                                                     \
    "smlatt r7, r9, r11, r7\n"                                                                     \
    "smlabb r4, r8, r10, r4\n"                                                                     \
    "smlatt r6, r8, r10, r6\n"

#define ROW TAP("", "") TAP(", r12", ", lr") TAP(", r12, lsl #1", ", lr, lsl #1")

// All taps of four channels for windows that are three wide.
MLT_DSP_FUNCTION void sum_own_3(
    const int8_t *x, const int8_t *w, const taps_t *t, int32_t sums[4]) {
    __asm__("push {r3-r11, lr}\n"
            "ldm r3, {r4-r7}\n"
            "ldm r2, {r8-r12}\n"
            "ldr r3, [r2, #24]\n"
            "mov lr, r9\n"
            "push {r10, r11}\n"
            "mov r2, r12\n"
            "mov r12, r8\n"
            "1:\n" ROW "ldrd r8, r9, [sp]\n"
            "subs r2, r2, #1\n"
            "add r0, r0, r8\n"
            "add r1, r1, r9\n"
            "bne 1b\n"
            "add sp, sp, #8\n"
            "pop {r3}\n"
            "stm r3, {r4-r7}\n"
            "pop {r4-r11, pc}\n");
}

// All taps of four channels, which have each an input channel of their own or share one.
static inline __attribute__((always_inline)) void sum_4_taps(
    const int8_t *x, const int8_t *w, const taps_t *t, int32_t sums[4], bool own) {
    const int32_t x_offset = t->x_offset, x_col = t->x_col, w_col = t->w_col;
    int32_t s0 = sums[0], s1 = sums[1], s2 = sums[2], s3 = sums[3];
    for (int32_t i = t->rows; i > 0; --i, x += t->x_row, w += t->w_row) {
        const int8_t *a = x, *b = w;
        for (int32_t j = t->cols; j > 0; --j, a += x_col, b += w_col) {
            int32_t pixel = own ? mlt_load_4(a) : *a + x_offset, word = mlt_load_4(b);
            int32_t pixel_odd = own ? mlt_odd_bytes_plus(x_offset, pixel) : pixel;
            int32_t odd = mlt_odd_bytes(word);
            int32_t pixel_even = own ? mlt_even_bytes_plus(x_offset, pixel) : pixel;
            int32_t even = mlt_even_bytes(word);
            s0 = mlt_smlabb(pixel_even, even, s0);
            s1 = mlt_smlabb(pixel_odd, odd, s1);
            s2 = own ? mlt_smlatt(pixel_even, even, s2) : mlt_smlabt(pixel, even, s2);
            s3 = own ? mlt_smlatt(pixel_odd, odd, s3) : mlt_smlabt(pixel, odd, s3);
        }
    }
    sums[0] = s0;
    sums[1] = s1;
    sums[2] = s2;
    sums[3] = s3;
}

static MLT_NOINLINE void sum_shared(
    const int8_t *x, const int8_t *w, const taps_t *t, int32_t sums[4]) {
    sum_4_taps(x, w, t, sums, false);
}

static MLT_NOINLINE void sum_own(
    const int8_t *x, const int8_t *w, const taps_t *t, int32_t sums[4]) {
    sum_4_taps(x, w, t, sums, true);
}

static int32_t sum_1(const int8_t *x, const int8_t *w, const taps_t *t) {
    int32_t sum = 0;
    for (int32_t i = t->rows; i > 0; --i, x += t->x_row, w += t->w_row) {
        const int8_t *a = x, *b = w;
        for (int32_t j = t->cols; j > 0; --j, a += t->x_col, b += t->w_col) {
            sum = mlt_smlabb(*a + t->x_offset, *b, sum);
        }
    }
    return sum;
}

// One output channel of all pixels.
static void one_channel(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_depthwise_t *d, const taps_t *t, const mlt_requant_t *q, int32_t c) {
    for (int32_t p = d->pixels; p > 0; --p, x += d->x_pixel, y += t->w_col) {
        int32_t acc = mlt_add_wrap(sum_1(x, w + c, t), (int32_t)mlt_bias_of(bias, c));
        y[c] = (int8_t)mlt_requant(q, acc, c);
    }
}

typedef void sum_4_fn(const int8_t *x, const int8_t *w, const taps_t *t, int32_t sums[4]);

// Four output channels of all pixels.
static void four_channels(const int8_t *x, const int8_t *w, int8_t *y, const mlt_depthwise_t *d,
    const taps_t *t, const mlt_dsp_four_t *four, sum_4_fn *sum_4) {
    for (int32_t p = d->pixels; p > 0; --p, x += d->x_pixel, y += t->w_col) {
        int32_t sums[4];
        memcpy(sums, four->sums, sizeof(sums));
        sum_4(x, w, t, sums);
        mlt_dsp_output(four, sums, y);
    }
}

void mlt_depthwise_s8_dsp(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_depthwise_t *d, const mlt_requant_t *q) {
    const int32_t filters = d->channels * d->multiplier, multiplier = d->multiplier;
    const taps_t t = {
        d->x_col, filters, d->x_row, d->w_row, d->rows, d->cols, mlt_two_halves(d->x_offset)};
    sum_4_fn *const sum_4 = multiplier > 1            ? sum_shared
                            : d->cols == 3 && d->rows ? sum_own_3
                                                      : sum_own;
    mlt_dsp_four_t four;
    // Runs of output channels: those that share an input channel, or all.
    const int32_t run = multiplier > 1 ? multiplier : filters;
    for (int32_t first = 0; first < filters; first += run, ++x) {
        const int32_t end = first + run;
        for (int32_t c = first; c < end;) {
            const int8_t *from = multiplier > 1 ? x : x + c;
            if (run < 4) {
                one_channel(from, w, bias, y, d, &t, q, c++);
                continue;
            }
            mlt_dsp_open(&four, q, bias, c);
            four_channels(from, w + c, y + c, d, &t, &four, sum_4);
            c = c == end - 4 ? end : mlt_min(c + 4, end - 4); // the last four may overlap
        }
    }
}

#endif
