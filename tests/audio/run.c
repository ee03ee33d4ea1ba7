// SPDX-License-Identifier: MIT
// Features of samples on standard input, for tests/test_audio.py:
//     run PRESET CHUNK [PARAMETER VALUE]...    PRESET 0 to 2; CHUNK samples at a time, 0: all
// Prints what is wrong with the parameters and ends with 2, or writes uint16 features.

#include "microlite_audio.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int set(mlt_audio_config_t *c, const char *name, double x) {
#define SET(type, field)                                                                           \
    if (strcmp(name, #field) == 0) {                                                               \
        c->field = (type)x;                                                                        \
        return 1;                                                                                  \
    }
    SET(int32_t, sample_rate)
    SET(int32_t, window_ms)
    SET(int32_t, step_ms)
    SET(int32_t, channels)
    SET(float, lower_hz)
    SET(float, upper_hz)
    SET(int32_t, smoothing_bits)
    SET(float, even_smoothing)
    SET(float, odd_smoothing)
    SET(float, min_signal_remaining)
    SET(bool, pcan)
    SET(float, pcan_strength)
    SET(float, pcan_offset)
    SET(int32_t, gain_bits)
    SET(bool, log)
    SET(int32_t, log_shift)
    return 0;
}

static int run(mlt_audio_t *a, const uint8_t *x, size_t count, size_t chunk) {
    uint16_t features[512];
    while (count > 0) {
        size_t part = chunk > 0 && chunk < count ? chunk : count;
        size_t frames = mlt_audio_frames(a, part);
        count -= part;
        while (part > 0) {
            bool done;
            size_t taken = mlt_audio_process(a, x, part, features, &done);
            x += 2 * taken;
            part -= taken;
            if (done) {
                fwrite(features, sizeof(*features), (size_t)mlt_audio_channels(a), stdout);
                --frames;
            }
        }
        if (frames != 0) {
            fprintf(stderr, "wrong number of frames foretold\n");
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    static uint8_t samples[1 + (1 << 24)]; // from an odd address on: samples need not be aligned
    if (argc < 3 || argc % 2 == 0) {
        return 1;
    }
    mlt_audio_config_t config = mlt_audio_preset((mlt_audio_preset_t)atoi(argv[1]));
    for (int i = 3; i < argc; i += 2) {
        if (!set(&config, argv[i], atof(argv[i + 1]))) {
            fprintf(stderr, "no parameter %s\n", argv[i]);
            return 1;
        }
    }
    const char *error;
    size_t size = mlt_audio_size(&config, &error);
    if (size == 0) {
        puts(error);
        return 2;
    }
    void *memory = malloc(size); // exactly: the sanitizer sees what is beyond
    mlt_audio_t *a = mlt_audio_open(memory, size, &config);
    size_t count = fread(samples + 1, 2, sizeof(samples) / 2, stdin);
    int result = a ? run(a, samples + 1, count, (size_t)atoi(argv[2])) : 1;
    free(memory);
    return result;
}
