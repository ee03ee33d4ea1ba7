// SPDX-License-Identifier: MIT
// Check that a file is a model whose tables, indices and sizes can be trusted. Everything after
// this reads the file without looking at its bounds again.
//
// Loops only, never recursion; a budget of tables bounds the time on files in which many
// references share one target.

#include "../format.h"
#include "../schema.h"
#include "compress.h"
#include "error.h"
#include "verify.h"

enum { MAX_RANK = 8, MAX_SLOTS = 255, MAX_INDEX = 32767 };

typedef struct verifier {
    const uint8_t *base;
    uint32_t size;
    uint32_t budget; // tables that may still be visited: no honest file has overlapping ones
    uint32_t buffer_count, code_count;
    mlt_error_t *error;
} verifier_t;

const uint8_t *mlt_root(const void *model) {
    return (const uint8_t *)model + fb_u32(model);
}

fb_vector_t mlt_buffer(const uint8_t *root, uint32_t i) {
    fb_vector_t buffers = fb_vec(root, FB_MODEL_BUFFERS);
    return i < buffers.count ? fb_vec(fb_item(buffers, i), FB_BUFFER_DATA) : (fb_vector_t){NULL, 0};
}

static mlt_status_t broken(verifier_t *v, const char *what, const char *why) {
    mlt_error_start(v->error, MLT_ERR_MODEL);
    bool marked = v->size >= 8 && memcmp(v->base + 4, "TFL3", 4) == 0;
    mlt_error_add(
        v->error, marked ? "broken model: %s %s" : "not a TensorFlow Lite model: %s %s", what, why);
    return MLT_ERR_MODEL;
}

// Table, its vtable and all of its fields lie within the file.
static mlt_status_t check_table(verifier_t *v, const uint8_t *table, const char *what) {
    if (v->budget == 0) {
        return broken(v, what, "overlaps others");
    }
    --v->budget;
    uint32_t at = (uint32_t)(table - v->base);
    if (at > v->size - 4) {
        return broken(v, what, "lies outside of the file");
    }
    int64_t vtable_at = (int64_t)at - fb_i32(table);
    if (vtable_at < 0 || vtable_at > (int64_t)v->size - 4) {
        return broken(v, what, "has its field list outside of the file");
    }
    const uint8_t *vtable = v->base + vtable_at;
    uint32_t vtable_size = fb_u16(vtable), table_size = fb_u16(vtable + 2);
    if (vtable_size < 4 || vtable_size > v->size - (uint32_t)vtable_at || table_size < 4 ||
        table_size > v->size - at) {
        return broken(v, what, "is cut off");
    }
    return MLT_OK;
}

// Follow a reference that is known to lie within the file; NULL stays NULL.
static mlt_status_t check_ref(verifier_t *v, const uint8_t *field, const char *what) {
    if (field && fb_u32(field) > v->size - 4 - (uint32_t)(field - v->base)) {
        return broken(v, what, "lies outside of the file");
    }
    return MLT_OK;
}

// The optional vector in a field of a checked table, with its elements of `size` bytes.
static mlt_status_t check_vector(verifier_t *v, const uint8_t *table, int32_t slot, uint32_t size,
    const char *what, fb_vector_t *vector) {
    const uint8_t *field = fb_field(table, slot, 4);
    MLT_TRY(check_ref(v, field, what));
    *vector = fb_vec(table, slot);
    if (!vector->data) {
        return MLT_OK;
    }
    uint32_t room = v->size - (uint32_t)(vector->data - v->base);
    if (vector->count > room / size) {
        return broken(v, what, "is cut off");
    }
    if (size == 4 && ((uintptr_t)vector->data & 3) != 0) {
        return broken(v, what, "is not aligned");
    }
    return MLT_OK;
}

// Table i of a checked vector of references.
static mlt_status_t check_item(
    verifier_t *v, fb_vector_t vector, uint32_t i, const char *what, const uint8_t **table) {
    MLT_TRY(check_ref(v, vector.data + (size_t)4 * i, what));
    *table = fb_item(vector, i);
    return check_table(v, *table, what);
}

static mlt_status_t check_string(
    verifier_t *v, const uint8_t *table, int32_t slot, const char *what) {
    fb_vector_t text;
    return check_vector(v, table, slot, 1, what, &text);
}

// Every entry is a tensor, or -1 where `optional`.
static mlt_status_t check_indices(
    verifier_t *v, fb_vector_t indices, uint32_t tensor_count, bool optional, const char *what) {
    if (indices.count > MAX_SLOTS) {
        return broken(v, what, "has over 255 tensors");
    }
    for (uint32_t i = 0; i < indices.count; ++i) {
        int32_t index = fb_i32(indices.data + (size_t)4 * i);
        if (index < (optional ? -1 : 0) || index >= (int64_t)tensor_count) {
            return broken(v, what, "names a tensor that does not exist");
        }
    }
    return MLT_OK;
}

static mlt_status_t check_quantization(verifier_t *v, const uint8_t *tensor) {
    const uint8_t *field = fb_field(tensor, FB_TENSOR_QUANTIZATION, 4);
    if (!field) {
        return MLT_OK;
    }
    MLT_TRY(check_ref(v, field, "quantisation"));
    const uint8_t *quant = fb_ref(tensor, FB_TENSOR_QUANTIZATION);
    MLT_TRY(check_table(v, quant, "quantisation"));
    fb_vector_t scales, zero_points;
    MLT_TRY(check_vector(v, quant, FB_QUANTIZATION_PARAMETERS_SCALE, 4, "list of scales", &scales));
    return check_vector(
        v, quant, FB_QUANTIZATION_PARAMETERS_ZERO_POINT, 8, "list of zero points", &zero_points);
}

// A list of numbers of 1, 2 or 4 bytes; the field before says which.
static mlt_status_t check_sparse_list(verifier_t *v, const uint8_t *table, int32_t slot) {
    static const uint8_t sizes[] = {1, 4, 2, 1};
    const uint8_t *field = fb_field(table, slot, 4);
    if (!field) {
        return MLT_OK;
    }
    MLT_TRY(check_ref(v, field, "list of a sparse tensor"));
    const uint8_t *list = fb_ref(table, slot);
    MLT_TRY(check_table(v, list, "list of a sparse tensor"));
    fb_vector_t values;
    return check_vector(v, list, FB_INT32_VECTOR_VALUES, sizes[fb_field_u8(table, slot - 1) & 3],
        "list of a sparse tensor", &values);
}

static mlt_status_t check_sparsity(verifier_t *v, const uint8_t *tensor) {
    static const char what[] = "sparsity";
    const uint8_t *field = fb_field(tensor, FB_TENSOR_SPARSITY, 4);
    if (!field) {
        return MLT_OK;
    }
    MLT_TRY(check_ref(v, field, what));
    const uint8_t *sparsity = fb_ref(tensor, FB_TENSOR_SPARSITY), *level;
    MLT_TRY(check_table(v, sparsity, what));
    fb_vector_t list;
    MLT_TRY(check_vector(v, sparsity, FB_SPARSITY_PARAMETERS_TRAVERSAL_ORDER, 4, what, &list));
    MLT_TRY(check_vector(v, sparsity, FB_SPARSITY_PARAMETERS_BLOCK_MAP, 4, what, &list));
    MLT_TRY(check_vector(v, sparsity, FB_SPARSITY_PARAMETERS_DIM_METADATA, 4, what, &list));
    for (uint32_t i = 0; i < list.count; ++i) {
        MLT_TRY(check_item(v, list, i, what, &level));
        MLT_TRY(check_sparse_list(v, level, FB_DIMENSION_METADATA_ARRAY_SEGMENTS));
        MLT_TRY(check_sparse_list(v, level, FB_DIMENSION_METADATA_ARRAY_INDICES));
    }
    return MLT_OK;
}

// Compressed tensors have less data than their shape takes.
static bool is_compressed(const uint8_t *model, int subgraph, int tensor) {
    fb_vector_t list = mlt_compressed(model, (uint32_t)subgraph);
    for (uint32_t i = 0; i < list.count; ++i) {
        if (fb_field_i32(fb_item(list, i), FB_COMPRESSION_TENSOR, 0) == tensor) {
            return true;
        }
    }
    return false;
}

// What is wrong with a tensor's shape, type and data; NULL when nothing is.
static const char *tensor_fault(
    const verifier_t *v, const uint8_t *model, const uint8_t *tensor, int subgraph, int index) {
    fb_vector_t shape = fb_vec(tensor, FB_TENSOR_SHAPE);
    if (shape.count > MAX_RANK) {
        return "has more than 8 dimensions";
    }
    int type = fb_field_u8(tensor, FB_TENSOR_TYPE);
    int64_t size = (int64_t)mlt_type_size((mlt_type_t)type);
    int64_t limit = INT32_MAX / (size ? size : 1), largest = 1;
    size_t count = 1;
    for (uint32_t i = 0; i < shape.count; ++i) {
        int32_t dim = fb_i32(shape.data + (size_t)4 * i);
        if (dim < 0) {
            return "has a negative dimension";
        }
        largest *= dim ? dim : 1; // an empty dimension must not hide an absurd one
        if (largest > limit) {
            return "is too large";
        }
        count *= (size_t)dim;
    }
    uint32_t buffer = (uint32_t)fb_field_i32(tensor, FB_TENSOR_BUFFER, 0);
    if (buffer >= v->buffer_count && buffer > 0) {
        return "has a buffer that does not exist";
    }
    fb_vector_t data = mlt_buffer(model, buffer);
    if (data.count > 0 && data.count < mlt_format_bytes(type, count) &&
        !fb_field(tensor, FB_TENSOR_SPARSITY, 4) && !is_compressed(model, subgraph, index)) {
        return "has less data than its shape takes";
    }
    return NULL;
}

static mlt_status_t check_tensor(
    verifier_t *v, const uint8_t *model, const uint8_t *tensor, int subgraph, int index) {
    fb_vector_t shape, signature, name;
    MLT_TRY(check_vector(v, tensor, FB_TENSOR_NAME, 1, "tensor name", &name));
    MLT_TRY(check_vector(v, tensor, FB_TENSOR_SHAPE, 4, "tensor shape", &shape));
    MLT_TRY(check_vector(v, tensor, FB_TENSOR_SHAPE_SIGNATURE, 4, "tensor shape", &signature));
    MLT_TRY(check_quantization(v, tensor));
    MLT_TRY(check_sparsity(v, tensor));
    const char *fault = tensor_fault(v, model, tensor, subgraph, index);
    if (!fault) {
        return MLT_OK;
    }
    mlt_error_start(v->error, MLT_ERR_MODEL);
    if (v->error) {
        v->error->subgraph = (int16_t)subgraph;
        v->error->tensor = (int16_t)index;
        mlt_error_add(v->error, "subgraph %d, tensor %d ", subgraph, index);
        mlt_error_add_name(v->error, (const char *)name.data, name.count);
        mlt_error_add(v->error, " %s", fault);
    }
    return MLT_ERR_MODEL;
}

static mlt_status_t check_operator(verifier_t *v, const uint8_t *op, uint32_t tensor_count) {
    fb_vector_t indices, options;
    if ((uint32_t)fb_field_i32(op, FB_OPERATOR_OPCODE_INDEX, 0) >= v->code_count) {
        return broken(v, "operator", "has a code that does not exist");
    }
    MLT_TRY(check_vector(v, op, FB_OPERATOR_INPUTS, 4, "operator's inputs", &indices));
    MLT_TRY(check_indices(v, indices, tensor_count, true, "operator's inputs"));
    MLT_TRY(check_vector(v, op, FB_OPERATOR_OUTPUTS, 4, "operator's outputs", &indices));
    MLT_TRY(check_indices(v, indices, tensor_count, false, "operator's outputs"));
    MLT_TRY(
        check_vector(v, op, FB_OPERATOR_INTERMEDIATES, 4, "operator's inner tensors", &indices));
    MLT_TRY(check_indices(v, indices, tensor_count, true, "operator's inner tensors"));
    MLT_TRY(check_vector(v, op, FB_OPERATOR_CUSTOM_OPTIONS, 1, "operator's options", &options));
    const uint8_t *field = fb_field(op, FB_OPERATOR_BUILTIN_OPTIONS, 4);
    MLT_TRY(check_ref(v, field, "operator's options"));
    return field ? check_table(v, fb_ref(op, FB_OPERATOR_BUILTIN_OPTIONS), "operator's options")
                 : MLT_OK;
}

static mlt_status_t check_subgraph(
    verifier_t *v, const uint8_t *model, const uint8_t *subgraph, int index) {
    fb_vector_t tensors, operators, indices;
    const uint8_t *table;
    MLT_TRY(check_vector(v, subgraph, FB_SUB_GRAPH_TENSORS, 4, "list of tensors", &tensors));
    MLT_TRY(check_vector(v, subgraph, FB_SUB_GRAPH_OPERATORS, 4, "list of operators", &operators));
    if (tensors.count > MAX_INDEX || operators.count > MAX_INDEX) {
        return broken(v, "subgraph", "has over 32767 tensors or operators");
    }
    for (uint32_t i = 0; i < tensors.count; ++i) {
        MLT_TRY(check_item(v, tensors, i, "tensor", &table));
        MLT_TRY(check_tensor(v, model, table, index, (int)i));
    }
    for (uint32_t i = 0; i < operators.count; ++i) {
        MLT_TRY(check_item(v, operators, i, "operator", &table));
        MLT_TRY(check_operator(v, table, tensors.count));
    }
    MLT_TRY(check_vector(v, subgraph, FB_SUB_GRAPH_INPUTS, 4, "subgraph's inputs", &indices));
    MLT_TRY(check_indices(v, indices, tensors.count, false, "subgraph's inputs"));
    MLT_TRY(check_vector(v, subgraph, FB_SUB_GRAPH_OUTPUTS, 4, "subgraph's outputs", &indices));
    return check_indices(v, indices, tensors.count, false, "subgraph's outputs");
}

static mlt_status_t check_codes(verifier_t *v, const uint8_t *model) {
    fb_vector_t codes;
    MLT_TRY(check_vector(v, model, FB_MODEL_OPERATOR_CODES, 4, "list of operator codes", &codes));
    for (uint32_t i = 0; i < codes.count; ++i) {
        const uint8_t *code;
        MLT_TRY(check_item(v, codes, i, "operator code", &code));
        MLT_TRY(check_string(v, code, FB_OPERATOR_CODE_CUSTOM_CODE, "custom operator's name"));
    }
    v->code_count = codes.count;
    return MLT_OK;
}

static mlt_status_t check_buffers(verifier_t *v, const uint8_t *model) {
    fb_vector_t buffers, data;
    MLT_TRY(check_vector(v, model, FB_MODEL_BUFFERS, 4, "list of buffers", &buffers));
    for (uint32_t i = 0; i < buffers.count; ++i) {
        const uint8_t *buffer;
        MLT_TRY(check_item(v, buffers, i, "buffer", &buffer));
        MLT_TRY(check_vector(v, buffer, FB_BUFFER_DATA, 1, "buffer", &data));
    }
    v->buffer_count = buffers.count;
    return MLT_OK;
}

// The metadata "COMPRESSION_METADATA" is a FlatBuffer of its own.
static mlt_status_t check_compression(const uint8_t *model) {
    fb_vector_t data = mlt_metadata(model, "COMPRESSION_METADATA"), subgraphs, list;
    if (data.count < 8) {
        return MLT_OK;
    }
    verifier_t inner = {.base = data.data, .size = data.count, .budget = data.count / 4};
    const uint8_t *root = mlt_root(data.data), *table;
    MLT_TRY(check_ref(&inner, data.data, "root"));
    MLT_TRY(check_table(&inner, root, "root"));
    MLT_TRY(check_vector(&inner, root, FB_COMPRESSION_SUBGRAPHS, 4, "subgraphs", &subgraphs));
    for (uint32_t i = 0; i < subgraphs.count; ++i) {
        MLT_TRY(check_item(&inner, subgraphs, i, "subgraph", &table));
        MLT_TRY(check_vector(&inner, table, FB_COMPRESSION_TENSORS, 4, "tensors", &list));
        if (list.count > MAX_COMPRESSED) {
            return broken(&inner, "subgraph", "has over 1024 tensors");
        }
        for (uint32_t j = 0; j < list.count; ++j) {
            MLT_TRY(check_item(&inner, list, j, "tensor", &table));
        }
    }
    int32_t version = fb_field_i32(root, FB_COMPRESSION_VERSION, 1);
    return version == 1 ? MLT_OK : broken(&inner, "version", "is not 1");
}

static mlt_status_t check_metadata(verifier_t *v, const uint8_t *model) {
    fb_vector_t metadata;
    MLT_TRY(check_vector(v, model, FB_MODEL_METADATA, 4, "list of metadata", &metadata));
    for (uint32_t i = 0; i < metadata.count; ++i) {
        const uint8_t *entry;
        MLT_TRY(check_item(v, metadata, i, "metadata", &entry));
        MLT_TRY(check_string(v, entry, FB_METADATA_NAME, "metadata name"));
        if ((uint32_t)fb_field_i32(entry, FB_METADATA_BUFFER, 0) >= v->buffer_count) {
            return broken(v, "metadata", "has a buffer that does not exist");
        }
    }
    return MLT_OK;
}

mlt_status_t mlt_verify(const void *model, size_t size, mlt_error_t *error) {
    verifier_t v = {.base = model, .size = (uint32_t)size, .error = error};
    if (size < 8 || size > INT32_MAX) {
        v.size = 0;
        return broken(&v, "file", size < 8 ? "is too short" : "is too long");
    }
    if (((uintptr_t)model & 3) != 0) {
        mlt_error_start(error, MLT_ERR_PARAM);
        mlt_error_add(error, "model lies at an address that is no multiple of 4");
        return MLT_ERR_PARAM;
    }
    v.budget = v.size / 4;
    const uint8_t *root = mlt_root(model);
    MLT_TRY(check_ref(&v, v.base, "root"));
    MLT_TRY(check_table(&v, root, "root"));
    int32_t version = fb_field_i32(root, FB_MODEL_VERSION, 0);
    if (version != 3) {
        mlt_error_start(error, MLT_ERR_MODEL);
        mlt_error_add(error, "model of schema version %d, want 3", version);
        return MLT_ERR_MODEL;
    }
    MLT_TRY(check_codes(&v, root));
    MLT_TRY(check_buffers(&v, root));
    MLT_TRY(check_metadata(&v, root));
    if (check_compression(root) != MLT_OK) {
        return broken(&v, "metadata of compression", "cannot be read");
    }
    fb_vector_t subgraphs;
    MLT_TRY(check_vector(&v, root, FB_MODEL_SUBGRAPHS, 4, "list of subgraphs", &subgraphs));
    if (subgraphs.count == 0 || subgraphs.count > MAX_INDEX) {
        return broken(&v, "model", "has no subgraph, or too many");
    }
    for (uint32_t i = 0; i < subgraphs.count; ++i) {
        const uint8_t *subgraph;
        MLT_TRY(check_item(&v, subgraphs, i, "subgraph", &subgraph));
        MLT_TRY(check_subgraph(&v, root, subgraph, (int)i));
    }
    return MLT_OK;
}
