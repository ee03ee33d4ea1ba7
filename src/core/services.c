// SPDX-License-Identifier: MIT
// What the engine does for operators: memory, errors, subgraphs, variables.

#include <string.h>

#include "invoke.h"
#include "model.h"
#include "verify.h"

static void *service_alloc(mlt_ctx_t *ctx, size_t bytes) {
    return mlt_arena_keep(&mlt_model_of(ctx)->arena, bytes);
}

static void *service_temp(mlt_ctx_t *ctx, size_t bytes) {
    return mlt_arena_temp(&mlt_model_of(ctx)->arena, bytes);
}

// Note a request of the node being prepared; false when there is no room.
static bool request(mlt_model_t *m, int kind, uint32_t a, uint32_t b) {
    mlt_build_t *build = m->build;
    mlt_request_t *r = mlt_arena_temp(&m->arena, sizeof(*r));
    if (!r) {
        build->full = true;
        return false;
    }
    r->a = a; // all else is zero
    r->b = (uint16_t)b;
    r->subgraph = m->subgraph;
    r->node = build->node;
    r->kind = (uint8_t)kind;
    *build->last = r;
    build->last = &r->next;
    build->mark = m->arena.temp;
    return true;
}

// The node that is being prepared.
static const mlt_node_t *current(const mlt_model_t *m) {
    return &mlt_subgraph(m)->nodes[m->build->node];
}

static int service_scratch(mlt_ctx_t *ctx, size_t bytes) {
    mlt_model_t *m = mlt_model_of(ctx);
    if (bytes > INT32_MAX || m->build->scratch_count == UINT16_MAX) {
        m->arena.need = MLT_ARENA_MOST;
        return -1;
    }
    uint16_t number = m->build->scratch_count;
    return request(m, REQUEST_SCRATCH, (uint32_t)bytes, number) ? m->build->scratch_count++ : -1;
}

static void service_share(mlt_ctx_t *ctx, int input, int output) {
    request(mlt_model_of(ctx), REQUEST_SHARE, (uint32_t)input, (uint32_t)output);
}

static const mlt_tensor_t *tensor_at(const mlt_model_t *m, const mlt_node_t *node, int slot) {
    int i = slot % MLT_OUT(0);
    return slot >= MLT_INNER(0) ? mlt_inner(&m->ctx, node, i)
           : slot >= MLT_OUT(0) ? mlt_out(&m->ctx, node, i)
                                : mlt_in(&m->ctx, node, i);
}

void mlt_error_place(mlt_model_t *m, const mlt_node_t *node, mlt_status_t status, int slot) {
    mlt_error_t *e = m->error;
    mlt_error_start(e, status);
    if (!e || !node) {
        return;
    }
    e->subgraph = (int16_t)m->subgraph;
    e->op = (int16_t)node->index;
#if MLT_WITH_SENTENCES
    if (m->subgraph > 0) {
        mlt_error_add(e, "subgraph %d, ", m->subgraph);
    }
    mlt_error_add(e, "op %d %s", node->index, node->op->name);
    if (slot != MLT_NODE) {
        static const char text[] = ", input %d\0, output %d\0, inner tensor %d";
        mlt_error_add(e, mlt_string_at(text, (unsigned)(slot / MLT_OUT(0))), slot % MLT_OUT(0));
    }
#else
    e->op_name = node->op->name;
    e->slot = (int16_t)slot;
#endif
    const mlt_tensor_t *t = slot == MLT_NODE ? NULL : tensor_at(m, node, slot);
    if (t) {
        fb_vector_t name = fb_vec(mlt_tensor_table(m, t), FB_TENSOR_NAME);
        e->tensor = (int16_t)(t - m->ctx.tensors);
        mlt_error_name(e, (const char *)name.data, name.count);
    }
#if MLT_WITH_SENTENCES
    mlt_error_add(e, ": ");
#endif
}

void mlt_error_default(mlt_model_t *m, const mlt_node_t *node, mlt_status_t status) {
    if (!m->failed) {
        mlt_error_place(m, node, status, MLT_NODE);
#if MLT_WITH_SENTENCES
        mlt_error_add(m->error, mlt_status_str(status));
#else
        mlt_error_note(m->error, status);
#endif
        m->failed = true;
    }
}

static mlt_status_t service_fail(
    mlt_ctx_t *ctx, const mlt_node_t *node, mlt_status_t status, int slot, const char *text, ...) {
    mlt_model_t *m = mlt_model_of(ctx);
    va_list args;
    va_start(args, text);
#if MLT_WITH_SENTENCES
    mlt_error_place(m, node, status, slot);
    mlt_error_vadd(m->error, text, args);
#else
    uint32_t values = (uint32_t)status >> 4;
    status = (mlt_status_t)((int)status & 15);
    mlt_error_place(m, node, status, slot);
    mlt_error_vnote(m->error, (uint32_t)(uintptr_t)text | values << 16, args);
#endif
    va_end(args);
    m->failed = true;
    return status;
}

// Of an operator that asks for what the switches of config.h leave out.
static mlt_status_t refuse(mlt_ctx_t *ctx) {
    return mlt_fail(ctx, current(mlt_model_of(ctx)), MLT_ERR_MODEL, MLT_NODE,
        "takes subgraphs, or shapes other than the file's, which are not in this build");
}

static mlt_status_t service_call(mlt_ctx_t *ctx, int subgraph) {
    mlt_model_t *m = mlt_model_of(ctx);
    if (!MLT_WITH_SUBGRAPHS) {
        return refuse(ctx);
    }
    if (subgraph <= 0 || subgraph >= m->subgraph_count) {
        return mlt_fail(ctx, current(m), MLT_ERR_MODEL, MLT_NODE,
            "runs subgraph %d, want one of 1 to %d", subgraph, m->subgraph_count - 1);
    }
    if (!request(m, REQUEST_CALL, (uint32_t)subgraph, 0)) {
        return MLT_ERR_ARENA;
    }
    return mlt_load_subgraph(m, subgraph);
}

static mlt_status_t service_run(mlt_ctx_t *ctx, int subgraph) {
    mlt_model_t *m = mlt_model_of(ctx);
    uint16_t node = m->node;
    if (m->runs == MLT_MAX_RUNS) {
        return mlt_fail(ctx, &m->subgraphs[m->subgraph].nodes[node], MLT_ERR_DATA, MLT_NODE,
            "subgraphs have run %d times, want an end", MLT_MAX_RUNS);
    }
    ++m->runs;
    mlt_status_t status = mlt_run_subgraph(m, subgraph);
    m->node = node;
    return status;
}

static mlt_tensor_t *service_subgraph_input(mlt_ctx_t *ctx, int subgraph, int i) {
    const mlt_subgraph_t *s = &mlt_model_of(ctx)->subgraphs[subgraph];
    return i >= 0 && i < s->input_count ? &s->tensors[s->inputs[i]] : NULL;
}

static mlt_tensor_t *service_subgraph_output(mlt_ctx_t *ctx, int subgraph, int i) {
    const mlt_subgraph_t *s = &mlt_model_of(ctx)->subgraphs[subgraph];
    return i >= 0 && i < s->output_count ? &s->tensors[s->outputs[i]] : NULL;
}

static bool same_text(const char *a, uint32_t a_length, const char *b, size_t b_length) {
    return a_length == b_length && (a_length == 0 || memcmp(a, b, a_length) == 0);
}

static mlt_variable_t *service_variable(mlt_ctx_t *ctx, const char *container,
    size_t container_length, const char *name, size_t name_length) {
    mlt_model_t *m = mlt_model_of(ctx);
    if (!MLT_WITH_VARIABLES) { // only old files get here: verify.c refuses others
        m->arena.need = MLT_ARENA_MOST;
        return NULL;
    }
    for (mlt_named_variable_t *v = m->variables; v; v = v->next) {
        if (same_text(v->container, v->container_length, container, container_length) &&
            same_text(v->name, v->name_length, name, name_length)) {
            return &v->variable;
        }
    }
    mlt_named_variable_t *v = mlt_arena_keep(&m->arena, sizeof(*v));
    if (!v) {
        return NULL;
    }
    *v = (mlt_named_variable_t){
        .next = m->variables,
        .container = container,
        .name = name,
        .container_length = (uint32_t)container_length,
        .name_length = (uint32_t)name_length,
    };
    m->variables = v;
    return &v->variable;
}

// Of a nested subgraph: the node that runs it has seen the shape.
static bool is_passed(const mlt_subgraph_t *s, const mlt_tensor_t *t) {
    bool found = false;
    for (int i = 0; i < s->input_count; ++i) {
        found |= &s->tensors[s->inputs[i]] == t;
    }
    for (int i = 0; i < s->output_count; ++i) {
        found |= &s->tensors[s->outputs[i]] == t;
    }
    return found;
}

static mlt_status_t copy_dims(mlt_model_t *m, mlt_tensor_t *t, int rank, const int32_t *dims) {
    int32_t *copy = mlt_arena_keep(&m->arena, (size_t)rank * sizeof(*copy));
    if (!copy) {
        return MLT_ERR_ARENA;
    }
    if (rank > 0) {
        memcpy(copy, dims, (size_t)rank * sizeof(*copy));
    }
    t->dims = copy;
    t->rank = (uint8_t)rank;
    return MLT_OK;
}

// A tensor may only grow, so that the least that a file says of a shape holds; not after other
// nodes have seen it, nor where its memory is given already.
static mlt_status_t service_set_dims(
    mlt_ctx_t *ctx, mlt_tensor_t *t, int rank, const int32_t *dims) {
    mlt_model_t *m = mlt_model_of(ctx);
    if (!MLT_WITH_OPEN_SHAPES) {
        return refuse(ctx);
    }
    int64_t bytes = (int64_t)mlt_type_size((mlt_type_t)t->type);
    bool good =
        !(t->flags & (MLT_TENSOR_CONST | MLT_TENSOR_VARIABLE | TENSOR_SEEN)) &&
        !(MLT_WITH_SUBGRAPHS && m->subgraph > 0 && is_passed(&m->subgraphs[m->subgraph], t));
    for (int i = 0; i < rank && good; ++i) {
        bytes *= dims[i];
        good = dims[i] > 0 && bytes <= INT32_MAX;
    }
    if (!good || bytes < (int64_t)mlt_bytes(t)) {
        return mlt_fail(ctx, current(m), MLT_ERR_SHAPE, MLT_NODE,
            "makes a shape that does not fit the tensor it goes to");
    }
    if (mlt_bytes(t) == 0) { // its data was a placeholder
        t->flags &= (uint16_t)~MLT_TENSOR_FIXED;
        t->data = NULL;
    }
    return copy_dims(m, t, rank, dims);
}

static mlt_status_t service_set_runtime(mlt_ctx_t *ctx, mlt_tensor_t *t) {
    mlt_model_t *m = mlt_model_of(ctx);
    if (!MLT_WITH_SHAPES) {
        return refuse(ctx);
    }
    if ((t->flags & (MLT_TENSOR_CONST | MLT_TENSOR_VARIABLE | MLT_TENSOR_FIXED)) ||
        (MLT_WITH_SUBGRAPHS && m->subgraph > 0 && is_passed(&m->subgraphs[m->subgraph], t))) {
        return mlt_fail(
            ctx, current(m), MLT_ERR_SHAPE, MLT_NODE, "makes a shape that has to be known before");
    }
    t->flags |= MLT_TENSOR_RUNTIME;
    return copy_dims(m, t, t->rank, t->dims);
}

static void service_takes_runtime(mlt_ctx_t *ctx) {
    mlt_model_of(ctx)->build->runtime = true;
}

// Read from the file, so that nodes need no room for what few of them have.
static const int32_t *service_inner(const mlt_ctx_t *ctx, const mlt_node_t *node, int *count) {
    const mlt_model_t *m = (const mlt_model_t *)ctx;
    if (!MLT_WITH_VARIABLES) { // only recurrent operators have them, and these have variables too
        *count = 0;
        return NULL;
    }
    const uint8_t *subgraph = mlt_subgraph_table(m->ctx.model, m->subgraph);
    fb_vector_t nodes = fb_vec(subgraph, FB_SUB_GRAPH_OPERATORS);
    fb_vector_t inner = fb_vec(fb_item(nodes, node->index), FB_OPERATOR_INTERMEDIATES);
    *count = (int)inner.count;
    return (const int32_t *)(const void *)inner.data;
}

const mlt_services_t mlt_services = {
    .alloc = service_alloc,
    .temp = service_temp,
    .scratch = service_scratch,
    .share = service_share,
    .fail = service_fail,
    .call = service_call,
    .run = MLT_WITH_SUBGRAPHS ? service_run : NULL, // these only follow a call()
    .subgraph_input = MLT_WITH_SUBGRAPHS ? service_subgraph_input : NULL,
    .subgraph_output = MLT_WITH_SUBGRAPHS ? service_subgraph_output : NULL,
    .variable = service_variable,
    .set_dims = service_set_dims,
    .set_runtime = service_set_runtime,
    .takes_runtime = service_takes_runtime,
    .inner = service_inner,
};
