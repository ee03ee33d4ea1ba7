// SPDX-License-Identifier: MIT
// Functions of quantised numbers as tables, filled in prepare from a function of real numbers in
// the float arithmetic that TFLite uses, so that every entry is equal to TFLite's.
#ifndef MLT_LUT_H
#define MLT_LUT_H

#include <stdbool.h>
#include <stdint.h>

// A real function with what it needs to know.
typedef float mlt_real_fn(float x, const void *data);

// Scales and zero points of what goes in and comes out.
typedef struct mlt_lut_scales {
    float x_scale, y_scale;
    int32_t x_zero_point, y_zero_point;
} mlt_lut_scales_t;

// 8 bits: a table of all values, indexed by the input's byte.
#define MLT_LUT8_SIZE 256
void mlt_lut8_fill(
    uint8_t *lut, bool is_signed, const mlt_lut_scales_t *s, mlt_real_fn *fn, const void *data);

// The same from a function that computes with stored numbers; what it gives is within the type.
typedef int32_t mlt_stored_fn(const void *data, int32_t x);
void mlt_lut8_tabulate(uint8_t *lut, bool is_signed, mlt_stored_fn *fn, const void *data);

// y may be x.
void mlt_lut8(const uint8_t *lut, const uint8_t *x, uint8_t *y, int32_t n);

// int16: 512 chords. Each starts at the function, moved by half of what the chord's middle is off.
#define MLT_LUT16_SIZE 513
int16_t mlt_lut16_entry(
    const mlt_lut_scales_t *s, mlt_real_fn *fn, const void *data, int32_t index);
void mlt_lut16_fill(int16_t *lut, const mlt_lut_scales_t *s, mlt_real_fn *fn, const void *data);

// The value at x between the entries that bound its chord, lut[mlt_lut16_index(x)] and the next.
static inline int32_t mlt_lut16_index(int16_t x) {
    return 256 + (x >> 7);
}
static inline int16_t mlt_lut16_between(int16_t left, int16_t right, int16_t x) {
    int32_t slope = (int16_t)(right - left);
    return (int16_t)(left + ((slope * (x & 127) + 64) >> 7));
}
static inline int16_t mlt_lut16_at(const int16_t *lut, int16_t x) {
    int32_t i = mlt_lut16_index(x);
    return mlt_lut16_between(lut[i], lut[i + 1], x);
}

#endif
