// SPDX-License-Identifier: MIT
// FAKE_QUANT: what is left of a float when it has been stored in num_bits bits, for a range that is
// moved so that 0 has a number of its own.

#include "../mathf.h"
#include "unary.h"

typedef struct fake_quant {
    float lo, hi, scale;
} fake_quant_t;

static mlt_status_t fake_quant_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_unary_alike(ctx, node, MLT_T(FLOAT32)));
    float lo = mlt_option_float(node, FAKE_QUANT_MIN), hi = mlt_option_float(node, FAKE_QUANT_MAX);
    int32_t bits = mlt_option(node, FAKE_QUANT_NUM_BITS);
    if (bits < 2 || bits > 16) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE, "num_bits %d, want 2 to 16", bits);
    }
    if (mlt_option(node, FAKE_QUANT_NARROW_RANGE)) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE, "narrow_range, want the whole range");
    }
    if (!(lo < hi)) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE, "max is not above min");
    }
    fake_quant_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    float most = (float)((1 << bits) - 1);
    d->scale = (hi - lo) / most;
    float zero = -lo / d->scale;
    zero = zero < 0.0f ? 0.0f : zero > most ? most : mlt_roundf(zero);
    d->lo = -zero * d->scale;
    d->hi = (most - zero) * d->scale;
    return MLT_OK;
}

static mlt_status_t fake_quant_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *tx = mlt_in(ctx, node, 0);
    const fake_quant_t d = *(const fake_quant_t *)node->data;
    const float *x = tx->data, inverse = 1.0f / d.scale;
    float *y = mlt_out(ctx, node, 0)->data;
    for (int32_t i = 0, n = mlt_elements(tx); i < n; ++i) {
        float inside = x[i] > d.lo ? x[i] : d.lo; // also where x is no number
        inside = inside < d.hi ? inside : d.hi;
        y[i] = mlt_roundf((inside - d.lo) * inverse) * d.scale + d.lo;
    }
    return MLT_OK;
}

MLT_DEFINE_OP(fake_quant, FAKE_QUANT, 1, fake_quant_prepare, fake_quant_eval)
