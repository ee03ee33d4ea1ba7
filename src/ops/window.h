// SPDX-License-Identifier: MIT
// Windows that slide over an image: padding, output sizes, and which taps lie inside.
#ifndef MLT_WINDOW_H
#define MLT_WINDOW_H

#include "util.h"

// Height or width of a windowed operator: at output position o, tap t reads input position
// o * stride - pad + t * dilation.
typedef struct mlt_axis {
    int32_t in, out, kernel, stride, dilation, pad;
} mlt_axis_t;

// Taps first <= t < end lie inside the image; `at` is the input position of tap `first`.
typedef struct mlt_taps {
    int32_t first, end, at;
} mlt_taps_t;

// Check in, kernel, stride and dilation, then compute out and pad. padding: MLT_PADDING_*.
mlt_status_t mlt_axis_prepare(
    mlt_ctx_t *ctx, const mlt_node_t *node, mlt_axis_t *axis, int32_t padding);

// Every dimension of the tensor is at least 1.
mlt_status_t mlt_want_filled(mlt_ctx_t *ctx, const mlt_node_t *node, int slot);

mlt_taps_t mlt_axis_taps(const mlt_axis_t *axis, int32_t o);

// Output positions whose windows lie inside: first <= o < end.
typedef struct mlt_inside {
    int32_t first, end;
} mlt_inside_t;

mlt_inside_t mlt_axis_inside(const mlt_axis_t *axis);

// Distance in the input from the first tap to behind the last.
static inline int32_t mlt_axis_extent(const mlt_axis_t *axis) {
    return (axis->kernel - 1) * axis->dilation + 1;
}

static inline void mlt_axis_swap(mlt_axis_t *a, mlt_axis_t *b) {
    mlt_axis_t t = *a;
    *a = *b;
    *b = t;
}

// An image as bytes.
typedef struct mlt_image {
    const uint8_t *data;
    size_t pixel; // from one pixel to the next
    size_t part;  // of a pixel, that is wanted
    int zero;     // what the bytes of the padding are
} mlt_image_t;

// The parts of all pixels in the window of output position (oy, ox), one after the other.
void mlt_window_gather(const mlt_image_t *image, const mlt_axis_t *y, const mlt_axis_t *x,
    int32_t oy, int32_t ox, uint8_t *to);

#endif
