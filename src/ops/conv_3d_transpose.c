// SPDX-License-Identifier: MIT
// CONV_3D_TRANSPOSE of floats: each x[batch][depth][height][width][channel] adds a window of
// w[depth][height][width][filter][channel], weighted, to the output.

#include <string.h>

#include "window.h"

enum { SHAPE, W, X, B };

typedef struct conv_3d_transpose {
    mlt_axis_t axes[3]; // depth, height, width of the convolution that would lead back to x
    int32_t channels, filters;
    float lo, hi;
} conv_3d_transpose_t;

static mlt_status_t conv_3d_transpose_shapes(
    mlt_ctx_t *ctx, const mlt_node_t *node, conv_3d_transpose_t *d) {
    const int32_t strides[] = {CONV3D_STRIDE_D, CONV3D_STRIDE_H, CONV3D_STRIDE_W};
    const int32_t dilations[] = {
        CONV3D_DILATION_D_FACTOR, CONV3D_DILATION_H_FACTOR, CONV3D_DILATION_W_FACTOR};
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *w = mlt_in(ctx, node, W);
    const mlt_tensor_t *shape = mlt_in(ctx, node, SHAPE);
    int32_t back[] = {x->dims[0], 0, 0, 0, w->dims[4]}, dims[5];
    for (int i = 0; i < 5; ++i) {
        dims[i] = mlt_index_at(shape, i);
    }
    for (int i = 0; i < 3; ++i) {
        d->axes[i] = (mlt_axis_t){.in = dims[i + 1],
            .kernel = w->dims[i],
            .stride = mlt_option(node, strides[i]),
            .dilation = mlt_option(node, dilations[i])};
        MLT_TRY(mlt_axis_prepare(ctx, node, &d->axes[i], mlt_option(node, CONV3D_PADDING)));
        back[i + 1] = d->axes[i].out;
    }
    MLT_TRY(mlt_want_dims(ctx, node, MLT_IN(X), 5, back));
    d->channels = w->dims[4];
    d->filters = w->dims[3];
    if (dims[0] != x->dims[0] || dims[4] != d->filters) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(SHAPE), "batch %d, depth %d, want %d, %d",
            dims[0], dims[4], x->dims[0], d->filters);
    }
    return mlt_want_dims(ctx, node, MLT_OUT(0), 5, dims);
}

static mlt_status_t conv_3d_transpose_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    for (int i = W; i <= X; ++i) {
        MLT_TRY(mlt_want_type(ctx, node, MLT_IN(i), MLT_T(FLOAT32)));
        MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(i), 5, 5));
        MLT_TRY(mlt_want_filled(ctx, node, MLT_IN(i)));
    }
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(FLOAT32)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(SHAPE), MLT_T(INT32)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(SHAPE), 5));
    MLT_TRY(mlt_want_const(ctx, node, MLT_IN(SHAPE)));
    conv_3d_transpose_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    MLT_TRY(conv_3d_transpose_shapes(ctx, node, d));
    if (mlt_in(ctx, node, B)) {
        MLT_TRY(mlt_want_type(ctx, node, MLT_IN(B), MLT_T(FLOAT32)));
        MLT_TRY(mlt_want_count(ctx, node, MLT_IN(B), d->filters));
    }
    int32_t activation = mlt_option(node, CONV3D_FUSED_ACTIVATION_FUNCTION);
    return mlt_activation_range_float(ctx, node, activation, &d->lo, &d->hi);
}

// y[f] += sum over c of x[c] * w[f][c]
static void add_tap(const conv_3d_transpose_t *d, const float *x, const float *w, float *y) {
    for (int32_t f = 0; f < d->filters; ++f, w += d->channels) {
        float sum = 0.0f;
        for (int32_t c = 0; c < d->channels; ++c) {
            sum += x[c] * w[c];
        }
        y[f] += sum;
    }
}

// One input pixel; y is the image of its batch.
static void spread(const conv_3d_transpose_t *d, const mlt_taps_t taps[3], const float *x,
    const float *w, float *y) {
    const mlt_axis_t *a = d->axes;
    size_t filters = (size_t)d->filters, tap_size = filters * (size_t)d->channels;
    for (int32_t i = taps[0].first, z = taps[0].at; i < taps[0].end; ++i, z += a[0].dilation) {
        for (int32_t j = taps[1].first, v = taps[1].at; j < taps[1].end; ++j, v += a[1].dilation) {
            size_t row = ((size_t)z * (size_t)a[1].in + (size_t)v) * (size_t)a[2].in;
            size_t tap_row = ((size_t)i * (size_t)a[1].kernel + (size_t)j) * (size_t)a[2].kernel;
            for (int32_t k = taps[2].first, u = taps[2].at; k < taps[2].end;
                 ++k, u += a[2].dilation) {
                add_tap(
                    d, x, w + (tap_row + (size_t)k) * tap_size, y + (row + (size_t)u) * filters);
            }
        }
    }
}

static mlt_status_t conv_3d_transpose_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const conv_3d_transpose_t *d = node->data;
    const mlt_tensor_t *b = mlt_in(ctx, node, B), *y = mlt_out(ctx, node, 0);
    const float *x = mlt_in(ctx, node, X)->data, *bias = b ? b->data : NULL;
    int32_t count = mlt_elements(y), image = count / y->dims[0];
    float *to = y->data;
    memset(to, 0, mlt_bytes(y));
    for (int32_t n = 0; n < y->dims[0]; ++n) {
        mlt_taps_t taps[3];
        for (int32_t z = 0; z < d->axes[0].out; ++z) {
            taps[0] = mlt_axis_taps(&d->axes[0], z);
            for (int32_t v = 0; v < d->axes[1].out; ++v) {
                taps[1] = mlt_axis_taps(&d->axes[1], v);
                for (int32_t u = 0; u < d->axes[2].out; ++u, x += d->channels) {
                    taps[2] = mlt_axis_taps(&d->axes[2], u);
                    spread(d, taps, x, mlt_in(ctx, node, W)->data, to + (size_t)n * (size_t)image);
                }
            }
        }
    }
    for (int32_t i = 0, f = 0; i < count; ++i, f = f + 1 < d->filters ? f + 1 : 0) {
        to[i] = mlt_clamp_float(to[i] + (bias ? bias[f] : 0.0f), d->lo, d->hi);
    }
    return MLT_OK;
}

MLT_DEFINE_OP_OF(conv_3d_transpose, CONV_3D_TRANSPOSE, 3, 4, 1, 1, conv_3d_transpose_prepare,
    conv_3d_transpose_eval)
