// SPDX-License-Identifier: MIT
// RESIZE_BILINEAR, RESIZE_NEAREST_NEIGHBOR: images [batch][height][width][depth] of another size.
//
// Both walk the output. align_corners makes the centres of the corner pixels of both images meet,
// half_pixel_centers their outer edges.

#include "../mathf.h"
#include "rearrange.h"

enum { X, SIZE };

// Sizes are counted in 1/1024 pixels in 32 bits: so many pixels are enough.
#define MOST_PIXELS 0xfffff

static mlt_status_t want_images(mlt_ctx_t *ctx, const mlt_node_t *node) {
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(X)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(X), 4, 4));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(SIZE), MLT_T(INT32)));
    MLT_TRY(mlt_want_const(ctx, node, MLT_IN(SIZE)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(SIZE), 2));
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *size = mlt_in(ctx, node, SIZE);
    int32_t dims[4] = {x->dims[0], mlt_index_at(size, 0), mlt_index_at(size, 1), x->dims[3]};
    for (int i = 1; i < 3; ++i) {
        if (dims[i] < 1 || dims[i] > MOST_PIXELS) {
            return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_IN(SIZE), "size %d, want 1 to %d",
                dims[i], MOST_PIXELS);
        }
        if (x->dims[i] < 1 || x->dims[i] > MOST_PIXELS) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(X), "dimension %d is %d, want 1 to %d",
                i, x->dims[i], MOST_PIXELS);
        }
    }
    return mlt_set_output(ctx, node, 0, 4, dims);
}

typedef struct axis {
    int32_t in, out; // pixels
    bool align_corners, half_pixel;
    float step;         // in the input for a step in the output
    int32_t fixed_step; // the same in 1/1024 pixels
} axis_t;

static axis_t axis_of(const mlt_ctx_t *ctx, const mlt_node_t *node, int i) {
    bool bilinear = node->op->code == MLT_OP_RESIZE_BILINEAR;
    int32_t align =
        bilinear ? RESIZE_BILINEAR_ALIGN_CORNERS : RESIZE_NEAREST_NEIGHBOR_ALIGN_CORNERS;
    int32_t half =
        bilinear ? RESIZE_BILINEAR_HALF_PIXEL_CENTERS : RESIZE_NEAREST_NEIGHBOR_HALF_PIXEL_CENTERS;
    axis_t a = {.in = mlt_in(ctx, node, X)->dims[i],
        .out = mlt_out(ctx, node, 0)->dims[i],
        .align_corners = mlt_option(node, align) != 0,
        .half_pixel = mlt_option(node, half) != 0};
    int32_t less = a.align_corners && a.out > 1;
    a.step = (float)(a.in - less) / (float)(a.out - less);
    a.fixed_step = ((a.in - less) * 1024 + (a.out - less) / 2) / (a.out - less);
    return a;
}

// --- Nearest neighbour.

static mlt_status_t nearest_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain(ctx, node, MLT_IN(X)));
    return want_images(ctx, node);
}

static int32_t nearest(const axis_t *a, int32_t i) {
    float at = ((float)i + (a->half_pixel ? 0.5f : 0.0f)) * a->step;
    int32_t pixel = (int32_t)(a->align_corners ? mlt_roundf(at) : at);
    return mlt_min(pixel, a->in - 1);
}

// An output row that shows the same input row as the one before is a copy of it.
static mlt_status_t nearest_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, 0);
    axis_t rows = axis_of(ctx, node, 1), columns = axis_of(ctx, node, 2);
    size_t pixel = (size_t)x->dims[3] * mlt_size_of(x);
    size_t in_row = pixel * (size_t)columns.in, out_row = pixel * (size_t)columns.out;
    const uint8_t *from = x->data;
    uint8_t *to = y->data;
    if (mlt_elements(y) == 0) {
        return MLT_OK;
    }
    for (int32_t b = 0; b < x->dims[0]; ++b, from += in_row * (size_t)rows.in) {
        for (int32_t i = 0, shown = -1; i < rows.out; ++i, to += out_row) {
            int32_t row = nearest(&rows, i);
            if (row == shown) {
                memcpy(to, to - out_row, out_row);
                continue;
            }
            for (int32_t j = 0; j < columns.out; ++j) {
                size_t column = (size_t)nearest(&columns, j);
                memcpy(to + (size_t)j * pixel, from + (size_t)row * in_row + column * pixel, pixel);
            }
            shown = row;
        }
    }
    return MLT_OK;
}

// --- Bilinear: an output pixel lies between two input pixels in each direction.

// Where: so far from `lo` to `hi`, in 1/1024 or as a fraction. May be a little below 0, at the
// edge.
typedef struct between {
    int32_t lo, hi, fixed;
    float fraction;
} between_t;

// A rounded step may lead out of the image: the last pixel is then meant.
static between_t fixed_between(const axis_t *a, int32_t i) {
    int32_t at = i * a->fixed_step + (a->half_pixel ? a->fixed_step / 2 - 512 : 0);
    int32_t lo = mlt_min(mlt_max(at / 1024, 0), a->in - 1);
    return (between_t){.lo = lo,
        .hi = mlt_min((at + 1023) / 1024, a->in - 1),
        .fixed = mlt_min(at - 1024 * lo, 1024)};
}

static between_t float_between(const axis_t *a, int32_t i) {
    float at = a->half_pixel ? ((float)i + 0.5f) * a->step - 0.5f : (float)i * a->step;
    int32_t below = (int32_t)at, lo = mlt_min(below, a->in - 1);
    return (between_t){.lo = lo,
        .hi = mlt_min(below + (at > (float)below), a->in - 1),
        .fraction = at - (float)lo};
}

// Input pixels round an output pixel: upper left, lower left, upper right, lower right.
typedef struct corners {
    const uint8_t *pixel[4];
    int32_t depth;
} corners_t;

static void weights_of(between_t row, between_t column, int32_t *w) {
    w[0] = (1024 - row.fixed) * (1024 - column.fixed);
    w[1] = row.fixed * (1024 - column.fixed);
    w[2] = (1024 - row.fixed) * column.fixed;
    w[3] = row.fixed * column.fixed;
}

// Weights sum up to 2^20; halves are rounded away from zero.
static void blend_s8(const corners_t *c, between_t row, between_t column, int8_t *to) {
    const int8_t *p = (const int8_t *)c->pixel[0], *q = (const int8_t *)c->pixel[1];
    const int8_t *r = (const int8_t *)c->pixel[2], *s = (const int8_t *)c->pixel[3];
    int32_t w[4];
    weights_of(row, column, w);
    for (int32_t k = 0; k < c->depth; ++k) {
        int32_t sum = w[0] * p[k] + w[1] * q[k] + w[2] * r[k] + w[3] * s[k];
        to[k] = (int8_t)((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
    }
}

static void blend_s16(const corners_t *c, between_t row, between_t column, int16_t *to) {
    int32_t w[4];
    weights_of(row, column, w);
    for (int32_t k = 0; k < c->depth; ++k) {
        int64_t sum = 0;
        for (int i = 0; i < 4; ++i) {
            sum += (int64_t)w[i] * ((const int16_t *)(const void *)c->pixel[i])[k];
        }
        to[k] = (int16_t)((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
    }
}

// The order of the products is TensorFlow Lite's: uint8 results are truncated.
static float blend(float p, float q, float r, float s, float y, float x) {
    return p * (1 - y) * (1 - x) + q * y * (1 - x) + r * (1 - y) * x + s * y * x;
}

static void blend_u8(const corners_t *c, between_t row, between_t column, uint8_t *to) {
    for (int32_t k = 0; k < c->depth; ++k) {
        float sum = blend((float)c->pixel[0][k], (float)c->pixel[1][k], (float)c->pixel[2][k],
            (float)c->pixel[3][k], row.fraction, column.fraction);
        to[k] = (uint8_t)mlt_clamp((int32_t)(sum + 0.5f), 0, 255);
    }
}

static void blend_f32(const corners_t *c, between_t row, between_t column, float *to) {
    const float *p = (const void *)c->pixel[0], *q = (const void *)c->pixel[1];
    const float *r = (const void *)c->pixel[2], *s = (const void *)c->pixel[3];
    for (int32_t k = 0; k < c->depth; ++k) {
        to[k] = blend(p[k], q[k], r[k], s[k], row.fraction, column.fraction);
    }
}

static mlt_status_t bilinear_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(X),
        MLT_T(INT8) | MLT_T(UINT8) | MLT_T_IF(MLT_WITH_INT16, INT16) |
            MLT_T_IF(MLT_WITH_FLOAT, FLOAT32)));
    MLT_TRY(want_images(ctx, node));
    if (mlt_option(node, RESIZE_BILINEAR_ALIGN_CORNERS) &&
        mlt_option(node, RESIZE_BILINEAR_HALF_PIXEL_CENTERS)) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE,
            "align_corners and half_pixel_centers, want at most one");
    }
    return MLT_OK;
}

static mlt_status_t bilinear_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, 0);
    axis_t rows = axis_of(ctx, node, 1), columns = axis_of(ctx, node, 2);
    bool fixed = x->type == MLT_INT8 || x->type == MLT_INT16;
    size_t pixel = (size_t)x->dims[3] * mlt_size_of(x), in_row = pixel * (size_t)columns.in;
    const uint8_t *from = x->data;
    uint8_t *to = y->data;
    if (mlt_elements(y) == 0) {
        return MLT_OK;
    }
    corners_t c = {.depth = x->dims[3]};
    for (int32_t b = 0; b < x->dims[0]; ++b, from += in_row * (size_t)rows.in) {
        for (int32_t i = 0; i < rows.out; ++i) {
            between_t row = fixed ? fixed_between(&rows, i) : float_between(&rows, i);
            const uint8_t *up = from + in_row * (size_t)row.lo,
                          *down = from + in_row * (size_t)row.hi;
            for (int32_t j = 0; j < columns.out; ++j, to += pixel) {
                between_t column = fixed ? fixed_between(&columns, j) : float_between(&columns, j);
                c.pixel[0] = up + pixel * (size_t)column.lo;
                c.pixel[1] = down + pixel * (size_t)column.lo;
                c.pixel[2] = up + pixel * (size_t)column.hi;
                c.pixel[3] = down + pixel * (size_t)column.hi;
                if (x->type == MLT_INT8) {
                    blend_s8(&c, row, column, (int8_t *)to);
                } else if (MLT_WITH_INT16 && x->type == MLT_INT16) {
                    blend_s16(&c, row, column, (int16_t *)(void *)to);
                } else if (MLT_WITH_FLOAT && x->type == MLT_FLOAT32) {
                    blend_f32(&c, row, column, (float *)(void *)to);
                } else {
                    blend_u8(&c, row, column, to);
                }
            }
        }
    }
    return MLT_OK;
}

MLT_DEFINE_OP(resize_bilinear, RESIZE_BILINEAR, 2, bilinear_prepare, bilinear_eval)
MLT_DEFINE_OP(resize_nearest_neighbor, RESIZE_NEAREST_NEIGHBOR, 2, nearest_prepare, nearest_eval)
