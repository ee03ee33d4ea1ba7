// SPDX-License-Identifier: MIT
// One block of memory, used from both ends.

#include "arena.h"

#include <string.h>

static size_t align_up(size_t x, size_t n) {
    return (x + n - 1) & ~(n - 1);
}

void mlt_arena_init(mlt_arena_t *a, void *memory, size_t size) {
    size_t skipped = (size_t)(-(uintptr_t)memory & (MLT_ARENA_ALIGN - 1));
    if (skipped > size) {
        skipped = size;
    }
    size = (size - skipped) & ~(size_t)(MLT_KEPT_ALIGN - 1);
    *a = (mlt_arena_t){
        .base = (uint8_t *)memory + skipped,
        .size = size < MLT_ARENA_MOST ? (uint32_t)size : MLT_ARENA_MOST,
        .skipped = (uint8_t)skipped,
    };
}

// Note that `bytes`, rounded up, are wanted on top of what is in use. Gives the rounded number,
// UINT32_MAX when there is no room.
static uint32_t reserve(mlt_arena_t *a, size_t bytes) {
    uint32_t rounded =
        bytes < MLT_ARENA_MOST ? (uint32_t)align_up(bytes, MLT_KEPT_ALIGN) : MLT_ARENA_MOST;
    uint32_t wanted = a->kept + a->temp + rounded; // at most twice MLT_ARENA_MOST
    if (wanted > a->need) {
        a->need = wanted;
    }
    return wanted <= a->size ? rounded : UINT32_MAX;
}

void *mlt_arena_keep(mlt_arena_t *a, size_t bytes) {
    uint32_t size = reserve(a, bytes);
    if (size == UINT32_MAX) {
        return NULL;
    }
    uint8_t *p = a->base + a->kept;
    a->kept += size;
    return memset(p, 0, size);
}

void *mlt_arena_temp(mlt_arena_t *a, size_t bytes) {
    uint32_t size = reserve(a, bytes);
    if (size == UINT32_MAX) {
        return NULL;
    }
    a->temp += size;
    return memset(a->base + a->size - a->temp, 0, size);
}

void mlt_arena_release(mlt_arena_t *a, uint32_t mark) {
    a->temp = mark;
}

void *mlt_arena_place(mlt_arena_t *a, uint32_t bytes) {
    uint32_t start = (uint32_t)align_up(a->kept, MLT_ARENA_ALIGN), end = a->kept;
    if (bytes > 0) {
        end = start +
              (uint32_t)align_up(bytes < MLT_ARENA_MOST ? bytes : MLT_ARENA_MOST, MLT_KEPT_ALIGN);
    }
    if (end > a->need) {
        a->need = end;
    }
    if (end > a->size) {
        return NULL;
    }
    a->kept = end;
    return a->base + start;
}
