// SPDX-License-Identifier: MIT
// Logistic function and hyperbolic tangent in 16-bit fixed point, bit for bit as gemmlowp computes
// them: what TensorFlow Lite's quantised LSTM is defined by. TFLM has tables instead (sigmoid.h). A
// number with m integer bits, "Qm", is raw * 2^(m - 15).
#ifndef MLT_FIXEDPOINT16_H
#define MLT_FIXEDPOINT16_H

#include "quant.h"

// 1 / (1 + e^-x), Q3 to Q0; y may be x.
void mlt_fixed16_logistic(const int16_t *x, int16_t *y, int32_t n);

// tanh(x), x with `bits` integer bits from 0 to 6, to Q0; y may be x.
void mlt_fixed16_tanh(const int16_t *x, int16_t *y, int32_t n, int32_t bits);

#endif
