// SPDX-License-Identifier: MIT
// FFT of real numbers, for int16.

#include "fft.h"

int32_t mlt_fft_next_place(const mlt_fft_t *f, int32_t place) {
    int32_t size = f->points / 2;
    for (int stage = 0; stage < f->stages; ++stage) {
        int32_t p = mlt_fft_radix(f, stage);
        size /= p;
        if (place < (p - 1) * size) {
            return place + size;
        }
        place -= (p - 1) * size;
    }
    return 0;
}

// Products in 32 bits.

static inline int16_t round15(int32_t x) {
    return (int16_t)((x + (1 << 14)) >> 15);
}

#define NUM int16_t
#define FN(name) name##_s16
#define ADD(a, b) ((int16_t)((a) + (b)))
#define SUB(a, b) ((int16_t)((a) - (b)))
#define NEG(a) ((int16_t)(-(a)))
#define HALF(a) ((a) >> 1)
#define MIDDLE(a, b) ((int16_t)(((a) + (b)) >> 1))
#define APART(a, b) ((int16_t)(((a) - (b)) >> 1))
#define PART(x, n) round15((x) * (INT16_MAX / (n)))
#define TIMES(a, b) round15((a) * (b))
#define DOT(a, b, c, d) round15((a) * (b) + (c) * (d))
#define CROSS(a, b, c, d) round15((a) * (b) - (c) * (d))
#include "fft_template.h"
