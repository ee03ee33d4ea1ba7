// SPDX-License-Identifier: MIT
// MAXIMUM and MINIMUM of two operands, with broadcasting. Quantised numbers are compared as they
// are stored: the file promises one scale for all.

#include "broadcast.h"

#define MAXIMUM_MINIMUM(name, type)                                                                \
    MLT_BINARY_RUN(maximum_##name, mlt_binary_t, type, type, type, a > b ? a : b)                  \
    MLT_BINARY_RUN(minimum_##name, mlt_binary_t, type, type, type, a < b ? a : b)
MAXIMUM_MINIMUM(float, float)
MAXIMUM_MINIMUM(i8, int8_t)
MAXIMUM_MINIMUM(u8, uint8_t)
MAXIMUM_MINIMUM(i16, int16_t)
MAXIMUM_MINIMUM(i32, int32_t)
MAXIMUM_MINIMUM(i64, int64_t)

static mlt_status_t maximum_minimum_prepare(mlt_ctx_t *ctx, mlt_node_t *node, bool maximum) {
    MLT_TRY(mlt_want_binary(ctx, node,
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T(UINT8) |
            MLT_T_IF(MLT_WITH_INT16, INT16) | MLT_T(INT32) | MLT_T(INT64)));
    switch (mlt_out(ctx, node, 0)->type) {
    case MLT_FLOAT32:
        return mlt_binary_keep(ctx, node, maximum ? maximum_float : minimum_float);
    case MLT_INT8:
        return mlt_binary_keep(ctx, node, maximum ? maximum_i8 : minimum_i8);
    case MLT_UINT8:
        return mlt_binary_keep(ctx, node, maximum ? maximum_u8 : minimum_u8);
    case MLT_INT16:
        return mlt_binary_keep(ctx, node, maximum ? maximum_i16 : minimum_i16);
    case MLT_INT32:
        return mlt_binary_keep(ctx, node, maximum ? maximum_i32 : minimum_i32);
    default:
        return mlt_binary_keep(ctx, node, maximum ? maximum_i64 : minimum_i64);
    }
}

static mlt_status_t maximum_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return maximum_minimum_prepare(ctx, node, true);
}

static mlt_status_t minimum_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return maximum_minimum_prepare(ctx, node, false);
}

MLT_DEFINE_OP(maximum, MAXIMUM, 2, maximum_prepare, mlt_binary_eval)
MLT_DEFINE_OP(minimum, MINIMUM, 2, minimum_prepare, mlt_binary_eval)
