// SPDX-License-Identifier: MIT
// What the model file says of a tensor, and what its types mean.

#include "format.h"

#define MLT_TYPE_NAME(name, value) #name "\0"
static const char type_names[] = MLT_TYPE_MAP(MLT_TYPE_NAME) "?"; // in the order of their numbers
#undef MLT_TYPE_NAME

const char *mlt_string_at(const char *list, unsigned i) {
    for (; i > 0; ++list) {
        i -= !*list;
    }
    return list;
}

const char *mlt_type_name(int type) {
    unsigned i = (unsigned)type;
    return mlt_string_at(type_names, i < MLT_TYPE_COUNT ? i : MLT_TYPE_COUNT);
}

size_t mlt_type_size(mlt_type_t type) {
    static const uint8_t sizes[MLT_TYPE_COUNT] = {
        [MLT_FLOAT32] = 4,
        [MLT_FLOAT16] = 2,
        [MLT_INT32] = 4,
        [MLT_UINT8] = 1,
        [MLT_INT64] = 8,
        [MLT_BOOL] = 1,
        [MLT_INT16] = 2,
        [MLT_COMPLEX64] = 8,
        [MLT_INT8] = 1,
        [MLT_FLOAT64] = 8,
        [MLT_COMPLEX128] = 16,
        [MLT_UINT64] = 8,
        [MLT_UINT32] = 4,
        [MLT_UINT16] = 2,
        [MLT_INT4] = 1,
    };
    return (unsigned)type < MLT_TYPE_COUNT ? sizes[type] : 0;
}

size_t mlt_format_bytes(int type, size_t count) {
    return type == MLT_INT4 ? (count + 1) / 2 : count * mlt_type_size((mlt_type_t)type);
}

size_t mlt_count(const mlt_tensor_t *t) {
    size_t count = 1;
    for (int i = 0; i < t->rank; ++i) {
        count *= (size_t)t->dims[i];
    }
    return count;
}

size_t mlt_bytes(const mlt_tensor_t *t) {
    return mlt_format_bytes(t->type, mlt_count(t));
}

fb_result_t mlt_format_quant(const uint8_t *tensor_table, int32_t slot) {
    const uint8_t *quant = fb_ref(tensor_table, FB_TENSOR_QUANTIZATION);
    return quant ? mlt_fb_vec(quant, slot) : fb_result((fb_vector_t){NULL, 0});
}

int32_t mlt_format_quant_dim(const uint8_t *tensor_table) {
    const uint8_t *quant = fb_ref(tensor_table, FB_TENSOR_QUANTIZATION);
    return quant ? fb_field_i32(quant, FB_QUANTIZATION_PARAMETERS_QUANTIZED_DIMENSION, 0) : 0;
}

static const uint8_t *entry(const uint8_t *tensor_table, int32_t slot, int32_t i, int32_t size) {
    fb_vector_t v = fb_vector(mlt_format_quant(tensor_table, slot));
    uint32_t last = v.count - 1;
    return v.count ? v.data + (size_t)size * ((uint32_t)i < last ? (uint32_t)i : last) : NULL;
}

float mlt_format_scale(const uint8_t *tensor_table, int32_t i) {
    const uint8_t *p = entry(tensor_table, FB_QUANTIZATION_PARAMETERS_SCALE, i, 4);
    float scale = 0.0f;
    if (p) {
        memcpy(&scale, p, sizeof(scale));
    }
    return scale;
}

int32_t mlt_format_zero_point(const uint8_t *tensor_table, int32_t i) {
    const uint8_t *p = entry(tensor_table, FB_QUANTIZATION_PARAMETERS_ZERO_POINT, i, 8);
    if (!p) {
        return 0;
    }
    int32_t low = fb_i32(p), high = fb_i32(p + 4);
    return high == low >> 31 ? low : high >> 31 ^ INT32_MAX;
}
