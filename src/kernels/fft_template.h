// SPDX-License-Identifier: MIT
// The FFT of fft.h for numbers of type NUM. fft.c and fft_wide.c include this once for each.
//
// FN(name): the name of a function for this type
// ADD, SUB, NEG: sums as the type stores them
// HALF(a): a / 2, rounded down
// MIDDLE(a, b), APART(a, b): (a + b) / 2 and (a - b) / 2
// PART(x, n): x / n, as the reference rounds it
// TIMES(a, b): a * b, where b is of a twiddle factor
// DOT(a, b, c, d), CROSS(a, b, c, d): a * b + c * d and a * b - c * d, rounded once, where b and d
// are of twiddle factors

#define COMPLEX FN(complex_t)

typedef struct FN(complex) {
    NUM r, i;
} COMPLEX;

static inline COMPLEX FN(add)(COMPLEX a, COMPLEX b) {
    return (COMPLEX){ADD(a.r, b.r), ADD(a.i, b.i)};
}

static inline COMPLEX FN(sub)(COMPLEX a, COMPLEX b) {
    return (COMPLEX){SUB(a.r, b.r), SUB(a.i, b.i)};
}

static inline COMPLEX FN(part)(COMPLEX a, int32_t n) {
    return (COMPLEX){PART(a.r, n), PART(a.i, n)};
}

static inline COMPLEX FN(mul)(COMPLEX a, COMPLEX w) {
    return (COMPLEX){CROSS(a.r, w.r, a.i, w.i), DOT(a.r, w.i, a.i, w.r)};
}

// a - i b and a + i b
static inline COMPLEX FN(sub_i)(COMPLEX a, COMPLEX b) {
    return (COMPLEX){ADD(a.r, b.i), SUB(a.i, b.r)};
}

static inline COMPLEX FN(add_i)(COMPLEX a, COMPLEX b) {
    return (COMPLEX){SUB(a.r, b.i), ADD(a.i, b.r)};
}

// e^(-2 pi i k / points), or with + for the inverse, from a table of a quarter; k < 3/4 points.
static COMPLEX FN(from_quarter)(const mlt_fft_t *f, int32_t k) {
    const NUM *cosine = f->table;
    int32_t quarter = f->points / 4, turn = k / quarter, at = k - turn * quarter;
    NUM near = cosine[at], far = cosine[quarter - at];
    COMPLEX w = {NEG(near), far};
    if (turn == 0) {
        w = (COMPLEX){near, NEG(far)};
    } else if (turn == 1) {
        w = (COMPLEX){NEG(far), NEG(near)};
    }
    w.i = f->inverse ? NEG(w.i) : w.i;
    return w;
}

// e^(-2 pi i k / n), or its conjugate, n = points / 2.
static COMPLEX FN(twiddle)(const mlt_fft_t *f, int32_t k) {
    return f->quarter ? FN(from_quarter)(f, 2 * k) : ((const COMPLEX *)f->table)[k];
}

// e^(-pi i (k / n + 1 / 2)), or its conjugate: what tells apart the spectra of the even and the odd
// numbers. k > 0
static COMPLEX FN(split)(const mlt_fft_t *f, int32_t k) {
    int32_t n = f->points / 2;
    return f->quarter ? FN(from_quarter)(f, k + n / 2) : ((const COMPLEX *)f->table)[n + k - 1];
}

// Butterflies: all those of column k, in a stage that joins spectra of length m. Out of line:
// inlined into the loops around them, they would need more stack than a board may give.

__attribute__((noinline)) static void FN(radix2)(
    const mlt_fft_t *f, COMPLEX *z, ptrdiff_t m, int32_t k) {
    int32_t n = f->points / 2;
    COMPLEX w = FN(twiddle)(f, n / (2 * (int32_t)m) * k);
    for (COMPLEX *x = z + k; x < z + n; x += 2 * m) {
        COMPLEX a = FN(part)(x[0], 2), b = FN(part)(x[m], 2);
        if (k > 0) { // else it is 1, and rounding changes nothing
            b = FN(mul)(b, w);
        }
        x[0] = FN(add)(a, b);
        x[m] = FN(sub)(a, b);
    }
}

__attribute__((noinline)) static void FN(radix3)(
    const mlt_fft_t *f, COMPLEX *z, ptrdiff_t m, int32_t k) {
    int32_t n = f->points / 2, step = n / (3 * (int32_t)m) * k;
    COMPLEX w1 = FN(twiddle)(f, step), w2 = FN(twiddle)(f, 2 * step);
    NUM sine = FN(twiddle)(f, n / 3).i;
    for (COMPLEX *x = z + k; x < z + n; x += 3 * m) {
        COMPLEX a = FN(part)(x[0], 3);
        COMPLEX b = FN(mul)(FN(part)(x[m], 3), w1), c = FN(mul)(FN(part)(x[2 * m], 3), w2);
        COMPLEX sum = FN(add)(b, c), apart = FN(sub)(b, c);
        COMPLEX middle = {SUB(a.r, HALF(sum.r)), SUB(a.i, HALF(sum.i))};
        apart = (COMPLEX){TIMES(apart.r, sine), TIMES(apart.i, sine)};
        x[0] = FN(add)(a, sum);
        x[m] = FN(add_i)(middle, apart);
        x[2 * m] = FN(sub_i)(middle, apart);
    }
}

__attribute__((noinline)) static void FN(radix4)(
    const mlt_fft_t *f, COMPLEX *z, ptrdiff_t m, int32_t k) {
    int32_t n = f->points / 2, step = n / (4 * (int32_t)m) * k;
    COMPLEX w1 = FN(twiddle)(f, step), w2 = FN(twiddle)(f, 2 * step);
    COMPLEX w3 = FN(twiddle)(f, 3 * step);
    for (COMPLEX *x = z + k; x < z + n; x += 4 * m) {
        COMPLEX a = FN(part)(x[0], 4), b = FN(part)(x[m], 4);
        COMPLEX c = FN(part)(x[2 * m], 4), d = FN(part)(x[3 * m], 4);
        if (k > 0) { // else all three are 1, and rounding changes nothing
            b = FN(mul)(b, w1);
            c = FN(mul)(c, w2);
            d = FN(mul)(d, w3);
        }
        COMPLEX even = FN(add)(a, c), odd = FN(sub)(a, c);
        COMPLEX sum = FN(add)(b, d), turn = FN(sub)(b, d);
        turn = f->inverse ? (COMPLEX){NEG(turn.r), NEG(turn.i)} : turn;
        x[0] = FN(add)(even, sum);
        x[m] = FN(sub_i)(odd, turn);
        x[2 * m] = FN(sub)(even, sum);
        x[3 * m] = FN(add_i)(odd, turn);
    }
}

// The fifths of a turn that a sum and a difference of two numbers make together.
static inline COMPLEX FN(fifths)(COMPLEX a, COMPLEX near, COMPLEX far, NUM v, NUM w) {
    return (COMPLEX){ADD(ADD(a.r, TIMES(near.r, v)), TIMES(far.r, w)),
        ADD(ADD(a.i, TIMES(near.i, v)), TIMES(far.i, w))};
}

__attribute__((noinline)) static void FN(radix5)(
    const mlt_fft_t *f, COMPLEX *z, ptrdiff_t m, int32_t k) {
    int32_t n = f->points / 2, step = n / (5 * (int32_t)m) * k;
    COMPLEX v = FN(twiddle)(f, n / 5), w = FN(twiddle)(f, 2 * (n / 5));
    for (COMPLEX *x = z + k; x < z + n; x += 5 * m) {
        COMPLEX a = FN(part)(x[0], 5), b[5];
        for (int32_t i = 1; i < 5; ++i) {
            b[i] = FN(mul)(FN(part)(x[i * m], 5), FN(twiddle)(f, i * step));
        }
        COMPLEX near = FN(add)(b[1], b[4]), far = FN(add)(b[2], b[3]);
        COMPLEX turn = FN(sub)(b[1], b[4]), back = FN(sub)(b[2], b[3]);
        x[0] = FN(add)(a, FN(add)(near, far));
        COMPLEX even = FN(fifths)(a, near, far, v.r, w.r);
        COMPLEX odd = {ADD(TIMES(turn.r, v.i), TIMES(back.r, w.i)),
            ADD(TIMES(turn.i, v.i), TIMES(back.i, w.i))};
        x[m] = FN(add_i)(even, odd);
        x[4 * m] = FN(sub_i)(even, odd);
        even = FN(fifths)(a, near, far, w.r, v.r);
        odd = (COMPLEX){SUB(TIMES(turn.r, w.i), TIMES(back.r, v.i)),
            SUB(TIMES(turn.i, w.i), TIMES(back.i, v.i))};
        x[2 * m] = FN(add_i)(even, odd);
        x[3 * m] = FN(sub_i)(even, odd);
    }
}

// The FFT of n complex numbers that are in their places.
static void FN(transform)(const mlt_fft_t *f, COMPLEX *z) {
    int32_t m = 1;
    for (int stage = f->stages - 1; stage >= 0; --stage) {
        int32_t p = mlt_fft_radix(f, stage);
        for (int32_t k = 0; k < m; ++k) {
            if (p == 4) {
                FN(radix4)(f, z, m, k);
            } else if (p == 2) {
                FN(radix2)(f, z, m, k);
            } else if (p == 3) {
                FN(radix3)(f, z, m, k);
            } else {
                FN(radix5)(f, z, m, k);
            }
        }
        m *= p;
    }
}

void FN(mlt_rfft)(const mlt_fft_t *f, const NUM *x, int32_t count, NUM *y) {
    COMPLEX *z = (COMPLEX *)(void *)y;
    const int32_t n = f->points / 2;
    int32_t place = 0;
    for (int32_t i = 0; i < n; ++i, place = mlt_fft_next_place(f, place)) {
        const NUM *pair = x + (size_t)2 * (size_t)i;
        NUM even = 2 * i < count ? pair[0] : 0, odd = 2 * i + 1 < count ? pair[1] : 0;
        z[place] = (COMPLEX){even, odd};
    }
    FN(transform)(f, z);
    COMPLEX mean = FN(part)(z[0], 2);
    z[0] = (COMPLEX){ADD(mean.r, mean.i), 0};
    z[n] = (COMPLEX){SUB(mean.r, mean.i), 0};
    for (int32_t k = 1; k <= n / 2; ++k) {
        COMPLEX conjugate = {z[n - k].r, NEG(z[n - k].i)};
        COMPLEX a = FN(part)(z[k], 2), b = FN(part)(conjugate, 2);
        COMPLEX even = FN(add)(a, b);
        COMPLEX odd = FN(mul)(FN(sub)(a, b), FN(split)(f, k));
        z[k] = (COMPLEX){MIDDLE(even.r, odd.r), MIDDLE(even.i, odd.i)};
        z[n - k] = (COMPLEX){APART(even.r, odd.r), APART(odd.i, even.i)};
    }
}

void FN(mlt_irfft)(const mlt_fft_t *f, const NUM *x, NUM *y) {
    const COMPLEX *from = (const COMPLEX *)(const void *)x;
    COMPLEX *z = (COMPLEX *)(void *)y;
    const int32_t n = f->points / 2;
    COMPLEX ends = {ADD(from[0].r, from[n].r), SUB(from[0].r, from[n].r)};
    z[0] = FN(part)(ends, 2);
    int32_t up = 0;
    for (int32_t k = 1; k <= n / 2; ++k) {
        COMPLEX conjugate = {from[n - k].r, NEG(from[n - k].i)};
        COMPLEX a = FN(part)(from[k], 2), b = FN(part)(conjugate, 2);
        COMPLEX even = FN(add)(a, b);
        COMPLEX odd = FN(mul)(FN(sub)(a, b), FN(split)(f, k));
        COMPLEX mirrored = FN(sub)(even, odd);
        int32_t down = n - 1 - up; // the place of n - k has the other digits of that of k - 1
        up = mlt_fft_next_place(f, up);
        z[up] = FN(add)(even, odd);
        z[down] = (COMPLEX){mirrored.r, NEG(mirrored.i)};
    }
    FN(transform)(f, z);
}

#undef COMPLEX
#undef NUM
#undef FN
#undef ADD
#undef SUB
#undef NEG
#undef HALF
#undef MIDDLE
#undef APART
#undef PART
#undef TIMES
#undef DOT
#undef CROSS
