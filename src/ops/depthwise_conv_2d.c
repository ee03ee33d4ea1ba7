// SPDX-License-Identifier: MIT
// DEPTHWISE_CONV_2D: each output channel sees one input channel. Pixels in the middle of a row
// see all taps and are computed in one go; those at the border see fewer.

#include "product.h"
#include "window.h"

enum { X, W, B };

typedef struct depthwise {
    mlt_axis_t y, x;
    int32_t batches, channels, multiplier;
    mlt_product_t product; // depth: taps
} depthwise_t;

static mlt_status_t depthwise_shapes(mlt_ctx_t *ctx, mlt_node_t *node, depthwise_t *d) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *w = mlt_in(ctx, node, W);
    d->y = (mlt_axis_t){.in = x->dims[1],
        .kernel = w->dims[1],
        .stride = mlt_option(node, DEPTHWISE_CONV2D_STRIDE_H),
        .dilation = mlt_option(node, DEPTHWISE_CONV2D_DILATION_H_FACTOR)};
    d->x = (mlt_axis_t){.in = x->dims[2],
        .kernel = w->dims[2],
        .stride = mlt_option(node, DEPTHWISE_CONV2D_STRIDE_W),
        .dilation = mlt_option(node, DEPTHWISE_CONV2D_DILATION_W_FACTOR)};
    int32_t padding = mlt_option(node, DEPTHWISE_CONV2D_PADDING);
    MLT_TRY(mlt_axis_prepare(ctx, node, &d->y, padding));
    MLT_TRY(mlt_axis_prepare(ctx, node, &d->x, padding));
    d->batches = x->dims[0];
    d->channels = x->dims[3];
    d->multiplier = w->dims[3] / d->channels;
    if (w->dims[0] != 1) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, W, "dimension 0 is %d, want 1", w->dims[0]);
    }
    if (d->multiplier * d->channels != w->dims[3]) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, W, "%d filters, want a multiple of %d",
            w->dims[3], d->channels);
    }
    int32_t dims[] = {d->batches, d->y.out, d->x.out, w->dims[3]};
    d->product.cols = w->dims[3];
    d->product.depth = d->y.kernel * d->x.kernel;
    return mlt_want_dims(ctx, node, MLT_OUT(0), 4, dims);
}

static mlt_status_t depthwise_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_rank(ctx, node, X, 4, 4));
    MLT_TRY(mlt_want_rank(ctx, node, W, 4, 4));
    MLT_TRY(mlt_want_filled(ctx, node, X));
    MLT_TRY(mlt_want_filled(ctx, node, W));
    MLT_TRY(mlt_want_product(ctx, node, X, W, B, mlt_in(ctx, node, W)->dims[3]));
    depthwise_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    MLT_TRY(depthwise_shapes(ctx, node, d));
    if (d->x.in == 1 && d->x.kernel == 1) {
        mlt_axis_swap(&d->y, &d->x); // a column is a row
    }
    int32_t activation = mlt_option(node, DEPTHWISE_CONV2D_FUSED_ACTIVATION_FUNCTION);
    int32_t pixels = d->batches * d->y.out * d->x.out;
    return mlt_depthwise_prepare(ctx, node, &d->product, X, W, pixels, activation);
}

// A depthwise convolution under way.
typedef struct run {
    mlt_ctx_t *ctx;
    const depthwise_t *d;
    int type;
    size_t size; // of an element
    const uint8_t *x;
    const void *w, *bias;
    const int32_t *sums; // biases for pixels that see all taps, with x_offset 0; or NULL
    uint8_t *y;          // the next output pixel
} run_t;

// Output pixels that all see taps rows x cols.
static void convolve(run_t *r, mlt_taps_t rows, mlt_taps_t cols, int32_t pixels) {
    const depthwise_t *d = r->d;
    int32_t filters = d->product.cols;
    mlt_depthwise_t s = {.pixels = pixels,
        .channels = d->channels,
        .multiplier = d->multiplier,
        .rows = rows.end - rows.first,
        .cols = cols.end - cols.first,
        .x_pixel = d->x.stride * d->channels,
        .x_row = d->y.dilation * d->x.in * d->channels,
        .x_col = d->x.dilation * d->channels,
        .w_row = d->x.kernel * filters,
        .x_offset = d->product.x_offset};
    const void *bias = r->bias;
    if (r->sums && s.rows * s.cols == d->product.depth) {
        bias = r->sums;
        s.x_offset = 0;
    }
    if (s.rows * s.cols == 0) { // all padding: point nowhere else than at the image
        s.rows = 0;
        rows.at = cols.at = rows.first = cols.first = 0;
    }
    size_t x = ((size_t)rows.at * (size_t)d->x.in + (size_t)cols.at) * (size_t)d->channels;
    size_t w = ((size_t)rows.first * (size_t)d->x.kernel + (size_t)cols.first) * (size_t)filters;
    const void *from = r->x + x * r->size;
    if (MLT_WITH_FLOAT && r->type == MLT_FLOAT32) {
        mlt_depthwise_f32(
            r->ctx, from, (const float *)r->w + w, bias, (float *)r->y, &s, &d->product.range);
    } else {
        mlt_depthwise_s8(
            r->ctx, from, (const int8_t *)r->w + w, bias, (int8_t *)r->y, &s, &d->product.requant);
    }
    r->y += (size_t)(pixels * filters) * r->size;
}

static mlt_status_t depthwise_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const depthwise_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *b = mlt_in(ctx, node, B);
    run_t r = {.ctx = ctx, .d = d, .type = x->type, .size = mlt_type_size((mlt_type_t)x->type)};
    r.x = x->data;
    r.y = mlt_out(ctx, node, 0)->data;
    r.bias = b ? b->data : NULL;
    r.w = mlt_depthwise_weights(ctx, &d->product, mlt_in(ctx, node, W), r.bias, &r.sums);
    mlt_inside_t inside = mlt_axis_inside(&d->x);
    for (int32_t n = 0; n < d->batches; ++n) {
        for (int32_t oy = 0; oy < d->y.out; ++oy) {
            mlt_taps_t rows = mlt_axis_taps(&d->y, oy);
            for (int32_t ox = 0; ox < d->x.out;) {
                int32_t pixels = ox == inside.first ? mlt_max(inside.end - ox, 1) : 1;
                convolve(&r, rows, mlt_axis_taps(&d->x, ox), pixels);
                ox += pixels;
            }
        }
        r.x += (size_t)(d->y.in * d->x.in * d->channels) * r.size;
    }
    return MLT_OK;
}

const mlt_op_t mlt_op_depthwise_conv_2d = {
    .name = "DEPTHWISE_CONV_2D",
    .code = MLT_OP_DEPTHWISE_CONV_2D,
    .min_inputs = 2,
    .max_inputs = 3,
    .min_outputs = 1,
    .max_outputs = 1,
    .prepare = depthwise_prepare,
    .eval = depthwise_eval,
};
