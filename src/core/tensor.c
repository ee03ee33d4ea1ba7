// SPDX-License-Identifier: MIT
// Tensors from the outside: which there are, what they are called, their values as float.

#include <string.h>

#include "../quant.h"
#include "model.h"

size_t mlt_arena_used(const mlt_model_t *m) {
    return m->arena.skipped + m->arena.need;
}

size_t mlt_input_count(const mlt_model_t *m) {
    return m->subgraphs[0].input_count;
}

size_t mlt_output_count(const mlt_model_t *m) {
    return m->subgraphs[0].output_count;
}

size_t mlt_tensor_count(const mlt_model_t *m) {
    return m->subgraphs[0].tensor_count;
}

mlt_tensor_t *mlt_input(mlt_model_t *m, size_t i) {
    const mlt_subgraph_t *s = &m->subgraphs[0];
    return i < s->input_count ? &s->tensors[s->inputs[i]] : NULL;
}

const mlt_tensor_t *mlt_output(const mlt_model_t *m, size_t i) {
    const mlt_subgraph_t *s = &m->subgraphs[0];
    return i < s->output_count ? &s->tensors[s->outputs[i]] : NULL;
}

const mlt_tensor_t *mlt_tensor(const mlt_model_t *m, size_t i) {
    const mlt_subgraph_t *s = &m->subgraphs[0];
    return i < s->tensor_count ? &s->tensors[i] : NULL;
}

const char *mlt_name(const mlt_model_t *m, const mlt_tensor_t *t, size_t *length) {
    fb_vector_t name = fb_vec(mlt_tensor_table(m, t), FB_TENSOR_NAME);
    *length = name.count;
    return name.data ? (const char *)name.data : "";
}

mlt_quant_t mlt_quant(const mlt_model_t *m, const mlt_tensor_t *t) {
    const uint8_t *table = mlt_tensor_table(m, t);
    return (mlt_quant_t){mlt_format_scale(table, 0), mlt_format_zero_point(table, 0)};
}

// --- Values as float.

static float half_to_float(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t exponent = half >> 10 & 31, fraction = half & 0x3ffu;
    uint32_t bits;
    if (exponent == 0) { // zero or subnormal: fraction * 2^-24
        float x = (float)fraction * 5.9604644775390625e-08f;
        return sign ? -x : x;
    }
    bits = exponent == 31 ? 0x7f800000u : (exponent + 112) << 23;
    bits |= sign | fraction << 13;
    float x;
    memcpy(&x, &bits, sizeof(x));
    return x;
}

// The stored number at element i, not yet scaled.
static mlt_status_t stored(const mlt_tensor_t *t, size_t i, float *x) {
    const uint8_t *p = t->data;
    switch (t->type) {
    case MLT_FLOAT32:
        memcpy(x, p + 4 * i, sizeof(*x));
        return MLT_OK;
    case MLT_FLOAT16:
        *x = half_to_float(fb_u16(p + 2 * i));
        return MLT_OK;
    case MLT_INT8:
        *x = (float)(int8_t)p[i];
        return MLT_OK;
    case MLT_UINT8:
    case MLT_BOOL:
        *x = (float)p[i];
        return MLT_OK;
    case MLT_INT16:
        *x = (float)(int16_t)fb_u16(p + 2 * i);
        return MLT_OK;
    case MLT_UINT16:
        *x = (float)fb_u16(p + 2 * i);
        return MLT_OK;
    case MLT_INT32:
        *x = (float)fb_i32(p + 4 * i);
        return MLT_OK;
    case MLT_UINT32:
        *x = (float)fb_u32(p + 4 * i);
        return MLT_OK;
    case MLT_INT64: {
        int64_t value;
        memcpy(&value, p + 8 * i, sizeof(value));
        *x = (float)value;
        return MLT_OK;
    }
    default:
        return MLT_ERR_TYPE;
    }
}

mlt_status_t mlt_read(const mlt_model_t *m, const mlt_tensor_t *t, float *dst, size_t count) {
    if (count != mlt_count(t)) {
        return MLT_ERR_SHAPE;
    }
    mlt_quant_t q = mlt_quant(m, t);
    bool scaled = q.scale > 0.0f && t->type != MLT_FLOAT32 && t->type != MLT_FLOAT16;
    for (size_t i = 0; i < count; ++i) {
        float x;
        MLT_TRY(stored(t, i, &x));
        dst[i] = scaled ? (x - (float)q.zero_point) * q.scale : x;
    }
    return MLT_OK;
}

mlt_status_t mlt_write(mlt_model_t *m, mlt_tensor_t *t, const float *src, size_t count) {
    if (t->flags & MLT_TENSOR_CONST) {
        return MLT_ERR_STATE;
    }
    if (count != mlt_count(t)) {
        return MLT_ERR_SHAPE;
    }
    size_t size = mlt_type_size((mlt_type_t)t->type);
    mlt_quant_t q = mlt_quant(m, t);
    if (q.scale <= 0.0f) {
        q = (mlt_quant_t){1.0f, 0};
    }
    int32_t lo = mlt_type_min(t->type), hi = mlt_type_max(t->type);
    for (size_t i = 0; i < count; ++i) {
        uint8_t *p = (uint8_t *)t->data + size * i;
        switch (t->type) {
        case MLT_FLOAT32:
            memcpy(p, &src[i], sizeof(src[i]));
            break;
        case MLT_BOOL:
            *p = src[i] != 0.0f;
            break;
        case MLT_INT8:
        case MLT_UINT8:
        case MLT_INT16:
        case MLT_UINT16:
        case MLT_INT32: {
            int32_t value = mlt_clamp(mlt_quantize(src[i], q.scale, q.zero_point), lo, hi);
            memcpy(p, &value, size); // little endian: the low bytes
            break;
        }
        case MLT_UINT32:
        case MLT_INT64: {
            int64_t value = mlt_round((double)src[i]);
            memcpy(p, &value, size);
            break;
        }
        default:
            return MLT_ERR_TYPE;
        }
    }
    return MLT_OK;
}
