// SPDX-License-Identifier: MIT
// ADD and SUB: y = activation(a + b), y = activation(a - b), with broadcasting.

#include "../kernels/elementwise.h"
#include "broadcast.h"

enum { A, B };

// Plain numbers: the activation's range.
typedef struct sum_float {
    mlt_binary_t binary;
    float lo, hi;
} sum_float_t;

typedef struct sum_int {
    mlt_binary_t binary;
    int64_t lo, hi;
} sum_int_t;

// Quantised numbers.
typedef struct sum_quant {
    mlt_binary_t binary;
    int32_t wide; // A or B
    mlt_sum_t sum;
} sum_quant_t;

MLT_BINARY_RUN(add_float, sum_float_t, float, float, float, mlt_clamp_float(a + b, p.lo, p.hi))
MLT_BINARY_RUN(sub_float, sum_float_t, float, float, float, mlt_clamp_float(a - b, p.lo, p.hi))

// Sums of plain integers wrap round before the activation.
#define SUM_INT(name, type, wide, clamp)                                                           \
    MLT_BINARY_RUN(add_##name, sum_int_t, type, type, type,                                        \
        clamp((type)((uint64_t)a + (uint64_t)b), (wide)p.lo, (wide)p.hi))                          \
    MLT_BINARY_RUN(sub_##name, sum_int_t, type, type, type,                                        \
        clamp((type)((uint64_t)a - (uint64_t)b), (wide)p.lo, (wide)p.hi))
SUM_INT(i16, int16_t, int32_t, mlt_clamp)
SUM_INT(i32, int32_t, int32_t, mlt_clamp)
SUM_INT(i64, int64_t, int64_t, mlt_clamp64)

// A kernel takes the wide operand first.
#define SUM_QUANT(name, kernel)                                                                    \
    static void sum_##name(const mlt_run_t *run, const void *params) {                             \
        const sum_quant_t *d = params;                                                             \
        int32_t narrow = 1 - d->wide;                                                              \
        mlt_elements_t e = {run->n, {run->step[d->wide], run->step[narrow]}};                      \
        kernel(run->x[d->wide], run->x[narrow], run->y, &e, &d->sum);                              \
    }
SUM_QUANT(i8, mlt_sum_s8_best)
SUM_QUANT(q16, mlt_sum_s16_best)

// Only in older models: not worth a kernel.
static void sum_u8(const mlt_run_t *run, const void *params) {
    const sum_quant_t *d = params;
    int32_t wide_step = run->step[d->wide], narrow_step = run->step[1 - d->wide];
    const uint8_t *wide = run->x[d->wide], *narrow = run->x[1 - d->wide];
    uint8_t *y = run->y;
    for (int32_t i = 0; i < run->n; ++i, wide += wide_step, narrow += narrow_step) {
        y[i] = (uint8_t)mlt_sum_one(&d->sum, *wide, *narrow);
    }
}

// The real factors as TFLM computes them: SUB divides in float, all others in double.
static mlt_status_t sum_prepare_quant(mlt_ctx_t *ctx, mlt_node_t *node, bool sub) {
    const mlt_tensor_t *a = mlt_in(ctx, node, A), *b = mlt_in(ctx, node, B);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    sum_quant_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    MLT_TRY(mlt_want_binary_quant(ctx, node, false));
    d->wide = mlt_scale_of(ctx, a) >= mlt_scale_of(ctx, b) ? A : B;
    const mlt_tensor_t *wide = d->wide == A ? a : b, *narrow = d->wide == A ? b : a;
    int32_t left_shift = y->type == MLT_INT16 ? 15 : 20;
    mlt_sum_t *s = &d->sum;
    s->wide_offset = -mlt_zero_point(ctx, wide);
    s->narrow_offset = -mlt_zero_point(ctx, narrow);
    s->wide_factor = (INT32_C(1) << (left_shift - 1)) * (sub && d->wide == B ? -1 : 1);
    s->narrow_factor = INT32_C(1) << left_shift;
    s->narrow_sign = sub && d->wide == A ? -1 : 1;

    float twice = 2.0f * mlt_scale_of(ctx, wide), scale = mlt_scale_of(ctx, narrow);
    float unit = (float)s->narrow_factor * mlt_scale_of(ctx, y);
    if (sub && y->type != MLT_UINT8) {
        s->narrow = mlt_quotient(scale / twice, 1.0f, 1.0f);
        s->out.multiplier = mlt_quotient(twice / unit, 1.0f, 1.0f);
    } else {
        s->narrow = mlt_quotient(scale, 1.0f, twice);
        s->out.multiplier = mlt_quotient(twice, 1.0f, unit);
    }
    s->out.zero_point = mlt_zero_point(ctx, y);
    if (MLT_WITH_INT16 && y->type == MLT_INT16) {
        d->binary.run = sum_q16;
    } else {
        d->binary.run = MLT_WITH_UINT8 && y->type == MLT_UINT8 ? sum_u8 : sum_i8;
    }
    int32_t activation = mlt_option(node, ADD_FUSED_ACTIVATION_FUNCTION);
    return mlt_activation_range(ctx, node, MLT_OUT(0), activation, &s->out.lo, &s->out.hi);
}

static mlt_status_t sum_prepare_float(mlt_ctx_t *ctx, mlt_node_t *node, bool sub) {
    sum_float_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->binary.run = sub ? sub_float : add_float;
    int32_t activation = mlt_option(node, ADD_FUSED_ACTIVATION_FUNCTION);
    return mlt_activation_range_float(ctx, node, activation, &d->lo, &d->hi);
}

static mlt_status_t sum_prepare_int(mlt_ctx_t *ctx, mlt_node_t *node, bool sub) {
    uint8_t type = mlt_out(ctx, node, 0)->type;
    sum_int_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    if (type == MLT_INT16) {
        d->binary.run = sub ? sub_i16 : add_i16;
    } else if (type == MLT_INT32) {
        d->binary.run = sub ? sub_i32 : add_i32;
    } else {
        d->binary.run = sub ? sub_i64 : add_i64;
    }
    int32_t activation = mlt_option(node, ADD_FUSED_ACTIVATION_FUNCTION);
    if (type == MLT_INT32 && !sub) {
        activation = MLT_ACT_NONE; // TFLM leaves it out here
    }
    return mlt_activation_range_int(ctx, node, type, activation, &d->lo, &d->hi);
}

static mlt_status_t sum_prepare(mlt_ctx_t *ctx, mlt_node_t *node, bool sub) {
    MLT_TRY(mlt_want_binary(ctx, node,
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T_IF(MLT_WITH_UINT8, UINT8) |
            MLT_T_IF(MLT_WITH_INT16, INT16) | MLT_T_IF(MLT_WITH_INT32, INT32) |
            MLT_T_IF(MLT_WITH_INT32, INT64)));
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    if (MLT_WITH_FLOAT && y->type == MLT_FLOAT32) {
        return sum_prepare_float(ctx, node, sub);
    }
    bool quant16 = MLT_WITH_INT16 && y->type == MLT_INT16 && mlt_scale_count(ctx, y) > 0;
    if (y->type == MLT_INT8 || y->type == MLT_UINT8 || quant16 ||
        !(MLT_WITH_INT16 || MLT_WITH_INT32)) {
        return sum_prepare_quant(ctx, node, sub);
    }
    return sum_prepare_int(ctx, node, sub);
}

static mlt_status_t add_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return sum_prepare(ctx, node, false);
}

static mlt_status_t sub_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return sum_prepare(ctx, node, true);
}

MLT_DEFINE_OP(add, ADD, 2, add_prepare, mlt_binary_eval)
MLT_DEFINE_OP(sub, SUB, 2, sub_prepare, mlt_binary_eval)
