// SPDX-License-Identifier: MIT
// The front end itself: memory, and the way of a frame from samples to features.

#include <string.h>

#include "audio_config.h"
#include "audio_fft.h"
#include "audio_tables.h"
#include "../kernels/channel.h"

struct mlt_audio {
    mlt_audio_config_t config;
    mlt_fft16_t fft;
    int32_t window, step;          // in samples
    int32_t used;                  // samples that wait
    int32_t input_bits;            // to undo the scale of the spectrum
    int32_t start;                 // first bin of the filter bank
    uint16_t even, odd, remaining; // 16384 is 1
    // In ROM or behind this structure:
    const int16_t *coefficients;
    const uint16_t *widths, *weights;
    const int16_t *gains;
    int16_t *samples;
    mlt_complex16_t *bins;
    uint32_t *noise;
};

// --- Memory: what of the tables is not in ROM, then what changes.

typedef struct place {
    uint8_t *base; // NULL: only to count
    size_t used;
} place_t;

static void *take(place_t *p, int32_t count, size_t size) {
    size_t at = p->used;
    p->used += ((size_t)count * size + 7) & ~(size_t)7;
    return p->base ? p->base + at : NULL;
}

static bool has_rom_bands(const mlt_audio_config_t *c, int32_t points) {
    mlt_audio_config_t rom = mlt_audio_preset(MLT_AUDIO_MICRO_SPEECH);
    return points == 512 && c->sample_rate == rom.sample_rate && c->channels == rom.channels &&
           c->lower_hz == rom.lower_hz && c->upper_hz == rom.upper_hz;
}

static mlt_audio_bands_t bands_of(
    const mlt_audio_config_t *c, uint16_t *widths, uint16_t *weights) {
    int32_t points = 1 << mlt_audio_points_log2(mlt_audio_samples(c, c->window_ms));
    if (has_rom_bands(c, points)) {
        return (mlt_audio_bands_t){
            .start = MLT_AUDIO_ROM_START, .points = points, .count = MLT_AUDIO_ROM_WEIGHTS};
    }
    return mlt_audio_make_bands(c, points, widths, weights);
}

typedef struct tables { // those that are to be made; NULL: in ROM or not needed
    int16_t *cosine, *window, *gains;
    uint16_t *widths, *weights;
} tables_t;

// Give everything its place; `a` is NULL when memory is only counted.
static tables_t lay_out(
    place_t *p, mlt_audio_t *a, const mlt_audio_config_t *c, const mlt_audio_bands_t *bands) {
    tables_t t = {.cosine = NULL};
    int32_t window = mlt_audio_samples(c, c->window_ms);
    int16_t *samples = take(p, window, sizeof(*samples));
    mlt_complex16_t *bins = take(p, bands->points / 2 + 1, sizeof(*bins));
    uint32_t *noise = take(p, c->channels, sizeof(*noise));
    if (a) {
        a->samples = samples;
        a->bins = bins;
        a->noise = noise;
    }
    if (c->pcan) {
        t.gains = take(p, MLT_AUDIO_GAINS, sizeof(*t.gains));
    }
    if (bands->points > MLT_FFT16_ROM) {
        t.cosine = take(p, bands->points / 4 + 1, sizeof(*t.cosine));
    }
    if (window != MLT_AUDIO_ROM_WINDOW) {
        t.window = take(p, window, sizeof(*t.window));
    }
    if (!has_rom_bands(c, bands->points)) {
        t.widths = take(p, c->channels + 1, sizeof(*t.widths));
        t.weights = take(p, bands->count, sizeof(*t.weights));
    }
    return t;
}

size_t mlt_audio_size(const mlt_audio_config_t *config, const char **error) {
    const char *text = mlt_audio_problem(config);
    place_t p = {.base = NULL};
    if (!text) {
        mlt_audio_bands_t bands = bands_of(config, NULL, NULL);
        text = bands.count < 0 ? "upper_hz too high, want less than half of sample_rate" : NULL;
        take(&p, 1, sizeof(mlt_audio_t));
        lay_out(&p, NULL, config, &bands);
    }
    if (error) {
        *error = text;
    }
    return text ? 0 : p.used;
}

static uint16_t to_14_bits(float x) {
    return (uint16_t)(x * 16384.0f);
}

mlt_audio_t *mlt_audio_open(void *memory, size_t size, const mlt_audio_config_t *config) {
    size_t wanted = mlt_audio_size(config, NULL);
    if (wanted == 0 || size < wanted) {
        return NULL;
    }
    place_t p = {.base = memory};
    mlt_audio_t *a = take(&p, 1, sizeof(*a));
    memset(a, 0, sizeof(*a));
    a->config = *config;
    a->window = mlt_audio_samples(config, config->window_ms);
    a->step = mlt_audio_samples(config, config->step_ms);
    a->input_bits = mlt_audio_correction(a->window);
    a->even = to_14_bits(config->even_smoothing);
    a->odd = to_14_bits(config->odd_smoothing);
    a->remaining = to_14_bits(config->min_signal_remaining);

    mlt_audio_bands_t bands = bands_of(config, NULL, NULL);
    tables_t t = lay_out(&p, a, config, &bands);
    a->start = bands.start;
    mlt_fft16_init(&a->fft, bands.points, t.cosine);
    a->coefficients = mlt_audio_window_480;
    if (t.window) {
        mlt_audio_make_window(t.window, a->window);
        a->coefficients = t.window;
    }
    a->widths = mlt_audio_widths_40;
    a->weights = mlt_audio_weights_40;
    if (t.widths) {
        bands_of(config, t.widths, t.weights);
        a->widths = t.widths;
        a->weights = t.weights;
    }
    a->gains = t.gains;
    if (t.gains) {
        mlt_audio_make_gains(config, config->smoothing_bits - a->input_bits, t.gains);
    }
    mlt_audio_reset(a);
    return a;
}

void mlt_audio_reset(mlt_audio_t *a) {
    a->used = 0;
    memset(a->noise, 0, (size_t)a->config.channels * sizeof(*a->noise));
}

void mlt_audio_drop(mlt_audio_t *a) {
    a->used = 0;
}

int32_t mlt_audio_channels(const mlt_audio_t *a) {
    return a->config.channels;
}

int32_t mlt_audio_window(const mlt_audio_t *a) {
    return a->window;
}

int32_t mlt_audio_step(const mlt_audio_t *a) {
    return a->step;
}

// --- A frame.

// Windowed samples at their places for the FFT, zeros behind them. Returns a number as long in bits
// as the largest is, without sign. -32768 does not count, as in the reference.
static uint32_t apply_window(mlt_audio_t *a) {
    const int16_t *x = a->samples, *w = a->coefficients;
    memset(a->bins, 0, (size_t)(a->fft.half + 1) * sizeof(*a->bins));
    uint32_t bits = 0;
    int32_t place = 0, last = a->window - 1;
    for (int32_t i = 0; i <= last; i += 2) {
        int32_t r = (x[i] * w[i]) >> 12, k = i < last ? (x[i + 1] * w[i + 1]) >> 12 : 0;
        bits |= (uint32_t)(r < 0 ? -r : r) | (uint32_t)(k < 0 ? -k : k);
        a->bins[place] = (mlt_complex16_t){(int16_t)r, (int16_t)k};
        place = mlt_fft16_next_place(&a->fft, place);
    }
    return bits & 0x7fff;
}

// Shift all values left so that the largest uses 15 bits. Returns by how much.
static int32_t scale_up(mlt_audio_t *a, uint32_t bits) {
    int32_t shift = bits ? __builtin_clz(bits) - 17 : 15;
    if (shift > 0) {
        mlt_complex16_t *end = a->bins + a->fft.half;
        for (mlt_complex16_t *z = a->bins; z < end; ++z) {
            z->r = (int16_t)((uint32_t)z->r << shift);
            z->i = (int16_t)((uint32_t)z->i << shift);
        }
    }
    return shift;
}

// Update the average of a channel, and take it off.
static uint32_t reduce_noise(
    const mlt_audio_t *a, uint32_t x, uint32_t *noise, uint32_t smoothing) {
    int32_t bits = a->config.smoothing_bits;
    uint32_t signal = x << bits;
    uint32_t estimate =
        (uint32_t)(((uint64_t)signal * smoothing + (uint64_t)*noise * (16384 - smoothing)) >> 14);
    *noise = estimate;
    uint32_t least = (uint32_t)((uint64_t)x * a->remaining >> 14);
    uint32_t rest = (signal - (estimate < signal ? estimate : signal)) >> bits;
    return rest > least ? rest : least;
}

static uint16_t finish(const mlt_audio_t *a, uint32_t x, uint32_t noise) {
    if (a->gains) {
        int32_t shift = a->config.gain_bits - a->input_bits - 12;
        x = mlt_channel_shrink(x, mlt_channel_gain(a->gains, a->gains + 4, noise), shift);
    }
    if (a->config.log) {
        x = a->input_bits < 0 ? x >> -a->input_bits : x << a->input_bits;
        x = ((mlt_channel_log(x) << a->config.log_shift) + 32768u) >> 16;
    }
    return x > UINT16_MAX ? UINT16_MAX : (uint16_t)x;
}

typedef struct sums {
    uint64_t rising, falling; // of a slope, 4096 is 1
} sums_t;

static sums_t slope(const mlt_complex16_t *z, const uint16_t *weights, int32_t count) {
    uint64_t rising = 0, all = 0, extra = 0;
    for (int32_t i = 0; i < count; ++i) {
        uint32_t energy = (uint32_t)(z[i].r * z[i].r) + (uint32_t)(z[i].i * z[i].i);
        uint32_t w = weights[i];
        if (w & MLT_AUDIO_BOTH_UP) {
            w -= MLT_AUDIO_BOTH_UP;
            extra += energy;
        }
        rising += (uint64_t)energy * w;
        all += energy;
    }
    return (sums_t){rising, (all << 12) + extra - rising};
}

static void make_frame(mlt_audio_t *a, uint16_t *features) {
    int32_t shift = scale_up(a, apply_window(a));
    mlt_fft16(&a->fft, a->bins);
    // A channel is what falls on one slope and rises on the next. The first only falls.
    const mlt_complex16_t *z = a->bins + a->start;
    const uint16_t *weights = a->weights;
    uint64_t falling = slope(z, weights, a->widths[0]).falling;
    for (int32_t i = 0; i < a->config.channels; ++i) {
        z += a->widths[i];
        weights += a->widths[i];
        sums_t next = slope(z, weights, a->widths[i + 1]);
        uint32_t x = mlt_channel_sqrt(falling + next.rising) >> shift;
        falling = next.falling;
        x = reduce_noise(a, x, &a->noise[i], i & 1 ? a->odd : a->even);
        features[i] = finish(a, x, a->noise[i]);
    }
}

size_t mlt_audio_process(
    mlt_audio_t *a, const void *samples, size_t count, uint16_t *features, bool *done) {
    size_t room = (size_t)(a->window - a->used), taken = count < room ? count : room;
    memcpy(a->samples + a->used, samples, taken * sizeof(*a->samples));
    a->used += (int32_t)taken;
    *done = a->used == a->window;
    if (*done) {
        make_frame(a, features);
        a->used -= a->step;
        memmove(a->samples, a->samples + a->step, (size_t)a->used * sizeof(*a->samples));
    }
    return taken;
}

size_t mlt_audio_frames(const mlt_audio_t *a, size_t count) {
    size_t room = (size_t)(a->window - a->used);
    return count < room ? 0 : 1 + (count - room) / (size_t)a->step;
}
