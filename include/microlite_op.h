// SPDX-License-Identifier: MIT
// The contract between the engine and an operator. An operator is one const struct; it reaches
// the engine only through its context, never by link, so that the same source works inside the
// library and in a native module of its own.
//
// prepare checks everything and computes what can be computed once; eval is loops. After
// prepare succeeded, eval may trust shapes, types and pointers, but not the values in tensors.
#ifndef MICROLITE_OP_H
#define MICROLITE_OP_H

#include "microlite.h"
#include "microlite_text.h"

// Changes whenever a struct here changes other than by appending to mlt_services_t.
#define MLT_ABI 0x4d4c0002u

typedef struct mlt_ctx mlt_ctx_t;
typedef struct mlt_op mlt_op_t;

// One operator call of the model.
typedef struct mlt_node {
    const int32_t *inputs, *outputs; // tensor indices, in the model; -1: left out
    const uint8_t *options;          // FlatBuffer table, or custom options; NULL: none
    const mlt_op_t *op;
    void *data; // the operator's own, from mlt_alloc
    uint16_t index;
    uint8_t input_count, output_count;
} mlt_node_t;

struct mlt_op {
    const char *name;               // as in the schema ("CONV_2D"), or the custom code
    int16_t code;                   // BuiltinOperator; MLT_CUSTOM: found by name
    uint8_t min_inputs, max_inputs; // checked by the engine before prepare; 255: any number
    uint8_t min_outputs, max_outputs;
    mlt_status_t (*prepare)(mlt_ctx_t *ctx, mlt_node_t *node);
    mlt_status_t (*eval)(mlt_ctx_t *ctx, const mlt_node_t *node);
    void (*reset)(mlt_ctx_t *ctx, const mlt_node_t *node); // state back to fresh; may be NULL
};

#define MLT_CUSTOM 32

// What eval returns, instead of a status, to end this invoke early without an error: the rest of
// the graph waits for more input (CIRCULAR_BUFFER).
#define MLT_STOP ((mlt_status_t)-1)

struct mlt_ops {
    uint32_t abi; // MLT_ABI
    uint32_t count;
    const mlt_op_t *const *list;
};

// These operators are for this build of the engine. In microlite.mpy, packs that were built with it
// are, too.
static inline bool mlt_ops_fit(const mlt_ops_t *ops) {
#ifdef MLT_SHARED_REGISTER
    extern const uint32_t mlt_shared_abi;
    return ops->abi == MLT_ABI || ops->abi == mlt_shared_abi;
#else
    return ops->abi == MLT_ABI;
#endif
}

// The pack that has an operator (src/ops/all.def): 0 when none has. `custom` is the name of a
// custom operator, and need not end with a zero.
#define MLT_PACK_CORE 1 // what microlite.mpy has
#define MLT_MOST_PACKS 16
int mlt_pack_of(int32_t code, const char *custom, size_t custom_length);

// "signal": the module is microlite_ops_signal.
const char *mlt_pack_name(int pack);

// A resource variable, shared by all nodes of a model that name it.
typedef struct mlt_variable {
    void *data; // NULL until the first ASSIGN_VARIABLE is prepared
    uint32_t bytes;
    uint8_t type; // mlt_type_t of what was assigned
    int8_t fill;  // the byte that a fresh variable is filled with
    bool chosen;  // stands for one that is known in eval only: control.c
} mlt_variable_t;

// What the engine does for operators. Append only.
typedef struct mlt_services {
    // prepare: memory that stays, 8-byte aligned, zeroed; NULL when the arena is full
    // (the engine has then noted the error: return MLT_ERR_ARENA).
    void *(*alloc)(mlt_ctx_t *ctx, size_t bytes);
    // prepare: memory that is gone when prepare returns; same rules.
    void *(*temp)(mlt_ctx_t *ctx, size_t bytes);
    // prepare: planned memory that lives during this node's eval only, 16-byte aligned, not
    // zeroed. The number goes to mlt_scratch() in eval; negative when the arena is full.
    int (*scratch)(mlt_ctx_t *ctx, size_t bytes);
    // prepare: the output may overwrite the input (same bytes, element by element). A hint.
    void (*share)(mlt_ctx_t *ctx, int input, int output);
    // Note an error and give back its status: call mlt_fail(). In eval too.
    mlt_status_t (*fail)(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_status_t status, int slot,
        const char *format, ...);
    // prepare: this node runs that subgraph. eval: run it.
    mlt_status_t (*call)(mlt_ctx_t *ctx, int subgraph);
    mlt_status_t (*run)(mlt_ctx_t *ctx, int subgraph);
    // Input or output tensor i of a subgraph (after call()); NULL when there is none.
    mlt_tensor_t *(*subgraph_input)(mlt_ctx_t *ctx, int subgraph, int i);
    mlt_tensor_t *(*subgraph_output)(mlt_ctx_t *ctx, int subgraph, int i);
    // prepare: the resource variable of that name, made on first use; NULL: arena full.
    mlt_variable_t *(*variable)(mlt_ctx_t *ctx, const char *container, size_t container_length,
        const char *name, size_t name_length);
    // prepare: give an output a shape other than the file says (dims are copied).
    mlt_status_t (*set_dims)(mlt_ctx_t *ctx, mlt_tensor_t *t, int rank, const int32_t *dims);
    // prepare: the dims of this output are the most that they can be; eval says what they are,
    // with mlt_set_runtime_dim(). It becomes MLT_TENSOR_RUNTIME.
    mlt_status_t (*set_runtime)(mlt_ctx_t *ctx, mlt_tensor_t *t);
    // prepare: this node looks at the dims of such inputs in eval. Others may not have any.
    void (*takes_runtime)(mlt_ctx_t *ctx);
    // prepare: the list of inner tensors of this node, which have quantisation but no data
    // ("intermediates" in the schema); -1: left out. How many goes to *count.
    const int32_t *(*inner)(const mlt_ctx_t *ctx, const mlt_node_t *node, int *count);
} mlt_services_t;

// What an operator sees of a model. The tensors are those of the subgraph being run.
struct mlt_ctx {
    const mlt_services_t *svc;
    const uint8_t *model;
    size_t model_size;
    mlt_tensor_t *tensors;
    void *const *scratch;
    uint8_t cpu; // kernel level, see kernels.h
};

// Slots for fail(): which tensor of the node the message is about.
#define MLT_NODE (-1)
#define MLT_IN(i) (i)
#define MLT_OUT(i) (256 + (i))
#define MLT_INNER(i) (512 + (i))

#define MLT_TRY(expression)                                                                        \
    do {                                                                                           \
        mlt_status_t try_status_ = (expression);                                                   \
        if (try_status_ != MLT_OK) {                                                               \
            return try_status_;                                                                    \
        }                                                                                          \
    } while (0)

// Note an error and return its status. slot: MLT_IN(i), MLT_OUT(i) or MLT_NODE. The text is a
// literal that knows %d (int), %t (a type: its name), %m (a set of types, a bit for each) and %s,
// MLT_ERROR_VALUES in all at most. %s stands for an MLT_WORD("literal") or an MLT_NAME(pointer).
#if MLT_WITH_SENTENCES
typedef const char *mlt_word_t;
#define MLT_WORD(text) (text)
#define MLT_NAME(pointer) (pointer)
#define mlt_fail(ctx, ...) ((ctx)->svc->fail((ctx), __VA_ARGS__))
#else
typedef int mlt_word_t;
#define MLT_WORD(text) ((int)MLT_TEXT_NUMBER(text))
#define MLT_NAME(pointer) ((int)sizeof(pointer) * 0)
#define mlt_fail(ctx, node, status, slot, text, ...)                                               \
    ((ctx)->svc->fail((ctx), (node), MLT_FAIL_STATUS(status, MLT_TEXT_VALUES(text)), (slot),       \
        (const char *)(uintptr_t)MLT_TEXT_NUMBER(text), ##__VA_ARGS__))
// How many values there are goes with the status: that takes no code.
#define MLT_FAIL_STATUS(status, values) ((mlt_status_t)((int)(status) | (int)(values) << 4))
#endif

// Tensor of a node, NULL where the model leaves it out.
mlt_tensor_t *mlt_in(const mlt_ctx_t *ctx, const mlt_node_t *node, int i);
mlt_tensor_t *mlt_out(const mlt_ctx_t *ctx, const mlt_node_t *node, int i);

// Inner tensor i, in prepare only.
static inline mlt_tensor_t *mlt_inner(const mlt_ctx_t *ctx, const mlt_node_t *node, int i) {
    int count;
    const int32_t *list = ctx->svc->inner(ctx, node, &count);
    return i < count && list[i] >= 0 ? &ctx->tensors[list[i]] : NULL;
}

static inline void *mlt_alloc(mlt_ctx_t *ctx, size_t bytes) {
    return ctx->svc->alloc(ctx, bytes);
}

static inline void *mlt_temp(mlt_ctx_t *ctx, size_t bytes) {
    return ctx->svc->temp(ctx, bytes);
}

static inline void *mlt_scratch(const mlt_ctx_t *ctx, int i) {
    return ctx->scratch[i];
}

// Dimension i of an output that set_runtime() was called for.
static inline void mlt_set_runtime_dim(const mlt_tensor_t *t, int i, int32_t dim) {
    ((int32_t *)(uintptr_t)t->dims)[i] = dim; // a copy of its own, in the arena
}

static inline bool mlt_is_const(const mlt_tensor_t *t) {
    return (t->flags & MLT_TENSOR_CONST) != 0;
}

#endif
