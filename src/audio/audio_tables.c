// SPDX-License-Identifier: MIT
// Makes the tables of the front end. The reference does so in single precision, so each operation
// here is one of its operations, in its order. Contraction to fused operations would show.

#include "audio_tables.h"

#include "../mathf.h"

// --- Cosine: a Taylor series in double on an eighth of the circle, good to 1e-15.

static double series(double x, double term, int32_t i) {
    double sum = 0.0;
    for (; i < 19; i += 2) {
        sum += term;
        term *= -x * x / ((i + 1) * (i + 2));
    }
    return sum;
}

// cos(x), x in 0 .. 2 pi
static double cosine(double x) {
    const double pi = 3.14159265358979323846;
    double sign = 1.0;
    if (x > pi) {
        x = 2.0 * pi - x;
    }
    if (x > pi / 2.0) {
        x = pi - x;
        sign = -1.0;
    }
    return sign * (x > pi / 4.0 ? series(pi / 2.0 - x, pi / 2.0 - x, 1) : series(x, 1.0, 0));
}

void mlt_audio_make_cosine(int16_t *table, int32_t quarter) {
    for (int32_t i = 0; i <= quarter; ++i) {
        table[i] = (int16_t)(0.5 + 32767.0 * cosine(1.57079632679489661923 * i / quarter));
    }
}

void mlt_audio_make_window(int16_t *table, int32_t size) {
    float turn = 3.14159265f * 2.0f / (float)size;
    for (int32_t i = 0; i < size; ++i) {
        float x = turn * ((float)i + 0.5f);
        float y = 0.5f - 0.5f * (float)cosine((double)x);
        table[i] = (int16_t)(y * 4096.0f + 0.5f);
    }
}

// --- The mel scale.

// log(1 + x) for x >= 0, rounded like the log1pf that C libraries have in common (fdlibm's): the
// polynomial is theirs, as a difference in the last bit can move a weight.
static float log1p_positive(float x) {
    float k = 0.0f, f = x, error = 0.0f;
    if (x >= 0.41421356f) { // 1 + x = 2^k (1 + f)
        float u = 1.0f + x;
        uint32_t bits = mlt_float_bits(u);
        int32_t exponent = (int32_t)(bits >> 23) - 127;
        error = (exponent > 0 ? 1.0f - (u - x) : x - (u - 1.0f)) / u;
        bits &= 0x7fffffu;
        if (bits < 0x3504f7u) {
            f = mlt_bits_float(bits | 0x3f800000u) - 1.0f;
        } else {
            ++exponent;
            f = mlt_bits_float(bits | 0x3f000000u) - 1.0f;
        }
        k = (float)exponent;
    }
    static const float c[] = {6.6666668653e-01f, 4.0000000596e-01f, 2.8571429849e-01f,
        2.2222198546e-01f, 1.8183572590e-01f, 1.5313838422e-01f, 1.4798198640e-01f};
    float half = 0.5f * f * f, s = f / (2.0f + f), z = s * s, tail = c[6];
    for (int i = 5; i >= 0; --i) {
        tail = c[i] + z * tail;
    }
    tail *= z;
    if (k == 0.0f) {
        return f - (half - s * (half + tail));
    }
    return k * 6.9313812256e-01f -
           ((half - (s * (half + tail) + (k * 9.0580006145e-06f + error))) - f);
}

static float mel(float hz) {
    return 1127.0f * log1p_positive(hz / 700.0f);
}

static uint16_t weight_of(float w) {
    int32_t up = (int32_t)(w * 4096.0f + 0.5f), rest = (int32_t)((1.0f - w) * 4096.0f + 0.5f);
    return (uint16_t)(up + rest > 4096 ? up | MLT_AUDIO_BOTH_UP : up);
}

mlt_audio_bands_t mlt_audio_make_bands(
    const mlt_audio_config_t *config, int32_t points, uint16_t *widths, uint16_t *weights) {
    mlt_audio_bands_t bands = {.points = points};
    int32_t slopes = config->channels + 1;
    float low = mel(config->lower_hz), spacing = (mel(config->upper_hz) - low) / (float)slopes;
    bands.hz = (float)config->sample_rate / (float)points; // both exact: a power of two
    bands.start = (int32_t)(1.5f + config->lower_hz / bands.hz);

    int32_t bin = bands.start;
    float from = low;
    for (int32_t i = 0; i < slopes; ++i) {
        float to = low + spacing * (float)(i + 1);
        int32_t first = bin;
        for (; bin <= points / 2; ++bin) {
            float here = mel((float)bin * bands.hz);
            if (here > to) {
                break;
            }
            if (weights) {
                weights[bin - bands.start] = weight_of((to - here) / (to - from));
            }
        }
        if (widths) {
            widths[i] = (uint16_t)(bin - first);
        }
        from = to;
    }
    bands.count = bin <= points / 2 ? bin - bands.start : -1;
    return bands;
}

// --- Gains.

static int16_t gain_at(const mlt_audio_config_t *config, int32_t input_bits, uint32_t x) {
    float noise = (float)x / (float)(UINT32_C(1) << input_bits);
    float gain = (float)(UINT32_C(1) << config->gain_bits) *
                 mlt_powf(noise + config->pcan_offset, -config->pcan_strength);
    gain += 0.5f;
    return gain > 32767.5f ? INT16_MAX : (int16_t)gain;
}

// gains[0], gains[1]: for 0 and 1. From gains[4 i] on: value, slope and curve for 2^(i - 1) .. 2^i.
void mlt_audio_make_gains(const mlt_audio_config_t *config, int32_t input_bits, int16_t *gains) {
    gains[0] = gain_at(config, input_bits, 0);
    gains[1] = gain_at(config, input_bits, 1);
    for (int32_t i = 2; i <= 32; ++i) {
        uint32_t x = UINT32_C(1) << (i - 1);
        int32_t y0 = gain_at(config, input_bits, x), y1 = gain_at(config, input_bits, x + x / 2);
        int32_t y2 = gain_at(config, input_bits, i < 32 ? 2 * x : x + (x - 1));
        int32_t slope = 4 * (y1 - y0) - (y2 - y0);
        gains[4 * i - 4] = (int16_t)y0;
        gains[4 * i - 3] = (int16_t)slope;
        gains[4 * i - 2] = (int16_t)(y2 - y0 - slope);
    }
}
