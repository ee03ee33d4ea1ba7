// SPDX-License-Identifier: MIT
// Windows that slide over an image: TensorFlow's rules for padding and output sizes.

#include "window.h"

#include <string.h>

mlt_status_t mlt_want_filled(mlt_ctx_t *ctx, const mlt_node_t *node, int slot) {
    const mlt_tensor_t *t = mlt_slot(ctx, node, slot);
    for (int i = 0; i < t->rank; ++i) {
        if (t->dims[i] < 1) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, slot, "dimension %d is %d, want at least 1",
                i, t->dims[i]);
        }
    }
    return MLT_OK;
}

static mlt_status_t want_positive(
    mlt_ctx_t *ctx, const mlt_node_t *node, mlt_word_t what, int32_t value) {
    return value >= 1 ? MLT_OK
                      : mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE, "%s %d, want at least 1", what,
                            value);
}

enum { MOST = INT32_MAX / 4 };

static mlt_status_t want_moderate(
    mlt_ctx_t *ctx, const mlt_node_t *node, mlt_word_t what, int32_t value) {
    return value <= MOST ? MLT_OK
                         : mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE, "%s out of range", what);
}

mlt_status_t mlt_axis_prepare(
    mlt_ctx_t *ctx, const mlt_node_t *node, mlt_axis_t *axis, int32_t padding) {
    MLT_TRY(want_positive(ctx, node, MLT_WORD("stride"), axis->stride));
    MLT_TRY(want_positive(ctx, node, MLT_WORD("dilation"), axis->dilation));
    MLT_TRY(want_positive(ctx, node, MLT_WORD("window size"), axis->kernel));
    if (padding != MLT_PADDING_SAME && padding != MLT_PADDING_VALID) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, MLT_NODE, "padding %d, want SAME or VALID", padding);
    }
    // Positions are computed in 32 bits later: none may come near the limits.
    int64_t extent = (int64_t)(axis->kernel - 1) * axis->dilation + 1;
    MLT_TRY(want_moderate(ctx, node, MLT_WORD("size"), axis->in));
    MLT_TRY(want_moderate(ctx, node, MLT_WORD("stride"), axis->stride));
    MLT_TRY(want_moderate(ctx, node, MLT_WORD("window size"), axis->kernel));
    MLT_TRY(
        want_moderate(ctx, node, MLT_WORD("dilation"), extent > MOST ? INT32_MAX : axis->dilation));
    int32_t taps = (int32_t)extent, room = axis->in - (padding == MLT_PADDING_SAME ? 1 : taps);
    if (room < 0) {
        return mlt_fail(
            ctx, node, MLT_ERR_SHAPE, MLT_NODE, "window of %d, want at most %d", taps, axis->in);
    }
    axis->out = room / axis->stride + 1;
    int32_t missing = (axis->out - 1) * axis->stride + taps - axis->in;
    axis->pad = missing > 0 ? missing / 2 : 0;
    return MLT_OK;
}

// ceil(n / by) of a positive n; most windows are not dilated, and small CPUs divide slowly.
static int32_t steps(int32_t n, int32_t by) {
    return by == 1 ? n : (n + by - 1) / by;
}

mlt_taps_t mlt_axis_taps(const mlt_axis_t *axis, int32_t o) {
    int32_t origin = o * axis->stride - axis->pad, room = axis->in - origin;
    mlt_taps_t taps = {0, axis->kernel, 0};
    if (origin < 0) {
        taps.first = mlt_min(steps(-origin, axis->dilation), axis->kernel);
    }
    if (room < mlt_axis_extent(axis)) {
        taps.end = mlt_max(room > 0 ? steps(room, axis->dilation) : 0, taps.first);
    }
    taps.at = origin + taps.first * axis->dilation;
    return taps;
}

mlt_inside_t mlt_axis_inside(const mlt_axis_t *axis) {
    int32_t room = axis->in + axis->pad - mlt_axis_extent(axis);
    mlt_inside_t inside = {(axis->pad + axis->stride - 1) / axis->stride, 0};
    if (room >= 0) {
        inside.end = mlt_min(room / axis->stride + 1, axis->out);
    }
    inside.first = mlt_min(inside.first, axis->out);
    inside.end = mlt_max(inside.end, inside.first);
    return inside;
}

static uint8_t *pad(const mlt_image_t *image, uint8_t *to, size_t size) {
    memset(to, image->zero, size);
    return to + size;
}

// The taps of one row of a window, from those inside on, with padding on both sides.
static uint8_t *gather_row(const mlt_image_t *image, const mlt_axis_t *x, mlt_taps_t taps,
    const uint8_t *from, uint8_t *to) {
    to = pad(image, to, (size_t)taps.first * image->part);
    if (x->dilation == 1 && image->part == image->pixel) {
        size_t inside = (size_t)(taps.end - taps.first) * image->part;
        memcpy(to, from, inside);
        to += inside;
    } else {
        for (int32_t t = taps.first; t < taps.end; ++t) {
            memcpy(to, from, image->part);
            to += image->part;
            from += (size_t)x->dilation * image->pixel;
        }
    }
    return pad(image, to, (size_t)(x->kernel - taps.end) * image->part);
}

void mlt_window_gather(const mlt_image_t *image, const mlt_axis_t *y, const mlt_axis_t *x,
    int32_t oy, int32_t ox, uint8_t *to) {
    mlt_taps_t rows = mlt_axis_taps(y, oy), cols = mlt_axis_taps(x, ox);
    size_t row = (size_t)x->kernel * image->part;
    if (cols.first == cols.end) {
        rows.first = rows.end;
    }
    to = pad(image, to, (size_t)rows.first * row);
    for (int32_t t = rows.first, at = rows.at; t < rows.end; ++t, at += y->dilation) {
        size_t pixel = (size_t)at * (size_t)x->in + (size_t)cols.at;
        to = gather_row(image, x, cols, image->data + pixel * image->pixel, to);
    }
    pad(image, to, (size_t)(y->kernel - rows.end) * row);
}
