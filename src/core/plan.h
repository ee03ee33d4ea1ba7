// SPDX-License-Identifier: MIT
// Place buffers that live at the same time at different offsets, largest first.
#ifndef MLT_PLAN_H
#define MLT_PLAN_H

#include <stdint.h>

// A buffer and the stretch of time, first to last step, in which it holds something.
typedef struct mlt_block {
    uint32_t size;
    int32_t first, last;
    uint32_t offset; // MLT_UNPLACED, or where an offline plan wants it
} mlt_block_t;

#define MLT_UNPLACED UINT32_MAX

// Set every offset, a multiple of 16 where not given; returns the bytes needed in all. An offset
// that is given is kept unless another block has those bytes at that time. `order` is room for
// count numbers.
uint32_t mlt_plan(mlt_block_t *blocks, uint32_t count, uint16_t *order);

#endif
