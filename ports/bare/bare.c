// SPDX-License-Identifier: MIT
// What all programs without an operating system share.

#include "bare.h"

extern uint32_t data_start[], data_end[], data_load[], bss_start[];

void bare_start(void) {
    for (uint32_t *to = data_start, *from = data_load; to < data_end; ++to, ++from) {
        *to = *from;
    }
    for (uint32_t *to = bss_start; to < (uint32_t *)bss_end; ++to) {
        *to = 0;
    }
    bare_exit(main());
}

void bare_print_bytes(const char *name, const uint8_t *data, size_t size) {
    char hex[3] = "";
    bare_print(name);
    bare_print(" ");
    for (size_t i = 0; i < size; ++i) {
        hex[0] = "0123456789abcdef"[data[i] >> 4];
        hex[1] = "0123456789abcdef"[data[i] & 15];
        bare_print(hex);
    }
    bare_print("\n");
}
