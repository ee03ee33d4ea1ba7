// SPDX-License-Identifier: MIT
// WHERE: the coordinates of all elements that are not zero. UNIQUE: the different elements of a
// vector in order of appearance, and for each element which of them it is.
//
// How many there are is known at run time only, and memory is planned before. So the output has
// room for as many as the file says, or where it leaves that open, as there can be; what is not
// used is -1 after WHERE and 0 after UNIQUE.

#include "rearrange.h"

// Rows of an output that has as many as `most` if the file leaves it open.
static int32_t room(const mlt_ctx_t *ctx, const mlt_tensor_t *y, int32_t most) {
    return y->rank == 0 || mlt_is_open(ctx, y, 0) ? most : y->dims[0];
}

static mlt_status_t where_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain(ctx, node, MLT_IN(0)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 1, MLT_MAX_RANK));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(INT64)));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    int32_t dims[2] = {room(ctx, mlt_out(ctx, node, 0), mlt_elements(x)), x->rank};
    return mlt_set_output(ctx, node, 0, 2, dims);
}

// Not zero: any bit but the sign of a float.
static bool is_true(const mlt_tensor_t *x, int32_t i) {
    uint64_t bits = 0;
    size_t size = mlt_size_of(x);
    memcpy(&bits, (const uint8_t *)x->data + (size_t)i * size, size);
    return (x->type == MLT_FLOAT32 ? bits & 0x7fffffff : bits) != 0;
}

static mlt_status_t where_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    int64_t *to = y->data;
    int32_t count = mlt_elements(x), rows = 0;
    for (int32_t i = 0; i < count; ++i) {
        if (!is_true(x, i)) {
            continue;
        }
        if (++rows > y->dims[0]) {
            return mlt_fail(
                ctx, node, MLT_ERR_DATA, MLT_OUT(0), "%d rows, want at most %d", rows, y->dims[0]);
        }
        int32_t rest = i;
        for (int k = x->rank - 1; k >= 0; --k) {
            to[k] = rest % x->dims[k];
            rest /= x->dims[k];
        }
        to += x->rank;
    }
    for (int32_t i = rows * x->rank; i < mlt_elements(y); ++i) {
        *to++ = -1;
    }
    return MLT_OK;
}

static mlt_status_t unique_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, 0));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 1, 1));
    MLT_TRY(mlt_want_indices(ctx, node, MLT_OUT(1)));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    int32_t rows = room(ctx, mlt_out(ctx, node, 0), x->dims[0]);
    MLT_TRY(mlt_set_output(ctx, node, 0, 1, &rows));
    return mlt_set_output(ctx, node, 1, 1, x->dims);
}

static bool equal(const uint8_t *a, const uint8_t *b, int type, size_t size) {
    if (type == MLT_FLOAT32) {
        float x, y;
        memcpy(&x, a, sizeof(x));
        memcpy(&y, b, sizeof(y));
        return x == y;
    }
    return memcmp(a, b, size) == 0;
}

static mlt_status_t unique_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    size_t size = mlt_size_of(x);
    uint8_t *values = y->data;
    int32_t found = 0;
    for (int32_t i = 0; i < x->dims[0]; ++i) {
        const uint8_t *value = (const uint8_t *)x->data + (size_t)i * size;
        int32_t k = 0;
        while (k < found && !equal(value, values + (size_t)k * size, x->type, size)) {
            ++k;
        }
        if (k == found) {
            if (found == y->dims[0]) {
                return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_OUT(0),
                    "%d different elements, want at most %d", found + 1, y->dims[0]);
            }
            memcpy(values + (size_t)found++ * size, value, size);
        }
        mlt_put_index(mlt_out(ctx, node, 1), i, k);
    }
    memset(values + (size_t)found * size, 0, (size_t)(y->dims[0] - found) * size);
    return MLT_OK;
}

MLT_DEFINE_OP(where, WHERE, 1, where_prepare, where_eval)

MLT_DEFINE_OP_OF(unique, UNIQUE, 1, 1, 2, 2, unique_prepare, unique_eval)
