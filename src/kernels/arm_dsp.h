// SPDX-License-Identifier: MIT
// The DSP extension of Arm: Cortex-M4, M7, M33 and others. Two products of 16-bit numbers an
// instruction, and what widens, rounds and saturates for them. As assembler: compilers have no
// intrinsic for some of them, and do not find the others.
#ifndef MLT_ARM_DSP_H
#define MLT_ARM_DSP_H

#include "../quant.h"

#define mlt_conv_s8_best mlt_conv_s8_dsp
#define mlt_conv_s8_each_best mlt_conv_s8_each_dsp
#define mlt_fold_filters_s8_best mlt_fold_filters_s8_dsp
#define mlt_depthwise_s8_best mlt_depthwise_s8_dsp
#define MLT_CONV_S8_EACH_FOLDS 0 // x_offset is added while x is widened
#define MLT_DEPTHWISE_S8_FOLDS 0

// The name of the instruction, its result and its operands.
#define MLT_DSP_3(name, text)                                                                      \
    static inline int32_t name(int32_t a, int32_t b, int32_t sum) {                                \
        int32_t y;                                                                                 \
        __asm__(text " %0, %1, %2, %3" : "=r"(y) : "r"(a), "r"(b), "r"(sum));                      \
        return y;                                                                                  \
    }

// Products of halves: both, added; bottom times bottom, top times top, bottom times top. Sums wrap.
MLT_DSP_3(mlt_smlad, "smlad")
MLT_DSP_3(mlt_smlabb, "smlabb")
MLT_DSP_3(mlt_smlatt, "smlatt")
MLT_DSP_3(mlt_smlabt, "smlabt")
MLT_DSP_3(mlt_usada8, "usada8") // sum + |a - b| of each of four unsigned bytes

// Bytes 0 and 2 of a word, and bytes 1 and 3, as two signed halves.
static inline int32_t mlt_even_bytes(int32_t word) {
    int32_t y;
    __asm__("sxtb16 %0, %1" : "=r"(y) : "r"(word));
    return y;
}

static inline int32_t mlt_odd_bytes(int32_t word) {
    int32_t y;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(y) : "r"(word));
    return y;
}

// The same plus two halves.
static inline int32_t mlt_even_bytes_plus(int32_t halves, int32_t word) {
    int32_t y;
    __asm__("sxtab16 %0, %1, %2" : "=r"(y) : "r"(halves), "r"(word));
    return y;
}

static inline int32_t mlt_odd_bytes_plus(int32_t halves, int32_t word) {
    int32_t y;
    __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(y) : "r"(halves), "r"(word));
    return y;
}

static inline int32_t mlt_two_halves(int32_t half) {
    return (int32_t)((uint32_t)half << 16 | (half & 0xffff));
}

// Four bytes that lie anywhere: these cores load unaligned words.
static inline int32_t mlt_load_4(const int8_t *x) {
    int32_t word;
    __builtin_memcpy(&word, x, sizeof(word));
    return word;
}

// A function in assembler, for loops that need all 14 registers: no compiler gives them away.
#define MLT_DSP_FUNCTION __attribute__((naked, noinline)) static

// --- Accumulators to outputs, of four channels.

// The order of the first members is known to mlt_dsp_output().
typedef struct mlt_dsp_four {
    int32_t mult[4], less[4]; // less: one less than the shift to the right
    int32_t twice_zero;       // 2 * zero point + 1
    uint32_t lo, hi;          // as four bytes
    uint32_t largest_less;    // or more
    const int32_t *sums;      // what sums begin with: biases
    const mlt_requant_t *q;
    int32_t channel;
} mlt_dsp_four_t;

// Channels `channel` and the three behind it; of each q first those from 0 on. bias may be NULL.
void mlt_dsp_open(
    mlt_dsp_four_t *four, const mlt_requant_t *q, const int32_t *bias, int32_t channel);

// y[i] = mlt_requant(q, sums[i], channel + i), i < 4.
void mlt_dsp_output(const mlt_dsp_four_t *four, const int32_t sums[4], int8_t *y);
void mlt_dsp_output_any(const mlt_dsp_four_t *four, const int32_t sums[4], int8_t *y);

// --- Kernels.

mlt_conv_s8_fn mlt_conv_s8_dsp, mlt_conv_s8_each_dsp;
mlt_fold_filters_s8_fn mlt_fold_filters_s8_dsp;
mlt_depthwise_s8_fn mlt_depthwise_s8_dsp;

// Add all taps of one pixel and four filters to sums.
void mlt_dsp_sum_1x4(
    const int8_t *x, const int8_t *w, const mlt_conv_t *c, int32_t w_filter, int32_t sums[4]);

// Four filters of all pixels.
typedef void mlt_dsp_four_filters_fn(
    const int8_t *x, const int8_t *w, int8_t *y, const mlt_conv_t *c, const mlt_dsp_four_t *four);

// All filters; some of the last four may be computed twice. false: there are less than four.
static inline bool mlt_dsp_all_filters(const int8_t *x, const int8_t *w, const int32_t *bias,
    int8_t *y, const mlt_conv_t *c, const mlt_requant_t *q, mlt_dsp_four_filters_fn *four_filters) {
    const int32_t last = c->filters - 4;
    if (last < 0) {
        return false;
    }
    mlt_dsp_four_t four;
    for (int32_t f = 0;; f = mlt_min(f + 4, last)) {
        mlt_dsp_open(&four, q, bias, f);
        four_filters(x, w + (ptrdiff_t)f * c->w_filter, y + f, c, &four);
        if (f == last) {
            return true;
        }
    }
}

#endif
