// SPDX-License-Identifier: MIT
// Options of custom operators: a FlexBuffer map of names to numbers. The file is not trusted: every
// access stays within the options' bytes, and whatever is not as it should be is "missing".
#ifndef MLT_FLEX_H
#define MLT_FLEX_H

#include "util.h"

// A map. Empty (count 0) when there are no options, or something else.
typedef struct mlt_flex {
    const uint8_t *data;
    uint32_t size;   // bytes of all options
    uint32_t values; // where the map's values begin
    uint32_t count;
    uint8_t width; // bytes of each value
} mlt_flex_t;

mlt_flex_t mlt_flex_map(const mlt_node_t *node);

// A number of the map: true if there is one of that name. Integers saturate, floats are cut off.
bool mlt_flex_int(const mlt_flex_t *map, const char *name, int32_t *value);
bool mlt_flex_float(const mlt_flex_t *map, const char *name, float *value);

// An integer of the map that has to be there, and to lie within lo to hi.
mlt_status_t mlt_want_flex(mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_flex_t *map,
    const char *name, int32_t lo, int32_t hi, int32_t *value);

#endif
