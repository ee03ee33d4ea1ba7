// SPDX-License-Identifier: MIT
// The tensors of a node. Functions and not inline, since operators ask for them in hundreds of
// places; in the library and in packs alike.

#include "microlite_op.h"

static mlt_tensor_t *tensor_of(const mlt_ctx_t *ctx, const int32_t *list, int count, int i) {
    return i < count && list[i] >= 0 ? &ctx->tensors[list[i]] : NULL;
}

mlt_tensor_t *mlt_in(const mlt_ctx_t *ctx, const mlt_node_t *node, int i) {
    return tensor_of(ctx, node->inputs, node->input_count, i);
}

mlt_tensor_t *mlt_out(const mlt_ctx_t *ctx, const mlt_node_t *node, int i) {
    return tensor_of(ctx, node->outputs, node->output_count, i);
}
