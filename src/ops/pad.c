// SPDX-License-Identifier: MIT
// PAD, PADV2: a frame of one value round a tensor. MIRROR_PAD: a frame of what lies inside it.

#include "rearrange.h"

// The paddings are good and the output has the shape that they make.
static mlt_status_t want_paddings(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *pads = mlt_in(ctx, node, 1);
    MLT_TRY(mlt_want_plain(ctx, node, MLT_IN(0)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(0)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 0, MLT_MAX_RANK));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(1), MLT_T(INT32) | MLT_T(INT64)));
    MLT_TRY(mlt_want_const(ctx, node, MLT_IN(1)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(1), 2 * x->rank));
    int32_t dims[MLT_MAX_RANK];
    for (int i = 0; i < x->rank; ++i) {
        int32_t before = mlt_index_at(pads, 2 * i), after = mlt_index_at(pads, 2 * i + 1);
        int64_t sum = (int64_t)x->dims[i] + before + after;
        if (before < 0 || after < 0 || sum > INT32_MAX) {
            return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_IN(1),
                "padding %d, %d of dimension %d, want %s", before, after, i,
                sum > INT32_MAX ? MLT_WORD("less") : MLT_WORD("none below 0"));
        }
        dims[i] = (int32_t)sum;
    }
    return mlt_set_output(ctx, node, 0, x->rank, dims);
}

// The move of all of x into the frame of y, and the place in y where it starts.
static int32_t frame(
    const mlt_tensor_t *x, const mlt_tensor_t *y, const mlt_tensor_t *pads, mlt_move_t *m) {
    int32_t start = 0, from = 1, to = 1;
    mlt_move_start(m, mlt_size_of(x));
    for (int i = x->rank - 1; i >= 0; --i) {
        mlt_move_wrap(m, x->dims[i], from, to);
        start = mlt_add_wrap(start, mlt_index_at(pads, 2 * i) * to); // wraps if x is empty
        from *= x->dims[i];
        to *= y->dims[i];
    }
    return start;
}

typedef struct pad {
    int32_t start;
    uint8_t zero[8]; // an element
    mlt_move_t move; // kept as long as it is
} pad_t;

static mlt_status_t pad_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(want_paddings(ctx, node));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *value = mlt_in(ctx, node, 2);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    int32_t zero_point = 0;
    if (x->type == MLT_INT8 || x->type == MLT_UINT8) {
        zero_point = mlt_zero_point(ctx, y);
    }
    if (value) {
        MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(2), MLT_IN(0)));
        MLT_TRY(mlt_want_count(ctx, node, MLT_IN(2), 1));
        if (x->type == MLT_INT8 || x->type == MLT_UINT8) {
            MLT_TRY(mlt_want_quant_of(ctx, node, MLT_IN(2), MLT_OUT(0)));
        }
    } else if (zero_point < mlt_type_min(x->type) || zero_point > mlt_type_max(x->type)) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_OUT(0), "zero point %d, want one within %t",
            zero_point, x->type);
    }
    mlt_move_t move;
    int32_t start = frame(x, y, mlt_in(ctx, node, 1), &move);
    pad_t *d = node->data = mlt_alloc(ctx, offsetof(pad_t, move) + mlt_move_bytes(&move));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->start = start;
    d->zero[0] = (uint8_t)zero_point; // wider types have none but 0
    memcpy(&d->move, &move, mlt_move_bytes(&move));
    return MLT_OK;
}

static mlt_status_t pad_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const pad_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *value = mlt_in(ctx, node, 2);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    if (mlt_elements(y) == 0) {
        return MLT_OK;
    }
    size_t size = mlt_size_of(y);
    mlt_fill(y->data, mlt_elements(y), value ? value->data : d->zero, size);
    mlt_move(&d->move, x->data, (uint8_t *)y->data + (size_t)d->start * size);
    return MLT_OK;
}

static mlt_status_t mirror_pad_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(want_paddings(ctx, node));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *pads = mlt_in(ctx, node, 1);
    int32_t mode = mlt_option(node, MIRROR_PAD_MODE);
    if (mode != MLT_MIRROR_PAD_MODE_REFLECT && mode != MLT_MIRROR_PAD_MODE_SYMMETRIC) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, MLT_NODE, "mode %d, want REFLECT or SYMMETRIC", mode);
    }
    for (int i = 0; i < 2 * x->rank; ++i) {
        int32_t pad = mlt_index_at(pads, i), most = x->dims[i / 2] - 1 + mode;
        if (pad > most) {
            return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_IN(1),
                "padding %d of dimension %d, want at most %d", pad, i / 2, most);
        }
    }
    return MLT_OK;
}

// Copy the input into the frame, then mirror what is there over the edges, innermost dimension
// first: each dimension mirrors slabs in which all inner dimensions are complete.
static mlt_status_t mirror_pad_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, 0), *pads = mlt_in(ctx, node, 1);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    int32_t skip = mlt_option(node, MIRROR_PAD_MODE) == MLT_MIRROR_PAD_MODE_REFLECT;
    if (mlt_elements(y) == 0) {
        return MLT_OK;
    }
    size_t size = mlt_size_of(y);
    mlt_move_t m;
    int32_t start = frame(x, y, pads, &m), inner = 1;
    uint8_t *base = y->data;
    mlt_move(&m, x->data, base + (size_t)start * size);
    for (int i = x->rank - 1; i >= 0; --i) {
        int32_t before = mlt_index_at(pads, 2 * i), count = x->dims[i];
        start -= before * inner; // where dimensions up to i are complete, and those outside begin
        for (int side = 0; side < 2; ++side) {
            // Index t of the pad, going away from the edge, shows index edge -+ (t + skip).
            int32_t step = side ? inner : -inner;
            int32_t edge = side ? before + count - 1 : before;
            mlt_move_start(&m, size);
            mlt_move_wrap(&m, inner, 1, 1);
            mlt_move_wrap(&m, mlt_index_at(pads, 2 * i + side), -step, step);
            int32_t outer = inner * y->dims[i];
            for (int k = i - 1; k >= 0; --k) {
                mlt_move_wrap(&m, x->dims[k], outer, outer);
                outer *= y->dims[k];
            }
            int32_t from = start + edge * inner - skip * step, to = start + edge * inner + step;
            mlt_move(&m, base + (ptrdiff_t)from * (ptrdiff_t)size,
                base + (ptrdiff_t)to * (ptrdiff_t)size);
        }
        inner *= y->dims[i];
    }
    return MLT_OK;
}

MLT_DEFINE_OP(pad, PAD, 2, pad_prepare, pad_eval)
MLT_DEFINE_OP(padv2, PADV2, 3, pad_prepare, pad_eval)
MLT_DEFINE_OP(mirror_pad, MIRROR_PAD, 2, mirror_pad_prepare, mirror_pad_eval)
