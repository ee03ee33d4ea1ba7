// SPDX-License-Identifier: MIT
// A tensor's numbers as float, and floats as a tensor stores them.

#include <string.h>

#include "../config.h"
#include "../fb.h"
#include "../quant.h"
#include "microlite_op.h"

#if MLT_WITH_WIDE

// Between float and int64 without the compiler's help: its helpers bring the arithmetic of doubles
// with them on CPUs that have none.

// The nearest whole number, halves away from zero; the ends of int64 for what lies beyond, 0 for
// NaN.
static int64_t whole(float x) {
    if (!(x > -0x1p63f && x < 0x1p63f)) {
        return x != x ? 0 : x < 0.0f ? INT64_MIN : INT64_MAX;
    }
    uint32_t bits;
    memcpy(&bits, &x, sizeof(bits));
    int32_t exponent = (int32_t)(bits >> 23 & 0xff) - 150;
    int64_t size = (int64_t)(bits & 0x7fffff) | 1 << 23; // times 2^exponent
    if (exponent >= 0) {
        size <<= exponent;
    } else {
        size = exponent < -24 ? 0 : (size + (INT64_C(1) << (-exponent - 1))) >> -exponent;
    }
    return x < 0.0f ? -size : size;
}

// The nearest float, halves to even: the last bit of 32 notes that there are more.
static float float_of(int64_t x) {
    uint64_t size = x < 0 ? 0 - (uint64_t)x : (uint64_t)x;
    float unit = x < 0 ? -1.0f : 1.0f;
    for (; size >> 32; size = size >> 1 | (size & 1)) {
        unit *= 2.0f;
    }
    return (float)(uint32_t)size * unit;
}

typedef int64_t stored_t;

#else
typedef int32_t stored_t;
#endif

static mlt_status_t encode(mlt_type_t type, mlt_quant_t q, uint8_t *p, size_t size, float x) {
    stored_t value;
    switch (type) {
    case MLT_FLOAT32:
        memcpy(&value, &x, sizeof(x));
        break;
    case MLT_FLOAT16:
        if (!MLT_WITH_FLOAT) {
            return MLT_ERR_TYPE;
        }
        value = mlt_float_to_half(x);
        break;
    case MLT_BOOL:
        value = x != 0.0f;
        break;
    case MLT_INT8:
    case MLT_UINT8:
    case MLT_INT16:
    case MLT_UINT16:
        value = mlt_type_min(type); // that of NaN
        if (x == x) {
            int32_t nearest = mlt_quantize(x, q.scale, q.zero_point);
            value = mlt_clamp(nearest, (int32_t)value, mlt_type_max(type));
        }
        break;
#if MLT_WITH_WIDE
    case MLT_INT32:
        value = mlt_quantize(x, q.scale, q.zero_point);
        break;
    case MLT_UINT32:
        value = mlt_clamp64(whole(x), 0, UINT32_MAX);
        break;
    case MLT_INT64:
        value = whole(x);
        break;
#endif
    default:
        return MLT_ERR_TYPE;
    }
    memcpy(p, &value, size); // little endian: the low bytes
    return MLT_OK;
}

mlt_status_t mlt_encode(mlt_type_t type, mlt_quant_t q, void *dst, const float *src, size_t count) {
    if (!(q.scale > 0.0f)) {
        q = (mlt_quant_t){1.0f, 0};
    }
    size_t size = mlt_type_size(type);
    uint8_t *p = dst;
    for (const float *end = src + count; src < end; p += size) {
        MLT_TRY(encode(type, q, p, size, *src++));
    }
    return MLT_OK;
}

static mlt_status_t decode(mlt_type_t type, mlt_quant_t q, const uint8_t *p, float *y) {
    float x;
    switch (type) {
    case MLT_FLOAT32:
        memcpy(y, p, sizeof(*y));
        return MLT_OK;
    case MLT_FLOAT16:
        if (!MLT_WITH_FLOAT) {
            return MLT_ERR_TYPE;
        }
        *y = mlt_half_to_float(fb_u16(p));
        return MLT_OK;
    case MLT_INT8:
        x = (float)(int8_t)*p;
        break;
    case MLT_UINT8:
    case MLT_BOOL:
        x = (float)*p;
        break;
    case MLT_INT16:
        x = (float)(int16_t)fb_u16(p);
        break;
    case MLT_UINT16:
        x = (float)fb_u16(p);
        break;
    case MLT_INT32:
        x = (float)fb_i32(p);
        break;
#if MLT_WITH_WIDE
    case MLT_UINT32:
        x = (float)fb_u32(p);
        break;
    case MLT_INT64: {
        int64_t wide;
        memcpy(&wide, p, sizeof(wide));
        x = float_of(wide);
        break;
    }
#endif
    default:
        return MLT_ERR_TYPE;
    }
    *y = q.scale > 0.0f ? (x - (float)q.zero_point) * q.scale : x;
    return MLT_OK;
}

mlt_status_t mlt_decode(mlt_type_t type, mlt_quant_t q, float *dst, const void *src, size_t count) {
    size_t size = mlt_type_size(type);
    const uint8_t *p = src;
    for (const float *end = dst + count; dst < end; p += size) {
        MLT_TRY(decode(type, q, p, dst++));
    }
    return MLT_OK;
}

mlt_status_t mlt_write(mlt_model_t *m, mlt_tensor_t *t, const float *src, size_t count) {
    if (mlt_is_const(t)) {
        return MLT_ERR_STATE;
    }
    if (count != mlt_count(t)) {
        return MLT_ERR_SHAPE;
    }
    return mlt_encode((mlt_type_t)t->type, mlt_quant(m, t), t->data, src, count);
}

mlt_status_t mlt_read(const mlt_model_t *m, const mlt_tensor_t *t, float *dst, size_t count) {
    if (count != mlt_count(t)) {
        return MLT_ERR_SHAPE;
    }
    return mlt_decode((mlt_type_t)t->type, mlt_quant(m, t), dst, t->data, count);
}
