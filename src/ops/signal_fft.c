// SPDX-License-Identifier: MIT
// SignalRfft, SignalIrfft: rows of real numbers to spectra and back. A spectrum is a row of
// fft_length / 2 + 1 complex numbers, stored as twice as many of the row's type.

#include "flex.h"
#include "signal_op.h"
#include "../kernels/fft.h"

typedef struct fft {
    int32_t points, length, rows; // length: of a row of x
    void *cosine;                 // cos(2 pi i / points), i up to points / 4
} fft_t;

// cos(2 pi i / points) for a quarter of a turn, to the last bits of a double: two series.
static double cosine_at(int32_t i, int32_t points) {
    const double half_pi = 1.57079632679489661923;
    bool near = 8 * i <= points;
    double angle = half_pi * 4.0 * (double)(near ? i : points / 4 - i) / (double)points;
    double square = angle * angle, term = near ? 1.0 : angle, sum = 0.0;
    double terms[10];
    for (int32_t k = 0; k < 10; ++k) {
        terms[k] = term;
        int32_t at = near ? 2 * k + 1 : 2 * k + 2;
        term = -term * square / (double)(at * (at + 1));
    }
    for (int32_t k = 9; k >= 0; --k) { // the smallest first
        sum += terms[k];
    }
    return sum;
}

static void fill_cosine(const fft_t *d, int type) {
    for (int32_t i = 0; i <= d->points / 4; ++i) {
        double c = cosine_at(i, d->points);
        if (type == MLT_FLOAT32) {
            ((float *)d->cosine)[i] = (float)c;
        } else if (type == MLT_INT32) {
            ((int32_t *)d->cosine)[i] = (int32_t)(0.5 + (double)INT32_MAX * c);
        } else {
            ((int16_t *)d->cosine)[i] = (int16_t)(0.5 + (double)INT16_MAX * c);
        }
    }
}

// Rows of `x_row` numbers, or fewer, become rows of `y_row`.
static mlt_status_t fft_prepare(mlt_ctx_t *ctx, mlt_node_t *node, bool inverse) {
    MLT_TRY(mlt_want_type(
        ctx, node, MLT_IN(0), MLT_T(INT16) | MLT_T(INT32) | (MLT_WITH_FLOAT ? MLT_T(FLOAT32) : 0)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(0)));
    fft_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    mlt_flex_t options = mlt_flex_map(node);
    MLT_TRY(mlt_want_flex(ctx, node, &options, "fft_length", MLT_FFT_MIN, MLT_FFT_MAX, &d->points));
    if ((d->points & (d->points - 1)) != 0) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE,
            "option fft_length is %d, want a power of two", (int)d->points);
    }
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    d->length = mlt_dim(x, -1);
    int32_t spectrum = d->points + 2, count = mlt_elements(x);
    if (inverse ? d->length != spectrum : d->length < 1 || d->length > d->points) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(0),
            inverse ? "rows of %d, want %d" : "rows of %d, want 1 to %d", d->length,
            inverse ? spectrum : d->points);
    }
    d->rows = count / d->length;
    int32_t y_row = inverse ? d->points : spectrum;
    if (mlt_dim(y, -1) != y_row || (int64_t)d->rows * y_row != mlt_elements(y)) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_OUT(0), "%d elements, want %d rows of %d",
            mlt_elements(y), d->rows, y_row);
    }
    d->cosine = mlt_alloc(ctx, (size_t)(d->points / 4 + 1) * mlt_type_size((mlt_type_t)x->type));
    if (!d->cosine) {
        return MLT_ERR_ARENA;
    }
    fill_cosine(d, x->type);
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
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    for (int32_t row = 0; row < d->rows; ++row) {
        int32_t from = row * d->length, to = row * (d->points + 2);
        if (x->type == MLT_INT16) {
            mlt_rfft_s16((const int16_t *)x->data + from, d->length, (int16_t *)y->data + to,
                d->points, d->cosine);
        } else if (x->type == MLT_INT32) {
            mlt_rfft_s32((const int32_t *)x->data + from, d->length, (int32_t *)y->data + to,
                d->points, d->cosine);
        } else if (MLT_WITH_FLOAT) {
            mlt_rfft_f32((const float *)x->data + from, d->length, (float *)y->data + to, d->points,
                d->cosine);
        }
    }
    return MLT_OK;
}

static mlt_status_t irfft_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const fft_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    for (int32_t row = 0; row < d->rows; ++row) {
        int32_t from = row * d->length, to = row * d->points;
        if (x->type == MLT_INT16) {
            mlt_irfft_s16(
                (const int16_t *)x->data + from, (int16_t *)y->data + to, d->points, d->cosine);
        } else if (x->type == MLT_INT32) {
            mlt_irfft_s32(
                (const int32_t *)x->data + from, (int32_t *)y->data + to, d->points, d->cosine);
        } else if (MLT_WITH_FLOAT) {
            float *real = (float *)y->data + to, factor = 1.0f / (float)d->points;
            mlt_irfft_f32((const float *)x->data + from, real, d->points, d->cosine);
            for (int32_t i = 0; i < d->points; ++i) {
                real[i] *= factor;
            }
        }
    }
    return MLT_OK;
}

MLT_SIGNAL_OP(rfft, "SignalRfft", 1, 1, NULL)
MLT_SIGNAL_OP(irfft, "SignalIrfft", 1, 1, NULL)
