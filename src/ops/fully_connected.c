// SPDX-License-Identifier: MIT
// FULLY_CONNECTED: y[row][unit] = activation(sum over k of x[row][k] * w[unit][k] + b[unit])

#include "hybrid.h"
#include "product.h"
#include "window.h"

enum { X, W, B };

typedef struct fully_connected {
    int32_t rows;
    int32_t quantized; // hybrid: scratch for a row as int8
    mlt_product_t product;
} fully_connected_t;

static mlt_status_t fully_connected_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_rank(ctx, node, W, 2, 2));
    MLT_TRY(mlt_want_filled(ctx, node, W));
    MLT_TRY(mlt_want_rank(ctx, node, X, 0, INT8_MAX));
    int32_t units = mlt_in(ctx, node, W)->dims[0], depth = mlt_in(ctx, node, W)->dims[1];
    int32_t count = mlt_elements(mlt_in(ctx, node, X)), rows = count / depth;
    if (rows * depth != count) {
        return mlt_fail(
            ctx, node, MLT_ERR_SHAPE, X, "%d elements, want a multiple of %d", count, depth);
    }
    fully_connected_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->rows = rows;
    mlt_product_want_t want = {.x = X,
        .w = W,
        .bias = B,
        .kinds = UINT32_MAX,
        .cols = units,
        .depth = depth,
        .rows = rows,
        .activation = mlt_option(node, FULLY_CONNECTED_FUSED_ACTIVATION_FUNCTION),
        .bias_type = mlt_option(node, FULLY_CONNECTED_QUANTIZED_BIAS_TYPE),
        .dense = true};
    MLT_TRY(mlt_product_prepare(ctx, node, &d->product, &want));
    int32_t found = mlt_elements(mlt_out(ctx, node, 0));
    if ((int64_t)rows * units != found) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_OUT(0), "%d elements, want %d times %d",
            found, rows, units);
    }
    if (d->product.kind == MLT_PRODUCT_HYBRID) {
        d->quantized = ctx->svc->scratch(ctx, (size_t)depth);
        return d->quantized < 0 ? MLT_ERR_ARENA : MLT_OK;
    }
    return MLT_OK;
}

// Each row has a scale of its own.
static void run_hybrid(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_panel_t *panel, float *y) {
    const fully_connected_t *d = node->data;
    const float *x = mlt_in(ctx, node, X)->data;
    int32_t depth = d->product.depth;
    int8_t *row = mlt_scratch(ctx, d->quantized);
    bool symmetric = !mlt_option(node, FULLY_CONNECTED_ASYMMETRIC_QUANTIZE_INPUTS);
    panel->shape.rows = 1;
    for (int32_t r = 0; r < d->rows; ++r, x += depth, y += d->product.cols) {
        mlt_quant_t quant = mlt_hybrid_quantize(x, row, depth, symmetric);
        panel->dequant.x_scale = quant.scale;
        panel->shape.x_offset = -quant.zero_point;
        mlt_panel_run(ctx, &d->product, panel, row, y);
    }
}

static mlt_status_t fully_connected_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const fully_connected_t *d = node->data;
    const mlt_product_t *p = &d->product;
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, 0);
    mlt_panel_t panel;
    for (int32_t c = 0; c < p->cols; c += panel.shape.cols) {
        mlt_panel_open(ctx, p, mlt_in(ctx, node, W), mlt_in(ctx, node, B), c, p->cols, &panel);
        void *to = (uint8_t *)y->data + (size_t)c * mlt_product_y_size(p);
        if (MLT_WITH_FLOAT && p->kind == MLT_PRODUCT_HYBRID) {
            run_hybrid(ctx, node, &panel, to);
            continue;
        }
        panel.shape.rows = d->rows;
        panel.shape.x_stride = p->depth;
        panel.shape.y_stride = p->cols;
        mlt_panel_run(ctx, p, &panel, x->data, to);
    }
    return MLT_OK;
}

const mlt_op_t mlt_op_fully_connected = {
    .name = "FULLY_CONNECTED",
    .code = MLT_OP_FULLY_CONNECTED,
    .min_inputs = 2,
    .max_inputs = 3,
    .min_outputs = 1,
    .max_outputs = 1,
    .prepare = fully_connected_prepare,
    .eval = fully_connected_eval,
};
