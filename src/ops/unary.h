// SPDX-License-Identifier: MIT
// What operators of one input share that give an output of the same shape.
#ifndef MLT_UNARY_H
#define MLT_UNARY_H

#include "../lut.h"
#include "util.h"

static inline size_t mlt_element_bytes(const mlt_tensor_t *t) {
    return mlt_type_size((mlt_type_t)t->type);
}

// The first input is of one of these types, the first output of the same shape; it may take the
// input's place where elements are of the same size.
mlt_status_t mlt_want_unary(mlt_ctx_t *ctx, const mlt_node_t *node, uint32_t types);

// The same, and the output is of the same type.
mlt_status_t mlt_want_unary_alike(mlt_ctx_t *ctx, const mlt_node_t *node, uint32_t types);

// Input and output are quantised per tensor.
mlt_status_t mlt_want_unary_quant(mlt_ctx_t *ctx, const mlt_node_t *node);

// A zero point has this value.
mlt_status_t mlt_want_zero_point(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int32_t wanted);

mlt_lut_scales_t mlt_unary_scales(const mlt_ctx_t *ctx, const mlt_node_t *node);

// --- Functions of stored numbers: for 8 bits as a table, where there are enough elements for it.

typedef struct mlt_stored {
    mlt_stored_fn *fn;
    uint8_t *lut; // NULL: call the function
} mlt_stored_t;

mlt_status_t mlt_stored_prepare(
    mlt_ctx_t *ctx, const mlt_node_t *node, mlt_stored_t *s, mlt_stored_fn *fn, const void *data);

void mlt_stored_eval(
    const mlt_stored_t *s, const void *data, const mlt_tensor_t *x, const mlt_tensor_t *y);

// --- Tables of real functions, for types of 8 bits and int16.

void *mlt_table_prepare(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_real_fn *fn, const void *data);

void mlt_table_eval(const void *lut, const mlt_tensor_t *x, const mlt_tensor_t *y);

#endif
