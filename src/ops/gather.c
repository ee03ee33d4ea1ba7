// SPDX-License-Identifier: MIT
// GATHER: rows of a tensor, as a tensor of indices names them. GATHER_ND: each entry of the indices
// names several dimensions at once.

#include "rearrange.h"

enum { X, INDICES };

#define INDEX_TYPES (MLT_T(INT32) | MLT_T(INT64) | MLT_T(INT16))

// A tensor cut at an axis: [batch][outer][axis][inner], with `indices` for each batch.
typedef struct cut {
    int32_t batch, outer, axis, inner, indices;
} cut_t;

static mlt_status_t gather_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, X));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(INDICES), INDEX_TYPES));
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *indices = mlt_in(ctx, node, INDICES);
    int32_t axis = mlt_option(node, GATHER_AXIS), batch = mlt_option(node, GATHER_BATCH_DIMS);
    MLT_TRY(mlt_want_axis(ctx, node, MLT_NODE, x->rank, &axis));
    int32_t most = mlt_min(axis, indices->rank);
    if (batch < -indices->rank || batch > most) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE, "%d batch dimensions, want %d to %d",
            batch, -indices->rank, most);
    }
    batch += batch < 0 ? indices->rank : 0;
    for (int i = 0; i < batch; ++i) {
        if (i > axis || indices->dims[i] != x->dims[i]) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(INDICES),
                "dimension %d is %d, want %d", i, indices->dims[i], x->dims[i]);
        }
    }
    int32_t dims[MLT_MAX_RANK], rank = x->rank + indices->rank - 1 - batch, n = 0;
    if (batch > axis || rank > MLT_MAX_RANK) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(INDICES),
            "rank %d, which makes one of %d, want at most %d", indices->rank, rank, MLT_MAX_RANK);
    }
    for (int i = 0; i < axis; ++i) {
        dims[n++] = x->dims[i];
    }
    for (int i = batch; i < indices->rank; ++i) {
        dims[n++] = indices->dims[i];
    }
    for (int i = axis + 1; i < x->rank; ++i) {
        dims[n++] = x->dims[i];
    }
    MLT_TRY(mlt_set_output(ctx, node, 0, rank, dims));
    cut_t *c = node->data = mlt_alloc(ctx, sizeof(*c));
    if (!c) {
        return MLT_ERR_ARENA;
    }
    *c = (cut_t){mlt_span(x, 0, batch), mlt_span(x, batch, axis), x->dims[axis], mlt_step(x, axis),
        mlt_span(indices, batch, indices->rank)};
    return MLT_OK;
}

static mlt_status_t gather_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *indices = mlt_in(ctx, node, INDICES);
    const cut_t *c = node->data;
    size_t bytes = (size_t)c->inner * mlt_size_of(x);
    if (mlt_elements(mlt_out(ctx, node, 0)) == 0) {
        return MLT_OK;
    }
    const uint8_t *from = x->data;
    uint8_t *to = mlt_out(ctx, node, 0)->data;
    for (int32_t b = 0; b < c->batch; ++b) {
        for (int32_t o = 0; o < c->outer; ++o, from += (size_t)c->axis * bytes) {
            for (int32_t i = 0; i < c->indices; ++i, to += bytes) {
                int32_t index = mlt_index_at(indices, b * c->indices + i);
                if (index < 0 || index >= c->axis) {
                    return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_IN(INDICES),
                        "index %d, want 0 to %d", index, c->axis - 1);
                }
                memcpy(to, from + (size_t)index * bytes, bytes);
            }
        }
    }
    return MLT_OK;
}

static mlt_status_t gather_nd_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, X));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(INDICES), INDEX_TYPES));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(X), 1, MLT_MAX_RANK));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(INDICES), 1, MLT_MAX_RANK));
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *indices = mlt_in(ctx, node, INDICES);
    int32_t depth = indices->dims[indices->rank - 1], rank = indices->rank - 1 + x->rank - depth;
    if (depth > x->rank || rank > MLT_MAX_RANK) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(INDICES),
            "last dimension is %d, want %d to %d", depth,
            mlt_max(indices->rank - 1 + x->rank - MLT_MAX_RANK, 0), x->rank);
    }
    int32_t dims[MLT_MAX_RANK], n = 0;
    for (int i = 0; i < indices->rank - 1; ++i) {
        dims[n++] = indices->dims[i];
    }
    for (int i = depth; i < x->rank && n < MLT_MAX_RANK; ++i) {
        dims[n++] = x->dims[i];
    }
    return mlt_set_output(ctx, node, 0, n, dims);
}

static mlt_status_t gather_nd_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *indices = mlt_in(ctx, node, INDICES);
    int32_t depth = indices->dims[indices->rank - 1];
    int32_t count = mlt_span(indices, 0, indices->rank - 1);
    size_t bytes = (size_t)mlt_span(x, depth, x->rank) * mlt_size_of(x);
    uint8_t *to = mlt_out(ctx, node, 0)->data;
    if (bytes == 0) {
        return MLT_OK;
    }
    for (int32_t i = 0, at = 0; i < count; ++i, to += bytes) {
        int32_t row = 0;
        for (int k = 0; k < depth; ++k) {
            int32_t index = mlt_index_at(indices, at++), size = x->dims[k];
            if (index < 0 || index >= size) {
                return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_IN(INDICES),
                    "index %d for dimension %d, want 0 to %d", index, k, size - 1);
            }
            row = row * size + index;
        }
        memcpy(to, (const uint8_t *)x->data + (size_t)row * bytes, bytes);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(gather, GATHER, 2, gather_prepare, gather_eval)
MLT_DEFINE_OP(gather_nd, GATHER_ND, 2, gather_nd_prepare, gather_nd_eval)
