// SPDX-License-Identifier: MIT
// Erf: y = erf(x), float32. TensorFlow has it, TensorFlow Lite does not: the converter leaves a
// custom operator of this name in the model.

#include "microlite_op.h"

// Abramowitz and Stegun, 7.1.28: within 1e-6 in floats, without exp. A native module has no libm.
static float erf_of(float x) {
    static const float a[6] = {
        0.0705230784f, 0.0422820123f, 0.0092705272f, 0.0001520143f, 0.0002765672f, 0.0000430638f};
    float z = x < 0 ? -x : x, sum = 0;
    if (z > 5) {
        z = 5; // 1 from here on; greater powers would overflow
    }
    for (int i = 5; i >= 0; --i) {
        sum = (sum + a[i]) * z;
    }
    sum += 1;
    for (int i = 0; i < 4; ++i) {
        sum *= sum; // to the 16th
    }
    return x < 0 ? 1 / sum - 1 : 1 - 1 / sum;
}

// Once, when a model is opened. All that the file could have wrong is found here.
static mlt_status_t erf_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    if (!x || x->type != MLT_FLOAT32) {
        return mlt_fail(ctx, node, MLT_ERR_TYPE, MLT_IN(0), "want FLOAT32");
    }
    if (!y || y->type != MLT_FLOAT32) {
        return mlt_fail(ctx, node, MLT_ERR_TYPE, MLT_OUT(0), "want FLOAT32");
    }
    if (mlt_count(y) != mlt_count(x)) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_OUT(0), "%d elements, want %d",
            (int)mlt_count(y), (int)mlt_count(x));
    }
    ctx->svc->share(ctx, 0, 0); // y may take the place of x
    return MLT_OK;
}

// In each run.
static mlt_status_t erf_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *in = mlt_in(ctx, node, 0);
    const float *x = in->data;
    float *y = mlt_out(ctx, node, 0)->data;
    for (size_t i = 0; i < mlt_count(in); ++i) {
        y[i] = erf_of(x[i]);
    }
    return MLT_OK;
}

const mlt_op_t mlt_op_erf = {
    .name = "Erf",
    .code = MLT_CUSTOM,
    .min_inputs = 1,
    .max_inputs = 1,
    .min_outputs = 1,
    .max_outputs = 1,
    .prepare = erf_prepare,
    .eval = erf_eval,
};
