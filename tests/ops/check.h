// SPDX-License-Identifier: MIT
// Run one test vector and compare. Knows nothing of files, so that it runs on boards too.
#ifndef CHECK_H
#define CHECK_H

#include "microlite.h"
#include "vec.h"

typedef enum check_result { CHECK_PASS, CHECK_FAIL, CHECK_SKIP } check_result_t;

typedef struct check {
    uint8_t *memory; // for arenas and what lies around them; a multiple of 16
    size_t memory_size;
    uint8_t cpu; // mlt_config_t.cpu
    // Tell a memory checker what must not be touched (at first: all of `memory`); may be NULL.
    void (*protect)(uint8_t *p, size_t size, bool forbidden);
    size_t arena;      // out: bytes of arena that the model needs
    char op[48];       // out: the operator that is missing, when the result is CHECK_SKIP
    char text[400];    // out: what was found and what was wanted
    const char *stage; // for the text: which of the runs it was
    mlt_error_t error;
    mlt_model_t *model;
    size_t arena_size; // of the arena in use
} check_t;

check_result_t check_record(check_t *c, const vec_record_t *r);

uint32_t check_crc32(const uint8_t *data, size_t size);

#endif
