// SPDX-License-Identifier: MIT
// EMBEDDING_LOOKUP: rows of a table. An int8 or int4 table may be turned into float on the way,
// with one scale for all or one for each row.

#include "rearrange.h"

enum { IDS, TABLE };

static mlt_status_t embedding_lookup_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    const mlt_tensor_t *ids = mlt_in(ctx, node, IDS), *table = mlt_in(ctx, node, TABLE);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(IDS), MLT_T(INT32)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(IDS), 1, 1));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(TABLE), 2, MLT_MAX_RANK));
    if (MLT_WITH_FLOAT && y->type == MLT_FLOAT32 && table->type != MLT_FLOAT32) {
        MLT_TRY(mlt_want_type(ctx, node, MLT_IN(TABLE), MLT_T(INT8) | MLT_T(INT4)));
        int32_t scales = mlt_scale_count(ctx, table);
        if (scales != 1 && (scales != table->dims[0] || mlt_quant_dim(ctx, table) != 0)) {
            return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_IN(TABLE), "%d scales, want 1 or %d",
                scales, table->dims[0]);
        }
        if (mlt_zero_point(ctx, table) != 0) {
            return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_IN(TABLE), "zero point %d, want 0",
                mlt_zero_point(ctx, table));
        }
    } else {
        MLT_TRY(mlt_want_plain_pair(ctx, node, TABLE));
    }
    int32_t dims[MLT_MAX_RANK];
    memcpy(dims, table->dims, table->rank * sizeof(dims[0]));
    dims[0] = ids->dims[0];
    return mlt_set_output(ctx, node, 0, table->rank, dims);
}

// Elements of an int8 or int4 table, from number `first` on, as floats.
static void dequantize(
    const mlt_tensor_t *table, int32_t first, int32_t count, float scale, float *to) {
    const int8_t *from = table->data;
    for (int32_t i = first; i < first + count; ++i) {
        int32_t x = table->type == MLT_INT8 ? from[i] : from[i / 2];
        if (table->type == MLT_INT4) {
            x = ((i & 1 ? x >> 4 : x) & 15) - ((i & 1 ? x >> 4 : x) & 8 ? 16 : 0);
        }
        *to++ = scale * (float)x;
    }
}

static mlt_status_t embedding_lookup_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *ids = mlt_in(ctx, node, IDS), *table = mlt_in(ctx, node, TABLE);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    int32_t columns = mlt_step(table, 0), rows = table->dims[0];
    size_t bytes = (size_t)columns * mlt_size_of(y);
    uint8_t *to = y->data;
    for (int32_t i = 0; i < ids->dims[0]; ++i, to += bytes) {
        int32_t id = mlt_index_at(ids, i);
        if (id < 0 || id >= rows) {
            return mlt_fail(
                ctx, node, MLT_ERR_DATA, MLT_IN(IDS), "index %d, want 0 to %d", id, rows - 1);
        }
        if (y->type != table->type) {
            dequantize(table, id * columns, columns, mlt_scale_at(ctx, table, id), (float *)to);
        } else if (bytes) {
            memcpy(to, (const uint8_t *)table->data + (size_t)id * bytes, bytes);
        }
    }
    return MLT_OK;
}

MLT_DEFINE_OP(
    embedding_lookup, EMBEDDING_LOOKUP, 2, embedding_lookup_prepare, embedding_lookup_eval)
