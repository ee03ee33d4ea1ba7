// SPDX-License-Identifier: MIT
// SignalRfft, SignalIrfft: rows of real numbers to spectra and back. A spectrum is a row of
// fft_length / 2 + 1 complex numbers, stored as twice as many of the row's type.

#include "flex.h"
#include "signal_op.h"
#include "../kernels/fft.h"

typedef struct fft {
    mlt_fft_t fft;
    int32_t length, rows; // length: of a row of x
} fft_t;

// Rows of `x_row` numbers, or fewer, become rows of `y_row`.
static mlt_status_t fft_prepare(mlt_ctx_t *ctx, mlt_node_t *node, bool inverse) {
    MLT_TRY(mlt_want_type(
        ctx, node, MLT_IN(0), MLT_T(INT16) | MLT_T(INT32) | (MLT_WITH_FLOAT ? MLT_T(FLOAT32) : 0)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(0)));
    fft_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    int32_t points;
    mlt_flex_t options = mlt_flex_map(node);
    MLT_TRY(mlt_want_flex(ctx, node, &options, "fft_length", MLT_FFT_MIN, MLT_FFT_MAX, &points));
    if (!mlt_fft_init(&d->fft, points, inverse)) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE,
            "option fft_length is %d, want 2 times a product of 2, 3 and 5", (int)points);
    }
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    d->length = mlt_dim(x, -1);
    int32_t spectrum = points + 2, count = mlt_elements(x);
    if (inverse && d->length != spectrum) {
        return mlt_fail(
            ctx, node, MLT_ERR_SHAPE, MLT_IN(0), "rows of %d, want %d", d->length, spectrum);
    }
    if (!inverse && (d->length < 1 || d->length > points)) {
        return mlt_fail(
            ctx, node, MLT_ERR_SHAPE, MLT_IN(0), "rows of %d, want 1 to %d", d->length, points);
    }
    d->rows = count / d->length;
    int32_t y_row = inverse ? points : spectrum;
    if (mlt_dim(y, -1) != y_row || (int64_t)d->rows * y_row != mlt_elements(y)) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_OUT(0), "%d elements, want %d rows of %d",
            mlt_elements(y), d->rows, y_row);
    }
    void *table =
        mlt_alloc(ctx, (size_t)mlt_fft_table_count(&d->fft) * mlt_type_size((mlt_type_t)x->type));
    if (!table) {
        return MLT_ERR_ARENA;
    }
    mlt_fft_fill(&d->fft, table,
        x->type == MLT_INT16   ? MLT_FFT_S16
        : x->type == MLT_INT32 ? MLT_FFT_S32
                               : MLT_FFT_F32);
    d->fft.table = table;
    return MLT_OK;
}

static mlt_status_t rfft_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return fft_prepare(ctx, node, false);
}

static mlt_status_t irfft_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return fft_prepare(ctx, node, true);
}

static mlt_status_t rfft_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const fft_t *d = node->data;
    const mlt_fft_t *f = &d->fft;
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    for (int32_t row = 0; row < d->rows; ++row) {
        int32_t from = row * d->length, to = row * (f->points + 2);
        if (x->type == MLT_INT16) {
            mlt_rfft_s16(f, (const int16_t *)x->data + from, d->length, (int16_t *)y->data + to);
        } else if (x->type == MLT_INT32) {
            mlt_rfft_s32(f, (const int32_t *)x->data + from, d->length, (int32_t *)y->data + to);
        } else if (MLT_WITH_FLOAT) {
            mlt_rfft_f32(f, (const float *)x->data + from, d->length, (float *)y->data + to);
        }
    }
    return MLT_OK;
}

static mlt_status_t irfft_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const fft_t *d = node->data;
    const mlt_fft_t *f = &d->fft;
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    for (int32_t row = 0; row < d->rows; ++row) {
        int32_t from = row * d->length, to = row * f->points;
        if (x->type == MLT_INT16) {
            mlt_irfft_s16(f, (const int16_t *)x->data + from, (int16_t *)y->data + to);
        } else if (x->type == MLT_INT32) {
            mlt_irfft_s32(f, (const int32_t *)x->data + from, (int32_t *)y->data + to);
        } else if (MLT_WITH_FLOAT) {
            float *real = (float *)y->data + to, factor = 1.0f / (float)f->points;
            mlt_irfft_f32(f, (const float *)x->data + from, real);
            for (int32_t i = 0; i < f->points; ++i) {
                real[i] *= factor;
            }
        }
    }
    return MLT_OK;
}

MLT_SIGNAL_OP(rfft, "SignalRfft", 1, 1, NULL)
MLT_SIGNAL_OP(irfft, "SignalIrfft", 1, 1, NULL)
