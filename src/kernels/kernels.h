// SPDX-License-Identifier: MIT
// Kernels: the loops where the time goes, on plain pointers and sizes. The scalar ones define the
// right answer; one for an instruction set has only to give the same integers (floats may differ
// in the order of sums). Kernels trust their arguments and never write outside y.
//
// An operator calls mlt_matmul_s8(ctx, ...). Here that is a direct call of the best kernel that
// the compiler's target has: a header for an instruction set, included below, may say
// `#define mlt_matmul_s8_best mlt_matmul_s8_mve`, and what it does not name stays scalar.
#ifndef MLT_KERNELS_H
#define MLT_KERNELS_H

#include <stdbool.h>
#include <stdint.h>

#include "../config.h"
#include "../quant.h"

#define MLT_NOINLINE __attribute__((noinline))

// What floats are clamped to.
typedef struct mlt_range {
    float lo, hi;
} mlt_range_t;

// How integer sums become floats: clamp(sum * x_scale * w_scale[c * stride] + bias[c]).
typedef struct mlt_dequant {
    const float *w_scale;
    int32_t stride; // 0: one scale for all channels, 1: one each
    float x_scale;
    mlt_range_t range;
} mlt_dequant_t;

static inline float mlt_dequant(const mlt_dequant_t *q, int32_t sum, int32_t channel, float bias) {
    const int32_t i = channel * q->stride;
    float real = (float)sum * (q->x_scale * q->w_scale[i]) + bias;
    return mlt_clamp_float(real, q->range.lo, q->range.hi);
}

// --- Convolution of a run of pixels, each of which sees rows x cols taps of `depth` numbers:
// y[p][f] = out(bias[f] + sum over i, j, k of (x[p, i, j][k] + x_offset) * (w[f, i, j][k] +
// w_offset)) A product of matrices is the case of one tap. out() requantises and clamps. 32-bit
// sums wrap around like TFLM's. bias may be NULL.

typedef struct mlt_conv {
    int32_t pixels, filters;
    int32_t rows, cols, depth;      // 0 rows: only the bias is left
    int32_t x_pixel, x_row, x_col;  // steps in x: to the next pixel, tap row, tap column
    int32_t w_filter, w_row, w_col; // steps in w
    int32_t y_pixel;                // step in y to the next pixel
    int32_t x_offset, w_offset;     // for 8-bit x and w; w_offset only with one tap
} mlt_conv_t;

// How many pixels a caller that has to copy them should offer at once: the kernels' tile.
#ifndef MLT_CONV_PIXELS
#define MLT_CONV_PIXELS 2
#endif

typedef void mlt_conv_s8_fn(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q);
typedef void mlt_conv_f32_fn(const float *x, const float *w, const float *bias, float *y,
    const mlt_conv_t *c, const mlt_range_t *range);
// Of int8 x and w, to float.
typedef void mlt_conv_s8_f32_fn(const int8_t *x, const int8_t *w, const float *bias, float *y,
    const mlt_conv_t *c, const mlt_dequant_t *q);
// bias: int64_t, for 64-bit sums and mlt_requant64; or int32_t, for 32-bit sums and mlt_requant.
typedef void mlt_conv_s16_fn(const int16_t *x, const int8_t *w, const int64_t *bias, int16_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q);
typedef void mlt_conv_s16_b32_fn(const int16_t *x, const int8_t *w, const int32_t *bias, int16_t *y,
    const mlt_conv_t *c, const mlt_requant_t *q);
typedef void mlt_conv_s16_s16_fn(const int16_t *x, const int16_t *w, const int64_t *bias,
    int16_t *y, const mlt_conv_t *c, const mlt_requant_t *q);
mlt_conv_s8_fn mlt_conv_s8_scalar;
mlt_conv_s8_fn
    mlt_conv_s8_each_scalar; // pixel by pixel: less code, as fast where there is only one
mlt_conv_s8_f32_fn mlt_conv_s8_f32_scalar;
mlt_conv_s16_fn mlt_conv_s16_scalar;
mlt_conv_s16_b32_fn mlt_conv_s16_b32_scalar;
mlt_conv_s16_s16_fn mlt_conv_s16_s16_scalar;
mlt_conv_f32_fn mlt_conv_f32_scalar;

// sums[f] = bias[f] + x_offset * sum over k of (w[f][k] + w_offset), for filters of `depth` numbers
// that lie one after the other: with these as biases, x_offset is 0.
typedef void mlt_fold_filters_s8_fn(const int8_t *w, const int32_t *bias, int32_t *sums,
    int32_t filters, int32_t depth, int32_t x_offset, int32_t w_offset);
mlt_fold_filters_s8_fn mlt_fold_filters_s8_scalar;

// --- Depthwise convolution of a run of pixels that see the same taps:
// y[p][c] = out(bias[c] + sum over i, j of (x[p, i, j][c / multiplier] + x_offset) * w[i, j][c])

typedef struct mlt_depthwise {
    int32_t pixels, channels, multiplier; // y has channels * multiplier numbers a pixel
    int32_t rows, cols;                   // taps
    int32_t x_pixel, x_row, x_col;        // steps in x: to the next pixel, tap row, tap column
    int32_t w_row;                        // step in w to the next tap row
    int32_t x_offset, w_offset;           // w_offset: uint8 only
} mlt_depthwise_t;

typedef void mlt_depthwise_s8_fn(const int8_t *x, const int8_t *w, const int32_t *bias, int8_t *y,
    const mlt_depthwise_t *d, const mlt_requant_t *q);
typedef void mlt_depthwise_f32_fn(const float *x, const float *w, const float *bias, float *y,
    const mlt_depthwise_t *d, const mlt_range_t *range);
typedef void mlt_depthwise_s8_f32_fn(const int8_t *x, const int8_t *w, const float *bias, float *y,
    const mlt_depthwise_t *d, const mlt_dequant_t *q);
typedef void mlt_depthwise_u8_fn(const uint8_t *x, const uint8_t *w, const int32_t *bias,
    uint8_t *y, const mlt_depthwise_t *d, const mlt_requant_t *q);
typedef void mlt_depthwise_s16_fn(const int16_t *x, const int8_t *w, const int64_t *bias,
    int16_t *y, const mlt_depthwise_t *d, const mlt_requant_t *q);
mlt_depthwise_s8_fn mlt_depthwise_s8_scalar;
mlt_depthwise_s8_f32_fn mlt_depthwise_s8_f32_scalar;
mlt_depthwise_u8_fn mlt_depthwise_u8_scalar;
mlt_depthwise_s16_fn mlt_depthwise_s16_scalar;
mlt_depthwise_f32_fn mlt_depthwise_f32_scalar;

// sums[c] = bias[c] + x_offset * sum over taps of w[tap][c]: with these as biases, x_offset is 0.
void mlt_fold_taps_s8(const int8_t *w, const int32_t *bias, int32_t *sums, int32_t taps,
    int32_t filters, int32_t x_offset);

// --- Pools: one pixel of all channels from a window of rows x cols pixels, steps in elements.

typedef struct mlt_window {
    int32_t rows, cols, row_step, channels; // the step from column to column is `channels`
} mlt_window_t;

typedef void mlt_pool_s8_fn(
    const int8_t *x, int8_t *y, const mlt_window_t *window, int32_t lo, int32_t hi);
typedef void mlt_pool_f32_fn(
    const float *x, float *y, const mlt_window_t *window, const mlt_range_t *range);
mlt_pool_s8_fn mlt_max_pool_s8_scalar, mlt_average_pool_s8_scalar;
mlt_pool_f32_fn mlt_max_pool_f32_scalar, mlt_average_pool_f32_scalar;

typedef void mlt_pool_u8_fn(
    const uint8_t *x, uint8_t *y, const mlt_window_t *window, int32_t lo, int32_t hi);
typedef void mlt_pool_s16_fn(
    const int16_t *x, int16_t *y, const mlt_window_t *window, int32_t lo, int32_t hi);
mlt_pool_u8_fn mlt_max_pool_u8_scalar, mlt_average_pool_u8_scalar;
mlt_pool_s16_fn mlt_max_pool_s16_scalar, mlt_average_pool_s16_scalar;

// --- Which kernel a call reaches.

#include "small.h"
#if MLT_WITH_FAST_KERNELS && defined(__ARM_FEATURE_DSP) && defined(__ARM_FEATURE_UNALIGNED) &&     \
    defined(__thumb2__)
#include "arm_dsp.h"
#endif

#ifndef mlt_conv_s8_best
#define mlt_conv_s8_best mlt_conv_s8_scalar
#endif
#ifndef mlt_conv_s8_each_best
#define mlt_conv_s8_each_best mlt_conv_s8_each_scalar
#endif
// A product of matrices, whose rows lie one after the other.
#ifndef mlt_dense_s8_best
#define mlt_dense_s8_best mlt_conv_s8_each_best
#endif
// Whether it pays to fold x_offset into the biases of many pixels.
#ifndef MLT_CONV_S8_FOLDS
#define MLT_CONV_S8_FOLDS 1
#endif
#ifndef MLT_CONV_S8_EACH_FOLDS
#define MLT_CONV_S8_EACH_FOLDS MLT_CONV_S8_FOLDS
#endif
#ifndef mlt_fold_filters_s8_best
#define mlt_fold_filters_s8_best mlt_fold_filters_s8_scalar
#endif
#ifndef mlt_conv_s8_f32_best
#define mlt_conv_s8_f32_best mlt_conv_s8_f32_scalar
#endif
#ifndef mlt_conv_s16_best
#define mlt_conv_s16_best mlt_conv_s16_scalar
#endif
#ifndef mlt_conv_s16_b32_best
#define mlt_conv_s16_b32_best mlt_conv_s16_b32_scalar
#endif
#ifndef mlt_conv_s16_s16_best
#define mlt_conv_s16_s16_best mlt_conv_s16_s16_scalar
#endif
#ifndef mlt_conv_f32_best
#define mlt_conv_f32_best mlt_conv_f32_scalar
#endif
#ifndef mlt_depthwise_s8_best
#define mlt_depthwise_s8_best mlt_depthwise_s8_scalar
#endif
// Whether it pays to fold x_offset into the biases.
#ifndef MLT_DEPTHWISE_S8_FOLDS
#define MLT_DEPTHWISE_S8_FOLDS 1
#endif
#ifndef mlt_depthwise_s8_f32_best
#define mlt_depthwise_s8_f32_best mlt_depthwise_s8_f32_scalar
#endif
#ifndef mlt_depthwise_u8_best
#define mlt_depthwise_u8_best mlt_depthwise_u8_scalar
#endif
#ifndef mlt_depthwise_s16_best
#define mlt_depthwise_s16_best mlt_depthwise_s16_scalar
#endif
#ifndef mlt_depthwise_f32_best
#define mlt_depthwise_f32_best mlt_depthwise_f32_scalar
#endif
#ifndef mlt_max_pool_s8_best
#define mlt_max_pool_s8_best mlt_max_pool_s8_scalar
#endif
#ifndef mlt_max_pool_u8_best
#define mlt_max_pool_u8_best mlt_max_pool_u8_scalar
#endif
#ifndef mlt_max_pool_s16_best
#define mlt_max_pool_s16_best mlt_max_pool_s16_scalar
#endif
#ifndef mlt_max_pool_f32_best
#define mlt_max_pool_f32_best mlt_max_pool_f32_scalar
#endif
#ifndef mlt_average_pool_s8_best
#define mlt_average_pool_s8_best mlt_average_pool_s8_scalar
#endif
#ifndef mlt_average_pool_u8_best
#define mlt_average_pool_u8_best mlt_average_pool_u8_scalar
#endif
#ifndef mlt_average_pool_s16_best
#define mlt_average_pool_s16_best mlt_average_pool_s16_scalar
#endif
#ifndef mlt_average_pool_f32_best
#define mlt_average_pool_f32_best mlt_average_pool_f32_scalar
#endif

#define mlt_conv_s8(ctx, ...) ((void)(ctx), mlt_conv_s8_best(__VA_ARGS__))
#define mlt_conv_s8_each(ctx, ...) ((void)(ctx), mlt_conv_s8_each_best(__VA_ARGS__))
#define mlt_dense_s8(ctx, ...) ((void)(ctx), mlt_dense_s8_best(__VA_ARGS__))
#define mlt_fold_filters_s8(ctx, ...) ((void)(ctx), mlt_fold_filters_s8_best(__VA_ARGS__))
#define mlt_conv_s8_f32(ctx, ...) ((void)(ctx), mlt_conv_s8_f32_best(__VA_ARGS__))
#define mlt_conv_s16(ctx, ...) ((void)(ctx), mlt_conv_s16_best(__VA_ARGS__))
#define mlt_conv_s16_b32(ctx, ...) ((void)(ctx), mlt_conv_s16_b32_best(__VA_ARGS__))
#define mlt_conv_s16_s16(ctx, ...) ((void)(ctx), mlt_conv_s16_s16_best(__VA_ARGS__))
#define mlt_conv_f32(ctx, ...) ((void)(ctx), mlt_conv_f32_best(__VA_ARGS__))
#define mlt_depthwise_s8(ctx, ...) ((void)(ctx), mlt_depthwise_s8_best(__VA_ARGS__))
#define mlt_depthwise_s8_f32(ctx, ...) ((void)(ctx), mlt_depthwise_s8_f32_best(__VA_ARGS__))
#define mlt_depthwise_u8(ctx, ...) ((void)(ctx), mlt_depthwise_u8_best(__VA_ARGS__))
#define mlt_depthwise_s16(ctx, ...) ((void)(ctx), mlt_depthwise_s16_best(__VA_ARGS__))
#define mlt_depthwise_f32(ctx, ...) ((void)(ctx), mlt_depthwise_f32_best(__VA_ARGS__))
#define mlt_max_pool_s8(ctx, ...) ((void)(ctx), mlt_max_pool_s8_best(__VA_ARGS__))
#define mlt_max_pool_u8(ctx, ...) ((void)(ctx), mlt_max_pool_u8_best(__VA_ARGS__))
#define mlt_max_pool_s16(ctx, ...) ((void)(ctx), mlt_max_pool_s16_best(__VA_ARGS__))
#define mlt_max_pool_f32(ctx, ...) ((void)(ctx), mlt_max_pool_f32_best(__VA_ARGS__))
#define mlt_average_pool_s8(ctx, ...) ((void)(ctx), mlt_average_pool_s8_best(__VA_ARGS__))
#define mlt_average_pool_u8(ctx, ...) ((void)(ctx), mlt_average_pool_u8_best(__VA_ARGS__))
#define mlt_average_pool_s16(ctx, ...) ((void)(ctx), mlt_average_pool_s16_best(__VA_ARGS__))
#define mlt_average_pool_f32(ctx, ...) ((void)(ctx), mlt_average_pool_f32_best(__VA_ARGS__))

#endif
