// SPDX-License-Identifier: MIT
// The kernels that a target has for int8 and the smallest ones against those in plain C, for random
// shapes, positions, offsets and multipliers, also such as no model has. Prints "ok" or what
// differs. See tests/test_kernels.py.

#include "../../ports/bare/bare.h"
#include "kernels/kernels.h"

#include <string.h>

enum { X = 6000, W = 6000, Y = 1200, CHANNELS = 64 };

static int8_t x[X], w[W], want[Y], got[Y];
static int32_t bias[CHANNELS], mult[CHANNELS];
static int8_t shift[CHANNELS];
static mlt_requant_t q;

static uint32_t state = 1;

static uint32_t random_bits(void) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static int32_t between(int32_t lo, int32_t hi) {
    return lo + (int32_t)(random_bits() % (uint32_t)(hi - lo + 1));
}

static bool one_in(int32_t n) {
    return between(1, n) == 1;
}

// Mostly as in models; else anything.
static const int32_t *fill(void) {
    bool wild = one_in(4);
    for (int32_t i = 0; i < X; ++i) {
        x[i] = (int8_t)random_bits();
    }
    for (int32_t i = 0; i < W; ++i) {
        w[i] = (int8_t)random_bits();
    }
    for (int32_t i = 0; i < CHANNELS; ++i) {
        bias[i] = wild ? (int32_t)random_bits() : between(-20000, 20000);
        mult[i] = (int32_t)(random_bits() >> 2 | 1u << 30);
        shift[i] = (int8_t)(wild ? between(-31, 30) : between(-12, -5));
        if (one_in(50)) {
            mult[i] = shift[i] = 0;
        }
    }
    q = (mlt_requant_t){mult, shift, between(0, 1), between(-128, 127), -128, 127};
    if (one_in(2)) {
        q.lo = between(-128, 127);
        q.hi = between(q.lo, 127);
    }
    memset(want, 0x55, sizeof(want));
    memset(got, 0x55, sizeof(got));
    return one_in(5) ? NULL : bias;
}

static bool convolutions_agree(void) {
    const int32_t *b = fill();
    mlt_conv_t c = {.pixels = between(1, 7),
        .filters = between(1, 19),
        .rows = between(0, 3),
        .cols = between(1, 3),
        .depth = between(1, one_in(2) ? 9 : 32),
        .y_pixel = 40};
    c.x_col = c.depth + between(0, 2);
    c.x_row = c.x_col * c.cols;
    c.x_pixel = between(1, 2) * c.x_col;
    c.w_col = c.depth;
    c.w_row = c.w_col * c.cols;
    c.w_filter = c.w_row * 3;
    c.x_offset = one_in(2) ? 0 : between(-127, 128);
    if (one_in(4)) {
        c.rows = c.cols = 1;
        c.w_offset = between(-127, 128);
    }
    const int8_t *x0 = x + between(0, 7), *w0 = w + between(0, 7);
    mlt_conv_s8_fn *const scalar = one_in(2) ? mlt_conv_s8_scalar : mlt_conv_s8_each_scalar;
    mlt_conv_s8_fn *best = one_in(2) ? mlt_conv_s8_best : mlt_conv_s8_each_best;
    if (one_in(3)) {
        best = mlt_conv_s8_small;
    } else if (c.rows == 1 && c.cols == 1 && one_in(2)) { // row after row
        best = mlt_dense_s8_small;
        c.x_pixel = c.w_filter = c.depth;
        c.y_pixel = c.filters;
    }
    int8_t guard = (int8_t)random_bits();
    int32_t at = between(1, 8);
    want[at - 1] = got[at - 1] = guard;
    scalar(x0, w0, b, want + at, &c, &q);
    best(x0, w0, b, got + at, &c, &q);
    return memcmp(want, got, sizeof(want)) == 0;
}

static bool depthwise_agree(void) {
    const int32_t *b = fill();
    mlt_depthwise_t d = {.pixels = between(1, 5),
        .channels = between(1, 11),
        .multiplier = one_in(3) ? between(2, 5) : 1,
        .rows = between(0, 4),
        .cols = between(1, 5),
        .x_offset = one_in(3) ? 0 : between(-127, 128)};
    if (one_in(2)) {
        d.cols = 3;
    }
    d.x_col = d.channels * between(1, 2);
    d.x_row = d.x_col * 6;
    d.x_pixel = between(1, 2) * d.channels;
    d.w_row = d.channels * d.multiplier * 5;
    int32_t at = between(0, 7);
    const int8_t *x0 = x + between(0, 7), *w0 = w + between(0, 7);
    mlt_depthwise_s8_scalar(x0, w0, b, want + at, &d, &q);
    mlt_depthwise_s8_fn *const best = one_in(3) ? mlt_depthwise_s8_small : mlt_depthwise_s8_best;
    best(x0, w0, b, got + at, &d, &q);
    return memcmp(want, got, sizeof(want)) == 0;
}

static bool sums_agree(void) {
    const int32_t *b = fill();
    int32_t one[CHANNELS], other[CHANNELS] = {0}, filters = between(1, CHANNELS);
    int32_t depth = between(1, 80), x_offset = between(-128, 128), w_offset = between(-128, 128);
    memset(one, 0, sizeof(one));
    const int8_t *w0 = w + between(0, 7);
    mlt_fold_filters_s8_scalar(w0, b, one, filters, depth, x_offset, w_offset);
    mlt_fold_filters_s8_best(w0, b, other, filters, depth, x_offset, w_offset);
    return memcmp(one, other, sizeof(one)) == 0;
}

int main(void) {
    for (int i = 0; i < 1500; ++i) {
        if (!convolutions_agree()) {
            bare_print("a convolution differs\n");
            return 1;
        }
        if (!depthwise_agree()) {
            bare_print("a depthwise convolution differs\n");
            return 1;
        }
        if (!sums_agree()) {
            bare_print("sums of filters differ\n");
            return 1;
        }
    }
    bare_print("ok\n");
    return 0;
}
