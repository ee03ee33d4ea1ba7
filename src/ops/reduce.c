// SPDX-License-Identifier: MIT
// MEAN, SUM, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD, REDUCE_ANY, REDUCE_ALL over any axes: one walk
// over the input, which knows nothing of types, with a kernel for each type, and a last step.

#include "rearrange.h"

#include "../fixedpoint.h"
#include "../kernels/reduce.h"
#include "../mathf.h"

enum { X, AXES };
enum { HALF_RANK = MLT_MAX_RANK / 2 };

// How an operator reduces elements of a type, and where the results are.
typedef enum reduce_in { IN_FLOAT, IN_INT32, IN_INT64 } reduce_in_t;
typedef struct reduce_kind {
    uint8_t type, in;
    mlt_reduce_fn *fn; // NULL: left out of the build
} reduce_kind_t;

typedef struct reduce_loop {
    int32_t count, step;
} reduce_loop_t;

typedef struct reduce {
    const reduce_kind_t *kind;
    float start_float;
    int64_t start;
    // The walk. Neighbouring dimensions that are both kept or both reduced are one loop.
    int32_t width;      // innermost loop if it is kept, else 1
    reduce_loop_t rows; // innermost loop that is reduced
    int32_t kept_count, reduced_count;
    reduce_loop_t kept[HALF_RANK], reduced[HALF_RANK]; // the others, innermost first
    int32_t elements;                                  // that make one of the output
    // Quantised: y = rescale(sum - elements * zero_point)
    mlt_factor_t factor;
    mlt_rescale_t rescale;
} reduce_t;

#define KIND_F32(fn)                                                                               \
    { MLT_FLOAT32, IN_FLOAT, MLT_WITH_FLOAT ? (fn) : NULL }
#define KIND_S16(in, fn)                                                                           \
    { MLT_INT16, in, MLT_WITH_INT16 ? (fn) : NULL }

static const reduce_kind_t sum_kinds[] = {KIND_F32(mlt_reduce_sum_f32),
    {MLT_INT8, IN_INT32, mlt_reduce_sum_s8}, {MLT_UINT8, IN_INT32, mlt_reduce_sum_u8},
    KIND_S16(IN_INT32, mlt_reduce_sum_s16), {MLT_INT32, IN_INT64, mlt_reduce_sum_s32},
    {MLT_INT64, IN_INT64, mlt_reduce_sum_s64}};
static const reduce_kind_t max_kinds[] = {KIND_F32(mlt_reduce_max_f32),
    {MLT_INT8, IN_INT32, mlt_reduce_max_s8}, {MLT_UINT8, IN_INT32, mlt_reduce_max_u8},
    KIND_S16(IN_INT32, mlt_reduce_max_s16), {MLT_INT32, IN_INT32, mlt_reduce_max_s32},
    {MLT_INT64, IN_INT64, mlt_reduce_max_s64}};
static const reduce_kind_t min_kinds[] = {KIND_F32(mlt_reduce_min_f32),
    {MLT_INT8, IN_INT32, mlt_reduce_min_s8}, {MLT_UINT8, IN_INT32, mlt_reduce_min_u8},
    KIND_S16(IN_INT32, mlt_reduce_min_s16), {MLT_INT32, IN_INT32, mlt_reduce_min_s32},
    {MLT_INT64, IN_INT64, mlt_reduce_min_s64}};
static const reduce_kind_t prod_kinds[] = {KIND_F32(mlt_reduce_prod_f32),
    {MLT_INT8, IN_INT64, mlt_reduce_prod_s8}, {MLT_UINT8, IN_INT64, mlt_reduce_prod_u8},
    KIND_S16(IN_INT64, mlt_reduce_prod_s16), {MLT_INT32, IN_INT64, mlt_reduce_prod_s32},
    {MLT_INT64, IN_INT64, mlt_reduce_prod_s64}};
static const reduce_kind_t prod_scaled_kinds[] = {{MLT_INT8, IN_INT64, mlt_reduce_prod_scaled_s8},
    KIND_S16(IN_INT64, mlt_reduce_prod_scaled_s16)};
static const reduce_kind_t any_kinds[] = {{MLT_BOOL, IN_INT32, mlt_reduce_any_bool}};
static const reduce_kind_t all_kinds[] = {{MLT_BOOL, IN_INT32, mlt_reduce_all_bool}};

// --- The last step: `width` finished accumulators become elements at y[at].

typedef void reduce_finish_fn(
    const reduce_t *d, const mlt_reduced_t *acc, const mlt_tensor_t *y, int32_t at, int32_t width);

static int64_t integer(const reduce_t *d, const mlt_reduced_t *acc, int32_t i) {
    return d->kind->in == IN_INT64 ? acc->l[i] : acc->i[i];
}

static void store(const mlt_tensor_t *y, int32_t i, int64_t value) {
    switch (y->type) {
    case MLT_INT16:
        ((int16_t *)y->data)[i] = (int16_t)value;
        break;
    case MLT_INT32:
        ((int32_t *)y->data)[i] = (int32_t)value;
        break;
    case MLT_INT64:
        ((int64_t *)y->data)[i] = value;
        break;
    default:
        ((uint8_t *)y->data)[i] = (uint8_t)value;
        break;
    }
}

static void finish_plain(
    const reduce_t *d, const mlt_reduced_t *acc, const mlt_tensor_t *y, int32_t at, int32_t width) {
    for (int32_t i = 0; i < width; ++i) {
        if (d->kind->in == IN_FLOAT) {
            ((float *)y->data)[at + i] = acc->f[i];
        } else {
            store(y, at + i, integer(d, acc, i));
        }
    }
}

static void finish_rescaled(
    const reduce_t *d, const mlt_reduced_t *acc, const mlt_tensor_t *y, int32_t at, int32_t width) {
    int32_t offset = mlt_mul_wrap(d->factor.zero_point, d->elements);
    for (int32_t i = 0; i < width; ++i) {
        store(y, at + i, mlt_rescale(&d->rescale, mlt_sub_wrap(acc->i[i], offset)));
    }
}

static void finish_mean(
    const reduce_t *d, const mlt_reduced_t *acc, const mlt_tensor_t *y, int32_t at, int32_t width) {
    for (int32_t i = 0; i < width; ++i) {
        if (d->kind->in == IN_FLOAT) {
            ((float *)y->data)[at + i] = acc->f[i] / (float)d->elements;
        } else {
            store(y, at + i, acc->l[i] / d->elements);
        }
    }
}

static void finish_product(
    const reduce_t *d, const mlt_reduced_t *acc, const mlt_tensor_t *y, int32_t at, int32_t width) {
    const mlt_rescale_t *r = &d->rescale;
    for (int32_t i = 0; i < width; ++i) {
        int32_t product = mlt_scale64(acc->l[i], r->multiplier.mult, r->multiplier.shift);
        store(y, at + i, mlt_clamp(mlt_add_wrap(product, r->zero_point), r->lo, r->hi));
    }
}

// --- The walk.

// One step of an odometer; false when it is back at its start.
static bool next(const reduce_loop_t *loops, int32_t count, int32_t *index, int32_t *offset) {
    for (int32_t i = 0; i < count; ++i) {
        *offset += loops[i].step;
        if (++index[i] < loops[i].count) {
            return true;
        }
        *offset -= loops[i].count * loops[i].step;
        index[i] = 0;
    }
    return false;
}

static void reduce_columns(
    const reduce_t *d, mlt_reduced_t *acc, const uint8_t *x, size_t size, int32_t width) {
    for (int32_t i = 0; i < width; ++i) {
        if (d->kind->in == IN_FLOAT) {
            acc->f[i] = d->start_float;
        } else if (d->kind->in == IN_INT32) {
            acc->i[i] = (int32_t)d->start;
        } else {
            acc->l[i] = d->start;
        }
    }
    int32_t index[HALF_RANK] = {0}, offset = 0;
    do {
        d->kind->fn(acc, x + (size_t)offset * size, d->rows.count, d->rows.step, width, &d->factor);
    } while (next(d->reduced, d->reduced_count, index, &offset));
}

static void reduce_all(
    const reduce_t *d, const mlt_tensor_t *x, const mlt_tensor_t *y, reduce_finish_fn *finish_fn) {
    size_t size = mlt_size_of(x);
    int32_t index[HALF_RANK] = {0}, offset = 0, at = 0;
    if (mlt_elements(x) == 0) { // of nothing: zeros, as in TFLM
        memset(y->data, 0, mlt_bytes(y));
        return;
    }
    do {
        for (int32_t column = 0; column < d->width; column += MLT_REDUCE_WIDTH) {
            mlt_reduced_t acc;
            int32_t width = mlt_min(MLT_REDUCE_WIDTH, d->width - column);
            reduce_columns(
                d, &acc, (const uint8_t *)x->data + (size_t)(offset + column) * size, size, width);
            finish_fn(d, &acc, y, at, width);
            at += width;
        }
    } while (next(d->kept, d->kept_count, index, &offset));
}

// Bit i: dimension i is reduced.
static mlt_status_t read_axes(
    mlt_ctx_t *ctx, const mlt_node_t *node, int32_t rank, uint32_t *reduced) {
    const mlt_tensor_t *axes = mlt_in(ctx, node, AXES);
    *reduced = 0;
    for (int32_t i = 0; rank > 0 && i < mlt_elements(axes); ++i) {
        int32_t axis = mlt_index_at(axes, i);
        if (axis < -rank || axis >= rank) {
            return mlt_fail(ctx, node, mlt_is_const(axes) ? MLT_ERR_PARAM : MLT_ERR_DATA, AXES,
                "axis %d, want %d to %d", axis, -rank, rank - 1);
        }
        *reduced |= UINT32_C(1) << (axis < 0 ? axis + rank : axis);
    }
    return MLT_OK;
}

// Turn dimensions into loops, from the inside out. Returns the number of output elements.
static int32_t plan_walk(reduce_t *d, const mlt_tensor_t *x, uint32_t reduced) {
    reduce_loop_t loops[MLT_MAX_RANK];
    uint32_t kinds = 0; // bit i: loops[i] is reduced
    int32_t count = 0, step = 1, outputs = 1;
    d->elements = 1;
    for (int i = x->rank - 1; i >= 0; --i) {
        uint32_t kind = reduced >> i & 1;
        int32_t dim = x->dims[i];
        *(kind ? &d->elements : &outputs) *= dim;
        if (dim != 1 && count > 0 && (kinds >> (count - 1) & 1) == kind) {
            loops[count - 1].count *= dim;
        } else if (dim != 1) {
            loops[count] = (reduce_loop_t){dim, step};
            kinds |= kind << count++;
        }
        step *= dim;
    }
    int32_t i = 0;
    d->width = 1;
    d->rows = (reduce_loop_t){1, 1};
    d->kept_count = d->reduced_count = 0;
    if (i < count && !(kinds >> i & 1)) {
        d->width = loops[i++].count;
    }
    if (i < count) { // neighbours differ in kind
        d->rows = loops[i++];
    }
    for (; i < count; ++i) {
        if (kinds >> i & 1) {
            d->reduced[d->reduced_count++] = loops[i];
        } else {
            d->kept[d->kept_count++] = loops[i];
        }
    }
    return outputs;
}

// Plan the walk, and check or set the output's shape: in prepare, or in eval if axes are computed.
static mlt_status_t plan(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *axes = mlt_in(ctx, node, AXES);
    uint32_t reduced;
    MLT_TRY(read_axes(ctx, node, x->rank, &reduced));
    if (mlt_elements(x) == 0 ||
        plan_walk(node->data, x, reduced) == mlt_elements(mlt_out(ctx, node, 0))) {
        return MLT_OK;
    }
    if (!mlt_is_const(axes)) {
        return mlt_fail(ctx, node, MLT_ERR_DATA, AXES, "axes that do not fit the output's shape");
    }
    int32_t dims[MLT_MAX_RANK];
    int rank = 0;
    for (int i = 0; i < x->rank; ++i) {
        bool keep = mlt_option(node, REDUCER_KEEP_DIMS) != 0;
        if (!(reduced >> i & 1) || keep) {
            dims[rank++] = reduced >> i & 1 ? 1 : x->dims[i];
        }
    }
    return mlt_set_output(ctx, node, 0, rank, dims);
}

// --- The operators.

static mlt_status_t reduce_prepare(
    mlt_ctx_t *ctx, mlt_node_t *node, const reduce_kind_t *kinds, int count) {
    uint32_t types = 0;
    for (int i = 0; i < count; ++i) {
        types |= kinds[i].fn ? UINT32_C(1) << kinds[i].type : 0;
    }
    MLT_TRY(mlt_want_type(ctx, node, X, types));
    MLT_TRY(mlt_want_type(ctx, node, AXES, MLT_T(INT32) | MLT_T(INT64)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), X));
    MLT_TRY(mlt_want_rank(ctx, node, X, 0, MLT_MAX_RANK));
    reduce_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    const mlt_tensor_t *x = mlt_in(ctx, node, X);
    for (d->kind = kinds; d->kind->type != x->type; ++d->kind) {
    }
    return mlt_is_const(mlt_in(ctx, node, AXES)) ? plan(ctx, node) : MLT_OK;
}

static mlt_status_t reduce_eval(mlt_ctx_t *ctx, const mlt_node_t *node, reduce_finish_fn *finish) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, 0);
    if (!mlt_is_const(mlt_in(ctx, node, AXES))) {
        MLT_TRY(plan(ctx, node));
    }
    reduce_all(node->data, x, y, finish);
    return MLT_OK;
}

static bool is_quantised(const mlt_tensor_t *x) {
    return x->type == MLT_INT8 || x->type == MLT_UINT8 || x->type == MLT_INT16;
}

// Elements that make one of the output; 1 where there are none.
static int32_t elements_for_one(const mlt_ctx_t *ctx, const mlt_node_t *node) {
    int32_t all = mlt_elements(mlt_in(ctx, node, X)), outputs = mlt_elements(mlt_out(ctx, node, 0));
    return outputs > 0 && all >= outputs ? all / outputs : 1; // axes may come at run time
}

static mlt_status_t quant_prepare(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_multiplier_t factor) {
    reduce_t *d = node->data;
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    d->factor.zero_point = mlt_zero_point(ctx, mlt_in(ctx, node, X));
    d->rescale = (mlt_rescale_t){
        factor, mlt_zero_point(ctx, y), mlt_type_min(y->type), mlt_type_max(y->type)};
    return MLT_OK;
}

static mlt_status_t sum_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(reduce_prepare(ctx, node, sum_kinds, sizeof(sum_kinds) / sizeof(*sum_kinds)));
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, 0);
    if (!is_quantised(x)) {
        return MLT_OK;
    }
    MLT_TRY(mlt_want_quant(ctx, node, X));
    MLT_TRY(mlt_want_quant(ctx, node, MLT_OUT(0)));
    return quant_prepare(ctx, node, mlt_quotient(mlt_scale_of(ctx, x), 1.0f, mlt_scale_of(ctx, y)));
}

static mlt_status_t sum_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    return reduce_eval(
        ctx, node, is_quantised(mlt_in(ctx, node, X)) ? finish_rescaled : finish_plain);
}

// The multiplier of a mean has the division in it, as in TFLite.
static mlt_status_t mean_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(sum_prepare(ctx, node));
    mlt_multiplier_t *m = &((reduce_t *)node->data)->rescale.multiplier;
    int32_t n = elements_for_one(ctx, node);
    int32_t log2 = mlt_min(31 - mlt_clz((uint32_t)n), 31 + m->shift);
    m->mult = (int32_t)(((int64_t)m->mult << log2) / n);
    m->shift -= log2;
    return MLT_OK;
}

static mlt_status_t mean_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    return reduce_eval(
        ctx, node, is_quantised(mlt_in(ctx, node, X)) ? finish_rescaled : finish_mean);
}

static mlt_status_t start_prepare(
    mlt_ctx_t *ctx, mlt_node_t *node, const reduce_kind_t *kinds, int count, bool largest) {
    MLT_TRY(reduce_prepare(ctx, node, kinds, count));
    reduce_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, X);
    d->start_float = largest ? 3.402823466e+38f : -3.402823466e+38f;
    d->start = largest ? mlt_type_max(x->type) : mlt_type_min(x->type);
    if (x->type == MLT_INT64) {
        d->start = largest ? INT64_MAX : INT64_MIN;
    }
    return is_quantised(x) ? mlt_want_quant_of(ctx, node, MLT_OUT(0), X) : MLT_OK;
}

static mlt_status_t reduce_max_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return start_prepare(ctx, node, max_kinds, sizeof(max_kinds) / sizeof(*max_kinds), false);
}

static mlt_status_t reduce_min_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return start_prepare(ctx, node, min_kinds, sizeof(min_kinds) / sizeof(*min_kinds), true);
}

static mlt_status_t reduce_any_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    return reduce_prepare(ctx, node, any_kinds, 1);
}

static mlt_status_t reduce_all_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(reduce_prepare(ctx, node, all_kinds, 1));
    ((reduce_t *)node->data)->start = 1;
    return MLT_OK;
}

static mlt_status_t plain_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    return reduce_eval(ctx, node, finish_plain);
}

static bool has_scaled_product(const mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *x = mlt_in(ctx, node, X);
    return is_quantised(x) && mlt_scale_count(ctx, x) > 0;
}

// Each factor is scaled by x_scale / y_scale^(1/n), so that nothing overflows on the way.
static mlt_status_t reduce_prod_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(reduce_prepare(ctx, node, prod_kinds, sizeof(prod_kinds) / sizeof(*prod_kinds)));
    reduce_t *d = node->data;
    d->start_float = 1.0f;
    d->start = 1;
    if (!has_scaled_product(ctx, node)) {
        return MLT_OK;
    }
    const mlt_tensor_t *x = mlt_in(ctx, node, X), *y = mlt_out(ctx, node, 0);
    MLT_TRY(mlt_want_type(ctx, node, X, MLT_T(INT8) | MLT_T(INT16)));
    MLT_TRY(mlt_want_quant(ctx, node, X));
    MLT_TRY(mlt_want_quant(ctx, node, MLT_OUT(0)));
    double root = mlt_exp(mlt_log((double)mlt_scale_of(ctx, y)) / elements_for_one(ctx, node));
    MLT_TRY(quant_prepare(ctx, node, mlt_multiplier((double)mlt_scale_of(ctx, x) / root)));
    d->factor.multiplier = d->rescale.multiplier;
    if (d->factor.multiplier.shift > 7) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, MLT_OUT(0), "scale too small for that of input 0");
    }
    d->kind = &prod_scaled_kinds[x->type == MLT_INT16];
    d->start = MLT_NO_FACTOR;
    return MLT_OK;
}

static mlt_status_t reduce_prod_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    return reduce_eval(ctx, node, has_scaled_product(ctx, node) ? finish_product : finish_plain);
}

MLT_DEFINE_OP(mean, MEAN, 2, mean_prepare, mean_eval)
MLT_DEFINE_OP(sum, SUM, 2, sum_prepare, sum_eval)
MLT_DEFINE_OP(reduce_max, REDUCE_MAX, 2, reduce_max_prepare, plain_eval)
MLT_DEFINE_OP(reduce_min, REDUCE_MIN, 2, reduce_min_prepare, plain_eval)
MLT_DEFINE_OP(reduce_prod, REDUCE_PROD, 2, reduce_prod_prepare, reduce_prod_eval)
MLT_DEFINE_OP(reduce_any, REDUCE_ANY, 2, reduce_any_prepare, plain_eval)
MLT_DEFINE_OP(reduce_all, REDUCE_ALL, 2, reduce_all_prepare, plain_eval)
