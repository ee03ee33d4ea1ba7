// SPDX-License-Identifier: MIT
// FFT of real numbers, for three types.

#include "fft.h"

// Number i goes where its digits, in the radixes, lead the other way round: from its place to that
// of the next number as one counts, but that digits carry to the right.
static int32_t next_place(const mlt_fft_t *f, int32_t place) {
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

// --- int16: products in 32 bits

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

// --- int32: products in 64 bits

static inline int32_t round31(int64_t x) {
    return (int32_t)((x + (1 << 30)) >> 31);
}

static inline int32_t add_wrap(int32_t a, int32_t b) {
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

static inline int32_t sub_wrap(int32_t a, int32_t b) {
    return (int32_t)((uint32_t)a - (uint32_t)b);
}

#define NUM int32_t
#define FN(name) name##_s32
#define ADD(a, b) add_wrap(a, b)
#define SUB(a, b) sub_wrap(a, b)
#define NEG(a) sub_wrap(0, a)
#define HALF(a) ((a) >> 1)
#define MIDDLE(a, b) (add_wrap(a, b) >> 1)
#define APART(a, b) (sub_wrap(a, b) >> 1)
#define PART(x, n) round31((int64_t)(x) * (INT32_MAX / (n)))
#define TIMES(a, b) round31((int64_t)(a) * (b))
#define DOT(a, b, c, d) round31((int64_t)(a) * (b) + (int64_t)(c) * (d))
#define CROSS(a, b, c, d) round31((int64_t)(a) * (b) - (int64_t)(c) * (d))
#include "fft_template.h"

// --- float

#define NUM float
#define FN(name) name##_f32
#define ADD(a, b) ((a) + (b))
#define SUB(a, b) ((a) - (b))
#define NEG(a) (-(a))
#define HALF(a) ((a)*0.5f)
#define MIDDLE(a, b) (((a) + (b)) * 0.5f)
#define APART(a, b) (((a) - (b)) * 0.5f)
#define PART(x, n) ((void)(n), (x))
#define TIMES(a, b) ((a) * (b))
#define DOT(a, b, c, d) ((a) * (b) + (c) * (d))
#define CROSS(a, b, c, d) ((a) * (b) - (c) * (d))
#include "fft_template.h"
