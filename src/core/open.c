// SPDX-License-Identifier: MIT
// Model to tensors and nodes: load the subgraphs that are used, prepare their operators.

#include <string.h>

#include "compress.h"
#include "enter.h"
#include "invoke.h"
#include "model.h"
#include "op_names.h"
#include "verify.h"

mlt_status_t mlt_arena_short(mlt_model_t *m, bool exact) {
    uint32_t need = m->arena.need + m->arena.skipped;
    mlt_error_start(m->error, MLT_ERR_ARENA);
    if (m->error) {
        m->error->need = need;
        m->error->need_exact = exact;
        mlt_error_add(m->error, "arena of %d bytes, want %s%d",
            (int)(m->arena.size + m->arena.skipped), exact ? MLT_WORD("") : MLT_WORD("more than "),
            (int)need);
    }
    return MLT_ERR_ARENA;
}

mlt_status_t mlt_keep(mlt_model_t *m, void *place, size_t bytes) {
    void *p = mlt_arena_keep(&m->arena, bytes);
    memcpy(place, &p, sizeof(p)); // whatever it points to
    return p ? MLT_OK : mlt_arena_short(m, false);
}

// --- Tensors.

// Data of a constant is used where it lies; where the file aligns it worse than its type needs,
// a copy in the arena serves.
static mlt_status_t load_constant(mlt_model_t *m, mlt_tensor_t *t, fb_vector_t data) {
    t->flags |= MLT_TENSOR_CONST;
    t->data = (void *)(uintptr_t)data.data;
    size_t size = mlt_type_size((mlt_type_t)t->type);
    if (size > MLT_KEPT_ALIGN) {
        size = MLT_KEPT_ALIGN;
    }
    if (size <= 1 || ((uintptr_t)data.data & (size - 1)) == 0) {
        return MLT_OK;
    }
    size_t bytes = mlt_bytes(t);
    MLT_TRY(mlt_keep(m, &t->data, bytes));
    memcpy(t->data, data.data, bytes);
    return MLT_OK;
}

static mlt_status_t load_tensor(mlt_model_t *m, mlt_tensor_t *t, const uint8_t *table) {
    fb_vector_t shape = fb_vec(table, FB_TENSOR_SHAPE);
    t->ref = (uint32_t)(table - m->ctx.model);
    // An unknown type gets a number that sets of types have room for.
    uint8_t type = fb_field_u8(table, FB_TENSOR_TYPE);
    t->type = type < MLT_TYPE_COUNT ? type : MLT_TYPE_COUNT;
    t->rank = (uint8_t)shape.count;
    t->dims = (const int32_t *)(const void *)(t->rank > 0 ? shape.data : table); // never NULL
    fb_vector_t data = mlt_buffer(m->ctx.model, table, FB_TENSOR_BUFFER);
    if (MLT_WITH_COMPRESSION && t->flags & TENSOR_COMPRESSED) {
        return MLT_OK;
    }
    if (MLT_WITH_VARIABLES && fb_field_u8(table, FB_TENSOR_IS_VARIABLE)) {
        t->flags |= MLT_TENSOR_VARIABLE;
        return mlt_keep(m, &t->data, mlt_bytes(t));
    }
    if (MLT_WITH_SPARSE && data.count > 0 && fb_field(table, FB_TENSOR_SPARSITY, 4)) {
        t->flags |= MLT_TENSOR_CONST | TENSOR_SPARSE;
        return MLT_OK;
    }
    if (data.count > 0) {
        return load_constant(m, t, data);
    }
    if (mlt_count(t) == 0) { // no bytes to hold: a pointer that may be passed on will do
        bool constant = fb_field_i32(table, FB_TENSOR_BUFFER, 0) != 0;
        t->flags |= constant ? MLT_TENSOR_CONST : MLT_TENSOR_FIXED;
        t->data = (void *)(uintptr_t)m->ctx.model;
    }
    return MLT_OK;
}

// --- Nodes.

static bool same_name(const char *name, fb_vector_t text) {
    uint32_t i = 0;
    while (i < text.count && name[i] && name[i] == (char)text.data[i]) {
        ++i;
    }
    return i == text.count && !name[i];
}

static const mlt_op_t *find_op(const mlt_config_t *config, int32_t code, fb_vector_t custom) {
    for (size_t i = 0; i < config->ops_count; ++i) {
        const mlt_ops_t *ops = config->ops[i];
        for (uint32_t j = 0; j < ops->count; ++j) {
            const mlt_op_t *op = ops->list[j];
            if (op->code == code &&
                (code != MLT_CUSTOM || (MLT_WITH_CUSTOM && same_name(op->name, custom)))) {
                return op;
            }
        }
    }
    return NULL;
}

static mlt_status_t missing_op(
    mlt_model_t *m, int subgraph, int index, int32_t code, fb_vector_t custom) {
    mlt_error_start(m->error, MLT_ERR_OP);
    if (m->error) {
        m->error->subgraph = (int16_t)subgraph;
        m->error->op = (int16_t)index;
        m->error->missing = code;
        m->error->custom = (const char *)custom.data;
        m->error->custom_length = custom.count;
#if MLT_WITH_SENTENCES
        mlt_error_add(m->error, "op %d", index);
        if (code == MLT_CUSTOM) {
            mlt_error_name(m->error, m->error->custom, custom.count);
        } else if (MLT_WITH_OP_NAMES) {
            mlt_error_add(m->error, " %s", mlt_op_name(code));
        } else {
            mlt_error_add(m->error, " operator %d", (int)code);
        }
        mlt_error_add(m->error, ": not in this build");
#else
        mlt_error_add(m->error, "op %d operator %d: not in this build, want the whole microlite",
            index, (int)code);
#endif
    }
    return MLT_ERR_OP;
}

static mlt_status_t load_node(mlt_model_t *m, const mlt_config_t *config, mlt_node_t *node,
    const uint8_t *table, int subgraph) {
    fb_vector_t codes = fb_vector(mlt_root_vec(m->ctx.model, FB_MODEL_OPERATOR_CODES));
    const uint8_t *entry =
        fb_item(codes, (uint32_t)fb_field_i32(table, FB_OPERATOR_OPCODE_INDEX, 0));
    // Codes above 127 stand in a newer field; old files have only the old one.
    int32_t old_code = (int8_t)fb_field_u8(entry, FB_OPERATOR_CODE_DEPRECATED_BUILTIN_CODE);
    int32_t code = fb_field_i32(entry, FB_OPERATOR_CODE_BUILTIN_CODE, 0);
    code = code > old_code ? code : old_code;
    fb_vector_t custom = fb_vec(entry, FB_OPERATOR_CODE_CUSTOM_CODE);
    node->op = find_op(config, code, custom);
    if (!node->op) {
        return missing_op(m, subgraph, node->index, code, custom);
    }
    fb_vector_t inputs = fb_vec(table, FB_OPERATOR_INPUTS);
    fb_vector_t outputs = fb_vec(table, FB_OPERATOR_OUTPUTS);
    node->inputs = (const int32_t *)(const void *)inputs.data;
    node->outputs = (const int32_t *)(const void *)outputs.data;
    node->input_count = (uint8_t)inputs.count;
    node->output_count = (uint8_t)outputs.count;
    node->options = fb_ref(table, MLT_WITH_CUSTOM && code == MLT_CUSTOM ? FB_OPERATOR_CUSTOM_OPTIONS
                                  : code > MLT_OP_RIGHT_SHIFT ? FB_OPERATOR_BUILTIN_OPTIONS2
                                                              : FB_OPERATOR_BUILTIN_OPTIONS);
    return MLT_OK;
}

// --- Subgraphs.

mlt_status_t mlt_load_subgraph(mlt_model_t *m, int index) {
    mlt_subgraph_t *s = &m->subgraphs[index];
    if (MLT_WITH_SUBGRAPHS) {
        if (s->calls < UINT16_MAX) {
            ++s->calls;
        }
        if (s->state != SUBGRAPH_UNUSED) {
            return MLT_OK;
        }
        s->state = SUBGRAPH_REACHED;
    }
    const uint8_t *table = mlt_subgraph_table(m->ctx.model, index);
    fb_vector_t tensors = fb_vec(table, FB_SUB_GRAPH_TENSORS);
    fb_vector_t inputs = fb_vec(table, FB_SUB_GRAPH_INPUTS);
    fb_vector_t outputs = fb_vec(table, FB_SUB_GRAPH_OUTPUTS);
    s->inputs = (const int32_t *)(const void *)inputs.data;
    s->outputs = (const int32_t *)(const void *)outputs.data;
    s->input_count = (uint8_t)inputs.count;
    s->output_count = (uint8_t)outputs.count;
    MLT_TRY(mlt_keep(m, &s->tensors, tensors.count * sizeof(*s->tensors)));
    s->tensor_count = (uint16_t)tensors.count;
    if (MLT_WITH_COMPRESSION) {
        MLT_TRY(mlt_mark_compressed(m, index));
    }
    for (uint32_t i = 0; i < tensors.count; ++i) {
        MLT_TRY(load_tensor(m, &s->tensors[i], fb_item(tensors, i)));
    }
    for (int i = 0; MLT_WITH_SPARSE && i < s->output_count; ++i) {
        if (s->tensors[s->outputs[i]].flags & TENSOR_SPARSE) {
            mlt_error_start(m->error, MLT_ERR_MODEL);
            mlt_error_add(m->error, "subgraph %d, output %d: sparse, want it dense", index, i);
            return MLT_ERR_MODEL;
        }
    }
    return MLT_WITH_COMPRESSION ? mlt_load_compressed(m, index) : MLT_OK;
}

static mlt_status_t check_count(
    mlt_model_t *m, const mlt_node_t *node, bool inputs, int count, int least, int most) {
    if (count >= least && count <= most) {
        return MLT_OK;
    }
    mlt_error_place(m, node, MLT_ERR_MODEL, MLT_NODE);
    mlt_error_add(m->error, "%d %s, want %d to %d", count,
        inputs ? MLT_WORD("inputs") : MLT_WORD("outputs"), least, most);
    return MLT_ERR_MODEL;
}

static mlt_status_t check_arity(mlt_model_t *m, const mlt_node_t *node) {
    const mlt_op_t *op = node->op;
    MLT_TRY(check_count(m, node, true, node->input_count, op->min_inputs, op->max_inputs));
    MLT_TRY(check_count(m, node, false, node->output_count, op->min_outputs, op->max_outputs));
    for (int i = 0; i < node->output_count; ++i) {
        const mlt_tensor_t *t = mlt_out(&m->ctx, node, i);
        if (mlt_is_const(t) && mlt_count(t) > 0) {
            return mlt_fail(
                &m->ctx, node, MLT_ERR_MODEL, MLT_OUT(i), "a constant, want room for a result");
        }
    }
    return MLT_OK;
}

// The node computes shapes from shapes: small integers from constants, without help from the
// engine.
static bool is_constant(
    const mlt_model_t *m, const mlt_node_t *node, const mlt_request_t *requests) {
    bool constant = node->input_count > 0 && node->output_count > 0 && !node->op->reset;
    for (const mlt_request_t *r = requests; r; r = r->next) {
        constant &= r->kind == REQUEST_SHARE;
    }
    for (int i = 0; i < node->input_count && constant; ++i) {
        const mlt_tensor_t *t = mlt_in(&m->ctx, node, i);
        constant = t && mlt_is_const(t);
    }
    for (int i = 0; i < node->output_count && constant; ++i) {
        const mlt_tensor_t *t = mlt_out(&m->ctx, node, i);
        constant = (t->type == MLT_INT32 || t->type == MLT_INT64) && mlt_count(t) <= 16 &&
                   (!t->data || mlt_count(t) == 0) && !(t->flags & MLT_TENSOR_VARIABLE);
    }
    return constant;
}

// Run it now, once and for all, so that those behind it know the shapes that they make.
static mlt_status_t fold(mlt_model_t *m, const mlt_node_t *node) {
    for (int i = 0; i < node->output_count; ++i) {
        mlt_tensor_t *t = mlt_out(&m->ctx, node, i);
        if (mlt_count(t) > 0) {
            MLT_TRY(mlt_keep(m, &t->data, mlt_bytes(t)));
        }
        t->flags |= MLT_TENSOR_CONST;
    }
    return mlt_eval_node(m, node);
}

static void mark_seen(mlt_tensor_t *t) {
    if (t) {
        t->flags |= TENSOR_SEEN;
    }
}

// Operators that take no notice would use dimensions that may be larger than the real ones.
static mlt_status_t check_runtime(mlt_model_t *m, const mlt_node_t *node) {
    for (int i = 0; i < node->input_count && !m->build->runtime; ++i) {
        const mlt_tensor_t *t = mlt_in(&m->ctx, node, i);
        if (t && (t->flags & MLT_TENSOR_RUNTIME)) {
            return mlt_fail(&m->ctx, node, MLT_ERR_SHAPE, MLT_IN(i),
                "the shape depends on values, want one that is known before");
        }
    }
    return MLT_OK;
}

// Only DENSIFY knows how to read constants that are stored without their zeros; elsewhere, they
// have no data.
static mlt_status_t check_dense(mlt_model_t *m, const mlt_node_t *node) {
    for (int i = 0; i < node->input_count && node->op->code != MLT_OP_DENSIFY; ++i) {
        const mlt_tensor_t *t = mlt_in(&m->ctx, node, i);
        if (t && (t->flags & TENSOR_SPARSE)) {
            return mlt_fail(&m->ctx, node, MLT_ERR_MODEL, MLT_IN(i), "sparse, want it dense");
        }
    }
    return MLT_OK;
}

static mlt_status_t prepare_node(mlt_model_t *m, mlt_node_t *node) {
    MLT_TRY(check_arity(m, node));
    if (MLT_WITH_SPARSE) {
        MLT_TRY(check_dense(m, node));
    }
    m->build->node = node->index;
    m->build->runtime = false;
    for (int i = 0; MLT_WITH_OPEN_SHAPES && i < node->input_count; ++i) {
        mark_seen(mlt_in(&m->ctx, node, i));
    }
    mlt_request_t *const *requests = m->build->last; // those of this node
    uint32_t mark = m->arena.temp;
    mlt_status_t status;
    MLT_ENTER(status = node->op->prepare(&m->ctx, node));
    if (MLT_WITH_SHAPES && status == MLT_OK) {
        status = check_runtime(m, node);
    }
    if (status == MLT_ERR_ARENA || m->build->full) {
        return mlt_arena_short(m, false);
    }
    if (status != MLT_OK) {
        mlt_error_default(m, node, status);
        return status;
    }
    // Requests stay, and with them what the operator took before it made the last.
    mlt_arena_release(&m->arena, m->build->mark > mark ? m->build->mark : mark);
    for (int i = 0; MLT_WITH_OPEN_SHAPES && i < node->output_count; ++i) {
        mark_seen(mlt_out(&m->ctx, node, i));
    }
    return MLT_WITH_SHAPES && is_constant(m, node, *requests) ? fold(m, node) : MLT_OK;
}

static mlt_status_t prepare_subgraph(mlt_model_t *m, const mlt_config_t *config, int index) {
    mlt_subgraph_t *s = &m->subgraphs[index];
    if (MLT_WITH_SUBGRAPHS) {
        s->state = SUBGRAPH_PREPARED;
    }
    const uint8_t *table = mlt_subgraph_table(m->ctx.model, index);
    fb_vector_t operators = fb_vec(table, FB_SUB_GRAPH_OPERATORS);
    MLT_TRY(mlt_keep(m, &s->nodes, operators.count * sizeof(*s->nodes)));
    // First all operators are found: a missing one is the first thing a person should hear of.
    for (uint32_t i = 0; i < operators.count; ++i) {
        s->nodes[i].index = (uint16_t)i;
        MLT_TRY(load_node(m, config, &s->nodes[i], fb_item(operators, i), index));
    }
    s->node_count = (uint16_t)operators.count;
    m->ctx.tensors = s->tensors;
    if (MLT_WITH_SUBGRAPHS) {
        m->subgraph = (uint16_t)index;
    }
    for (uint32_t i = 0; i < operators.count; ++i) {
        MLT_TRY(prepare_node(m, &s->nodes[i]));
    }
    return MLT_OK;
}

// The lowest subgraph that is used and not yet prepared; -1 when there is none.
static int next_subgraph(const mlt_model_t *m) {
    for (int i = 0; i < m->subgraph_count; ++i) {
        if (m->subgraphs[i].state == SUBGRAPH_REACHED) {
            return i;
        }
    }
    return -1;
}

static mlt_status_t prepare_model(mlt_model_t *m, const mlt_config_t *config) {
    mlt_build_t build = {.last = &build.requests};
    m->build = &build;
    if (MLT_WITH_SUBGRAPHS) {
        fb_vector_t subgraphs = fb_vector(mlt_root_vec(m->ctx.model, FB_MODEL_SUBGRAPHS));
        m->subgraph_count = (uint16_t)subgraphs.count;
    }
    MLT_TRY(mlt_keep(m, &m->subgraphs, (size_t)mlt_subgraph_count(m) * sizeof(*m->subgraphs)));
    MLT_TRY(mlt_load_subgraph(m, 0));
    if (MLT_WITH_SUBGRAPHS) {
        for (int i = 0; (i = next_subgraph(m)) >= 0;) {
            MLT_TRY(prepare_subgraph(m, config, i));
        }
    } else {
        MLT_TRY(prepare_subgraph(m, config, 0));
    }
    MLT_TRY(mlt_layout(m));
    m->build = NULL;
    mlt_arena_release(&m->arena, 0);
    m->ctx.tensors = m->subgraphs[0].tensors;
    if (MLT_WITH_SUBGRAPHS) {
        m->subgraph = 0;
    }
    if (MLT_WITH_VARIABLES) {
        mlt_reset_variables(m);
    }
    return MLT_OK;
}

static mlt_status_t check_config(const mlt_config_t *config) {
    for (size_t i = 0; i < config->ops_count; ++i) {
        if (!config->ops[i] || !mlt_ops_fit(config->ops[i])) {
            mlt_error_start(config->error, MLT_ERR_PARAM);
            mlt_error_add(
                config->error, "operator table %d is for another version of microlite", (int)i);
            return MLT_ERR_PARAM;
        }
    }
    return MLT_OK;
}

mlt_status_t mlt_open(mlt_model_t **model, const mlt_config_t *config) {
    *model = NULL;
    mlt_error_start(config->error, MLT_OK);
    MLT_TRY(check_config(config));
    MLT_TRY(mlt_verify(config->model, config->model_size, config->error));
    mlt_model_t start = {
        // until its place is known
        .ctx = {.svc = &mlt_services,
            .model = config->model,
            .model_size = config->model_size,
            .cpu = config->cpu},
        .error = config->error,
        .flags = config->flags,
    };
    mlt_arena_init(&start.arena, config->arena, config->arena_size);
    mlt_model_t *m;
    MLT_TRY(mlt_keep(&start, &m, sizeof(*m)));
    *m = start;
    MLT_TRY(prepare_model(m, config));
    *model = m;
    return MLT_OK;
}
