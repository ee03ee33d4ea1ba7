// SPDX-License-Identifier: MIT
// Run a model: the loop over nodes, reset, trace.

#include "invoke.h"

#include "compress.h"
#include "enter.h"

#include <string.h>

mlt_status_t mlt_eval_node(mlt_model_t *m, const mlt_node_t *node) {
    if (MLT_WITH_COMPRESSION && m->compressed) {
        mlt_unpack_inputs(m, node);
    }
    mlt_status_t status;
    MLT_ENTER(status = node->op->eval(&m->ctx, node));
    if (status != MLT_OK && status != MLT_STOP) {
        mlt_error_default(m, node, status);
    }
    return status;
}

mlt_status_t mlt_run_subgraph(mlt_model_t *m, int subgraph) {
    const mlt_subgraph_t *s = &m->subgraphs[subgraph];
    mlt_tensor_t *caller_tensors = m->ctx.tensors;
    uint16_t caller = m->subgraph;
    if (MLT_WITH_SUBGRAPHS) {
        m->ctx.tensors = s->tensors;
        m->subgraph = (uint16_t)subgraph;
    }
    mlt_status_t status = MLT_OK;
    for (int i = 0; i < s->node_count && status == MLT_OK; ++i) {
        const mlt_node_t *node = &s->nodes[i];
        m->node = (uint16_t)i;
        status = mlt_eval_node(m, node);
        if (MLT_WITH_TRACE && m->trace && (status == MLT_OK || status == MLT_STOP)) {
            m->trace(m->trace_user, node->op->name, subgraph, i);
        }
    }
    if (MLT_WITH_SUBGRAPHS) {
        m->ctx.tensors = caller_tensors;
        m->subgraph = caller;
    }
    return status;
}

mlt_status_t mlt_invoke(mlt_model_t *m) {
    m->failed = false;
    m->runs = 0;
    mlt_status_t status = mlt_run_subgraph(m, 0);
    return status == MLT_STOP ? MLT_OK : status;
}

void mlt_reset_variables(mlt_model_t *m) {
    for (int i = 0; i < mlt_subgraph_count(m); ++i) {
        const mlt_subgraph_t *s = &m->subgraphs[i];
        for (int j = 0; j < s->tensor_count; ++j) {
            const mlt_tensor_t *t = &s->tensors[j];
            if (t->flags & MLT_TENSOR_VARIABLE) {
                // An int8 state of real zero is its zero point; other types are filled with 0.
                int32_t point = mlt_format_zero_point(mlt_tensor_table(m, t), 0);
                memset(t->data, t->type == MLT_INT8 ? (int)point : 0, mlt_bytes(t));
            }
        }
    }
    for (const mlt_named_variable_t *v = m->variables; v; v = v->next) {
        if (v->variable.data) {
            memset(v->variable.data, v->variable.fill, v->variable.bytes);
        }
    }
}

mlt_status_t mlt_reset(mlt_model_t *m) {
    if (MLT_WITH_VARIABLES) {
        mlt_reset_variables(m);
    }
    for (int i = 0; i < mlt_subgraph_count(m); ++i) {
        const mlt_subgraph_t *s = &m->subgraphs[i];
        m->ctx.tensors = s->tensors;
        for (int j = 0; j < s->node_count; ++j) {
            if (s->nodes[j].op->reset) {
                MLT_ENTER(s->nodes[j].op->reset(&m->ctx, &s->nodes[j]));
            }
        }
    }
    m->ctx.tensors = m->subgraphs[0].tensors;
    return MLT_OK;
}

void mlt_trace(mlt_model_t *m, mlt_trace_fn *fn, void *user) {
    m->trace = fn;
    m->trace_user = user;
}
