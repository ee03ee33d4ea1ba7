// SPDX-License-Identifier: MIT
// CIRCULAR_BUFFER: the last rows of a stream, the newest at the end; the rest of the graph only
// runs in every cycles_max-th invoke. The rows are kept in the output if it is a variable.

#include "flex.h"
#include "window.h"

#include <string.h>

typedef struct circular_buffer {
    int32_t cycles, left; // left: invokes until the rest of the graph runs
    uint8_t *rows;        // NULL: the output is a variable
} circular_buffer_t;

static void circular_buffer_reset(mlt_ctx_t *ctx, const mlt_node_t *node) {
    circular_buffer_t *d = node->data;
    d->left = d->cycles;
    if (d->rows) {
        memset(d->rows, 0, mlt_bytes(mlt_out(ctx, node, 0)));
    }
}

// Models from before there was the option run every second time, but for some layers that TFLM
// knows by their size.
static int32_t cycles_without_option(const mlt_tensor_t *y) {
    return y->dims[1] == 5 || y->dims[1] == 13 || y->dims[1] == 25 ? 1 : 2;
}

static mlt_status_t circular_buffer_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(0), MLT_T(INT8)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(INT8)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_OUT(0), 4, 4));
    MLT_TRY(mlt_want_filled(ctx, node, MLT_OUT(0)));
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    MLT_TRY(mlt_want_dims(
        ctx, node, MLT_OUT(0), 4, (int32_t[]){1, y->dims[1], y->dims[2], y->dims[3]}));
    MLT_TRY(mlt_want_dims(ctx, node, MLT_IN(0), 4, (int32_t[]){1, 1, y->dims[2], y->dims[3]}));
    circular_buffer_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    mlt_flex_t options = mlt_flex_map(node);
    if (!mlt_flex_int(&options, "cycles_max", &d->cycles) || d->cycles <= 0) {
        d->cycles = cycles_without_option(y);
    }
    d->left = d->cycles;
    if (y->flags & MLT_TENSOR_VARIABLE) {
        return MLT_OK;
    }
    d->rows = mlt_alloc(ctx, mlt_bytes(y));
    return d->rows ? MLT_OK : MLT_ERR_ARENA;
}

static mlt_status_t circular_buffer_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    circular_buffer_t *d = node->data;
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    size_t row = (size_t)y->dims[2] * (size_t)y->dims[3], rest = ((size_t)y->dims[1] - 1) * row;
    uint8_t *rows = d->rows ? d->rows : y->data;
    memmove(rows, rows + row, rest);
    memcpy(rows + rest, mlt_in(ctx, node, 0)->data, row);
    if (d->rows) {
        memcpy(y->data, rows, rest + row);
    }
    if (--d->left > 0) {
        return MLT_STOP;
    }
    d->left = d->cycles;
    return MLT_OK;
}

const mlt_op_t mlt_op_circular_buffer = {
    .name = "CIRCULAR_BUFFER",
    .code = MLT_CUSTOM,
    .min_inputs = 1,
    .max_inputs = 1,
    .min_outputs = 1,
    .max_outputs = 1,
    .prepare = circular_buffer_prepare,
    .eval = circular_buffer_eval,
    .reset = circular_buffer_reset,
};
