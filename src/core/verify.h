// SPDX-License-Identifier: MIT
// The root table of a model.
#ifndef MLT_VERIFY_H
#define MLT_VERIFY_H

#include "microlite_op.h"

const uint8_t *mlt_root(const void *model);

#endif
