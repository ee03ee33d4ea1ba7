// SPDX-License-Identifier: MIT
// REAL, IMAG and COMPLEX_ABS of COMPLEX64: pairs of floats to floats

#include "unary.h"

#include "../mathf.h"

static mlt_status_t complex_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_unary(ctx, node, MLT_T(COMPLEX64)));
    return mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(FLOAT32));
}

// sqrt(a^2 + b^2) without overflow in between
static float hypotenuse(float a, float b) {
    a = mlt_fabsf(a);
    b = mlt_fabsf(b);
    if (a == MLT_INFINITY || b == MLT_INFINITY) {
        return MLT_INFINITY;
    }
    float large = a > b ? a : b, small = a > b ? b : a;
    float ratio = large > 0.0f ? small / large : small;
    return large * mlt_sqrtf(1.0f + ratio * ratio);
}

#define FIRST(a, b) (a)
#define SECOND(a, b) (b)

#define COMPLEX_OP(lower, upper, expression)                                                       \
    static mlt_status_t lower##_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {                     \
        const float *x = mlt_in(ctx, node, 0)->data;                                               \
        float *y = mlt_out(ctx, node, 0)->data;                                                    \
        size_t n = (size_t)mlt_elements(mlt_in(ctx, node, 0));                                     \
        for (size_t i = 0; i < n; ++i) {                                                           \
            y[i] = expression(x[2 * i], x[2 * i + 1]);                                             \
        }                                                                                          \
        return MLT_OK;                                                                             \
    }                                                                                              \
    MLT_DEFINE_OP(lower, upper, 1, complex_prepare, lower##_eval)

COMPLEX_OP(real, REAL, FIRST)
COMPLEX_OP(imag, IMAG, SECOND)
COMPLEX_OP(complex_abs, COMPLEX_ABS, hypotenuse)
