// SPDX-License-Identifier: MIT
// Read a FlatBuffer that verify.c has seen. A field that would reach past the end of its table
// reads as absent, whatever kind of table a broken model put there.
#ifndef MLT_FB_H
#define MLT_FB_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct fb_vector {
    const uint8_t *data; // first element, NULL when the vector is absent
    uint32_t count;
} fb_vector_t;

// Little-endian loads at any alignment.
static inline uint16_t fb_u16(const uint8_t *p) {
    uint16_t x;
    memcpy(&x, p, sizeof(x));
    return x;
}

static inline uint32_t fb_u32(const uint8_t *p) {
    uint32_t x;
    memcpy(&x, p, sizeof(x)); // NOLINT(clang-analyzer-core.NonNullParamChecker): verified
    return x;
}

static inline int32_t fb_i32(const uint8_t *p) {
    return (int32_t)fb_u32(p);
}

// A field of `width` bytes; NULL when absent: its value is then the schema's default.
static inline const uint8_t *fb_field(const uint8_t *table, int32_t slot, int32_t width) {
    const uint8_t *vtable = table - fb_i32(table);
    int32_t entry = 4 + 2 * slot;
    if (entry + 2 > fb_u16(vtable)) {
        return NULL;
    }
    int32_t offset = fb_u16(vtable + entry);
    return offset == 0 || offset + width > fb_u16(vtable + 2) ? NULL : table + offset;
}

static inline int32_t fb_field_i32(const uint8_t *table, int32_t slot, int32_t initial) {
    const uint8_t *p = fb_field(table, slot, 4);
    return p ? fb_i32(p) : initial;
}

static inline uint8_t fb_field_u8(const uint8_t *table, int32_t slot) {
    const uint8_t *p = fb_field(table, slot, 1);
    return p ? *p : 0;
}

// The table or vector that a reference field points to; NULL when absent.
static inline const uint8_t *fb_ref(const uint8_t *table, int32_t slot) {
    const uint8_t *p = fb_field(table, slot, 4);
    return p ? p + fb_u32(p) : NULL;
}

static inline fb_vector_t fb_vec(const uint8_t *table, int32_t slot) {
    const uint8_t *p = fb_ref(table, slot);
    return p ? (fb_vector_t){p + 4, fb_u32(p)} : (fb_vector_t){NULL, 0};
}

// Element i of a vector of references.
static inline const uint8_t *fb_item(fb_vector_t v, uint32_t i) {
    const uint8_t *p = v.data + (size_t)4 * i;
    return p + fb_u32(p);
}

#endif
