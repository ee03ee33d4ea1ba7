// SPDX-License-Identifier: MIT
// What the model file says of a tensor, and what its types mean. Used by the engine and by
// operators, in the library and in packs.
#ifndef MLT_FORMAT_H
#define MLT_FORMAT_H

#include "fb.h"
#include "microlite.h"
#include "schema.h"

// A vector of the quantisation, such as the scales, of the tensor described by a verified Tensor
// table.
fb_result_t mlt_format_quant(const uint8_t *tensor_table, int32_t slot);

static inline fb_vector_t mlt_format_scales(const uint8_t *tensor_table) {
    return fb_vector(mlt_format_quant(tensor_table, FB_QUANTIZATION_PARAMETERS_SCALE));
}
int32_t mlt_format_quant_dim(const uint8_t *tensor_table);

// Entry i; the last one serves all beyond it. 0 where there is none. Zero points are saturated.
float mlt_format_scale(const uint8_t *tensor_table, int32_t i);
int32_t mlt_format_zero_point(const uint8_t *tensor_table, int32_t i);

// String i of a list of strings that lie one after the other, each with its zero: such a list needs
// no pointers, and so no relocations.
const char *mlt_string_at(const char *list, unsigned i);

// Bytes of `count` elements: INT4 packs two into one.
size_t mlt_format_bytes(int type, size_t count);

#endif
