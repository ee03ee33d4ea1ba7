// SPDX-License-Identifier: MIT
// Fill and use tables of functions. All arithmetic is float, in TFLite's order.

#include "lut.h"

#include "mathf.h"
#include "quant.h"

// Towards zero, saturated; NaN gives the least value.
static int32_t to_int(float x, int32_t lo, int32_t hi) {
    return !(x > (float)lo) ? lo : x >= (float)hi ? hi : (int32_t)x;
}

void mlt_lut8_fill(
    uint8_t *lut, bool is_signed, const mlt_lut_scales_t *s, mlt_real_fn *fn, const void *data) {
    int32_t lo = is_signed ? INT8_MIN : 0, hi = is_signed ? INT8_MAX : UINT8_MAX;
    float inverse = 1.0f / s->y_scale;
    for (int32_t x = lo; x <= hi; ++x) {
        float y = fn(s->x_scale * (float)(x - s->x_zero_point), data);
        float rounded = mlt_roundf(y * inverse) + (float)s->y_zero_point;
        lut[(uint8_t)x] = (uint8_t)to_int(rounded, lo, hi);
    }
}

void mlt_lut8_tabulate(uint8_t *lut, bool is_signed, mlt_stored_fn *fn, const void *data) {
    int32_t lo = is_signed ? INT8_MIN : 0;
    for (int32_t x = lo; x < lo + MLT_LUT8_SIZE; ++x) {
        lut[(uint8_t)x] = (uint8_t)fn(data, x);
    }
}

void mlt_lut8(const uint8_t *lut, const uint8_t *x, uint8_t *y, int32_t n) {
    for (int32_t i = 0; i < n; ++i) {
        y[i] = lut[x[i]];
    }
}

int16_t mlt_lut16_entry(
    const mlt_lut_scales_t *s, mlt_real_fn *fn, const void *data, int32_t index) {
    float x_min = s->x_scale * (float)(INT16_MIN - s->x_zero_point);
    float x_max = s->x_scale * (float)(INT16_MAX - s->x_zero_point);
    float y_min = s->y_scale * (float)(INT16_MIN - s->y_zero_point);
    float y_max = s->y_scale * (float)(INT16_MAX - s->y_zero_point);
    float step = (x_max - x_min) / 512.0f;
    float inverse = 65536.0f / (y_max - y_min);
    if (index == MLT_LUT16_SIZE - 1) {
        return (int16_t)to_int(mlt_roundf(fn(x_max, data) * inverse), INT16_MIN, INT16_MAX);
    }
    float x = x_min + (float)index * step;
    float left = mlt_roundf(fn(x, data) * inverse);
    float middle = mlt_roundf(fn(x + step / 2.0f, data) * inverse);
    float right = fn(x_min + (float)(index + 1) * step, data) * inverse;
    float off = mlt_roundf((right + left) / 2.0f) - middle;
    return (int16_t)to_int(left - mlt_roundf(off / 2.0f), INT16_MIN, INT16_MAX);
}

void mlt_lut16_fill(int16_t *lut, const mlt_lut_scales_t *s, mlt_real_fn *fn, const void *data) {
    for (int32_t i = 0; i < MLT_LUT16_SIZE; ++i) {
        lut[i] = mlt_lut16_entry(s, fn, data, i);
    }
}
