// SPDX-License-Identifier: MIT
// What operators share in prepare: checks that explain themselves, options, quantisation.

#include "util.h"

#include "../format.h"

// A vector behind a reference field of an options table, if all of it lies within the model: the
// verifier does not know which kinds of options hold vectors.
static fb_vector_t vector_at(
    const mlt_ctx_t *ctx, const uint8_t *table, int32_t slot, int32_t element_size) {
    static const fb_vector_t none = {NULL, 0};
    const uint8_t *field = fb_field(table, slot, 4);
    if (!field) {
        return none;
    }
    size_t start = (size_t)(field - ctx->model) + fb_u32(field);
    if (start > ctx->model_size || ctx->model_size - start < 4) {
        return none;
    }
    uint32_t count = fb_u32(ctx->model + start);
    if (count > (ctx->model_size - start - 4) / (size_t)element_size || count > INT32_MAX) {
        return none;
    }
    return (fb_vector_t){ctx->model + start + 4, count};
}

int32_t mlt_option(const mlt_node_t *node, int32_t field) {
    int32_t slot = field & 0xff, width = field >> 8 & 0xff;
    const uint8_t *p = node->options ? fb_field(node->options, slot, width) : NULL;
    if (!p) {
        return field >> 16;
    }
    return width == 1 ? (int8_t)*p : fb_i32(p);
}

float mlt_option_float(const mlt_node_t *node, int32_t field) {
    int32_t bits = mlt_option(node, field);
    float x;
    memcpy(&x, &bits, sizeof(x));
    return x;
}

const uint8_t *mlt_option_vector(const mlt_ctx_t *ctx, const mlt_node_t *node, int32_t field,
    int32_t element_size, int32_t *length) {
    fb_vector_t v = {NULL, 0};
    if (node->options) {
        v = vector_at(ctx, node->options, field & 0xff, element_size);
    }
    *length = (int32_t)v.count;
    return v.data;
}

const uint8_t *mlt_custom_options(const mlt_node_t *node, int32_t *length) {
    *length = node->options ? fb_i32(node->options) : 0;
    return node->options ? node->options + 4 : NULL;
}

// --- Tensors.

mlt_tensor_t *mlt_slot(const mlt_ctx_t *ctx, const mlt_node_t *node, int slot) {
    return slot >= MLT_OUT(0) ? mlt_out(ctx, node, slot - MLT_OUT(0)) : mlt_in(ctx, node, slot);
}

bool mlt_same_dims(const mlt_tensor_t *a, const mlt_tensor_t *b) {
    return a->rank == b->rank && memcmp(a->dims, b->dims, a->rank * sizeof(*a->dims)) == 0;
}

int32_t mlt_index_at(const mlt_tensor_t *t, int32_t i) {
    if (t->type == MLT_INT32) {
        return ((const int32_t *)t->data)[i];
    }
    if (t->type == MLT_INT16) {
        return ((const int16_t *)t->data)[i];
    }
    int64_t x = ((const int64_t *)t->data)[i];
    return x > INT32_MAX ? INT32_MAX : x < INT32_MIN ? INT32_MIN : (int32_t)x;
}

// --- Checks.

mlt_status_t mlt_want_type(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, uint32_t types) {
    const mlt_tensor_t *t = mlt_slot(ctx, node, slot);
    if (!t) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, slot, "missing");
    }
    if (types >> t->type & 1) {
        return MLT_OK;
    }
    return mlt_fail(ctx, node, MLT_ERR_TYPE, slot, "type %t, want %m", t->type, types);
}

mlt_status_t mlt_want_type_of(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int other) {
    return mlt_want_type(ctx, node, slot, UINT32_C(1) << mlt_slot(ctx, node, other)->type);
}

mlt_status_t mlt_want_rank(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int min, int max) {
    const mlt_tensor_t *t = mlt_slot(ctx, node, slot);
    if (!t) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, slot, "missing");
    }
    if (t->rank >= min && t->rank <= max) {
        return MLT_OK;
    }
    if (min == max) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, slot, "rank %d, want %d", t->rank, min);
    }
    return mlt_fail(ctx, node, MLT_ERR_SHAPE, slot, "rank %d, want %d to %d", t->rank, min, max);
}

bool mlt_is_open(const mlt_ctx_t *ctx, const mlt_tensor_t *t, int i) {
    fb_vector_t signature = fb_vec(ctx->model + t->ref, FB_TENSOR_SHAPE_SIGNATURE);
    return i < (int)signature.count && fb_i32(signature.data + (size_t)4 * (size_t)i) < 0;
}

mlt_status_t mlt_want_dims(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int rank, const int32_t *dims) {
    MLT_TRY(mlt_want_rank(ctx, node, slot, rank, rank));
    mlt_tensor_t *t = mlt_slot(ctx, node, slot);
    bool grows = false;
    for (int i = 0; i < rank; ++i) {
        bool larger = MLT_WITH_OPEN_SHAPES && slot >= MLT_OUT(0) && t->dims[i] < dims[i] &&
                      mlt_is_open(ctx, t, i);
        if (t->dims[i] != dims[i] && !larger) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, slot, "dimension %d is %d, want %d", i,
                t->dims[i], dims[i]);
        }
        grows |= larger;
    }
    return grows ? ctx->svc->set_dims(ctx, t, rank, dims) : MLT_OK;
}

mlt_status_t mlt_want_dims_of(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int other) {
    const mlt_tensor_t *t = mlt_slot(ctx, node, other);
    return mlt_want_dims(ctx, node, slot, t->rank, t->dims);
}

mlt_status_t mlt_want_count(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int32_t count) {
    const mlt_tensor_t *t = mlt_slot(ctx, node, slot);
    if (!t) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, slot, "missing");
    }
    int32_t found = mlt_elements(t);
    return found == count
               ? MLT_OK
               : mlt_fail(ctx, node, MLT_ERR_SHAPE, slot, "%d elements, want %d", found, count);
}

mlt_status_t mlt_want_const(mlt_ctx_t *ctx, const mlt_node_t *node, int slot) {
    const mlt_tensor_t *t = mlt_slot(ctx, node, slot);
    return t && mlt_is_const(t) ? MLT_OK
                                : mlt_fail(ctx, node, MLT_ERR_PARAM, slot, "%s, want a constant",
                                      t ? MLT_WORD("computed") : MLT_WORD("missing"));
}

mlt_status_t mlt_want_quant(mlt_ctx_t *ctx, const mlt_node_t *node, int slot) {
    return mlt_want_quant_of_tensor(ctx, node, slot, mlt_slot(ctx, node, slot));
}

mlt_status_t mlt_want_quant_of_tensor(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, const mlt_tensor_t *t) {
    float scale = mlt_scale_of(ctx, t);
    if (!mlt_is_scale(scale)) {
        if (mlt_scale_count(ctx, t) == 0) {
            return mlt_fail(ctx, node, MLT_ERR_PARAM, slot, "not quantised, want a scale");
        }
        return mlt_fail(ctx, node, MLT_ERR_PARAM, slot, "scale out of range");
    }
    int32_t zero_point = mlt_zero_point(ctx, t);
    if (zero_point < mlt_type_min(t->type) || zero_point > mlt_type_max(t->type)) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, slot, "zero point %d, want one within %t",
            zero_point, t->type);
    }
    return MLT_OK;
}

mlt_status_t mlt_want_quant_of(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int other) {
    const mlt_tensor_t *a = mlt_slot(ctx, node, slot), *b = mlt_slot(ctx, node, other);
    bool same = mlt_scale_of(ctx, a) == mlt_scale_of(ctx, b) &&
                mlt_zero_point(ctx, a) == mlt_zero_point(ctx, b);
    return same ? MLT_OK
                : mlt_fail(
                      ctx, node, MLT_ERR_PARAM, slot, "scale or zero point differ, want the same");
}

// --- Quantisation.

int32_t mlt_scale_count(const mlt_ctx_t *ctx, const mlt_tensor_t *t) {
    return (int32_t)mlt_format_scales(ctx->model + t->ref).count;
}

float mlt_scale_at(const mlt_ctx_t *ctx, const mlt_tensor_t *t, int32_t i) {
    return mlt_format_scale(ctx->model + t->ref, i);
}

int32_t mlt_zero_point_at(const mlt_ctx_t *ctx, const mlt_tensor_t *t, int32_t i) {
    return mlt_format_zero_point(ctx->model + t->ref, i);
}

int32_t mlt_quant_dim(const mlt_ctx_t *ctx, const mlt_tensor_t *t) {
    return mlt_format_quant_dim(ctx->model + t->ref);
}

// Their numbers, from 0 on: NONE, RELU, RELU_N1_TO_1, RELU6.
static mlt_status_t want_activation(mlt_ctx_t *ctx, const mlt_node_t *node, int32_t activation) {
    return (uint32_t)activation <= MLT_ACT_RELU6
               ? MLT_OK
               : mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE,
                     "fused activation %d, want NONE, RELU, RELU_N1_TO_1 or RELU6", activation);
}

mlt_status_t mlt_activation_range(mlt_ctx_t *ctx, const mlt_node_t *node, int slot,
    int32_t activation, int32_t *lo, int32_t *hi) {
    const mlt_tensor_t *t = mlt_slot(ctx, node, slot);
    float scale = mlt_scale_of(ctx, t);
    int32_t zero_point = mlt_zero_point(ctx, t);
    int32_t least = mlt_type_min(t->type), most = mlt_type_max(t->type);
    if (activation > MLT_ACT_NONE) {
        bool below = activation == MLT_ACT_RELU_N1_TO_1;
        least = mlt_max(least, below ? mlt_quantize(-1.0f, scale, zero_point) : zero_point);
    }
    if (activation > MLT_ACT_RELU) {
        float bound = activation == MLT_ACT_RELU6 ? 6.0f : 1.0f;
        most = mlt_min(most, mlt_quantize(bound, scale, zero_point));
    }
    *lo = least;
    *hi = most;
    return want_activation(ctx, node, activation);
}

mlt_status_t mlt_activation_range_float(
    mlt_ctx_t *ctx, const mlt_node_t *node, int32_t activation, float *lo, float *hi) {
    *lo = -3.402823466e+38f;
    *hi = 3.402823466e+38f;
    switch (activation) {
    case MLT_ACT_RELU:
        *lo = 0.0f;
        break;
    case MLT_ACT_RELU_N1_TO_1:
        *lo = -1.0f;
        *hi = 1.0f;
        break;
    case MLT_ACT_RELU6:
        *lo = 0.0f;
        *hi = 6.0f;
        break;
    default:
        break;
    }
    return want_activation(ctx, node, activation);
}
