// SPDX-License-Identifier: MIT
// AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D: each output is the mean, the greatest or the root
// of the mean square of a window of the input. Padding is left out.

#include "../mathf.h"
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
    return same ? MLT_OK
                : mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_OUT(0),
                      "scale or zero point differ from the input's, want the same");
}

static mlt_status_t pool_prepare_types(mlt_ctx_t *ctx, mlt_node_t *node, uint32_t types) {
    MLT_TRY(mlt_want_type(ctx, node, 0, types));
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
    int32_t activation = mlt_option(node, POOL2D_FUSED_ACTIVATION_FUNCTION);
    if (MLT_WITH_FLOAT && x->type == MLT_FLOAT32) {
        return mlt_activation_range_float(ctx, node, activation, &d->range.lo, &d->range.hi);
    }
    MLT_TRY(pool_want_same_quant(ctx, node));
    return mlt_activation_range(ctx, node, MLT_OUT(0), activation, &d->lo, &d->hi);
}

static mlt_status_t pool_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return pool_prepare_types(ctx, node,
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T_IF(MLT_WITH_UINT8, UINT8) |
            MLT_T_IF(MLT_WITH_INT16, INT16));
}

static mlt_status_t l2_pool_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return pool_prepare_types(ctx, node, MLT_T_IF(MLT_WITH_FLOAT, FLOAT32));
}

// One output pixel.
typedef void pool_pixel_fn(
    mlt_ctx_t *ctx, const pool_t *d, int type, const void *x, void *y, const mlt_window_t *window);

static mlt_status_t pool_eval(mlt_ctx_t *ctx, const mlt_node_t *node, pool_pixel_fn *pixel_fn) {
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
                pixel_fn(ctx, d, x->type, from + first * pixel, to, &window);
            }
        }
        from += (size_t)d->y.in * (size_t)d->x.in * pixel;
    }
    return MLT_OK;
}

static void average_pixel(
    mlt_ctx_t *ctx, const pool_t *d, int type, const void *x, void *y, const mlt_window_t *window) {
    if (MLT_WITH_FLOAT && type == MLT_FLOAT32) {
        mlt_average_pool_f32(ctx, x, y, window, &d->range);
    } else if (MLT_WITH_INT16 && type == MLT_INT16) {
        mlt_average_pool_s16(ctx, x, y, window, d->lo, d->hi);
    } else if (MLT_WITH_UINT8 && type == MLT_UINT8) {
        mlt_average_pool_u8(ctx, x, y, window, d->lo, d->hi);
    } else {
        mlt_average_pool_s8(ctx, x, y, window, d->lo, d->hi);
    }
}

static void max_pixel(
    mlt_ctx_t *ctx, const pool_t *d, int type, const void *x, void *y, const mlt_window_t *window) {
    if (MLT_WITH_FLOAT && type == MLT_FLOAT32) {
        mlt_max_pool_f32(ctx, x, y, window, &d->range);
    } else if (MLT_WITH_INT16 && type == MLT_INT16) {
        mlt_max_pool_s16(ctx, x, y, window, d->lo, d->hi);
    } else if (MLT_WITH_UINT8 && type == MLT_UINT8) {
        mlt_max_pool_u8(ctx, x, y, window, d->lo, d->hi);
    } else {
        mlt_max_pool_s8(ctx, x, y, window, d->lo, d->hi);
    }
}

static void l2_pixel(
    mlt_ctx_t *ctx, const pool_t *d, int type, const void *x, void *y, const mlt_window_t *window) {
    (void)ctx;
    (void)type; // always float
    float count = (float)(window->rows * window->cols), *to = y;
    for (int32_t c = 0; c < window->channels; ++c) {
        const float *row = (const float *)x + c;
        float sum = 0.0f;
        for (int32_t i = 0; i < window->rows; ++i, row += window->row_step) {
            const float *a = row;
            for (int32_t j = window->cols; j > 0; --j, a += window->channels) {
                sum += *a * *a;
            }
        }
        to[c] = mlt_clamp_float(mlt_sqrtf(sum / count), d->range.lo, d->range.hi);
    }
}

static mlt_status_t average_pool_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    return pool_eval(ctx, node, average_pixel);
}

static mlt_status_t max_pool_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    return pool_eval(ctx, node, max_pixel);
}

static mlt_status_t l2_pool_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    return pool_eval(ctx, node, l2_pixel);
}

MLT_DEFINE_OP(average_pool_2d, AVERAGE_POOL_2D, 1, pool_prepare, average_pool_eval)
MLT_DEFINE_OP(max_pool_2d, MAX_POOL_2D, 1, pool_prepare, max_pool_eval)
MLT_DEFINE_OP(l2_pool_2d, L2_POOL_2D, 1, l2_pool_prepare, l2_pool_eval)
