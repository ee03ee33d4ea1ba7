// SPDX-License-Identifier: MIT
// In microlite.mpy: the functions of shared.def, which packs call through this table.

#include <stdint.h>

extern const uint32_t mlt_shared_abi;
const uint32_t mlt_shared_abi = MLT_SHARED_ABI;

#define MLT_SHARED(name) void name(void);
#include "shared.def"
#undef MLT_SHARED

typedef void mlt_shared_fn(void);
extern mlt_shared_fn *const mlt_shared[];

mlt_shared_fn *const mlt_shared[] = {
#define MLT_SHARED(name) name,
#include "shared.def"
#undef MLT_SHARED
};
