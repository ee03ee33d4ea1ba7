// SPDX-License-Identifier: MIT
// The front end's parameters, and what follows from them.
#ifndef MLT_AUDIO_CONFIG_H
#define MLT_AUDIO_CONFIG_H

#include "microlite_audio.h"

// Samples in so many milliseconds.
int32_t mlt_audio_samples(const mlt_audio_config_t *c, int32_t ms);

// The logarithm (base 2) of the points of the FFT for a window of so many samples.
int32_t mlt_audio_points_log2(int32_t window);

// Bits of the spectrum's scale, to be undone before the logarithm.
int32_t mlt_audio_correction(int32_t window);

// What is wrong, but for bands that reach beyond the spectrum. NULL: nothing, else a sentence.
const char *mlt_audio_problem(const mlt_audio_config_t *c);

#endif
