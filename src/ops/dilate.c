// SPDX-License-Identifier: MIT
// DILATE, STABLEHLO_PAD: elements move apart, with a value between them; STABLEHLO_PAD adds more of
// it at the ends, or cuts some off where there is less than nothing to add.

#include "rearrange.h"

enum { MOST = INT32_MAX / 2 };

typedef struct dilate {
    int32_t from, to; // the places of the first element that stays, in x and y
    mlt_move_t move;
} dilate_t;

// What happens in a dimension: elements from one to the next, and at the ends.
typedef struct gaps {
    int64_t step, low, high;
} gaps_t;

// Out of line, so that its locals are not on the stack while prepare calls others.
__attribute__((noinline)) static gaps_t gaps_of(mlt_ctx_t *ctx, const mlt_node_t *node, int i) {
    gaps_t gaps = {1, 0, 0};
    if (node->op->code == MLT_OP_DILATE) {
        gaps.step = mlt_index_at(mlt_in(ctx, node, 1), i);
        return gaps;
    }
    static const int32_t field[] = {STABLEHLO_PAD_INTERIOR_PADDING, STABLEHLO_PAD_EDGE_PADDING_LOW,
        STABLEHLO_PAD_EDGE_PADDING_HIGH};
    int64_t said[3] = {0};
    for (int j = 0; j < 3; ++j) {
        int32_t count;
        const uint8_t *v = mlt_option_vector(ctx, node, field[j], sizeof(*said), &count);
        if (i < count) {
            memcpy(&said[j], v + (size_t)i * sizeof(*said), sizeof(*said));
        }
    }
    return (gaps_t){said[0] >= 0 && said[0] < MOST ? said[0] + 1 : 0, said[1], said[2]};
}

static bool is_sane(int64_t x, int64_t least) {
    return x >= least && x < MOST;
}

static mlt_status_t dilate_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    bool pad = node->op->code == MLT_OP_STABLEHLO_PAD;
    MLT_TRY(mlt_want_plain_pair(ctx, node, 0));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 1, MLT_MAX_RANK));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(pad ? 1 : 2), MLT_IN(0)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(pad ? 1 : 2), 1));
    if (!pad) {
        MLT_TRY(mlt_want_type(ctx, node, MLT_IN(1), MLT_T(INT32)));
        MLT_TRY(mlt_want_const(ctx, node, MLT_IN(1)));
        MLT_TRY(mlt_want_count(ctx, node, MLT_IN(1), x->rank));
    }
    dilate_t d = {0, 0, {0}};
    int32_t dims[MLT_MAX_RANK], x_step = 1, y_step = 1;
    mlt_move_start(&d.move, mlt_size_of(x));
    for (int i = x->rank - 1; i >= 0; --i) {
        gaps_t gaps = gaps_of(ctx, node, i);
        int64_t n = x->dims[i], all = (n > 0 ? (n - 1) * gaps.step + 1 : 0);
        if (!is_sane(gaps.step, 1) || !is_sane(gaps.low, -MOST) || !is_sane(gaps.high, -MOST) ||
            !is_sane(all + gaps.low + gaps.high, 0)) {
            return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE,
                "makes dimension %d, which is %d, too large or less than nothing", i, x->dims[i]);
        }
        dims[i] = (int32_t)(all + gaps.low + gaps.high);
        int32_t step = (int32_t)gaps.step, low = (int32_t)gaps.low;
        int32_t first = low < 0 ? (step - 1 - low) / step : 0, place = low + first * step;
        int32_t room = dims[i] > place ? (dims[i] - place - 1) / step + 1 : 0;
        d.from = mlt_add_wrap(d.from, mlt_mul_wrap(first, x_step));
        d.to = mlt_add_wrap(d.to, mlt_mul_wrap(place, y_step));
        mlt_move_wrap(
            &d.move, mlt_min(x->dims[i] - first, room), x_step, mlt_mul_wrap(step, y_step));
        x_step *= x->dims[i];
        y_step = mlt_mul_wrap(y_step, dims[i]);
    }
    MLT_TRY(mlt_set_output(ctx, node, 0, x->rank, dims));
    size_t bytes = offsetof(dilate_t, move) + mlt_move_bytes(&d.move);
    node->data = mlt_alloc(ctx, bytes);
    if (!node->data) {
        return MLT_ERR_ARENA;
    }
    memcpy(node->data, &d, bytes);
    return MLT_OK;
}

static mlt_status_t dilate_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const dilate_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *y = mlt_out(ctx, node, 0);
    size_t size = mlt_size_of(y);
    mlt_fill(y->data, mlt_elements(y), mlt_in(ctx, node, node->input_count - 1)->data, size);
    if (d->move.run > 0) {
        mlt_move(&d->move, (const uint8_t *)x->data + (size_t)d->from * size,
            (uint8_t *)y->data + (size_t)d->to * size);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(dilate, DILATE, 3, dilate_prepare, dilate_eval)
MLT_DEFINE_OP(stablehlo_pad, STABLEHLO_PAD, 2, dilate_prepare, dilate_eval)
