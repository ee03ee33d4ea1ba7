// SPDX-License-Identifier: MIT
// What operators share in prepare: checks that explain themselves, options, quantisation.
#ifndef MLT_UTIL_H
#define MLT_UTIL_H

#include <string.h>

#include "../config.h"
#include "../quant.h"
#include "../schema.h"
#include "microlite_op.h"

// --- Checks. Each says in the error what was found and what was wanted.

#define MLT_T(name) (UINT32_C(1) << MLT_##name)
// The same for a type that a switch of config.h may leave out: MLT_T_IF(MLT_WITH_INT16, INT16).
#define MLT_T_IF(with, name) ((with) ? MLT_T(name) : 0)

// The tensor must be there and have one of the types in the mask: MLT_T(INT8) | MLT_T(FLOAT32).
mlt_status_t mlt_want_type(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, uint32_t types);
// The tensor has the same type as another of this node.
mlt_status_t mlt_want_type_of(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int other);
mlt_status_t mlt_want_rank(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int min, int max);
// The tensor's dimensions are these, or those of another tensor of this node. An output grows to
// them, where the file leaves a dimension open.
mlt_status_t mlt_want_dims(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int rank, const int32_t *dims);
mlt_status_t mlt_want_dims_of(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int other);
// The tensor has this many elements.
mlt_status_t mlt_want_count(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int32_t count);
// The tensor's data lies in the model.
mlt_status_t mlt_want_const(mlt_ctx_t *ctx, const mlt_node_t *node, int slot);
// Two tensors have the same scale and zero point.
mlt_status_t mlt_want_quant_of(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int other);

// --- Tensors.

mlt_tensor_t *mlt_slot(const mlt_ctx_t *ctx, const mlt_node_t *node, int slot); // MLT_IN, MLT_OUT
// Dimension i, counted from the end when negative; 1 beyond the rank.
static inline int32_t mlt_dim(const mlt_tensor_t *t, int i) {
    if (i < 0) {
        i += t->rank;
    }
    return i >= 0 && i < t->rank ? t->dims[i] : 1;
}
static inline int32_t mlt_elements(const mlt_tensor_t *t) {
    return (int32_t)mlt_count(t); // the engine checked that this fits
}
// The file leaves dimension i of the tensor open: what its shape says is only the least it can be.
bool mlt_is_open(const mlt_ctx_t *ctx, const mlt_tensor_t *t, int i);
bool mlt_same_dims(const mlt_tensor_t *a, const mlt_tensor_t *b);
// Element i of a constant or runtime INT16, INT32 or INT64 tensor (INT64 saturated).
int32_t mlt_index_at(const mlt_tensor_t *t, int32_t i);

// --- Options. A field left out of the file, or of no options at all, has the schema's default.

int32_t mlt_option(const mlt_node_t *node, int32_t field);
float mlt_option_float(const mlt_node_t *node, int32_t field);
// A vector field: its first byte and its length, NULL when absent or malformed.
const uint8_t *mlt_option_vector(const mlt_ctx_t *ctx, const mlt_node_t *node, int32_t field,
    int32_t element_size, int32_t *length);
// Custom options: bytes and length; NULL when there are none.
const uint8_t *mlt_custom_options(const mlt_node_t *node, int32_t *length);

// --- Quantisation.

int32_t mlt_scale_count(const mlt_ctx_t *ctx, const mlt_tensor_t *t); // 0: not quantised
float mlt_scale_at(const mlt_ctx_t *ctx, const mlt_tensor_t *t, int32_t i);
int32_t mlt_zero_point_at(const mlt_ctx_t *ctx, const mlt_tensor_t *t, int32_t i);
int32_t mlt_quant_dim(const mlt_ctx_t *ctx, const mlt_tensor_t *t);
static inline float mlt_scale_of(const mlt_ctx_t *ctx, const mlt_tensor_t *t) {
    return mlt_scale_at(ctx, t, 0);
}
static inline int32_t mlt_zero_point(const mlt_ctx_t *ctx, const mlt_tensor_t *t) {
    return mlt_zero_point_at(ctx, t, 0);
}
// Above 0 and below 3.4e38: the bits of positive floats are in the order of the floats.
static inline bool mlt_is_scale(float scale) {
    uint32_t bits;
    memcpy(&bits, &scale, sizeof(bits));
    return bits - 1 < 0x7f7fc99d;
}
// The tensor is quantised per tensor: one scale, positive and finite, zero point within the type.
mlt_status_t mlt_want_quant(mlt_ctx_t *ctx, const mlt_node_t *node, int slot);
// The same for a tensor that mlt_slot() does not find, such as MLT_INNER(i).
mlt_status_t mlt_want_quant_of_tensor(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, const mlt_tensor_t *t);

// Range of a fused activation in stored values of tensor `slot` (an integer type), or as floats.
mlt_status_t mlt_activation_range(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int32_t activation, int32_t *lo, int32_t *hi);
mlt_status_t mlt_activation_range_float(
    mlt_ctx_t *ctx, const mlt_node_t *node, int32_t activation, float *lo, float *hi);

// --- Definition.

// mlt_op_<lower>: a built-in operator that has no reset; others say all of mlt_op_t themselves.
// from_in to to_in inputs, from_out to to_out outputs.
#define MLT_DEFINE_OP_OF(lower, upper, from_in, to_in, from_out, to_out, prepare_fn, eval_fn)      \
    const mlt_op_t mlt_op_##lower = {                                                              \
        .name = #upper,                                                                            \
        .code = MLT_OP_##upper,                                                                    \
        .min_inputs = from_in,                                                                     \
        .max_inputs = to_in,                                                                       \
        .min_outputs = from_out,                                                                   \
        .max_outputs = to_out,                                                                     \
        .prepare = prepare_fn,                                                                     \
        .eval = eval_fn,                                                                           \
    };

// The usual one: a fixed number of inputs and one output.
#define MLT_DEFINE_OP(lower, upper, inputs, prepare_fn, eval_fn)                                   \
    MLT_DEFINE_OP_OF(lower, upper, inputs, inputs, 1, 1, prepare_fn, eval_fn)

#endif
