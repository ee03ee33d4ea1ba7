// SPDX-License-Identifier: MIT
// What operators share that remember something from one step to the next: LSTM, RNN, SVDF. Their
// float variants take weights of int8 too, and then quantise each vector before they multiply it.
#ifndef MLT_RECURRENT_H
#define MLT_RECURRENT_H

#include "util.h"

// The tensor is_variable, of this type, with so many elements.
mlt_status_t mlt_want_state(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int type, int32_t count);

// The tensor is missing, or of this type and shape. cols 0: of rank 1.
mlt_status_t mlt_want_weights(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int type, int32_t rows, int32_t cols);

// A vector that goes through several matrices.
typedef struct mlt_vector {
    const float *x;
    int32_t count;
    const int8_t *q; // the same as int8; NULL when the weights are floats
    mlt_quant_t quant;
} mlt_vector_t;

// room: for `count` int8 numbers; NULL when the weights are floats.
mlt_vector_t mlt_vector(const float *x, int32_t count, int8_t *room, bool symmetric);

// y[i] += sum over k of w[i][k] * x[k], for n rows. scale: of w, when it is int8.
void mlt_vector_multiply(
    mlt_ctx_t *ctx, const mlt_vector_t *v, const void *w, float scale, float *y, int32_t n);

// Apply an activation of the schema to n numbers.
mlt_status_t mlt_want_activation(mlt_ctx_t *ctx, const mlt_node_t *node, int32_t activation);
void mlt_activate(float *x, int32_t n, int32_t activation);

// Scratch of so many elements; its number goes to *scratch.
mlt_status_t mlt_want_scratch(mlt_ctx_t *ctx, int32_t *scratch, int64_t count, size_t size);

#endif
