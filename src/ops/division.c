// SPDX-License-Identifier: MIT
// DIV, FLOOR_DIV and FLOOR_MOD, with broadcasting. An integer divisor of zero is an error, and so
// is a float one in FLOOR_DIV.

#include "../fixedpoint.h"
#include "../mathf.h"
#include "broadcast.h"

enum { A, B };

#define FIND(type)                                                                                 \
    for (const type *x = b->data; i < n && x[i] != (type)zero;) {                                  \
        ++i;                                                                                       \
    }

// No element of the divisor may stand for zero.
static mlt_status_t want_divisor(mlt_ctx_t *ctx, const mlt_node_t *node, int32_t zero) {
    const mlt_tensor_t *b = mlt_in(ctx, node, B);
    int32_t i = 0, n = mlt_elements(b);
    switch (b->type) {
    case MLT_FLOAT32:
        FIND(float);
        break;
    case MLT_INT8:
        FIND(int8_t);
        break;
    case MLT_UINT8:
        FIND(uint8_t);
        break;
    case MLT_INT16:
        FIND(int16_t);
        break;
    case MLT_INT32:
        FIND(int32_t);
        break;
    default:
        FIND(int64_t);
        break;
    }
    return i == n
               ? MLT_OK
               : mlt_fail(ctx, node, MLT_ERR_DATA, MLT_IN(B), "element %d is zero, want none", i);
}

// --- DIV: y = activation(a / b), towards zero.

typedef struct div_float {
    mlt_binary_t binary;
    float lo, hi;
} div_float_t;

typedef struct div_i32 {
    mlt_binary_t binary;
    int64_t lo, hi;
} div_i32_t;

typedef struct div_quant {
    mlt_binary_t binary;
    int32_t offset[2]; // minus the zero points
    mlt_rescale_t out;
} div_quant_t;

MLT_BINARY_RUN(div_float, div_float_t, float, float, float, mlt_clamp_float(a / b, p.lo, p.hi))

// INT32_MIN / -1 wraps round.
MLT_BINARY_RUN(div_i32, div_i32_t, int32_t, int32_t, int32_t,
    mlt_clamp(b == -1 ? mlt_sub_wrap(0, a) : a / b, (int32_t)p.lo, (int32_t)p.hi))

// x / 2^n, rounded. TFLM and TensorFlow Lite shift by any n here; what their x86 builds then do
// (n counts by its low bits) is what results are compared with.
static inline int32_t div_pow2_any(int32_t x, int32_t n) {
    n &= 63;
    return n < 32 ? mlt_div_pow2(x, n) : (x >> (n & 31)) + (x >= 0);
}

// a, shifted left as far as it goes, times the reciprocal of b in fixed point, times the ratio of
// the scales.
static inline int32_t div_quant(const div_quant_t *p, int32_t a, int32_t b) {
    a += p->offset[A];
    b += p->offset[B];
    if (b < 0) {
        a = -a;
        b = -b;
    }
    int32_t over_unit;
    int32_t inverse = mlt_fixed_inverse(b, 31, &over_unit);
    int32_t headroom = mlt_clz((uint32_t)(a < 0 ? ~a : a)) - 1;
    int32_t quotient = mlt_mul_high(mlt_shl_wrap(a, headroom), inverse);
    int32_t right = headroom + over_unit - p->out.multiplier.shift;
    int32_t y = div_pow2_any(mlt_mul_high(quotient, p->out.multiplier.mult), right);
    return mlt_clamp(mlt_add_wrap(y, p->out.zero_point), p->out.lo, p->out.hi);
}
MLT_BINARY_RUN(div_i8, div_quant_t, int8_t, int8_t, int8_t, div_quant(&p, a, b))
MLT_BINARY_RUN(div_u8, div_quant_t, uint8_t, uint8_t, uint8_t, div_quant(&p, a, b))
MLT_BINARY_RUN(div_i16, div_quant_t, int16_t, int16_t, int16_t, div_quant(&p, a, b))

static mlt_status_t div_prepare_quant(mlt_ctx_t *ctx, mlt_node_t *node, int32_t activation) {
    const mlt_tensor_t *a = mlt_in(ctx, node, A), *b = mlt_in(ctx, node, B);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    div_quant_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    MLT_TRY(mlt_want_binary_quant(ctx, node, false));
    d->offset[A] = -mlt_zero_point(ctx, a);
    d->offset[B] = -mlt_zero_point(ctx, b);
    float unit = mlt_scale_of(ctx, b) * mlt_scale_of(ctx, y);
    d->out.multiplier = mlt_quotient(mlt_scale_of(ctx, a) / unit, 1.0f, 1.0f);
    d->out.zero_point = mlt_zero_point(ctx, y);
    d->binary.run = y->type == MLT_INT16 ? div_i16 : y->type == MLT_INT8 ? div_i8 : div_u8;
    return mlt_activation_range(ctx, node, MLT_OUT(0), activation, &d->out.lo, &d->out.hi);
}

static mlt_status_t div_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_binary(ctx, node,
        MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T(UINT8) |
            MLT_T_IF(MLT_WITH_INT16, INT16) | MLT_T(INT32)));
    uint8_t type = mlt_out(ctx, node, 0)->type;
    int32_t activation = mlt_option(node, DIV_FUSED_ACTIVATION_FUNCTION);
    if (MLT_WITH_FLOAT && type == MLT_FLOAT32) {
        div_float_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
        if (!d) {
            return MLT_ERR_ARENA;
        }
        d->binary.run = div_float;
        return mlt_activation_range_float(ctx, node, activation, &d->lo, &d->hi);
    }
    if (type == MLT_INT32) {
        div_i32_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
        if (!d) {
            return MLT_ERR_ARENA;
        }
        d->binary.run = div_i32;
        return mlt_activation_range_int(ctx, node, type, activation, &d->lo, &d->hi);
    }
    return div_prepare_quant(ctx, node, activation);
}

static mlt_status_t div_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    uint8_t type = mlt_in(ctx, node, B)->type;
    if (type == MLT_INT32) {
        MLT_TRY(want_divisor(ctx, node, 0));
    } else if (type != MLT_FLOAT32) {
        MLT_TRY(want_divisor(ctx, node, -((const div_quant_t *)node->data)->offset[B]));
    }
    return mlt_binary_eval(ctx, node);
}

// --- FLOOR_DIV and FLOOR_MOD: the quotient rounded down, and the rest that belongs to it.

// The quotient of floats can come out whole though the true one is a little less: a product in
// double, which is exact, tells.
static inline float floor_div_float(float a, float b) {
    float q = a / b, whole = mlt_floorf(q);
    if (q == whole) {
        double back = (double)whole * (double)b;
        whole -= b > 0.0f ? back > (double)a : back < (double)a;
    }
    return whole;
}
MLT_BINARY_RUN(floor_div_float_run, mlt_binary_t, float, float, float, floor_div_float(a, b))

static inline float floor_mod_float(float a, float b) {
    float rest = mlt_fmodf(a, b);
    return rest != 0.0f && (b < 0.0f) != (rest < 0.0f) ? rest + b : rest;
}
MLT_BINARY_RUN(floor_mod_float_run, mlt_binary_t, float, float, float, floor_mod_float(a, b))

// The least number divided by -1 wraps round.
#define FLOOR(name, type)                                                                          \
    static inline type floor_div_##name(type a, type b) {                                          \
        return b == -1 ? (type)(0 - (uint64_t)a)                                                   \
                       : (type)(a / b - (a % b != 0 && (a < 0) != (b < 0)));                       \
    }                                                                                              \
    static inline type floor_mod_##name(type a, type b) {                                          \
        type rest = b == -1 ? 0 : (type)(a % b);                                                   \
        return rest != 0 && (b < 0) != (rest < 0) ? (type)(rest + b) : rest;                       \
    }                                                                                              \
    MLT_BINARY_RUN(floor_div_##name##_run, mlt_binary_t, type, type, type, floor_div_##name(a, b)) \
    MLT_BINARY_RUN(floor_mod_##name##_run, mlt_binary_t, type, type, type, floor_mod_##name(a, b))
FLOOR(i8, int8_t)
FLOOR(i16, int16_t)
FLOOR(i32, int32_t)
FLOOR(i64, int64_t)

enum { FLOOR_TYPES = MLT_T(INT8) | MLT_T(INT16) | MLT_T(INT32) | MLT_T(INT64) };

static mlt_status_t floor_div_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_binary(ctx, node, MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | FLOOR_TYPES));
    switch (mlt_out(ctx, node, 0)->type) {
    case MLT_FLOAT32:
        return mlt_binary_keep(ctx, node, floor_div_float_run);
    case MLT_INT8:
        return mlt_binary_keep(ctx, node, floor_div_i8_run);
    case MLT_INT16:
        return mlt_binary_keep(ctx, node, floor_div_i16_run);
    case MLT_INT32:
        return mlt_binary_keep(ctx, node, floor_div_i32_run);
    default:
        return mlt_binary_keep(ctx, node, floor_div_i64_run);
    }
}

static mlt_status_t floor_mod_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_binary(ctx, node, MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | FLOOR_TYPES));
    switch (mlt_out(ctx, node, 0)->type) {
    case MLT_FLOAT32:
        return mlt_binary_keep(ctx, node, floor_mod_float_run);
    case MLT_INT8:
        return mlt_binary_keep(ctx, node, floor_mod_i8_run);
    case MLT_INT16:
        return mlt_binary_keep(ctx, node, floor_mod_i16_run);
    case MLT_INT32:
        return mlt_binary_keep(ctx, node, floor_mod_i32_run);
    default:
        return mlt_binary_keep(ctx, node, floor_mod_i64_run);
    }
}

static mlt_status_t floor_div_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    MLT_TRY(want_divisor(ctx, node, 0));
    return mlt_binary_eval(ctx, node);
}

// A float rest of a division by zero is NaN.
static mlt_status_t floor_mod_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    if (mlt_in(ctx, node, B)->type != MLT_FLOAT32) {
        MLT_TRY(want_divisor(ctx, node, 0));
    }
    return mlt_binary_eval(ctx, node);
}

MLT_DEFINE_OP(div, DIV, 2, div_prepare, div_eval)
MLT_DEFINE_OP(floor_div, FLOOR_DIV, 2, floor_div_prepare, floor_div_eval)
MLT_DEFINE_OP(floor_mod, FLOOR_MOD, 2, floor_mod_prepare, floor_mod_eval)
