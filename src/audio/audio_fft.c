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

// Wider than what is stored, so that compilers need not cut sums off before they are.
typedef struct wide {
    int32_t r, i;
} wide_t;

static inline int32_t round15(int32_t x) {
    return (x + 16384) >> 15;
}

static inline int32_t half_of(int32_t x) {
    return round15(x * 16383);
}

static inline wide_t halved(mlt_complex16_t x) {
    return (wide_t){half_of(x.r), half_of(x.i)};
}

static inline wide_t quartered(mlt_complex16_t x) {
    return (wide_t){round15(x.r * 8191), round15(x.i * 8191)};
}

static inline wide_t times(wide_t x, wide_t w) {
    return (wide_t){round15(x.r * w.r - x.i * w.i), round15(x.r * w.i + x.i * w.r)};
}

static inline wide_t plus(wide_t a, wide_t b) {
    return (wide_t){a.r + b.r, a.i + b.i};
}

static inline wide_t minus(wide_t a, wide_t b) {
    return (wide_t){a.r - b.r, a.i - b.i};
}

static inline mlt_complex16_t stored(wide_t x) {
    return (mlt_complex16_t){(int16_t)x.r, (int16_t)x.i};
}

// e^(-2 pi i k / points), k below 3/4 of points
static inline wide_t twiddle(const mlt_fft16_t *fft, int32_t k) {
    const int16_t *c = fft->cosine;
    int32_t quarter = fft->quarter, i = k * fft->stride;
    if (i <= quarter) {
        return (wide_t){c[i], -c[quarter - i]};
    }
    if (i <= 2 * quarter) {
        return (wide_t){-c[2 * quarter - i], -c[i - quarter]};
    }
    return (wide_t){-c[i - 2 * quarter], c[3 * quarter - i]};
}

// One butterfly of four values: a is x0 / 4, b, c and d the others / 4 and turned.
static inline void combine4(
    mlt_complex16_t *x, ptrdiff_t m, wide_t a, wide_t b, wide_t c, wide_t d) {
    wide_t even = plus(a, c), odd = minus(a, c), sum = plus(b, d), turn = minus(b, d);
    x[0] = stored(plus(even, sum));
    x[m] = stored((wide_t){odd.r + turn.i, odd.i - turn.r});
    x[2 * m] = stored(minus(even, sum));
    x[3 * m] = stored((wide_t){odd.r - turn.i, odd.i + turn.r});
}

// All butterflies of a stage that use the same twiddles, the first without: they are 1.
static void first_column(mlt_complex16_t *z, ptrdiff_t m, int32_t half) {
    for (mlt_complex16_t *x = z; x < z + half; x += 4 * m) {
        combine4(x, m, quartered(x[0]), quartered(x[m]), quartered(x[2 * m]), quartered(x[3 * m]));
    }
}

static void column(const mlt_fft16_t *fft, mlt_complex16_t *z, ptrdiff_t m, int32_t k) {
    int32_t step = fft->half / (int32_t)(2 * m) * k; // in units of 1 / points
    wide_t w1 = twiddle(fft, step), w2 = twiddle(fft, 2 * step), w3 = twiddle(fft, 3 * step);
    for (mlt_complex16_t *x = z + k; x < z + fft->half; x += 4 * m) {
        wide_t b = times(quartered(x[m]), w1);
        wide_t c = times(quartered(x[2 * m]), w2);
        wide_t d = times(quartered(x[3 * m]), w3);
        combine4(x, m, quartered(x[0]), b, c, d);
    }
}

static void pairs(mlt_complex16_t *z, int32_t half) {
    for (mlt_complex16_t *x = z; x < z + half; x += 2) {
        wide_t a = halved(x[0]), b = halved(x[1]);
        x[0] = stored(plus(a, b));
        x[1] = stored(minus(a, b));
    }
}

// From the spectrum of (even values) + i (odd values) to that of all values.
static void unpack(const mlt_fft16_t *fft, mlt_complex16_t *z) {
    wide_t first = halved(z[0]);
    z[0] = stored((wide_t){first.r + first.i, 0});
    z[fft->half] = stored((wide_t){first.r - first.i, 0});
    const int16_t *cosine = fft->cosine, *sine = fft->cosine + fft->quarter;
    for (mlt_complex16_t *low = z + 1, *high = z + fft->half - 1; low <= high; ++low, --high) {
        cosine += fft->stride;
        sine -= fft->stride;
        wide_t a = halved(*low), b = {half_of(high->r), half_of((int16_t)-high->i)};
        mlt_complex16_t even = stored(plus(a, b)), apart = stored(minus(a, b));
        wide_t odd = times((wide_t){apart.r, apart.i}, (wide_t){-*sine, -*cosine});
        *low = stored((wide_t){(even.r + odd.r) >> 1, (even.i + odd.i) >> 1});
        *high = stored((wide_t){(even.r - odd.r) >> 1, (odd.i - even.i) >> 1});
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
