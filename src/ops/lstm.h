// SPDX-License-Identifier: MIT
// One direction of an LSTM. For each gate g of i (input), f (forget), c (cell) and o (output), with
// activation s, which is the logistic function for all but the cell gate:
//     g = s(W_g x + A_g aux + R_g h + P_g c + b_g)        or, with layer normalisation,
//     g = s(normalise(W_g x + A_g aux + R_g h + P_g c) * n_g + b_g)
//     c = clip(f c + i g_c),  h = clip(M (o activation(c)) + b_m)
// A, P, n, M and b_m may be left out; without W_i ("CIFG") the input gate is 1 - f.
#ifndef MLT_LSTM_H
#define MLT_LSTM_H

#include "recurrent.h"

enum { GATE_I, GATE_F, GATE_C, GATE_O, GATES };

// Tensors of one direction, counted from the weights of the input gate; P has none for the cell.
enum {
    LSTM_W = 0,
    LSTM_R = 4,
    LSTM_P = 8,
    LSTM_B = 11,
    LSTM_M = 15,
    LSTM_MB = 16,
    LSTM_A = 17,
    LSTM_PARTS = 21
};

typedef struct mlt_lstm_int mlt_lstm_int_t;     // lstm_int.c
typedef struct mlt_lstm_inner mlt_lstm_inner_t; // lstm_inner.c
typedef struct mlt_lstm mlt_lstm_t;

struct mlt_lstm {
    // Slots, set by the operator: of x; W_i; h, which c follows; and n_i, aux and A_i, or 0.
    uint8_t x, weights, state, norm, aux, aux_weights;
    uint8_t output;
    int8_t activation;
    bool time_major, backward, symmetric;
    bool cifg, peephole, projection; // set by prepare
    float cell_clip, proj_clip;      // 0: none
    int32_t y_offset, y_step;        // where h goes in each row of the output; y_step 0: all of it

    int32_t batch, time, inputs, aux_inputs, cells, outputs; // set by prepare, as all that follows
    int32_t gates;       // scratch: one row of each gate, and of what else is needed
    int32_t quantized;   // hybrid: scratch for the vectors as int8
    const float *scales; // hybrid: of the weights
    union {
        mlt_lstm_int_t *plain;
        mlt_lstm_inner_t *inner;
    };
    void (*eval)(mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_lstm_t *d);
};

// The slot of one of the tensors above.
static inline int mlt_lstm_slot(const mlt_lstm_t *d, int part) {
    return part < LSTM_A ? d->weights + part : d->aux_weights + part - LSTM_A;
}

static inline const void *mlt_lstm_data(
    const mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_lstm_t *d, int part) {
    const mlt_tensor_t *t = mlt_in(ctx, node, mlt_lstm_slot(d, part));
    return t ? t->data : NULL;
}

// Where x and y of a step are: the number of the row.
static inline size_t mlt_lstm_row(const mlt_lstm_t *d, int32_t batch, int32_t step) {
    int32_t time = d->backward ? d->time - 1 - step : step;
    return (size_t)(d->time_major ? time * d->batch + batch : batch * d->time + time);
}

// Each sets d->eval: of floats, of integers as TFLM, of int8 as TensorFlow Lite computes it.
typedef mlt_status_t mlt_lstm_prepare_fn(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_lstm_t *d);
mlt_lstm_prepare_fn mlt_lstm_prepare_float, mlt_lstm_prepare_int, mlt_lstm_prepare_inner;

// LSTM with kernel type BASIC: lstm_basic.c.
mlt_status_t mlt_lstm_prepare_basic(mlt_ctx_t *ctx, mlt_node_t *node);
void mlt_lstm_eval_basic(mlt_ctx_t *ctx, const mlt_node_t *node);

#endif
