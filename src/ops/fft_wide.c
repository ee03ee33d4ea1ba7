// SPDX-License-Identifier: MIT
// FFT of real numbers, for int32 and float. Not among the kernels, which are compiled for speed:
// models use these seldom, and they would be half as large again.

#include "../kernels/fft.h"

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
#include "../kernels/fft_template.h"

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
#include "../kernels/fft_template.h"
