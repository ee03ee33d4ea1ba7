// SPDX-License-Identifier: MIT
// SignalFilterBank, SignalFilterBankSquareRoot, SignalFilterBankSpectralSubtraction, SignalPCAN,
// SignalFilterBankLog: from the energies of a spectrum to features, channel by channel.

#include "flex.h"
#include "signal_op.h"
#include "../kernels/channel.h"

// Input 0 of one type, output 0 of another, and as many elements.
static mlt_status_t want_channels(
    mlt_ctx_t *ctx, const mlt_node_t *node, uint32_t x_types, uint32_t y_types) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(0), x_types));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), y_types));
    return mlt_want_count(ctx, node, MLT_OUT(0), mlt_elements(mlt_in(ctx, node, 0)));
}

// --- SignalFilterBank: overlapping triangles over the spectrum. Slope i covers widths[i] bins from
// bin starts[i]; their energies go to channel i - 1 with weights that rise, and to channel i with
// those that fall. There is one slope more than there are channels.

enum { ENERGY, WEIGHTS, UNWEIGHTS, STARTS, WEIGHT_STARTS, WIDTHS };

// Every slope lies within the spectrum and the weights.
static mlt_status_t check_slopes(mlt_ctx_t *ctx, const mlt_node_t *node, int32_t channels) {
    const int16_t *starts = mlt_in(ctx, node, STARTS)->data;
    const int16_t *weight_starts = mlt_in(ctx, node, WEIGHT_STARTS)->data;
    const int16_t *widths = mlt_in(ctx, node, WIDTHS)->data;
    int32_t bins = mlt_elements(mlt_in(ctx, node, ENERGY));
    int32_t weights = mlt_elements(mlt_in(ctx, node, WEIGHTS));
    for (int32_t i = 0; i <= channels; ++i) {
        bool good =
            widths[i] <= 0 || (starts[i] >= 0 && starts[i] + widths[i] <= bins &&
                                  weight_starts[i] >= 0 && weight_starts[i] + widths[i] <= weights);
        if (!good) {
            return mlt_fail(ctx, node, MLT_ERR_DATA, WIDTHS,
                "slope %d of %d bins lies outside the spectrum or the weights", (int)i, widths[i]);
        }
    }
    return MLT_OK;
}

static mlt_status_t filter_bank_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, ENERGY, MLT_T(UINT32)));
    for (int i = WEIGHTS; i <= WIDTHS; ++i) {
        MLT_TRY(mlt_want_type(ctx, node, i, MLT_T(INT16)));
    }
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(UINT64)));
    int32_t channels;
    mlt_flex_t options = mlt_flex_map(node);
    MLT_TRY(mlt_want_flex(ctx, node, &options, "num_channels", 1, INT16_MAX, &channels));
    MLT_TRY(mlt_want_count(ctx, node, MLT_OUT(0), channels));
    MLT_TRY(mlt_want_count(ctx, node, UNWEIGHTS, mlt_elements(mlt_in(ctx, node, WEIGHTS))));
    bool known = true;
    for (int i = STARTS; i <= WIDTHS; ++i) {
        MLT_TRY(mlt_want_count(ctx, node, i, channels + 1));
        known = known && mlt_is_const(mlt_in(ctx, node, i));
    }
    return known ? check_slopes(ctx, node, channels) : MLT_OK;
}

static mlt_status_t filter_bank_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const uint32_t *energy = mlt_in(ctx, node, ENERGY)->data;
    const int16_t *weights = mlt_in(ctx, node, WEIGHTS)->data;
    const int16_t *unweights = mlt_in(ctx, node, UNWEIGHTS)->data;
    const int16_t *starts = mlt_in(ctx, node, STARTS)->data;
    const int16_t *weight_starts = mlt_in(ctx, node, WEIGHT_STARTS)->data;
    const int16_t *widths = mlt_in(ctx, node, WIDTHS)->data;
    uint64_t *y = mlt_out(ctx, node, 0)->data;
    int32_t channels = mlt_elements(mlt_out(ctx, node, 0));
    MLT_TRY(check_slopes(ctx, node, channels));
    uint64_t rising = 0;
    for (int32_t i = 0; i <= channels; ++i) {
        uint64_t falling = 0;
        for (int32_t k = 0; k < widths[i]; ++k) {
            uint64_t bin = energy[starts[i] + k];
            rising += (uint64_t)weights[weight_starts[i] + k] * bin;
            falling += (uint64_t)unweights[weight_starts[i] + k] * bin;
        }
        if (i > 0) {
            y[i - 1] = rising;
        }
        rising = falling;
    }
    return MLT_OK;
}

MLT_SIGNAL_OP(filter_bank, "SignalFilterBank", 6, 1, NULL)

// --- SignalFilterBankSquareRoot: y = sqrt(x) >> the second input

static mlt_status_t filter_bank_square_root_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(want_channels(ctx, node, MLT_T(UINT64), MLT_T(UINT32)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(1), MLT_T(INT32)));
    return mlt_want_count(ctx, node, MLT_IN(1), 1);
}

static mlt_status_t filter_bank_square_root_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const uint64_t *x = mlt_in(ctx, node, 0)->data;
    uint32_t *y = mlt_out(ctx, node, 0)->data;
    int32_t n = mlt_elements(mlt_in(ctx, node, 0)), shift;
    memcpy(&shift, mlt_in(ctx, node, 1)->data, sizeof(shift));
    for (int32_t i = 0; i < n; ++i) {
        y[i] = mlt_channel_sqrt(x[i]) >> (shift & 31);
    }
    return MLT_OK;
}

MLT_SIGNAL_OP(filter_bank_square_root, "SignalFilterBankSquareRoot", 2, 1, NULL)

// --- SignalFilterBankSpectralSubtraction: follow the noise in each channel, and take it away

typedef struct subtraction {
    uint32_t smoothing[2], one_minus_smoothing[2]; // of even and odd channels
    uint32_t min_signal_remaining;
    int32_t smoothing_bits, bits;
    bool clamping;
    int32_t channels;
    uint32_t *noise; // the estimates
} subtraction_t;

static mlt_status_t subtraction_options(mlt_ctx_t *ctx, const mlt_node_t *node, subtraction_t *d) {
    const struct {
        const char *name;
        uint32_t *value;
    } factors[] = {
        {"smoothing", &d->smoothing[0]},
        {"alternate_smoothing", &d->smoothing[1]},
        {"one_minus_smoothing", &d->one_minus_smoothing[0]},
        {"alternate_one_minus_smoothing", &d->one_minus_smoothing[1]},
        {"min_signal_remaining", &d->min_signal_remaining},
    };
    mlt_flex_t options = mlt_flex_map(node);
    int32_t value;
    for (int i = 0; i < 5; ++i) {
        MLT_TRY(mlt_want_flex(ctx, node, &options, factors[i].name, INT32_MIN, INT32_MAX, &value));
        *factors[i].value = (uint32_t)value;
    }
    MLT_TRY(mlt_want_flex(ctx, node, &options, "smoothing_bits", 0, 31, &d->smoothing_bits));
    MLT_TRY(mlt_want_flex(ctx, node, &options, "spectral_subtraction_bits", 0, 63, &d->bits));
    MLT_TRY(mlt_want_flex(ctx, node, &options, "num_channels", 1, INT32_MAX, &d->channels));
    MLT_TRY(mlt_want_flex(ctx, node, &options, "clamping", INT32_MIN, INT32_MAX, &value));
    d->clamping = value != 0;
    return MLT_OK;
}

static mlt_status_t filter_bank_spectral_subtraction_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(want_channels(ctx, node, MLT_T(UINT32), MLT_T(UINT32)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(1), MLT_T(UINT32)));
    subtraction_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    MLT_TRY(subtraction_options(ctx, node, d));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(0), d->channels));
    MLT_TRY(mlt_want_count(ctx, node, MLT_OUT(1), d->channels));
    d->noise = mlt_alloc(ctx, (size_t)d->channels * sizeof(*d->noise));
    return d->noise ? MLT_OK : MLT_ERR_ARENA;
}

static mlt_status_t filter_bank_spectral_subtraction_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const subtraction_t *d = node->data;
    const uint32_t *x = mlt_in(ctx, node, 0)->data;
    uint32_t *y = mlt_out(ctx, node, 0)->data;
    for (int32_t i = 0; i < d->channels; ++i) {
        uint32_t scaled = x[i] << d->smoothing_bits, old = d->noise[i];
        uint64_t mixed =
            (uint64_t)scaled * d->smoothing[i & 1] + (uint64_t)old * d->one_minus_smoothing[i & 1];
        uint32_t estimate = (uint32_t)(mixed >> d->bits);
        uint32_t noise = estimate < scaled ? estimate : scaled;
        uint32_t least = (uint32_t)((uint64_t)x[i] * d->min_signal_remaining >> d->bits);
        uint32_t rest = (scaled - noise) >> d->smoothing_bits;
        d->noise[i] = d->clamping ? noise : estimate;
        y[i] = rest > least ? rest : least;
    }
    memcpy(mlt_out(ctx, node, 1)->data, d->noise, (size_t)d->channels * sizeof(*d->noise));
    return MLT_OK;
}

static void subtraction_reset(mlt_ctx_t *ctx, const mlt_node_t *node) {
    (void)ctx;
    const subtraction_t *d = node->data;
    memset(d->noise, 0, (size_t)d->channels * sizeof(*d->noise));
}

MLT_SIGNAL_OP(filter_bank_spectral_subtraction, "SignalFilterBankSpectralSubtraction", 1, 2,
    subtraction_reset)

// --- SignalPCAN: a gain for each channel that depends on its noise, then small values squared

enum { GAINS = 125 };

static mlt_status_t pcan_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(want_channels(ctx, node, MLT_T(UINT32), MLT_T(UINT32)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(1), MLT_T(UINT32)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(1), mlt_elements(mlt_in(ctx, node, 0))));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(2), MLT_T(INT16)));
    int32_t gains = mlt_elements(mlt_in(ctx, node, 2));
    if (gains < GAINS) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(2), "%d elements, want at least %d",
            (int)gains, GAINS);
    }
    int32_t *shift = node->data = mlt_alloc(ctx, sizeof(*shift));
    if (!shift) {
        return MLT_ERR_ARENA;
    }
    mlt_flex_t options = mlt_flex_map(node);
    return mlt_want_flex(ctx, node, &options, "snr_shift", 0, 63, shift);
}

static mlt_status_t pcan_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const int32_t *shift = node->data;
    const uint32_t *x = mlt_in(ctx, node, 0)->data, *noise = mlt_in(ctx, node, 1)->data;
    const int16_t *gains = mlt_in(ctx, node, 2)->data;
    uint32_t *y = mlt_out(ctx, node, 0)->data;
    int32_t n = mlt_elements(mlt_in(ctx, node, 0));
    for (int32_t i = 0; i < n; ++i) {
        y[i] = mlt_channel_shrink(x[i], mlt_channel_gain(gains, gains + 2, noise[i]), *shift);
    }
    return MLT_OK;
}

MLT_SIGNAL_OP(pcan, "SignalPCAN", 3, 1, NULL)

// --- SignalFilterBankLog: y = output_scale * ln(x << input_correction_bits)

typedef struct logarithm {
    int32_t shift, scale;
} logarithm_t;

static mlt_status_t filter_bank_log_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(want_channels(ctx, node, MLT_T(UINT32), MLT_T(INT16)));
    logarithm_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    mlt_flex_t options = mlt_flex_map(node);
    MLT_TRY(mlt_want_flex(ctx, node, &options, "input_correction_bits", 0, 31, &d->shift));
    return mlt_want_flex(ctx, node, &options, "output_scale", INT32_MIN, INT32_MAX, &d->scale);
}

static mlt_status_t filter_bank_log_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const logarithm_t *d = node->data;
    const uint32_t *x = mlt_in(ctx, node, 0)->data;
    int16_t *y = mlt_out(ctx, node, 0)->data;
    int32_t n = mlt_elements(mlt_in(ctx, node, 0));
    for (int32_t i = 0; i < n; ++i) {
        uint32_t log = ((uint32_t)d->scale * mlt_channel_log(x[i] << d->shift) + 32768u) >> 16;
        y[i] = (int16_t)(log < INT16_MAX ? log : INT16_MAX);
    }
    return MLT_OK;
}

MLT_SIGNAL_OP(filter_bank_log, "SignalFilterBankLog", 1, 1, NULL)
