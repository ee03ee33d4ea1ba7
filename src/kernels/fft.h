// SPDX-License-Identifier: MIT
// FFT of real numbers and its inverse, for int16, int32 and float, with the rounding of kissfft:
// a complex FFT of half the length, in place in the result, of the radixes 4, 2, 3 and 5. The
// integers are scaled by 1 / points, so that nothing overflows.
#ifndef MLT_FFT_H
#define MLT_FFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MLT_FFT_MIN = 4, MLT_FFT_MAX = 32768 };

typedef enum mlt_fft_type { MLT_FFT_S16, MLT_FFT_S32, MLT_FFT_F32 } mlt_fft_type_t;

typedef struct mlt_fft {
    int32_t points : 24;
    int32_t stages : 8; // how many radixes
    uint32_t radixes;   // two bits each: radix - 2; their product is points / 2
    const void *table;  // mlt_fft_table_count() numbers of the type of the transform
    bool inverse;
    bool quarter; // the table has a quarter of a turn only: points is a power of two
} mlt_fft_t;

// The last is that of the first stage.
static inline int32_t mlt_fft_radix(const mlt_fft_t *f, int32_t stage) {
    return (int32_t)(f->radixes >> (2 * stage) & 3) + 2;
}

// Sets all but the table. false: `points` has to be even and without prime factors above 5.
bool mlt_fft_init(mlt_fft_t *f, int32_t points, bool inverse);

int32_t mlt_fft_table_count(const mlt_fft_t *f);
void mlt_fft_fill(const mlt_fft_t *f, void *table, mlt_fft_type_t type);

// Number i goes where its digits, in the radixes, lead the other way round: from its place to that
// of the next number as one counts, but that digits carry to the right.
int32_t mlt_fft_next_place(const mlt_fft_t *f, int32_t place);

// y[0 .. points / 2], complex: the spectrum of `count` real numbers at x and zeros behind them.
void mlt_rfft_s16(const mlt_fft_t *f, const int16_t *x, int32_t count, int16_t *y);
void mlt_rfft_s32(const mlt_fft_t *f, const int32_t *x, int32_t count, int32_t *y);
void mlt_rfft_f32(const mlt_fft_t *f, const float *x, int32_t count, float *y);

// y[0 .. points - 1]: the real numbers with this spectrum, for floats times points.
void mlt_irfft_s16(const mlt_fft_t *f, const int16_t *x, int16_t *y);
void mlt_irfft_s32(const mlt_fft_t *f, const int32_t *x, int32_t *y);
void mlt_irfft_f32(const mlt_fft_t *f, const float *x, float *y);

#endif
