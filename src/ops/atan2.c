// SPDX-License-Identifier: MIT
// ATAN2: the angle of the point (b, a), with broadcasting.

#include "../mathf.h"
#include "broadcast.h"

MLT_BINARY_RUN(atan2_float, mlt_binary_t, float, float, float, mlt_atan2f(a, b))

static mlt_status_t atan2_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_binary(ctx, node, MLT_T(FLOAT32)));
    return mlt_binary_keep(ctx, node, atan2_float);
}

MLT_DEFINE_OP(atan2, ATAN2, 2, atan2_prepare, mlt_binary_eval)
