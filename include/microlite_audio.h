// SPDX-License-Identifier: MIT
// The audio front end: turns a stream of 16-bit samples into the spectral features that
// micro_speech and microWakeWord models take. Needs nothing else of microlite.
//
//     uint8_t memory[...];                                // mlt_audio_size() bytes
//     mlt_audio_config_t config = mlt_audio_preset(MLT_AUDIO_MICRO_SPEECH);
//     mlt_audio_t *audio = mlt_audio_open(memory, sizeof(memory), &config);
//     while (count > 0) {
//         bool done;
//         size_t taken = mlt_audio_process(audio, samples, count, features, &done);
//         samples += taken, count -= taken;
//         if (done) { ... config.channels features of one more frame ... }
//     }
//
// Each frame: window, FFT, power in mel bands, square root, noise reduction, gain control (PCAN),
// logarithm. All in integers, bit for bit as the microfrontend library of TensorFlow Lite does it.
#ifndef MICROLITE_AUDIO_H
#define MICROLITE_AUDIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mlt_audio_config {
    int32_t sample_rate; // Hz, 1000 to 192000
    int32_t window_ms;   // length of a frame: 32 to 16384 samples
    int32_t step_ms;     // from one frame to the next, at most window_ms
    int32_t channels;    // features in a frame, 1 to 512
    float lower_hz;      // band limits; the upper one is below half the sample rate
    float upper_hz;

    // Noise reduction: a moving average of each channel is taken off.
    int32_t smoothing_bits; // bits below the point of that average, 0 to 16
    float even_smoothing;   // weight of a new frame in the average, 0 to 1, channels 0, 2, 4 ...
    float odd_smoothing;    // channels 1, 3, 5 ...
    float min_signal_remaining; // what is left at least, 0 to 1; 1 switches noise reduction off

    // Gain control: each channel is divided by (its average + pcan_offset) ^ pcan_strength.
    bool pcan;
    float pcan_strength; // 0 to 4
    float pcan_offset;   // above 0
    int32_t gain_bits;   // bits below the point of the gain, up to 30

    bool log;          // natural logarithm, in units of 2^-log_shift
    int32_t log_shift; // 0 to 16
} mlt_audio_config_t;

typedef enum mlt_audio_preset {
    MLT_AUDIO_LIBRARY,        // 25 ms every 10 ms, 32 channels, no gain control
    MLT_AUDIO_MICRO_SPEECH,   // 30 ms every 20 ms, 40 channels, gain control
    MLT_AUDIO_MICRO_WAKE_WORD // 30 ms every 10 ms, 40 channels, gain control
} mlt_audio_preset_t;

mlt_audio_config_t mlt_audio_preset(mlt_audio_preset_t preset);

typedef struct mlt_audio mlt_audio_t; // opaque

// Bytes of memory for this configuration: 2.5 KB for the presets of 40 channels. 0 when a
// parameter is out of range; *error, when error is not NULL, is then a sentence that names it.
size_t mlt_audio_size(const mlt_audio_config_t *config, const char **error);

// Make a front end in memory of the caller's, aligned to 8 bytes, which has to stay. NULL when it
// is smaller than mlt_audio_size says, or when a parameter is out of range. Nothing to close.
mlt_audio_t *mlt_audio_open(void *memory, size_t size, const mlt_audio_config_t *config);

// Forget all samples and the noise.
void mlt_audio_reset(mlt_audio_t *audio);

// Forget samples that wait for their frame, but not the noise.
void mlt_audio_drop(mlt_audio_t *audio);

// Take samples (int16, little endian, aligned or not) until a frame is complete or none is left.
// Returns how many were taken. *done says that a frame was completed, and `features` holds it.
size_t mlt_audio_process(
    mlt_audio_t *audio, const void *samples, size_t count, uint16_t *features, bool *done);

// Frames that `count` more samples complete.
size_t mlt_audio_frames(const mlt_audio_t *audio, size_t count);

int32_t mlt_audio_channels(const mlt_audio_t *audio);
int32_t mlt_audio_window(const mlt_audio_t *audio); // in samples
int32_t mlt_audio_step(const mlt_audio_t *audio);

// A feature as micro_speech and microWakeWord models take it: scaled by 256 / 666, moved by -128.
static inline int8_t mlt_audio_int8(uint16_t feature) {
    int32_t q = ((int32_t)feature * 256 + 333) / 666 - 128;
    return (int8_t)(q > 127 ? 127 : q);
}

#ifdef __cplusplus
}
#endif

#endif
