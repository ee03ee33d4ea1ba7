// SPDX-License-Identifier: MIT
// CONV_3D of floats: x[batch][depth][height][width][channel], w[depth][height][width][channel]
// [filter]. The filters are the innermost dimension of w, so sums build up in y itself.

#include "util.h"
#include "window.h"

enum { X, W, B };

typedef struct conv_3d {
    mlt_axis_t axes[3]; // depth, height, width
    int32_t channels, filters;
    float lo, hi;
} conv_3d_t;

static mlt_status_t conv_3d_shapes(mlt_ctx_t *ctx, const mlt_node_t *node, conv_3d_t *d) {
    const int32_t strides[] = {CONV3D_STRIDE_D, CONV3D_STRIDE_H, CONV3D_STRIDE_W};
    const int32_t dilations[] = {
        CONV3D_DILATION_D_FACTOR, CONV3D_DILATION_H_FACTOR, CONV3D_DILATION_W_FACTOR};
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *w = mlt_in(ctx, node, W);
    for (int i = 0; i < 3; ++i) {
        d->axes[i] = (mlt_axis_t){.in = x->dims[i + 1],
            .kernel = w->dims[i],
            .stride = mlt_option(node, strides[i]),
            .dilation = mlt_option(node, dilations[i])};
        MLT_TRY(mlt_axis_prepare(ctx, node, &d->axes[i], mlt_option(node, CONV3D_PADDING)));
    }
    d->channels = x->dims[4];
    d->filters = w->dims[4];
    if (w->dims[3] != d->channels) {
        return mlt_fail(
            ctx, node, MLT_ERR_SHAPE, W, "dimension 3 is %d, want %d", w->dims[3], d->channels);
    }
    int32_t dims[] = {x->dims[0], d->axes[0].out, d->axes[1].out, d->axes[2].out, d->filters};
    return mlt_want_dims(ctx, node, MLT_OUT(0), 5, dims);
}

static mlt_status_t conv_3d_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    uint32_t types = MLT_WITH_FLOAT ? MLT_T(FLOAT32) : 0;
    MLT_TRY(mlt_want_type(ctx, node, X, types));
    MLT_TRY(mlt_want_type(ctx, node, W, types));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), types));
    MLT_TRY(mlt_want_rank(ctx, node, X, 5, 5));
    MLT_TRY(mlt_want_rank(ctx, node, W, 5, 5));
    MLT_TRY(mlt_want_filled(ctx, node, X));
    MLT_TRY(mlt_want_filled(ctx, node, W));
    conv_3d_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    MLT_TRY(conv_3d_shapes(ctx, node, d));
    if (mlt_in(ctx, node, B)) {
        MLT_TRY(mlt_want_type(ctx, node, B, types));
        MLT_TRY(mlt_want_count(ctx, node, B, d->filters));
    }
    int32_t activation = mlt_option(node, CONV3D_FUSED_ACTIVATION_FUNCTION);
    return mlt_activation_range_float(ctx, node, activation, &d->lo, &d->hi);
}

// y[f] += x[c] * w[c][f]
static void add_tap(const conv_3d_t *d, const float *x, const float *w, float *y) {
    for (int32_t c = 0; c < d->channels; ++c, w += d->filters) {
        for (int32_t f = 0; f < d->filters; ++f) {
            y[f] += x[c] * w[f];
        }
    }
}

// One output pixel; x is the image of its batch.
static void conv_3d_pixel(
    const conv_3d_t *d, const mlt_taps_t taps[3], const float *x, const float *w, float *y) {
    const mlt_axis_t *z_axis = &d->axes[0], *y_axis = &d->axes[1], *x_axis = &d->axes[2];
    size_t channels = (size_t)d->channels, tap_size = channels * (size_t)d->filters;
    for (int32_t i = taps[0].first, z = taps[0].at; i < taps[0].end; ++i, z += z_axis->dilation) {
        for (int32_t j = taps[1].first, v = taps[1].at; j < taps[1].end;
             ++j, v += y_axis->dilation) {
            size_t row = ((size_t)z * (size_t)y_axis->in + (size_t)v) * (size_t)x_axis->in;
            size_t tap_row = ((size_t)i * (size_t)y_axis->kernel + (size_t)j);
            tap_row *= (size_t)x_axis->kernel;
            for (int32_t k = taps[2].first, u = taps[2].at; k < taps[2].end;
                 ++k, u += x_axis->dilation) {
                add_tap(
                    d, x + (row + (size_t)u) * channels, w + (tap_row + (size_t)k) * tap_size, y);
            }
        }
    }
}

static void conv_3d_image(
    const conv_3d_t *d, const float *x, const float *w, const float *bias, float *y) {
    mlt_taps_t taps[3];
    for (int32_t oz = 0; oz < d->axes[0].out; ++oz) {
        taps[0] = mlt_axis_taps(&d->axes[0], oz);
        for (int32_t oy = 0; oy < d->axes[1].out; ++oy) {
            taps[1] = mlt_axis_taps(&d->axes[1], oy);
            for (int32_t ox = 0; ox < d->axes[2].out; ++ox, y += d->filters) {
                taps[2] = mlt_axis_taps(&d->axes[2], ox);
                for (int32_t f = 0; f < d->filters; ++f) {
                    y[f] = 0.0f;
                }
                conv_3d_pixel(d, taps, x, w, y);
                for (int32_t f = 0; f < d->filters; ++f) {
                    y[f] = mlt_clamp_float(y[f] + (bias ? bias[f] : 0.0f), d->lo, d->hi);
                }
            }
        }
    }
}

static mlt_status_t conv_3d_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const conv_3d_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *b = mlt_in(ctx, node, B);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    size_t x_image = (size_t)mlt_elements(x) / (size_t)x->dims[0];
    size_t y_image = (size_t)mlt_elements(y) / (size_t)x->dims[0];
    for (int32_t n = 0; n < x->dims[0]; ++n) {
        conv_3d_image(d, (const float *)x->data + (size_t)n * x_image, mlt_in(ctx, node, W)->data,
            b ? b->data : NULL, (float *)y->data + (size_t)n * y_image);
    }
    return MLT_OK;
}

MLT_DEFINE_OP_OF(conv_3d, CONV_3D, 2, 3, 1, 1, conv_3d_prepare, conv_3d_eval)
