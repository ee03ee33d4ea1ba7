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
    *a = (mlt_arena_t){.base = (uint8_t *)memory + skipped, .skipped = skipped};
    a->size = (size - skipped) & ~(size_t)(MLT_KEPT_ALIGN - 1);
}

// Note that `bytes` are wanted on top of what is in use; false when there is no room.
static bool reserve(mlt_arena_t *a, size_t bytes) {
    size_t wanted = a->kept + a->temp + bytes;
    if (bytes > SIZE_MAX / 4) {
        wanted = SIZE_MAX / 4;
    }
    if (wanted > a->need) {
        a->need = wanted;
    }
    return wanted <= a->size;
}

void *mlt_arena_keep(mlt_arena_t *a, size_t bytes) {
    bytes = align_up(bytes, MLT_KEPT_ALIGN);
    if (!reserve(a, bytes)) {
        return NULL;
    }
    uint8_t *p = a->base + a->kept;
    a->kept += bytes;
    return memset(p, 0, bytes);
}

void *mlt_arena_temp(mlt_arena_t *a, size_t bytes) {
    bytes = align_up(bytes, MLT_KEPT_ALIGN);
    if (!reserve(a, bytes)) {
        return NULL;
    }
    a->temp += bytes;
    return memset(a->base + a->size - a->temp, 0, bytes);
}

void mlt_arena_release(mlt_arena_t *a, size_t mark) {
    a->temp = mark;
}

void *mlt_arena_place(mlt_arena_t *a, size_t bytes) {
    size_t start = align_up(a->kept, MLT_ARENA_ALIGN);
    size_t end = bytes ? start + align_up(bytes, MLT_KEPT_ALIGN) : a->kept;
    if (end > a->need) {
        a->need = end;
    }
    if (end > a->size) {
        return NULL;
    }
    a->kept = end;
    return a->base + start;
}
