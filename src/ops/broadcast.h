// SPDX-License-Identifier: MIT
// Elementwise operators of two or three operands whose shapes may differ: a dimension of 1 is
// repeated to the size that the others have, and dimensions are aligned at the last one. The
// walk cuts the output into runs over which each operand is contiguous or constant, so that an
// operator is nothing but a loop over a run.
#ifndef MLT_BROADCAST_H
#define MLT_BROADCAST_H

#include "util.h"

enum { MLT_BROADCAST_OPERANDS = 3, MLT_BROADCAST_RANK = 6 };

// y[i] = f(x[0][i * step[0]], x[1][i * step[1]], ...) for i < n; a step is 0 or 1.
typedef struct mlt_run {
    const void *x[MLT_BROADCAST_OPERANDS];
    int32_t step[MLT_BROADCAST_OPERANDS];
    void *y;
    int32_t n;
} mlt_run_t;

typedef void mlt_run_fn(const mlt_run_t *run, const void *params);

// What the node of a binary operator keeps: the loop for its types; more parameters may follow.
typedef struct mlt_binary {
    mlt_run_fn *run;
} mlt_binary_t;

// prepare: the first `operands` inputs broadcast to the shape of output 0. Offers the memory of
// inputs that are as large as the output for reuse.
mlt_status_t mlt_want_broadcast(mlt_ctx_t *ctx, const mlt_node_t *node, int operands);

// prepare of a binary operator: both inputs and the output have the same type out of a mask, and
// shapes that broadcast.
mlt_status_t mlt_want_binary(mlt_ctx_t *ctx, const mlt_node_t *node, uint32_t types);

// Inputs and output are quantised per tensor, with zero points of 0 if it must be symmetric.
mlt_status_t mlt_want_binary_quant(mlt_ctx_t *ctx, const mlt_node_t *node, bool symmetric);

// Range of a fused activation on plain integers of a type.
mlt_status_t mlt_activation_range_int(
    mlt_ctx_t *ctx, const mlt_node_t *node, int type, int32_t activation, int64_t *lo, int64_t *hi);

// prepare: node->data with nothing but a loop.
mlt_status_t mlt_binary_keep(mlt_ctx_t *ctx, mlt_node_t *node, mlt_run_fn *run);

// eval: call run for every run of the output, in order.
void mlt_broadcast(const mlt_ctx_t *ctx, const mlt_node_t *node, int operands, mlt_run_fn *run,
    const void *params);

// eval of a binary operator whose node->data starts with mlt_binary_t.
mlt_status_t mlt_binary_eval(mlt_ctx_t *ctx, const mlt_node_t *node);

// Defines a loop over a run of two operands: y is an expression of their elements a and b and of
// the parameters p (a copy, so that stores to y need not reload it).
#define MLT_BINARY_RUN(name, params_t, a_t, b_t, y_t, expression)                                  \
    static void name(const mlt_run_t *run, const void *params) {                                   \
        const params_t p = *(const params_t *)params;                                              \
        const a_t *pa = run->x[0];                                                                 \
        const b_t *pb = run->x[1];                                                                 \
        y_t *y = run->y;                                                                           \
        int32_t n = run->n, step_a = run->step[0], step_b = run->step[1];                          \
        (void)p;                                                                                   \
        for (int32_t i = 0; i < n; ++i, pa += step_a, pb += step_b) {                              \
            a_t a = *pa;                                                                           \
            b_t b = *pb;                                                                           \
            y[i] = (y_t)(expression);                                                              \
        }                                                                                          \
    }

#endif
