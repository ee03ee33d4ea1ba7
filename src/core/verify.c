// SPDX-License-Identifier: MIT
// Check that a file is a model whose tables, indices and sizes can be trusted. Everything after
// this reads the file without looking at its bounds again.
//
// A table of fields says what refers to what, and one loop follows it; never recursion. A budget of
// tables bounds the time on files in which many references share one target.

#include "../config.h"
#include "../format.h"
#include "../schema.h"
#include "compress.h"
#include "error.h"
#include "verify.h"

enum { MAX_RANK = 8, MAX_NESTING = 7 };
// How many elements a list may have, in bits of that number.
enum { SLOTS = 8, INDEX = 15, ANY = 31, COMPRESSED = 11 };

// Kinds of tables. ROOTS is what roots are in.
enum { ROOTS, MODEL, CODE, BUFFER, METADATA, SUBGRAPH, TENSOR, QUANTIZATION, OPERATOR, OPTIONS };
enum { COMPRESSION = OPTIONS + 1, COMPRESSED_SUBGRAPH, COMPRESSED_TENSOR };
// A list of numbers in a table of its own: of no type, and of 4, 2 and 1 bytes each. The field
// before it says which.
enum { SPARSITY = COMPRESSED_TENSOR + 1, LEVEL, LIST, LIST_4, LIST_2, LIST_1, NONE };

// What a field refers to: elements of so many bytes, indices of tensors (and -1), a table, a list
// of tables.
enum { BYTES = 1, SHORTS = 2, WORDS = 4, LONGS = 8, INDICES, SOME_INDICES, TABLE, TABLES };

// A reference in a table of the kind `owner`. Lists have to come in an order in which what they
// refer to is known: codes, buffers and tensors first.
typedef struct field {
    uint8_t owner, slot, refers;
    uint8_t kind; // of the table or tables
    uint8_t bits; // of the number of elements
    uint8_t name; // in TEXTS
} field_t;

// Errors are made of these: what is wrong, and what is wrong with it. They are handed on as
// numbers, since a pointer takes more code in a native module.
#define TEXTS(X)                                                                                   \
    X(FINE, "")                                                                                    \
    X(ROOT, "root")                                                                                \
    X(CODE_NAME, "operator code")                                                                  \
    X(BUFFER_NAME, "buffer")                                                                       \
    X(NOTE, "metadata item")                                                                       \
    X(NOTE_NAME, "name")                                                                           \
    X(GRAPH, "subgraph")                                                                           \
    X(GRAPH_INPUTS, "subgraph's inputs")                                                           \
    X(GRAPH_OUTPUTS, "subgraph's outputs")                                                         \
    X(TENSOR_NAME, "tensor")                                                                       \
    X(NAME_OF_TENSOR, "tensor name")                                                               \
    X(SHAPE, "tensor shape")                                                                       \
    X(QUANT, "quantisation")                                                                       \
    X(SCALES, "list of scales")                                                                    \
    X(ZERO_POINTS, "list of zero points")                                                          \
    X(NODE, "operator")                                                                            \
    X(NODE_INPUTS, "operator's inputs")                                                            \
    X(NODE_OUTPUTS, "operator's outputs")                                                          \
    X(NODE_INNER, "operator's inner tensors")                                                      \
    X(NODE_OPTIONS, "operator's options")                                                          \
    X(SPARSITY_NAME, "sparsity")                                                                   \
    X(LEVEL_NAME, "sparse dimension")                                                              \
    X(LIST_NAME, "list of a sparse tensor")                                                        \
    X(FILE_NAME, "file")                                                                           \
    X(MODEL_NAME, "model")                                                                         \
    X(METADATA_NAME, "metadata")                                                                   \
    X(PACKED_NAME, "metadata of compression")                                                      \
    X(OUTSIDE, "lies outside of the file")                                                         \
    X(OVERLAPS, "overlaps others")                                                                 \
    X(FIELDS_OUTSIDE, "has its field list outside of the file")                                    \
    X(CUT_OFF, "is cut off")                                                                       \
    X(NOT_ALIGNED, "is not aligned")                                                               \
    X(TOO_LONG, "is too long")                                                                     \
    X(TOO_SHORT, "is too short")                                                                   \
    X(NO_SUCH_TENSOR, "names a tensor that does not exist")                                        \
    X(NO_SUCH_CODE, "has a code that does not exist")                                              \
    X(NO_SUCH_BUFFER, "has a buffer that does not exist")                                          \
    X(NO_SUBGRAPH, "has no subgraph")                                                              \
    X(MANY_DIMENSIONS, "has more than 8 dimensions")                                               \
    X(NEGATIVE, "has a negative dimension")                                                        \
    X(TOO_LARGE, "is too large")                                                                   \
    X(LITTLE_DATA, "has less data than its shape takes")                                           \
    X(UNREADABLE, "cannot be read")                                                                \
    X(IS_SPARSE, "is sparse, want it dense")                                                       \
    X(IS_COMPRESSED, "says that it is compressed, which is not in this build")                     \
    X(IS_VARIABLE, "is a variable, which is not in this build")                                    \
    X(IS_FAR, "lies behind the FlatBuffer, which is not in this build")                            \
    X(IS_COMPUTED, "holds integers known at run time, which is not in this build")

#define TEXT_NUMBER(name, text) name,
#define TEXT(name, text) text "\0"
enum { TEXTS(TEXT_NUMBER) };

#if MLT_WITH_SENTENCES
static const char texts[] = TEXTS(TEXT);

static mlt_word_t word(int text) {
    return mlt_string_at(texts, (unsigned)text);
}
#else
static mlt_word_t word(int text) { // tools/sentences.py knows TEXTS
    return text;
}
#endif

static const field_t fields[] = {
    {ROOTS, 0, TABLES, MODEL, ANY, ROOT},
    {ROOTS, 0, TABLES, COMPRESSION, ANY, ROOT},
    {MODEL, FB_MODEL_OPERATOR_CODES, TABLES, CODE, ANY, CODE_NAME},
    {MODEL, FB_MODEL_BUFFERS, TABLES, BUFFER, ANY, BUFFER_NAME},
    {MODEL, FB_MODEL_METADATA, TABLES, METADATA, ANY, NOTE},
    {MODEL, FB_MODEL_SUBGRAPHS, TABLES, SUBGRAPH, INDEX, GRAPH},
    {CODE, FB_OPERATOR_CODE_CUSTOM_CODE, BYTES, 0, ANY, NOTE_NAME},
    {BUFFER, FB_BUFFER_DATA, BYTES, 0, ANY, BUFFER_NAME},
    {METADATA, FB_METADATA_NAME, BYTES, 0, ANY, METADATA_NAME},
    {SUBGRAPH, FB_SUB_GRAPH_TENSORS, TABLES, TENSOR, INDEX, TENSOR_NAME},
    {SUBGRAPH, FB_SUB_GRAPH_OPERATORS, TABLES, OPERATOR, INDEX, NODE},
    {SUBGRAPH, FB_SUB_GRAPH_INPUTS, INDICES, 0, SLOTS, GRAPH_INPUTS},
    {SUBGRAPH, FB_SUB_GRAPH_OUTPUTS, INDICES, 0, SLOTS, GRAPH_OUTPUTS},
    {TENSOR, FB_TENSOR_NAME, BYTES, 0, ANY, NAME_OF_TENSOR},
    {TENSOR, FB_TENSOR_SHAPE, WORDS, 0, ANY, SHAPE},
    {TENSOR, FB_TENSOR_SHAPE_SIGNATURE, WORDS, 0, ANY, SHAPE},
    {TENSOR, FB_TENSOR_QUANTIZATION, TABLE, QUANTIZATION, ANY, QUANT},
    {TENSOR, FB_TENSOR_SPARSITY, TABLE, SPARSITY, ANY, SPARSITY_NAME},
    {QUANTIZATION, FB_QUANTIZATION_PARAMETERS_SCALE, WORDS, 0, ANY, SCALES},
    {QUANTIZATION, FB_QUANTIZATION_PARAMETERS_ZERO_POINT, LONGS, 0, ANY, ZERO_POINTS},
    {OPERATOR, FB_OPERATOR_INPUTS, SOME_INDICES, 0, SLOTS, NODE_INPUTS},
    {OPERATOR, FB_OPERATOR_OUTPUTS, INDICES, 0, SLOTS, NODE_OUTPUTS},
    {OPERATOR, FB_OPERATOR_INTERMEDIATES, SOME_INDICES, 0, SLOTS, NODE_INNER},
    {OPERATOR, FB_OPERATOR_CUSTOM_OPTIONS, BYTES, 0, ANY, NODE_OPTIONS},
    {OPERATOR, FB_OPERATOR_BUILTIN_OPTIONS, TABLE, OPTIONS, ANY, NODE_OPTIONS},
    {OPERATOR, FB_OPERATOR_BUILTIN_OPTIONS2, TABLE, OPTIONS, ANY, NODE_OPTIONS},
    {NONE, 0, 0, 0, 0, 0},
};

static const field_t sparse_fields[] = {
    {SPARSITY, FB_SPARSITY_PARAMETERS_TRAVERSAL_ORDER, WORDS, 0, ANY, SPARSITY_NAME},
    {SPARSITY, FB_SPARSITY_PARAMETERS_BLOCK_MAP, WORDS, 0, ANY, SPARSITY_NAME},
    {SPARSITY, FB_SPARSITY_PARAMETERS_DIM_METADATA, TABLES, LEVEL, ANY, LEVEL_NAME},
    {LEVEL, FB_DIMENSION_METADATA_ARRAY_SEGMENTS, TABLE, LIST, ANY, LIST_NAME},
    {LEVEL, FB_DIMENSION_METADATA_ARRAY_INDICES, TABLE, LIST, ANY, LIST_NAME},
    {LIST, FB_INT32_VECTOR_VALUES, BYTES, 0, ANY, LIST_NAME},
    {LIST_4, FB_INT32_VECTOR_VALUES, WORDS, 0, ANY, LIST_NAME},
    {LIST_2, FB_INT32_VECTOR_VALUES, SHORTS, 0, ANY, LIST_NAME},
    {LIST_1, FB_INT32_VECTOR_VALUES, BYTES, 0, ANY, LIST_NAME},
    {NONE, 0, 0, 0, 0, 0},
};

static const field_t compressed_fields[] = {
    {COMPRESSION, FB_COMPRESSION_SUBGRAPHS, TABLES, COMPRESSED_SUBGRAPH, ANY, GRAPH},
    {COMPRESSED_SUBGRAPH, FB_COMPRESSION_TENSORS, TABLES, COMPRESSED_TENSOR, COMPRESSED,
        TENSOR_NAME},
    {NONE, 0, 0, 0, 0, 0},
};

typedef struct verifier {
    const uint8_t *base;
    uint32_t size;
    uint32_t budget; // tables that may still be visited: no honest file has overlapping ones
    uint32_t counts[TENSOR + 1]; // of tables of these kinds; of tensors: in this subgraph
    mlt_error_t *error;
} verifier_t;

const uint8_t *mlt_root(const void *model) {
    return (const uint8_t *)model + fb_u32(model);
}

fb_result_t mlt_root_vec(const uint8_t *model, int32_t slot) {
    return mlt_fb_vec(mlt_root(model), slot);
}

const uint8_t *mlt_subgraph_table(const uint8_t *model, int index) {
    return fb_item(fb_vector(mlt_root_vec(model, FB_MODEL_SUBGRAPHS)), (uint32_t)index);
}

// Large models have their data behind the tables. Offsets 0 and 1 say that this buffer has not.
fb_result_t mlt_buffer_of(const uint8_t *model, const uint8_t *table, int32_t slot) {
    uint32_t i = (uint32_t)fb_field_i32(table, slot, 0);
    fb_vector_t buffers = fb_vector(mlt_root_vec(model, FB_MODEL_BUFFERS));
    if (i >= buffers.count) {
        return fb_result((fb_vector_t){NULL, 0});
    }
    const uint8_t *buffer = fb_item(buffers, i);
    uint32_t offset = (uint32_t)fb_field_i32(buffer, FB_BUFFER_OFFSET, 0);
    if (MLT_WITH_FAR_DATA && offset > 1) {
        uint32_t size = (uint32_t)fb_field_i32(buffer, FB_BUFFER_SIZE, 0);
        return fb_result((fb_vector_t){model + offset, size});
    }
    return mlt_fb_vec(buffer, FB_BUFFER_DATA);
}

// "broken model: operator's inputs lie..." `list` says that it is a list of what `what` names.
static mlt_status_t broken_part(verifier_t *v, int what, bool list, int why) {
    mlt_error_start(v->error, MLT_ERR_MODEL);
    bool marked = v->size >= 8 && memcmp(v->base + 4, "TFL3", 4) == 0;
    mlt_error_add(v->error, "%s: %s%s%s %s",
        marked ? MLT_WORD("broken model") : MLT_WORD("not a TensorFlow Lite model"),
        list ? MLT_WORD("list of ") : MLT_WORD(""), word(what), list ? MLT_WORD("s") : MLT_WORD(""),
        word(why));
    return MLT_ERR_MODEL;
}

static mlt_status_t broken(verifier_t *v, int what, int why) {
    return broken_part(v, what, false, why);
}

// What is wrong with the numbers in a table that stand for what is elsewhere.
static int number_fault(const verifier_t *v, const uint8_t *table, int kind) {
    if (kind == OPERATOR &&
        (uint32_t)fb_field_i32(table, FB_OPERATOR_OPCODE_INDEX, 0) >= v->counts[CODE]) {
        return NO_SUCH_CODE;
    }
    if (kind == BUFFER) {
        uint32_t offset = (uint32_t)fb_field_i32(table, FB_BUFFER_OFFSET, 0);
        if (!MLT_WITH_FAR_DATA) {
            return offset > 1 ? IS_FAR : FINE;
        }
        uint32_t size = (uint32_t)fb_field_i32(table, FB_BUFFER_SIZE, 0);
        if (offset > v->size || size > v->size - offset) {
            return OUTSIDE;
        }
    }
    if (kind == METADATA &&
        (uint32_t)fb_field_i32(table, FB_METADATA_BUFFER, 0) >= v->counts[BUFFER]) {
        return NO_SUCH_BUFFER;
    }
    return FINE;
}

// What is wrong with a reference to a table: one of TEXTS. The table, its vtable and all of
// its fields have to lie within the file.
static int table_fault(verifier_t *v, const uint8_t *table, int kind) {
    if (v->budget == 0) {
        return OVERLAPS;
    }
    --v->budget;
    uint32_t at = (uint32_t)(table - v->base);
    if (at > v->size - 4) {
        return OUTSIDE;
    }
    uint32_t vtable_at = at - fb_u32(table); // what lies before the file becomes larger than it
    if (vtable_at > v->size - 4) {
        return FIELDS_OUTSIDE;
    }
    const uint8_t *vtable = v->base + vtable_at;
    uint32_t vtable_size = fb_u16(vtable), table_size = fb_u16(vtable + 2);
    if (vtable_size < 4 || vtable_size > v->size - vtable_at || table_size < 4 ||
        table_size > v->size - at) {
        return CUT_OFF;
    }
    return number_fault(v, table, kind);
}

// A reference leads to a place where a number can be read.
static bool is_inside(const verifier_t *v, const uint8_t *reference) {
    return fb_u32(reference) <= v->size - 4 - (uint32_t)(reference - v->base);
}

// Every entry is a tensor, or -1 where that may be.
static int indices_fault(const verifier_t *v, const field_t *f, fb_vector_t indices) {
    for (uint32_t i = 0; i < indices.count; ++i) {
        int32_t index = fb_i32(indices.data + (size_t)4 * i);
        if ((uint32_t)index >= v->counts[TENSOR] && !(index == -1 && f->refers == SOME_INDICES)) {
            return NO_SUCH_TENSOR;
        }
    }
    return FINE;
}

// The same for a vector, with its elements.
static int vector_fault(const verifier_t *v, const field_t *f, fb_vector_t vector) {
    uint32_t room = v->size - (uint32_t)(vector.data - v->base);
    uint32_t size = f->refers > LONGS ? 4 : f->refers;
    if (vector.count > room / size) {
        return CUT_OFF;
    }
    if (size == 4 && ((uintptr_t)vector.data & 3) != 0) {
        return NOT_ALIGNED;
    }
    if (vector.count >> f->bits) {
        return TOO_LONG;
    }
    return f->refers == INDICES || f->refers == SOME_INDICES ? indices_fault(v, f, vector) : FINE;
}

static const field_t *fields_of(int kind) {
    const field_t *f = MLT_WITH_SPARSE && kind >= SPARSITY           ? sparse_fields
                       : MLT_WITH_COMPRESSION && kind >= COMPRESSION ? compressed_fields
                                                                     : fields;
    while (f->owner != kind && f->owner != NONE) {
        ++f;
    }
    return f;
}

// A table whose fields are being followed.
typedef struct level {
    const uint8_t *table;
    const field_t *field; // the next
    fb_vector_t items;    // tables behind the field before that one, which are to come first
    uint8_t kind;
} level_t;

static bool is_compression(fb_vector_t name) {
    return name.count == 20 && memcmp(name.data, "COMPRESSION_METADATA", 20) == 0;
}

// What is wrong with a field; the tables it leads to are noted. Inlined, it takes more code.
__attribute__((noinline)) static int field_fault(verifier_t *v, level_t *at, const field_t *f) {
    const uint8_t *reference = fb_field(at->table, f->slot, 4);
    fb_vector_t vector = {reference, reference != NULL}; // of a table: one reference
    if (reference && f->refers != TABLE) {
        if (!is_inside(v, reference)) {
            return OUTSIDE;
        }
        const uint8_t *count = reference + fb_u32(reference);
        vector = (fb_vector_t){count + 4, fb_u32(count)};
        int fault = vector_fault(v, f, vector);
        if (fault != FINE) {
            return fault;
        }
    }
    if (!MLT_WITH_COMPRESSION && f->owner == METADATA && is_compression(vector)) {
        return IS_COMPRESSED;
    }
    if (f->kind <= TENSOR) {
        v->counts[f->kind] = vector.count;
    }
    if (f->refers >= TABLE) {
        at->items = vector;
    }
    return FINE;
}

// Check all tables that a root leads to: `root` is a field of the kind ROOTS.
static mlt_status_t check_tables(verifier_t *v, const field_t *root) {
    level_t levels[MAX_NESTING], *at = levels;
    *at = (level_t){.field = root + 1, .items = {v->base, 1}, .kind = NONE};
    for (;;) {
        const field_t *f = at->field;
        bool list = false;
        int fault;
        if (at->items.count > 0) {
            --f;
            const uint8_t *table = at->items.data;
            at->items.data += 4;
            --at->items.count;
            uint8_t kind = f->kind;
            if (MLT_WITH_SPARSE && kind == LIST) {
                kind += fb_field_u8(at->table, f->slot - 1) & 3;
            }
            ++at;
            at->items.count = 0;
            at->kind = kind;
            at->field = fields_of(kind);
            fault = OUTSIDE;
            if (is_inside(v, table)) {
                at->table = table + fb_u32(table);
                fault = table_fault(v, at->table, kind);
            }
        } else if (f->owner == at->kind) {
            list = f->refers == TABLES;
            ++at->field;
            fault = field_fault(v, at, f);
        } else if (at == levels) {
            return MLT_OK;
        } else {
            --at;
            continue;
        }
        if (fault != FINE) {
            return broken_part(v, f->name, list, fault);
        }
    }
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

// What is wrong with a tensor's shape, type and data; FINE when nothing is.
static int tensor_fault(const verifier_t *v, const uint8_t *tensor, int subgraph, int index) {
    fb_vector_t shape = fb_vec(tensor, FB_TENSOR_SHAPE);
    if (shape.count > MAX_RANK) {
        return MANY_DIMENSIONS;
    }
    int type = fb_field_u8(tensor, FB_TENSOR_TYPE);
    int32_t size = (int32_t)mlt_type_size((mlt_type_t)type);
    int32_t room = INT32_MAX;
    size_t count = 1;
    for (uint32_t i = 0; i < shape.count; ++i) {
        int32_t dim = fb_i32(shape.data + (size_t)4 * i);
        if (dim < 0) {
            return NEGATIVE;
        }
        room /= dim ? dim : 1; // an empty dimension must not hide an absurd one
        count *= (size_t)dim;
    }
    if (room < size || room == 0) {
        return TOO_LARGE;
    }
    if (!MLT_WITH_VARIABLES &&
        (type == MLT_RESOURCE || fb_field_u8(tensor, FB_TENSOR_IS_VARIABLE))) {
        return IS_VARIABLE;
    }
    uint32_t buffer = (uint32_t)fb_field_i32(tensor, FB_TENSOR_BUFFER, 0);
    if (buffer >= v->counts[BUFFER] && buffer > 0) {
        return NO_SUCH_BUFFER;
    }
    fb_vector_t data = mlt_buffer(v->base, tensor, FB_TENSOR_BUFFER);
    if (!MLT_WITH_SHAPES && data.count == 0 && (type == MLT_INT32 || type == MLT_INT64)) {
        return IS_COMPUTED;
    }
    if (data.count > 0 && fb_field(tensor, FB_TENSOR_SPARSITY, 4)) {
        return MLT_WITH_SPARSE ? FINE : IS_SPARSE;
    }
    if (data.count > 0 && data.count < mlt_format_bytes(type, count) &&
        !(MLT_WITH_COMPRESSION && is_compressed(v->base, subgraph, index))) {
        return LITTLE_DATA;
    }
    return FINE;
}

static mlt_status_t check_tensor(verifier_t *v, const uint8_t *tensor, int subgraph, int index) {
    int fault = tensor_fault(v, tensor, subgraph, index);
    if (fault == FINE) {
        return MLT_OK;
    }
    mlt_error_start(v->error, MLT_ERR_MODEL);
    if (v->error) {
        fb_vector_t name = fb_vec(tensor, FB_TENSOR_NAME);
        v->error->subgraph = (int16_t)subgraph;
        v->error->tensor = (int16_t)index;
#if MLT_WITH_SENTENCES
        mlt_error_add(v->error, "subgraph %d, tensor %d", subgraph, index);
#endif
        mlt_error_name(v->error, (const char *)name.data, name.count);
        mlt_error_add(v->error, " %s", word(fault));
    }
    return MLT_ERR_MODEL;
}

// The metadata "COMPRESSION_METADATA" is a FlatBuffer of its own.
static mlt_status_t check_compression(verifier_t *v) {
    fb_vector_t data = mlt_metadata(v->base, "COMPRESSION_METADATA");
    if (data.count < 8) {
        return MLT_OK;
    }
    verifier_t inner = {.base = data.data, .size = data.count, .budget = data.count / 4};
    bool good = check_tables(&inner, fields + 1) == MLT_OK &&
                fb_field_i32(mlt_root(data.data), FB_COMPRESSION_VERSION, 1) == 1;
    return good ? MLT_OK : broken(v, PACKED_NAME, UNREADABLE);
}

mlt_status_t mlt_verify(const void *model, size_t size, mlt_error_t *error) {
    verifier_t v = {.base = model, .size = (uint32_t)size, .error = error};
    if (size < 8 || size > INT32_MAX) {
        v.size = 0;
        return broken(&v, FILE_NAME, size < 8 ? TOO_SHORT : TOO_LONG);
    }
    if (((uintptr_t)model & 3) != 0) {
        mlt_error_start(error, MLT_ERR_PARAM);
        mlt_error_add(error, "model lies at an address that is no multiple of 4");
        return MLT_ERR_PARAM;
    }
    v.budget = v.size / 4;
    MLT_TRY(check_tables(&v, fields));
    int32_t version = fb_field_i32(mlt_root(model), FB_MODEL_VERSION, 0);
    if (version != 3) {
        mlt_error_start(error, MLT_ERR_MODEL);
        mlt_error_add(error, "model of schema version %d, want 3", version);
        return MLT_ERR_MODEL;
    }
    if (MLT_WITH_COMPRESSION) {
        MLT_TRY(check_compression(&v));
    }
    fb_vector_t subgraphs = fb_vector(mlt_root_vec(model, FB_MODEL_SUBGRAPHS));
    if (subgraphs.count == 0) {
        return broken(&v, MODEL_NAME, NO_SUBGRAPH);
    }
    for (uint32_t i = 0; i < subgraphs.count; ++i) {
        fb_vector_t tensors = fb_vec(fb_item(subgraphs, i), FB_SUB_GRAPH_TENSORS);
        for (uint32_t j = 0; j < tensors.count; ++j) {
            MLT_TRY(check_tensor(&v, fb_item(tensors, j), (int)i, (int)j));
        }
    }
    return MLT_OK;
}
