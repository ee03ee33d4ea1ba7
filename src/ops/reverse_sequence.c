// SPDX-License-Identifier: MIT
// REVERSE_SEQUENCE: the first so many steps of each sequence run backwards, the rest stays.

#include "rearrange.h"

enum { X, LENGTHS };

static mlt_status_t reverse_sequence_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, X));
    MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(LENGTHS)));
    const mlt_tensor_t *x = mlt_in(ctx, node, X);
    int32_t sequence = mlt_option(node, REVERSE_SEQUENCE_SEQ_DIM);
    int32_t batch = mlt_option(node, REVERSE_SEQUENCE_BATCH_DIM);
    if (sequence < 0 || batch < 0 || sequence >= x->rank || batch >= x->rank || batch == sequence) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE,
            "sequence dimension %d, batch dimension %d, want two of 0 to %d", sequence, batch,
            x->rank - 1);
    }
    MLT_TRY(mlt_want_dims(ctx, node, MLT_IN(LENGTHS), 1, &x->dims[batch]));
    return mlt_set_output(ctx, node, 0, x->rank, x->dims);
}

// Copy the steps from `first` to the one before `end` of batch b, backwards if so.
static void move_steps(const mlt_ctx_t *ctx, const mlt_node_t *node, int32_t b, int32_t first,
    int32_t end, bool back) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X);
    int32_t sequence = mlt_option(node, REVERSE_SEQUENCE_SEQ_DIM);
    int32_t batch = mlt_option(node, REVERSE_SEQUENCE_BATCH_DIM);
    int32_t step = mlt_step(x, sequence), to = b * mlt_step(x, batch) + first * step;
    int32_t from = to + (back ? (end - first - 1) * step : 0);
    size_t size = mlt_size_of(x);
    mlt_move_t m;
    mlt_move_start(&m, size);
    for (int i = x->rank - 1; i >= 0; --i) {
        int32_t along = mlt_step(x, i);
        if (i == sequence) {
            mlt_move_wrap(&m, end - first, back ? -along : along, along);
        } else if (i != batch) {
            mlt_move_wrap(&m, x->dims[i], along, along);
        }
    }
    if (m.run > 0) {
        mlt_move(&m, (const uint8_t *)x->data + (size_t)from * size,
            (uint8_t *)mlt_out(ctx, node, 0)->data + (size_t)to * size);
    }
}

static mlt_status_t reverse_sequence_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *lengths = mlt_in(ctx, node, LENGTHS);
    int32_t steps = x->dims[mlt_option(node, REVERSE_SEQUENCE_SEQ_DIM)];
    for (int32_t b = 0; b < lengths->dims[0]; ++b) {
        int32_t length = mlt_index_at(lengths, b);
        if (length < 0 || length > steps) {
            return mlt_fail(
                ctx, node, MLT_ERR_DATA, MLT_IN(LENGTHS), "length %d, want 0 to %d", length, steps);
        }
        move_steps(ctx, node, b, 0, length, true);
        move_steps(ctx, node, b, length, steps, false);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(
    reverse_sequence, REVERSE_SEQUENCE, 2, reverse_sequence_prepare, reverse_sequence_eval)
