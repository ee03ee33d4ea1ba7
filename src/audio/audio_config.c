// SPDX-License-Identifier: MIT
// The front end's parameters: presets, and what is wrong with others.

#include "audio_config.h"

mlt_audio_config_t mlt_audio_preset(mlt_audio_preset_t preset) {
    mlt_audio_config_t c = {
        .sample_rate = 16000,
        .window_ms = 25,
        .step_ms = 10,
        .channels = 32,
        .lower_hz = 125.0f,
        .upper_hz = 7500.0f,
        .smoothing_bits = 10,
        .even_smoothing = 0.025f,
        .odd_smoothing = 0.06f,
        .min_signal_remaining = 0.05f,
        .pcan = false,
        .pcan_strength = 0.95f,
        .pcan_offset = 80.0f,
        .gain_bits = 21,
        .log = true,
        .log_shift = 6,
    };
    if (preset != MLT_AUDIO_LIBRARY) {
        c.window_ms = 30;
        c.step_ms = preset == MLT_AUDIO_MICRO_SPEECH ? 20 : 10;
        c.channels = 40;
        c.pcan = true;
    }
    return c;
}

static bool is_in(float x, float low, float high) {
    return x >= low && x <= high; // false for NaN
}

int32_t mlt_audio_samples(const mlt_audio_config_t *c, int32_t ms) {
    return (int32_t)((int64_t)ms * c->sample_rate / 1000);
}

int32_t mlt_audio_points_log2(int32_t window) {
    return 32 - __builtin_clz((uint32_t)window - 1);
}

int32_t mlt_audio_correction(int32_t window) {
    return mlt_audio_points_log2(window) - 6;
}

const char *mlt_audio_problem(const mlt_audio_config_t *c) {
    if (c->sample_rate < 1000 || c->sample_rate > 192000) {
        return "sample_rate out of range, want 1000 to 192000";
    }
    int32_t window =
        c->window_ms < 1 || c->window_ms > 16384 ? 0 : mlt_audio_samples(c, c->window_ms);
    if (window < 32 || window > 16384) {
        return "window_ms out of range, want 32 to 16384 samples";
    }
    if (c->step_ms < 1 || c->step_ms > c->window_ms) {
        return "step_ms out of range, want 1 to window_ms";
    }
    if (c->channels < 1 || c->channels > 512) {
        return "channels out of range, want 1 to 512";
    }
    if (!is_in(c->lower_hz, 0.0f, 96000.0f) || !is_in(c->upper_hz, c->lower_hz, 96000.0f) ||
        c->upper_hz == c->lower_hz) {
        return "lower_hz and upper_hz out of order or range";
    }
    if (c->smoothing_bits < 0 || c->smoothing_bits > 16) {
        return "smoothing_bits out of range, want 0 to 16";
    }
    if (!is_in(c->even_smoothing, 0.0f, 1.0f) || !is_in(c->odd_smoothing, 0.0f, 1.0f)) {
        return "even_smoothing or odd_smoothing out of range, want 0 to 1";
    }
    if (!is_in(c->min_signal_remaining, 0.0f, 1.0f)) {
        return "min_signal_remaining out of range, want 0 to 1";
    }
    int32_t bits = mlt_audio_correction(window);
    if (c->pcan && (!is_in(c->pcan_strength, 0.0f, 4.0f) || !is_in(c->pcan_offset, 1e-6f, 1e9f))) {
        return "pcan_strength or pcan_offset out of range";
    }
    if (c->pcan && (c->gain_bits - bits < 12 || c->gain_bits > 30)) {
        return "gain_bits out of range, want 30 at most, and 15 at least for 512 points";
    }
    if (c->pcan && c->smoothing_bits < bits) {
        return "smoothing_bits too few for gain control, want 3 at least for 512 points";
    }
    if (c->log_shift < 0 || c->log_shift > 16) {
        return "log_shift out of range, want 0 to 16";
    }
    return NULL;
}
