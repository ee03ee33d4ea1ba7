// SPDX-License-Identifier: MIT
// BUCKETIZE: between which of the sorted boundaries a number lies: how many are not above it.

#include "rearrange.h"
#include "unary.h"

static float boundary(const uint8_t *boundaries, int32_t i) {
    float value;
    memcpy(&value, boundaries + 4 * (size_t)i, sizeof(value));
    return value;
}

static mlt_status_t bucketize_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(
        mlt_want_unary(ctx, node, MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT32) | MLT_T(INT64)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(INT32)));
    int32_t count = 0;
    const uint8_t *boundaries = mlt_option_vector(ctx, node, BUCKETIZE_BOUNDARIES, 4, &count);
    for (int32_t i = 1; boundaries && i < count; ++i) {
        if (boundary(boundaries, i) < boundary(boundaries, i - 1)) {
            return mlt_fail(
                ctx, node, MLT_ERR_PARAM, MLT_NODE, "boundary %d is below the one before", i);
        }
    }
    return MLT_OK;
}

// The comparison is one of floats whatever x is.
static float number_at(const mlt_tensor_t *x, int32_t i) {
    return x->type == MLT_INT32   ? (float)((const int32_t *)x->data)[i]
           : x->type == MLT_INT64 ? (float)((const int64_t *)x->data)[i]
                                  : ((const float *)x->data)[i];
}

static mlt_status_t bucketize_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    int32_t *y = mlt_out(ctx, node, 0)->data, count = 0;
    const uint8_t *boundaries = mlt_option_vector(ctx, node, BUCKETIZE_BOUNDARIES, 4, &count);
    for (int32_t i = 0, n = mlt_elements(x); i < n; ++i) {
        float value = number_at(x, i);
        int32_t low = 0, high = boundaries ? count : 0;
        while (low < high) {
            int32_t middle = low + (high - low) / 2;
            if (value < boundary(boundaries, middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        y[i] = low;
    }
    return MLT_OK;
}

MLT_DEFINE_OP(bucketize, BUCKETIZE, 1, bucketize_prepare, bucketize_eval)
