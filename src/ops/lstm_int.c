// SPDX-License-Identifier: MIT
// UNIDIRECTIONAL_SEQUENCE_LSTM of int8 or int16 with none of the optional parts, weights of int8
// and a cell of int16, as TFLM computes it: what goes into an activation function has the scale
// 2^-12, what comes out 2^-15.

#include "lstm.h"

#include "../kernels/dense.h"
#include "../kernels/sigmoid.h"
#include "../mathf.h"
#include "product.h"

#include <string.h>

enum { INPUT_POWER = -12, OUTPUT_POWER = -15 };

struct mlt_lstm_int {
    mlt_multiplier_t input[GATES], recurrent[GATES];
    mlt_rescale_t forget, add, hidden; // products of: f and c, i and g, o and tanh(c)
    mlt_sigmoid_scale_t tanh;          // of the cell
    int32_t x_offset, h_offset;
    int32_t clip; // 0: none
};

// --- prepare

// Weights without zero point; the multiplier that takes a product of x and them to 2^-12.
static mlt_status_t gate_multiplier(
    mlt_ctx_t *ctx, const mlt_node_t *node, int x, int w, mlt_multiplier_t *m) {
    MLT_TRY(mlt_want_quant(ctx, node, w));
    const mlt_tensor_t *tx = mlt_in(ctx, node, x), *tw = mlt_in(ctx, node, w);
    if (mlt_zero_point(ctx, tw) != 0) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, w, "zero point %d, want 0", (int)mlt_zero_point(ctx, tw));
    }
    float scale = mlt_scale_of(ctx, tx) * mlt_scale_of(ctx, tw); // a float in TFLM, too
    *m = mlt_multiplier((double)scale * (double)(1 << -INPUT_POWER));
    return tx->type != MLT_INT16 || m->shift <= 7
               ? MLT_OK
               : mlt_fail(ctx, node, MLT_ERR_PARAM, w, "scale too large");
}

static mlt_rescale_t product_rescale(double factor, int32_t zero_point, int type) {
    return (mlt_rescale_t){
        mlt_multiplier(factor), zero_point, mlt_type_min(type), mlt_type_max(type)};
}

static void eval_int(mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_lstm_t *d);

mlt_status_t mlt_lstm_prepare_int(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_lstm_t *d) {
    d->eval = eval_int;
    if (d->activation != MLT_ACT_TANH) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE, "fused activation %d, want TANH",
            (int)d->activation);
    }
    int h = d->state, c = d->state + 1;
    MLT_TRY(mlt_want_quant(ctx, node, d->x));
    MLT_TRY(mlt_want_quant(ctx, node, h));
    MLT_TRY(mlt_want_quant(ctx, node, c));
    mlt_lstm_int_t *p = d->plain = mlt_alloc(ctx, sizeof(*p));
    if (!p) {
        return MLT_ERR_ARENA;
    }
    for (int g = 0; g < GATES; ++g) {
        MLT_TRY(gate_multiplier(ctx, node, d->x, d->weights + LSTM_W + g, &p->input[g]));
        MLT_TRY(gate_multiplier(ctx, node, h, d->weights + LSTM_R + g, &p->recurrent[g]));
    }
    const mlt_tensor_t *x = mlt_in(ctx, node, d->x), *th = mlt_in(ctx, node, h);
    p->x_offset = -mlt_zero_point(ctx, x);
    p->h_offset = -mlt_zero_point(ctx, th);
    if (x->type == MLT_INT16 && (p->x_offset || p->h_offset)) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, p->x_offset ? d->x : h, "zero point %d, want 0",
            (int)-(p->x_offset ? p->x_offset : p->h_offset));
    }

    float cell_scale = mlt_scale_of(ctx, mlt_in(ctx, node, c));
    const double unit = 1.0 / 32768.0;
    p->forget = product_rescale(unit * (double)cell_scale / (double)cell_scale, 0, MLT_INT16);
    p->add = product_rescale(unit * unit / (double)cell_scale, 0, MLT_INT16);
    p->hidden = product_rescale(
        unit * unit / (double)mlt_scale_of(ctx, th), mlt_zero_point(ctx, th), th->type);
    // The nearest power of two counts.
    float power = mlt_roundf(mlt_logf(cell_scale) * (1.0f / 0.69314718f));
    if (!(power >= -40.0f && power <= 16.0f)) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, c, "scale out of range");
    }
    int32_t shift = (int32_t)power - INPUT_POWER;
    p->tanh = (mlt_sigmoid_scale_t){shift < 0 ? 3 : 3 << shift, shift < 0 ? -shift : 0};
    if (d->cell_clip > 0.0f) {
        double most = (double)d->cell_clip / (double)cell_scale;
        p->clip = most < 32767.0 ? (int32_t)most : 32767;
    }
    return mlt_want_scratch(ctx, &d->gates, (int64_t)(GATES + 1) * d->cells, sizeof(int16_t));
}

// --- eval

static int16_t saturate(int32_t x) {
    return (int16_t)mlt_clamp(x, -32768, 32767);
}

// y = the product of a matrix and a vector, plus a bias.
static void multiply(mlt_ctx_t *ctx, const mlt_tensor_t *like, const void *x, int32_t depth,
    int32_t offset, const void *w, const void *bias, const mlt_multiplier_t *m, int16_t *y,
    int32_t n) {
    if (!MLT_WITH_INT16 || like->type == MLT_INT8) {
        mlt_rescale_t r = {*m, 0, -32768, 32767};
        mlt_dense_s8_s16(ctx, x, w, bias, y, n, depth, offset, &r);
        return;
    }
    int8_t shift = (int8_t)m->shift;
    mlt_requant_t q = {&m->mult, &shift, 0, 0, -32768, 32767};
    mlt_conv_t shape = {
        .pixels = 1, .filters = n, .rows = 1, .cols = 1, .depth = depth, .w_filter = depth};
    mlt_conv_s16(ctx, x, w, bias, y, &shape, &q);
}

// A step of one row, that is at x and h.
typedef struct step {
    mlt_ctx_t *ctx;
    const mlt_node_t *node;
    const mlt_lstm_t *d;
    const void *x, *h;
} step_t;

// y = activation(W x + b + R h); every sum saturates.
static void run_gate(const step_t *s, int gate, int16_t *y, int16_t *room) {
    const mlt_lstm_t *d = s->d;
    const mlt_lstm_int_t *p = d->plain;
    const mlt_tensor_t *x = mlt_in(s->ctx, s->node, d->x);
    const void *w = mlt_lstm_data(s->ctx, s->node, d, LSTM_W + gate);
    const void *r = mlt_lstm_data(s->ctx, s->node, d, LSTM_R + gate);
    const void *bias = mlt_lstm_data(s->ctx, s->node, d, LSTM_B + gate);
    multiply(s->ctx, x, s->x, d->inputs, p->x_offset, w, bias, &p->input[gate], y, d->cells);
    multiply(
        s->ctx, x, s->h, d->outputs, p->h_offset, r, NULL, &p->recurrent[gate], room, d->cells);
    for (int32_t i = 0; i < d->cells; ++i) {
        y[i] = saturate(y[i] + room[i]);
    }
    if (gate == GATE_C) {
        mlt_tanh_s16(y, y, d->cells, 3, 0);
    } else {
        mlt_logistic_s16(y, y, d->cells, 3, 0);
    }
}

static void update_cell(const mlt_lstm_t *d, int16_t *c, const int16_t *gates) {
    const mlt_lstm_int_t *p = d->plain;
    const size_t cells = (size_t)d->cells;
    const int16_t *in = gates + (size_t)GATE_I * cells, *forget = gates + (size_t)GATE_F * cells;
    const int16_t *cell = gates + (size_t)GATE_C * cells;
    for (int32_t i = 0; i < d->cells; ++i) {
        int32_t kept = mlt_rescale(&p->forget, forget[i] * c[i]);
        int32_t added = mlt_rescale(&p->add, in[i] * cell[i]);
        c[i] = saturate(kept + added);
        if (p->clip > 0) {
            c[i] = (int16_t)mlt_clamp(c[i], -p->clip, p->clip);
        }
    }
}

static void run_step(const step_t *s, void *h, int16_t *c) {
    const mlt_lstm_t *d = s->d;
    const mlt_lstm_int_t *p = d->plain;
    const size_t cells = (size_t)d->cells;
    int16_t *gates = mlt_scratch(s->ctx, d->gates), *room = gates + (size_t)GATES * cells;
    for (int g = 0; g < GATES; ++g) {
        run_gate(s, g, gates + (size_t)g * cells, room);
    }
    update_cell(d, c, gates);
    mlt_tanh_s16(c, room, d->cells, p->tanh.mult, p->tanh.shift);
    const int16_t *out = gates + (size_t)GATE_O * cells;
    bool wide = MLT_WITH_INT16 && mlt_in(s->ctx, s->node, d->x)->type == MLT_INT16;
    for (int32_t i = 0; i < d->outputs; ++i) {
        int32_t y = mlt_rescale(&p->hidden, room[i] * out[i]);
        if (wide) {
            ((int16_t *)h)[i] = (int16_t)y;
        } else {
            ((int8_t *)h)[i] = (int8_t)y;
        }
    }
}

static void eval_int(mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_lstm_t *d) {
    const mlt_tensor_t *x = mlt_in(ctx, node, d->x);
    const size_t size = x->type == MLT_INT8 ? 1 : 2, h_bytes = size * (size_t)d->outputs;
    uint8_t *h = mlt_in(ctx, node, d->state)->data, *y = mlt_out(ctx, node, d->output)->data;
    int16_t *c = mlt_in(ctx, node, d->state + 1)->data;
    for (int32_t b = 0; b < d->batch; ++b, h += h_bytes, c += d->cells) {
        for (int32_t t = 0; t < d->time; ++t) {
            size_t row = mlt_lstm_row(d, b, t);
            step_t s = {ctx, node, d, (const uint8_t *)x->data + size * row * (size_t)d->inputs, h};
            run_step(&s, h, c);
            memcpy(y + size * (row * (size_t)d->y_step + (size_t)d->y_offset), h, h_bytes);
        }
    }
}
