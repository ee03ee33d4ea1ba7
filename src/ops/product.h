// SPDX-License-Identifier: MIT
// Numbers times weights, for every combination of types that TensorFlow Lite knows: what dense
// layers and convolutions share. An operator says in prepare which tensors it multiplies, and in
// eval only walks over them.
#ifndef MLT_PRODUCT_H
#define MLT_PRODUCT_H

#include "util.h"
#include "../kernels/kernels.h"

// Combinations of types, x times w.
typedef enum mlt_product_kind {
    MLT_PRODUCT_F32,
    MLT_PRODUCT_HYBRID,  // float x, which is quantised on the fly, times int8
    MLT_PRODUCT_S8,      // int8 times int8 or int4
    MLT_PRODUCT_U8,      // uint8 times uint8
    MLT_PRODUCT_S16,     // int16 times int8 or int4, sums of 64 bits
    MLT_PRODUCT_S16_B32, // the same with biases and sums of 32 bits
    MLT_PRODUCT_S16_S16, // int16 times int16, sums of 64 bits
} mlt_product_kind_t;

#define MLT_PRODUCT(name) (1 << MLT_PRODUCT_##name)
#define MLT_PRODUCT_ALL 0x7f

// What prepare is asked for.
typedef struct mlt_product_want {
    uint8_t x, w, bias;  // slots of the node
    uint8_t kinds;       // MLT_PRODUCT() of those that the operator takes
    uint8_t quant_dim;   // along which w may have a scale for each output channel
    bool dense;          // FULLY_CONNECTED: one scale for all is handled in a way of its own
    bool plain;          // w is used as it is, so it cannot be INT4
    bool whole;          // w is wanted from mlt_product_weights(), not in panels
    bool short_bias;     // int16 may have int16 biases, which the operator widens itself
    int32_t cols, depth; // output channels, and products in each sum
    int32_t rows;        // how many sums each output channel has
    int32_t panel;       // at most so many output channels at once; 0: as many as there are
    int32_t activation;
    int32_t bias_type; // option quantized_bias_type, for int16 without a bias
} mlt_product_want_t;

// What prepare leaves.
typedef struct mlt_product {
    uint8_t kind;
    int16_t x_offset, w_offset;
    int16_t sums, unpacked; // scratch: folded biases, weights as int8; negative: not needed
    int16_t flipped;        // scratch: pixels of uint8 as int8; negative: not needed
    int32_t cols, depth;
    union {
        mlt_requant_t requant; // integers
        mlt_dequant_t dequant; // hybrid
        mlt_range_t range;     // floats
    };
} mlt_product_t;

// Ask for scratch memory; its number goes to mlt_scratch() in eval.
mlt_status_t mlt_plan_scratch(
    mlt_ctx_t *ctx, const mlt_node_t *node, int16_t *scratch, size_t bytes);

mlt_status_t mlt_product_prepare(
    mlt_ctx_t *ctx, const mlt_node_t *node, mlt_product_t *p, const mlt_product_want_t *want);

// --- eval: x times rows of w, which is [cols][depth].

// Some rows of w with their biases, ready to be multiplied.
typedef struct mlt_panel {
    const void *w, *bias;
    const int32_t *sums; // biases for sums of all `depth` products and x_offset 0; or NULL
    int32_t x_offset;    // hybrid: set by the caller
    mlt_conv_t shape;    // filters and w_filter are set; taps and pixels are up to the caller
    union {
        mlt_requant_t requant;
        mlt_dequant_t dequant; // x_scale: set by the caller
    };
} mlt_panel_t;

// Make a panel of `cols` rows that the caller holds, and of their biases. They are rows c, c + 1
// ... of w, whose scales they have.
void mlt_panel_wrap(mlt_ctx_t *ctx, const mlt_product_t *p, const void *w, const void *bias,
    int32_t c, int32_t cols, mlt_panel_t *panel);

// Make the panel of rows c, c + 1 ... of w: as many as fit, up to row `end`.
void mlt_panel_open(mlt_ctx_t *ctx, const mlt_product_t *p, const mlt_tensor_t *w,
    const mlt_tensor_t *bias, int32_t c, int32_t end, mlt_panel_t *panel);

// Make the shape that of a product of matrices: `rows` rows of x give rows of y.
void mlt_panel_rows(const mlt_product_t *p, mlt_panel_t *panel, int32_t rows, int32_t y_pixel);

// y = x times the panel, for the pixels and taps in panel->shape; w: where in each row of the panel
// the first tap is. Hybrid: x is int8. uint8: like a product of matrices.
void mlt_panel_run(
    mlt_ctx_t *ctx, const mlt_product_t *p, mlt_panel_t *panel, const void *x, size_t w, void *y);

// The same for int8 and all taps, pixel by pixel: links less.
void mlt_panel_run_each(
    mlt_ctx_t *ctx, const mlt_product_t *p, mlt_panel_t *panel, const void *x, void *y);

// All of w, with int4 unpacked.
const void *mlt_product_weights(mlt_ctx_t *ctx, const mlt_product_t *p, const mlt_tensor_t *w);

// Bytes of an element of the x that is multiplied, and of y.
size_t mlt_product_x_size(const mlt_product_t *p);
size_t mlt_product_y_size(const mlt_product_t *p);

#endif
