// SPDX-License-Identifier: MIT
// The FFT of fft.h for numbers of type NUM. fft.c includes this once for each type, with
// FN(name): the name of a function for this type
// ADD, SUB, NEG: sums as the type stores them
// MIDDLE(a, b), APART(a, b): (a + b) / 2 and (a - b) / 2
// PART(x, n): x / n, as the reference rounds it
// DOT(a, b, c, d), CROSS(a, b, c, d): a * b + c * d and a * b - c * d, rounded once, where b and d
// are twiddle factors

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

// e^(-2 pi i k / points), or with + for the inverse; 0 <= k < 3/4 points.
static COMPLEX FN(twiddle)(const NUM *cosine, int32_t points, int32_t k, bool inverse) {
    int32_t quarter = points / 4, turn = k / quarter, at = k - turn * quarter;
    NUM near = cosine[at], far = cosine[quarter - at];
    COMPLEX w = {NEG(near), far};
    if (turn == 0) {
        w = (COMPLEX){near, NEG(far)};
    } else if (turn == 1) {
        w = (COMPLEX){NEG(far), NEG(near)};
    }
    w.i = inverse ? NEG(w.i) : w.i;
    return w;
}

// Where number i of n goes: its digits in base 4 the other way round; the last may be one bit.
static int32_t FN(place)(int32_t i, int32_t n) {
    int32_t place = 0;
    for (; n >= 4; n /= 4, i /= 4) {
        place += (i & 3) * (n / 4);
    }
    return n == 2 ? place + i : place;
}

static void FN(radix2)(COMPLEX *z, int32_t n) {
    for (COMPLEX *x = z; x < z + n; x += 2) {
        COMPLEX a = FN(part)(x[0], 2), b = FN(part)(x[1], 2);
        x[0] = FN(add)(a, b);
        x[1] = FN(sub)(a, b);
    }
}

// All butterflies with the twiddle factors of column k, in a stage that joins spectra of length m.
// Out of line: inlined into the loops around it, it would need more stack than a board may give.
__attribute__((noinline)) static void FN(radix4)(
    COMPLEX *z, int32_t n, size_t m, size_t k, const NUM *cosine, bool inverse) {
    int32_t points = 2 * n, step = points / (4 * (int32_t)m) * (int32_t)k;
    COMPLEX w1 = FN(twiddle)(cosine, points, step, inverse);
    COMPLEX w2 = FN(twiddle)(cosine, points, 2 * step, inverse);
    COMPLEX w3 = FN(twiddle)(cosine, points, 3 * step, inverse);
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
        turn = inverse ? (COMPLEX){NEG(turn.r), NEG(turn.i)} : turn;
        x[0] = FN(add)(even, sum);
        x[m] = (COMPLEX){ADD(odd.r, turn.i), SUB(odd.i, turn.r)};
        x[2 * m] = FN(sub)(even, sum);
        x[3 * m] = (COMPLEX){SUB(odd.r, turn.i), ADD(odd.i, turn.r)};
    }
}

// The FFT of n complex numbers that are in their places.
static void FN(transform)(COMPLEX *z, int32_t n, const NUM *cosine, bool inverse) {
    size_t m = n & 0x2aaaaaaa ? 2 : 1; // an odd power of two
    if (m == 2) {
        FN(radix2)(z, n);
    }
    for (; m < (size_t)n; m *= 4) {
        for (size_t k = 0; k < m; ++k) {
            FN(radix4)(z, n, m, k, cosine, inverse);
        }
    }
}

// e^(-pi i (k / n + 1 / 2)), or its conjugate: what tells apart the spectra of the even and the odd
// numbers.
static COMPLEX FN(split)(const NUM *cosine, int32_t n, int32_t k, bool inverse) {
    return FN(twiddle)(cosine, 2 * n, k + n / 2, inverse);
}

void FN(mlt_rfft)(const NUM *x, int32_t count, NUM *y, int32_t points, const NUM *cosine) {
    COMPLEX *z = (COMPLEX *)(void *)y;
    const int32_t n = points / 2;
    for (int32_t i = 0; i < n; ++i) {
        const NUM *pair = x + (size_t)2 * (size_t)i;
        NUM even = 2 * i < count ? pair[0] : 0, odd = 2 * i + 1 < count ? pair[1] : 0;
        z[FN(place)(i, n)] = (COMPLEX){even, odd};
    }
    FN(transform)(z, n, cosine, false);
    COMPLEX mean = FN(part)(z[0], 2);
    z[0] = (COMPLEX){ADD(mean.r, mean.i), 0};
    z[n] = (COMPLEX){SUB(mean.r, mean.i), 0};
    for (int32_t k = 1; k <= n / 2; ++k) {
        COMPLEX conjugate = {z[n - k].r, NEG(z[n - k].i)};
        COMPLEX a = FN(part)(z[k], 2), b = FN(part)(conjugate, 2);
        COMPLEX even = FN(add)(a, b);
        COMPLEX odd = FN(mul)(FN(sub)(a, b), FN(split)(cosine, n, k, false));
        z[k] = (COMPLEX){MIDDLE(even.r, odd.r), MIDDLE(even.i, odd.i)};
        z[n - k] = (COMPLEX){APART(even.r, odd.r), APART(odd.i, even.i)};
    }
}

void FN(mlt_irfft)(const NUM *x, NUM *y, int32_t points, const NUM *cosine) {
    const COMPLEX *from = (const COMPLEX *)(const void *)x;
    COMPLEX *z = (COMPLEX *)(void *)y;
    const int32_t n = points / 2;
    COMPLEX ends = {ADD(from[0].r, from[n].r), SUB(from[0].r, from[n].r)};
    z[0] = FN(part)(ends, 2);
    for (int32_t k = 1; k <= n / 2; ++k) {
        COMPLEX conjugate = {from[n - k].r, NEG(from[n - k].i)};
        COMPLEX a = FN(part)(from[k], 2), b = FN(part)(conjugate, 2);
        COMPLEX even = FN(add)(a, b);
        COMPLEX odd = FN(mul)(FN(sub)(a, b), FN(split)(cosine, n, k, true));
        COMPLEX mirrored = FN(sub)(even, odd);
        z[FN(place)(k, n)] = FN(add)(even, odd);
        z[FN(place)(n - k, n)] = (COMPLEX){mirrored.r, NEG(mirrored.i)};
    }
    FN(transform)(z, n, cosine, true);
}

#undef COMPLEX
#undef NUM
#undef FN
#undef ADD
#undef SUB
#undef NEG
#undef MIDDLE
#undef APART
#undef PART
#undef DOT
#undef CROSS
