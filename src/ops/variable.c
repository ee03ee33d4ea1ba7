// SPDX-License-Identifier: MIT
// VAR_HANDLE, ASSIGN_VARIABLE, READ_VARIABLE: memory with a name, which outlives an invoke.
//
// A handle is a tensor whose data pointer, during prepare, is the variable's record: VAR_HANDLE
// puts it there, and the nodes behind it take it out. eval looks at no handle. A handle of type
// RESOURCE has no bytes, so nothing can write to it; one of type INT32, as old converters wrote
// it, becomes an ordinary tensor once the plan is made.

#include "rearrange.h"

enum { HANDLE = 0, VALUE = 1 };

static mlt_status_t want_handle(mlt_ctx_t *ctx, const mlt_node_t *node, int slot) {
    MLT_TRY(mlt_want_type(ctx, node, slot, MLT_T(RESOURCE) | MLT_T(INT32)));
    return mlt_want_count(ctx, node, slot, 1);
}

// --- VAR_HANDLE

static mlt_status_t var_handle_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(want_handle(ctx, node, MLT_OUT(HANDLE)));
    mlt_tensor_t *handle = mlt_out(ctx, node, HANDLE);
    if (handle->flags & MLT_TENSOR_VARIABLE) {
        return mlt_fail(
            ctx, node, MLT_ERR_MODEL, MLT_OUT(HANDLE), "is_variable, want it not to be");
    }
    int32_t container_length, name_length;
    const uint8_t *container =
        mlt_option_vector(ctx, node, VAR_HANDLE_CONTAINER, 1, &container_length);
    const uint8_t *name = mlt_option_vector(ctx, node, VAR_HANDLE_SHARED_NAME, 1, &name_length);
    mlt_variable_t *v = ctx->svc->variable(ctx, (const char *)container, (size_t)container_length,
        (const char *)name, (size_t)name_length);
    if (!v) {
        return MLT_ERR_ARENA;
    }
    handle->data = v;
    if (handle->type == MLT_RESOURCE) {
        handle->flags |= MLT_TENSOR_FIXED;
    }
    return MLT_OK;
}

static mlt_status_t var_handle_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *handle = mlt_out(ctx, node, HANDLE);
    if (handle->type == MLT_INT32) {
        memset(handle->data, 0, sizeof(int32_t));
    }
    return MLT_OK;
}

// --- ASSIGN_VARIABLE, READ_VARIABLE

// The variable of input 0, with memory for what tensor `slot` holds. The node that is prepared
// first sets its type and size.
static mlt_status_t find_variable(mlt_ctx_t *ctx, mlt_node_t *node, int slot) {
    MLT_TRY(want_handle(ctx, node, MLT_IN(HANDLE)));
    const mlt_tensor_t *handle = mlt_in(ctx, node, HANDLE), *t = mlt_slot(ctx, node, slot);
    mlt_variable_t *v = handle->data;
    if (!v || (handle->flags & (MLT_TENSOR_CONST | MLT_TENSOR_VARIABLE))) {
        return mlt_fail(ctx, node, MLT_ERR_MODEL, MLT_IN(HANDLE),
            "names no variable, want the output of a VAR_HANDLE before");
    }
    MLT_TRY(mlt_want_plain(ctx, node, slot));
    node->data = v;
    size_t bytes = mlt_bytes(t);
    if (!v->data) {
        v->data = mlt_alloc(ctx, bytes ? bytes : 1);
        v->bytes = (uint32_t)bytes;
        v->type = t->type;
        v->fill = (int8_t)mlt_zero_point(ctx, t);
        return v->data ? MLT_OK : MLT_ERR_ARENA;
    }
    if (v->type != t->type || v->bytes != bytes) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, slot,
            "%d bytes of %t, but the variable has %d of %t", (int)bytes, t->type, (int)v->bytes,
            v->type);
    }
    return MLT_OK;
}

static mlt_status_t assign_variable_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(find_variable(ctx, node, MLT_IN(VALUE)));
    mlt_variable_t *v = node->data;
    v->fill = (int8_t)mlt_zero_point(ctx, mlt_in(ctx, node, VALUE)); // whatever was read before
    return MLT_OK;
}

static mlt_status_t read_variable_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return find_variable(ctx, node, MLT_OUT(0));
}

static mlt_status_t assign_variable_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_variable_t *v = node->data;
    if (v->bytes) {
        memcpy(v->data, mlt_in(ctx, node, VALUE)->data, v->bytes);
    }
    return MLT_OK;
}

// A copy: the value that was read is often used long after the variable got a new one.
static mlt_status_t read_variable_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_variable_t *v = node->data;
    if (v->bytes) {
        memcpy(mlt_out(ctx, node, 0)->data, v->data, v->bytes);
    }
    return MLT_OK;
}

MLT_DEFINE_OP_OF(var_handle, VAR_HANDLE, 0, 0, 1, 1, var_handle_prepare, var_handle_eval)

MLT_DEFINE_OP_OF(
    assign_variable, ASSIGN_VARIABLE, 2, 2, 0, 0, assign_variable_prepare, assign_variable_eval)

MLT_DEFINE_OP(read_variable, READ_VARIABLE, 1, read_variable_prepare, read_variable_eval)
