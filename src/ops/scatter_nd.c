// SPDX-License-Identifier: MIT
// SCATTER_ND: zeros, to which updates are added at the places that indices name. SPARSE_TO_DENSE: a
// value everywhere but at such places. SEGMENT_SUM: the sum of the rows that belong to each
// segment.

#include "rearrange.h"

// y[i] += x[i]; integers wrap, bools are joined with or.
static void add_row(int type, size_t size, const uint8_t *x, uint8_t *y, int32_t count) {
    for (int32_t i = 0; i < count; ++i, x += size, y += size) {
        if (MLT_WITH_FLOAT && type == MLT_FLOAT32) {
            float a, b;
            memcpy(&a, x, sizeof(a));
            memcpy(&b, y, sizeof(b));
            b += a;
            memcpy(y, &b, sizeof(b));
            continue;
        }
        uint64_t a = 0, b = 0;
        memcpy(&a, x, size);
        memcpy(&b, y, size);
        b = type == MLT_BOOL ? (a | b) : a + b;
        memcpy(y, &b, size);
    }
}

// Which row of the output, counted over its first `depth` dimensions, the indices from number *at
// on name.
static mlt_status_t next_row(
    mlt_ctx_t *ctx, const mlt_node_t *node, int depth, int32_t *at, int32_t *row) {
    const mlt_tensor_t *indices = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    *row = 0;
    for (int k = 0; k < depth; ++k) {
        int32_t index = mlt_index_at(indices, (*at)++), most = y->dims[k];
        if (index < 0 || index >= most) {
            return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_IN(0),
                "index %d for dimension %d, want 0 to %d", index, k, most - 1);
        }
        *row = *row * most + index;
    }
    return MLT_OK;
}

// --- SCATTER_ND

enum { INDICES, UPDATES, SHAPE };

#define UPDATE_TYPES                                                                               \
    (MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T(UINT8) | MLT_T(BOOL) | MLT_T(INT16) | \
        MLT_T(INT32) | MLT_T(INT64))

static mlt_status_t scatter_nd_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(INDICES)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(INDICES), 1, MLT_MAX_RANK));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(UPDATES), UPDATE_TYPES));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(UPDATES)));
    const mlt_tensor_t *indices = mlt_in(ctx, node, INDICES);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    MLT_TRY(mlt_want_shape(ctx, node, MLT_IN(SHAPE)));
    int32_t outer = indices->rank - 1, depth = indices->dims[outer], n = 0;
    if (depth > y->rank || outer + y->rank - depth > MLT_MAX_RANK) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(INDICES),
            "last dimension is %d, want %d to %d", depth,
            mlt_max(outer + y->rank - MLT_MAX_RANK, 0), y->rank);
    }
    int32_t dims[MLT_MAX_RANK];
    for (int i = 0; i < outer; ++i) {
        dims[n++] = indices->dims[i];
    }
    for (int i = depth; i < y->rank && n < MLT_MAX_RANK; ++i) {
        dims[n++] = y->dims[i];
    }
    return mlt_want_dims(ctx, node, MLT_IN(UPDATES), n, dims);
}

static mlt_status_t scatter_nd_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *indices = mlt_in(ctx, node, INDICES), *y = mlt_out(ctx, node, 0);
    const mlt_tensor_t *updates = mlt_in(ctx, node, UPDATES);
    MLT_TRY(mlt_check_shape(ctx, node, mlt_in(ctx, node, SHAPE)));
    int32_t outer = indices->rank - 1, depth = indices->dims[outer];
    int32_t count = mlt_span(indices, 0, outer), inner = mlt_span(y, depth, y->rank);
    size_t size = mlt_size_of(y), bytes = (size_t)inner * size;
    const uint8_t *from = updates->data;
    memset(y->data, 0, mlt_bytes(y));
    for (int32_t i = 0, at = 0; i < count; ++i, from += bytes) {
        int32_t row;
        MLT_TRY(next_row(ctx, node, depth, &at, &row));
        add_row(y->type, size, from, (uint8_t *)y->data + (size_t)row * bytes, inner);
    }
    return MLT_OK;
}

// --- SPARSE_TO_DENSE: the last value that is put to a place stays there

enum { PLACES, DENSE_SHAPE, VALUES, REST };

static mlt_status_t sparse_to_dense_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(PLACES)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(PLACES), 0, 2));
    MLT_TRY(mlt_want_plain_pair(ctx, node, VALUES));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(REST), MLT_IN(VALUES)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(REST), 1));
    MLT_TRY(mlt_want_shape(ctx, node, MLT_IN(DENSE_SHAPE)));
    const mlt_tensor_t *places = mlt_in(ctx, node, PLACES), *y = mlt_out(ctx, node, 0);
    int32_t depth = places->rank == 2 ? places->dims[1] : 1;
    if (depth != y->rank) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(PLACES), "%d indices for a place, want %d",
            depth, y->rank);
    }
    return mlt_in(ctx, node, VALUES)->rank == 0 ? MLT_OK
                                                : mlt_want_count(ctx, node, MLT_IN(VALUES),
                                                      mlt_elements(places) / mlt_max(depth, 1));
}

static mlt_status_t sparse_to_dense_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *places = mlt_in(ctx, node, PLACES), *y = mlt_out(ctx, node, 0);
    const mlt_tensor_t *values = mlt_in(ctx, node, VALUES);
    MLT_TRY(mlt_check_shape(ctx, node, mlt_in(ctx, node, DENSE_SHAPE)));
    size_t size = mlt_size_of(y);
    const uint8_t *from = values->data;
    mlt_fill(y->data, mlt_elements(y), mlt_in(ctx, node, REST)->data, size);
    for (int32_t at = 0, end = mlt_elements(places); at < end;) {
        int32_t row;
        MLT_TRY(next_row(ctx, node, y->rank, &at, &row));
        memcpy((uint8_t *)y->data + (size_t)row * size, from, size);
        from += values->rank > 0 ? size : 0;
    }
    return MLT_OK;
}

// --- SEGMENT_SUM: segment ids count up from 0 in steps of 1 or stay. There may be fewer segments
// than the output has rows: the others are zero.

enum { X, IDS };

static mlt_status_t check_ids(
    mlt_ctx_t *ctx, const mlt_node_t *node, mlt_status_t status, int32_t *segments) {
    const mlt_tensor_t *ids = mlt_in(ctx, node, IDS);
    int32_t last = -1;
    for (int32_t i = 0; i < ids->dims[0]; ++i) {
        int32_t id = mlt_index_at(ids, i);
        if (id != last + 1 && (id != last || i == 0)) {
            return mlt_fail(
                ctx, node, status, MLT_IN(IDS), "segment %d after %d, want %d", id, last, last + 1);
        }
        last = id;
    }
    *segments = last + 1;
    return MLT_OK;
}

static mlt_status_t segment_sum_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(X), MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT32)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(X)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(X), 1, MLT_MAX_RANK));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(IDS), MLT_T(INT32)));
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, 0);
    MLT_TRY(mlt_want_dims(ctx, node, MLT_IN(IDS), 1, x->dims));
    int32_t dims[MLT_MAX_RANK];
    memcpy(dims, x->dims, x->rank * sizeof(dims[0]));
    dims[0] = mlt_dim(y, 0);
    if (mlt_is_const(mlt_in(ctx, node, IDS))) {
        MLT_TRY(check_ids(ctx, node, MLT_ERR_PARAM, &dims[0]));
    }
    return mlt_set_output(ctx, node, 0, x->rank, dims);
}

static mlt_status_t segment_sum_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, 0);
    int32_t segments = 0, inner = mlt_step(x, 0);
    MLT_TRY(check_ids(ctx, node, MLT_ERR_DATA, &segments));
    if (segments > y->dims[0]) {
        return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_IN(IDS), "%d segments, want at most %d",
            segments, y->dims[0]);
    }
    size_t size = mlt_size_of(x), bytes = (size_t)inner * size;
    memset(y->data, 0, mlt_bytes(y));
    for (int32_t i = 0; i < x->dims[0]; ++i) {
        size_t id = (size_t)mlt_index_at(mlt_in(ctx, node, IDS), i);
        add_row(x->type, size, (const uint8_t *)x->data + (size_t)i * bytes,
            (uint8_t *)y->data + id * bytes, inner);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(scatter_nd, SCATTER_ND, 3, scatter_nd_prepare, scatter_nd_eval)
MLT_DEFINE_OP(sparse_to_dense, SPARSE_TO_DENSE, 4, sparse_to_dense_prepare, sparse_to_dense_eval)
MLT_DEFINE_OP(segment_sum, SEGMENT_SUM, 2, segment_sum_prepare, segment_sum_eval)
