// SPDX-License-Identifier: MIT
// REDUCE_WINDOW, STABLEHLO_REDUCE_WINDOW: what is in a window is combined with a first value, for
// each place of the window. In STABLEHLO_REDUCE_WINDOW elements can be apart and have room around
// them, which is filled with the first value.

#include "combine.h"

#include <string.h>

enum { X, INIT, SIZES, STRIDES, DILATIONS };
enum { MAX_RANK = 6, MOST = INT32_MAX / 2 };

typedef struct dim {
    int32_t count;                  // of windows
    int32_t size, stride, dilation; // of the window
    int32_t base, low;              // of the elements: from one to the next, room before the first
    int32_t x_count, x_step;
} dim_t;

typedef struct reduce_window {
    int how, rank;
    dim_t dim[MAX_RANK]; // as many as the rank
} reduce_window_t;

// Entry i of a list of int64, at most MOST: an input of REDUCE_WINDOW, or an option of the other.
static int32_t entry(mlt_ctx_t *ctx, const mlt_node_t *node, int list, int i, int32_t initial) {
    static const int32_t fields[] = {STABLEHLO_REDUCE_WINDOW_WINDOW_DIMENSIONS,
        STABLEHLO_REDUCE_WINDOW_WINDOW_STRIDES, STABLEHLO_REDUCE_WINDOW_WINDOW_DILATIONS,
        STABLEHLO_REDUCE_WINDOW_BASE_DILATIONS, STABLEHLO_REDUCE_WINDOW_PADDING};
    int32_t count = 0;
    const uint8_t *v = NULL;
    if (node->op->code == MLT_OP_STABLEHLO_REDUCE_WINDOW) {
        v = mlt_option_vector(ctx, node, fields[list], sizeof(int64_t), &count);
    } else if (SIZES + list <= DILATIONS) {
        const mlt_tensor_t *t = mlt_in(ctx, node, SIZES + list);
        v = t->data;
        count = mlt_elements(t);
    }
    int64_t value = initial;
    if ((uint32_t)i < (uint32_t)count) {
        memcpy(&value, v + (size_t)i * sizeof(value), sizeof(value));
    }
    return value < -MOST ? -MOST : value > MOST ? MOST : (int32_t)value;
}

static bool fill(mlt_ctx_t *ctx, const mlt_node_t *node, reduce_window_t *d, int32_t *dims) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X);
    int64_t all = 1;
    int32_t step = 1;
    for (int i = x->rank - 1; i >= 0; --i) {
        dim_t *dim = &d->dim[i];
        dim->size = entry(ctx, node, 0, i, 0);
        dim->stride = entry(ctx, node, 1, i, 1);
        dim->dilation = entry(ctx, node, 2, i, 1);
        dim->base = entry(ctx, node, 3, i, 1);
        dim->low = entry(ctx, node, 4, 2 * i, 0);
        dim->x_count = x->dims[i];
        dim->x_step = step;
        step *= x->dims[i];
        if (dim->size < 1 || dim->stride < 1 || dim->dilation < 1 || dim->base < 1) {
            return false;
        }
        int64_t length = dim->x_count > 0 ? (int64_t)(dim->x_count - 1) * dim->base + 1 : 0;
        length += (int64_t)dim->low + entry(ctx, node, 4, 2 * i + 1, 0);
        int64_t window = (int64_t)(dim->size - 1) * dim->dilation + 1;
        if (length < 1 || length >= MOST || all * length >= MOST || dim->low == MOST) {
            return false;
        }
        all *= length;
        dim->count = dims[i] = length < window ? 0 : (int32_t)(length - window) / dim->stride + 1;
    }
    return true;
}

static mlt_status_t reduce_window_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, X, MLT_COMBINED));
    MLT_TRY(mlt_want_rank(ctx, node, X, 1, MAX_RANK));
    MLT_TRY(mlt_want_type_of(ctx, node, INIT, X));
    MLT_TRY(mlt_want_count(ctx, node, INIT, 1));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), X));
    const mlt_tensor_t *x = mlt_in(ctx, node, X);
    for (int i = SIZES; i < node->input_count; ++i) {
        MLT_TRY(mlt_want_type(ctx, node, i, MLT_T(INT64)));
        MLT_TRY(mlt_want_const(ctx, node, i));
        MLT_TRY(mlt_want_count(ctx, node, i, x->rank));
    }
    reduce_window_t *d = node->data =
        mlt_alloc(ctx, offsetof(reduce_window_t, dim) + (size_t)x->rank * sizeof(*d->dim));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->rank = x->rank;
    if (node->op->code == MLT_OP_STABLEHLO_REDUCE_WINDOW) {
        int32_t body = mlt_option(node, STABLEHLO_REDUCE_WINDOW_BODY_SUBGRAPH_INDEX);
        MLT_TRY(mlt_combine_of_body(ctx, node, body, &d->how));
    } else {
        static const uint8_t hows[] = {
            MLT_NO_WAY, MLT_PLUS, MLT_TIMES, MLT_LESSER, MLT_GREATER, MLT_ALL, MLT_ANY};
        int32_t function = mlt_option(node, REDUCE_WINDOW_REDUCE_FUNCTION);
        if (function < 1 || function >= (int32_t)sizeof(hows)) {
            return mlt_fail(
                ctx, node, MLT_ERR_PARAM, MLT_NODE, "reduce_function %d, want 1 to 6", function);
        }
        d->how = hows[function];
    }
    int32_t dims[MAX_RANK];
    if (!fill(ctx, node, d, dims)) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE, "windows that do not fit the input");
    }
    return mlt_want_dims(ctx, node, MLT_OUT(0), d->rank, dims);
}

// One step of an odometer over places of the window, or within it; false at the end.
static bool advance(const reduce_window_t *d, int32_t *index, bool inside) {
    for (int i = d->rank - 1; i >= 0; --i) {
        if (++index[i] < (inside ? d->dim[i].size : d->dim[i].count)) {
            return true;
        }
        index[i] = 0;
    }
    return false;
}

// Where x has the element that the window sees, -1: the first value is there.
static int32_t place(const reduce_window_t *d, const int32_t *window, const int32_t *inside) {
    int32_t at = 0;
    for (int i = 0; i < d->rank; ++i) {
        const dim_t *dim = &d->dim[i];
        int32_t n = window[i] * dim->stride + inside[i] * dim->dilation - dim->low;
        if (n < 0 || n % dim->base != 0 || n / dim->base >= dim->x_count) {
            return -1;
        }
        at += n / dim->base * dim->x_step;
    }
    return at;
}

static mlt_status_t reduce_window_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const reduce_window_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, 0);
    const void *init = mlt_in(ctx, node, INIT)->data;
    size_t size = mlt_type_size((mlt_type_t)x->type);
    uint8_t *to = y->data;
    int32_t window[MAX_RANK] = {0};
    for (int32_t i = 0, n = mlt_elements(y); i < n; ++i, to += size, advance(d, window, false)) {
        int32_t inside[MAX_RANK] = {0};
        memcpy(to, init, size);
        do {
            int32_t at = place(d, window, inside);
            mlt_combine(d->how, x->type, to,
                at < 0 ? init : (const uint8_t *)x->data + (size_t)at * size, to, 1);
        } while (advance(d, inside, true));
    }
    return MLT_OK;
}

MLT_DEFINE_OP(reduce_window, REDUCE_WINDOW, 5, reduce_window_prepare, reduce_window_eval)
MLT_DEFINE_OP(
    stablehlo_reduce_window, STABLEHLO_REDUCE_WINDOW, 2, reduce_window_prepare, reduce_window_eval)
