// SPDX-License-Identifier: MIT
// BITWISE_XOR and RIGHT_SHIFT (of signed numbers: rounding down), with broadcasting.

#include "broadcast.h"

#define INTEGERS                                                                                   \
    (MLT_T(INT8) | MLT_T(UINT8) | MLT_T(INT16) | MLT_T(UINT16) | MLT_T(INT32) | MLT_T(UINT32))

MLT_BINARY_RUN(xor_8, mlt_binary_t, uint8_t, uint8_t, uint8_t, a ^ b)
MLT_BINARY_RUN(xor_16, mlt_binary_t, uint16_t, uint16_t, uint16_t, a ^ b)
MLT_BINARY_RUN(xor_32, mlt_binary_t, uint32_t, uint32_t, uint32_t, a ^ b)

// Less than nothing is no shift, and at most all bits but one go.
static inline int32_t bits_of(int64_t shift, int32_t width) {
    return shift < 0 ? 0 : shift < width ? (int32_t)shift : width - 1;
}

// a / 2^shift, rounded down; a right shift of a negative number is not defined by the language.
static inline int32_t shifted(int32_t a, int32_t shift) {
    return a < 0 ? ~(int32_t)(~(uint32_t)a >> shift) : (int32_t)((uint32_t)a >> shift);
}

MLT_BINARY_RUN(shift_i8, mlt_binary_t, int8_t, int8_t, int8_t, shifted(a, bits_of(b, 8)))
MLT_BINARY_RUN(shift_i16, mlt_binary_t, int16_t, int16_t, int16_t, shifted(a, bits_of(b, 16)))
MLT_BINARY_RUN(shift_i32, mlt_binary_t, int32_t, int32_t, int32_t, shifted(a, bits_of(b, 32)))
MLT_BINARY_RUN(shift_u8, mlt_binary_t, uint8_t, uint8_t, uint8_t, a >> bits_of(b, 8))
MLT_BINARY_RUN(shift_u16, mlt_binary_t, uint16_t, uint16_t, uint16_t, a >> bits_of(b, 16))
MLT_BINARY_RUN(shift_u32, mlt_binary_t, uint32_t, uint32_t, uint32_t, a >> bits_of(b, 32))

static mlt_status_t bitwise_xor_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_binary(ctx, node, INTEGERS));
    size_t size = mlt_type_size((mlt_type_t)mlt_out(ctx, node, 0)->type);
    return mlt_binary_keep(ctx, node, size == 1 ? xor_8 : size == 2 ? xor_16 : xor_32);
}

static mlt_run_fn *shift_of(int type) {
    switch (type) {
    case MLT_INT8:
        return shift_i8;
    case MLT_UINT8:
        return shift_u8;
    case MLT_INT16:
        return shift_i16;
    case MLT_UINT16:
        return shift_u16;
    case MLT_INT32:
        return shift_i32;
    default:
        return shift_u32;
    }
}

static mlt_status_t right_shift_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_binary(ctx, node, INTEGERS));
    return mlt_binary_keep(ctx, node, shift_of(mlt_out(ctx, node, 0)->type));
}

MLT_DEFINE_OP(bitwise_xor, BITWISE_XOR, 2, bitwise_xor_prepare, mlt_binary_eval)
MLT_DEFINE_OP(right_shift, RIGHT_SHIFT, 2, right_shift_prepare, mlt_binary_eval)
