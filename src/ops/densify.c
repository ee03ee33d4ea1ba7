// SPDX-License-Identifier: MIT
// DENSIFY: a constant that the file stores without its zeros, made whole. The tensor's `sparsity`
// says how: a tree of levels, one for each dimension in the order of storage, and behind these one
// for each dimension of the blocks in which zeros are left out. A level goes through all positions
// (dense), or through a list of them: those from segments[p] to segments[p + 1], where p counts the
// visits of the level above. What the last level comes to is the next value.

#include "../fb.h"
#include "util.h"

enum { MAX_LEVELS = 12 };

// A list of numbers of 1, 2 or 4 bytes.
typedef struct list {
    const uint8_t *data;
    uint32_t count;
    uint32_t size;
} list_t;

typedef struct level {
    list_t segments, positions;
    uint32_t size; // positions that there are
    uint32_t step; // elements from one to the next
    bool dense;
} level_t;

typedef struct densify {
    fb_vector_t values;
    uint32_t size; // bytes of an element
    int32_t levels;
    level_t level[MAX_LEVELS];
} densify_t;

static uint32_t list_at(const list_t *list, uint32_t i) {
    const uint8_t *p = list->data + (size_t)i * list->size;
    return list->size == 1 ? *p : list->size == 2 ? fb_u16(p) : fb_u32(p);
}

// --- The walk through the tree, for prepare (y is NULL) and eval.

// A level under way.
typedef struct visit {
    uint32_t first, next, end;
    uint32_t number; // which visit it is
    uint32_t at;     // element
} visit_t;

static bool enter(const level_t *level, uint32_t number, uint32_t at, visit_t *v) {
    *v = (visit_t){.end = level->size, .number = number, .at = at};
    if (level->dense) {
        return true;
    }
    if (number + 1 >= level->segments.count) {
        return false;
    }
    v->first = v->next = list_at(&level->segments, number);
    v->end = list_at(&level->segments, number + 1);
    return v->first <= v->end && v->end <= level->positions.count;
}

// The position of entry i. Each is larger than the one before: this bounds the steps of the walk.
static bool position(const level_t *level, const visit_t *v, uint32_t i, uint32_t *to) {
    *to = level->dense ? i : list_at(&level->positions, i);
    return *to < level->size &&
           (level->dense || i == v->first || list_at(&level->positions, i - 1) < *to);
}

// false when the lists contradict themselves.
static bool walk(const densify_t *d, uint8_t *y) {
    visit_t visits[MAX_LEVELS];
    uint32_t value = 0, values = d->values.count / d->size;
    int32_t depth = 0;
    bool good = enter(&d->level[0], 0, 0, &visits[0]);
    while (good && depth >= 0) {
        visit_t *v = &visits[depth];
        if (v->next == v->end) {
            --depth;
            continue;
        }
        const level_t *level = &d->level[depth];
        uint32_t i = v->next++, to;
        good = position(level, v, i, &to);
        uint32_t at = v->at + to * level->step;
        if (depth + 1 < d->levels) {
            uint32_t number = level->dense ? v->number * level->size + i : i;
            ++depth;
            good = good && enter(level + 1, number, at, &visits[depth]);
            continue;
        }
        good = good && value < values;
        if (good && y) {
            memcpy(y + (size_t)at * d->size, d->values.data + (size_t)value * d->size, d->size);
        }
        ++value;
    }
    return good;
}

// --- prepare

static list_t list_of(const uint8_t *table, int32_t slot) {
    static const uint8_t sizes[] = {0, 4, 2, 1};
    uint32_t kind = fb_field_u8(table, slot - 1);
    list_t list = {NULL, 0, kind < sizeof(sizes) ? sizes[kind] : 0};
    const uint8_t *inner = fb_ref(table, slot);
    if (inner && list.size) { // with no size it stays empty
        fb_vector_t values = fb_vec(inner, FB_INT32_VECTOR_VALUES);
        list.data = values.data;
        list.count = values.count;
    }
    return list;
}

// Levels of whole blocks come first, in any order, then those within a block, in the order of
// block_map. NULL, or what is wrong.
static const char *find_levels(densify_t *d, const mlt_tensor_t *t, const uint8_t *sparsity) {
    fb_vector_t order = fb_vec(sparsity, FB_SPARSITY_PARAMETERS_TRAVERSAL_ORDER);
    fb_vector_t map = fb_vec(sparsity, FB_SPARSITY_PARAMETERS_BLOCK_MAP);
    fb_vector_t levels = fb_vec(sparsity, FB_SPARSITY_PARAMETERS_DIM_METADATA);
    uint32_t rank = t->rank;
    if (rank == 0 || map.count > rank || levels.count > MAX_LEVELS ||
        levels.count != rank + map.count || order.count != levels.count) {
        return "its number of levels does not fit its shape";
    }
    uint32_t blocks[8], steps[8], seen = 0;
    for (uint32_t i = rank, step = 1; i-- > 0; step *= (uint32_t)t->dims[i]) {
        blocks[i] = 1;
        steps[i] = step;
    }
    d->levels = (int32_t)levels.count;
    for (uint32_t i = 0; i < levels.count; ++i) {
        const uint8_t *table = fb_item(levels, i);
        d->level[i] = (level_t){
            .dense = fb_field_u8(table, FB_DIMENSION_METADATA_FORMAT) == 0,
            .size = (uint32_t)fb_field_i32(table, FB_DIMENSION_METADATA_DENSE_SIZE, 0),
            .segments = list_of(table, FB_DIMENSION_METADATA_ARRAY_SEGMENTS),
            .positions = list_of(table, FB_DIMENSION_METADATA_ARRAY_INDICES),
        };
    }
    for (uint32_t i = 0; i < map.count; ++i) {
        level_t *level = &d->level[rank + i];
        uint32_t dim = fb_u32(map.data + (size_t)4 * i);
        if (dim >= rank || blocks[dim] != 1 || !level->dense || level->size == 0 ||
            (uint32_t)t->dims[dim] % level->size != 0 ||
            fb_u32(order.data + (size_t)4 * (rank + i)) != rank + i) {
            return "its blocks do not fit its shape";
        }
        blocks[dim] = level->size;
        level->step = steps[dim];
    }
    for (uint32_t i = 0; i < rank; ++i) {
        level_t *level = &d->level[i];
        uint32_t dim = fb_u32(order.data + (size_t)4 * i);
        if (dim >= rank || seen >> dim & 1) {
            return "its order is none of all dimensions";
        }
        seen |= UINT32_C(1) << dim;
        uint32_t size = (uint32_t)t->dims[dim] / blocks[dim];
        if (level->dense && level->size != size) {
            return "a level does not have the size of its dimension";
        }
        level->size = size;
        level->step = steps[dim] * blocks[dim];
    }
    return NULL;
}

static mlt_status_t densify_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(
        ctx, node, MLT_IN(0), MLT_T(INT8) | MLT_T(FLOAT16) | MLT_T_IF(MLT_WITH_FLOAT, FLOAT32)));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(0)));
    MLT_TRY(mlt_want_dims_of(ctx, node, MLT_OUT(0), MLT_IN(0)));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    const uint8_t *table = ctx->model + x->ref;
    const uint8_t *sparsity = fb_ref(table, FB_TENSOR_SPARSITY);
    if (!sparsity || !mlt_is_const(x)) {
        return mlt_fail(ctx, node, MLT_ERR_MODEL, MLT_IN(0), "not sparse, want a sparse constant");
    }
    densify_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    fb_vector_t buffers = fb_vec(ctx->model + fb_u32(ctx->model), FB_MODEL_BUFFERS);
    const uint8_t *buffer =
        fb_item(buffers, (uint32_t)fb_field_i32(table, FB_TENSOR_BUFFER, 0)); // has data
    d->values = fb_vec(buffer, FB_BUFFER_DATA);
    d->size = (uint32_t)mlt_type_size((mlt_type_t)x->type);
    const char *fault = find_levels(d, x, sparsity);
    if (!fault && !walk(d, NULL)) {
        fault = "its lists lead out of the tensor";
    }
    return fault ? mlt_fail(ctx, node, MLT_ERR_MODEL, MLT_IN(0), "sparse, but %s", MLT_NAME(fault))
                 : MLT_OK;
}

static mlt_status_t densify_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    memset(y->data, 0, (size_t)mlt_elements(y) * mlt_type_size((mlt_type_t)y->type));
    walk(node->data, y->data);
    return MLT_OK;
}

MLT_DEFINE_OP(densify, DENSIFY, 1, densify_prepare, densify_eval)
