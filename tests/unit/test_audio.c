// SPDX-License-Identifier: MIT
// The audio front end's parts: tables, square root, logarithm, FFT; parameters and memory. What it
// computes as a whole is compared with the reference in tests/test_audio.py.

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "kernels/channel.h"
#include "audio/audio_fft.h"
#include "audio/audio_tables.h"

static const double pi = 3.14159265358979323846;

static void test_rom_tables_are_what_would_be_made(void **state) {
    int16_t cosine[129], window[MLT_AUDIO_ROM_WINDOW];
    uint16_t widths[MLT_AUDIO_ROM_CHANNELS + 1], weights[MLT_AUDIO_ROM_WEIGHTS];
    mlt_audio_make_cosine(cosine, 128);
    assert_memory_equal(cosine, mlt_audio_cosine_512, sizeof(cosine));
    mlt_audio_make_window(window, MLT_AUDIO_ROM_WINDOW);
    assert_memory_equal(window, mlt_audio_window_480, sizeof(window));

    mlt_audio_config_t config = mlt_audio_preset(MLT_AUDIO_MICRO_SPEECH);
    mlt_audio_bands_t bands = mlt_audio_make_bands(&config, 512, NULL, NULL);
    assert_int_equal(bands.start, MLT_AUDIO_ROM_START);
    assert_int_equal(bands.count, MLT_AUDIO_ROM_WEIGHTS);
    mlt_audio_make_bands(&config, 512, widths, weights);
    assert_memory_equal(widths, mlt_audio_widths_40, sizeof(widths));
    assert_memory_equal(weights, mlt_audio_weights_40, sizeof(weights));

    for (int i = 0; i <= 128; ++i) {
        double want = floor(65536.0 * (log2(1.0 + i / 128.0) - i / 128.0) + 0.5);
        assert_int_equal(mlt_channel_log_curve[i], want);
    }
}

static void test_cosine_of_larger_transforms(void **state) {
    static int16_t table[4097];
    for (int32_t quarter = 256; quarter <= 4096; quarter *= 2) {
        mlt_audio_make_cosine(table, quarter);
        for (int32_t i = 0; i <= quarter; ++i) {
            assert_int_equal(table[i], floor(0.5 + 32767.0 * cos(pi / 2.0 * i / quarter)));
        }
    }
}

// Bit by bit, as the reference does it.
static uint32_t slow_sqrt(uint64_t x) {
    uint64_t root = 0;
    for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1) {
        root += (root + bit) * (root + bit) <= x ? bit : 0;
    }
    uint64_t largest = x >> 32 ? UINT32_MAX : 0xffff;
    return (uint32_t)(root + (x - root * root > root && root != largest));
}

static void test_sqrt(void **state) {
    uint32_t seed = 1;
    for (uint64_t x = 0; x < 70000; ++x) {
        assert_int_equal(mlt_channel_sqrt(x), slow_sqrt(x));
    }
    for (int bits = 1; bits <= 64; ++bits) {
        for (int i = 0; i < 5000; ++i) {
            uint64_t x = ((uint64_t)unit_random(&seed) << 32 | unit_random(&seed)) >> (64 - bits);
            assert_int_equal(mlt_channel_sqrt(x), slow_sqrt(x));
            uint64_t root = mlt_channel_sqrt(x) + (i & 1), square = root * root; // where it turns
            for (uint64_t y = square - 2; y != square + 3; ++y) {
                assert_int_equal(mlt_channel_sqrt(y), slow_sqrt(y));
                assert_int_equal(mlt_channel_sqrt(y + root), slow_sqrt(y + root));
            }
        }
    }
    assert_int_equal(mlt_channel_sqrt(UINT32_MAX), 65535);
    assert_int_equal(mlt_channel_sqrt(UINT64_C(1) << 32), 65536);
    assert_int_equal(mlt_channel_sqrt(UINT64_MAX), UINT32_MAX);
}

// As the front end scales it.
static uint32_t log_64(uint32_t x) {
    return ((mlt_channel_log(x) << 6) + 32768u) >> 16;
}

static void test_log(void **state) {
    assert_int_equal(log_64(0), 0);
    assert_int_equal(log_64(1), 0);
    for (uint32_t x = 2; x < 0xf0000000u; x += 1 + x / 9) {
        double want = log(x) * 64.0;
        assert_true(fabs(log_64(x) - want) < 0.6);
    }
}

static void test_gain_follows_its_formula(void **state) {
    int16_t gains[MLT_AUDIO_GAINS];
    mlt_audio_config_t config = mlt_audio_preset(MLT_AUDIO_MICRO_SPEECH);
    mlt_audio_make_gains(&config, 7, gains);
    for (uint32_t x = 0; x < 0xf0000000u; x += 1 + x / 7) {
        double want = 2097152.0 * pow(x / 128.0 + 80.0, -0.95);
        assert_true(fabs(mlt_channel_gain(gains, gains + 4, x) - want) <
                    1.0 + want * 0.02); // three points of a parabola
    }
}

static void test_fft_of_a_tone(void **state) {
    static int16_t table[4097];
    static mlt_complex16_t z[8193];
    for (int32_t points = 8; points <= 16384; points *= 2) {
        mlt_fft16_t fft;
        mlt_fft16_init(&fft, points, table);
        int32_t tone = points / 8, place = 0;
        for (int32_t i = 0; i < points / 2; ++i) {
            z[place].r = (int16_t)(20000.0 * cos(2.0 * pi * tone * 2 * i / points));
            z[place].i = (int16_t)(20000.0 * cos(2.0 * pi * tone * (2 * i + 1) / points));
            place = mlt_fft16_next_place(&fft, place);
        }
        assert_int_equal(place, 0); // every place was used once
        mlt_fft16(&fft, z);
        for (int32_t i = 0; i <= points / 2; ++i) {
            assert_in_range(z[i].r + 20, i == tone ? 9980 : 0, i == tone ? 10060 : 40);
            assert_in_range(z[i].i + 20, 0, 40);
        }
    }
}

static const char *problem_of(const mlt_audio_config_t *config) {
    const char *error;
    size_t size = mlt_audio_size(config, &error);
    assert_true((size == 0) == (error != NULL));
    return error ? error : "";
}

static void test_parameters_out_of_range(void **state) {
#define REFUSES(field, value, text)                                                                \
    do {                                                                                           \
        mlt_audio_config_t config = mlt_audio_preset(MLT_AUDIO_MICRO_SPEECH);                      \
        config.field = value;                                                                      \
        assert_string_equal(problem_of(&config), text);                                            \
        assert_null(mlt_audio_open(&config, SIZE_MAX, &config));                                   \
    } while (0)
    static const char gain[] =
        "gain_bits out of range, want 30 at most, and 15 at least for 512 points";
    static const char smoothing[] = "even_smoothing or odd_smoothing out of range, want 0 to 1";
    static const char pcan[] = "pcan_strength or pcan_offset out of range";
    REFUSES(sample_rate, 999, "sample_rate out of range, want 1000 to 192000");
    REFUSES(sample_rate, INT32_MAX, "sample_rate out of range, want 1000 to 192000");
    REFUSES(window_ms, 1, "window_ms out of range, want 32 to 16384 samples");
    REFUSES(window_ms, INT32_MAX, "window_ms out of range, want 32 to 16384 samples");
    REFUSES(window_ms, -30, "window_ms out of range, want 32 to 16384 samples");
    REFUSES(step_ms, 0, "step_ms out of range, want 1 to window_ms");
    REFUSES(step_ms, 31, "step_ms out of range, want 1 to window_ms");
    REFUSES(channels, 0, "channels out of range, want 1 to 512");
    REFUSES(channels, 513, "channels out of range, want 1 to 512");
    REFUSES(lower_hz, -1.0f, "lower_hz and upper_hz out of order or range");
    REFUSES(lower_hz, 7500.0f, "lower_hz and upper_hz out of order or range");
    REFUSES(upper_hz, NAN, "lower_hz and upper_hz out of order or range");
    REFUSES(upper_hz, 8100.0f, "upper_hz too high, want less than half of sample_rate");
    REFUSES(smoothing_bits, 17, "smoothing_bits out of range, want 0 to 16");
    REFUSES(smoothing_bits, 2,
        "smoothing_bits too few for gain control, want 3 at least for 512 points");
    REFUSES(even_smoothing, 1.1f, smoothing);
    REFUSES(odd_smoothing, NAN, smoothing);
    REFUSES(min_signal_remaining, -0.1f, "min_signal_remaining out of range, want 0 to 1");
    REFUSES(pcan_strength, 5.0f, pcan);
    REFUSES(pcan_offset, 0.0f, pcan);
    REFUSES(gain_bits, 14, gain);
    REFUSES(gain_bits, 31, gain);
    REFUSES(log_shift, 17, "log_shift out of range, want 0 to 16");
}

static void test_memory(void **state) {
    for (int preset = 0; preset < 3; ++preset) {
        mlt_audio_config_t config = mlt_audio_preset((mlt_audio_preset_t)preset);
        size_t size = mlt_audio_size(&config, NULL);
        assert_in_range(size, 1, 5 * 1024);
        uint8_t *memory = malloc(size);
        assert_null(mlt_audio_open(memory, size - 1, &config));
        mlt_audio_t *a = mlt_audio_open(memory, size, &config);
        assert_non_null(a);
        assert_int_equal(mlt_audio_channels(a), config.channels);
        assert_int_equal(mlt_audio_window(a), config.window_ms * 16);
        assert_int_equal(mlt_audio_step(a), config.step_ms * 16);
        free(memory);
    }
}

// Drop forgets samples only; reset the noise as well.
static void test_reset_and_drop(void **state) {
    static uint8_t memory[4096];
    static int16_t samples[480];
    uint16_t first[40], next[40];
    uint32_t seed = 5;
    bool done;
    for (int i = 0; i < 480; ++i) {
        samples[i] = (int16_t)unit_random(&seed);
    }
    mlt_audio_config_t config = mlt_audio_preset(MLT_AUDIO_MICRO_SPEECH);
    mlt_audio_t *a = mlt_audio_open(memory, sizeof(memory), &config);
    assert_int_equal(mlt_audio_frames(a, 479), 0);
    assert_int_equal(mlt_audio_frames(a, 1120), 3);
    assert_int_equal(mlt_audio_process(a, samples, 480, first, &done), 480);
    assert_true(done);
    assert_int_equal(mlt_audio_frames(a, 320), 1);
    mlt_audio_drop(a);
    assert_int_equal(mlt_audio_process(a, samples, 480, next, &done), 480);
    assert_true(done);
    assert_memory_not_equal(first, next, sizeof(next));
    mlt_audio_reset(a);
    assert_int_equal(mlt_audio_process(a, samples, 480, next, &done), 480);
    assert_memory_equal(first, next, sizeof(next));
}

static void test_int8(void **state) {
    assert_int_equal(mlt_audio_int8(0), -128);
    assert_int_equal(mlt_audio_int8(1), -128);
    assert_int_equal(mlt_audio_int8(2), -127);
    assert_int_equal(mlt_audio_int8(333), 0);
    assert_int_equal(mlt_audio_int8(663), 127);
    assert_int_equal(mlt_audio_int8(UINT16_MAX), 127);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rom_tables_are_what_would_be_made),
        cmocka_unit_test(test_cosine_of_larger_transforms),
        cmocka_unit_test(test_sqrt),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_gain_follows_its_formula),
        cmocka_unit_test(test_fft_of_a_tone),
        cmocka_unit_test(test_parameters_out_of_range),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_reset_and_drop),
        cmocka_unit_test(test_int8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
