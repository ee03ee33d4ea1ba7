// SPDX-License-Identifier: MIT
// UNSORTED_SEGMENT_SUM, _PROD, _MAX, _MIN: the rows of x that have the same id are joined; row i of
// the output is that of id i. Rows with negative ids are left out.

#include "rearrange.h"

enum { X, IDS, COUNT };

// y[i] = join(y[i], x[i]) for i < n
typedef void join_fn(const void *x, void *y, int32_t n);

#define JOIN(name, type, expression)                                                               \
    static void name(const void *x, void *y, int32_t n) {                                          \
        for (int32_t i = 0; i < n; ++i) {                                                          \
            type a = ((const type *)y)[i], b = ((const type *)x)[i];                               \
            ((type *)y)[i] = expression;                                                           \
        }                                                                                          \
    }

JOIN(sum_float, float, a + b)
JOIN(product_float, float, a *b)
JOIN(max_float, float, a < b ? b : a)
JOIN(min_float, float, b < a ? b : a)
JOIN(sum_i32, int32_t, mlt_add_wrap(a, b))
JOIN(product_i32, int32_t, mlt_mul_wrap(a, b))
JOIN(max_i32, int32_t, mlt_max(a, b))
JOIN(min_i32, int32_t, mlt_min(a, b))

// What a row is before anything is joined to it, and how.
typedef struct kind {
    join_fn *join;
    union {
        float real;
        int32_t whole;
    } start;
} kind_t;

// Of int32 and of floats. A table: literals with pointers would be writable data in a .mpy.
static const kind_t sums[] = {{sum_i32, {.whole = 0}}, {sum_float, {.real = 0.0f}}};
static const kind_t products[] = {{product_i32, {.whole = 1}}, {product_float, {.real = 1.0f}}};
static const kind_t largest[] = {
    {max_i32, {.whole = INT32_MIN}}, {max_float, {.real = -3.402823466e+38f}}};
static const kind_t smallest[] = {
    {min_i32, {.whole = INT32_MAX}}, {min_float, {.real = 3.402823466e+38f}}};

static const kind_t *kind_of(const mlt_node_t *node, int type) {
    bool real = MLT_WITH_FLOAT && type == MLT_FLOAT32;
    switch (node->op->code) {
    case MLT_OP_UNSORTED_SEGMENT_SUM:
        return &sums[real];
    case MLT_OP_UNSORTED_SEGMENT_PROD:
        return &products[real];
    case MLT_OP_UNSORTED_SEGMENT_MAX:
        return &largest[real];
    default:
        return &smallest[real];
    }
}

static mlt_status_t unsorted_segment_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(X), MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT32)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(X)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(IDS), MLT_T(INT32)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(COUNT), MLT_T(INT32)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(COUNT), 1));
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *ids = mlt_in(ctx, node, IDS);
    const mlt_tensor_t *count = mlt_in(ctx, node, COUNT), *y = mlt_out(ctx, node, 0);
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(X), 0, MLT_MAX_RANK - 1));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(IDS), 0, x->rank));
    MLT_TRY(mlt_want_dims(ctx, node, MLT_IN(IDS), ids->rank, x->dims));
    int32_t rank = x->rank - ids->rank + 1, dims[MLT_MAX_RANK];
    dims[0] = mlt_is_const(count) ? mlt_index_at(count, 0) : mlt_dim(y, 0);
    for (int i = 1; i < rank; ++i) {
        dims[i] = x->dims[ids->rank + i - 1];
    }
    return mlt_set_output(ctx, node, 0, rank, dims);
}

static mlt_status_t unsorted_segment_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *ids = mlt_in(ctx, node, IDS);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    int32_t segments = y->dims[0], inner = mlt_step(y, 0);
    if (mlt_index_at(mlt_in(ctx, node, COUNT), 0) != segments) {
        return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_OUT(0), "dimension 0 is %d, want %d", segments,
            mlt_index_at(mlt_in(ctx, node, COUNT), 0));
    }
    const kind_t *kind = kind_of(node, x->type);
    mlt_fill(y->data, mlt_elements(y), &kind->start, sizeof(kind->start));
    const uint8_t *from = x->data;
    size_t row = (size_t)inner * sizeof(int32_t);
    for (int32_t i = 0, n = mlt_elements(ids); i < n; ++i, from += row) {
        int32_t id = mlt_index_at(ids, i);
        if (id >= segments) {
            return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_IN(IDS), "segment %d, want less than %d",
                id, segments);
        }
        if (id >= 0) {
            kind->join(from, (uint8_t *)y->data + (size_t)id * row, inner);
        }
    }
    return MLT_OK;
}

#define SEGMENT_OP(lower, upper)                                                                   \
    MLT_DEFINE_OP(unsorted_segment_##lower, UNSORTED_SEGMENT_##upper, 3, unsorted_segment_prepare, \
        unsorted_segment_eval)

SEGMENT_OP(max, MAX)
SEGMENT_OP(min, MIN)
SEGMENT_OP(prod, PROD)
SEGMENT_OP(sum, SUM)
