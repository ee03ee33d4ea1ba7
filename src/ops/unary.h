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
static inline mlt_status_t mlt_want_unary(mlt_ctx_t *ctx, const mlt_node_t *node, uint32_t types) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(0), types));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (!y) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_OUT(0), "missing");
    }
    if (mlt_elements(y) != mlt_elements(x)) { // equal numbers do, as in TFLM
        MLT_TRY(y->rank == 0 ? ctx->svc->set_dims(ctx, mlt_out(ctx, node, 0), x->rank, x->dims)
                             : mlt_want_dims_of(ctx, node, MLT_OUT(0), MLT_IN(0)));
    }
    if (mlt_element_bytes(x) == mlt_element_bytes(y)) {
        ctx->svc->share(ctx, 0, 0);
    }
    return MLT_OK;
}

// The same, and the output is of the same type.
static inline mlt_status_t mlt_want_unary_alike(
    mlt_ctx_t *ctx, const mlt_node_t *node, uint32_t types) {
    MLT_TRY(mlt_want_unary(ctx, node, types));
    return mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(0));
}

// Input and output are quantised per tensor.
static inline mlt_status_t mlt_want_unary_quant(mlt_ctx_t *ctx, const mlt_node_t *node) {
    MLT_TRY(mlt_want_quant(ctx, node, MLT_IN(0)));
    return mlt_want_quant(ctx, node, MLT_OUT(0));
}

// A zero point has this value.
static inline mlt_status_t mlt_want_zero_point(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int32_t wanted) {
    int32_t found = mlt_zero_point(ctx, mlt_slot(ctx, node, slot));
    return found == wanted
               ? MLT_OK
               : mlt_fail(ctx, node, MLT_ERR_PARAM, slot, "zero point %d, want %d", found, wanted);
}

static inline mlt_lut_scales_t mlt_unary_scales(const mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    return (mlt_lut_scales_t){
        mlt_scale_of(ctx, x), mlt_scale_of(ctx, y), mlt_zero_point(ctx, x), mlt_zero_point(ctx, y)};
}

#endif
