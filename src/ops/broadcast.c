// SPDX-License-Identifier: MIT
// The walk over operands of different shapes.

#include "broadcast.h"

static bool same_dims(const mlt_ctx_t *ctx, const mlt_node_t *node, int operands) {
    for (int k = 0; k < operands; ++k) {
        if (!mlt_same_dims(mlt_in(ctx, node, k), mlt_out(ctx, node, 0))) {
            return false;
        }
    }
    return true;
}

// Size that dimension -i of the output has if the operands fit: that of the first which is not 1.
static int32_t wanted_dim(const mlt_ctx_t *ctx, const mlt_node_t *node, int operands, int i) {
    int32_t wanted = 1;
    for (int k = 0; k < operands && wanted == 1; ++k) {
        wanted = mlt_dim(mlt_in(ctx, node, k), -i);
    }
    return wanted;
}

static mlt_status_t want_operands(
    mlt_ctx_t *ctx, const mlt_node_t *node, int operands, int i, int32_t wanted) {
    for (int k = 0; k < operands; ++k) {
        const mlt_tensor_t *x = mlt_in(ctx, node, k);
        int32_t found = mlt_dim(x, -i);
        if (found != wanted && found != 1) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(k), "dimension %d is %d, want %d or 1",
                x->rank - i, found, wanted);
        }
    }
    return MLT_OK;
}

// The output has the dimensions in `dims`, of which it may leave out or add leading ones.
// Converters write tensors of unknown shape as scalars: those get the dimensions.
static mlt_status_t want_output(
    mlt_ctx_t *ctx, const mlt_node_t *node, int rank, const int32_t *dims) {
    mlt_tensor_t *y = mlt_out(ctx, node, 0);
    bool single = true;
    for (int i = 0; i < rank; ++i) {
        single = single && dims[i] == 1;
    }
    if (y->rank == 0 && !single) {
        return ctx->svc->set_dims(ctx, y, rank, dims);
    }
    if (y->rank == rank) {
        return mlt_want_dims(ctx, node, MLT_OUT(0), rank, dims);
    }
    for (int i = 1; i <= rank || i <= y->rank; ++i) {
        int32_t found = mlt_dim(y, -i), wanted = i <= rank ? dims[rank - i] : 1;
        if (found != wanted) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_OUT(0), "dimension %d is %d, want %d",
                y->rank - i, found, wanted);
        }
    }
    return MLT_OK;
}

mlt_status_t mlt_want_broadcast(mlt_ctx_t *ctx, const mlt_node_t *node, int operands) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    int rank = 0;
    for (int k = 0; k < operands; ++k) {
        const mlt_tensor_t *x = mlt_in(ctx, node, k);
        if (!x) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(k), "missing");
        }
        rank = x->rank > rank ? x->rank : rank;
    }
    if (!same_dims(ctx, node, operands)) {
        int32_t dims[MLT_BROADCAST_RANK];
        if (rank > MLT_BROADCAST_RANK || y->rank > MLT_BROADCAST_RANK) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_NODE,
                "rank %d with different shapes, want at most %d", mlt_max(rank, y->rank),
                MLT_BROADCAST_RANK);
        }
        for (int i = 1; i <= rank; ++i) {
            dims[rank - i] = wanted_dim(ctx, node, operands, i);
            MLT_TRY(want_operands(ctx, node, operands, i, dims[rank - i]));
        }
        MLT_TRY(want_output(ctx, node, rank, dims));
    }
    for (int k = 0; k < operands; ++k) {
        const mlt_tensor_t *x = mlt_in(ctx, node, k);
        if (mlt_type_size((mlt_type_t)x->type) == mlt_type_size((mlt_type_t)y->type) &&
            mlt_elements(x) == mlt_elements(y)) {
            ctx->svc->share(ctx, k, 0);
        }
    }
    return MLT_OK;
}

mlt_status_t mlt_want_binary(mlt_ctx_t *ctx, const mlt_node_t *node, uint32_t types) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(0), types));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(1), MLT_IN(0)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(0)));
    return mlt_want_broadcast(ctx, node, 2);
}

mlt_status_t mlt_want_binary_quant(mlt_ctx_t *ctx, const mlt_node_t *node, bool symmetric) {
    const int slots[] = {MLT_IN(0), MLT_IN(1), MLT_OUT(0)};
    for (int i = 0; i < 3; ++i) {
        MLT_TRY(mlt_want_quant(ctx, node, slots[i]));
        int32_t zero_point = mlt_zero_point(ctx, mlt_slot(ctx, node, slots[i]));
        if (symmetric && zero_point != 0) {
            return mlt_fail(
                ctx, node, MLT_ERR_PARAM, slots[i], "zero point %d, want 0", zero_point);
        }
    }
    return MLT_OK;
}

mlt_status_t mlt_activation_range_int(mlt_ctx_t *ctx, const mlt_node_t *node, int type,
    int32_t activation, int64_t *lo, int64_t *hi) {
    float real_lo, real_hi;
    MLT_TRY(mlt_activation_range_float(ctx, node, activation, &real_lo, &real_hi));
    *lo = type == MLT_INT64 ? INT64_MIN : mlt_type_min(type);
    *hi = type == MLT_INT64    ? INT64_MAX
          : type == MLT_UINT32 ? (int64_t)UINT32_MAX
                               : mlt_type_max(type);
    if (real_lo > -10.0f) {
        *lo = *lo < 0 ? (int32_t)real_lo : *lo;
    }
    if (real_hi < 10.0f) {
        *hi = (int32_t)real_hi;
    }
    return MLT_OK;
}

mlt_status_t mlt_binary_keep(mlt_ctx_t *ctx, mlt_node_t *node, mlt_run_fn *run) {
    mlt_binary_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->run = run;
    return MLT_OK;
}

// Nested loops, innermost first. Neighbouring dimensions over which every operand goes on, or
// every one stays, are one loop.
typedef struct loops {
    int depth;
    int32_t n[MLT_BROADCAST_RANK];
    int32_t stride[MLT_BROADCAST_RANK][MLT_BROADCAST_OPERANDS]; // bytes; 0: the operand stays
} loops_t;

static void add_loop(loops_t *loops, int operands, int32_t n, const int32_t *stride) {
    bool merge = loops->depth > 0;
    for (int k = 0; k < operands && merge; ++k) {
        merge = (stride[k] == 0) == (loops->stride[loops->depth - 1][k] == 0);
    }
    if (merge) {
        loops->n[loops->depth - 1] *= n;
        return;
    }
    loops->n[loops->depth] = n;
    for (int k = 0; k < operands; ++k) {
        loops->stride[loops->depth][k] = stride[k];
    }
    ++loops->depth;
}

static void find_loops(loops_t *loops, const mlt_ctx_t *ctx, const mlt_node_t *node, int operands) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    int32_t size[MLT_BROADCAST_OPERANDS], stride[MLT_BROADCAST_OPERANDS] = {0};
    for (int k = 0; k < operands; ++k) {
        size[k] = (int32_t)mlt_type_size((mlt_type_t)mlt_in(ctx, node, k)->type);
    }
    loops->depth = 0;
    for (int i = 1; i <= y->rank; ++i) {
        int32_t n = mlt_dim(y, -i);
        if (n == 1) {
            continue;
        }
        for (int k = 0; k < operands; ++k) {
            int32_t dim = mlt_dim(mlt_in(ctx, node, k), -i);
            stride[k] = dim == 1 ? 0 : size[k];
            size[k] *= dim;
        }
        add_loop(loops, operands, n, stride);
    }
    if (loops->depth == 0) { // a single element
        add_loop(loops, operands, 1, stride);
    }
}

// On to the next run, `at` being the place in each loop; false behind the last one.
static bool next_run(mlt_run_t *r, const loops_t *loops, int32_t *at, int operands) {
    for (int level = 1; level < loops->depth; ++level) {
        bool more = ++at[level] < loops->n[level];
        int32_t steps = more ? 1 : 1 - loops->n[level]; // a loop that is done goes back
        for (int k = 0; k < operands; ++k) {
            r->x[k] = (const uint8_t *)r->x[k] + (ptrdiff_t)loops->stride[level][k] * steps;
        }
        if (more) {
            return true;
        }
        at[level] = 0;
    }
    return false;
}

void mlt_broadcast(const mlt_ctx_t *ctx, const mlt_node_t *node, int operands, mlt_run_fn *run,
    const void *params) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    mlt_run_t r = {.y = y->data, .n = mlt_elements(y)};
    for (int k = 0; k < operands; ++k) {
        r.x[k] = mlt_in(ctx, node, k)->data;
        r.step[k] = 1;
    }
    if (r.n == 0 || same_dims(ctx, node, operands)) {
        run(&r, params);
        return;
    }

    loops_t loops;
    find_loops(&loops, ctx, node, operands);
    int32_t at[MLT_BROADCAST_RANK] = {0};
    for (int k = 0; k < operands; ++k) {
        r.step[k] = loops.stride[0][k] != 0;
    }
    r.n = loops.n[0];
    do {
        run(&r, params);
        r.y = (uint8_t *)r.y + (size_t)r.n * mlt_type_size((mlt_type_t)y->type);
    } while (next_run(&r, &loops, at, operands));
}

mlt_status_t mlt_binary_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_binary_t *d = node->data;
    mlt_broadcast(ctx, node, 2, d->run, d);
    return MLT_OK;
}
