// SPDX-License-Identifier: MIT
// FFT of real int16 values, in place, scaled by 1 / points so that nothing overflows. Rounds as
// kissfft's 16-bit version does: radix 4, with radix 2 for what is left.
#ifndef MLT_AUDIO_FFT_H
#define MLT_AUDIO_FFT_H

#include <stddef.h>
#include <stdint.h>

typedef struct mlt_complex16 {
    int16_t r, i;
} mlt_complex16_t;

enum { MLT_FFT16_ROM = 512 }; // most points that need no table in RAM

typedef struct mlt_fft16 {
    const int16_t *cosine; // 32767 cos(2 pi i / (4 quarter)), i = 0 .. quarter
    int32_t quarter;
    int32_t stride; // 4 quarter / points
    int32_t half;   // points / 2, a power of two
} mlt_fft16_t;

// `points` is a power of two from 8 to 32768. Above MLT_FFT16_ROM, `table` has room for
// points / 4 + 1 values and has to stay; else it may be NULL.
void mlt_fft16_init(mlt_fft16_t *fft, int32_t points, int16_t *table);

// Input: value 2 i is the real part and value 2 i + 1 the imaginary part of number i, which is to
// be stored at z[place]. The place of number 0 is 0, the others follow from it in order.
static inline int32_t mlt_fft16_next_place(const mlt_fft16_t *fft, int32_t place) {
    // An addition whose carry runs the other way, in base 4; the last digit may be one bit only.
    for (int32_t mask = fft->half / 4 * 3; mask; mask = mask == 6 ? 1 : mask >> 2) {
        if ((place & mask) != mask) {
            return place + (mask & -mask);
        }
        place &= ~mask;
    }
    return 0;
}

// z[0 .. half - 1] in the order of places becomes the spectrum z[0 .. half].
void mlt_fft16(const mlt_fft16_t *fft, mlt_complex16_t *z);

#endif
