// SPDX-License-Identifier: MIT
// Tensors that are stored as indices into tables of values, of a few bits each.
#ifndef MLT_PACKED_H
#define MLT_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct mlt_packed {
    const uint8_t *indices; // bit fields, the first in the upper bits of the first byte
    size_t index_bytes;
    const uint8_t *values; // a table for each channel
    size_t value_bytes;
    uint32_t count;    // elements
    uint32_t channels; // at least 1
    bool last_axis;    // channels are the last dimension, not the first
    uint8_t size;      // bytes of an element
    uint8_t bits;      // of an index
    uint32_t stride;   // elements from one table to the next
} mlt_packed_t;

// So many bits, at most 24, from bit `at` on; beyond `bytes` all bits are 0.
uint32_t mlt_bits_at(const uint8_t *data, size_t bytes, size_t at, uint32_t bits);

// Every index leads to a value.
bool mlt_packed_good(const mlt_packed_t *p);

// Write all elements to y.
void mlt_unpack(const mlt_packed_t *p, uint8_t *y);

#endif
