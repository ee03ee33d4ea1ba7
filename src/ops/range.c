// SPDX-License-Identifier: MIT
// RANGE: start, start + delta, ... up to the limit, which is not reached.

#include "../mathf.h"
#include "rearrange.h"

enum { START, LIMIT, DELTA };

static int64_t value_of(const mlt_tensor_t *t) {
    return t->type == MLT_INT64 ? *(const int64_t *)t->data : *(const int32_t *)t->data;
}

// How many elements there are; -1: the limit is never reached, or too many.
static int32_t length_of(const mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *start = mlt_in(ctx, node, START), *limit = mlt_in(ctx, node, LIMIT);
    const mlt_tensor_t *delta = mlt_in(ctx, node, DELTA);
    if (MLT_WITH_FLOAT && start->type == MLT_FLOAT32) {
        float from = *(const float *)start->data, to = *(const float *)limit->data;
        float step = *(const float *)delta->data;
        if (!((from <= to && step > 0) || (from >= to && step < 0))) {
            return -1;
        }
        float length = mlt_ceilf((to - from) / step);
        return length < 2147483648.0f ? (int32_t)length : -1;
    }
    int64_t from = value_of(start), to = value_of(limit), step = value_of(delta);
    if (!((from <= to && step > 0) || (from >= to && step < 0))) {
        return -1;
    }
    uint64_t span = from <= to ? (uint64_t)to - (uint64_t)from : (uint64_t)from - (uint64_t)to;
    uint64_t stride = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
    uint64_t length = span / stride + (span % stride != 0);
    return length <= INT32_MAX ? (int32_t)length : -1;
}

static mlt_status_t range_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    bool constant = true;
    for (int i = START; i <= DELTA; ++i) {
        MLT_TRY(mlt_want_type(
            ctx, node, MLT_IN(i), MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT32) | MLT_T(INT64)));
        MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(i), MLT_IN(START)));
        MLT_TRY(mlt_want_count(ctx, node, MLT_IN(i), 1));
        constant &= mlt_is_const(mlt_in(ctx, node, i));
    }
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(START)));
    if (!constant) {
        return mlt_want_rank(ctx, node, MLT_OUT(0), 1, 1);
    }
    int32_t length = length_of(ctx, node);
    if (length < 0) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, MLT_IN(DELTA), "does not lead from start to limit");
    }
    return mlt_set_output(ctx, node, 0, 1, &length);
}

static mlt_status_t range_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    int32_t length = length_of(ctx, node);
    if (length != y->dims[0]) {
        return mlt_fail(
            ctx, node, MLT_ERR_DATA, MLT_OUT(0), "dimension 0 is %d, want %d", y->dims[0], length);
    }
    if (MLT_WITH_FLOAT && y->type == MLT_FLOAT32) {
        float value = *(const float *)mlt_in(ctx, node, START)->data;
        float step = *(const float *)mlt_in(ctx, node, DELTA)->data;
        for (int32_t i = 0; i < length; ++i, value += step) { // summed up, as TensorFlow Lite does
            ((float *)y->data)[i] = value;
        }
        return MLT_OK;
    }
    int64_t start = value_of(mlt_in(ctx, node, START)), step = value_of(mlt_in(ctx, node, DELTA));
    for (int32_t i = 0; i < length; ++i) {
        mlt_put_index(y, i, start + i * step);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(range, RANGE, 3, range_prepare, range_eval)
