// SPDX-License-Identifier: MIT
// FULLY_CONNECTED: y[row][unit] = activation(sum over k of x[row][k] * w[unit][k] + b[unit])

#include "product.h"
#include "window.h"

enum { X, W, B };

typedef struct fully_connected {
    int32_t rows;
    mlt_product_t product;
} fully_connected_t;

static mlt_status_t fully_connected_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_rank(ctx, node, W, 2, 2));
    MLT_TRY(mlt_want_filled(ctx, node, W));
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *w = mlt_in(ctx, node, W);
    int32_t units = w->dims[0], depth = w->dims[1];
    MLT_TRY(mlt_want_product(ctx, node, X, W, B, units));
    int32_t count = mlt_elements(x), rows = count / depth;
    if (rows * depth != count) {
        return mlt_fail(
            ctx, node, MLT_ERR_SHAPE, X, "%d elements, want a multiple of %d", count, depth);
    }
    int32_t found = mlt_elements(mlt_out(ctx, node, 0));
    if ((int64_t)rows * units != found) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_OUT(0), "%d elements, want %d times %d",
            found, rows, units);
    }

    fully_connected_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->rows = rows;
    d->product.cols = units;
    d->product.depth = depth;
    int32_t activation = mlt_option(node, FULLY_CONNECTED_FUSED_ACTIVATION_FUNCTION);
    return mlt_product_prepare(ctx, node, &d->product, X, W, rows, activation, true);
}

static mlt_status_t fully_connected_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const fully_connected_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, 0);
    int32_t size = (int32_t)mlt_type_size(y->type), cols = d->product.cols;
    mlt_panel_t panel;
    for (int32_t c = 0; c < cols; c += panel.shape.cols) {
        mlt_panel_open(
            ctx, &d->product, mlt_in(ctx, node, W), mlt_in(ctx, node, B), c, cols, &panel);
        panel.shape.rows = d->rows;
        panel.shape.x_stride = d->product.depth;
        panel.shape.y_stride = cols;
        mlt_panel_run(ctx, &d->product, &panel, x->type, x->data, (uint8_t *)y->data + c * size);
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
