// SPDX-License-Identifier: MIT
// Elements of a tensor by channel.

#include "channels.h"

mlt_status_t mlt_channels_prepare(mlt_ctx_t *ctx, mlt_node_t *node, int slot) {
    const mlt_tensor_t *t = mlt_slot(ctx, node, slot);
    mlt_channels_t *c = node->data = mlt_alloc(ctx, sizeof(*c));
    if (!c) {
        return MLT_ERR_ARENA;
    }
    *c = (mlt_channels_t){1, mlt_scale_count(ctx, t), mlt_elements(t)};
    if (c->count <= 1) {
        c->count = 1;
        return mlt_want_quant(ctx, node, slot);
    }
    int32_t dim = mlt_quant_dim(ctx, t);
    if (dim < 0 || dim >= t->rank) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, slot,
            "quantised along dimension %d, want one within rank %d", dim, t->rank);
    }
    if (t->dims[dim] != c->count) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, slot, "%d scales, want 1 or %d", c->count, t->dims[dim]);
    }
    c->inner = 1;
    for (int i = 0; i < t->rank; ++i) {
        if (i < dim) {
            c->outer *= t->dims[i];
        } else if (i > dim) {
            c->inner *= t->dims[i];
        }
    }
    for (int32_t k = 0; k < c->count; ++k) {
        float scale = mlt_scale_at(ctx, t, k);
        int32_t zero_point = mlt_zero_point_at(ctx, t, k);
        if (!mlt_is_scale(scale)) {
            return mlt_fail(ctx, node, MLT_ERR_PARAM, slot, "scale %d out of range", k);
        }
        if (zero_point < mlt_type_min(t->type) || zero_point > mlt_type_max(t->type)) {
            return mlt_fail(ctx, node, MLT_ERR_PARAM, slot,
                "zero point %d is %d, want one within %t", k, zero_point, t->type);
        }
    }
    return MLT_OK;
}
