// SPDX-License-Identifier: MIT
// Compressed constants.

#include "compress.h"

#include "../packed.h"
#include "verify.h"

#include <string.h>

struct mlt_compressed {
    mlt_compressed_t *next;
    const mlt_tensor_t *tensor;
    mlt_packed_t packed;
};

fb_vector_t mlt_metadata(const uint8_t *model, const char *key) {
    fb_vector_t metadata = fb_vector(mlt_root_vec(model, FB_MODEL_METADATA));
    fb_vector_t data = {NULL, 0};
    size_t length = 0;
    while (key[length]) {
        ++length;
    }
    for (uint32_t i = 0; i < metadata.count; ++i) {
        const uint8_t *entry = fb_item(metadata, i);
        fb_vector_t name = fb_vec(entry, FB_METADATA_NAME);
        if (name.count == length && memcmp(name.data, key, length) == 0) {
            data = mlt_buffer(model, entry, FB_METADATA_BUFFER);
        }
    }
    return data;
}

fb_vector_t mlt_compressed(const uint8_t *model, uint32_t subgraph) {
    fb_vector_t data = mlt_metadata(model, "COMPRESSION_METADATA"), none = {NULL, 0};
    if (data.count < 8) {
        return none;
    }
    fb_vector_t subgraphs = fb_vec(data.data + fb_u32(data.data), FB_COMPRESSION_SUBGRAPHS);
    return subgraph < subgraphs.count ? fb_vec(fb_item(subgraphs, subgraph), FB_COMPRESSION_TENSORS)
                                      : none;
}

mlt_status_t mlt_mark_compressed(mlt_model_t *m, int subgraph) {
    fb_vector_t list = mlt_compressed(m->ctx.model, (uint32_t)subgraph);
    const mlt_subgraph_t *s = &m->subgraphs[subgraph];
    for (uint32_t i = 0; i < list.count; ++i) {
        uint32_t index = (uint32_t)fb_field_i32(fb_item(list, i), FB_COMPRESSION_TENSOR, 0);
        if (index >= s->tensor_count || s->tensors[index].flags) {
            mlt_error_start(m->error, MLT_ERR_MODEL);
            mlt_error_add(m->error, "subgraph %d compresses tensor %d, want others, and each once",
                subgraph, (int)index);
            return MLT_ERR_MODEL;
        }
        s->tensors[index].flags |= TENSOR_COMPRESSED;
    }
    return MLT_OK;
}

// How a tensor is compressed, from its own table and the one in the metadata.
static mlt_packed_t packed_of(const mlt_model_t *m, const mlt_tensor_t *t, const uint8_t *how) {
    const uint8_t *model = m->ctx.model, *table = mlt_tensor_table(m, t);
    fb_vector_t indices = mlt_buffer(model, table, FB_TENSOR_BUFFER);
    fb_vector_t values = mlt_buffer(model, how, FB_COMPRESSION_VALUES);
    uint32_t scales = mlt_format_scales(table).count;
    mlt_packed_t p = {
        .indices = indices.data,
        .index_bytes = indices.count,
        .values = values.data,
        .value_bytes = values.count,
        .count = (uint32_t)mlt_count(t),
        .channels = scales > 1 ? scales : 1,
        .last_axis = scales > 1 && mlt_format_quant_dim(table) == t->rank - 1,
        .size = (uint8_t)mlt_type_size((mlt_type_t)t->type),
        .bits = fb_field_u8(how, FB_COMPRESSION_BITS),
    };
    p.stride = p.size ? values.count / p.size / p.channels : 0;
    bool known_axis = scales <= 1 || p.last_axis || mlt_format_quant_dim(table) == 0;
    p.bits = known_axis && p.size && t->type != MLT_INT4 ? p.bits : 0; // else refused
    return p;
}

mlt_status_t mlt_load_compressed(mlt_model_t *m, int subgraph) {
    fb_vector_t list = mlt_compressed(m->ctx.model, (uint32_t)subgraph);
    const mlt_subgraph_t *s = &m->subgraphs[subgraph];
    for (uint32_t i = 0; i < list.count; ++i) {
        const uint8_t *how = fb_item(list, i);
        mlt_compressed_t *c = mlt_arena_keep(&m->arena, sizeof(*c));
        if (!c) {
            return mlt_arena_short(m, false);
        }
        const mlt_tensor_t *t = &s->tensors[fb_field_i32(how, FB_COMPRESSION_TENSOR, 0)];
        *c = (mlt_compressed_t){m->compressed, t, packed_of(m, t, how)};
        m->compressed = c;
        if (!mlt_packed_good(&c->packed)) {
            mlt_error_start(m->error, MLT_ERR_MODEL);
            mlt_error_add(m->error, "subgraph %d, tensor %d: compressed in a way that is not known",
                subgraph, (int)(t - s->tensors));
            return MLT_ERR_MODEL;
        }
    }
    return MLT_OK;
}

void mlt_unpack_inputs(const mlt_model_t *m, const mlt_node_t *node) {
    for (int i = 0; i < node->input_count; ++i) {
        const mlt_tensor_t *t = mlt_in(&m->ctx, node, i);
        if (!t || !(t->flags & TENSOR_COMPRESSED)) {
            continue;
        }
        for (const mlt_compressed_t *c = m->compressed; c; c = c->next) {
            if (c->tensor == t) {
                mlt_unpack(&c->packed, t->data);
            }
        }
    }
}
