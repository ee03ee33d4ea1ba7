// SPDX-License-Identifier: MIT
// LSTM, UNIDIRECTIONAL_SEQUENCE_LSTM, BIDIRECTIONAL_SEQUENCE_LSTM

#include "lstm.h"

#include "window.h"

// --- One direction

// A tensor of weights, which has to be there if `wanted`, and otherwise must not.
static mlt_status_t want_part(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, bool wanted,
    int type, int32_t rows, int32_t cols) {
    if (!wanted) {
        return mlt_in(ctx, node, slot) ? mlt_fail(ctx, node, MLT_ERR_PARAM, slot,
                                             "given, but others that go with it are missing")
                                       : MLT_OK;
    }
    MLT_TRY(mlt_want_type(ctx, node, slot, UINT32_C(1) << type));
    return mlt_want_weights(ctx, node, slot, type, rows, cols);
}

// Sizes, from the input and from the weights of the output gate, which every variant has.
static mlt_status_t lstm_sizes(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_lstm_t *d) {
    int w = d->weights + LSTM_W + GATE_O, r = d->weights + LSTM_R + GATE_O;
    int last = node->op->code == MLT_OP_LSTM ? 1 : 2;
    MLT_TRY(mlt_want_rank(ctx, node, d->x, last + 1, last + 1));
    MLT_TRY(mlt_want_filled(ctx, node, d->x));
    MLT_TRY(mlt_want_rank(ctx, node, w, 2, 2));
    MLT_TRY(mlt_want_filled(ctx, node, w));
    MLT_TRY(mlt_want_rank(ctx, node, r, 2, 2));
    MLT_TRY(mlt_want_filled(ctx, node, r));
    const mlt_tensor_t *x = mlt_in(ctx, node, d->x);
    d->batch = last == 1 || !d->time_major ? x->dims[0] : x->dims[1];
    d->time = last == 1 ? 1 : d->time_major ? x->dims[0] : x->dims[1];
    d->inputs = x->dims[last];
    d->cells = mlt_in(ctx, node, w)->dims[0];
    d->outputs = mlt_in(ctx, node, r)->dims[1];
    if (d->y_step == 0) {
        int32_t dims[] = {x->dims[0], x->dims[1], d->outputs};
        dims[last] = d->outputs;
        d->y_step = d->outputs;
        return mlt_want_dims(ctx, node, MLT_OUT(d->output), last + 1, dims);
    }
    return MLT_OK;
}

// Which of the optional tensors there are.
static mlt_status_t lstm_parts(
    mlt_ctx_t *ctx, const mlt_node_t *node, mlt_lstm_t *d, int weights, int bias, int diagonal) {
    d->cifg = !mlt_in(ctx, node, d->weights + LSTM_W);
    d->peephole = mlt_in(ctx, node, d->weights + LSTM_P + 1) != NULL;
    d->projection = mlt_in(ctx, node, d->weights + LSTM_M) != NULL;
    if (d->norm && !mlt_in(ctx, node, d->norm + GATE_F)) {
        d->norm = 0;
    }
    for (int g = 0; g < GATES; ++g) {
        bool wanted = g != GATE_I || !d->cifg;
        int w = d->weights + LSTM_W + g, r = d->weights + LSTM_R + g, b = d->weights + LSTM_B + g;
        MLT_TRY(want_part(ctx, node, w, wanted, weights, d->cells, d->inputs));
        MLT_TRY(want_part(ctx, node, r, wanted, weights, d->cells, d->outputs));
        MLT_TRY(want_part(ctx, node, b, wanted, bias, d->cells, 0));
        if (d->norm) {
            MLT_TRY(want_part(ctx, node, d->norm + g, wanted, diagonal, d->cells, 0));
        }
        if (d->aux_weights) {
            MLT_TRY(
                want_part(ctx, node, d->aux_weights + g, wanted, weights, d->cells, d->aux_inputs));
        }
        if (g != GATE_C) {
            int p = d->weights + LSTM_P + (g == GATE_O ? 2 : g);
            MLT_TRY(want_part(ctx, node, p, wanted && d->peephole,
                diagonal == MLT_INT16 ? diagonal : weights, d->cells, 0));
        }
    }
    int m = d->weights + LSTM_M, mb = d->weights + LSTM_MB;
    MLT_TRY(want_part(ctx, node, m, d->projection, weights, d->outputs, d->cells));
    if (mlt_in(ctx, node, mb)) {
        MLT_TRY(want_part(ctx, node, mb, d->projection, bias, d->outputs, 0));
    }
    return d->projection || d->cells == d->outputs
               ? MLT_OK
               : mlt_fail(ctx, node, MLT_ERR_SHAPE, d->weights + LSTM_R + GATE_O,
                     "%d outputs of %d cells, want a projection", d->outputs, d->cells);
}

// x may be a float, or have one of these types, which `integers` prepares.
static mlt_status_t prepare_direction(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_lstm_t *d,
    uint32_t types, mlt_lstm_prepare_fn *integers) {
    MLT_TRY(mlt_want_type(ctx, node, d->x, MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | types));
    const mlt_tensor_t *x = mlt_in(ctx, node, d->x);
    bool real = x->type == MLT_FLOAT32;
    if (!mlt_out(ctx, node, d->output)) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_OUT(d->output), "missing");
    }
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(d->output), UINT32_C(1) << x->type));
    MLT_TRY(lstm_sizes(ctx, node, d));
    int w = d->weights + LSTM_W + GATE_O;
    MLT_TRY(mlt_want_type(ctx, node, w, MLT_T(INT8) | (real ? MLT_T(FLOAT32) : 0)));
    int bias = real ? MLT_FLOAT32 : x->type == MLT_INT8 ? MLT_INT32 : MLT_INT64;
    MLT_TRY(
        lstm_parts(ctx, node, d, mlt_in(ctx, node, w)->type, bias, real ? MLT_FLOAT32 : MLT_INT16));
    if ((int64_t)d->batch * d->cells > INT32_MAX || (int64_t)d->batch * d->outputs > INT32_MAX) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, d->state, "too small for the weights");
    }
    MLT_TRY(mlt_want_state(ctx, node, d->state, x->type, d->batch * d->outputs));
    MLT_TRY(mlt_want_state(
        ctx, node, d->state + 1, real ? MLT_FLOAT32 : MLT_INT16, d->batch * d->cells));
    return MLT_WITH_FLOAT && real ? mlt_lstm_prepare_float(ctx, node, d) : integers(ctx, node, d);
}

static void run_direction(mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_lstm_t *d) {
    d->eval(ctx, node, d);
}

// --- LSTM, UNIDIRECTIONAL_SEQUENCE_LSTM: one direction

static mlt_lstm_t *one_direction(mlt_ctx_t *ctx, mlt_node_t *node) {
    mlt_lstm_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (d) {
        d->weights = 1;
        d->state = 18;
        d->norm = node->input_count > 20 ? 20 : 0;
    }
    return d;
}

static bool is_basic(const mlt_node_t *node) {
    return mlt_option(node, LSTM_KERNEL_TYPE) == MLT_LSTM_KERNEL_TYPE_BASIC;
}

static mlt_status_t lstm_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    if (is_basic(node)) {
        return mlt_lstm_prepare_basic(ctx, node);
    }
    if (node->input_count < 20 || node->output_count != 1) {
        return mlt_fail(ctx, node, MLT_ERR_MODEL, MLT_NODE,
            "kernel_type FULL with %d inputs and %d outputs, want 20 to 24 and 1",
            node->input_count, node->output_count);
    }
    mlt_lstm_t *d = one_direction(ctx, node);
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->activation = (int8_t)mlt_option(node, LSTM_FUSED_ACTIVATION_FUNCTION);
    d->cell_clip = mlt_option_float(node, LSTM_CELL_CLIP);
    d->proj_clip = mlt_option_float(node, LSTM_PROJ_CLIP);
    d->symmetric = !mlt_option(node, LSTM_ASYMMETRIC_QUANTIZE_INPUTS);
    return prepare_direction(ctx, node, d, MLT_T(INT8), mlt_lstm_prepare_inner);
}

static mlt_status_t lstm_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    if (is_basic(node)) {
        mlt_lstm_eval_basic(ctx, node);
    } else {
        run_direction(ctx, node, node->data);
    }
    return MLT_OK;
}

MLT_DEFINE_OP_OF(lstm, LSTM, 5, 24, 1, 4, lstm_prepare, lstm_eval)

// Integers: TFLM's operator where that would run, else TensorFlow Lite's, which has int8 only.
static mlt_status_t prepare_integers(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_lstm_t *d) {
    bool plain = !d->cifg && !d->peephole && !d->projection && !d->norm;
    bool wide = mlt_in(ctx, node, d->x)->type == MLT_INT16;
    if (plain && (wide || node->input_count == 24 || !mlt_inner(ctx, node, 4))) {
        return mlt_lstm_prepare_int(ctx, node, d);
    }
    if (wide) {
        int slot = d->cifg         ? d->weights + LSTM_W
                   : d->peephole   ? d->weights + LSTM_P + 1
                   : d->projection ? d->weights + LSTM_M
                                   : d->norm + GATE_F;
        return mlt_fail(ctx, node, MLT_ERR_PARAM, slot, "%s, want it so with FLOAT32 or INT8 only",
            d->cifg ? MLT_WORD("missing") : MLT_WORD("given"));
    }
    return mlt_lstm_prepare_inner(ctx, node, d);
}

static mlt_status_t sequence_lstm_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    mlt_lstm_t *d = one_direction(ctx, node);
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->activation =
        (int8_t)mlt_option(node, UNIDIRECTIONAL_SEQUENCE_LSTM_FUSED_ACTIVATION_FUNCTION);
    d->cell_clip = mlt_option_float(node, UNIDIRECTIONAL_SEQUENCE_LSTM_CELL_CLIP);
    d->proj_clip = mlt_option_float(node, UNIDIRECTIONAL_SEQUENCE_LSTM_PROJ_CLIP);
    d->symmetric = !mlt_option(node, UNIDIRECTIONAL_SEQUENCE_LSTM_ASYMMETRIC_QUANTIZE_INPUTS);
    d->time_major = mlt_option(node, UNIDIRECTIONAL_SEQUENCE_LSTM_TIME_MAJOR) != 0;
    if (mlt_option(node, UNIDIRECTIONAL_SEQUENCE_LSTM_DIAGONAL_RECURRENT_TENSORS)) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE,
            "diagonal_recurrent_tensors is set, want it not to be");
    }
    return prepare_direction(
        ctx, node, d, MLT_T(INT8) | MLT_T_IF(MLT_WITH_INT16, INT16), prepare_integers);
}

static mlt_status_t sequence_lstm_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    run_direction(ctx, node, node->data);
    return MLT_OK;
}

MLT_DEFINE_OP_OF(unidirectional_sequence_lstm, UNIDIRECTIONAL_SEQUENCE_LSTM, 20, 24, 1, 1,
    sequence_lstm_prepare, sequence_lstm_eval)

// --- BIDIRECTIONAL_SEQUENCE_LSTM: two directions, with outputs of their own or in one

enum { BI_STATE = 35, BI_AUX = 39, BI_AUX_WEIGHTS = 40 };

static mlt_status_t bidirectional_lstm_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    mlt_lstm_t *d = node->data = mlt_alloc(ctx, 2 * sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    bool aux = mlt_in(ctx, node, BI_AUX) != NULL;
    bool linked = mlt_in(ctx, node, BI_AUX_WEIGHTS + GATE_F) != NULL;
    bool merged = mlt_option(node, BIDIRECTIONAL_SEQUENCE_LSTM_MERGE_OUTPUTS) != 0;
    int32_t aux_inputs = 0;
    MLT_TRY(mlt_want_rank(ctx, node, 0, 3, 3));
    if (aux || linked) {
        MLT_TRY(mlt_want_type_of(ctx, node, BI_AUX, 0));
        const int32_t *dims = mlt_in(ctx, node, 0)->dims;
        aux_inputs = mlt_dim(mlt_in(ctx, node, BI_AUX), -1);
        int32_t wanted[] = {dims[0], dims[1], aux_inputs};
        MLT_TRY(mlt_want_dims(ctx, node, BI_AUX, 3, wanted));
        MLT_TRY(mlt_want_filled(ctx, node, BI_AUX));
    }
    for (int i = 0; i < 2; ++i) {
        d[i].weights = (uint8_t)(1 + i * (LSTM_MB + 1));
        d[i].state = (uint8_t)(BI_STATE + 2 * i);
        d[i].backward = i == 1;
        if (linked) {
            d[i].aux = BI_AUX;
            d[i].aux_weights = (uint8_t)(BI_AUX_WEIGHTS + GATES * i);
            d[i].aux_inputs = aux_inputs;
        } else if (aux && i == 1) {
            d[i].x = BI_AUX; // what the layer before gave backwards
        }
        d[i].activation =
            (int8_t)mlt_option(node, BIDIRECTIONAL_SEQUENCE_LSTM_FUSED_ACTIVATION_FUNCTION);
        d[i].cell_clip = mlt_option_float(node, BIDIRECTIONAL_SEQUENCE_LSTM_CELL_CLIP);
        d[i].proj_clip = mlt_option_float(node, BIDIRECTIONAL_SEQUENCE_LSTM_PROJ_CLIP);
        d[i].symmetric = !mlt_option(node, BIDIRECTIONAL_SEQUENCE_LSTM_ASYMMETRIC_QUANTIZE_INPUTS);
        d[i].time_major = mlt_option(node, BIDIRECTIONAL_SEQUENCE_LSTM_TIME_MAJOR) != 0;
        d[i].output = (uint8_t)(merged ? 0 : i);
        d[i].y_step = merged;
        MLT_TRY(prepare_direction(ctx, node, &d[i], 0, mlt_lstm_prepare_float));
    }
    if (merged) {
        const int32_t *dims = mlt_in(ctx, node, 0)->dims;
        int32_t wanted[] = {dims[0], dims[1], mlt_add_wrap(d[0].outputs, d[1].outputs)};
        d[0].y_step = d[1].y_step = wanted[2];
        d[1].y_offset = d[0].outputs;
        return mlt_want_dims(ctx, node, MLT_OUT(0), 3, wanted);
    }
    return MLT_OK;
}

static mlt_status_t bidirectional_lstm_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_lstm_t *d = node->data;
    run_direction(ctx, node, &d[0]);
    run_direction(ctx, node, &d[1]);
    return MLT_OK;
}

MLT_DEFINE_OP_OF(bidirectional_sequence_lstm, BIDIRECTIONAL_SEQUENCE_LSTM, 39, 48, 1, 2,
    bidirectional_lstm_prepare, bidirectional_lstm_eval)
