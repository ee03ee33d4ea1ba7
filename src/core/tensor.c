// SPDX-License-Identifier: MIT
// Tensors from the outside: which there are and what they are called.

#include <string.h>

#include "../quant.h"
#include "model.h"

size_t mlt_arena_used(const mlt_model_t *m) {
    return (size_t)m->arena.skipped + m->arena.need;
}

size_t mlt_input_count(const mlt_model_t *m) {
    return m->subgraphs[0].input_count;
}

size_t mlt_output_count(const mlt_model_t *m) {
    return m->subgraphs[0].output_count;
}

size_t mlt_tensor_count(const mlt_model_t *m) {
    return m->subgraphs[0].tensor_count;
}

mlt_tensor_t *mlt_input(mlt_model_t *m, size_t i) {
    const mlt_subgraph_t *s = &m->subgraphs[0];
    return i < s->input_count ? &s->tensors[s->inputs[i]] : NULL;
}

const mlt_tensor_t *mlt_output(const mlt_model_t *m, size_t i) {
    const mlt_subgraph_t *s = &m->subgraphs[0];
    return i < s->output_count ? &s->tensors[s->outputs[i]] : NULL;
}

const mlt_tensor_t *mlt_tensor(const mlt_model_t *m, size_t i) {
    const mlt_subgraph_t *s = &m->subgraphs[0];
    return i < s->tensor_count ? &s->tensors[i] : NULL;
}

const char *mlt_name(const mlt_model_t *m, const mlt_tensor_t *t, size_t *length) {
    fb_vector_t name = fb_vec(mlt_tensor_table(m, t), FB_TENSOR_NAME);
    *length = name.count;
    return name.data ? (const char *)name.data : "";
}

mlt_quant_t mlt_quant(const mlt_model_t *m, const mlt_tensor_t *t) {
    const uint8_t *table = mlt_tensor_table(m, t);
    return (mlt_quant_t){mlt_format_scale(table, 0), mlt_format_zero_point(table, 0)};
}
