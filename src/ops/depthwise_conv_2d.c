// SPDX-License-Identifier: MIT
// DEPTHWISE_CONV_2D: each output channel sees one input channel. Pixels in the middle of a row
// see all taps and are computed in one go; those at the border see fewer.

#include "hybrid.h"
#include "product.h"
#include "window.h"

enum { X, W, B };

typedef struct depthwise {
    mlt_axis_t y, x;
    int32_t batches, channels, multiplier;
    int16_t quantized;     // hybrid: scratch for an image as int8
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
    return mlt_want_dims(ctx, node, MLT_OUT(0), 4, dims);
}

static mlt_status_t depthwise_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_rank(ctx, node, X, 4, 4));
    MLT_TRY(mlt_want_rank(ctx, node, W, 4, 4));
    MLT_TRY(mlt_want_filled(ctx, node, X));
    MLT_TRY(mlt_want_filled(ctx, node, W));
    depthwise_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    MLT_TRY(depthwise_shapes(ctx, node, d));
    mlt_product_want_t want = {.x = X,
        .w = W,
        .whole = true,
        .bias = B,
        .kinds = MLT_PRODUCT_ALL & ~MLT_PRODUCT(S16_B32),
        .cols = mlt_in(ctx, node, W)->dims[3],
        .depth = d->y.kernel * d->x.kernel,
        .rows = MLT_DEPTHWISE_S8_FOLDS ? d->batches * d->y.out * d->x.out : 0,
        .activation = mlt_option(node, DEPTHWISE_CONV2D_FUSED_ACTIVATION_FUNCTION),
        .quant_dim = 3};
    MLT_TRY(mlt_product_prepare(ctx, node, &d->product, &want));
    if (d->x.in == 1 && d->x.kernel == 1) {
        mlt_axis_swap(&d->y, &d->x); // a column is a row
    }
    if (d->product.kind == MLT_PRODUCT_HYBRID) {
        size_t image = (size_t)d->y.in * (size_t)d->x.in * (size_t)d->channels;
        return mlt_plan_scratch(ctx, node, &d->quantized, image);
    }
    return MLT_OK;
}

// A depthwise convolution of one image under way.
typedef struct run {
    mlt_ctx_t *ctx;
    const depthwise_t *d;
    size_t size, y_size; // of elements
    const uint8_t *x;
    const void *w, *bias;
    const int32_t *sums; // biases for pixels that see all taps, with x_offset 0; or NULL
    mlt_quant_t quant;   // hybrid: of x
    uint8_t *y;          // the next output pixel
} run_t;

static void multiply(
    const run_t *r, mlt_depthwise_t *s, const void *x, size_t w, const void *bias) {
    const mlt_product_t *p = &r->d->product;
    const int8_t *w_s8 = (const int8_t *)r->w + w;
    if (MLT_WITH_FLOAT && p->kind == MLT_PRODUCT_F32) {
        mlt_depthwise_f32(
            r->ctx, x, (const float *)r->w + w, bias, (float *)(void *)r->y, s, &p->range);
    } else if (MLT_WITH_FLOAT && p->kind == MLT_PRODUCT_HYBRID) {
        mlt_dequant_t q = p->dequant;
        q.x_scale = r->quant.scale;
        s->x_offset = -r->quant.zero_point;
        mlt_depthwise_s8_f32(r->ctx, x, w_s8, bias, (float *)(void *)r->y, s, &q);
    } else if (MLT_WITH_INT16 && p->kind == MLT_PRODUCT_S16) {
        mlt_depthwise_s16(r->ctx, x, w_s8, bias, (int16_t *)(void *)r->y, s, &p->requant);
    } else if (MLT_WITH_UINT8 && p->kind == MLT_PRODUCT_U8) {
        mlt_depthwise_u8(r->ctx, x, (const uint8_t *)r->w + w, bias, r->y, s, &p->requant);
    } else {
        mlt_depthwise_s8(r->ctx, x, w_s8, bias, (int8_t *)r->y, s, &p->requant);
    }
}

// Output pixels that all see taps rows x cols. Steps that are not taken may be larger than anything
// the model has: they stay 0.
static void convolve(run_t *r, mlt_taps_t rows, mlt_taps_t cols, int32_t pixels) {
    const depthwise_t *d = r->d;
    int32_t filters = d->product.cols;
    mlt_depthwise_t s = {.pixels = pixels,
        .channels = d->channels,
        .multiplier = d->multiplier,
        .rows = rows.end - rows.first,
        .cols = cols.end - cols.first,
        .w_row = d->x.kernel * filters,
        .x_offset = d->product.x_offset,
        .w_offset = d->product.w_offset};
    s.x_pixel = pixels > 1 ? d->x.stride * d->channels : 0;
    s.x_row = s.rows > 1 ? d->y.dilation * d->x.in * d->channels : 0;
    s.x_col = s.cols > 1 ? d->x.dilation * d->channels : 0;
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
    multiply(r, &s, r->x + x * r->size, w, bias);
    r->y += (size_t)pixels * (size_t)filters * r->y_size;
}

static void convolve_image(run_t *r) {
    const depthwise_t *d = r->d;
    mlt_inside_t inside = mlt_axis_inside(&d->x);
    for (int32_t oy = 0; oy < d->y.out; ++oy) {
        mlt_taps_t rows = mlt_axis_taps(&d->y, oy);
        for (int32_t ox = 0; ox < d->x.out;) {
            int32_t pixels = ox == inside.first ? mlt_max(inside.end - ox, 1) : 1;
            convolve(r, rows, mlt_axis_taps(&d->x, ox), pixels);
            ox += pixels;
        }
    }
}

static mlt_status_t depthwise_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const depthwise_t *d = node->data;
    const mlt_product_t *p = &d->product;
    const mlt_tensor_t *b = mlt_in(ctx, node, B);
    run_t r = {.ctx = ctx, .d = d, .bias = b ? b->data : NULL};
    r.size = mlt_product_x_size(p);
    r.y_size = mlt_product_y_size(p);
    r.y = mlt_out(ctx, node, 0)->data;
    r.w = mlt_product_weights(ctx, p, mlt_in(ctx, node, W));
    if (MLT_DEPTHWISE_S8_FOLDS && p->sums >= 0) {
        int32_t *sums = mlt_scratch(ctx, p->sums);
        mlt_fold_taps_s8(r.w, r.bias, sums, p->depth, p->cols, p->x_offset);
        r.sums = sums;
    }
    int32_t image = d->y.in * d->x.in * d->channels;
    for (int32_t n = 0; n < d->batches; ++n) {
        r.x = (const uint8_t *)mlt_in(ctx, node, X)->data + (size_t)n * (size_t)image * r.y_size;
        if (MLT_WITH_FLOAT && p->kind == MLT_PRODUCT_HYBRID) {
            int8_t *quantized = mlt_scratch(ctx, d->quantized);
            r.quant =
                mlt_hybrid_quantize((const float *)(const void *)r.x, quantized, image, false);
            r.x = (const uint8_t *)quantized;
        }
        convolve_image(&r);
    }
    return MLT_OK;
}

MLT_DEFINE_OP_OF(
    depthwise_conv_2d, DEPTHWISE_CONV_2D, 2, 3, 1, 1, depthwise_prepare, depthwise_eval)
