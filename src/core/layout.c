// SPDX-License-Identifier: MIT
// From the order in which nodes run to the addresses of tensors.
//
// Time is counted in nodes, those of a nested subgraph between the start and the end of the node
// that runs it. A tensor holds its memory from the node that writes it to the last that reads
// it; a subgraph that several nodes run holds its tensors all the time.

#include <string.h>

#include "../quant.h"
#include "compress.h"
#include "invoke.h"
#include "model.h"
#include "plan.h"
#include "verify.h"

typedef struct layout {
    mlt_model_t *m;
    mlt_block_t *blocks; // scratch buffers first, in the order of their numbers, then tensors
    uint32_t count;
    int32_t now, start, end; // from when to when what is touched is in use
} layout_t;

// While the plan is made, a tensor's data pointer points to its block.
static mlt_block_t *block_of(const mlt_tensor_t *t) {
    return t->data;
}

static bool is_planned(const mlt_tensor_t *t) {
    return !(t->flags & (MLT_TENSOR_CONST | MLT_TENSOR_VARIABLE | MLT_TENSOR_FIXED));
}

static uint32_t align16(size_t bytes) {
    return (uint32_t)((bytes + 15) & ~(size_t)15);
}

// Tensors of a list, in which -1 is none, are in use from l->start to l->end.
static void touch(const layout_t *l, const mlt_subgraph_t *s, const int32_t *list, int count) {
    for (int i = 0; i < count; ++i) {
        if (list[i] >= 0 && is_planned(&s->tensors[list[i]])) {
            mlt_block_t *b = block_of(&s->tensors[list[i]]);
            b->first = mlt_min(b->first, l->start);
            b->last = mlt_max(b->last, l->end);
        }
    }
}

// One block a planned tensor of every subgraph that is used.
static void add_tensors(layout_t *l) {
    for (int i = 0; i < mlt_subgraph_count(l->m); ++i) {
        mlt_subgraph_t *s = &l->m->subgraphs[i];
        for (int j = 0; j < s->tensor_count; ++j) {
            mlt_tensor_t *t = &s->tensors[j];
            if (is_planned(t)) {
                mlt_block_t *b = &l->blocks[l->count++];
                *b = (mlt_block_t){align16(mlt_bytes(t)), INT32_MAX, -1, MLT_UNPLACED};
                t->data = b;
            }
        }
    }
}

// The oldest comes first, and those of a subgraph come in a row.
static const mlt_request_t *first_request(const mlt_build_t *build, int subgraph) {
    const mlt_request_t *r = build->requests;
    while (MLT_WITH_SUBGRAPHS && r && r->subgraph != subgraph) {
        r = r->next;
    }
    return r;
}

// Where the walk through a subgraph stands: which of the requests come next.
typedef struct walker {
    mlt_subgraph_t *s;
    int index, depth;
    bool always; // several nodes run it, or one above it
    const mlt_request_t *request;
} walker_t;

static mlt_status_t walk(layout_t *l, int index, int depth, bool always);

static bool is_of(const mlt_request_t *r, const walker_t *w, const mlt_node_t *node) {
    return (!MLT_WITH_SUBGRAPHS || r->subgraph == w->index) && r->node == node->index;
}

// Walk the subgraphs that a node runs, then give its tensors and scratch buffers their time.
static mlt_status_t walk_node(layout_t *l, walker_t *w, const mlt_node_t *node) {
    int32_t start = w->always ? 0 : l->now;
    ++l->now;
    const mlt_request_t *r = w->request;
    for (; MLT_WITH_SUBGRAPHS && r && is_of(r, w, node); r = r->next) {
        if (r->kind == REQUEST_CALL) {
            const mlt_subgraph_t *callee = &l->m->subgraphs[r->a];
            MLT_TRY(walk(l, (int)r->a, w->depth + 1, w->always || callee->calls > 1));
            if (w->s->height <= callee->height) {
                w->s->height = (uint8_t)(callee->height + 1);
            }
        }
    }
    l->start = start;
    l->end = w->always ? INT32_MAX : l->now - 1;
    for (r = w->request; r && is_of(r, w, node); r = r->next) {
        if (r->kind == REQUEST_SCRATCH) {
            l->blocks[r->b] = (mlt_block_t){align16(r->a), l->start, l->end, MLT_UNPLACED};
        }
    }
    w->request = r;
    touch(l, w->s, node->inputs, node->input_count);
    touch(l, w->s, node->outputs, node->output_count);
    return MLT_OK;
}

static mlt_status_t walk(layout_t *l, int index, int depth, bool always) {
    mlt_subgraph_t *s = &l->m->subgraphs[index];
    if (MLT_WITH_SUBGRAPHS && (s->state == SUBGRAPH_WALKING || depth + s->height > MLT_MAX_DEPTH)) {
        mlt_error_start(l->m->error, MLT_ERR_MODEL);
        mlt_error_add(l->m->error, "subgraph %d %s", index,
            s->state == SUBGRAPH_WALKING ? MLT_WORD("runs itself")
                                         : MLT_WORD("is nested too deeply"));
        return MLT_ERR_MODEL;
    }
    if (MLT_WITH_SUBGRAPHS && s->state == SUBGRAPH_WALKED) {
        return MLT_OK;
    }
    s->state = SUBGRAPH_WALKING;
    walker_t w = {s, index, depth, always, first_request(l->m->build, index)};
    l->start = l->end = always ? 0 : l->now++; // a step to fill the inputs, though no node follow
    touch(l, s, s->inputs, s->input_count);
    for (int i = 0; i < s->node_count; ++i) {
        MLT_TRY(walk_node(l, &w, &s->nodes[i]));
    }
    l->start = l->end = always ? INT32_MAX : l->now;
    touch(l, s, s->outputs, s->output_count);
    s->state = SUBGRAPH_WALKED;
    return MLT_OK;
}

// Where an operator may work in place and its input is not read again, the output takes the
// input's block, and the block lives on for as long as the output does. An offline plan has to put
// both at one offset for that.
static void share_blocks(layout_t *l) {
    const mlt_tensor_t *done = NULL; // an output has one block, though several inputs be offered
    for (const mlt_request_t *r = l->m->build->requests; r; r = r->next) {
        const mlt_subgraph_t *s = &l->m->subgraphs[MLT_WITH_SUBGRAPHS ? r->subgraph : 0];
        l->m->ctx.tensors = s->tensors;
        mlt_tensor_t *in = mlt_in(&l->m->ctx, &s->nodes[r->node], (int)r->a);
        mlt_tensor_t *out = mlt_out(&l->m->ctx, &s->nodes[r->node], (int)r->b);
        if (r->kind != REQUEST_SHARE || !in || !out || out == done || !is_planned(in) ||
            !is_planned(out)) {
            continue;
        }
        mlt_block_t *from = block_of(in), *to = block_of(out);
        bool free = from->last == to->first && from->offset == to->offset && from->size >= to->size;
        if (free && from != to) {
            from->last = to->last;
            *to = (mlt_block_t){0, 0, -1, 0};
            out->data = in->data;
            done = out;
        }
    }
}

// Offsets that a tool has written into the metadata "OfflineMemoryAllocation": int32 version,
// subgraphs, tensors, then an offset for each tensor, -1 where the planner is to choose. The plan
// is a wish: the planner takes offsets away that would let tensors overwrite each other.
static void apply_offline_plan(layout_t *l) {
    fb_vector_t data = mlt_metadata(l->m->ctx.model, "OfflineMemoryAllocation");
    if (!data.data) {
        return;
    }
    uint32_t at = 3; // number of the next offset
    for (int i = 0; i < mlt_subgraph_count(l->m); ++i) {
        const mlt_subgraph_t *s = &l->m->subgraphs[i];
        for (int j = 0; j < s->tensor_count && (at + 1) * 4 <= data.count; ++j, ++at) {
            int32_t offset = fb_i32(data.data + (size_t)4 * at);
            if (is_planned(&s->tensors[j]) && offset >= 0 && offset % MLT_ARENA_ALIGN == 0 &&
                offset <= INT32_MAX / 2) {
                block_of(&s->tensors[j])->offset = (uint32_t)offset;
            }
        }
    }
}

static void keep_all(layout_t *l) {
    for (uint32_t i = 0; i < l->count; ++i) {
        l->blocks[i].first = 0;
        l->blocks[i].last = INT32_MAX;
    }
}

// Turn block numbers into addresses.
static void set_addresses(const layout_t *l, uint8_t *base, void **scratch) {
    for (uint32_t i = 0; i < l->m->build->scratch_count; ++i) {
        scratch[i] = base + l->blocks[i].offset;
    }
    for (int i = 0; i < mlt_subgraph_count(l->m); ++i) {
        const mlt_subgraph_t *s = &l->m->subgraphs[i];
        for (int j = 0; j < s->tensor_count; ++j) {
            mlt_tensor_t *t = &s->tensors[j];
            if (is_planned(t)) {
                const mlt_block_t *b = block_of(t);
                t->data = b->last < 0 ? NULL : base + b->offset;
            }
        }
    }
}

mlt_status_t mlt_layout(mlt_model_t *m) {
    uint32_t count = m->build->scratch_count;
    for (int i = 0; i < mlt_subgraph_count(m); ++i) {
        for (int j = 0; j < m->subgraphs[i].tensor_count; ++j) {
            count += is_planned(&m->subgraphs[i].tensors[j]);
        }
    }
    if (count > UINT16_MAX) {
        mlt_error_start(m->error, MLT_ERR_MODEL);
        mlt_error_add(m->error, "model with %d buffers, want at most 65535", (int)count);
        return MLT_ERR_MODEL;
    }
    void **scratch;
    MLT_TRY(mlt_keep(m, &scratch, m->build->scratch_count * sizeof(*scratch)));
    layout_t l = {.m = m, .count = m->build->scratch_count};
    l.blocks = mlt_arena_temp(&m->arena, count * (sizeof(*l.blocks) + sizeof(uint16_t)));
    if (!l.blocks) {
        return mlt_arena_short(m, false);
    }
    add_tensors(&l);
    MLT_TRY(walk(&l, 0, 0, false));
    if (MLT_WITH_TRACE && m->flags & MLT_KEEP_ALL) {
        keep_all(&l);
    } else {
        if (MLT_WITH_OFFLINE_PLAN) {
            apply_offline_plan(&l);
        }
        share_blocks(&l);
    }
    uint32_t bytes = mlt_plan(l.blocks, count, (uint16_t *)(void *)(l.blocks + count));
    uint8_t *base = mlt_arena_place(&m->arena, bytes);
    if (!base) {
        return mlt_arena_short(m, true);
    }
    set_addresses(&l, base, scratch);
    m->ctx.scratch = scratch;
    memset(base, 0, bytes);
    return MLT_OK;
}
