// SPDX-License-Identifier: MIT
// STABLEHLO_GATHER: slices of a tensor, from places that another tensor says. STABLEHLO_SCATTER:
// slices of updates are combined with the parts of a tensor at such places.
//
// Each dimension of the slices (the output of GATHER, the updates of SCATTER) either goes through
// the places, or through the tensor.

#include "combine.h"
#include "rearrange.h"

enum { X, PLACES, UPDATES };

typedef struct slices_dim {
    int32_t count;
    int32_t place_step; // in the places
    int32_t x_step;
    int32_t x_dim; // -1: goes through the places
} slices_dim_t;

// One number of a place: where it leads, in a dimension of the tensor.
typedef struct number {
    int32_t x_dim, x_step;
    // GATHER: the last place at which a slice is in the tensor; else that of an element.
    int32_t last;
} number_t;

typedef struct scatter {
    int how; // SCATTER
    int rank, numbers;
    int32_t number_step; // from one number of a place to the next
    slices_dim_t dim[MLT_MAX_RANK];
    number_t number[MLT_MAX_RANK];
} scatter_t;

// A list of dimensions among the options.
typedef struct list {
    const uint8_t *data;
    int32_t count;
} list_t;

static list_t list_of(mlt_ctx_t *ctx, const mlt_node_t *node, int32_t field) {
    list_t l;
    l.data = mlt_option_vector(ctx, node, field, sizeof(int64_t), &l.count);
    return l;
}

static int64_t entry(list_t l, int32_t i) {
    int64_t value = -1;
    if (i < l.count) {
        memcpy(&value, l.data + (size_t)i * sizeof(value), sizeof(value));
    }
    return value;
}

static bool has(list_t l, int64_t wanted) {
    bool found = false;
    for (int32_t i = 0; i < l.count; ++i) {
        found |= entry(l, i) == wanted;
    }
    return found;
}

// What the options say of the dimensions; the two operators have other names for the same.
typedef struct numbers {
    list_t through;  // dimensions of the slices that go through the tensor
    list_t left_out; // dimensions of the tensor that no dimension of the slices goes through
    list_t map;      // dimensions of the tensor that the numbers of a place are for
    int32_t vector;  // the dimension of the places that has these numbers
    list_t sizes;    // GATHER: of a slice
} numbers_t;

static numbers_t numbers_of(mlt_ctx_t *ctx, const mlt_node_t *node) {
    bool gather = node->op->code == MLT_OP_STABLEHLO_GATHER;
    return (numbers_t){
        list_of(ctx, node,
            gather ? STABLEHLO_GATHER_OFFSET_DIMS : STABLEHLO_SCATTER_UPDATE_WINDOW_DIMS),
        list_of(ctx, node,
            gather ? STABLEHLO_GATHER_COLLAPSED_SLICE_DIMS
                   : STABLEHLO_SCATTER_INSERTED_WINDOW_DIMS),
        list_of(ctx, node,
            gather ? STABLEHLO_GATHER_START_INDEX_MAP
                   : STABLEHLO_SCATTER_SCATTER_DIMS_TO_OPERAND_DIMS),
        // The low half of an int64, of which nothing is lost that is good.
        mlt_option(node, MLT_FIELD(gather ? STABLEHLO_GATHER_INDEX_VECTOR_DIM & 0xff
                                          : STABLEHLO_SCATTER_INDEX_VECTOR_DIM & 0xff,
                             4, 0)),
        gather ? list_of(ctx, node, STABLEHLO_GATHER_SLICE_SIZES) : (list_t){NULL, 0},
    };
}

// Whether everything fits together. `slices` has its shape already.
static bool fill(const mlt_ctx_t *ctx, const mlt_node_t *node, const numbers_t *n,
    const mlt_tensor_t *slices, scatter_t *d) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *places = mlt_in(ctx, node, PLACES);
    bool gather = node->op->code == MLT_OP_STABLEHLO_GATHER;
    int x_dim = 0, place = 0;
    if (mlt_elements(x) == 0 && mlt_elements(slices) > 0) {
        return false;
    }
    for (int i = 0; i <= slices->rank; ++i) { // one more, to get to the end of both
        while (x_dim < x->rank && has(n->left_out, x_dim)) {
            ++x_dim;
        }
        place += place == n->vector;
        if (i == slices->rank) {
            break;
        }
        slices_dim_t *s = &d->dim[i];
        bool through = has(n->through, i);
        if (through ? x_dim >= x->rank : place >= places->rank) {
            return false;
        }
        int32_t most = through ? x->dims[x_dim] : places->dims[place];
        if (slices->dims[i] > most || slices->dims[i] != (!through    ? most
                                                             : gather ? entry(n->sizes, x_dim)
                                                                      : slices->dims[i])) {
            return false;
        }
        *s = (slices_dim_t){slices->dims[i], through ? 0 : mlt_step(places, place),
            through ? mlt_step(x, x_dim) : 0, through ? x_dim : -1};
        *(through ? &x_dim : &place) += 1;
    }
    d->rank = slices->rank;
    d->numbers = n->vector >= 0 && n->vector < places->rank ? places->dims[n->vector] : 1;
    d->number_step = n->vector >= 0 && n->vector < places->rank ? mlt_step(places, n->vector) : 0;
    if (x_dim < x->rank || place < places->rank || n->vector < 0 || n->vector > places->rank ||
        d->numbers != n->map.count || d->numbers > MLT_MAX_RANK) {
        return false;
    }
    uint32_t taken = 0; // bit i: dimension i of x
    for (int i = 0; i < d->numbers; ++i) {
        int64_t to = entry(n->map, i);
        if (to < 0 || to >= x->rank || (taken >> to & 1)) {
            return false;
        }
        taken |= UINT32_C(1) << to;
        int64_t size = gather ? entry(n->sizes, (int32_t)to) : 1;
        if (size > x->dims[to] || (gather && has(n->left_out, to) && size != 1)) {
            return false;
        }
        d->number[i] = (number_t){(int32_t)to, mlt_step(x, (int)to), x->dims[to] - (int32_t)size};
    }
    return true;
}

static mlt_status_t prepare(mlt_ctx_t *ctx, mlt_node_t *node, const mlt_tensor_t *slices) {
    numbers_t n = numbers_of(ctx, node);
    scatter_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    return fill(ctx, node, &n, slices, d)
               ? MLT_OK
               : mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE,
                     "dimensions in the options that do not fit the tensors");
}

static mlt_status_t stablehlo_gather_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_plain_pair(ctx, node, X));
    MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(PLACES)));
    return prepare(ctx, node, mlt_out(ctx, node, 0));
}

static mlt_status_t stablehlo_scatter_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(X), MLT_COMBINED));
    MLT_TRY(mlt_want_indices(ctx, node, MLT_IN(PLACES)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_IN(UPDATES), MLT_IN(X)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(X)));
    MLT_TRY(mlt_want_dims_of(ctx, node, MLT_OUT(0), MLT_IN(X)));
    int how;
    MLT_TRY(mlt_combine_of_body(
        ctx, node, mlt_option(node, STABLEHLO_SCATTER_UPDATE_COMPUTATION_SUBGRAPH_INDEX), &how));
    MLT_TRY(prepare(ctx, node, mlt_in(ctx, node, UPDATES)));
    ((scatter_t *)node->data)->how = how;
    return MLT_OK;
}

// Where in the tensor the element of the slices is; -1: outside.
static int32_t place_of(
    const scatter_t *d, const mlt_tensor_t *places, const int32_t *index, bool gather) {
    int32_t place = 0, offset[MLT_MAX_RANK] = {0}, at = 0;
    for (int i = 0; i < d->rank; ++i) {
        place += index[i] * d->dim[i].place_step;
        at += index[i] * d->dim[i].x_step;
        if (d->dim[i].x_dim >= 0) {
            offset[d->dim[i].x_dim] = index[i];
        }
    }
    for (int i = 0; i < d->numbers; ++i) {
        const number_t *n = &d->number[i];
        int32_t value = mlt_index_at(places, place + i * d->number_step);
        if (gather) {
            value = mlt_clamp(value, 0, n->last);
        } else if (value < -offset[n->x_dim] || value > n->last - offset[n->x_dim]) {
            return -1;
        }
        at += value * n->x_step;
    }
    return at;
}

static mlt_status_t scatter_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const scatter_t *d = node->data;
    bool gather = node->op->code == MLT_OP_STABLEHLO_GATHER;
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *places = mlt_in(ctx, node, PLACES);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0),
                       *slices = gather ? y : mlt_in(ctx, node, UPDATES);
    size_t size = mlt_size_of(x);
    if (!gather && y->data != x->data) {
        memcpy(y->data, x->data, mlt_bytes(x));
    }
    int32_t index[MLT_MAX_RANK] = {0};
    for (int32_t i = 0, n = mlt_elements(slices); i < n; ++i) {
        int32_t at = place_of(d, places, index, gather);
        uint8_t *part = (uint8_t *)slices->data + (size_t)i * size;
        if (gather) {
            memcpy(part, (const uint8_t *)x->data + (size_t)at * size, size);
        } else if (at >= 0) {
            uint8_t *to = (uint8_t *)y->data + (size_t)at * size;
            mlt_combine(d->how, x->type, to, part, to, 1);
        }
        for (int j = d->rank - 1; j >= 0 && ++index[j] == d->dim[j].count; --j) {
            index[j] = 0;
        }
    }
    return MLT_OK;
}

MLT_DEFINE_OP(stablehlo_gather, STABLEHLO_GATHER, 2, stablehlo_gather_prepare, scatter_eval)
MLT_DEFINE_OP(stablehlo_scatter, STABLEHLO_SCATTER, 3, stablehlo_scatter_prepare, scatter_eval)
