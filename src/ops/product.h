// SPDX-License-Identifier: MIT
// Rows of numbers times rows of weights, for every combination of types that TensorFlow Lite
// knows: what FULLY_CONNECTED and the convolutions do once they have their rows.
#ifndef MLT_PRODUCT_H
#define MLT_PRODUCT_H

#include "util.h"
#include "../kernels/kernels.h"

// Types that are wanted only if the build has them.
#define MLT_T_IF(with, name) ((with) ? MLT_T(name) : 0)

// One multiplier, for a tensor that has one scale.
typedef struct mlt_factor {
    int32_t mult;
    int8_t shift;
} mlt_factor_t;

// A product as prepare leaves it. x has rows of `depth` numbers, w has `cols` of them.
typedef struct mlt_product {
    int32_t cols, depth;
    int32_t x_offset;
    int32_t chunk;          // so many rows of w are handled at once
    int32_t sums, unpacked; // scratch: folded biases, int4 weights as int8; negative: not needed
    union {
        mlt_requant_t requant; // integers
        mlt_range_t range;     // floats
    };
    mlt_factor_t factor; // where requant points to when FULLY_CONNECTED has one scale
} mlt_product_t;

// Some rows of w with their biases, ready to be multiplied.
typedef struct mlt_panel {
    const void *w, *bias;
    mlt_matmul_t shape; // the caller sets rows and strides
    mlt_requant_t requant;
} mlt_panel_t;

// Types of x, w, bias (may be left out) and output 0 go together; the bias has `cols` elements.
mlt_status_t mlt_want_product(
    mlt_ctx_t *ctx, const mlt_node_t *node, int x, int w, int bias, int32_t cols);

// Fill p, whose cols and depth are set: scales, activation, and scratch to multiply `rows` rows.
// dense: FULLY_CONNECTED, which multiplies the scales of x and w in float.
mlt_status_t mlt_product_prepare(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_product_t *p, int x,
    int w, int32_t rows, int32_t activation, bool dense);

// Make the panel of rows c, c + 1 ... of w: at most p->chunk, at most up to row `end`.
void mlt_panel_open(mlt_ctx_t *ctx, const mlt_product_t *p, const mlt_tensor_t *w,
    const mlt_tensor_t *bias, int32_t c, int32_t end, mlt_panel_t *panel);

// y = x times the panel, for panel->shape.rows rows. type: of x.
void mlt_panel_run(mlt_ctx_t *ctx, const mlt_product_t *p, const mlt_panel_t *panel, int type,
    const void *x, void *y);

// The same for DEPTHWISE_CONV_2D, whose w is [taps][filters] = [depth][cols].
mlt_status_t mlt_depthwise_prepare(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_product_t *p, int x,
    int w, int32_t pixels, int32_t activation);

// eval: its weights, unpacked. sums: biases for windows that see all taps with x_offset 0, or NULL.
const void *mlt_depthwise_weights(mlt_ctx_t *ctx, const mlt_product_t *p, const mlt_tensor_t *w,
    const int32_t *bias, const int32_t **sums);

// Numbers first, first + 1 ... of an int4 tensor (two a byte, low half first) as int8.
void mlt_unpack_int4(const uint8_t *packed, int32_t first, int8_t *values, int32_t count);

#endif
