// SPDX-License-Identifier: MIT
// CAST: numbers of one type to another. Integers lose their upper bits, floats what is behind the
// point and what is out of range (NaN gives 0), COMPLEX64 its imaginary part.
//
// Elements go through a chunk of one of three kinds: words of 32 bits, long words of 64, floats.

#include "words.h"
#include "unary.h"

#include <string.h>

typedef enum { WORD, LONG, REAL } kind_t;

typedef union chunk {
    int32_t word[MLT_CHUNK];
    int64_t wide[MLT_CHUNK];
    float real[MLT_CHUNK];
} chunk_t;

static kind_t kind_of(int type) {
    switch (type) {
    case MLT_INT64:
        return LONG;
    case MLT_FLOAT16:
    case MLT_FLOAT32:
    case MLT_COMPLEX64:
        return REAL;
    default:
        return WORD;
    }
}

static void load(const mlt_tensor_t *x, int32_t at, chunk_t *c, int32_t n) {
    switch (x->type) {
    case MLT_FLOAT16:
        for (int32_t i = 0; i < n; ++i) {
            c->real[i] = mlt_half_to_float(((const uint16_t *)x->data)[at + i]);
        }
        break;
    case MLT_COMPLEX64:
        for (int32_t i = 0; i < n; ++i) {
            c->real[i] = ((const float *)x->data)[(size_t)2 * (size_t)(at + i)];
        }
        break;
    case MLT_INT64:
        memcpy(c->wide, (const int64_t *)x->data + at, (size_t)n * sizeof(*c->wide));
        break;
    default: // FLOAT32 too: 32 bits are 32 bits
        mlt_load_words(x->data, x->type, at, c->word, n);
        break;
    }
}

static void store(const mlt_tensor_t *y, int32_t at, const chunk_t *c, int32_t n) {
    switch (y->type) {
    case MLT_FLOAT16:
        for (int32_t i = 0; i < n; ++i) {
            ((uint16_t *)y->data)[at + i] = mlt_float_to_half(c->real[i]);
        }
        break;
    case MLT_COMPLEX64:
        for (int32_t i = 0; i < n; ++i) {
            ((float *)y->data)[(size_t)2 * (size_t)(at + i)] = c->real[i];
            ((float *)y->data)[(size_t)2 * (size_t)(at + i) + 1] = 0.0f;
        }
        break;
    case MLT_INT64:
        memcpy((int64_t *)y->data + at, c->wide, (size_t)n * sizeof(*c->wide));
        break;
    default:
        mlt_store_words(y->data, y->type, at, c->word, n);
        break;
    }
}

// Towards zero; the bits are those of the type.
static int32_t real_to_word(float x, int type) {
    if (type == MLT_BOOL) {
        return x != 0.0f;
    }
    uint32_t most = type == MLT_UINT32 ? UINT32_MAX : (uint32_t)mlt_type_max(type);
    if (!(x > (float)mlt_type_min(type))) {
        return x != x ? 0 : mlt_type_min(type);
    }
    if (x >= (float)most) {
        return (int32_t)most;
    }
    return type == MLT_UINT32 ? (int32_t)(uint32_t)x : (int32_t)x;
}

static int64_t real_to_long(float x) {
    if (!(x > -0x1p63f)) {
        return x != x ? 0 : INT64_MIN;
    }
    return x >= 0x1p63f ? INT64_MAX : (int64_t)x;
}

// In place. Long words take the room of two, so that they are made from the last one on.
static void convert(chunk_t *c, int32_t n, int from, int to) {
    kind_t kind = kind_of(to);
    switch (kind_of(from)) {
    case WORD:
        for (int32_t i = n - 1; i >= 0; --i) {
            int32_t word = c->word[i];
            int64_t wide = from == MLT_UINT32 ? (int64_t)(uint32_t)word : word;
            if (kind == LONG) {
                c->wide[i] = wide;
            } else if (kind == REAL) {
                c->real[i] = from == MLT_UINT32 ? (float)(uint32_t)word : (float)word;
            } else {
                c->word[i] = to == MLT_BOOL ? word != 0 : word;
            }
        }
        break;
    case LONG:
        for (int32_t i = 0; i < n; ++i) {
            int64_t wide = c->wide[i];
            if (kind == REAL) {
                c->real[i] = (float)wide;
            } else if (kind == WORD) {
                c->word[i] = to == MLT_BOOL ? wide != 0 : (int32_t)(uint32_t)(uint64_t)wide;
            }
        }
        break;
    default:
        for (int32_t i = n - 1; i >= 0; --i) {
            float real = c->real[i];
            if (kind == LONG) {
                c->wide[i] = real_to_long(real);
            } else if (kind == WORD) {
                c->word[i] = real_to_word(real, to);
            }
        }
        break;
    }
}

static mlt_status_t cast_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    uint32_t types = MLT_T(FLOAT32) | MLT_T(FLOAT16) | MLT_T(INT8) | MLT_T(UINT8) | MLT_T(INT16) |
                     MLT_T(UINT16) | MLT_T(INT32) | MLT_T(UINT32) | MLT_T(INT64) | MLT_T(BOOL) |
                     MLT_T(COMPLEX64);
    MLT_TRY(mlt_want_unary(ctx, node, types | MLT_T(INT4)));
    return mlt_want_type(ctx, node, MLT_OUT(0), types);
}

static mlt_status_t cast_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    int32_t count = mlt_elements(x);
    chunk_t c;
    for (int32_t at = 0; at < count; at += MLT_CHUNK) {
        int32_t n = mlt_min(MLT_CHUNK, count - at);
        load(x, at, &c, n);
        convert(&c, n, x->type, y->type);
        store(y, at, &c, n);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(cast, CAST, 1, cast_prepare, cast_eval)
