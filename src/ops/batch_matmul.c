// SPDX-License-Identifier: MIT
// BATCH_MATMUL: y[..., m, n] = sum over k of x[..., m, k] * w[..., k, n]. adj_x and adj_y: the last
// two dimensions of x and w are stored the other way round. Leading dimensions broadcast.

#include "hybrid.h"
#include "product.h"
#include "window.h"
#include "../kernels/move.h"

enum { X, W, NO_BIAS };
enum { MAX_RANK = 6, COLUMNS = 16 };

typedef struct batch_matmul {
    int32_t rows, depth, cols;
    bool adj_x, adj_y;
    int16_t x_rows;    // scratch: rows of x as they are multiplied, if x is transposed
    int16_t w_rows;    // scratch: COLUMNS columns of w as rows, unless w is transposed
    int16_t quantized; // hybrid: scratch for a row as int8
    mlt_product_t product;
} batch_matmul_t;

// Dimension i of y, counted from the end, comes from x or from w.
static mlt_status_t batch_matmul_shapes(mlt_ctx_t *ctx, const mlt_node_t *node, batch_matmul_t *d) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *w = mlt_in(ctx, node, W);
    int rank = x->rank > w->rank ? x->rank : w->rank;
    int32_t dims[MAX_RANK];
    for (int i = 3; i <= rank; ++i) {
        int32_t of_x = mlt_dim(x, -i), of_w = mlt_dim(w, -i);
        if (of_x != of_w && of_x != 1 && of_w != 1) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, W,
                "dimension %d from the end is %d, want 1 or %d", i, of_w, of_x);
        }
        dims[rank - i] = of_x == 1 ? of_w : of_x;
    }
    d->rows = mlt_dim(x, d->adj_x ? -1 : -2);
    d->depth = mlt_dim(x, d->adj_x ? -2 : -1);
    d->cols = mlt_dim(w, d->adj_y ? -2 : -1);
    int32_t w_depth = mlt_dim(w, d->adj_y ? -1 : -2);
    if (w_depth != d->depth) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, W, "depth %d, want %d", w_depth, d->depth);
    }
    dims[rank - 2] = d->rows;
    dims[rank - 1] = d->cols;
    return mlt_want_dims(ctx, node, MLT_OUT(0), rank, dims);
}

// How many columns of y are computed at once.
static int32_t panel_cols(const batch_matmul_t *d) {
    return d->adj_y ? d->cols : mlt_min(d->cols, COLUMNS);
}

static mlt_status_t batch_matmul_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_rank(ctx, node, X, 2, MAX_RANK));
    MLT_TRY(mlt_want_rank(ctx, node, W, 2, MAX_RANK));
    MLT_TRY(mlt_want_filled(ctx, node, X));
    MLT_TRY(mlt_want_filled(ctx, node, W));
    batch_matmul_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->adj_x = mlt_option(node, BATCH_MAT_MUL_ADJ_X);
    d->adj_y = mlt_option(node, BATCH_MAT_MUL_ADJ_Y);
    MLT_TRY(batch_matmul_shapes(ctx, node, d));
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *w = mlt_in(ctx, node, W);
    mlt_product_want_t want = {.x = X,
        .w = W,
        .bias = NO_BIAS,
        .kinds = MLT_PRODUCT(F32) | MLT_PRODUCT(HYBRID) | MLT_PRODUCT(S8) | MLT_PRODUCT(S16) |
                 MLT_PRODUCT(S16_S16),
        .cols = d->cols,
        .depth = d->depth,
        .rows = d->rows,
        .panel = panel_cols(d),
        .quant_dim = w->rank - (d->adj_y ? 2 : 1),
        .dense = true,
        .plain = true,
        .whole = true};
    MLT_TRY(mlt_product_prepare(ctx, node, &d->product, &want));
    size_t x_row = (size_t)d->depth * mlt_type_size((mlt_type_t)x->type);
    size_t w_row = (size_t)d->depth * mlt_type_size((mlt_type_t)w->type);
    if (d->adj_x) {
        MLT_TRY(mlt_plan_scratch(ctx, node, &d->x_rows, MLT_CONV_PIXELS * x_row));
    }
    if (!d->adj_y) {
        MLT_TRY(mlt_plan_scratch(ctx, node, &d->w_rows, (size_t)panel_cols(d) * w_row));
    }
    return d->product.kind == MLT_PRODUCT_HYBRID
               ? mlt_plan_scratch(ctx, node, &d->quantized, (size_t)d->depth)
               : MLT_OK;
}

// Columns first, first + 1 ... of a matrix that is `width` wide, as rows.
static void columns_to_rows(const uint8_t *matrix, size_t size, int32_t width, int32_t height,
    int32_t first, int32_t count, uint8_t *to) {
    for (int32_t c = first; c < first + count; ++c, to += (size_t)height * size) {
        mlt_move_runs(height, 1, size, matrix + (size_t)c * size, width, to, 1);
    }
}

// Two matrices under way; x, w and y are theirs.
typedef struct run {
    mlt_ctx_t *ctx;
    const batch_matmul_t *d;
    const uint8_t *x, *w;
    uint8_t *y;
    size_t x_size, w_size; // of an element
    bool symmetric;        // hybrid
} run_t;

// Rows first, first + 1 ... of x, transposed when need be.
static const uint8_t *rows_of_x(const run_t *r, int32_t first, int32_t count) {
    const batch_matmul_t *d = r->d;
    if (!d->adj_x) {
        return r->x + (size_t)first * (size_t)d->depth * r->x_size;
    }
    uint8_t *rows = mlt_scratch(r->ctx, d->x_rows);
    columns_to_rows(r->x, r->x_size, d->rows, d->depth, first, count, rows);
    return rows;
}

// y: of the panel's first column.
static void multiply_panel(const run_t *r, mlt_panel_t *panel, uint8_t *y) {
    const batch_matmul_t *d = r->d;
    bool hybrid = MLT_WITH_FLOAT && d->product.kind == MLT_PRODUCT_HYBRID;
    int32_t step = hybrid ? 1 : d->adj_x ? MLT_CONV_PIXELS : d->rows;
    for (int32_t row = 0; row < d->rows; row += step) {
        int32_t rows = mlt_min(step, d->rows - row);
        const void *x = rows_of_x(r, row, rows);
        if (hybrid) { // each row has a scale of its own
            int8_t *quantized = mlt_scratch(r->ctx, d->quantized);
            mlt_quant_t quant = mlt_hybrid_quantize(x, quantized, d->depth, r->symmetric);
            panel->dequant.x_scale = quant.scale;
            panel->x_offset = -quant.zero_point;
            x = quantized;
        }
        mlt_panel_rows(&d->product, panel, rows, d->cols);
        mlt_panel_run(r->ctx, &d->product, panel, x, 0, y);
        y += (size_t)rows * (size_t)d->cols * r->x_size;
    }
}

static void multiply(const run_t *r) {
    const batch_matmul_t *d = r->d;
    mlt_panel_t panel;
    for (int32_t c = 0; c < d->cols; c += panel.shape.filters) {
        int32_t cols = mlt_min(panel_cols(d), d->cols - c);
        const uint8_t *w = r->w + (size_t)c * (size_t)d->depth * r->w_size;
        if (!d->adj_y) {
            uint8_t *rows = mlt_scratch(r->ctx, d->w_rows);
            columns_to_rows(r->w, r->w_size, d->cols, d->depth, c, cols, rows);
            w = rows;
        }
        mlt_panel_wrap(r->ctx, &d->product, w, NULL, c, cols, &panel);
        multiply_panel(r, &panel, r->y + (size_t)c * r->x_size);
    }
}

// Which matrix of t belongs to matrix number `batch` of y.
static int32_t matrix_of(const mlt_tensor_t *t, const mlt_tensor_t *y, int32_t batch) {
    int32_t matrix = 0, step = 1;
    for (int i = 3; i <= y->rank; ++i) {
        int32_t size = mlt_dim(y, -i), own = mlt_dim(t, -i);
        matrix += own == 1 ? 0 : batch % size * step;
        batch /= size;
        step *= own;
    }
    return matrix;
}

static mlt_status_t batch_matmul_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const batch_matmul_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *w = mlt_in(ctx, node, W);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    run_t r = {.ctx = ctx, .d = d, .y = y->data};
    r.x_size = mlt_type_size((mlt_type_t)x->type);
    r.w_size = mlt_type_size((mlt_type_t)w->type);
    r.symmetric = !mlt_option(node, BATCH_MAT_MUL_ASYMMETRIC_QUANTIZE_INPUTS);
    size_t x_matrix = (size_t)d->rows * (size_t)d->depth * r.x_size;
    size_t w_matrix = (size_t)d->depth * (size_t)d->cols * r.w_size;
    size_t y_matrix = (size_t)d->rows * (size_t)d->cols * r.x_size;
    int32_t batches = mlt_elements(y) / (d->rows * d->cols);
    for (int32_t batch = 0; batch < batches; ++batch, r.y += y_matrix) {
        r.x = (const uint8_t *)x->data + (size_t)matrix_of(x, y, batch) * x_matrix;
        r.w = (const uint8_t *)w->data + (size_t)matrix_of(w, y, batch) * w_matrix;
        multiply(&r);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(batch_matmul, BATCH_MATMUL, 2, batch_matmul_prepare, batch_matmul_eval)
