// SPDX-License-Identifier: MIT
// The three functions that gcc calls on its own account, from the firmware's function table.

#include "py/dynruntime.h"

void *memcpy(void *dst, const void *src, size_t size) {
    return mp_fun_table.memmove_(dst, src, size);
}

void *memmove(void *dst, const void *src, size_t size) {
    return mp_fun_table.memmove_(dst, src, size);
}

void *memset(void *dst, int value, size_t size) {
    return mp_fun_table.memset_(dst, value, size);
}
