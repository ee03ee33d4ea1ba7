// SPDX-License-Identifier: MIT
// TRANSPOSE_CONV: the convolution that would make x out of y, run backwards. Each output pixel
// adds up what it receives from the input pixels whose windows it lies in; sums are never kept.

#include "hybrid.h"
#include "product.h"
#include "window.h"

enum { SHAPE, W, X, B };

typedef struct transpose_conv {
    mlt_axis_t y, x;   // of the convolution from output to input
    int32_t channels;  // of the input
    int16_t widened;   // scratch: int16 biases as int64; negative: not needed
    int16_t quantized; // hybrid: scratch for an image as int8
    mlt_product_t product;
} transpose_conv_t;

static mlt_status_t transpose_conv_shapes(
    mlt_ctx_t *ctx, const mlt_node_t *node, transpose_conv_t *d) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *w = mlt_in(ctx, node, W);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    int32_t padding = mlt_option(node, TRANSPOSE_CONV_PADDING);
    d->y = (mlt_axis_t){.in = y->dims[1],
        .kernel = w->dims[1],
        .stride = mlt_option(node, TRANSPOSE_CONV_STRIDE_H),
        .dilation = 1};
    d->x = (mlt_axis_t){.in = y->dims[2],
        .kernel = w->dims[2],
        .stride = mlt_option(node, TRANSPOSE_CONV_STRIDE_W),
        .dilation = 1};
    MLT_TRY(mlt_axis_prepare(ctx, node, &d->y, padding));
    MLT_TRY(mlt_axis_prepare(ctx, node, &d->x, padding));
    d->channels = w->dims[3];
    int32_t x_dims[] = {y->dims[0], d->y.out, d->x.out, d->channels};
    MLT_TRY(mlt_want_dims(ctx, node, X, 4, x_dims));
    int32_t y_dims[] = {x->dims[0], d->y.in, d->x.in, w->dims[0]};
    return mlt_want_dims(ctx, node, MLT_OUT(0), 4, y_dims);
}

static mlt_status_t transpose_conv_scratch(
    mlt_ctx_t *ctx, const mlt_node_t *node, transpose_conv_t *d) {
    const mlt_tensor_t *b = mlt_in(ctx, node, B);
    d->widened = -1;
    if (b && b->type == MLT_INT16) {
        size_t size = (size_t)d->product.cols * sizeof(int64_t);
        return mlt_plan_scratch(ctx, node, &d->widened, size);
    }
    if (d->product.kind == MLT_PRODUCT_HYBRID) {
        size_t image = (size_t)d->y.out * (size_t)d->x.out * (size_t)d->channels;
        return mlt_plan_scratch(ctx, node, &d->quantized, image);
    }
    return MLT_OK;
}

static mlt_status_t transpose_conv_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    const int slots[] = {X, W, MLT_OUT(0)};
    for (int i = 0; i < 3; ++i) {
        MLT_TRY(mlt_want_rank(ctx, node, slots[i], 4, 4));
        MLT_TRY(mlt_want_filled(ctx, node, slots[i]));
    }
    transpose_conv_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    MLT_TRY(transpose_conv_shapes(ctx, node, d));
    mlt_product_want_t want = {.x = X,
        .w = W,
        .bias = B,
        .kinds = MLT_PRODUCT(F32) | MLT_PRODUCT(HYBRID) | MLT_PRODUCT(S8) | MLT_PRODUCT(S16) |
                 MLT_PRODUCT(S16_B32),
        .short_bias = true,
        .cols = mlt_in(ctx, node, W)->dims[0],
        .depth = d->y.kernel * d->x.kernel * d->channels,
        .activation = mlt_option(node, TRANSPOSE_CONV_FUSED_ACTIVATION_FUNCTION),
        .bias_type = mlt_option(node, TRANSPOSE_CONV_QUANTIZED_BIAS_TYPE)};
    MLT_TRY(mlt_product_prepare(ctx, node, &d->product, &want));
    return transpose_conv_scratch(ctx, node, d);
}

// Taps that output position o receives from: input positions first, first + 1 ... see it through
// taps tap, tap - stride ...
typedef struct reach {
    int32_t first, count, tap;
} reach_t;

static reach_t reach(const mlt_axis_t *axis, int32_t o) {
    int32_t at = o + axis->pad, last = mlt_min(at / axis->stride, axis->out - 1);
    int32_t before = at - axis->kernel; // the last position whose window ends before
    int32_t first = before < 0 ? 0 : before / axis->stride + 1;
    return (reach_t){first, mlt_max(last - first + 1, 0), at - first * axis->stride};
}

// A transposed convolution of one image under way.
typedef struct run {
    mlt_ctx_t *ctx;
    const transpose_conv_t *d;
    mlt_panel_t panel;
    const uint8_t *x;
    uint8_t *y; // the panel's part of the first output pixel
} run_t;

// Output pixels at every stride-th place that receive through the same taps. Steps that are not
// taken may be larger than anything the model has: they stay 0.
static void multiply(run_t *r, reach_t rows, reach_t cols, int32_t pixels, uint8_t *y) {
    const transpose_conv_t *d = r->d;
    mlt_conv_t *s = &r->panel.shape;
    s->pixels = pixels;
    s->x_pixel = d->channels;
    s->y_pixel = pixels > 1 ? d->x.stride * d->product.cols : 0;
    s->rows = cols.count > 0 ? rows.count : 0;
    s->cols = cols.count;
    s->depth = d->channels;
    s->x_row = d->x.out * d->channels;
    s->x_col = d->channels;
    s->w_row = s->rows > 1 ? -d->y.stride * d->x.kernel * d->channels : 0;
    s->w_col = s->cols > 1 ? -d->x.stride * d->channels : 0;
    size_t x = 0, w = 0;
    if (s->rows > 0) {
        x = (size_t)rows.first * (size_t)d->x.out + (size_t)cols.first;
        w = (size_t)(rows.tap * d->x.kernel + cols.tap) * (size_t)d->channels;
    }
    size_t pixel = (size_t)d->channels * mlt_product_x_size(&d->product);
    mlt_panel_run(r->ctx, &d->product, &r->panel, r->x + x * pixel, w, y);
}

// One row of output pixels.
static void transpose_row(run_t *r, reach_t rows, uint8_t *y) {
    const mlt_axis_t *axis = &r->d->x;
    size_t y_pixel = (size_t)r->d->product.cols * mlt_product_y_size(&r->d->product);
    for (int32_t phase = 0; phase < mlt_min(axis->stride, axis->in); ++phase) {
        for (int32_t o = phase; o < axis->in;) {
            int32_t pixels = 1, next = o + axis->stride;
            reach_t cols = reach(axis, o);
            for (; next < axis->in; next += axis->stride, ++pixels) {
                reach_t other = reach(axis, next);
                if (other.first != cols.first + pixels || other.count != cols.count) {
                    break;
                }
            }
            multiply(r, rows, cols, pixels, y + (size_t)o * y_pixel);
            o = next;
        }
    }
}

static void transpose_image(run_t *r) {
    const transpose_conv_t *d = r->d;
    size_t y_row = (size_t)d->x.in * (size_t)d->product.cols * mlt_product_y_size(&d->product);
    for (int32_t oy = 0; oy < d->y.in; ++oy) {
        transpose_row(r, reach(&d->y, oy), r->y + (size_t)oy * y_row);
    }
}

// int16 biases as int64.
static const void *widened_bias(mlt_ctx_t *ctx, const transpose_conv_t *d, const mlt_tensor_t *b) {
    const int16_t *from = b->data;
    int64_t *to = mlt_scratch(ctx, d->widened);
    for (int32_t c = 0; c < d->product.cols; ++c) {
        to[c] = from[c];
    }
    return to;
}

static mlt_status_t transpose_conv_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const transpose_conv_t *d = node->data;
    const mlt_product_t *p = &d->product;
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, 0);
    const mlt_tensor_t *w = mlt_in(ctx, node, W), *b = mlt_in(ctx, node, B);
    run_t r = {.ctx = ctx, .d = d};
    int32_t x_image = d->y.out * d->x.out * d->channels, y_image = d->y.in * d->x.in * p->cols;
    for (int32_t n = 0; n < y->dims[0]; ++n) {
        r.x = (const uint8_t *)x->data + (size_t)n * (size_t)x_image * mlt_product_y_size(p);
        mlt_quant_t quant = {0.0f, 0};
        if (MLT_WITH_FLOAT && p->kind == MLT_PRODUCT_HYBRID) {
            int8_t *quantized = mlt_scratch(ctx, d->quantized);
            quant =
                mlt_hybrid_quantize((const float *)(const void *)r.x, quantized, x_image, false);
            r.x = (const uint8_t *)quantized;
        }
        for (int32_t c = 0; c < p->cols; c += r.panel.shape.filters) {
            mlt_panel_open(ctx, p, w, b, c, p->cols, &r.panel);
            if (d->widened >= 0) {
                r.panel.bias = (const int64_t *)widened_bias(ctx, d, b) + c;
            }
            if (p->kind == MLT_PRODUCT_HYBRID) {
                r.panel.dequant.x_scale = quant.scale;
                r.panel.x_offset = -quant.zero_point;
            }
            r.y = (uint8_t *)y->data +
                  ((size_t)n * (size_t)y_image + (size_t)c) * mlt_product_y_size(p);
            transpose_image(&r);
        }
    }
    return MLT_OK;
}

MLT_DEFINE_OP_OF(
    transpose_conv, TRANSPOSE_CONV, 3, 4, 1, 1, transpose_conv_prepare, transpose_conv_eval)
