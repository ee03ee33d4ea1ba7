// SPDX-License-Identifier: MIT
// AVERAGE_POOL_2D and MAX_POOL_2D: each output is the mean or the greatest of a window of the
// input, padding left out.

#include "product.h"
#include "window.h"

typedef struct pool {
    mlt_axis_t y, x;
    union {
        struct {
            int32_t lo, hi;
        };
        mlt_range_t range;
    };
} pool_t;

// Integers are passed on as they are: scales may differ by no more than TFLM allows.
static mlt_status_t pool_want_same_quant(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    float difference = mlt_scale_of(ctx, x) - mlt_scale_of(ctx, y);
    bool same = difference <= 1e-6f && difference >= -1e-6f &&
                mlt_zero_point(ctx, x) == mlt_zero_point(ctx, y);
    return same || x->type == MLT_FLOAT32
               ? MLT_OK
               : mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_OUT(0),
                     "scale or zero point differ from the input's, want the same");
}

static mlt_status_t pool_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, 0, MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), 0));
    MLT_TRY(mlt_want_rank(ctx, node, 0, 4, 4));
    MLT_TRY(mlt_want_filled(ctx, node, 0));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    pool_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->y = (mlt_axis_t){.in = x->dims[1],
        .kernel = mlt_option(node, POOL2D_FILTER_HEIGHT),
        .stride = mlt_option(node, POOL2D_STRIDE_H),
        .dilation = 1};
    d->x = (mlt_axis_t){.in = x->dims[2],
        .kernel = mlt_option(node, POOL2D_FILTER_WIDTH),
        .stride = mlt_option(node, POOL2D_STRIDE_W),
        .dilation = 1};
    int32_t padding = mlt_option(node, POOL2D_PADDING);
    MLT_TRY(mlt_axis_prepare(ctx, node, &d->y, padding));
    MLT_TRY(mlt_axis_prepare(ctx, node, &d->x, padding));
    int32_t dims[] = {x->dims[0], d->y.out, d->x.out, x->dims[3]};
    MLT_TRY(mlt_want_dims(ctx, node, MLT_OUT(0), 4, dims));
    MLT_TRY(pool_want_same_quant(ctx, node));
    int32_t activation = mlt_option(node, POOL2D_FUSED_ACTIVATION_FUNCTION);
    if (x->type == MLT_FLOAT32) {
        return mlt_activation_range_float(ctx, node, activation, &d->range.lo, &d->range.hi);
    }
    return mlt_activation_range(ctx, node, MLT_OUT(0), activation, &d->lo, &d->hi);
}

// Output pixels one by one: kernels[0] is for int8, kernels[1] for float.
typedef struct pool_kernels {
    mlt_pool_s8_fn *s8;
    mlt_pool_f32_fn *f32;
} pool_kernels_t;

static void pool_pixel(const pool_t *d, int type, const pool_kernels_t *kernels, const void *x,
    void *y, const mlt_window_t *window) {
    if (MLT_WITH_FLOAT && type == MLT_FLOAT32) {
        kernels->f32(x, y, window, &d->range);
    } else {
        kernels->s8(x, y, window, d->lo, d->hi);
    }
}

static mlt_status_t pool_eval(
    mlt_ctx_t *ctx, const mlt_node_t *node, const pool_kernels_t *kernels) {
    const pool_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    size_t pixel = (size_t)x->dims[3] * mlt_type_size((mlt_type_t)x->type);
    const uint8_t *from = x->data;
    uint8_t *to = mlt_out(ctx, node, 0)->data;
    mlt_window_t window = {.row_step = x->dims[2] * x->dims[3], .channels = x->dims[3]};
    for (int32_t n = 0; n < x->dims[0]; ++n) {
        for (int32_t oy = 0; oy < d->y.out; ++oy) {
            mlt_taps_t rows = mlt_axis_taps(&d->y, oy);
            window.rows = rows.end - rows.first;
            for (int32_t ox = 0; ox < d->x.out; ++ox, to += pixel) {
                mlt_taps_t cols = mlt_axis_taps(&d->x, ox);
                window.cols = cols.end - cols.first;
                size_t first = (size_t)rows.at * (size_t)d->x.in + (size_t)cols.at;
                pool_pixel(d, x->type, kernels, from + first * pixel, to, &window);
            }
        }
        from += (size_t)(d->y.in * d->x.in) * pixel;
    }
    return MLT_OK;
}

static mlt_status_t average_pool_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    static const pool_kernels_t kernels = {mlt_average_pool_s8_best, mlt_average_pool_f32_best};
    return pool_eval(ctx, node, &kernels);
}

static mlt_status_t max_pool_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    static const pool_kernels_t kernels = {mlt_max_pool_s8_best, mlt_max_pool_f32_best};
    return pool_eval(ctx, node, &kernels);
}

const mlt_op_t mlt_op_average_pool_2d = {
    .name = "AVERAGE_POOL_2D",
    .code = MLT_OP_AVERAGE_POOL_2D,
    .min_inputs = 1,
    .max_inputs = 1,
    .min_outputs = 1,
    .max_outputs = 1,
    .prepare = pool_prepare,
    .eval = average_pool_eval,
};

const mlt_op_t mlt_op_max_pool_2d = {
    .name = "MAX_POOL_2D",
    .code = MLT_OP_MAX_POOL_2D,
    .min_inputs = 1,
    .max_inputs = 1,
    .min_outputs = 1,
    .max_outputs = 1,
    .prepare = pool_prepare,
    .eval = max_pool_eval,
};
