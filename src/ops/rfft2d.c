// SPDX-License-Identifier: MIT
// RFFT2D: the spectrum of the last two dimensions, filled up with zeros or cut to height x width,
// y[u][v] = sum over r, c of x[r][c] * exp(-2 pi i * (u r / height + v c / width)), v <= width / 2

#include "../mathf.h"
#include "rearrange.h"
#include "window.h"

enum { X, LENGTHS };

#define MAX_LENGTH (1 << 24)

typedef struct rfft2d {
    int32_t height, width; // of the transform, powers of two
    int32_t whole;         // the larger of them
    float *turns;          // exp(-2 pi i * k / whole) for 0 <= k < whole / 2
} rfft2d_t;

// The angle is brought below an eighth of a turn, where a float is fine enough.
static void fill_turns(float *turns, int32_t whole) {
    for (int32_t k = 0; k < whole / 2; ++k) {
        bool left = 4 * k > whole;
        int32_t eighths = 8 * (left ? whole / 2 - k : k); // of a turn, times whole: up to 2
        bool steep = eighths > whole;
        float angle = 0.785398163f * (float)(steep ? 2 * whole - eighths : eighths) / (float)whole;
        float near = mlt_cosf(angle), far = mlt_sinf(angle);
        turns[2 * k] = (left ? -1.0f : 1.0f) * (steep ? far : near);
        turns[2 * k + 1] = -(steep ? near : far);
    }
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
        if (length < 1 || length > MAX_LENGTH || (length & (length - 1)) != 0) {
            return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_IN(LENGTHS),
                "length %d, want a power of two up to %d", length, MAX_LENGTH);
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
    d->whole = mlt_max(d->height, d->width);
    d->turns = mlt_alloc(ctx, sizeof(float) * (size_t)(d->whole + 1));
    if (!d->turns) {
        return MLT_ERR_ARENA;
    }
    fill_turns(d->turns, d->whole);
    return MLT_OK;
}

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

// The spectrum of n complex numbers, in place.
static void transform(const rfft2d_t *d, float *z, int32_t n, int32_t pitch) {
    shuffle(z, n, pitch);
    for (int32_t half = 1; half < n; half *= 2) {
        for (int32_t k = 0; k < half; ++k) {
            const float *turn = &d->turns[d->whole / half * k];
            for (int32_t i = k; i < n; i += 2 * half) {
                float *a = &z[i * pitch], *b = &z[(i + half) * pitch];
                float real = b[0] * turn[0] - b[1] * turn[1];
                float imag = b[0] * turn[1] + b[1] * turn[0];
                b[0] = a[0] - real;
                b[1] = a[1] - imag;
                a[0] += real;
                a[1] += imag;
            }
        }
    }
}

// From the spectrum of n complex numbers to that of the 2 n real ones that they were made of, in
// place: even and odd samples are its even and odd parts.
static void unravel(const rfft2d_t *d, float *z, int32_t n) {
    float sum = z[0] + z[1];
    z[2 * n] = z[0] - z[1];
    z[2 * n + 1] = 0;
    z[0] = sum;
    z[1] = 0;
    for (int32_t k = 1; k <= n / 2; ++k) {
        const float *turn = &d->turns[d->whole / n * k];
        float *a = &z[2 * k], *b = &z[2 * (n - k)];
        float even_real = 0.5f * (a[0] + b[0]), even_imag = 0.5f * (a[1] - b[1]);
        float odd_real = 0.5f * (a[1] + b[1]), odd_imag = 0.5f * (b[0] - a[0]);
        float real = odd_real * turn[0] - odd_imag * turn[1];
        float imag = odd_real * turn[1] + odd_imag * turn[0];
        a[0] = even_real + real;
        a[1] = even_imag + imag;
        b[0] = even_real - real;
        b[1] = imag - even_imag;
    }
}

static mlt_status_t rfft2d_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const rfft2d_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, X);
    int32_t rows = x->dims[x->rank - 2], columns = x->dims[x->rank - 1];
    int32_t images = mlt_span(x, 0, x->rank - 2), pitch = 2 * (d->width / 2 + 1);
    size_t bytes = sizeof(float) * (size_t)mlt_min(columns, d->width);
    const float *from = x->data;
    float *to = mlt_out(ctx, node, 0)->data;
    for (; images > 0; --images, from += rows * columns, to += d->height * pitch) {
        memset(to, 0, sizeof(float) * (size_t)(d->height * pitch));
        for (int32_t r = 0; r < mlt_min(rows, d->height); ++r) {
            float *row = to + (size_t)r * (size_t)pitch;
            memcpy(row, from + r * columns, bytes);
            if (d->width > 1) {
                transform(d, row, d->width / 2, 2);
                unravel(d, row, d->width / 2);
            }
        }
        for (int32_t v = 0; v < pitch && d->height > 1; v += 2) {
            transform(d, to + v, d->height, pitch);
        }
    }
    return MLT_OK;
}

const mlt_op_t mlt_op_rfft2d = {
    .name = "RFFT2D",
    .code = MLT_OP_RFFT2D,
    .min_inputs = 2,
    .max_inputs = 2,
    .min_outputs = 1,
    .max_outputs = 1,
    .prepare = rfft2d_prepare,
    .eval = rfft2d_eval,
};
