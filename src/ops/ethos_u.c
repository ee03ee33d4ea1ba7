// SPDX-License-Identifier: MIT
// ethos-u: a model compiled for Arm's neural processor. There is nothing here that could run it.

#include "util.h"

static mlt_status_t ethos_u_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return mlt_fail(ctx, node, MLT_ERR_OP, MLT_NODE,
        "compiled for an Ethos-U processor, want the model as it was before Vela");
}

static mlt_status_t ethos_u_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    (void)ctx;
    (void)node;
    return MLT_ERR_OP;
}

const mlt_op_t mlt_op_ethos_u = {
    .name = "ethos-u",
    .code = MLT_CUSTOM,
    .max_inputs = 255,
    .max_outputs = 255,
    .prepare = ethos_u_prepare,
    .eval = ethos_u_eval,
};
