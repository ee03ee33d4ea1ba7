// SPDX-License-Identifier: MIT
// ADD_N: y = the sum of all inputs, which have one shape, and one scale and zero point.

#include "words.h"
#include "util.h"

typedef struct add_n {
    int32_t x_offset; // minus the zero point
    mlt_rescale_t out;
} add_n_t;

static mlt_status_t add_n_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(0), MLT_T(FLOAT32) | MLT_T(INT8) | MLT_T(INT32)));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    for (int i = 1; i < node->input_count; ++i) {
        MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(i), MLT_IN(0)));
        MLT_TRY(mlt_want_dims_of(ctx, node, MLT_IN(i), MLT_IN(0)));
        if (x->type == MLT_INT8) {
            MLT_TRY(mlt_want_quant_of(ctx, node, MLT_IN(i), MLT_IN(0)));
        }
    }
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(0)));
    MLT_TRY(mlt_want_dims_of(ctx, node, MLT_OUT(0), MLT_IN(0)));
    if (x->type != MLT_INT8) {
        return MLT_OK;
    }
    MLT_TRY(mlt_want_quant(ctx, node, MLT_IN(0)));
    MLT_TRY(mlt_want_quant(ctx, node, MLT_OUT(0)));
    add_n_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    // Numbers are shifted left by 20 bits and brought to twice their scale, as in ADD.
    float x_scale = mlt_scale_of(ctx, x), y_scale = mlt_scale_of(ctx, y);
    d->x_offset = -mlt_zero_point(ctx, x);
    d->out = (mlt_rescale_t){
        mlt_quotient(x_scale, 0x1p-19f, y_scale), mlt_zero_point(ctx, y), INT8_MIN, INT8_MAX};
    return MLT_OK;
}

static void add_n_float(const mlt_ctx_t *ctx, const mlt_node_t *node, int32_t at, int32_t n) {
    float sum[MLT_CHUNK] = {0};
    for (int k = 0; k < node->input_count; ++k) {
        const float *x = (const float *)mlt_in(ctx, node, k)->data + at;
        for (int32_t i = 0; i < n; ++i) {
            sum[i] += x[i];
        }
    }
    float *y = (float *)mlt_out(ctx, node, 0)->data + at;
    for (int32_t i = 0; i < n; ++i) {
        y[i] = sum[i];
    }
}

static void add_n_int(const mlt_ctx_t *ctx, const mlt_node_t *node, int32_t at, int32_t n) {
    const add_n_t *d = node->data;
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    int32_t sum[MLT_CHUNK], x[MLT_CHUNK];
    for (int32_t i = 0; i < n; ++i) { // TFLM's sum of quantised numbers does not start at zero
        sum[i] = d ? d->x_offset * (1 << 19) : 0;
    }
    for (int k = 0; k < node->input_count; ++k) {
        mlt_load_words(mlt_in(ctx, node, k)->data, y->type, at, x, n);
        for (int32_t i = 0; i < n; ++i) {
            sum[i] = mlt_add_wrap(sum[i], d ? (x[i] + d->x_offset) * (1 << 19) : x[i]);
        }
    }
    for (int32_t i = 0; d && i < n; ++i) {
        sum[i] = mlt_rescale(&d->out, sum[i]);
    }
    mlt_store_words(y->data, y->type, at, sum, n);
}

static mlt_status_t add_n_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    int32_t count = mlt_elements(y);
    for (int32_t at = 0; at < count; at += MLT_CHUNK) {
        int32_t n = mlt_min(MLT_CHUNK, count - at);
        if (MLT_WITH_FLOAT && y->type == MLT_FLOAT32) {
            add_n_float(ctx, node, at, n);
        } else {
            add_n_int(ctx, node, at, n);
        }
    }
    return MLT_OK;
}

MLT_DEFINE_OP_OF(add_n, ADD_N, 1, 255, 1, 1, add_n_prepare, add_n_eval)
