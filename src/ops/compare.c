// SPDX-License-Identifier: MIT
// EQUAL, NOT_EQUAL, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, with broadcasting.

#include "broadcast.h"

// How two numbers may stand to each other; NaN does so in none of these ways.
enum { BELOW = 1, SAME = 2, ABOVE = 4 };

typedef struct compare {
    mlt_binary_t binary;
    uint8_t when;   // true if they stand so,
    uint8_t negate; // or if not
} compare_t;

// Quantised numbers: both multiplied with their scales, with 8 bits behind the point.
typedef struct compare_quant {
    compare_t compare;
    int32_t offset[2]; // minus the zero points
    mlt_multiplier_t scale[2];
} compare_quant_t;

#define COMPARE(name, type)                                                                        \
    MLT_BINARY_RUN(compare_##name, compare_t, type, type, uint8_t,                                 \
        (((a < b       ? BELOW                                                                     \
              : a == b ? SAME                                                                      \
              : a > b  ? ABOVE                                                                     \
                       : 0) &                                                                       \
             p.when) != 0) ^                                                                       \
            p.negate)
COMPARE(float, float)
COMPARE(i8, int8_t)
COMPARE(u8, uint8_t)
COMPARE(i16, int16_t)
COMPARE(i32, int32_t)
COMPARE(i64, int64_t)
MLT_BINARY_RUN(
    compare_bool, compare_t, uint8_t, uint8_t, uint8_t, ((a != 0) == (b != 0)) ^ p.negate)

static inline int32_t compare_quant(const compare_quant_t *p, int32_t a, int32_t b) {
    a = mlt_scale((a + p->offset[0]) * 256, p->scale[0].mult, p->scale[0].shift);
    b = mlt_scale((b + p->offset[1]) * 256, p->scale[1].mult, p->scale[1].shift);
    int32_t order = a < b ? BELOW : a == b ? SAME : ABOVE;
    return ((order & p->compare.when) != 0) ^ p->compare.negate;
}
MLT_BINARY_RUN(compare_q8, compare_quant_t, int8_t, int8_t, uint8_t, compare_quant(&p, a, b))
MLT_BINARY_RUN(compare_qu8, compare_quant_t, uint8_t, uint8_t, uint8_t, compare_quant(&p, a, b))
MLT_BINARY_RUN(compare_q16, compare_quant_t, int16_t, int16_t, uint8_t, compare_quant(&p, a, b))

static mlt_run_fn *compare_plain_run(int type) {
    switch (type) {
    case MLT_FLOAT32:
        return compare_float;
    case MLT_INT8:
        return compare_i8;
    case MLT_INT16:
        return compare_i16;
    case MLT_INT32:
        return compare_i32;
    case MLT_INT64:
        return compare_i64;
    case MLT_UINT8:
        return compare_u8;
    default:
        return compare_bool;
    }
}

// BOOL can only be equal or not.
static mlt_status_t compare_prepare(
    mlt_ctx_t *ctx, mlt_node_t *node, uint8_t when, uint8_t negate) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(0),
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T(UINT8) |
            MLT_T_IF(MLT_WITH_INT16, INT16) | MLT_T(INT32) | MLT_T(INT64) |
            (when == SAME ? MLT_T(BOOL) : 0)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(1), MLT_IN(0)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(BOOL)));
    MLT_TRY(mlt_want_broadcast(ctx, node, 2));

    const mlt_tensor_t *a = mlt_in(ctx, node, 0);
    // TensorFlow Lite compares the scaled values of INT16 only in EQUAL and NOT_EQUAL.
    bool small =
        a->type == MLT_INT8 || a->type == MLT_UINT8 || (a->type == MLT_INT16 && when == SAME);
    bool quant = small && mlt_scale_count(ctx, a) > 0;
    compare_quant_t *d = mlt_alloc(ctx, quant ? sizeof(compare_quant_t) : sizeof(compare_t));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    node->data = d;
    d->compare.when = when;
    d->compare.negate = negate;
    if (!quant) {
        d->compare.binary.run = compare_plain_run(a->type);
        return MLT_OK;
    }
    for (int k = 0; k < 2; ++k) {
        MLT_TRY(mlt_want_quant(ctx, node, MLT_IN(k)));
        const mlt_tensor_t *x = mlt_in(ctx, node, k);
        d->offset[k] = -mlt_zero_point(ctx, x);
        d->scale[k] = mlt_quotient(mlt_scale_of(ctx, x), 1.0f, 1.0f);
    }
    d->compare.binary.run = a->type == MLT_INT8    ? compare_q8
                            : a->type == MLT_UINT8 ? compare_qu8
                                                   : compare_q16;
    return MLT_OK;
}

static mlt_status_t equal_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return compare_prepare(ctx, node, SAME, 0);
}

static mlt_status_t not_equal_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return compare_prepare(ctx, node, SAME, 1);
}

static mlt_status_t greater_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return compare_prepare(ctx, node, ABOVE, 0);
}

static mlt_status_t greater_equal_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return compare_prepare(ctx, node, ABOVE | SAME, 0);
}

static mlt_status_t less_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return compare_prepare(ctx, node, BELOW, 0);
}

static mlt_status_t less_equal_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return compare_prepare(ctx, node, BELOW | SAME, 0);
}

MLT_DEFINE_OP(equal, EQUAL, 2, equal_prepare, mlt_binary_eval)
MLT_DEFINE_OP(not_equal, NOT_EQUAL, 2, not_equal_prepare, mlt_binary_eval)
MLT_DEFINE_OP(greater, GREATER, 2, greater_prepare, mlt_binary_eval)
MLT_DEFINE_OP(greater_equal, GREATER_EQUAL, 2, greater_equal_prepare, mlt_binary_eval)
MLT_DEFINE_OP(less, LESS, 2, less_prepare, mlt_binary_eval)
MLT_DEFINE_OP(less_equal, LESS_EQUAL, 2, less_equal_prepare, mlt_binary_eval)
