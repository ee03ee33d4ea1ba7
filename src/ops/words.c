// SPDX-License-Identifier: MIT
// Elements of the types that fit in 32 bits, to and from 32-bit words.

#include "words.h"

#include <string.h>

#include "microlite.h"

#define LOAD(type)                                                                                 \
    do {                                                                                           \
        const type *from = (const type *)x + at;                                                   \
        for (int32_t i = 0; i < n; ++i) {                                                          \
            words[i] = from[i];                                                                    \
        }                                                                                          \
    } while (0)

void mlt_load_words(const void *x, int type, int32_t at, int32_t *words, int32_t n) {
    switch (type) {
    case MLT_INT4:
        for (int32_t i = 0; i < n; ++i) {
            uint32_t pair = ((const uint8_t *)x)[(at + i) >> 1];
            words[i] = (int32_t)((pair >> ((at + i) & 1) * 4 & 15) ^ 8) - 8;
        }
        break;
    case MLT_INT8:
        LOAD(int8_t);
        break;
    case MLT_BOOL:
    case MLT_UINT8:
        LOAD(uint8_t);
        break;
    case MLT_INT16:
        LOAD(int16_t);
        break;
    case MLT_UINT16:
        LOAD(uint16_t);
        break;
    default:
        memcpy(words, (const int32_t *)x + at, (size_t)n * sizeof(*words));
        break;
    }
}

#define STORE(type)                                                                                \
    do {                                                                                           \
        type *to = (type *)y + at;                                                                 \
        for (int32_t i = 0; i < n; ++i) {                                                          \
            to[i] = (type)words[i];                                                                \
        }                                                                                          \
    } while (0)

void mlt_store_words(void *y, int type, int32_t at, const int32_t *words, int32_t n) {
    switch (type) {
    case MLT_BOOL:
    case MLT_INT8:
    case MLT_UINT8:
        STORE(uint8_t);
        break;
    case MLT_INT16:
    case MLT_UINT16:
        STORE(uint16_t);
        break;
    default:
        memcpy((int32_t *)y + at, words, (size_t)n * sizeof(*words));
        break;
    }
}
