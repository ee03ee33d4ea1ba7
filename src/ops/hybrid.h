// SPDX-License-Identifier: MIT
// Hybrid operators have float activations and int8 weights: they quantise their input on the fly.
#ifndef MLT_HYBRID_H
#define MLT_HYBRID_H

#include "microlite_op.h"

// Quantise n floats to int8 such that their whole range fits. Symmetric: the zero point is 0.
mlt_quant_t mlt_hybrid_quantize(const float *x, int8_t *q, int32_t n, bool symmetric);

#endif
