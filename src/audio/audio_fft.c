// SPDX-License-Identifier: MIT
// FFT of real int16 values: a complex one of half the length, then the two halves are told apart.

#include "audio_fft.h"

#include "audio_tables.h"

void mlt_fft16_init(mlt_fft16_t *fft, int32_t points, int16_t *table) {
    bool rom = points <= MLT_FFT16_ROM;
    fft->quarter = rom ? MLT_FFT16_ROM / 4 : points / 4;
    fft->stride = 4 * fft->quarter / points;
    fft->half = points / 2;
    fft->cosine = mlt_audio_cosine_512;
    if (!rom) {
        mlt_audio_make_cosine(table, fft->quarter);
        fft->cosine = table;
    }
}

static inline int16_t round15(int32_t x) {
    return (int16_t)((x + 16384) >> 15);
}

// A quarter and a half of x, as the reference rounds them.
static inline int32_t quarter_of(int32_t x) {
    return round15(x * 8191);
}

static inline int32_t half_of(int32_t x) {
    return round15(x * 16383);
}

static inline mlt_complex16_t times(int32_t r, int32_t i, mlt_complex16_t w) {
    return (mlt_complex16_t){round15(r * w.r - i * w.i), round15(r * w.i + i * w.r)};
}

// e^(-2 pi i k / points), k below 3/4 of points
static mlt_complex16_t twiddle(const mlt_fft16_t *fft, int32_t k) {
    const int16_t *c = fft->cosine;
    int32_t quarter = fft->quarter, i = k * fft->stride;
    if (i <= quarter) {
        return (mlt_complex16_t){c[i], (int16_t)-c[quarter - i]};
    }
    if (i <= 2 * quarter) {
        return (mlt_complex16_t){(int16_t)-c[2 * quarter - i], (int16_t)-c[i - quarter]};
    }
    return (mlt_complex16_t){(int16_t)-c[i - 2 * quarter], c[3 * quarter - i]};
}

// One butterfly of four values: a is x0 / 4, b, c and d the others / 4 and turned.
static inline void combine4(mlt_complex16_t *x, ptrdiff_t m, mlt_complex16_t a, mlt_complex16_t b,
    mlt_complex16_t c, mlt_complex16_t d) {
    int32_t even_r = a.r + c.r, even_i = a.i + c.i, odd_r = a.r - c.r, odd_i = a.i - c.i;
    int32_t sum_r = b.r + d.r, sum_i = b.i + d.i, turn_r = b.r - d.r, turn_i = b.i - d.i;
    x[0] = (mlt_complex16_t){(int16_t)(even_r + sum_r), (int16_t)(even_i + sum_i)};
    x[m] = (mlt_complex16_t){(int16_t)(odd_r + turn_i), (int16_t)(odd_i - turn_r)};
    x[2 * m] = (mlt_complex16_t){(int16_t)(even_r - sum_r), (int16_t)(even_i - sum_i)};
    x[3 * m] = (mlt_complex16_t){(int16_t)(odd_r - turn_i), (int16_t)(odd_i + turn_r)};
}

static inline mlt_complex16_t quartered(mlt_complex16_t x) {
    return (mlt_complex16_t){(int16_t)quarter_of(x.r), (int16_t)quarter_of(x.i)};
}

// All butterflies of a stage that use the same twiddles, the first without: they are 1.
static void first_column(mlt_complex16_t *z, ptrdiff_t m, int32_t half) {
    for (mlt_complex16_t *x = z; x < z + half; x += 4 * m) {
        combine4(x, m, quartered(x[0]), quartered(x[m]), quartered(x[2 * m]), quartered(x[3 * m]));
    }
}

static void column(const mlt_fft16_t *fft, mlt_complex16_t *z, ptrdiff_t m, int32_t k) {
    int32_t step = fft->half / (int32_t)(2 * m) * k; // in units of 1 / points
    mlt_complex16_t w1 = twiddle(fft, step), w2 = twiddle(fft, 2 * step),
                    w3 = twiddle(fft, 3 * step);
    for (mlt_complex16_t *x = z + k; x < z + fft->half; x += 4 * m) {
        mlt_complex16_t b = times(quarter_of(x[m].r), quarter_of(x[m].i), w1);
        mlt_complex16_t c = times(quarter_of(x[2 * m].r), quarter_of(x[2 * m].i), w2);
        mlt_complex16_t d = times(quarter_of(x[3 * m].r), quarter_of(x[3 * m].i), w3);
        combine4(x, m, quartered(x[0]), b, c, d);
    }
}

static void pairs(mlt_complex16_t *z, int32_t half) {
    for (mlt_complex16_t *x = z; x < z + half; x += 2) {
        int32_t ar = half_of(x[0].r), ai = half_of(x[0].i);
        int32_t br = half_of(x[1].r), bi = half_of(x[1].i);
        x[0] = (mlt_complex16_t){(int16_t)(ar + br), (int16_t)(ai + bi)};
        x[1] = (mlt_complex16_t){(int16_t)(ar - br), (int16_t)(ai - bi)};
    }
}

// From the spectrum of (even values) + i (odd values) to that of all values.
static void unpack(const mlt_fft16_t *fft, mlt_complex16_t *z) {
    int32_t half = fft->half;
    int32_t r = half_of(z[0].r), i = half_of(z[0].i);
    z[0] = (mlt_complex16_t){(int16_t)(r + i), 0};
    z[half] = (mlt_complex16_t){(int16_t)(r - i), 0};
    const int16_t *cosine = fft->cosine, *sine = fft->cosine + fft->quarter;
    mlt_complex16_t *low = z + 1, *high = z + half - 1;
    for (; low <= high; ++low, --high) {
        cosine += fft->stride;
        sine -= fft->stride;
        mlt_complex16_t w = {(int16_t) - *sine, (int16_t) - *cosine};
        int32_t ar = half_of(low->r), ai = half_of(low->i);
        int32_t br = half_of(high->r), bi = half_of((int16_t)-high->i);
        int32_t even_r = (int16_t)(ar + br), even_i = (int16_t)(ai + bi);
        mlt_complex16_t odd = times((int16_t)(ar - br), (int16_t)(ai - bi), w);
        *low =
            (mlt_complex16_t){(int16_t)((even_r + odd.r) >> 1), (int16_t)((even_i + odd.i) >> 1)};
        *high =
            (mlt_complex16_t){(int16_t)((even_r - odd.r) >> 1), (int16_t)((odd.i - even_i) >> 1)};
    }
}

void mlt_fft16(const mlt_fft16_t *fft, mlt_complex16_t *z) {
    int32_t m = 1;
    if (!(fft->half & 0x55555555)) { // an odd power of two
        pairs(z, fft->half);
        m = 2;
    }
    for (; m < fft->half; m *= 4) {
        first_column(z, m, fft->half);
        for (int32_t k = 1; k < m; ++k) {
            column(fft, z, m, k);
        }
    }
    unpack(fft, z);
}
