// SPDX-License-Identifier: MIT
// POW: y = a ^ b, with broadcasting.

#include "../mathf.h"
#include "broadcast.h"

MLT_BINARY_RUN(pow_float, mlt_binary_t, float, float, float, mlt_powf(a, b))

// By squaring, for b >= 0. What is too large wraps round.
static inline int32_t int_power(int32_t a, int32_t b) {
    int32_t y = 1;
    for (; b; b >>= 1) {
        if (b & 1) {
            y = mlt_mul_wrap(y, a);
        }
        a = mlt_mul_wrap(a, a);
    }
    return y;
}
MLT_BINARY_RUN(pow_i32, mlt_binary_t, int32_t, int32_t, int32_t, int_power(a, b))

static mlt_status_t pow_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_binary(ctx, node, MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT32)));
    bool real = MLT_WITH_FLOAT && mlt_out(ctx, node, 0)->type == MLT_FLOAT32;
    return mlt_binary_keep(ctx, node, real ? pow_float : pow_i32);
}

static mlt_status_t pow_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *b = mlt_in(ctx, node, 1);
    if (b->type == MLT_INT32) {
        const int32_t *exponents = b->data;
        for (int32_t i = 0, n = mlt_elements(b); i < n; ++i) {
            if (exponents[i] < 0) {
                return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_IN(1),
                    "element %d is %d, want 0 or more", i, exponents[i]);
            }
        }
    }
    return mlt_binary_eval(ctx, node);
}

MLT_DEFINE_OP(pow, POW, 2, pow_prepare, pow_eval)
