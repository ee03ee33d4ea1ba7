// SPDX-License-Identifier: MIT
// FFT of real numbers and its inverse, for int16, int32 and float, with the rounding of kissfft:
// a complex FFT of half the length, of radix 4 and at the end radix 2, in place in the result.
// The integers are scaled by 1 / points, so that nothing overflows.
#ifndef MLT_FFT_H
#define MLT_FFT_H

#include <stdint.h>

// Lengths that can be had: powers of two.
enum { MLT_FFT_MIN = 4, MLT_FFT_MAX = 32768 };

// y[0 .. points / 2], complex: the spectrum of `count` real numbers at x and zeros behind them.
// cosine[i] = cos(2 pi i / points) for i up to points / 4, in units of the largest number.
void mlt_rfft_s16(
    const int16_t *x, int32_t count, int16_t *y, int32_t points, const int16_t *cosine);
void mlt_rfft_s32(
    const int32_t *x, int32_t count, int32_t *y, int32_t points, const int32_t *cosine);
void mlt_rfft_f32(const float *x, int32_t count, float *y, int32_t points, const float *cosine);

// y[0 .. points - 1]: the real numbers with this spectrum, for floats times points.
void mlt_irfft_s16(const int16_t *x, int16_t *y, int32_t points, const int16_t *cosine);
void mlt_irfft_s32(const int32_t *x, int32_t *y, int32_t points, const int32_t *cosine);
void mlt_irfft_f32(const float *x, float *y, int32_t points, const float *cosine);

#endif
