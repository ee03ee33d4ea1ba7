// SPDX-License-Identifier: MIT
// Two numbers of any plain type to one. STABLEHLO_ADD, STABLEHLO_AND, STABLEHLO_MAXIMUM,
// STABLEHLO_MINIMUM, STABLEHLO_MULTIPLY and STABLEHLO_SHIFT_LEFT of tensors of one shape.

#include "combine.h"

#include "../fb.h"

int mlt_combine_of(int32_t code) {
    switch (code) {
    case MLT_OP_ADD:
    case MLT_OP_STABLEHLO_ADD:
        return MLT_PLUS;
    case MLT_OP_MUL:
    case MLT_OP_STABLEHLO_MULTIPLY:
        return MLT_TIMES;
    case MLT_OP_MINIMUM:
    case MLT_OP_STABLEHLO_MINIMUM:
        return MLT_LESSER;
    case MLT_OP_MAXIMUM:
    case MLT_OP_STABLEHLO_MAXIMUM:
        return MLT_GREATER;
    case MLT_OP_LOGICAL_AND:
    case MLT_OP_STABLEHLO_AND:
        return MLT_ALL;
    case MLT_OP_LOGICAL_OR:
    case MLT_OP_STABLEHLO_OR:
        return MLT_ANY;
    default:
        return MLT_NO_WAY;
    }
}

mlt_status_t mlt_combine_of_body(
    mlt_ctx_t *ctx, const mlt_node_t *node, int32_t subgraph, int *how) {
    const uint8_t *root = ctx->model + fb_u32(ctx->model);
    fb_vector_t subgraphs = fb_vec(root, FB_MODEL_SUBGRAPHS);
    if (subgraph < 1 || subgraph >= (int32_t)subgraphs.count) {
        return mlt_fail(ctx, node, MLT_ERR_MODEL, MLT_NODE,
            "combines by subgraph %d, want one of 1 to %d", subgraph, (int)subgraphs.count - 1);
    }
    fb_vector_t nodes = fb_vec(fb_item(subgraphs, (uint32_t)subgraph), FB_SUB_GRAPH_OPERATORS);
    *how = nodes.count == 0 ? MLT_TAKE : MLT_NO_WAY;
    if (nodes.count == 1) {
        int32_t index = fb_field_i32(fb_item(nodes, 0), FB_OPERATOR_OPCODE_INDEX, 0);
        const uint8_t *entry = fb_item(fb_vec(root, FB_MODEL_OPERATOR_CODES), (uint32_t)index);
        int32_t old = fb_field_u8(entry, FB_OPERATOR_CODE_DEPRECATED_BUILTIN_CODE);
        int32_t code = fb_field_i32(entry, FB_OPERATOR_CODE_BUILTIN_CODE, 0);
        *how = mlt_combine_of(code > old ? code : old);
    }
    return *how < MLT_NO_WAY ? MLT_OK
                             : mlt_fail(ctx, node, MLT_ERR_MODEL, MLT_NODE,
                                   "subgraph %d does not just add, multiply or compare", subgraph);
}

// Out of line: else the loop below is there once for each of these.
__attribute__((noinline)) static float real(int how, float a, float b) {
    switch (how) {
    case MLT_PLUS:
        return a + b;
    case MLT_TIMES:
        return a * b;
    case MLT_LESSER:
        return b < a ? b : a;
    case MLT_GREATER:
        return a < b ? b : a;
    case MLT_ALL:
        return a != 0.0f && b != 0.0f ? 1.0f : 0.0f;
    case MLT_ANY:
        return a != 0.0f || b != 0.0f ? 1.0f : 0.0f;
    default:
        return b;
    }
}

__attribute__((noinline)) static int64_t whole(int how, int64_t a, int64_t b) {
    switch (how) {
    case MLT_PLUS:
        return (int64_t)((uint64_t)a + (uint64_t)b);
    case MLT_TIMES:
        return (int64_t)((uint64_t)a * (uint64_t)b);
    case MLT_LESSER:
        return b < a ? b : a;
    case MLT_GREATER:
        return a < b ? b : a;
    case MLT_ALL:
        return a && b;
    case MLT_ANY:
        return a || b;
    case MLT_BITS:
        return a & b;
    case MLT_SHIFT:
        return b < 0 || b > 63 ? 0 : (int64_t)((uint64_t)a << b);
    default:
        return b;
    }
}

static int64_t load(int type, const void *x, int32_t i) {
    switch (type) {
    case MLT_INT8:
        return ((const int8_t *)x)[i];
    case MLT_INT16:
        return ((const int16_t *)x)[i];
    case MLT_UINT16:
        return ((const uint16_t *)x)[i];
    case MLT_INT32:
        return ((const int32_t *)x)[i];
    case MLT_UINT32:
        return ((const uint32_t *)x)[i];
    case MLT_INT64:
        return ((const int64_t *)x)[i];
    default:
        return ((const uint8_t *)x)[i];
    }
}

void mlt_combine(int how, int type, const void *a, const void *b, void *y, int32_t n) {
    for (int32_t i = 0; i < n; ++i) {
        if (MLT_WITH_FLOAT && type == MLT_FLOAT32) {
            ((float *)y)[i] = real(how, ((const float *)a)[i], ((const float *)b)[i]);
            continue;
        }
        int64_t z = whole(how, load(type, a, i), load(type, b, i));
        switch (mlt_type_size((mlt_type_t)type)) {
        case 1:
            ((uint8_t *)y)[i] = (uint8_t)(type == MLT_BOOL ? z != 0 : z);
            break;
        case 2:
            ((uint16_t *)y)[i] = (uint16_t)z;
            break;
        case 4:
            ((uint32_t *)y)[i] = (uint32_t)z;
            break;
        default:
            ((int64_t *)y)[i] = z;
            break;
        }
    }
}

// --- The operators.

static mlt_status_t stablehlo_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    bool bits =
        node->op->code == MLT_OP_STABLEHLO_AND || node->op->code == MLT_OP_STABLEHLO_SHIFT_LEFT;
    MLT_TRY(
        mlt_want_type(ctx, node, MLT_IN(0), bits ? MLT_COMBINED & ~MLT_T(FLOAT32) : MLT_COMBINED));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(1), MLT_IN(0)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(0)));
    MLT_TRY(mlt_want_dims_of(ctx, node, MLT_IN(1), MLT_IN(0)));
    ctx->svc->share(ctx, 0, 0);
    ctx->svc->share(ctx, 1, 0);
    return mlt_want_dims_of(ctx, node, MLT_OUT(0), MLT_IN(0));
}

static mlt_status_t stablehlo_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    int32_t code = node->op->code;
    int how = code == MLT_OP_STABLEHLO_AND          ? MLT_BITS
              : code == MLT_OP_STABLEHLO_SHIFT_LEFT ? MLT_SHIFT
                                                    : mlt_combine_of(code);
    mlt_combine(how, x->type, x->data, mlt_in(ctx, node, 1)->data, mlt_out(ctx, node, 0)->data,
        mlt_elements(x));
    return MLT_OK;
}

#define STABLEHLO_OP(lower, upper)                                                                 \
    MLT_DEFINE_OP(stablehlo_##lower, STABLEHLO_##upper, 2, stablehlo_prepare, stablehlo_eval)

STABLEHLO_OP(add, ADD)
STABLEHLO_OP(and, AND)
STABLEHLO_OP(maximum, MAXIMUM)
STABLEHLO_OP(minimum, MINIMUM)
STABLEHLO_OP(multiply, MULTIPLY)
STABLEHLO_OP(shift_left, SHIFT_LEFT)
