// SPDX-License-Identifier: MIT
// One block of memory, used from both ends.

#include "arena.h"

#include <stdbool.h>
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

static void *take(mlt_arena_t *a, size_t bytes, bool from_end) {
    uint32_t size =
        bytes < MLT_ARENA_MOST ? (uint32_t)align_up(bytes, MLT_KEPT_ALIGN) : MLT_ARENA_MOST;
    uint32_t wanted = a->kept + a->temp + size; // at most twice MLT_ARENA_MOST
    if (wanted > a->need) {
        a->need = wanted;
    }
    if (wanted > a->size) {
        return NULL;
    }
    uint32_t at = a->kept;
    if (from_end) {
        a->temp += size;
        at = a->size - a->temp;
    } else {
        a->kept += size;
    }
    return memset(a->base + at, 0, size);
}

void *mlt_arena_keep(mlt_arena_t *a, size_t bytes) {
    return take(a, bytes, false);
}

void *mlt_arena_temp(mlt_arena_t *a, size_t bytes) {
    return take(a, bytes, true);
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
