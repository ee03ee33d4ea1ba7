// SPDX-License-Identifier: MIT
// RFFT2D: the spectrum of the last two dimensions, filled up with zeros or cut to height x width,
// y[u][v] = sum over r, c of x[r][c] * exp(-2 pi i * (u r / height + v c / width)), v <= width / 2

#include "../kernels/fft.h"
#include "rearrange.h"
#include "window.h"

enum { X, LENGTHS };

typedef struct rfft2d {
    int32_t height, width; // of the transform, powers of two
    mlt_fft_t row;
    float *column_cosine; // cos(2 pi k / height) for k <= height / 4
} rfft2d_t;

// A transform with its table: cosines of a quarter of a turn.
static float *start(mlt_ctx_t *ctx, mlt_fft_t *f, int32_t points) {
    mlt_fft_init(f, points, false);
    float *cosine = mlt_alloc(ctx, sizeof(float) * (size_t)mlt_fft_table_count(f));
    if (cosine) {
        mlt_fft_fill(f, cosine, MLT_FFT_F32);
        f->table = cosine;
    }
    return cosine;
}

static mlt_status_t rfft2d_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(X), MLT_T(FLOAT32)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(COMPLEX64)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(X), 2, MLT_MAX_RANK));
    MLT_TRY(mlt_want_filled(ctx, node, MLT_IN(X)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(LENGTHS), MLT_T(INT32)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(LENGTHS), 2));
    MLT_TRY(mlt_want_const(ctx, node, MLT_IN(LENGTHS)));
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *lengths = mlt_in(ctx, node, LENGTHS);
    int32_t dims[MLT_MAX_RANK];
    for (int i = 0; i < x->rank; ++i) {
        dims[i] = x->dims[i];
    }
    for (int i = 0; i < 2; ++i) {
        int32_t length = mlt_index_at(lengths, i);
        if (length < 1 || length > MLT_FFT_MAX || (length & (length - 1)) != 0) {
            return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_IN(LENGTHS),
                "length %d, want a power of two up to %d", length, MLT_FFT_MAX);
        }
        dims[x->rank - 2 + i] = i ? length / 2 + 1 : length;
    }
    MLT_TRY(mlt_set_output(ctx, node, 0, x->rank, dims));

    rfft2d_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->height = mlt_index_at(lengths, 0);
    d->width = mlt_index_at(lengths, 1);
    mlt_fft_t column;
    d->column_cosine = start(ctx, &column, d->height);
    return start(ctx, &d->row, d->width) && d->column_cosine ? MLT_OK : MLT_ERR_ARENA;
}

// --- Columns: the spectrum of complex numbers, in place

// Put n complex numbers that are `pitch` floats apart in bit-reversed order.
static void shuffle(float *z, int32_t n, int32_t pitch) {
    for (int32_t i = 1, k = 0; i < n; ++i) {
        int32_t bit = n >> 1;
        for (; k & bit; bit >>= 1) {
            k ^= bit;
        }
        k ^= bit;
        if (i < k) {
            for (int part = 0; part < 2; ++part) {
                float *a = &z[i * pitch + part], *b = &z[k * pitch + part], t = *a;
                *a = *b;
                *b = t;
            }
        }
    }
}

// x times exp(-2 pi i k / points), k < points / 2.
static void turn(const float *x, const float *cosine, int32_t points, int32_t k, float *y) {
    int32_t at = 4 * k > points ? points / 2 - k : k;
    float c = 4 * k > points ? -cosine[at] : cosine[at],
          s = points < 4 ? 0 : cosine[points / 4 - at];
    y[0] = x[0] * c + x[1] * s;
    y[1] = x[1] * c - x[0] * s;
}

static void transform(const float *cosine, float *z, int32_t n, int32_t pitch) {
    shuffle(z, n, pitch);
    for (int32_t half = 1; half < n; half *= 2) {
        for (int32_t k = 0; k < half; ++k) {
            for (int32_t i = k; i < n; i += 2 * half) {
                float *a = &z[i * pitch], *b = &z[(i + half) * pitch], c[2];
                turn(b, cosine, n, n / (2 * half) * k, c);
                b[0] = a[0] - c[0];
                b[1] = a[1] - c[1];
                a[0] += c[0];
                a[1] += c[1];
            }
        }
    }
}

static void transform_row(const rfft2d_t *d, const float *x, int32_t count, float *y) {
    if (d->width >= MLT_FFT_MIN) {
        mlt_rfft_f32(&d->row, x, count, y);
        return;
    }
    float second = count > 1 ? x[1] : 0.0f;
    y[0] = x[0] + (d->width == 2 ? second : 0.0f);
    y[1] = 0.0f;
    if (d->width == 2) {
        y[2] = x[0] - second;
        y[3] = 0.0f;
    }
}

static mlt_status_t rfft2d_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const rfft2d_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, X);
    int32_t rows = x->dims[x->rank - 2], columns = x->dims[x->rank - 1];
    int32_t images = mlt_span(x, 0, x->rank - 2), pitch = 2 * (d->width / 2 + 1);
    size_t image = (size_t)d->height * (size_t)pitch;
    const float *from = x->data;
    float *to = mlt_out(ctx, node, 0)->data;
    for (; images > 0; --images, from += rows * columns, to += image) {
        int32_t filled = mlt_min(rows, d->height);
        for (int32_t r = 0; r < filled; ++r) {
            transform_row(d, from + r * columns, mlt_min(columns, d->width), to + r * pitch);
        }
        memset(to + filled * pitch, 0, sizeof(float) * (size_t)((d->height - filled) * pitch));
        for (int32_t v = 0; v < pitch && d->height > 1; v += 2) {
            transform(d->column_cosine, to + v, d->height, pitch);
        }
    }
    return MLT_OK;
}

MLT_DEFINE_OP(rfft2d, RFFT2D, 2, rfft2d_prepare, rfft2d_eval)
