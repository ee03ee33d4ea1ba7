// SPDX-License-Identifier: MIT
// SELECT and SELECT_V2: y = x1 where the condition holds, else x2. SELECT_V2 broadcasts all three;
// SELECT takes a condition of the same shape, a single one, or one for each index of the first
// dimension.

#include "broadcast.h"

enum { CONDITION, X1, X2 };

#define SELECT_RUN(bits)                                                                           \
    static void select_##bits(const mlt_run_t *run, const void *params) {                          \
        (void)params;                                                                              \
        const uint8_t *condition = run->x[CONDITION];                                              \
        const uint##bits##_t *x1 = run->x[X1], *x2 = run->x[X2];                                   \
        uint##bits##_t *y = run->y;                                                                \
        for (int32_t i = 0; i < run->n; ++i) {                                                     \
            y[i] = *condition ? *x1 : *x2;                                                         \
            condition += run->step[CONDITION];                                                     \
            x1 += run->step[X1];                                                                   \
            x2 += run->step[X2];                                                                   \
        }                                                                                          \
    }
SELECT_RUN(8)
SELECT_RUN(16)
SELECT_RUN(32)
SELECT_RUN(64)

static mlt_run_fn *select_run(size_t size) {
    return size == 1 ? select_8 : size == 2 ? select_16 : size == 4 ? select_32 : select_64;
}

static mlt_status_t select_want_types(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(CONDITION), MLT_T(BOOL)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(X1),
        MLT_T(FLOAT32) | MLT_T(FLOAT16) | MLT_T(INT8) | MLT_T(UINT8) | MLT_T(INT16) |
            MLT_T(UINT16) | MLT_T(INT32) | MLT_T(UINT32) | MLT_T(INT64) | MLT_T(BOOL)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(X2), MLT_IN(X1)));
    return mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(X1));
}

static mlt_status_t select_v2_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(select_want_types(ctx, node));
    return mlt_want_broadcast(ctx, node, 3);
}

static mlt_status_t select_v2_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    size_t size = mlt_type_size((mlt_type_t)mlt_out(ctx, node, 0)->type);
    mlt_broadcast(ctx, node, 3, select_run(size), NULL);
    return MLT_OK;
}

// The condition has fewer dimensions than what it selects, aligned at the first one.
static bool by_rows(const mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *condition = mlt_in(ctx, node, CONDITION);
    return condition->rank == 1 && mlt_in(ctx, node, X1)->rank > 1;
}

static mlt_status_t select_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(select_want_types(ctx, node));
    const mlt_tensor_t *condition = mlt_in(ctx, node, CONDITION), *x1 = mlt_in(ctx, node, X1);
    MLT_TRY(mlt_want_dims_of(ctx, node, MLT_IN(X2), MLT_IN(X1)));
    if (by_rows(ctx, node)) {
        MLT_TRY(mlt_want_dims(ctx, node, MLT_IN(CONDITION), 1, x1->dims));
    } else if (condition->rank != 0) {
        MLT_TRY(mlt_want_dims_of(ctx, node, MLT_IN(CONDITION), MLT_IN(X1)));
    }
    return mlt_want_dims_of(ctx, node, MLT_OUT(0), MLT_IN(X1));
}

static mlt_status_t select_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    if (!by_rows(ctx, node)) {
        return select_v2_eval(ctx, node);
    }
    const mlt_tensor_t *condition = mlt_in(ctx, node, CONDITION), *y = mlt_out(ctx, node, 0);
    int32_t rows = condition->dims[0];
    mlt_run_t run = {.step = {0, 1, 1}, .n = rows ? mlt_elements(y) / rows : 0};
    size_t size = mlt_type_size((mlt_type_t)y->type), row_bytes = size * (size_t)run.n;
    for (int32_t i = 0; i < rows; ++i) {
        run.x[CONDITION] = (const uint8_t *)condition->data + i;
        run.x[X1] = (const uint8_t *)mlt_in(ctx, node, X1)->data + row_bytes * (size_t)i;
        run.x[X2] = (const uint8_t *)mlt_in(ctx, node, X2)->data + row_bytes * (size_t)i;
        run.y = (uint8_t *)y->data + row_bytes * (size_t)i;
        select_run(size)(&run, NULL);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(select, SELECT, 3, select_prepare, select_eval)

MLT_DEFINE_OP(select_v2, SELECT_V2, 3, select_v2_prepare, select_v2_eval)
