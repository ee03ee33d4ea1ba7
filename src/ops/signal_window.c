// SPDX-License-Identifier: MIT
// SignalWindow, SignalFftAutoScale, SignalEnergy: what goes on around an FFT.

#include "flex.h"
#include "signal_op.h"

// --- SignalWindow: y[i] = x[i] * w[i] >> shift, saturated, for rows as long as w

typedef struct window {
    int32_t shift, length, rows;
} window_t;

static mlt_status_t window_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(0), MLT_T(INT16)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(1), MLT_T(INT16)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(INT16)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(1), 1, 1));
    window_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    mlt_flex_t options = mlt_flex_map(node);
    MLT_TRY(mlt_want_flex(ctx, node, &options, "shift", 0, 31, &d->shift));
    int32_t count = mlt_elements(mlt_in(ctx, node, 0));
    d->length = mlt_in(ctx, node, 1)->dims[0];
    if (d->length < 1 || count % d->length != 0) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(1), "%d elements, want a divisor of %d",
            d->length, count);
    }
    d->rows = count / d->length;
    ctx->svc->share(ctx, 0, 0);
    return mlt_want_count(ctx, node, MLT_OUT(0), count);
}

static mlt_status_t window_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const window_t *d = node->data;
    const int16_t *x = mlt_in(ctx, node, 0)->data, *w = mlt_in(ctx, node, 1)->data;
    int16_t *y = mlt_out(ctx, node, 0)->data;
    for (int32_t row = 0; row < d->rows; ++row) {
        for (int32_t i = 0; i < d->length; ++i) {
            *y++ = (int16_t)mlt_clamp(*x++ * w[i] >> d->shift, INT16_MIN, INT16_MAX);
        }
    }
    return MLT_OK;
}

MLT_SIGNAL_OP(window, "SignalWindow", 2, 1, NULL)

// --- SignalFftAutoScale: y = x shifted left as far as its largest value allows, and how far

static mlt_status_t fft_auto_scale_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(0), MLT_T(INT16)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(INT16)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(1), MLT_T(INT32)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_OUT(1), 1));
    MLT_TRY(mlt_want_count(ctx, node, MLT_OUT(0), mlt_elements(mlt_in(ctx, node, 0))));
    ctx->svc->share(ctx, 0, 0);
    return MLT_OK;
}

// As TFLM finds it: -32768 has no absolute value of 16 bits, so it counts as itself, and whatever
// comes next is larger. Silence is not scaled.
static int32_t headroom(const int16_t *x, int32_t n) {
    int16_t most = 0;
    for (int32_t i = 0; i < n; ++i) {
        if (x[i] > most) {
            most = x[i];
        } else if (-x[i] > most) {
            most = (int16_t)-x[i];
        }
    }
    int32_t bits = 0;
    for (int32_t rest = most; rest > 0 && rest < 1 << 14; rest *= 2) {
        ++bits;
    }
    return bits;
}

static mlt_status_t fft_auto_scale_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const int16_t *x = mlt_in(ctx, node, 0)->data;
    int16_t *y = mlt_out(ctx, node, 0)->data;
    int32_t n = mlt_elements(mlt_in(ctx, node, 0)), shift = headroom(x, n);
    for (int32_t i = 0; i < n; ++i) {
        y[i] = (int16_t)(x[i] * (1 << shift));
    }
    *(int32_t *)mlt_out(ctx, node, 1)->data = shift;
    return MLT_OK;
}

MLT_SIGNAL_OP(fft_auto_scale, "SignalFftAutoScale", 1, 2, NULL)

// --- SignalEnergy: y[i] = re(x[i])^2 + im(x[i])^2 for start_index <= i < end_index

typedef struct energy {
    int32_t start, end;
} energy_t;

static mlt_status_t energy_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(0), MLT_T(INT16)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(UINT32)));
    energy_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    int32_t most =
        mlt_min(mlt_elements(mlt_in(ctx, node, 0)) / 2, mlt_elements(mlt_out(ctx, node, 0)));
    mlt_flex_t options = mlt_flex_map(node);
    MLT_TRY(mlt_want_flex(ctx, node, &options, "start_index", 0, most, &d->start));
    return mlt_want_flex(ctx, node, &options, "end_index", 0, most, &d->end);
}

static mlt_status_t energy_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const energy_t *d = node->data;
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    const int16_t *x = (const int16_t *)mlt_in(ctx, node, 0)->data + (size_t)2 * (size_t)d->start;
    uint32_t *energy = y->data;
    memset(energy, 0, mlt_bytes(y)); // TFLM leaves the rest as it is
    for (int32_t i = d->start; i < d->end; ++i, x += 2) {
        energy[i] = (uint32_t)(x[0] * x[0]) + (uint32_t)(x[1] * x[1]);
    }
    return MLT_OK;
}

MLT_SIGNAL_OP(energy, "SignalEnergy", 1, 1, NULL)
