// SPDX-License-Identifier: MIT
// What happens to one channel after the filter bank, one function a step.
#ifndef MLT_AUDIO_CHANNEL_H
#define MLT_AUDIO_CHANNEL_H

#include <stdint.h>

// The square root, rounded to nearest; 65535 stays when the root is not below 65535.5 and x is
// less than 2^32, and likewise 2^32 - 1.
uint32_t mlt_audio_sqrt(uint64_t x);

// The gain (a table of mlt_audio_make_gains) at a noise estimate.
int16_t mlt_audio_gain(const int16_t *gains, uint32_t noise);

// Signal times gain, small values squared.
uint32_t mlt_audio_shrink(uint32_t x, int16_t gain, int32_t shift);

// log(x) * 2^shift, rounded; 0 for x = 0.
uint32_t mlt_audio_log(uint32_t x, int32_t shift);

#endif
