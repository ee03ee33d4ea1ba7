// SPDX-License-Identifier: MIT
// MUL: y = activation(a * b), with broadcasting.

#include "../kernels/elementwise.h"
#include "broadcast.h"

enum { A, B };

typedef struct mul_float {
    mlt_binary_t binary;
    float lo, hi;
} mul_float_t;

typedef struct mul_int {
    mlt_binary_t binary;
    int64_t lo, hi;
} mul_int_t;

typedef struct mul_quant {
    mlt_binary_t binary;
    mlt_mul_t mul;
} mul_quant_t;

MLT_BINARY_RUN(mul_float, mul_float_t, float, float, float, mlt_clamp_float(a *b, p.lo, p.hi))

// Products of plain integers wrap round before the activation.
#define MUL_INT(name, type, wide, clamp)                                                           \
    MLT_BINARY_RUN(mul_##name, mul_int_t, type, type, type,                                        \
        clamp((type)((uint64_t)a * (uint64_t)b), (wide)p.lo, (wide)p.hi))
MUL_INT(i16, int16_t, int32_t, mlt_clamp)
MUL_INT(i32, int32_t, int32_t, mlt_clamp)
MUL_INT(u32, uint32_t, int64_t, mlt_clamp64)
MUL_INT(i64, int64_t, int64_t, mlt_clamp64)

#define MUL_QUANT(name, kernel)                                                                    \
    static void mul_##name(const mlt_run_t *run, const void *params) {                             \
        mlt_elements_t e = {run->n, {run->step[A], run->step[B]}};                                 \
        kernel(run->x[A], run->x[B], run->y, &e, &((const mul_quant_t *)params)->mul);             \
    }
MUL_QUANT(i8, mlt_mul_s8_best)
MUL_QUANT(q16, mlt_mul_s16_best)

MLT_BINARY_RUN(mul_u8, mul_quant_t, uint8_t, uint8_t, uint8_t, mlt_mul_one(&p.mul, a, b))

static mlt_status_t mul_prepare_quant(mlt_ctx_t *ctx, mlt_node_t *node) {
    const mlt_tensor_t *a = mlt_in(ctx, node, A), *b = mlt_in(ctx, node, B);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    mul_quant_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    MLT_TRY(mlt_want_binary_quant(ctx, node, y->type == MLT_INT16));
    float scale_a = mlt_scale_of(ctx, a), scale_b = mlt_scale_of(ctx, b);
    float scale_y = mlt_scale_of(ctx, y);
    if (y->type == MLT_UINT8) { // TFLM lacks it; TensorFlow Lite computes in float
        d->mul.out.multiplier = mlt_quotient(scale_a * scale_b / scale_y, 1.0f, 1.0f);
    } else {
        d->mul.out.multiplier = mlt_quotient(scale_a, scale_b, scale_y);
    }
    d->mul.offset[A] = -mlt_zero_point(ctx, a);
    d->mul.offset[B] = -mlt_zero_point(ctx, b);
    d->mul.out.zero_point = mlt_zero_point(ctx, y);
    d->binary.run = y->type == MLT_INT16 ? mul_q16 : y->type == MLT_INT8 ? mul_i8 : mul_u8;
    int32_t activation = mlt_option(node, MUL_FUSED_ACTIVATION_FUNCTION);
    return mlt_activation_range(ctx, node, MLT_OUT(0), activation, &d->mul.out.lo, &d->mul.out.hi);
}

static mlt_status_t mul_prepare_float(mlt_ctx_t *ctx, mlt_node_t *node) {
    mul_float_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->binary.run = mul_float;
    int32_t activation = mlt_option(node, MUL_FUSED_ACTIVATION_FUNCTION);
    return mlt_activation_range_float(ctx, node, activation, &d->lo, &d->hi);
}

static mlt_status_t mul_prepare_int(mlt_ctx_t *ctx, mlt_node_t *node) {
    uint8_t type = mlt_out(ctx, node, 0)->type;
    mul_int_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->binary.run = type == MLT_INT16    ? mul_i16
                    : type == MLT_INT32  ? mul_i32
                    : type == MLT_UINT32 ? mul_u32
                                         : mul_i64;
    int32_t activation = mlt_option(node, MUL_FUSED_ACTIVATION_FUNCTION);
    return mlt_activation_range_int(ctx, node, type, activation, &d->lo, &d->hi);
}

static mlt_status_t mul_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_binary(ctx, node,
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T(UINT8) |
            MLT_T_IF(MLT_WITH_INT16, INT16) | MLT_T(INT32) | MLT_T(UINT32) | MLT_T(INT64)));
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    if (MLT_WITH_FLOAT && y->type == MLT_FLOAT32) {
        return mul_prepare_float(ctx, node);
    }
    bool quant16 = MLT_WITH_INT16 && y->type == MLT_INT16 && mlt_scale_count(ctx, y) > 0;
    if (y->type == MLT_INT8 || y->type == MLT_UINT8 || quant16) {
        return mul_prepare_quant(ctx, node);
    }
    return mul_prepare_int(ctx, node);
}

MLT_DEFINE_OP(mul, MUL, 2, mul_prepare, mlt_binary_eval)
