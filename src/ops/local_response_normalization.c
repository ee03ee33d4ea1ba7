// SPDX-License-Identifier: MIT
// LOCAL_RESPONSE_NORMALIZATION along the last dimension:
// y[i] = x[i] * (bias + alpha * sum_k x[k]^2)^-beta, i - radius <= k < i + radius

#include "unary.h"

#include "../mathf.h"

typedef struct local_response_normalization {
    int32_t rows, depth, radius;
    float bias, alpha, beta;
} local_response_normalization_t;

static mlt_status_t local_response_normalization_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(0), MLT_T(FLOAT32)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 4, 4));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(FLOAT32)));
    MLT_TRY(mlt_want_dims_of(ctx, node, MLT_OUT(0), MLT_IN(0)));
    local_response_normalization_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    d->depth = x->dims[3];
    d->rows = d->depth ? mlt_elements(x) / d->depth : 0;
    d->radius = mlt_clamp(mlt_option(node, LOCAL_RESPONSE_NORMALIZATION_RADIUS), 0, d->depth);
    d->bias = mlt_option_float(node, LOCAL_RESPONSE_NORMALIZATION_BIAS);
    d->alpha = mlt_option_float(node, LOCAL_RESPONSE_NORMALIZATION_ALPHA);
    d->beta = mlt_option_float(node, LOCAL_RESPONSE_NORMALIZATION_BETA);
    return MLT_OK;
}

static mlt_status_t local_response_normalization_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const local_response_normalization_t *d = node->data;
    const float *x = mlt_in(ctx, node, 0)->data;
    float *y = mlt_out(ctx, node, 0)->data;
    const int32_t n = d->depth;
    for (int32_t row = 0; row < d->rows; ++row, x += n, y += n) {
        for (int32_t i = 0; i < n; ++i) {
            float sum = 0.0f;
            for (int32_t k = mlt_max(0, i - d->radius); k < mlt_min(n, i + d->radius); ++k) {
                sum += x[k] * x[k];
            }
            y[i] = x[i] * mlt_powf(d->bias + d->alpha * sum, -d->beta);
        }
    }
    return MLT_OK;
}

MLT_DEFINE_OP(local_response_normalization, LOCAL_RESPONSE_NORMALIZATION, 1,
    local_response_normalization_prepare, local_response_normalization_eval)
