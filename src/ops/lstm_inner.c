// SPDX-License-Identifier: MIT
// LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM of int8 with any of the optional parts, weights of int8 and
// a cell of int16, as TensorFlow Lite computes them. Inner tensors 0 to 3 have the scales of the
// gates before layer normalisation, which are 2^-12 without; inner tensor 4 is what will be
// projected.

#include "lstm.h"

#include "../fixedpoint.h"
#include "../fixedpoint16.h"
#include "../kernels/dense.h"
#include "../mathf.h"

#include <string.h>

enum { INNER_HIDDEN = 4, INNERS = 5 };

// What makes one gate from its inputs.
typedef struct gate {
    mlt_multiplier_t input, recurrent, peephole, norm;
    int32_t least; // layer normalisation: taken for a variance of 0
} gate_t;

struct mlt_lstm_inner {
    gate_t gate[GATES];
    mlt_rescale_t hidden, project;
    int32_t x_offset, h_offset, m_offset;
    int32_t clip, proj_clip; // 0: none
    int32_t cell_power;      // the cell's scale is 2^cell_power
    int32_t hidden_row;      // scratch: what will be projected
};

// --- prepare

static mlt_status_t want_inner(mlt_ctx_t *ctx, const mlt_node_t *node, bool norm) {
    int count;
    ctx->svc->inner(ctx, node, &count);
    if (count != INNERS) {
        return mlt_fail(
            ctx, node, MLT_ERR_MODEL, MLT_NODE, "%d inner tensors, want %d", count, INNERS);
    }
    for (int i = norm ? 0 : INNER_HIDDEN; i < INNERS; ++i) {
        const mlt_tensor_t *t = mlt_inner(ctx, node, i);
        if (!t) {
            return mlt_fail(ctx, node, MLT_ERR_MODEL, MLT_INNER(i), "missing");
        }
        MLT_TRY(mlt_want_quant_of_tensor(ctx, node, MLT_INNER(i), t));
    }
    return MLT_OK;
}

// The scale of one of the parts.
static mlt_status_t part_scale(
    mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_lstm_t *d, int part, float *scale) {
    int slot = mlt_lstm_slot(d, part);
    MLT_TRY(mlt_want_quant(ctx, node, slot));
    *scale = mlt_scale_of(ctx, mlt_in(ctx, node, slot));
    return MLT_OK;
}

static mlt_status_t prepare_gate(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_lstm_t *d, int g) {
    gate_t *gate = &d->inner->gate[g];
    float w, r, p, n, sum = d->norm ? mlt_scale_of(ctx, mlt_inner(ctx, node, g)) : 0x1p-12f;
    MLT_TRY(part_scale(ctx, node, d, LSTM_W + g, &w));
    MLT_TRY(part_scale(ctx, node, d, LSTM_R + g, &r));
    float input = w * mlt_scale_of(ctx, mlt_in(ctx, node, d->x)) / sum;
    float recurrent = r * mlt_scale_of(ctx, mlt_in(ctx, node, d->state)) / sum;
    gate->input = mlt_multiplier((double)input);
    gate->recurrent = mlt_multiplier((double)recurrent);
    if (d->peephole && g != GATE_C) {
        MLT_TRY(part_scale(ctx, node, d, LSTM_P + (g == GATE_O ? 2 : g), &p));
        double cell = 1.0 / (double)(1 << -d->inner->cell_power);
        gate->peephole = mlt_multiplier((double)(float)(cell * (double)p / (double)sum));
    }
    if (d->norm) {
        MLT_TRY(mlt_want_quant(ctx, node, d->norm + g));
        n = mlt_scale_of(ctx, mlt_in(ctx, node, d->norm + g));
        if (!(n < 65536.0f)) {
            return mlt_fail(ctx, node, MLT_ERR_PARAM, d->norm + g, "scale too large");
        }
        gate->norm = mlt_multiplier((double)n);
        gate->norm.shift += 12;
        gate->least = mlt_max(1, (int32_t)(10000.0f * n));
    }
    return MLT_OK;
}

// The cell's scale has to be a power of two from 2^-15 to 2^-9.
static mlt_status_t cell_power(mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int32_t *power) {
    float log2 = mlt_logf(mlt_scale_of(ctx, mlt_in(ctx, node, slot))) * (1.0f / 0.69314718f);
    float whole = mlt_roundf(log2);
    if (!(mlt_fabsf(log2 - whole) < 1e-3f && whole >= -15.0f && whole <= -9.0f)) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, slot, "scale is no power of two, want 2^-15 to 2^-9");
    }
    *power = (int32_t)whole;
    return MLT_OK;
}

// A clip in stored values, 0: none.
static int32_t stored_clip(float clip, float scale, int32_t most) {
    float x = clip / scale;
    return !(clip > 0.0f) ? 0 : x < (float)most ? (int32_t)x : most;
}

static mlt_status_t prepare_output(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_lstm_t *d) {
    mlt_lstm_inner_t *p = d->inner;
    const mlt_tensor_t *h = mlt_in(ctx, node, d->state), *m = mlt_inner(ctx, node, INNER_HIDDEN);
    float scale = mlt_scale_of(ctx, m), w;
    int32_t zero_point = mlt_zero_point(ctx, m);
    const double unit = 1.0 / 32768.0;
    // TensorFlow Lite takes the zero point for its negative where there is a projection.
    p->hidden = (mlt_rescale_t){mlt_multiplier((double)(float)(unit / (double)scale * unit)),
        d->projection ? -zero_point : zero_point, INT8_MIN, INT8_MAX};
    p->m_offset = zero_point;
    if (!d->projection) {
        return MLT_OK;
    }
    MLT_TRY(part_scale(ctx, node, d, LSTM_M, &w));
    p->project = (mlt_rescale_t){mlt_multiplier((double)(w * scale / mlt_scale_of(ctx, h))),
        mlt_zero_point(ctx, h), INT8_MIN, INT8_MAX};
    p->proj_clip =
        stored_clip(d->proj_clip, mlt_scale_of(ctx, mlt_out(ctx, node, d->output)), INT8_MAX);
    return mlt_want_scratch(ctx, &p->hidden_row, d->cells, 1);
}

static void eval_inner(mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_lstm_t *d);

mlt_status_t mlt_lstm_prepare_inner(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_lstm_t *d) {
    d->eval = eval_inner;
    MLT_TRY(want_inner(ctx, node, d->norm != 0));
    mlt_lstm_inner_t *p = d->inner = mlt_alloc(ctx, sizeof(*p));
    if (!p) {
        return MLT_ERR_ARENA;
    }
    const int slots[] = {d->x, d->state, d->state + 1, MLT_OUT(d->output)};
    for (int i = 0; i < 4; ++i) {
        MLT_TRY(mlt_want_quant(ctx, node, slots[i]));
    }
    MLT_TRY(cell_power(ctx, node, d->state + 1, &p->cell_power));
    for (int g = d->cifg ? GATE_F : GATE_I; g < GATES; ++g) {
        MLT_TRY(prepare_gate(ctx, node, d, g));
    }
    MLT_TRY(prepare_output(ctx, node, d));
    p->x_offset = -mlt_zero_point(ctx, mlt_in(ctx, node, d->x));
    p->h_offset = -mlt_zero_point(ctx, mlt_in(ctx, node, d->state));
    p->clip =
        stored_clip(d->cell_clip, mlt_scale_of(ctx, mlt_in(ctx, node, d->state + 1)), INT16_MAX);
    int64_t rows = (int64_t)GATES * d->cells + mlt_max(d->cells, d->outputs);
    return mlt_want_scratch(ctx, &d->gates, rows, sizeof(int16_t));
}

// --- eval

static int16_t saturate(int32_t x) {
    return (int16_t)mlt_clamp(x, INT16_MIN, INT16_MAX);
}

// A step of one row.
typedef struct step {
    mlt_ctx_t *ctx;
    const mlt_node_t *node;
    const mlt_lstm_t *d;
    const int8_t *x;
    int8_t *h;
    int16_t *c;
    int32_t batch;
} step_t;

static const void *data(const step_t *s, int part) {
    return mlt_lstm_data(s->ctx, s->node, s->d, part);
}

// y += w c, element by element. With a projection, TensorFlow Lite takes the number of outputs for
// that of cells: it goes through rows of so many cells, all batches of a step in one.
static void add_peephole(const step_t *s, const gate_t *gate, const int16_t *w, int16_t *y) {
    const mlt_lstm_t *d = s->d;
    bool batches = d->time_major || s->node->op->code == MLT_OP_LSTM;
    int32_t first = batches ? s->batch * d->cells : 0;
    int32_t end = (batches ? d->batch : 1) * d->outputs - first;
    int32_t n = d->outputs < d->cells ? mlt_clamp(end, 0, d->cells) : d->cells;
    for (int32_t i = 0; i < n; ++i) {
        int32_t k = d->outputs < d->cells ? (first + i) % d->outputs : i;
        int32_t product = mlt_scale(w[k] * s->c[i], gate->peephole.mult, gate->peephole.shift);
        y[i] = saturate(mlt_add_wrap(y[i], product));
    }
}

// Mean 0 and standard deviation 1, then times n plus b.
static void normalise(
    const gate_t *gate, int16_t *y, const int16_t *n, const int32_t *b, int32_t count) {
    int64_t sum = 0, squares = 0;
    for (int32_t i = 0; i < count; ++i) {
        sum += y[i];
        squares += y[i] * y[i];
    }
    // In Q10; the division of 2^20 is not exact, and TensorFlow Lite's neither.
    int32_t mean = (int32_t)(sum * 1024 / count);
    int64_t variance = (squares * ((1 << 20) / count) - (int64_t)mean * mean) / (1 << 20);
    int32_t wide = variance < 1 ? gate->least : (int32_t)variance;
    mlt_multiplier_t inverse = mlt_fixed_inverse_sqrt(wide);
    for (int32_t i = 0; i < count; ++i) {
        int32_t x = mlt_scale(1024 * y[i] - mean, inverse.mult, inverse.shift);
        int64_t z = mlt_add_wrap(mlt_mul_wrap(x, n[i]), b[i]);
        z = (z > 0 ? z + 512 : z - 512) / 1024;
        y[i] = saturate(mlt_scale((int32_t)z, gate->norm.mult, gate->norm.shift));
    }
}

// y = activation(W x + R h + P c + b); every sum saturates.
static void run_gate(const step_t *s, int g, int16_t *y) {
    const mlt_lstm_t *d = s->d;
    const mlt_lstm_inner_t *p = d->inner;
    const gate_t *gate = &p->gate[g];
    const int8_t *w = data(s, LSTM_W + g), *r = data(s, LSTM_R + g);
    const int32_t *bias = data(s, LSTM_B + g);
    mlt_rescale_t in = {gate->input, 0, INT16_MIN, INT16_MAX};
    mlt_dense_s8_s16(
        s->ctx, s->x, w, d->norm ? NULL : bias, y, d->cells, d->inputs, p->x_offset, &in);
    for (int32_t i = 0; i < d->cells; ++i) {
        mlt_rescale_t add = {gate->recurrent, y[i], INT16_MIN, INT16_MAX};
        mlt_dense_s8_s16(s->ctx, s->h, r + (size_t)i * (size_t)d->outputs, NULL, &y[i], 1,
            d->outputs, p->h_offset, &add);
    }
    if (d->peephole && g != GATE_C) {
        add_peephole(s, gate, data(s, LSTM_P + (g == GATE_O ? 2 : g)), y);
    }
    if (d->norm) {
        normalise(gate, y, mlt_in(s->ctx, s->node, d->norm + g)->data, bias, d->cells);
    }
    if (g == GATE_C) {
        mlt_fixed16_tanh(y, y, d->cells, 3);
    } else {
        mlt_fixed16_logistic(y, y, d->cells);
    }
}

// c = clip(f c + i g)
static void update_cell(const step_t *s, const int16_t *gates) {
    const mlt_lstm_t *d = s->d;
    const mlt_lstm_inner_t *p = d->inner;
    const size_t cells = (size_t)d->cells;
    const int16_t *forget = gates + (size_t)GATE_F * cells, *cell = gates + (size_t)GATE_C * cells;
    for (int32_t i = 0; i < d->cells; ++i) {
        int32_t in = d->cifg ? INT16_MAX - forget[i] : gates[i];
        int32_t kept = mlt_div_pow2(forget[i] * s->c[i], 15);
        int32_t added = mlt_div_pow2(in * cell[i], 30 + p->cell_power);
        s->c[i] = saturate(kept + added);
        if (p->clip > 0) {
            s->c[i] = (int16_t)mlt_clamp(s->c[i], -p->clip, p->clip);
        }
    }
}

// h = clip(M (o tanh(c)) + b_m)
static void update_output(const step_t *s, const int16_t *out, int16_t *room) {
    const mlt_lstm_t *d = s->d;
    const mlt_lstm_inner_t *p = d->inner;
    int8_t *m = d->projection ? mlt_scratch(s->ctx, p->hidden_row) : s->h;
    mlt_fixed16_tanh(s->c, room, d->cells, 15 + p->cell_power);
    for (int32_t i = 0; i < d->cells; ++i) {
        m[i] = (int8_t)mlt_rescale(&p->hidden, room[i] * out[i]);
    }
    if (!d->projection) {
        return;
    }
    mlt_dense_s8_s16(s->ctx, m, data(s, LSTM_M), data(s, LSTM_MB), room, d->outputs, d->cells,
        p->m_offset, &p->project);
    for (int32_t i = 0; i < d->outputs; ++i) {
        int32_t y = p->proj_clip > 0 ? mlt_clamp(room[i], -p->proj_clip, p->proj_clip) : room[i];
        s->h[i] = (int8_t)y;
    }
}

static void run_step(const step_t *s) {
    const size_t cells = (size_t)s->d->cells;
    int16_t *gates = mlt_scratch(s->ctx, s->d->gates);
    for (int g = s->d->cifg ? GATE_F : GATE_I; g <= GATE_C; ++g) {
        run_gate(s, g, gates + (size_t)g * cells);
    }
    update_cell(s, gates);
    run_gate(s, GATE_O, gates + (size_t)GATE_O * cells);
    update_output(s, gates + (size_t)GATE_O * cells, gates + (size_t)GATES * cells);
}

static void eval_inner(mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_lstm_t *d) {
    const int8_t *x = mlt_in(ctx, node, d->x)->data;
    int8_t *y = mlt_out(ctx, node, d->output)->data;
    step_t s = {.ctx = ctx, .node = node, .d = d};
    s.h = mlt_in(ctx, node, d->state)->data;
    s.c = mlt_in(ctx, node, d->state + 1)->data;
    for (; s.batch < d->batch; ++s.batch, s.h += d->outputs, s.c += d->cells) {
        for (int32_t t = 0; t < d->time; ++t) {
            size_t row = mlt_lstm_row(d, s.batch, t);
            s.x = x + row * (size_t)d->inputs;
            run_step(&s);
            memcpy(y + row * (size_t)d->outputs, s.h, (size_t)d->outputs);
        }
    }
}
