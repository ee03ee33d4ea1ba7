// SPDX-License-Identifier: MIT
// ARG_MAX and ARG_MIN: the index of the largest or smallest along an axis, the first of equals

#include "axis.h"

enum { X, AXIS };

// Index of the extreme of `depth` elements that are `step` apart.
#define ARG_LOOP(type_t)                                                                           \
    static int32_t arg_##type_t(const void *data, ptrdiff_t depth, ptrdiff_t step, bool largest) { \
        const type_t *x = data;                                                                    \
        type_t best = x[0];                                                                        \
        int32_t at = 0;                                                                            \
        for (ptrdiff_t i = 1; i < depth; ++i) {                                                    \
            type_t v = x[i * step];                                                                \
            if (largest ? v > best : v < best) {                                                   \
                best = v;                                                                          \
                at = (int32_t)i;                                                                   \
            }                                                                                      \
        }                                                                                          \
        return at;                                                                                 \
    }

ARG_LOOP(float)
ARG_LOOP(int8_t)
ARG_LOOP(uint8_t)
ARG_LOOP(int16_t)
ARG_LOOP(int32_t)
ARG_LOOP(int64_t)

typedef int32_t arg_fn(const void *data, ptrdiff_t depth, ptrdiff_t step, bool largest);

static arg_fn *loop_for(int type) {
    switch (type) {
    case MLT_FLOAT32:
        return arg_float;
    case MLT_INT8:
        return arg_int8_t;
    case MLT_INT16:
        return arg_int16_t;
    case MLT_INT32:
        return arg_int32_t;
    case MLT_INT64:
        return arg_int64_t;
    default:
        return arg_uint8_t; // BOOL too
    }
}

static mlt_status_t arg_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, X,
        MLT_T(FLOAT32) | MLT_T(INT8) | MLT_T(UINT8) | MLT_T(INT16) | MLT_T(INT32) | MLT_T(INT64) |
            MLT_T(BOOL)));
    MLT_TRY(mlt_want_axis_input(ctx, node, AXIS));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(INT32) | MLT_T(INT64)));
    const mlt_tensor_t *x = mlt_in(ctx, node, X);
    mlt_tensor_t *y = mlt_out(ctx, node, 0);
    if (!mlt_is_const(mlt_in(ctx, node, AXIS))) {
        return MLT_OK;
    }
    mlt_axis_t a = {0};
    MLT_TRY(mlt_axis_split(ctx, node, AXIS, x, &a));
    if (a.depth == 0) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, X, "dimension %d is 0", a.axis);
    }
    if (y->rank == 0 && x->rank > 1) { // of unknown shape
        int32_t *dims = ctx->svc->temp(ctx, (size_t)x->rank * sizeof(*dims));
        if (!dims) {
            return MLT_ERR_ARENA;
        }
        for (int32_t i = 0, n = 0; i < x->rank; ++i) {
            if (i != a.axis) {
                dims[n++] = x->dims[i];
            }
        }
        return ctx->svc->set_dims(ctx, y, x->rank - 1, dims);
    }
    return mlt_want_count(ctx, node, MLT_OUT(0), a.outer * a.inner);
}

static mlt_status_t arg_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, 0);
    mlt_axis_t a = {0};
    MLT_TRY(mlt_axis_split(ctx, node, AXIS, x, &a));
    if (a.depth == 0 || mlt_elements(y) != a.outer * a.inner) {
        return mlt_fail(ctx, node, MLT_ERR_DATA, AXIS, "axis that does not fit the output's shape");
    }
    arg_fn *loop = loop_for(x->type);
    size_t size = mlt_type_size((mlt_type_t)x->type);
    const uint8_t *from = x->data;
    bool largest = node->op->code == MLT_OP_ARG_MAX;
    for (int32_t outer = 0, at = 0; outer < a.outer; ++outer) {
        for (int32_t inner = 0; inner < a.inner; ++inner, ++at) {
            size_t first = (size_t)outer * (size_t)(a.depth * a.inner) + (size_t)inner;
            int32_t index = loop(from + first * size, a.depth, a.inner, largest);
            if (y->type == MLT_INT64) {
                ((int64_t *)y->data)[at] = index;
            } else {
                ((int32_t *)y->data)[at] = index;
            }
        }
    }
    return MLT_OK;
}

MLT_DEFINE_OP(arg_max, ARG_MAX, 2, arg_prepare, arg_eval)
MLT_DEFINE_OP(arg_min, ARG_MIN, 2, arg_prepare, arg_eval)
