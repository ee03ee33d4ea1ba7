// SPDX-License-Identifier: MIT
// What happens to one channel of a spectrum after the filter bank, one function a step: for the
// audio front end and for the operators that do the same. Equal to the microfrontend library.
#ifndef MLT_CHANNEL_H
#define MLT_CHANNEL_H

#include <stdint.h>

// The square root, rounded to nearest; 65535 stays when the root is not below 65535.5 and x is
// less than 2^32, and likewise 2^32 - 1.
uint32_t mlt_channel_sqrt(uint64_t x);

// The gain at a noise estimate: low[0] and low[1], then a parabola for each power of two: value,
// slope and curve for 2^(i + 1) .. 2^(i + 2) from curves[4 i] on.
int16_t mlt_channel_gain(const int16_t *low, const int16_t *curves, uint32_t noise);

// Signal times gain, small values squared: x^2 / 4 below 2, else x - 1; in with 12 fractional bits,
// out with 6.
uint32_t mlt_channel_shrink(uint32_t x, int16_t gain, int32_t shift);

extern const uint16_t mlt_channel_log_curve[129]; // 65536 (log2(1 + i / 128) - i / 128)

// 65536 ln(x), nearly; 0 for x = 0.
uint32_t mlt_channel_log(uint32_t x);

#endif
