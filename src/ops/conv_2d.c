// SPDX-License-Identifier: MIT
// CONV_2D: every output pixel is a product of the window it sees and the filters. Windows are
// multiplied where they lie in the image, piece by piece; if the pieces are short, a few windows at
// a time are gathered in scratch memory, where each is one piece.

#include "hybrid.h"
#include "product.h"
#include "window.h"

enum { X, W, B };
enum { SHORT_PIECE = 12 };

typedef struct conv_2d {
    mlt_axis_t y, x;
    int32_t batches, channels; // of the input
    int32_t group_channels;    // that a group of filters sees: w's last dimension
    int32_t group_filters;
    int16_t gathered;  // scratch: MLT_CONV_PIXELS windows; negative: they stay where they are
    int16_t quantized; // hybrid: scratch for an image as int8
    bool symmetric;    // hybrid: how it is quantised
    mlt_product_t product;
} conv_2d_t;

// The same convolution with fewer and longer pieces, where the shapes allow it.
static void simplify(conv_2d_t *d) {
    mlt_axis_t *y = &d->y, *x = &d->x;
    bool one_group = d->group_channels == d->channels;
    if (one_group && x->kernel == x->in && x->dilation == 1 && x->out == 1 && x->pad == 0) {
        // The window takes the whole width: a row of the image is one pixel of many channels.
        d->channels *= x->in;
        d->group_channels = d->channels;
        x->in = x->kernel = 1;
    }
    if (x->in == 1 && x->kernel == 1) {
        mlt_axis_swap(y, x); // a column is a row
    }
    if (y->kernel == 1 && x->kernel == 1 && y->stride == 1 && x->stride == 1) {
        x->in = x->out = y->in * x->in; // all pixels are one row
        y->in = y->out = 1;
        if (d->product.kind != MLT_PRODUCT_HYBRID) { // which has a scale for each image
            x->in = x->out = d->batches * x->in;
            d->batches = 1;
        }
    }
}

// The taps of a row of a window lie side by side.
static bool has_whole_rows(const conv_2d_t *d) {
    return d->group_channels == d->channels && (d->x.dilation == 1 || d->x.kernel == 1);
}

static bool wants_gathering(const conv_2d_t *d) {
    bool whole_rows = has_whole_rows(d);
    int32_t pieces = whole_rows ? d->y.kernel : d->y.kernel * d->x.kernel;
    int32_t piece = whole_rows ? d->x.kernel * d->channels : d->group_channels;
    return pieces > 1 && (piece < SHORT_PIECE || d->product.kind == MLT_PRODUCT_U8);
}

static mlt_status_t conv_2d_shapes(mlt_ctx_t *ctx, mlt_node_t *node, conv_2d_t *d) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *w = mlt_in(ctx, node, W);
    d->y = (mlt_axis_t){.in = x->dims[1],
        .kernel = w->dims[1],
        .stride = mlt_option(node, CONV2D_STRIDE_H),
        .dilation = mlt_option(node, CONV2D_DILATION_H_FACTOR)};
    d->x = (mlt_axis_t){.in = x->dims[2],
        .kernel = w->dims[2],
        .stride = mlt_option(node, CONV2D_STRIDE_W),
        .dilation = mlt_option(node, CONV2D_DILATION_W_FACTOR)};
    int32_t padding = mlt_option(node, CONV2D_PADDING);
    MLT_TRY(mlt_axis_prepare(ctx, node, &d->y, padding));
    MLT_TRY(mlt_axis_prepare(ctx, node, &d->x, padding));
    d->batches = x->dims[0];
    d->channels = x->dims[3];
    d->group_channels = w->dims[3];
    int32_t filters = w->dims[0], groups = d->channels / d->group_channels;
    if (groups * d->group_channels != d->channels) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, W, "%d channels, want a divisor of %d",
            d->group_channels, d->channels);
    }
    d->group_filters = filters / groups;
    if (d->group_filters * groups != filters) {
        return mlt_fail(
            ctx, node, MLT_ERR_SHAPE, W, "%d filters, want a multiple of %d", filters, groups);
    }
    int32_t dims[] = {d->batches, d->y.out, d->x.out, filters};
    return mlt_want_dims(ctx, node, MLT_OUT(0), 4, dims);
}

// Like TensorFlow Lite: symmetric if one scale is all there is.
static mlt_status_t conv_2d_prepare_hybrid(mlt_ctx_t *ctx, const mlt_node_t *node, conv_2d_t *d) {
    const mlt_dequant_t *q = &d->product.dequant;
    d->symmetric = d->group_channels == d->channels;
    for (int32_t c = 0; c < d->product.cols; ++c) {
        int32_t i = c * q->stride;
        d->symmetric &= q->w_scale[i] == q->w_scale[0];
    }
    size_t image = (size_t)d->y.in * (size_t)d->x.in * (size_t)d->channels;
    return mlt_plan_scratch(ctx, node, &d->quantized, image);
}

static mlt_status_t conv_2d_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_rank(ctx, node, X, 4, 4));
    MLT_TRY(mlt_want_rank(ctx, node, W, 4, 4));
    MLT_TRY(mlt_want_filled(ctx, node, X));
    MLT_TRY(mlt_want_filled(ctx, node, W));
    conv_2d_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    MLT_TRY(conv_2d_shapes(ctx, node, d));
    mlt_product_want_t want = {.x = X,
        .w = W,
        .bias = B,
        .kinds = MLT_PRODUCT_ALL,
        .cols = mlt_in(ctx, node, W)->dims[0],
        .depth = d->y.kernel * d->x.kernel * d->group_channels,
        .rows = d->batches * d->y.out * d->x.out,
        .activation = mlt_option(node, CONV2D_FUSED_ACTIVATION_FUNCTION),
        .bias_type = mlt_option(node, CONV2D_QUANTIZED_BIAS_TYPE)};
    MLT_TRY(mlt_product_prepare(ctx, node, &d->product, &want));
    if (d->product.kind == MLT_PRODUCT_HYBRID) {
        MLT_TRY(conv_2d_prepare_hybrid(ctx, node, d));
    }
    simplify(d);
    d->gathered = -1;
    if (wants_gathering(d)) {
        size_t window = (size_t)d->product.depth * mlt_product_x_size(&d->product);
        return mlt_plan_scratch(ctx, node, &d->gathered, MLT_CONV_PIXELS * window);
    }
    return MLT_OK;
}

// A convolution under way: one panel of filters over one image.
typedef struct run {
    mlt_ctx_t *ctx;
    const conv_2d_t *d;
    mlt_image_t image; // at the first channel of the panel's group
    mlt_panel_t panel;
    uint8_t *y; // the panel's part of the next output pixel
    size_t y_pixel;
    uint8_t *windows; // the first `gathered` are waiting to be multiplied
    int32_t gathered;
} run_t;

static void multiply_gathered(run_t *r) {
    mlt_panel_rows(&r->d->product, &r->panel, r->gathered, r->d->product.cols);
    mlt_panel_run(r->ctx, &r->d->product, &r->panel, r->windows, 0, r->y);
    r->y += (size_t)r->gathered * r->y_pixel;
    r->gathered = 0;
}

static void convolve_gathered(run_t *r) {
    const conv_2d_t *d = r->d;
    size_t window = (size_t)(d->y.kernel * d->x.kernel) * r->image.part;
    for (int32_t oy = 0; oy < d->y.out; ++oy) {
        for (int32_t ox = 0; ox < d->x.out; ++ox) {
            uint8_t *to = r->windows + (size_t)r->gathered++ * window;
            mlt_window_gather(&r->image, &d->y, &d->x, oy, ox, to);
            if (r->gathered == MLT_CONV_PIXELS) {
                multiply_gathered(r);
            }
        }
    }
    if (r->gathered > 0) {
        multiply_gathered(r);
    }
}

// Output pixels that all see taps rows x cols of the image. Steps that are not taken may be larger
// than anything the model has: they stay 0.
static void multiply(run_t *r, mlt_taps_t rows, mlt_taps_t cols, int32_t pixels) {
    const conv_2d_t *d = r->d;
    mlt_conv_t *s = &r->panel.shape;
    int32_t channels = d->group_channels, count = cols.end - cols.first;
    s->pixels = pixels;
    s->x_pixel = pixels > 1 ? d->x.stride * d->channels : 0;
    s->y_pixel = d->product.cols;
    s->rows = count > 0 ? rows.end - rows.first : 0;
    s->x_row = s->rows > 1 ? d->y.dilation * d->x.in * d->channels : 0;
    s->w_row = d->x.kernel * channels;
    if (has_whole_rows(d)) {
        s->cols = 1;
        s->depth = s->rows > 0 ? count * channels : 0;
    } else {
        s->cols = count;
        s->depth = channels;
        s->x_col = count > 1 ? d->x.dilation * d->channels : 0;
        s->w_col = channels;
    }
    size_t x = 0, w = 0;
    if (s->rows > 0) {
        x = (size_t)rows.at * (size_t)d->x.in + (size_t)cols.at;
        w = (size_t)(rows.first * d->x.kernel + cols.first) * (size_t)channels;
    }
    mlt_panel_run(r->ctx, &d->product, &r->panel, r->image.data + x * r->image.pixel, w, r->y);
    r->y += (size_t)pixels * r->y_pixel;
}

static void convolve_in_place(run_t *r) {
    const conv_2d_t *d = r->d;
    mlt_inside_t inside = mlt_axis_inside(&d->x);
    for (int32_t oy = 0; oy < d->y.out; ++oy) {
        mlt_taps_t rows = mlt_axis_taps(&d->y, oy);
        for (int32_t ox = 0; ox < d->x.out;) {
            int32_t pixels = ox == inside.first ? mlt_max(inside.end - ox, 1) : 1;
            multiply(r, rows, mlt_axis_taps(&d->x, ox), pixels);
            ox += pixels;
        }
    }
}

// An image with all filters. y: its first output pixel.
static void convolve_image(run_t *r, const mlt_node_t *node, const uint8_t *x, uint8_t *y) {
    const conv_2d_t *d = r->d;
    const mlt_product_t *p = &d->product;
    mlt_quant_t quant = {0.0f, -p->x_offset};
    if (MLT_WITH_FLOAT && p->kind == MLT_PRODUCT_HYBRID) {
        int8_t *quantized = mlt_scratch(r->ctx, d->quantized);
        int32_t count = d->y.in * d->x.in * d->channels;
        quant = mlt_hybrid_quantize((const float *)(const void *)x, quantized, count, d->symmetric);
        x = (const uint8_t *)quantized;
    }
    r->image.zero = quant.zero_point;
    for (int32_t c = 0; c < p->cols; c += r->panel.shape.filters) {
        int32_t group = c / d->group_filters;
        mlt_panel_open(r->ctx, p, mlt_in(r->ctx, node, W), mlt_in(r->ctx, node, B), c,
            (group + 1) * d->group_filters, &r->panel);
        if (p->kind == MLT_PRODUCT_HYBRID) {
            r->panel.dequant.x_scale = quant.scale;
            r->panel.x_offset = -quant.zero_point;
        }
        r->y = y + (size_t)c * mlt_product_y_size(p);
        r->image.data = x + (size_t)group * r->image.part;
        if (d->gathered >= 0) {
            convolve_gathered(r);
        } else {
            convolve_in_place(r);
        }
    }
}

static mlt_status_t conv_2d_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const conv_2d_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, 0);
    size_t size = mlt_product_x_size(&d->product), y_size = mlt_product_y_size(&d->product);
    run_t r = {.ctx = ctx, .d = d};
    r.image.pixel = (size_t)d->channels * size;
    r.image.part = (size_t)d->group_channels * size;
    r.y_pixel = (size_t)d->product.cols * y_size;
    r.windows = d->gathered < 0 ? NULL : mlt_scratch(ctx, d->gathered);
    size_t x_image = (size_t)(d->y.in * d->x.in) * (size_t)d->channels * y_size;
    size_t y_image = (size_t)(d->y.out * d->x.out) * r.y_pixel;
    for (int32_t n = 0; n < d->batches; ++n) {
        convolve_image(&r, node, (const uint8_t *)x->data + (size_t)n * x_image,
            (uint8_t *)y->data + (size_t)n * y_image);
    }
    return MLT_OK;
}

MLT_DEFINE_OP_OF(conv_2d, CONV_2D, 2, 3, 1, 1, conv_2d_prepare, conv_2d_eval)
