// SPDX-License-Identifier: MIT
// Check a model file, and find the root of what was checked.
#ifndef MLT_VERIFY_H
#define MLT_VERIFY_H

#include "../fb.h"
#include "microlite_op.h"

// The root table of a verified model.
const uint8_t *mlt_root(const void *model);

// The bytes of buffer i of a verified model; absent when there is no such buffer, or an empty one.
fb_vector_t mlt_buffer(const uint8_t *model, uint32_t i);

#endif
