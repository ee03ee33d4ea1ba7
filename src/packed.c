// SPDX-License-Identifier: MIT
// Tensors that are stored as indices into tables of values.

#include "packed.h"

#include <string.h>

uint32_t mlt_bits_at(const uint8_t *data, size_t bytes, size_t at, uint32_t bits) {
    uint32_t word = 0;
    size_t first = at >> 3;
    for (size_t i = first; i < first + 4; ++i) {
        word = word << 8 | (i < bytes ? data[i] : 0);
    }
    return word << (at & 7) >> (32 - bits);
}

// The table of element i.
static uint32_t channel_of(const mlt_packed_t *p, uint32_t i) {
    return p->last_axis ? i % p->channels : i / (p->count / p->channels);
}

static size_t value_at(const mlt_packed_t *p, uint32_t i, uint32_t channel) {
    uint32_t index = mlt_bits_at(p->indices, p->index_bytes, (size_t)i * p->bits, p->bits);
    return ((size_t)channel * p->stride + index) * p->size;
}

bool mlt_packed_good(const mlt_packed_t *p) {
    if (p->bits < 1 || p->bits > 7 || p->channels < 1 || p->count % p->channels != 0 ||
        p->index_bytes < ((uint64_t)p->count * p->bits + 7) / 8) {
        return false;
    }
    for (uint32_t i = 0; i < p->count; ++i) {
        size_t at = value_at(p, i, channel_of(p, i));
        if (at > p->value_bytes || p->value_bytes - at < p->size) {
            return false;
        }
    }
    return true;
}

void mlt_unpack(const mlt_packed_t *p, uint8_t *y) {
    uint32_t run = p->last_axis ? 1 : p->count / p->channels, channel = 0, left = run;
    for (uint32_t i = 0; i < p->count; ++i, y += p->size) {
        memcpy(y, p->values + value_at(p, i, channel), p->size);
        if (--left == 0) {
            left = run;
            channel = channel + 1 == p->channels ? 0 : channel + 1;
        }
    }
}
