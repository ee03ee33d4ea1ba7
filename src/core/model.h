// SPDX-License-Identifier: MIT
// An opened model, as the files of the engine see it.
#ifndef MLT_MODEL_H
#define MLT_MODEL_H

#include "../config.h"
#include "../format.h"
#include "../schema.h"
#include "arena.h"
#include "error.h"
#include "microlite_op.h"

enum {
    SUBGRAPH_UNUSED,
    SUBGRAPH_REACHED,
    SUBGRAPH_PREPARED,
    SUBGRAPH_WALKING,
    SUBGRAPH_WALKED,
};

// Bits of mlt_tensor_t.flags: a node that uses the tensor is prepared, its shape has to stay; a
// constant without data, since the file leaves out its zeros.
enum { TENSOR_SEEN = 0x100, TENSOR_SPARSE = 0x400 };

typedef struct mlt_subgraph {
    mlt_tensor_t *tensors;
    mlt_node_t *nodes;
    const int32_t *inputs, *outputs;
    uint16_t tensor_count, node_count;
    uint8_t input_count, output_count;
    uint8_t state;
    uint8_t height; // how deep subgraphs nest below this one
    uint16_t calls; // how many nodes run it
} mlt_subgraph_t;

// A resource variable and what names it: strings in the model.
typedef struct mlt_named_variable {
    mlt_variable_t variable;
    struct mlt_named_variable *next;
    const char *container, *name;
    uint32_t container_length, name_length;
} mlt_named_variable_t;

typedef struct mlt_compressed mlt_compressed_t; // compress.c

// What prepare asked for a node, kept until the plan is made.
typedef struct mlt_request {
    struct mlt_request *next;
    uint32_t a; // SCRATCH: bytes; CALL: subgraph; SHARE: input slot
    uint16_t b; // SCRATCH: its number; SHARE: output slot
    uint16_t subgraph, node;
    uint8_t kind;
} mlt_request_t;

enum { REQUEST_SCRATCH, REQUEST_CALL, REQUEST_SHARE };

// State of mlt_open, on its stack.
typedef struct mlt_build {
    mlt_request_t *requests; // of all nodes prepared so far, in the arena's temporary end
    mlt_request_t **last;    // where the next is to be hung
    uint32_t mark;           // how much of that end they take
    uint16_t scratch_count;
    uint16_t node; // being prepared
    bool full;     // a request found no room
    bool runtime;  // the node being prepared takes inputs of shapes known at run time
} mlt_build_t;

struct mlt_model {
    mlt_ctx_t ctx; // first: operators' context is the model
    mlt_arena_t arena;
    mlt_error_t *error;
    mlt_subgraph_t *subgraphs;
    mlt_named_variable_t *variables;
    mlt_compressed_t *compressed;
    mlt_trace_fn *trace;
    void *trace_user;
    mlt_build_t *build; // NULL once the model is open
    uint16_t subgraph_count;
    uint16_t subgraph; // being prepared or run
    uint16_t node;     // being run
    uint8_t flags;
    bool failed;   // an operator has written its own error text
    uint32_t runs; // of subgraphs by operators, in this invoke
};

static inline mlt_model_t *mlt_model_of(mlt_ctx_t *ctx) {
    return (mlt_model_t *)ctx;
}

// Only the first subgraph is used where none can run others.
static inline int mlt_subgraph_count(const mlt_model_t *m) {
    return MLT_WITH_SUBGRAPHS ? m->subgraph_count : 1;
}

// The subgraph being prepared or run.
static inline mlt_subgraph_t *mlt_subgraph(const mlt_model_t *m) {
    return &m->subgraphs[MLT_WITH_SUBGRAPHS ? m->subgraph : 0];
}

static inline const uint8_t *mlt_tensor_table(const mlt_model_t *m, const mlt_tensor_t *t) {
    return m->ctx.model + t->ref;
}

// Place all tensors and scratch buffers, the last step of mlt_open: layout.c.
mlt_status_t mlt_layout(mlt_model_t *m);

// mlt_arena_keep(), with an error when there is no room; the pointer `place` is set.
mlt_status_t mlt_keep(mlt_model_t *m, void *place, size_t bytes);

// Note that the arena is too small: m->arena.need bytes are known to be needed.
mlt_status_t mlt_arena_short(mlt_model_t *m, bool exact);

// The services for operators: services.c.
extern const mlt_services_t mlt_services;

// Start an error with "op 3 CONV_2D, input 1 'name': "; slot as in microlite_op.h.
void mlt_error_place(mlt_model_t *m, const mlt_node_t *node, mlt_status_t status, int slot);

// The error of a node that has failed without a text of its own; or of one below it, which has one.
void mlt_error_default(mlt_model_t *m, const mlt_node_t *node, mlt_status_t status);

// Fill variables, planned or resource, as in a fresh model: invoke.c.
void mlt_reset_variables(mlt_model_t *m);

#endif
