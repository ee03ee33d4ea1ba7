// SPDX-License-Identifier: MIT
// TRANSPOSE_CONV: the convolution that would make x out of y, run backwards. Each output pixel
// gathers the input pixels whose windows it lies in; the sums are never kept in memory.

#include "hybrid.h"
#include "product.h"
#include "window.h"

enum { SHAPE, W, X, B };

typedef struct transpose_conv {
    mlt_axis_t y, x;   // of the convolution from output to input
    int32_t channels;  // of the input
    int32_t widened;   // scratch: int16 biases as int64; negative: not needed
    int32_t quantized; // hybrid: scratch for an image as int8
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
        d->widened = ctx->svc->scratch(ctx, (size_t)d->product.cols * sizeof(int64_t));
        return d->widened < 0 ? MLT_ERR_ARENA : MLT_OK;
    }
    if (d->product.kind == MLT_PRODUCT_HYBRID) {
        size_t image = (size_t)d->y.out * (size_t)d->x.out * (size_t)d->channels;
        d->quantized = ctx->svc->scratch(ctx, image);
        return d->quantized < 0 ? MLT_ERR_ARENA : MLT_OK;
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
        .whole = true,
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

// A transposed convolution of one image under way.
typedef struct run {
    mlt_ctx_t *ctx;
    const transpose_conv_t *d;
    const uint8_t *x;
    const void *w, *bias;
    mlt_patch_t patch;
    mlt_quant_t quant; // hybrid: of x
} run_t;

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

static void transpose_pixel(run_t *r, const void *x, size_t w, uint8_t *y) {
    const mlt_product_t *p = &r->d->product;
    const int8_t *w_s8 = (const int8_t *)r->w + w;
    if (MLT_WITH_FLOAT && p->kind == MLT_PRODUCT_F32) {
        mlt_patch_f32(
            r->ctx, x, (const float *)r->w + w, r->bias, (float *)(void *)y, &r->patch, &p->range);
    } else if (MLT_WITH_FLOAT && p->kind == MLT_PRODUCT_HYBRID) {
        mlt_dequant_t q = p->dequant;
        q.x_scale = r->quant.scale;
        mlt_patch_s8_f32(r->ctx, x, w_s8, r->bias, (float *)(void *)y, &r->patch, &q);
    } else if (MLT_WITH_INT16 && p->kind == MLT_PRODUCT_S16) {
        mlt_patch_s16(r->ctx, x, w_s8, r->bias, (int16_t *)(void *)y, &r->patch, &p->requant);
    } else if (MLT_WITH_INT16 && p->kind == MLT_PRODUCT_S16_B32) {
        mlt_patch_s16_b32(r->ctx, x, w_s8, r->bias, (int16_t *)(void *)y, &r->patch, &p->requant);
    } else {
        mlt_patch_s8(r->ctx, x, w_s8, r->bias, (int8_t *)y, &r->patch, &p->requant);
    }
}

static void transpose_image(run_t *r, uint8_t *y) {
    const transpose_conv_t *d = r->d;
    size_t channels = (size_t)d->channels, x_size = mlt_product_x_size(&d->product);
    size_t y_pixel = (size_t)d->product.cols * mlt_product_y_size(&d->product);
    for (int32_t oy = 0; oy < d->y.in; ++oy) {
        reach_t rows = reach(&d->y, oy);
        for (int32_t ox = 0; ox < d->x.in; ++ox, y += y_pixel) {
            reach_t cols = reach(&d->x, ox);
            size_t x = 0, w = 0;
            r->patch.rows = cols.count > 0 ? rows.count : 0;
            r->patch.cols = cols.count;
            if (r->patch.rows > 0) {
                x = ((size_t)rows.first * (size_t)d->x.out + (size_t)cols.first) * channels;
                w = ((size_t)rows.tap * (size_t)d->x.kernel + (size_t)cols.tap) * channels;
            }
            transpose_pixel(r, r->x + x * x_size, w, y);
        }
    }
}

static const void *widened_bias(mlt_ctx_t *ctx, const transpose_conv_t *d, const mlt_tensor_t *b) {
    if (!b || d->widened < 0) {
        return b ? b->data : NULL;
    }
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
    run_t r = {.ctx = ctx, .d = d, .bias = widened_bias(ctx, d, mlt_in(ctx, node, B))};
    r.w = mlt_product_weights(ctx, p, mlt_in(ctx, node, W));
    r.patch = (mlt_patch_t){.filters = p->cols,
        .depth = d->channels,
        .x_row = d->x.out * d->channels,
        .x_col = d->channels,
        .w_filter = p->depth,
        .w_row = -d->y.stride * d->x.kernel * d->channels,
        .w_col = -d->x.stride * d->channels,
        .x_offset = p->x_offset};
    int32_t x_image = d->y.out * d->x.out * d->channels, y_image = d->y.in * d->x.in * p->cols;
    for (int32_t n = 0; n < y->dims[0]; ++n) {
        r.x = (const uint8_t *)x->data + (size_t)n * (size_t)x_image * mlt_product_y_size(p);
        if (MLT_WITH_FLOAT && p->kind == MLT_PRODUCT_HYBRID) {
            int8_t *quantized = mlt_scratch(ctx, d->quantized);
            r.quant =
                mlt_hybrid_quantize((const float *)(const void *)r.x, quantized, x_image, false);
            r.patch.x_offset = -r.quant.zero_point;
            r.x = (const uint8_t *)quantized;
        }
        transpose_image(
            &r, (uint8_t *)y->data + (size_t)n * (size_t)y_image * mlt_product_y_size(p));
    }
    return MLT_OK;
}

const mlt_op_t mlt_op_transpose_conv = {
    .name = "TRANSPOSE_CONV",
    .code = MLT_OP_TRANSPOSE_CONV,
    .min_inputs = 3,
    .max_inputs = 4,
    .min_outputs = 1,
    .max_outputs = 1,
    .prepare = transpose_conv_prepare,
    .eval = transpose_conv_eval,
};
