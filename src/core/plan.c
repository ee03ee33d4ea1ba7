// SPDX-License-Identifier: MIT
// Place buffers that live at the same time at different offsets, largest first.
//
// A large buffer has few places where it fits, a small one many: so the largest is placed first,
// each at the lowest offset where no buffer of an overlapping time is. Of equal ones the earlier
// comes first: a chain of equal buffers then needs room for two. Blocks with an offset of their
// own come before all others, unless that offset is taken.

#include "plan.h"

#include "../config.h"

#include <stdbool.h>
#include <string.h>

static uint32_t end_of(const mlt_block_t *b) {
    return b->offset + b->size;
}

typedef bool before_fn(const mlt_block_t *a, const mlt_block_t *b);

static bool starts_before(const mlt_block_t *a, const mlt_block_t *b) {
    return a->first != b->first ? a->first < b->first : a < b;
}

static bool goes_before(const mlt_block_t *a, const mlt_block_t *b) {
    if (MLT_WITH_OFFLINE_PLAN) {
        bool a_fixed = a->offset != MLT_UNPLACED, b_fixed = b->offset != MLT_UNPLACED;
        if (a_fixed != b_fixed) {
            return a_fixed;
        }
        if (a_fixed && a->offset != b->offset) {
            return a->offset < b->offset;
        }
    }
    return a->size != b->size ? a->size > b->size : starts_before(a, b);
}

// Shell sort: no recursion, no extra memory. Of equal blocks the earlier stays first. A gap is
// about 5/11 of the one before, and the last is 1.
static void sort(const mlt_block_t *blocks, uint16_t *order, uint32_t count, before_fn *before) {
    for (uint32_t gap = count; (gap = (gap * 29 + 6) >> 6) > 0;) {
        for (uint32_t i = gap; i < count; ++i) {
            uint16_t moving = order[i];
            uint32_t j = i;
            for (; j >= gap && before(&blocks[moving], &blocks[order[j - gap]]); j -= gap) {
                order[j] = order[j - gap];
            }
            order[j] = moving;
        }
    }
}

// Whether the block's offset is free. live[0 .. *count - 1] are blocks that began before, sorted by
// offset, no two of them in the same bytes; if it is free, the block takes the place of those it
// covers, which have ended.
static bool claim(const mlt_block_t *blocks, uint16_t *live, uint32_t *count, uint16_t index) {
    const mlt_block_t *block = &blocks[index];
    uint32_t low = 0, high = *count;
    while (low < high) { // to the first that ends behind the block's beginning
        uint32_t middle = low + (high - low) / 2;
        if (end_of(&blocks[live[middle]]) <= block->offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; high < *count && blocks[live[high]].offset < end_of(block); ++high) {
        if (blocks[live[high]].last >= block->first) {
            return false;
        }
    }
    memmove(live + low + 1, live + high, (*count - high) * sizeof(*live));
    live[low] = index;
    *count += low + 1 - high;
    return true;
}

// An offline plan may be wrong: of two blocks that it puts into the same bytes at the same time,
// the later one loses its offset.
static void free_offsets(mlt_block_t *blocks, uint32_t count, uint16_t *order) {
    uint32_t fixed = 0, live = 0;
    for (uint32_t i = 0; i < count; ++i) {
        if (blocks[i].offset != MLT_UNPLACED && blocks[i].size > 0) {
            order[fixed++] = (uint16_t)i;
        }
    }
    sort(blocks, order, fixed, starts_before);
    for (uint32_t i = 0; i < fixed; ++i) { // `live` grows over what has been looked at
        uint16_t index = order[i];
        if (!claim(blocks, order, &live, index)) {
            blocks[index].offset = MLT_UNPLACED;
        }
    }
}

// The lowest offset where the block meets none of those placed, which are sorted by offset.
static uint32_t lowest_fit(
    const mlt_block_t *blocks, const uint16_t *placed, uint32_t count, const mlt_block_t *block) {
    uint32_t offset = 0;
    for (uint32_t i = 0; i < count; ++i) {
        const mlt_block_t *other = &blocks[placed[i]];
        if (other->last < block->first || other->first > block->last) {
            continue;
        }
        if (other->offset >= offset && other->offset - offset >= block->size) {
            break;
        }
        uint32_t end = (end_of(other) + 15) & ~UINT32_C(15);
        offset = end > offset ? end : offset;
    }
    return offset;
}

uint32_t mlt_plan(mlt_block_t *blocks, uint32_t count, uint16_t *order) {
    if (MLT_WITH_OFFLINE_PLAN) {
        free_offsets(blocks, count, order);
    }
    for (uint32_t i = 0; i < count; ++i) {
        order[i] = (uint16_t)i;
    }
    sort(blocks, order, count, goes_before);
    uint32_t total = 0;
    for (uint32_t i = 0; i < count; ++i) {
        uint16_t index = order[i];
        mlt_block_t *block = &blocks[index];
        if (block->offset == MLT_UNPLACED) {
            block->offset = lowest_fit(blocks, order, i, block);
        }
        if (end_of(block) > total) {
            total = end_of(block);
        }
        // Keep what is placed sorted by offset.
        uint32_t j = i;
        for (; j > 0 && blocks[order[j - 1]].offset > block->offset; --j) {
            order[j] = order[j - 1];
        }
        order[j] = index;
    }
    return total;
}
