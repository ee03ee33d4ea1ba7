// SPDX-License-Identifier: MIT
// Move an n-dimensional block of elements between two layouts. Slices, transposes, pads,
// concatenations, tiles and the like are all this, with other steps.
#ifndef MLT_MOVE_H
#define MLT_MOVE_H

#include <stddef.h>
#include <stdint.h>

#define MLT_MOVE_DIMS 12

// One loop: `count` times, going on by so many elements on either side. A step may be negative,
// or zero to read one element again and again.
typedef struct mlt_move_dim {
    int32_t count, from, to;
} mlt_move_dim_t;

typedef struct mlt_move {
    int32_t run;  // elements that lie side by side on both sides; 0: nothing to move
    int16_t size; // bytes of an element
    int16_t dims;
    mlt_move_dim_t dim[MLT_MOVE_DIMS]; // innermost first
} mlt_move_t;

// Build a move from the inside out: start with one element of `size` bytes, then wrap a loop
// round what is there, as often as needed. Loops that can be one become one.
void mlt_move_start(mlt_move_t *m, size_t size);
void mlt_move_wrap(mlt_move_t *m, int32_t count, int32_t from, int32_t to);

// The part of *m that is in use.
static inline size_t mlt_move_bytes(const mlt_move_t *m) {
    return offsetof(mlt_move_t, dim) + (size_t)m->dims * sizeof(m->dim[0]);
}

// Move from `from` to `to`, which are the places of the first element and do not overlap.
void mlt_move(const mlt_move_t *m, const void *from, void *to);

// Move `count` runs of `run` elements, which lie so many elements apart on either side.
void mlt_move_runs(int32_t count, int32_t run, size_t size, const void *from, int32_t from_step,
    void *to, int32_t to_step);

// Write the same element `count` times.
void mlt_fill(void *to, int32_t count, const void *element, size_t size);

#endif
