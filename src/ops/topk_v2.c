// SPDX-License-Identifier: MIT
// TOPK_V2: the k largest values of each row and where they are; of equal ones the first.

#include "../mathf.h"
#include "rearrange.h"

enum { X, K };
enum { VALUES, INDICES };

#define VALUE_TYPES                                                                                \
    (MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(UINT8) | MLT_T(INT8) | MLT_T(INT16) |               \
        MLT_T(INT32) | MLT_T(INT64))

static mlt_status_t topk_v2_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(X), VALUE_TYPES));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(X), 1, MLT_MAX_RANK));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(K), MLT_T(INT32) | MLT_T(INT16)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(K), 1));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(VALUES), MLT_IN(X)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(INDICES), MLT_T(INT32) | MLT_T(INT16)));
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *k = mlt_in(ctx, node, K);
    int32_t last = x->rank - 1, row = x->dims[last], dims[MLT_MAX_RANK];
    memcpy(dims, x->dims, x->rank * sizeof(dims[0]));
    dims[last] = mlt_is_const(k) ? mlt_index_at(k, 0) : mlt_dim(mlt_out(ctx, node, VALUES), -1);
    if (dims[last] < 0 || dims[last] > row) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_IN(K), "%d, want 0 to %d", dims[last], row);
    }
    if (mlt_out(ctx, node, INDICES)->type == MLT_INT16 && row > INT16_MAX) {
        return mlt_fail(
            ctx, node, MLT_ERR_SHAPE, MLT_IN(X), "rows of %d, want at most %d", row, INT16_MAX);
    }
    MLT_TRY(mlt_set_output(ctx, node, VALUES, x->rank, dims));
    return mlt_set_output(ctx, node, INDICES, x->rank, dims);
}

// Element i as a number that is in order: NaN below all others.
static int64_t key_at(const void *data, int type, int32_t i) {
    switch (type) {
    case MLT_UINT8:
        return ((const uint8_t *)data)[i];
    case MLT_INT8:
        return ((const int8_t *)data)[i];
    case MLT_INT16:
        return ((const int16_t *)data)[i];
    case MLT_INT64:
        return ((const int64_t *)data)[i];
    case MLT_INT32:
        return ((const int32_t *)data)[i];
    default: {
        float x = ((const float *)data)[i];
        int32_t magnitude = (int32_t)(mlt_float_bits(x) & 0x7fffffff);
        return x != x ? INT64_MIN : x < 0 ? -magnitude : magnitude;
    }
    }
}

static void put(void *data, size_t size, int32_t i, int32_t index) {
    if (size == 2) {
        ((int16_t *)data)[i] = (int16_t)index;
    } else {
        ((int32_t *)data)[i] = index;
    }
}

// Keep the outputs sorted while going through the row.
static void top_of_row(const uint8_t *row, int32_t length, int type, size_t size, int32_t k,
    uint8_t *values, uint8_t *indices, size_t index_size) {
    int32_t held = 0;
    for (int32_t i = 0; i < length; ++i) {
        int64_t key = key_at(row, type, i);
        if (held == k && key <= key_at(values, type, k - 1)) {
            continue;
        }
        int32_t at = held < k ? held++ : k - 1;
        for (; at > 0 && key > key_at(values, type, at - 1); --at) {
            memcpy(values + (size_t)at * size, values + (size_t)(at - 1) * size, size);
            memcpy(indices + (size_t)at * index_size, indices + (size_t)(at - 1) * index_size,
                index_size);
        }
        memcpy(values + (size_t)at * size, row + (size_t)i * size, size);
        put(indices, index_size, at, i);
    }
}

static mlt_status_t topk_v2_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, VALUES);
    const mlt_tensor_t *indices = mlt_out(ctx, node, INDICES);
    int32_t last = x->rank - 1, length = x->dims[last], k = y->dims[last];
    int32_t found = mlt_index_at(mlt_in(ctx, node, K), 0);
    if (found != k) {
        return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_IN(K), "%d, want %d", found, k);
    }
    size_t size = mlt_size_of(x), index_size = mlt_size_of(indices);
    for (int32_t i = 0; i < mlt_span(x, 0, last) && k > 0; ++i) {
        top_of_row((const uint8_t *)x->data + (size_t)(i * length) * size, length, x->type, size, k,
            (uint8_t *)y->data + (size_t)(i * k) * size,
            (uint8_t *)indices->data + (size_t)(i * k) * index_size, index_size);
    }
    return MLT_OK;
}

MLT_DEFINE_OP_OF(topk_v2, TOPK_V2, 2, 2, 2, 2, topk_v2_prepare, topk_v2_eval)
