// SPDX-License-Identifier: MIT
// FULLY_CONNECTED: y[row][unit] = activation(sum over k of x[row][k] * w[unit][k] + b[unit])

#include "hybrid.h"
#include "product.h"
#include "rearrange.h"
#include "window.h"

enum { X, W, B };
enum {
    ALL_S8 = MLT_WITH_FLOAT + MLT_WITH_INT16 + MLT_WITH_UINT8 == 0,
    NO_PANELS = ALL_S8 && MLT_WITH_INT4 + MLT_CONV_S8_EACH_FOLDS == 0, // w is used as it is
};

typedef struct fully_connected {
    int16_t quantized; // hybrid: scratch for a row as int8
    mlt_product_t product;
} fully_connected_t;

// As many elements as there are, in any shape; else one that the file leaves open has to grow.
static mlt_status_t want_output(
    mlt_ctx_t *ctx, const mlt_node_t *node, int32_t rows, int32_t units) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    int32_t found = mlt_elements(y), dims[MLT_MAX_RANK] = {rows};
    if ((int64_t)rows * units == found) {
        return MLT_OK;
    }
    const mlt_tensor_t *x = mlt_in(ctx, node, X);
    bool keep = MLT_WITH_OPEN_SHAPES && mlt_option(node, FULLY_CONNECTED_KEEP_NUM_DIMS);
    bool open = false;
    for (int i = 0; MLT_WITH_OPEN_SHAPES && i < y->rank; ++i) {
        open |= mlt_is_open(ctx, y, i);
        dims[i] = keep ? mlt_dim(x, i) : dims[i];
    }
    if (!open || y->rank != (keep ? x->rank : 2)) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_OUT(0), "%d elements, want %d times %d",
            found, rows, units);
    }
    dims[y->rank - 1] = units;
    return mlt_want_dims(ctx, node, MLT_OUT(0), y->rank, dims);
}

static mlt_status_t fully_connected_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_rank(ctx, node, W, 2, 2));
    MLT_TRY(mlt_want_filled(ctx, node, W));
    MLT_TRY(mlt_want_rank(ctx, node, X, 0, INT8_MAX));
    int32_t format = mlt_option(node, FULLY_CONNECTED_WEIGHTS_FORMAT);
    if (format != MLT_FULLY_CONNECTED_OPTIONS_WEIGHTS_FORMAT_DEFAULT) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, MLT_NODE, "weights format %d, want DEFAULT", format);
    }
    const int32_t *w = mlt_in(ctx, node, W)->dims, units = w[0], depth = w[1];
    const mlt_tensor_t *x = mlt_in(ctx, node, X);
    int32_t count = mlt_elements(x), rows = count / depth;
    if (rows * depth != count) {
        return mlt_fail(
            ctx, node, MLT_ERR_SHAPE, X, "%d elements, want a multiple of %d", count, depth);
    }
    fully_connected_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    mlt_product_want_t want = {.x = X,
        .w = W,
        .bias = B,
        .kinds = MLT_PRODUCT_ALL,
        .cols = units,
        .depth = depth,
        .rows = MLT_CONV_S8_EACH_FOLDS || (!ALL_S8 && x->type != MLT_INT8) ? rows : 0,
        .activation = mlt_option(node, FULLY_CONNECTED_FUSED_ACTIVATION_FUNCTION),
        .bias_type = MLT_WITH_INT16 ? mlt_option(node, FULLY_CONNECTED_QUANTIZED_BIAS_TYPE) : 0,
        .dense = true};
    MLT_TRY(mlt_product_prepare(ctx, node, &d->product, &want));
    MLT_TRY(want_output(ctx, node, rows, units));
    if (MLT_WITH_FLOAT && d->product.kind == MLT_PRODUCT_HYBRID) {
        return mlt_plan_scratch(ctx, node, &d->quantized, (size_t)depth);
    }
    return MLT_OK;
}

// Each row has a scale of its own.
static void run_hybrid(
    mlt_ctx_t *ctx, const mlt_node_t *node, mlt_panel_t *panel, int32_t rows, float *y) {
    const fully_connected_t *d = node->data;
    const float *x = mlt_in(ctx, node, X)->data;
    int32_t depth = d->product.depth;
    int8_t *row = mlt_scratch(ctx, d->quantized);
    bool symmetric = !mlt_option(node, FULLY_CONNECTED_ASYMMETRIC_QUANTIZE_INPUTS);
    mlt_panel_rows(&d->product, panel, 1, d->product.cols);
    for (int32_t r = 0; r < rows; ++r, x += depth, y += d->product.cols) {
        mlt_quant_t quant = mlt_hybrid_quantize(x, row, depth, symmetric);
        panel->dequant.x_scale = quant.scale;
        panel->x_offset = -quant.zero_point;
        mlt_panel_run(ctx, &d->product, panel, row, 0, y);
    }
}

static void run_s8(mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_tensor_t *x, int32_t rows) {
    const fully_connected_t *d = node->data;
    const mlt_product_t *p = &d->product;
    const mlt_tensor_t *b = mlt_in(ctx, node, B);
    mlt_conv_t shape;
    shape.pixels = rows;
    shape.filters = p->cols;
    shape.depth = p->depth;
    shape.x_offset = p->x_offset;
    shape.w_offset = p->w_offset;
    if (MLT_WITH_FAST_KERNELS) { // the small one knows that all lies row after row
        shape.rows = shape.cols = 1;
        shape.x_pixel = shape.w_filter = p->depth;
        shape.y_pixel = p->cols;
        shape.x_row = shape.x_col = shape.w_row = shape.w_col = 0;
    }
    mlt_dense_s8(ctx, x->data, mlt_in(ctx, node, W)->data, b ? b->data : NULL,
        mlt_out(ctx, node, 0)->data, &shape, &p->requant);
}

static mlt_status_t fully_connected_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const fully_connected_t *d = node->data;
    const mlt_product_t *p = &d->product;
    const mlt_tensor_t *x = mlt_in(ctx, node, X);
    int32_t rows = mlt_elements(x) / p->depth;
    if (NO_PANELS) {
        run_s8(ctx, node, x, rows);
        return MLT_OK;
    }
    mlt_panel_t panel;
    for (int32_t c = 0; c < p->cols; c += panel.shape.filters) {
        mlt_panel_open(ctx, p, mlt_in(ctx, node, W), mlt_in(ctx, node, B), c, p->cols, &panel);
        void *to = (uint8_t *)mlt_out(ctx, node, 0)->data + (size_t)c * mlt_product_y_size(p);
        if (MLT_WITH_FLOAT && p->kind == MLT_PRODUCT_HYBRID) {
            run_hybrid(ctx, node, &panel, rows, to);
            continue;
        }
        mlt_panel_rows(p, &panel, rows, p->cols);
        if (ALL_S8 || p->kind == MLT_PRODUCT_S8) {
            mlt_panel_run_each(ctx, p, &panel, x->data, to);
        } else {
            mlt_panel_run(ctx, p, &panel, x->data, 0, to);
        }
    }
    return MLT_OK;
}

MLT_DEFINE_OP_OF(
    fully_connected, FULLY_CONNECTED, 2, 3, 1, 1, fully_connected_prepare, fully_connected_eval)
