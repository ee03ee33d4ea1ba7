// SPDX-License-Identifier: MIT
// RNN, UNIDIRECTIONAL_SEQUENCE_RNN, BIDIRECTIONAL_SEQUENCE_RNN:
//     h = activation(b + W x + A aux + R h), in each step; y is h.
// Activations are floats, weights float or int8. Only the last operator has a second input, `aux`.

#include "recurrent.h"
#include "window.h"

#include <string.h>

enum { W, R, B, H }; // counted from the weights of a direction

typedef struct rnn {
    // Slots, set by the operator: of x, W, and aux and A, or 0; and of the output.
    uint8_t x, weights, aux, aux_weights, output;
    bool time_major, backward, symmetric;
    int32_t activation;
    int32_t y_offset, y_step; // where h goes in each row of the output; y_step 0: all of it

    int32_t batch, time, inputs, aux_inputs, units; // set by prepare, as all that follows
    int32_t passes;                                 // over the whole sequence
    int32_t sums;                                   // scratch: what the next h is made from
    int32_t quantized;                              // int8 weights: scratch for x, h and aux
    float w_scale, r_scale, a_scale;
} rnn_t;

// --- One direction

static mlt_status_t rnn_shapes(mlt_ctx_t *ctx, const mlt_node_t *node, rnn_t *d, int rank) {
    int w = d->weights + W, r = d->weights + R, h = d->weights + H;
    MLT_TRY(mlt_want_type(ctx, node, d->x, MLT_T_IF(MLT_WITH_FLOAT, FLOAT32)));
    MLT_TRY(mlt_want_rank(ctx, node, d->x, rank, rank));
    MLT_TRY(mlt_want_filled(ctx, node, d->x));
    MLT_TRY(mlt_want_type(ctx, node, w, MLT_T(FLOAT32) | MLT_T(INT8)));
    MLT_TRY(mlt_want_rank(ctx, node, w, 2, 2));
    MLT_TRY(mlt_want_filled(ctx, node, w));
    const mlt_tensor_t *x = mlt_in(ctx, node, d->x), *tw = mlt_in(ctx, node, w);
    d->batch = x->dims[rank == 3 && d->time_major ? 1 : 0];
    d->time = rank == 2 ? 1 : x->dims[d->time_major ? 0 : 1];
    d->inputs = x->dims[rank - 1];
    d->units = tw->dims[0];
    MLT_TRY(mlt_want_weights(ctx, node, w, tw->type, d->units, d->inputs));
    MLT_TRY(mlt_want_type_of(ctx, node, r, w));
    MLT_TRY(mlt_want_weights(ctx, node, r, tw->type, d->units, d->units));
    MLT_TRY(mlt_want_type_of(ctx, node, d->weights + B, d->x));
    MLT_TRY(mlt_want_weights(ctx, node, d->weights + B, MLT_FLOAT32, d->units, 0));
    if (d->aux_weights) {
        MLT_TRY(mlt_want_type_of(ctx, node, d->aux_weights, w));
        MLT_TRY(mlt_want_weights(ctx, node, d->aux_weights, tw->type, d->units, d->aux_inputs));
    }
    if ((int64_t)d->batch * d->units > INT32_MAX) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, h, "too small for the weights");
    }
    MLT_TRY(mlt_want_state(ctx, node, h, MLT_FLOAT32, d->batch * d->units));
    if (!mlt_out(ctx, node, d->output)) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_OUT(d->output), "missing");
    }
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(d->output), d->x));
    if (d->y_step > 0) {
        return MLT_OK;
    }
    d->y_step = d->units;
    int32_t dims[] = {x->dims[0], rank == 2 ? d->units : x->dims[1], d->units};
    return mlt_want_dims(ctx, node, MLT_OUT(d->output), rank, dims);
}

// The scale of quantised weights.
static mlt_status_t rnn_scale(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, float *scale) {
    MLT_TRY(mlt_want_quant(ctx, node, slot));
    *scale = mlt_scale_of(ctx, mlt_in(ctx, node, slot));
    return MLT_OK;
}

static mlt_status_t rnn_direction(mlt_ctx_t *ctx, const mlt_node_t *node, rnn_t *d, int rank) {
    MLT_TRY(rnn_shapes(ctx, node, d, rank));
    MLT_TRY(mlt_want_activation(ctx, node, d->activation));
    MLT_TRY(mlt_want_scratch(ctx, &d->sums, d->units, sizeof(float)));
    d->quantized = -1;
    d->passes = 1;
    if (mlt_in(ctx, node, d->weights + W)->type == MLT_FLOAT32) {
        return MLT_OK;
    }
    MLT_TRY(rnn_scale(ctx, node, d->weights + W, &d->w_scale));
    MLT_TRY(rnn_scale(ctx, node, d->weights + R, &d->r_scale));
    if (d->aux_weights) {
        MLT_TRY(rnn_scale(ctx, node, d->aux_weights, &d->a_scale));
    }
    int64_t count = (int64_t)d->inputs + d->units + d->aux_inputs;
    return mlt_want_scratch(ctx, &d->quantized, count, 1);
}

// One step of one row. x, aux: rows of the inputs.
static void rnn_step(mlt_ctx_t *ctx, const mlt_node_t *node, const rnn_t *d, const float *x,
    const float *aux, float *h) {
    float *sums = mlt_scratch(ctx, d->sums);
    int8_t *room = d->quantized < 0 ? NULL : mlt_scratch(ctx, d->quantized);
    mlt_vector_t v = mlt_vector(x, d->inputs, room, d->symmetric);
    const void *w = mlt_in(ctx, node, d->weights + W)->data;
    const size_t bytes = (size_t)d->units * sizeof(float);
    memcpy(sums, mlt_in(ctx, node, d->weights + B)->data, bytes);
    mlt_vector_multiply(ctx, &v, w, d->w_scale, sums, d->units);
    if (aux) {
        int8_t *to = room ? room + d->inputs + d->units : NULL;
        v = mlt_vector(aux, d->aux_inputs, to, d->symmetric);
        w = mlt_in(ctx, node, d->aux_weights)->data;
        mlt_vector_multiply(ctx, &v, w, d->a_scale, sums, d->units);
    }
    v = mlt_vector(h, d->units, room ? room + d->inputs : NULL, d->symmetric);
    w = mlt_in(ctx, node, d->weights + R)->data;
    mlt_vector_multiply(ctx, &v, w, d->r_scale, sums, d->units);
    mlt_activate(sums, d->units, d->activation);
    memcpy(h, sums, bytes);
}

static void rnn_run(mlt_ctx_t *ctx, const mlt_node_t *node, const rnn_t *d) {
    const float *x = mlt_in(ctx, node, d->x)->data;
    const float *aux = d->aux_weights ? mlt_in(ctx, node, d->aux)->data : NULL;
    float *h = mlt_in(ctx, node, d->weights + H)->data;
    float *y = (float *)mlt_out(ctx, node, d->output)->data + d->y_offset;
    for (int32_t b = 0; b < d->batch; ++b, h += d->units) {
        for (int32_t i = 0; i < d->time * d->passes; ++i) {
            int32_t t = d->backward ? d->time - 1 - i % d->time : i % d->time;
            size_t row = (size_t)(d->time_major ? t * d->batch + b : b * d->time + t);
            rnn_step(ctx, node, d, x + row * (size_t)d->inputs,
                aux ? aux + row * (size_t)d->aux_inputs : NULL, h);
            memcpy(y + row * (size_t)d->y_step, h, (size_t)d->units * sizeof(*h));
        }
    }
}

// --- RNN, UNIDIRECTIONAL_SEQUENCE_RNN

static mlt_status_t rnn_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    rnn_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->weights = 1;
    if (node->op->code == MLT_OP_RNN) {
        d->activation = mlt_option(node, RNN_FUSED_ACTIVATION_FUNCTION);
        d->symmetric = !mlt_option(node, RNN_ASYMMETRIC_QUANTIZE_INPUTS);
        return rnn_direction(ctx, node, d, 2);
    }
    d->activation = mlt_option(node, SEQUENCE_RNN_FUSED_ACTIVATION_FUNCTION);
    d->symmetric = !mlt_option(node, SEQUENCE_RNN_ASYMMETRIC_QUANTIZE_INPUTS);
    d->time_major = mlt_option(node, SEQUENCE_RNN_TIME_MAJOR) != 0;
    return rnn_direction(ctx, node, d, 3);
}

static mlt_status_t rnn_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    rnn_run(ctx, node, node->data);
    return MLT_OK;
}

MLT_DEFINE_OP(rnn, RNN, 5, rnn_prepare, rnn_eval)
MLT_DEFINE_OP(unidirectional_sequence_rnn, UNIDIRECTIONAL_SEQUENCE_RNN, 5, rnn_prepare, rnn_eval)

// --- BIDIRECTIONAL_SEQUENCE_RNN: two directions, with outputs of their own or in one

enum { BI_BACKWARD = 5, BI_AUX = 9, BI_AUX_WEIGHTS = 10 };

// Which of the inputs a direction takes. Without weights of its own the second input is what the
// backward direction gets, from the layer before; TensorFlow Lite forgets that where batches come
// first, and so do we. `linked`: there are weights for it.
static mlt_status_t choose_inputs(
    mlt_ctx_t *ctx, const mlt_node_t *node, rnn_t *d, int direction, bool linked) {
    const mlt_tensor_t *aux = mlt_in(ctx, node, BI_AUX);
    if (linked) {
        MLT_TRY(mlt_want_type_of(ctx, node, BI_AUX, 0));
        MLT_TRY(mlt_want_rank(ctx, node, BI_AUX, 3, 3));
        int32_t dims[] = {
            mlt_dim(mlt_in(ctx, node, 0), 0), mlt_dim(mlt_in(ctx, node, 0), 1), mlt_dim(aux, 2)};
        MLT_TRY(mlt_want_dims(ctx, node, BI_AUX, 3, dims));
        MLT_TRY(mlt_want_filled(ctx, node, BI_AUX));
        d->aux = BI_AUX;
        d->aux_weights = (uint8_t)(BI_AUX_WEIGHTS + direction);
        d->aux_inputs = aux->dims[2];
    } else if (aux && direction == 1 && d->time_major) {
        MLT_TRY(mlt_want_dims_of(ctx, node, BI_AUX, 0));
        d->x = BI_AUX;
    }
    return MLT_OK;
}

static mlt_status_t bidirectional_rnn_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    rnn_t *d = node->data = mlt_alloc(ctx, 2 * sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    bool linked =
        mlt_in(ctx, node, BI_AUX_WEIGHTS) != NULL || mlt_in(ctx, node, BI_AUX_WEIGHTS + 1) != NULL;
    bool merged = mlt_option(node, BIDIRECTIONAL_SEQUENCE_RNN_MERGE_OUTPUTS) != 0;
    if (merged && node->output_count != 1) {
        return mlt_fail(ctx, node, MLT_ERR_MODEL, MLT_NODE, "%d outputs, want 1 that is merged",
            node->output_count);
    }
    MLT_TRY(mlt_want_type(ctx, node, 0, MLT_T_IF(MLT_WITH_FLOAT, FLOAT32)));
    MLT_TRY(mlt_want_rank(ctx, node, 0, 3, 3));
    for (int i = 0; i < 2; ++i) {
        d[i].weights = (uint8_t)(i ? BI_BACKWARD : 1);
        d[i].backward = i == 1;
        d[i].activation = mlt_option(node, BIDIRECTIONAL_SEQUENCE_RNN_FUSED_ACTIVATION_FUNCTION);
        d[i].symmetric = !mlt_option(node, BIDIRECTIONAL_SEQUENCE_RNN_ASYMMETRIC_QUANTIZE_INPUTS);
        d[i].time_major = mlt_option(node, BIDIRECTIONAL_SEQUENCE_RNN_TIME_MAJOR) != 0;
        d[i].output = (uint8_t)(merged ? 0 : i);
        d[i].y_step = merged;
        MLT_TRY(choose_inputs(ctx, node, &d[i], i, linked));
        MLT_TRY(rnn_direction(ctx, node, &d[i], 3));
        // TensorFlow Lite goes over the whole sequence once for each of its steps.
        d[i].passes = d[i].quantized >= 0 && d[i].time_major ? d[i].time : 1;
        if ((int64_t)d[i].time * d[i].passes > INT32_MAX) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, d[i].x, "too long");
        }
    }
    MLT_TRY(mlt_want_type_of(ctx, node, BI_BACKWARD, 1));
    if (merged) {
        const int32_t *dims = mlt_in(ctx, node, 0)->dims;
        int32_t wanted[] = {dims[0], dims[1], mlt_add_wrap(d[0].units, d[1].units)};
        d[0].y_step = d[1].y_step = wanted[2];
        d[1].y_offset = d[0].units;
        return mlt_want_dims(ctx, node, MLT_OUT(0), 3, wanted);
    }
    return MLT_OK;
}

static mlt_status_t bidirectional_rnn_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const rnn_t *d = node->data;
    rnn_run(ctx, node, &d[0]);
    rnn_run(ctx, node, &d[1]);
    return MLT_OK;
}

MLT_DEFINE_OP_OF(bidirectional_sequence_rnn, BIDIRECTIONAL_SEQUENCE_RNN, 12, 12, 1, 2,
    bidirectional_rnn_prepare, bidirectional_rnn_eval)
