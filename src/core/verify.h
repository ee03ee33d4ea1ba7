// SPDX-License-Identifier: MIT
// Check a model file, and find the root of what was checked.
#ifndef MLT_VERIFY_H
#define MLT_VERIFY_H

#include "../fb.h"
#include "microlite_op.h"

// The root table of a verified model.
const uint8_t *mlt_root(const void *model);

// A vector of the root table, and the table of a subgraph.
fb_result_t mlt_root_vec(const uint8_t *model, int32_t slot);
const uint8_t *mlt_subgraph_table(const uint8_t *model, int index);

// The bytes of the buffer that a field names; absent when there is no such buffer, or an empty one.
fb_result_t mlt_buffer_of(const uint8_t *model, const uint8_t *table, int32_t slot);

static inline fb_vector_t mlt_buffer(const uint8_t *model, const uint8_t *table, int32_t slot) {
    return fb_vector(mlt_buffer_of(model, table, slot));
}

#endif
