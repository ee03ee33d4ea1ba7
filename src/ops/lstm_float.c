// SPDX-License-Identifier: MIT
// LSTM with float activations, and weights of float or int8.

#include "lstm.h"

#include "../mathf.h"

#include <string.h>

static void eval_float(mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_lstm_t *d);

mlt_status_t mlt_lstm_prepare_float(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_lstm_t *d) {
    d->eval = eval_float;
    MLT_TRY(mlt_want_activation(ctx, node, d->activation));
    MLT_TRY(mlt_want_scratch(ctx, &d->gates, (int64_t)GATES * d->cells, sizeof(float)));
    d->quantized = -1;
    if (mlt_in(ctx, node, d->weights + LSTM_W + GATE_O)->type == MLT_FLOAT32) {
        return MLT_OK;
    }
    float *scales = mlt_alloc(ctx, LSTM_PARTS * sizeof(*scales));
    if (!scales) {
        return MLT_ERR_ARENA;
    }
    d->scales = scales;
    for (int i = 0; i < LSTM_PARTS; ++i) {
        int slot = mlt_lstm_slot(d, i);
        bool weights = (i < LSTM_B || i == LSTM_M || i >= LSTM_A) && (i < LSTM_A || d->aux_weights);
        if (weights && mlt_in(ctx, node, slot)) {
            MLT_TRY(mlt_want_quant(ctx, node, slot));
            scales[i] = mlt_scale_of(ctx, mlt_in(ctx, node, slot));
        }
    }
    // The vectors that a step starts with; later, that which is projected.
    int64_t count = (int64_t)d->inputs + d->aux_inputs + d->outputs;
    return mlt_want_scratch(ctx, &d->quantized, count > d->cells ? count : d->cells, 1);
}

// What a step needs at hand.
typedef struct step {
    mlt_ctx_t *ctx;
    const mlt_node_t *node;
    const mlt_lstm_t *d;
    mlt_vector_t x, aux, h;
    const float *c;
} step_t;

static const void *data(const step_t *s, int part) {
    return mlt_lstm_data(s->ctx, s->node, s->d, part);
}

// y += the product of a matrix and a vector.
static void multiply(const step_t *s, int part, const mlt_vector_t *v, float *y, int32_t n) {
    float scale = s->d->scales ? s->d->scales[part] : 1.0f;
    mlt_vector_multiply(s->ctx, v, data(s, part), scale, y, n);
}

// y += w * c, element by element.
static void peephole(const step_t *s, int part, float *y) {
    const void *w = data(s, part);
    for (int32_t i = 0; i < s->d->cells; ++i) {
        float weight = s->d->scales ? s->d->scales[part] * (float)((const int8_t *)w)[i]
                                    : ((const float *)w)[i];
        y[i] += weight * s->c[i];
    }
}

// Mean 0 and standard deviation 1, then times n plus b.
static void normalise(float *y, const float *n, const float *b, int32_t count) {
    float sum = 0.0f, squares = 0.0f;
    for (int32_t i = 0; i < count; ++i) {
        sum += y[i];
    }
    float mean = sum / (float)count;
    for (int32_t i = 0; i < count; ++i) {
        squares += (y[i] - mean) * (y[i] - mean);
    }
    float factor = 1.0f / mlt_sqrtf(squares / (float)count + 1e-8f);
    for (int32_t i = 0; i < count; ++i) {
        y[i] = (y[i] - mean) * factor * n[i] + b[i];
    }
}

static void run_gate(const step_t *s, int gate, float *y) {
    const mlt_lstm_t *d = s->d;
    const float *bias = data(s, LSTM_B + gate);
    if (d->norm) {
        memset(y, 0, (size_t)d->cells * sizeof(*y));
    } else {
        memcpy(y, bias, (size_t)d->cells * sizeof(*y));
    }
    multiply(s, LSTM_W + gate, &s->x, y, d->cells);
    if (d->aux_weights) {
        multiply(s, LSTM_A + gate, &s->aux, y, d->cells);
    }
    multiply(s, LSTM_R + gate, &s->h, y, d->cells);
    if (d->peephole && gate != GATE_C) {
        peephole(s, LSTM_P + (gate == GATE_O ? 2 : gate), y);
    }
    if (d->norm) {
        normalise(y, mlt_in(s->ctx, s->node, d->norm + gate)->data, bias, d->cells);
    }
    if (gate == GATE_C) {
        mlt_activate(y, d->cells, d->activation);
        return;
    }
    for (int32_t i = 0; i < d->cells; ++i) {
        y[i] = mlt_logisticf(y[i]);
    }
}

static void clip(float *x, int32_t n, float most) {
    for (int32_t i = 0; most > 0.0f && i < n; ++i) {
        x[i] = mlt_clamp_float(x[i], -most, most);
    }
}

// c = f c + i g
static void update_cell(const mlt_lstm_t *d, float *c, const float *gates) {
    const size_t cells = (size_t)d->cells;
    const float *in = gates + (size_t)GATE_I * cells, *forget = gates + (size_t)GATE_F * cells;
    const float *cell = gates + (size_t)GATE_C * cells;
    for (int32_t i = 0; i < d->cells; ++i) {
        c[i] = c[i] * forget[i] + cell[i] * (d->cifg ? 1.0f - forget[i] : in[i]);
    }
    clip(c, d->cells, d->cell_clip);
}

// h = M (o activation(c)) + b_m
static void update_output(const step_t *s, float *h, float *gates, int8_t *room) {
    const mlt_lstm_t *d = s->d;
    const size_t cells = (size_t)d->cells;
    const float *out = gates + (size_t)GATE_O * cells;
    memcpy(gates, s->c, (size_t)d->cells * sizeof(*gates));
    mlt_activate(gates, d->cells, d->activation);
    for (int32_t i = 0; i < d->cells; ++i) {
        gates[i] *= out[i];
    }
    if (!d->projection) {
        memcpy(h, gates, (size_t)d->outputs * sizeof(*h));
        return;
    }
    const float *bias = data(s, LSTM_MB);
    for (int32_t i = 0; i < d->outputs; ++i) {
        h[i] = bias ? bias[i] : 0.0f;
    }
    mlt_vector_t v = mlt_vector(gates, d->cells, room, d->symmetric);
    multiply(s, LSTM_M, &v, h, d->outputs);
    clip(h, d->outputs, d->proj_clip);
}

// One row of one step: h and c are both read and written.
static void run_step(step_t *s, const float *x, const float *aux, float *h, float *c) {
    const mlt_lstm_t *d = s->d;
    const size_t cells = (size_t)d->cells;
    float *gates = mlt_scratch(s->ctx, d->gates);
    int8_t *room = d->quantized < 0 ? NULL : mlt_scratch(s->ctx, d->quantized), *to = room;
    s->x = mlt_vector(x, d->inputs, to, d->symmetric);
    to = room ? to + d->inputs : NULL;
    s->h = mlt_vector(h, d->outputs, to, d->symmetric);
    to = room ? to + d->outputs : NULL;
    if (aux) {
        s->aux = mlt_vector(aux, d->aux_inputs, to, d->symmetric);
    }
    s->c = c;
    for (int gate = d->cifg ? GATE_F : GATE_I; gate <= GATE_C; ++gate) {
        run_gate(s, gate, gates + (size_t)gate * cells);
    }
    update_cell(d, c, gates);
    run_gate(s, GATE_O, gates + (size_t)GATE_O * cells);
    update_output(s, h, gates, room);
}

static void eval_float(mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_lstm_t *d) {
    step_t s = {.ctx = ctx, .node = node, .d = d};
    const size_t inputs = (size_t)d->inputs;
    const float *x = mlt_in(ctx, node, d->x)->data;
    const float *aux = d->aux ? mlt_in(ctx, node, d->aux)->data : NULL;
    float *h = mlt_in(ctx, node, d->state)->data, *c = mlt_in(ctx, node, d->state + 1)->data;
    float *y = (float *)mlt_out(ctx, node, d->output)->data + d->y_offset;
    for (int32_t b = 0; b < d->batch; ++b, h += d->outputs, c += d->cells) {
        for (int32_t t = 0; t < d->time; ++t) {
            size_t row = mlt_lstm_row(d, b, t);
            run_step(&s, x + row * inputs, aux ? aux + row * (size_t)d->aux_inputs : NULL, h, c);
            memcpy(y + row * (size_t)d->y_step, h, (size_t)d->outputs * sizeof(*h));
        }
    }
}
