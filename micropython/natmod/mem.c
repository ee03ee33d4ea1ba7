// SPDX-License-Identifier: MIT
// The functions of <string.h> that the engine uses, or that gcc calls on its own account.

#include "py/dynruntime.h"

#ifndef MLT_FUN_TABLE // where fun_table.S has them
void *memcpy(void *dst, const void *src, size_t size) {
    return mp_fun_table.memmove_(dst, src, size);
}

void *memmove(void *dst, const void *src, size_t size) {
    return mp_fun_table.memmove_(dst, src, size);
}

void *memset(void *dst, int value, size_t size) {
    return mp_fun_table.memset_(dst, value, size);
}
#endif

int memcmp(const void *a, const void *b, size_t size) {
    const uint8_t *x = a, *y = b;
    for (size_t i = 0; i < size; ++i) {
        if (x[i] != y[i]) {
            return x[i] - y[i];
        }
    }
    return 0;
}

size_t strlen(const char *text) {
    const char *end = text;
    while (*end) {
        ++end;
    }
    return (size_t)(end - text);
}
