// SPDX-License-Identifier: MIT
// Quantised elementwise kernels in plain C. The 8-bit ones give the formula's results with fewer
// operations where the multiplier of the output is below one half, as in any sane model.

#include "elementwise.h"

// round(x / 2^n) + added, halves away from zero, is (x + bias + (x < 0 ? -1 : 0)) >> n.
typedef struct halving {
    int32_t n, bias;
} halving_t;

// 1 <= n <= 20, so that nothing overflows for |x| < 2^29 and |added| < 2^8.
static bool can_halve(int32_t n) {
    return n >= 1 && n <= 20;
}

static halving_t halving(int32_t n, int32_t added) {
    return (halving_t){n, (INT32_C(1) << (n - 1)) + added * (INT32_C(1) << n)};
}

static inline int32_t halve(int32_t x, const halving_t *h) {
    return (x + h->bias + (x >> 31)) >> h->n;
}

void mlt_sum_s8_scalar(const int8_t *wide, const int8_t *narrow, int8_t *y, const mlt_elements_t *e,
    const mlt_sum_t *p) {
    const int32_t wide_step = e->step[0], narrow_step = e->step[1];
    const int32_t out_shift = -p->out.multiplier.shift;
    const int8_t *end = y + e->n;
    if (!can_halve(out_shift) || p->narrow.shift < -20) {
        for (; y < end; wide += wide_step, narrow += narrow_step) {
            *y++ = (int8_t)mlt_sum_one(p, *wide, *narrow);
        }
        return;
    }
    // A factor of one half has shift 0; (2^31 - 1) / 2^32 gives the same on so few bits.
    bool half = p->narrow.shift == 0;
    const int32_t mult = half && p->narrow.mult ? INT32_MAX : p->narrow.mult;
    const halving_t inner = halving(half ? 1 : -p->narrow.shift, 0);
    const halving_t outer = halving(out_shift, p->out.zero_point);
    const int32_t offset = p->narrow_offset;
    const int32_t wide_start = p->wide_offset * p->wide_factor, wide_factor = p->wide_factor;
    const int32_t sign = p->narrow_sign, out_mult = p->out.multiplier.mult;
    const int32_t lo = p->out.lo, hi = p->out.hi;
    for (; y < end; wide += wide_step, narrow += narrow_step) {
        // A product with narrow_factor = 2^20, rounded to units of 2^31, is one rounded to 2^11.
        int64_t scaled = (int64_t)(*narrow + offset) * mult;
        int32_t n = halve((int32_t)((scaled + (1 << 10)) >> 11), &inner);
        int32_t sum = wide_start + *wide * wide_factor + n * sign;
        int32_t out = halve((int32_t)(((int64_t)sum * out_mult + (1 << 30)) >> 31), &outer);
        *y++ = (int8_t)mlt_clamp(out, lo, hi);
    }
}

void mlt_sum_s16_scalar(const int16_t *wide, const int16_t *narrow, int16_t *y,
    const mlt_elements_t *e, const mlt_sum_t *p) {
    const mlt_sum_t sum = *p;
    const int32_t wide_step = e->step[0], narrow_step = e->step[1];
    for (const int16_t *end = y + e->n; y < end; wide += wide_step, narrow += narrow_step) {
        *y++ = (int16_t)mlt_sum_one(&sum, *wide, *narrow);
    }
}

void mlt_mul_s8_scalar(
    const int8_t *a, const int8_t *b, int8_t *y, const mlt_elements_t *e, const mlt_mul_t *p) {
    const int32_t a_step = e->step[0], b_step = e->step[1], shift = -p->out.multiplier.shift;
    const int8_t *end = y + e->n;
    if (!can_halve(shift)) {
        for (; y < end; a += a_step, b += b_step) {
            *y++ = (int8_t)mlt_mul_one(p, *a, *b);
        }
        return;
    }
    const halving_t outer = halving(shift, p->out.zero_point);
    const int32_t a_offset = p->offset[0], b_offset = p->offset[1];
    const int32_t mult = p->out.multiplier.mult, lo = p->out.lo, hi = p->out.hi;
    for (; y < end; a += a_step, b += b_step) {
        int32_t product = (*a + a_offset) * (*b + b_offset);
        int32_t out = halve((int32_t)(((int64_t)product * mult + (1 << 30)) >> 31), &outer);
        *y++ = (int8_t)mlt_clamp(out, lo, hi);
    }
}

void mlt_mul_s16_scalar(
    const int16_t *a, const int16_t *b, int16_t *y, const mlt_elements_t *e, const mlt_mul_t *p) {
    const mlt_mul_t mul = *p;
    const int32_t a_step = e->step[0], b_step = e->step[1];
    for (const int16_t *end = y + e->n; y < end; a += a_step, b += b_step) {
        *y++ = (int16_t)mlt_mul_one(&mul, *a, *b);
    }
}
