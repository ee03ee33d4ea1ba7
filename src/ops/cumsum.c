// SPDX-License-Identifier: MIT
// CUMSUM: sums along an axis so far, with or without the element itself, from either end

#include "axis.h"

enum { X, AXIS };

typedef struct cumsum {
    mlt_rescale_t rescale; // int8
    int32_t zero_point;
} cumsum_t;

static mlt_status_t s8_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_quant(ctx, node, X));
    MLT_TRY(mlt_want_quant(ctx, node, MLT_OUT(0)));
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, 0);
    cumsum_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    // The sum has 19 bits below the point.
    double factor =
        2.0 * (double)mlt_scale_of(ctx, x) / ((double)(1 << 20) * (double)mlt_scale_of(ctx, y));
    if (factor >= 1.0) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, MLT_OUT(0), "scale too small for that of input 0");
    }
    d->rescale = (mlt_rescale_t){mlt_multiplier(factor), mlt_zero_point(ctx, y),
        mlt_type_min(y->type), mlt_type_max(y->type)};
    d->zero_point = mlt_zero_point(ctx, x);
    return MLT_OK;
}

static mlt_status_t cumsum_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, X,
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T(INT32) | MLT_T(INT64)));
    MLT_TRY(mlt_want_axis_input(ctx, node, AXIS));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), X));
    MLT_TRY(mlt_want_dims_of(ctx, node, MLT_OUT(0), X));
    ctx->svc->share(ctx, X, 0);
    if (mlt_is_const(mlt_in(ctx, node, AXIS))) {
        mlt_axis_t a = {0};
        MLT_TRY(mlt_axis_split(ctx, node, AXIS, mlt_in(ctx, node, X), &a));
    }
    return mlt_in(ctx, node, X)->type == MLT_INT8 ? s8_prepare(ctx, node) : MLT_OK;
}

// `depth` elements from *x and *y on, each `step` after the one before.
#define CUMSUM_LOOP(type_t, sum_t, start, next, result)                                            \
    static void sum_##type_t(const cumsum_t *d, const void *from, void *to, ptrdiff_t depth,       \
        ptrdiff_t step, bool exclusive) {                                                          \
        const type_t *x = from;                                                                    \
        type_t *y = to;                                                                            \
        (void)d;                                                                                   \
        sum_t before = start;                                                                      \
        for (ptrdiff_t i = 0; i < depth; ++i) {                                                    \
            sum_t after = next(before, x[i * step]);                                               \
            y[i * step] = (type_t)result(exclusive ? before : after);                              \
            before = after;                                                                        \
        }                                                                                          \
    }

#define SAME(sum) (sum)
#define ADD(sum, x) ((sum) + (x))
#define ADD_UNSIGNED64(sum, x) ((sum) + (uint64_t)(x))
// TFLM starts from the zero point, as if there were one more element that is stored as 0.
#define START_S8 (mlt_shl_wrap(-d->zero_point, 19))
#define ADD_S8(sum, x) mlt_add_wrap(sum, mlt_shl_wrap((x)-d->zero_point, 19))
#define RESULT_S8(sum) mlt_rescale(&d->rescale, sum)

CUMSUM_LOOP(float, float, 0.0f, ADD, SAME)
CUMSUM_LOOP(int8_t, int32_t, START_S8, ADD_S8, RESULT_S8)
CUMSUM_LOOP(int32_t, uint64_t, 0, ADD_UNSIGNED64, SAME)
CUMSUM_LOOP(int64_t, uint64_t, 0, ADD_UNSIGNED64, SAME)

static mlt_status_t cumsum_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, 0);
    mlt_axis_t a = {0};
    MLT_TRY(mlt_axis_split(ctx, node, AXIS, x, &a));
    bool exclusive = mlt_option(node, CUMSUM_EXCLUSIVE) != 0;
    bool reverse = mlt_option(node, CUMSUM_REVERSE) != 0;
    size_t size = mlt_type_size((mlt_type_t)x->type);
    int32_t step = reverse ? -a.inner : a.inner;
    int32_t first = reverse ? (a.depth - 1) * a.inner : 0;
    for (int32_t i = 0; a.depth > 0 && i < a.outer * a.inner; ++i) {
        size_t at = (size_t)(i / a.inner * a.depth * a.inner + i % a.inner + first) * size;
        const void *from = (const uint8_t *)x->data + at;
        void *to = (uint8_t *)y->data + at;
        switch (x->type) {
        case MLT_FLOAT32:
            sum_float(node->data, from, to, a.depth, step, exclusive);
            break;
        case MLT_INT8:
            sum_int8_t(node->data, from, to, a.depth, step, exclusive);
            break;
        case MLT_INT32:
            sum_int32_t(node->data, from, to, a.depth, step, exclusive);
            break;
        default:
            sum_int64_t(node->data, from, to, a.depth, step, exclusive);
            break;
        }
    }
    return MLT_OK;
}

MLT_DEFINE_OP(cumsum, CUMSUM, 2, cumsum_prepare, cumsum_eval)
