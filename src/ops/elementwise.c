// SPDX-License-Identifier: MIT
// Functions of each element: ABS, CEIL, COS, FLOOR, NEG, ROUND, SIGN, SIN, SQUARE

#include "unary.h"

#include "../mathf.h"

#define ELEMENTWISE_LOOP(name, type_t, expression)                                                 \
    static void name(const mlt_tensor_t *from, const mlt_tensor_t *to) {                           \
        const type_t *x = from->data;                                                              \
        type_t *y = to->data;                                                                      \
        int32_t n = mlt_elements(from);                                                            \
        for (int32_t i = 0; i < n; ++i) {                                                          \
            y[i] = (type_t)expression(x[i]);                                                       \
        }                                                                                          \
    }

// --- Of float only

static mlt_status_t float_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return mlt_want_unary_alike(ctx, node, MLT_T(FLOAT32));
}

#define FLOAT_OP(lower, upper, expression)                                                         \
    ELEMENTWISE_LOOP(lower##_float, float, expression)                                             \
    static mlt_status_t lower##_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {                     \
        lower##_float(mlt_in(ctx, node, 0), mlt_out(ctx, node, 0));                                \
        return MLT_OK;                                                                             \
    }                                                                                              \
    MLT_DEFINE_OP(lower, upper, 1, float_prepare, lower##_eval)

#define SQUARE(x) ((x) * (x))

FLOAT_OP(ceil, CEIL, mlt_ceilf)
FLOAT_OP(cos, COS, mlt_cosf)
FLOAT_OP(floor, FLOOR, mlt_floorf)
FLOAT_OP(round, ROUND, mlt_rintf)
FLOAT_OP(sin, SIN, mlt_sinf)
FLOAT_OP(square, SQUARE, SQUARE)

// --- NEG, of stored values as they are, and SIGN

#define NEG_WRAP64(x) (0 - (uint64_t)(x))
#define SIGN_INT(x) ((x > 0) - (x < 0))
#define SIGN_FLOAT(x) (x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x != x ? x : 0.0f)

ELEMENTWISE_LOOP(neg_float, float, -)
ELEMENTWISE_LOOP(neg_s8, int8_t, -)
ELEMENTWISE_LOOP(neg_s16, int16_t, -)
ELEMENTWISE_LOOP(neg_s32, int32_t, NEG_WRAP64)
ELEMENTWISE_LOOP(neg_s64, int64_t, NEG_WRAP64)
ELEMENTWISE_LOOP(sign_float, float, SIGN_FLOAT)
ELEMENTWISE_LOOP(sign_s32, int32_t, SIGN_INT)

static mlt_status_t neg_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return mlt_want_unary_alike(ctx, node,
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T_IF(MLT_WITH_INT16, INT16) |
            MLT_T(INT32) | MLT_T(INT64));
}

static mlt_status_t neg_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (MLT_WITH_FLOAT && x->type == MLT_FLOAT32) {
        neg_float(x, y);
    } else if (MLT_WITH_INT16 && x->type == MLT_INT16) {
        neg_s16(x, y);
    } else if (x->type == MLT_INT8) {
        neg_s8(x, y);
    } else if (x->type == MLT_INT32) {
        neg_s32(x, y);
    } else {
        neg_s64(x, y);
    }
    return MLT_OK;
}

static mlt_status_t sign_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return mlt_want_unary_alike(ctx, node, MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT32));
}

static mlt_status_t sign_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (MLT_WITH_FLOAT && x->type == MLT_FLOAT32) {
        sign_float(x, y);
    } else {
        sign_s32(x, y);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(neg, NEG, 1, neg_prepare, neg_eval)
MLT_DEFINE_OP(sign, SIGN, 1, sign_prepare, sign_eval)

// --- ABS

typedef struct absolute {
    bool same_scale;
    int32_t zero_point;
    mlt_rescale_t rescale;
} absolute_t;

#define ABS_WRAP(x) (x < 0 ? 0 - (uint32_t)(x) : (uint32_t)(x))

ELEMENTWISE_LOOP(abs_float, float, mlt_fabsf)
ELEMENTWISE_LOOP(abs_s16, int16_t, ABS_WRAP)
ELEMENTWISE_LOOP(abs_s32, int32_t, ABS_WRAP)

static mlt_status_t abs_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_unary_alike(ctx, node,
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T_IF(MLT_WITH_INT16, INT16) |
            MLT_T(INT32)));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    bool plain = x->type == MLT_INT16 && mlt_scale_count(ctx, x) == 0;
    if (x->type == MLT_FLOAT32 || x->type == MLT_INT32 || plain) {
        return MLT_OK;
    }
    MLT_TRY(mlt_want_unary_quant(ctx, node));
    if (x->type == MLT_INT16) {
        MLT_TRY(mlt_want_zero_point(ctx, node, MLT_IN(0), 0));
        MLT_TRY(mlt_want_zero_point(ctx, node, MLT_OUT(0), 0));
    }
    absolute_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    float x_scale = mlt_scale_of(ctx, x), y_scale = mlt_scale_of(ctx, y);
    d->same_scale = x_scale == y_scale;
    d->zero_point = mlt_zero_point(ctx, x);
    d->rescale = (mlt_rescale_t){mlt_quotient(x_scale / y_scale, 1.0f, 1.0f),
        mlt_zero_point(ctx, y), mlt_type_min(y->type), mlt_type_max(y->type)};
    return MLT_OK;
}

static int32_t abs_stored(const absolute_t *d, int32_t x) {
    const mlt_rescale_t *r = &d->rescale;
    int32_t size = x < d->zero_point ? d->zero_point - x : x - d->zero_point;
    return d->same_scale ? mlt_clamp(size + r->zero_point, r->lo, r->hi) : mlt_rescale(r, size);
}

static mlt_status_t abs_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    int32_t n = mlt_elements(x);
    if (MLT_WITH_FLOAT && x->type == MLT_FLOAT32) {
        abs_float(x, y);
    } else if (x->type == MLT_INT32) {
        abs_s32(x, y);
    } else if (MLT_WITH_INT16 && !node->data) {
        abs_s16(x, y);
    } else if (MLT_WITH_INT16 && x->type == MLT_INT16) {
        for (int32_t i = 0; i < n; ++i) {
            ((int16_t *)y->data)[i] = (int16_t)abs_stored(node->data, ((int16_t *)x->data)[i]);
        }
    } else {
        for (int32_t i = 0; i < n; ++i) {
            ((int8_t *)y->data)[i] = (int8_t)abs_stored(node->data, ((int8_t *)x->data)[i]);
        }
    }
    return MLT_OK;
}

MLT_DEFINE_OP(abs, ABS, 1, abs_prepare, abs_eval)
