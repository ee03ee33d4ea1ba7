// SPDX-License-Identifier: MIT
// Rows of numbers times rows of weights, for every combination of types.

#include "product.h"

enum { INT4_CHUNK = 16, FOLD_FROM = 8 };

mlt_status_t mlt_want_product(
    mlt_ctx_t *ctx, const mlt_node_t *node, int x, int w, int bias, int32_t cols) {
    MLT_TRY(mlt_want_type(ctx, node, x, MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), x));
    bool is_float = mlt_in(ctx, node, x)->type == MLT_FLOAT32;
    MLT_TRY(mlt_want_type(
        ctx, node, w, is_float ? MLT_T(FLOAT32) : MLT_T(INT8) | MLT_T_IF(MLT_WITH_INT4, INT4)));
    if (!mlt_in(ctx, node, bias)) {
        return MLT_OK;
    }
    MLT_TRY(mlt_want_type(ctx, node, bias, is_float ? MLT_T(FLOAT32) : MLT_T(INT32)));
    return mlt_want_count(ctx, node, bias, cols);
}

// One scale: TensorFlow Lite multiplies those of x and w in float here, and only here.
static mlt_status_t prepare_dense(
    mlt_ctx_t *ctx, const mlt_node_t *node, mlt_product_t *p, int x, int w, int32_t activation) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    MLT_TRY(mlt_want_quant(ctx, node, x));
    MLT_TRY(mlt_want_quant(ctx, node, w));
    MLT_TRY(mlt_want_quant(ctx, node, MLT_OUT(0)));
    float scale = mlt_scale_of(ctx, mlt_in(ctx, node, x)) * mlt_scale_of(ctx, mlt_in(ctx, node, w));
    mlt_multiplier_t m = mlt_multiplier((double)scale / (double)mlt_scale_of(ctx, y));
    p->factor = (mlt_factor_t){m.mult, (int8_t)m.shift};
    p->requant.mult = &p->factor.mult;
    p->requant.shift = &p->factor.shift;
    p->requant.zero_point = mlt_zero_point(ctx, y);
    return mlt_activation_range(ctx, node, MLT_OUT(0), activation, &p->requant.lo, &p->requant.hi);
}

static mlt_status_t plan(mlt_ctx_t *ctx, int32_t *scratch, size_t size) {
    *scratch = ctx->svc->scratch(ctx, size);
    return *scratch < 0 ? MLT_ERR_ARENA : MLT_OK;
}

// Scratch for integer weights of x: to unpack `chunk` rows of them, and for their folded biases.
static mlt_status_t plan_integers(
    mlt_ctx_t *ctx, mlt_product_t *p, const mlt_tensor_t *x, const mlt_tensor_t *w, int32_t rows) {
    p->x_offset = -mlt_zero_point(ctx, x);
    if (w->type == MLT_INT4) {
        MLT_TRY(plan(ctx, &p->unpacked, (size_t)p->chunk * (size_t)p->depth));
    }
    return p->x_offset && rows >= FOLD_FROM
               ? plan(ctx, &p->sums, (size_t)p->chunk * sizeof(int32_t))
               : MLT_OK;
}

mlt_status_t mlt_product_prepare(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_product_t *p, int x,
    int w, int32_t rows, int32_t activation, bool dense) {
    const mlt_tensor_t *tx = mlt_in(ctx, node, x), *tw = mlt_in(ctx, node, w);
    p->sums = p->unpacked = -1;
    p->chunk = p->cols;
    if (tx->type == MLT_FLOAT32) {
        return mlt_activation_range_float(ctx, node, activation, &p->range.lo, &p->range.hi);
    }
    if (tw->type == MLT_INT4) {
        p->chunk = mlt_min(p->cols, INT4_CHUNK);
    }
    MLT_TRY(plan_integers(ctx, p, tx, tw, rows));
    return dense && mlt_scale_count(ctx, tw) == 1
               ? prepare_dense(ctx, node, p, x, w, activation)
               : mlt_requant_prepare(ctx, node, &p->requant, x, w, p->cols, 0, activation);
}

void mlt_unpack_int4(const uint8_t *packed, int32_t first, int8_t *values, int32_t count) {
    for (int32_t i = first; i < first + count; ++i) {
        int32_t half = packed[i >> 1] >> (i & 1 ? 4 : 0) & 15;
        *values++ = (int8_t)((half ^ 8) - 8);
    }
}

void mlt_panel_open(mlt_ctx_t *ctx, const mlt_product_t *p, const mlt_tensor_t *w,
    const mlt_tensor_t *bias, int32_t c, int32_t end, mlt_panel_t *panel) {
    int32_t cols = mlt_min(p->chunk, end - c);
    panel->shape = (mlt_matmul_t){.cols = cols, .depth = p->depth, .x_offset = p->x_offset};
    if (MLT_WITH_FLOAT && w->type == MLT_FLOAT32) {
        panel->w = (const float *)w->data + c * p->depth;
        panel->bias = bias ? (const float *)bias->data + c : NULL;
        return;
    }
    panel->requant = p->requant;
    panel->requant.mult += c * p->requant.stride;
    panel->requant.shift += c * p->requant.stride;
    panel->bias = bias ? (const int32_t *)bias->data + c : NULL;
    panel->w = (const int8_t *)w->data + c * p->depth;
    if (MLT_WITH_INT4 && p->unpacked >= 0) {
        int8_t *values = mlt_scratch(ctx, p->unpacked);
        mlt_unpack_int4(w->data, c * p->depth, values, cols * p->depth);
        panel->w = values;
    }
    if (p->sums >= 0) {
        int32_t *sums = mlt_scratch(ctx, p->sums);
        mlt_fold_rows_s8(panel->w, panel->bias, sums, cols, p->depth, p->x_offset);
        panel->bias = sums;
        panel->shape.x_offset = 0;
    }
}

void mlt_panel_run(mlt_ctx_t *ctx, const mlt_product_t *p, const mlt_panel_t *panel, int type,
    const void *x, void *y) {
    if (MLT_WITH_FLOAT && type == MLT_FLOAT32) {
        mlt_matmul_f32(ctx, x, panel->w, panel->bias, y, &panel->shape, &p->range);
        return;
    }
    mlt_matmul_s8(ctx, x, panel->w, panel->bias, y, &panel->shape, &panel->requant);
}

mlt_status_t mlt_depthwise_prepare(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_product_t *p, int x,
    int w, int32_t pixels, int32_t activation) {
    const mlt_tensor_t *tx = mlt_in(ctx, node, x), *tw = mlt_in(ctx, node, w);
    p->sums = p->unpacked = -1;
    p->chunk = p->cols;
    if (tx->type == MLT_FLOAT32) {
        return mlt_activation_range_float(ctx, node, activation, &p->range.lo, &p->range.hi);
    }
    MLT_TRY(plan_integers(ctx, p, tx, tw, pixels));
    return mlt_requant_prepare(ctx, node, &p->requant, x, w, p->cols, 3, activation);
}

const void *mlt_depthwise_weights(mlt_ctx_t *ctx, const mlt_product_t *p, const mlt_tensor_t *w,
    const int32_t *bias, const int32_t **sums) {
    const void *weights = w->data;
    if (MLT_WITH_INT4 && p->unpacked >= 0) {
        int8_t *values = mlt_scratch(ctx, p->unpacked);
        mlt_unpack_int4(w->data, 0, values, p->cols * p->depth);
        weights = values;
    }
    *sums = NULL;
    if (p->sums >= 0) {
        int32_t *folded = mlt_scratch(ctx, p->sums);
        mlt_fold_cols_s8(weights, bias, folded, p->depth, p->cols, p->x_offset);
        *sums = folded;
    }
    return weights;
}
