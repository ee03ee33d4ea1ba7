// SPDX-License-Identifier: MIT
// Read a FlatBuffer that verify.c has seen.

#include "fb.h"

uint32_t mlt_fb_u32(const uint8_t *p) {
    uint32_t x;
    memcpy(&x, p, sizeof(x));
    return x;
}

const uint8_t *mlt_fb_field(const uint8_t *table, int32_t slot, int32_t width) {
    const uint8_t *vtable = table - fb_i32(table);
    int32_t entry = 4 + 2 * slot;
    if (entry + 2 > fb_u16(vtable)) {
        return NULL;
    }
    int32_t offset = fb_u16(vtable + entry);
    return offset == 0 || offset + width > fb_u16(vtable + 2) ? NULL : table + offset;
}

uint8_t mlt_fb_field_u8(const uint8_t *table, int32_t slot) {
    const uint8_t *p = mlt_fb_field(table, slot, 1);
    return p ? *p : 0;
}

int32_t mlt_fb_field_i32(const uint8_t *table, int32_t slot, int32_t initial) {
    const uint8_t *p = mlt_fb_field(table, slot, 4);
    return p ? fb_i32(p) : initial;
}

const uint8_t *mlt_fb_ref(const uint8_t *table, int32_t slot) {
    const uint8_t *p = mlt_fb_field(table, slot, 4);
    return p ? p + fb_u32(p) : NULL;
}

fb_result_t mlt_fb_vec(const uint8_t *table, int32_t slot) {
    const uint8_t *p = mlt_fb_ref(table, slot);
    return fb_result(p ? (fb_vector_t){p + 4, fb_u32(p)} : (fb_vector_t){NULL, 0});
}
