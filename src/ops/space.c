// SPDX-License-Identifier: MIT
// Blocks of an image to its channels or to its batch, and back: SPACE_TO_DEPTH, DEPTH_TO_SPACE,
// SPACE_TO_BATCH_ND, BATCH_TO_SPACE_ND.

#include "rearrange.h"

// --- Channels: deep[b][i][j][p][q][c] = image[b][i * block + p][j * block + q][c]

static mlt_status_t depth_fill(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_status_t status,
    mlt_slice_t *s, int *rank, int32_t *dims) {
    bool deeper = node->op->code == MLT_OP_SPACE_TO_DEPTH;
    int32_t block =
        mlt_option(node, deeper ? SPACE_TO_DEPTH_BLOCK_SIZE : DEPTH_TO_SPACE_BLOCK_SIZE);
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    if (block < 1 || block > 0x7fff) {
        return mlt_fail(ctx, node, status, MLT_NODE, "block size %d, want 1 to 32767", block);
    }
    int32_t area = block * block;
    for (int i = 1; i < 4; ++i) {
        int32_t unit = i == 3 ? (deeper ? 1 : area) : (deeper ? block : 1);
        if (x->dims[i] % unit != 0) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(0),
                "dimension %d is %d, want a multiple of %d", i, x->dims[i], unit);
        }
        // Only a tensor without elements can be so large that this wraps.
        dims[i] = deeper == (i == 3) ? mlt_mul_wrap(x->dims[i], i == 3 ? area : block)
                                     : x->dims[i] / (i == 3 ? area : block);
    }
    dims[0] = x->dims[0];
    *rank = 4;
    mlt_slice_start(s, x);
    if (mlt_elements(x) == 0) {
        mlt_slice_wrap(s, 0, 0);
        return MLT_OK;
    }
    // From the last dimension of the output to the first; `step` is that of p and q in the input.
    int32_t rows = deeper ? dims[1] : x->dims[1], columns = deeper ? dims[2] : x->dims[2];
    int32_t depth = deeper ? x->dims[3] : dims[3];
    mlt_slice_wrap(s, depth, 1);
    mlt_slice_wrap(s, block, depth);
    if (deeper) {
        mlt_slice_wrap(s, block, mlt_step(x, 1));
        mlt_slice_wrap(s, columns, block * depth);
        mlt_slice_wrap(s, rows, block * mlt_step(x, 1));
    } else {
        mlt_slice_wrap(s, columns, mlt_step(x, 2));
        mlt_slice_wrap(s, block, block * depth);
        mlt_slice_wrap(s, rows, mlt_step(x, 1));
    }
    mlt_slice_wrap(s, dims[0], mlt_step(x, 0));
    return MLT_OK;
}

static mlt_status_t depth_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, 0));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 4, 4));
    return mlt_slice_prepare(ctx, node, 1, depth_fill);
}

static mlt_status_t depth_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    return mlt_slice_eval(ctx, node, depth_fill);
}

// --- Batches: batch[o * images + b][i]...[c] = image[b][i * block + p - before]...[c], where o
// counts the offsets p... within a block; outside of the image (SPACE_TO_BATCH_ND) are zeros.

enum { X, BLOCK, PADS };

static mlt_status_t batch_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    bool to_batch = node->op->code == MLT_OP_SPACE_TO_BATCH_ND;
    MLT_TRY(mlt_want_plain_pair(ctx, node, X));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(X), 2, MLT_MAX_RANK));
    for (int i = BLOCK; i <= PADS; ++i) {
        MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(i)));
        MLT_TRY(mlt_want_const(ctx, node, MLT_IN(i)));
    }
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *pads = mlt_in(ctx, node, PADS);
    int32_t spatial = mlt_elements(mlt_in(ctx, node, BLOCK));
    if (spatial < 1 || spatial >= x->rank) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(BLOCK), "%d elements, want 1 to %d",
            spatial, x->rank - 1);
    }
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(PADS), 2 * spatial));
    int32_t dims[MLT_MAX_RANK];
    memcpy(dims, x->dims, x->rank * sizeof(dims[0]));
    for (int i = 0; i < spatial; ++i) {
        int32_t block = mlt_index_at(mlt_in(ctx, node, BLOCK), i);
        int32_t before = mlt_index_at(pads, 2 * i), after = mlt_index_at(pads, 2 * i + 1);
        if (block < 1 || before < 0 || after < 0) {
            return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_IN(BLOCK),
                "block %d with %d and %d of dimension %d, want none below 1, 0, 0", block, before,
                after, i + 1);
        }
        int64_t edges = (int64_t)before + after, size = dims[i + 1];
        size = to_batch ? (size + edges) / block : size * block - edges;
        int64_t batch = to_batch ? (int64_t)dims[0] * block : dims[0] / block;
        bool whole = to_batch ? (dims[i + 1] + edges) % block == 0 : dims[0] % block == 0;
        if (!whole || size < 0 || size > INT32_MAX || batch > INT32_MAX) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(X),
                "dimension %d is %d, want one that blocks of %d fit into", to_batch ? i + 1 : 0,
                x->dims[to_batch ? i + 1 : 0], block);
        }
        dims[i + 1] = (int32_t)size;
        dims[0] = (int32_t)batch;
    }
    return mlt_set_output(ctx, node, 0, x->rank, dims);
}

static int32_t ceil_div(int64_t a, int32_t b) { // 0 for what is below
    return a > 0 ? (int32_t)((a + b - 1) / b) : 0;
}

typedef struct blocks {
    const mlt_tensor_t *image, *batch, *block, *pads;
    int32_t in_image, in_batch; // where the move starts
} blocks_t;

// Add dimension i of both tensors to the move, at an offset in the block: false when none of it
// is inside the image.
static bool wrap_spatial(blocks_t *s, mlt_move_t *m, int i, int32_t offset) {
    // Indices k of the batch tensor for which k * block + start lies within the image.
    int32_t block = mlt_index_at(s->block, i - 1);
    int64_t start = (int64_t)offset - mlt_index_at(s->pads, 2 * (i - 1));
    int32_t first = ceil_div(-start, block);
    int32_t end = ceil_div(s->image->dims[i] - start, block);
    int32_t count = mlt_min(end, s->batch->dims[i]) - first, step = mlt_step(s->image, i);
    if (count <= 0) {
        return false;
    }
    s->in_image += (int32_t)(first * (int64_t)block + start) * step;
    s->in_batch += first * mlt_step(s->batch, i);
    mlt_move_wrap(m, count, count > 1 ? step * block : 0, mlt_step(s->batch, i));
    return true;
}

// The move, from image to batch, of all that one offset within the blocks sees. Inlined, it would
// make one large frame of two.
__attribute__((noinline)) static bool move_of_offset(blocks_t *s, mlt_move_t *m, int32_t offset) {
    int32_t spatial = mlt_elements(s->block), images = s->image->dims[0];
    s->in_image = 0;
    s->in_batch = offset * images * mlt_step(s->batch, 0);
    mlt_move_wrap(m, mlt_step(s->image, spatial), 1, 1);
    for (int i = spatial; i > 0; --i) {
        int32_t block = mlt_index_at(s->block, i - 1);
        if (!wrap_spatial(s, m, i, offset % block)) {
            return false;
        }
        offset /= block;
    }
    mlt_move_wrap(m, images, mlt_step(s->image, 0), mlt_step(s->batch, 0));
    return true;
}

static void swap_sides(mlt_move_t *m) {
    for (int i = 0; i < m->dims; ++i) {
        int32_t from = m->dim[i].from;
        m->dim[i].from = m->dim[i].to;
        m->dim[i].to = from;
    }
}

static mlt_status_t batch_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, 0);
    bool to_batch = node->op->code == MLT_OP_SPACE_TO_BATCH_ND;
    blocks_t s = {.image = to_batch ? x : y,
        .batch = to_batch ? y : x,
        .block = mlt_in(ctx, node, BLOCK),
        .pads = mlt_in(ctx, node, PADS)};
    // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): prepare saw both
    uint8_t *image = s.image->data, *batch = s.batch->data;
    size_t size = mlt_size_of(x);
    if (to_batch) {
        // Zeros have the output's zero point, as in TensorFlow Lite; TFLM initialises none.
        bool bytes = x->type == MLT_INT8 || x->type == MLT_UINT8;
        memset(batch, bytes ? (uint8_t)mlt_zero_point(ctx, y) : 0, mlt_bytes(y));
    }
    if (mlt_elements(x) == 0 || mlt_elements(y) == 0) {
        return MLT_OK;
    }
    for (int32_t i = 0; i < s.batch->dims[0] / s.image->dims[0]; ++i) {
        mlt_move_t m;
        mlt_move_start(&m, size);
        if (!move_of_offset(&s, &m, i)) {
            continue;
        }
        uint8_t *p = image + (size_t)s.in_image * size, *q = batch + (size_t)s.in_batch * size;
        if (!to_batch) {
            swap_sides(&m);
        }
        mlt_move(&m, to_batch ? p : q, to_batch ? q : p);
    }
    return MLT_OK;
}

MLT_DEFINE_OP(space_to_depth, SPACE_TO_DEPTH, 1, depth_prepare, depth_eval)
MLT_DEFINE_OP(depth_to_space, DEPTH_TO_SPACE, 1, depth_prepare, depth_eval)
MLT_DEFINE_OP(space_to_batch_nd, SPACE_TO_BATCH_ND, 3, batch_prepare, batch_eval)
MLT_DEFINE_OP(batch_to_space_nd, BATCH_TO_SPACE_ND, 3, batch_prepare, batch_eval)
