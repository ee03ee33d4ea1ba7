// SPDX-License-Identifier: MIT
// Two numbers of any plain type to one, as the operators of StableHLO do it: without scales, and
// one by one, for what no model spends its time on.
#ifndef MLT_COMBINE_H
#define MLT_COMBINE_H

#include "util.h"

enum {
    MLT_TAKE, // the second
    MLT_PLUS,
    MLT_TIMES,
    MLT_LESSER,
    MLT_GREATER,
    MLT_ALL,
    MLT_ANY,
    MLT_BITS,
    MLT_SHIFT,
    MLT_NO_WAY,
};

#define MLT_COMBINED                                                                               \
    (MLT_T_IF(MLT_WITH_FLOAT, FLOAT32) | MLT_T(INT8) | MLT_T(UINT8) | MLT_T(INT16) |               \
        MLT_T(UINT16) | MLT_T(INT32) | MLT_T(UINT32) | MLT_T(INT64) | MLT_T(BOOL))

// How a built-in operator combines numbers.
int mlt_combine_of(int32_t code);

// The same of the only operator of a subgraph that a node names; none is MLT_TAKE.
mlt_status_t mlt_combine_of_body(
    mlt_ctx_t *ctx, const mlt_node_t *node, int32_t subgraph, int *how);

// y[i] = a[i] combined with b[i], for i < n; y may be one of them.
void mlt_combine(int how, int type, const void *a, const void *b, void *y, int32_t n);

#endif
