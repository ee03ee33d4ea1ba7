// SPDX-License-Identifier: MIT
// Walk over the records of a container of test vectors in memory. tests/gen/vec.py writes it and
// says what the bytes mean.
#ifndef VEC_H
#define VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { VEC_CHECKSUM, VEC_DATA, VEC_ANYTHING, VEC_WITHIN };

// What an input was, or what an output has to be.
typedef struct vec_blob {
    uint32_t bytes;
    uint16_t type;   // mlt_type_t
    uint16_t stored; // VEC_...: compare with the checksum, with the data, not at all, within atol
    int32_t tensor;  // index in the main subgraph, for inner tensors
    uint32_t crc;
    float atol;          // VEC_WITHIN: how much floats may differ
    const uint8_t *data; // NULL: not stored
} vec_blob_t;

typedef struct vec_record {
    const char *name, *op, *variant;
    const char *status, *message; // "OK", or the error that has to come out
    const uint8_t *model;
    uint32_t model_size;
    float atol, rtol;
    uint32_t quanta;
    uint16_t invokes, inputs, outputs, inner;
    const uint8_t *blobs;
} vec_record_t;

static inline uint32_t vec_u32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint16_t vec_u16(const uint8_t *p) {
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline float vec_f32(const uint8_t *p) {
    float f;
    uint32_t u = vec_u32(p);
    memcpy(&f, &u, sizeof(f));
    return f;
}

// The number of records; *at becomes the first one. Negative: not a container.
static inline int32_t vec_open(const uint8_t *data, size_t size, const uint8_t **at) {
    if (size < 16 || memcmp(data, "MLTV", 4) != 0 || vec_u32(data + 4) != 1) {
        return -1;
    }
    *at = data + 16;
    return (int32_t)vec_u32(data + 8);
}

// Read the record at `at` and give back the next one.
static inline const uint8_t *vec_record(const uint8_t *at, vec_record_t *r) {
    const char **texts[] = {&r->name, &r->op, &r->variant, &r->status, &r->message};
    const char *text = (const char *)at + 48;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); ++i) {
        *texts[i] = text;
        text += strlen(text) + 1;
    }
    r->model = at + 48 + vec_u32(at + 4);
    r->model_size = vec_u32(at + 8);
    r->atol = vec_f32(at + 12);
    r->rtol = vec_f32(at + 16);
    r->quanta = vec_u32(at + 20);
    r->invokes = vec_u16(at + 24);
    r->inputs = vec_u16(at + 26);
    r->outputs = vec_u16(at + 28);
    r->inner = vec_u16(at + 30);
    r->blobs = r->model + (r->model_size + 15) / 16 * 16;
    return at + vec_u32(at);
}

// Read the blob at `at` and give back the next one.
static inline const uint8_t *vec_blob(const uint8_t *at, vec_blob_t *b) {
    b->bytes = vec_u32(at);
    b->type = vec_u16(at + 4);
    b->stored = vec_u16(at + 6);
    b->tensor = (int32_t)vec_u32(at + 8);
    b->crc = vec_u32(at + 12);
    b->atol = vec_f32(at + 12);
    bool there = b->stored == VEC_DATA || b->stored == VEC_WITHIN;
    b->data = there ? at + 16 : NULL;
    return at + 16 + (there ? (b->bytes + 15) / 16 * 16 : 0);
}

#endif
