// SPDX-License-Identifier: MIT
// One block of memory, used from both ends: what stays grows up from the start, what is only
// needed while a model is opened grows down from the end. The planned tensors follow what stays.
//
//     | kept ->        | planned tensors        |   unused   |
//     | kept ->                      <- temporaries of open |
#ifndef MLT_ARENA_H
#define MLT_ARENA_H

#include <stddef.h>
#include <stdint.h>

typedef struct mlt_arena {
    uint8_t *base;   // 16-byte aligned
    uint32_t size;   // what lies beyond MLT_ARENA_MOST is not used
    uint32_t kept;   // bytes in use from base
    uint32_t temp;   // bytes in use from the end
    uint32_t need;   // most bytes ever asked for
    uint8_t skipped; // bytes in front of base that alignment cost
} mlt_arena_t;

enum { MLT_ARENA_ALIGN = 16, MLT_KEPT_ALIGN = 8, MLT_ARENA_MOST = 1 << 30 };

void mlt_arena_init(mlt_arena_t *a, void *memory, size_t size);

// Zeroed memory, 8-byte aligned; NULL when the arena is full (a->need then says how much would
// have been needed so far).
void *mlt_arena_keep(mlt_arena_t *a, size_t bytes);
void *mlt_arena_temp(mlt_arena_t *a, size_t bytes);

// Give back temporaries: a mark is a->temp of an earlier moment.
static inline void mlt_arena_release(mlt_arena_t *a, uint32_t mark) {
    a->temp = mark;
}

// Take `bytes` behind what is kept, 16-byte aligned; NULL when they do not fit.
void *mlt_arena_place(mlt_arena_t *a, uint32_t bytes);

#endif
