// SPDX-License-Identifier: MIT
// What operators of one input share that give an output of the same shape.

#include "unary.h"

mlt_status_t mlt_want_unary(mlt_ctx_t *ctx, const mlt_node_t *node, uint32_t types) {
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

mlt_status_t mlt_want_unary_alike(mlt_ctx_t *ctx, const mlt_node_t *node, uint32_t types) {
    MLT_TRY(mlt_want_unary(ctx, node, types));
    return mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(0));
}

mlt_status_t mlt_want_unary_quant(mlt_ctx_t *ctx, const mlt_node_t *node) {
    MLT_TRY(mlt_want_quant(ctx, node, MLT_IN(0)));
    return mlt_want_quant(ctx, node, MLT_OUT(0));
}

mlt_status_t mlt_want_zero_point(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int32_t wanted) {
    int32_t found = mlt_zero_point(ctx, mlt_slot(ctx, node, slot));
    return found == wanted
               ? MLT_OK
               : mlt_fail(ctx, node, MLT_ERR_PARAM, slot, "zero point %d, want %d", found, wanted);
}

mlt_lut_scales_t mlt_unary_scales(const mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    return (mlt_lut_scales_t){
        mlt_scale_of(ctx, x), mlt_scale_of(ctx, y), mlt_zero_point(ctx, x), mlt_zero_point(ctx, y)};
}

// --- Functions of stored numbers.

mlt_status_t mlt_stored_prepare(
    mlt_ctx_t *ctx, const mlt_node_t *node, mlt_stored_t *s, mlt_stored_fn *fn, const void *data) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    s->fn = fn;
    if (mlt_element_bytes(x) > 1 || mlt_elements(x) < MLT_LUT8_SIZE / 2) {
        return MLT_OK;
    }
    s->lut = mlt_alloc(ctx, MLT_LUT8_SIZE);
    if (!s->lut) {
        return MLT_ERR_ARENA;
    }
    mlt_lut8_tabulate(s->lut, x->type == MLT_INT8, fn, data);
    return MLT_OK;
}

void mlt_stored_eval(
    const mlt_stored_t *s, const void *data, const mlt_tensor_t *x, const mlt_tensor_t *y) {
    int32_t n = mlt_elements(x);
    if (s->lut) {
        mlt_lut8(s->lut, x->data, y->data, n);
        return;
    }
    for (int32_t i = 0; i < n; ++i) {
        if (MLT_WITH_INT16 && x->type == MLT_INT16) {
            ((int16_t *)y->data)[i] = (int16_t)s->fn(data, ((const int16_t *)x->data)[i]);
        } else if (x->type == MLT_INT8) {
            ((int8_t *)y->data)[i] = (int8_t)s->fn(data, ((const int8_t *)x->data)[i]);
        } else {
            ((uint8_t *)y->data)[i] = (uint8_t)s->fn(data, ((const uint8_t *)x->data)[i]);
        }
    }
}

// --- Tables of real functions.

void *mlt_table_prepare(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_real_fn *fn, const void *data) {
    mlt_lut_scales_t scales = mlt_unary_scales(ctx, node);
    int type = mlt_in(ctx, node, 0)->type;
    void *lut = mlt_alloc(
        ctx, type == MLT_INT16 ? MLT_LUT16_SIZE * sizeof(int16_t) : (size_t)MLT_LUT8_SIZE);
    if (lut && type == MLT_INT16) {
        mlt_lut16_fill(lut, &scales, fn, data);
    } else if (lut) {
        mlt_lut8_fill(lut, type == MLT_INT8, &scales, fn, data);
    }
    return lut;
}

void mlt_table_eval(const void *lut, const mlt_tensor_t *x, const mlt_tensor_t *y) {
    int32_t n = mlt_elements(x);
    if (x->type != MLT_INT16) {
        mlt_lut8(lut, x->data, y->data, n);
        return;
    }
    for (int32_t i = 0; i < n; ++i) {
        ((int16_t *)y->data)[i] = mlt_lut16_at(lut, ((const int16_t *)x->data)[i]);
    }
}
