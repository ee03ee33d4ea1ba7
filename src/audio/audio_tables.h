// SPDX-License-Identifier: MIT
// Tables of the front end: in ROM for the usual settings, else made in memory of the caller's. Both
// ways give what the reference computes with floats.
#ifndef MLT_AUDIO_TABLES_H
#define MLT_AUDIO_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "microlite_audio.h"

enum {
    MLT_AUDIO_ROM_WINDOW = 480,
    MLT_AUDIO_ROM_CHANNELS = 40,
    MLT_AUDIO_ROM_START = 5,
    MLT_AUDIO_ROM_WEIGHTS = 236,
    MLT_AUDIO_GAINS = 128, // 32 intervals of 4
    // Set in a weight w when w and 4096 - w were both rounded up, so that the rest is 4097 - w.
    MLT_AUDIO_BOTH_UP = 0x8000,
};

extern const int16_t mlt_audio_cosine_512[129];
extern const int16_t mlt_audio_window_480[MLT_AUDIO_ROM_WINDOW];
extern const uint16_t mlt_audio_widths_40[MLT_AUDIO_ROM_CHANNELS + 1];
extern const uint16_t mlt_audio_weights_40[MLT_AUDIO_ROM_WEIGHTS];

// 32767 cos(2 pi i / (4 quarter)), i = 0 .. quarter
void mlt_audio_make_cosine(int16_t *table, int32_t quarter);

// A Hann window of `size` values, 4096 is 1.
void mlt_audio_make_window(int16_t *table, int32_t size);

typedef struct mlt_audio_bands {
    float hz;       // between two bins
    int32_t start;  // first bin
    int32_t points; // of the FFT
    int32_t count;  // weights; negative: the bands reach beyond the spectrum
} mlt_audio_bands_t;

// Bands of config->channels channels in triangles on the mel scale. Bins go up through channels + 1
// slopes: `widths` has how many bins each takes, `weights` how much of a bin belongs to its slope,
// 4096 is all; the rest belongs to the next. NULL pointers: nothing is stored, only counted.
mlt_audio_bands_t mlt_audio_make_bands(
    const mlt_audio_config_t *config, int32_t points, uint16_t *widths, uint16_t *weights);

// Gain by noise estimate: a parabola for each power of two, see mlt_channel_gain.
void mlt_audio_make_gains(const mlt_audio_config_t *config, int32_t input_bits, int16_t *gains);

#endif
