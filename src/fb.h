// SPDX-License-Identifier: MIT
// Read a FlatBuffer that verify.c has seen. A field that would reach past the end of its table
// reads as absent, whatever kind of table a broken model put there.
//
// What takes more than a few instructions is a call: fields are read in a hundred places, and none
// of them is in a loop over elements.
#ifndef MLT_FB_H
#define MLT_FB_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct fb_vector {
    const uint8_t *data; // first element, NULL when the vector is absent
    uint32_t count;
} fb_vector_t;

// A vector as functions give it back: a struct of two words would go through memory on Arm, a
// number of 64 bits comes in two registers.
#if UINTPTR_MAX == UINT32_MAX
typedef uint64_t fb_result_t;

static inline fb_result_t fb_result(fb_vector_t v) {
    return (uint64_t)v.count << 32 | (uintptr_t)v.data;
}

static inline __attribute__((always_inline)) fb_vector_t fb_vector(fb_result_t r) {
    return (fb_vector_t){(const uint8_t *)(uintptr_t)(uint32_t)r, (uint32_t)(r >> 32)};
}
#else
typedef fb_vector_t fb_result_t;

static inline fb_result_t fb_result(fb_vector_t v) {
    return v;
}

static inline __attribute__((always_inline)) fb_vector_t fb_vector(fb_result_t r) {
    return r;
}
#endif

// Little-endian loads at any alignment.
static inline uint16_t fb_u16(const uint8_t *p) {
    uint16_t x;
    memcpy(&x, p, sizeof(x));
    return x;
}

uint32_t mlt_fb_u32(const uint8_t *p);

// One load where the machine may load from any address.
static inline uint32_t fb_u32(const uint8_t *p) {
#if defined(__ARM_FEATURE_UNALIGNED) || defined(__x86_64__) || defined(__i386__)
    uint32_t x;
    memcpy(&x, p, sizeof(x)); // NOLINT(clang-analyzer-core.NonNullParamChecker): verified
    return x;
#else
    return mlt_fb_u32(p);
#endif
}

static inline int32_t fb_i32(const uint8_t *p) {
    return (int32_t)fb_u32(p);
}

const uint8_t *mlt_fb_field(const uint8_t *table, int32_t slot, int32_t width);
uint8_t mlt_fb_field_u8(const uint8_t *table, int32_t slot);
int32_t mlt_fb_field_i32(const uint8_t *table, int32_t slot, int32_t initial);
const uint8_t *mlt_fb_ref(const uint8_t *table, int32_t slot);
fb_result_t mlt_fb_vec(const uint8_t *table, int32_t slot);

// A field of `width` bytes; NULL when absent: its value is then the schema's default.
static inline const uint8_t *fb_field(const uint8_t *table, int32_t slot, int32_t width) {
    return mlt_fb_field(table, slot, width);
}

static inline int32_t fb_field_i32(const uint8_t *table, int32_t slot, int32_t initial) {
    return mlt_fb_field_i32(table, slot, initial);
}

static inline uint8_t fb_field_u8(const uint8_t *table, int32_t slot) {
    return mlt_fb_field_u8(table, slot);
}

// The table or vector that a reference field points to; NULL when absent.
static inline const uint8_t *fb_ref(const uint8_t *table, int32_t slot) {
    return mlt_fb_ref(table, slot);
}

static inline __attribute__((always_inline)) fb_vector_t fb_vec(
    const uint8_t *table, int32_t slot) {
    return fb_vector(mlt_fb_vec(table, slot));
}

// Element i of a vector of references.
static inline const uint8_t *fb_item(fb_vector_t v, uint32_t i) {
    const uint8_t *p = v.data + (size_t)4 * i;
    return p + fb_u32(p);
}

#endif
