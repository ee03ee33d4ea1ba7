// SPDX-License-Identifier: MIT
// Run TensorFlow Lite models on small machines: no malloc, one arena that the caller owns.
//
//     static _Alignas(16) uint8_t arena[20000];
//     mlt_error_t error;
//     mlt_config_t config = {.model = model, .model_size = size, .arena = arena,
//         .arena_size = sizeof(arena), .ops = mlt_ops_default, .ops_count = 1, .error = &error};
//     mlt_model_t *m;
//     if (mlt_open(&m, &config)) {
//         puts(error.text);        // "op 3 CONV_2D, input 1 'conv/kernel': type FLOAT32, want
//         INT8"
//     }
//     memcpy(mlt_input(m, 0)->data, samples, mlt_bytes(mlt_input(m, 0)));
//     mlt_invoke(m);
//     const int8_t *scores = mlt_output(m, 0)->data;
//
// Many models at once: one arena each. There is no close: nothing is owned. A model is not
// thread safe; two models in two threads are independent.
#ifndef MICROLITE_H
#define MICROLITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MLT_VERSION "0.1.0"

// What a function that can fail returns: zero is success. The text says what the group means;
// mlt_error_t.text says what happened.
#define MLT_STATUS_MAP(X)                                                                          \
    X(OK, "ok")                                                                                    \
    X(ERR_MODEL, "the file is no usable TensorFlow Lite model")                                    \
    X(ERR_OP, "an operator is missing")                                                            \
    X(ERR_TYPE, "a tensor has a type that its operator does not take")                             \
    X(ERR_SHAPE, "a tensor has a shape that its operator does not take")                           \
    X(ERR_PARAM, "an option or quantisation parameter is out of range")                            \
    X(ERR_ARENA, "the arena is too small")                                                         \
    X(ERR_DATA, "a value met during invoke is out of range")                                       \
    X(ERR_STATE, "the call does not fit the state of the model")

#define MLT_STATUS_ENUM(name, text) MLT_##name,
typedef enum mlt_status { MLT_STATUS_MAP(MLT_STATUS_ENUM) MLT_STATUS_COUNT } mlt_status_t;
#undef MLT_STATUS_ENUM

// Element types, with the numbers that the file format gives them.
#define MLT_TYPE_MAP(X)                                                                            \
    X(FLOAT32, 0)                                                                                  \
    X(FLOAT16, 1)                                                                                  \
    X(INT32, 2)                                                                                    \
    X(UINT8, 3)                                                                                    \
    X(INT64, 4)                                                                                    \
    X(STRING, 5)                                                                                   \
    X(BOOL, 6)                                                                                     \
    X(INT16, 7)                                                                                    \
    X(COMPLEX64, 8)                                                                                \
    X(INT8, 9)                                                                                     \
    X(FLOAT64, 10)                                                                                 \
    X(COMPLEX128, 11)                                                                              \
    X(UINT64, 12)                                                                                  \
    X(RESOURCE, 13)                                                                                \
    X(VARIANT, 14)                                                                                 \
    X(UINT32, 15)                                                                                  \
    X(UINT16, 16)                                                                                  \
    X(INT4, 17)

#define MLT_TYPE_ENUM(name, value) MLT_##name = value,
typedef enum mlt_type { MLT_TYPE_MAP(MLT_TYPE_ENUM) MLT_TYPE_COUNT } mlt_type_t;
#undef MLT_TYPE_ENUM

// 0 leaves the sentences of errors out, 3 to 4 KB for few operators: an error is then the number of
// its sentence and the numbers in it (microlite_text.h), from which tools/sentences.py makes the
// sentence again.
#ifndef MLT_WITH_SENTENCES
#define MLT_WITH_SENTENCES 1
#endif

#define MLT_ERROR_TEXT 160
#define MLT_ERROR_VALUES 5

// What went wrong, when a call fails. The caller owns it.
typedef struct mlt_error {
    mlt_status_t status;
    int16_t subgraph, op, tensor; // which one, -1 where it does not apply
    bool need_exact;              // `need` is the whole truth, not only a lower bound
    int32_t missing;              // ERR_OP: the operator's number in the schema
    size_t need;                  // ERR_ARENA: an arena of this many bytes is needed
    const char *custom;           // ERR_OP: a custom operator's name, in the model,
    size_t custom_length;         // without a zero at its end
#if MLT_WITH_SENTENCES
    char text[MLT_ERROR_TEXT]; // one sentence that names what was found and what was wanted
#else
    // Its number, or the status where that says all; bits 16 to 18: how many values.
    uint32_t sentence;
    int32_t values[MLT_ERROR_VALUES];
    int16_t slot;        // the tensor as its operator sees it: MLT_IN(i) and so on
    const char *op_name; // NULL: not about an operator
    const char *name;    // of the tensor, in the model, without a zero at its end
    size_t name_length;
#endif
} mlt_error_t;

// Bits of mlt_tensor_t.flags.
enum {
    MLT_TENSOR_CONST = 1,    // data lies in the model file (or a copy of it): never written
    MLT_TENSOR_VARIABLE = 2, // keeps its value from one invoke to the next
    MLT_TENSOR_FIXED = 4,    // data was placed by prepare, the planner leaves it alone
    MLT_TENSOR_RUNTIME = 8,  // dims are known when its operator has run, and the most before
};

// A tensor. `data` is valid from mlt_open to the end of the arena's life, but what an input,
// output or inner tensor holds is only promised between an invoke and the next call that
// writes; with MLT_KEEP_ALL every tensor keeps what its operator wrote.
typedef struct mlt_tensor {
    void *data;
    const int32_t *dims; // `rank` numbers
    uint8_t type;        // mlt_type_t
    uint8_t rank;
    uint16_t flags;
    uint32_t ref; // where the model file describes it
} mlt_tensor_t;

// real = scale * (stored - zero_point); scale 0 means: not quantised. A tensor that is quantised
// per channel reports its first channel.
typedef struct mlt_quant {
    float scale;
    int32_t zero_point;
} mlt_quant_t;

typedef struct mlt_model mlt_model_t; // opaque, lives inside the arena
typedef struct mlt_ops mlt_ops_t;     // a table of operators, see microlite_op.h

// Every operator that this library was built with, as a list of one table for mlt_config_t.ops.
extern const mlt_ops_t *const mlt_ops_default[1];

enum {
    MLT_KEEP_ALL = 1, // do not reuse memory between tensors: every tensor can be looked at
};

// What mlt_open needs. All fields but the first six may stay zero.
typedef struct mlt_config {
    const void *model; // used in place and must stay; a multiple of 4, better of 16
    size_t model_size;
    void *arena; // everything lives in here; any alignment, 16 wastes nothing
    size_t arena_size;
    const mlt_ops_t *const *ops; // operator tables, the first that has an operator wins
    size_t ops_count;
    mlt_error_t *error; // may be NULL; mlt_invoke writes it too, so it must outlive the model
    uint8_t flags;      // MLT_KEEP_ALL
    uint8_t cpu;        // 0: the best kernels this CPU runs; n: at most level n - 1 (tests)
} mlt_config_t;

// Check that a file is a model whose tables, indices and sizes can be trusted. Needs no memory.
mlt_status_t mlt_verify(const void *model, size_t size, mlt_error_t *error);

// Verify a model, prepare its operators and plan its memory. When only the arena is too small
// the error says how much is needed: exactly, if error.need_exact; else try again with more.
mlt_status_t mlt_open(mlt_model_t **m, const mlt_config_t *config);

// Run the main subgraph once. Fails only with ERR_DATA (an index out of range and the like).
mlt_status_t mlt_invoke(mlt_model_t *m);

// Bring back the state that mlt_open left: variables, and what operators remember.
mlt_status_t mlt_reset(mlt_model_t *m);

// Bytes of the arena that are in use, from its start: an arena of this size would have done.
size_t mlt_arena_used(const mlt_model_t *m);

// Tensors of the main subgraph: inputs, outputs, and all of them in file order. NULL when i is
// out of range.
size_t mlt_input_count(const mlt_model_t *m);
size_t mlt_output_count(const mlt_model_t *m);
size_t mlt_tensor_count(const mlt_model_t *m);
mlt_tensor_t *mlt_input(mlt_model_t *m, size_t i);
const mlt_tensor_t *mlt_output(const mlt_model_t *m, size_t i);
const mlt_tensor_t *mlt_tensor(const mlt_model_t *m, size_t i);

size_t mlt_count(const mlt_tensor_t *t); // elements
size_t mlt_bytes(const mlt_tensor_t *t); // bytes that its data takes
size_t mlt_type_size(mlt_type_t type);   // 0: not a plain type
const char *mlt_type_name(int type);     // "INT8"
const char *mlt_name(const mlt_model_t *m, const mlt_tensor_t *t, size_t *length); // not terminated
mlt_quant_t mlt_quant(const mlt_model_t *m, const mlt_tensor_t *t);

// Copy numbers in or out as float, quantising as the tensor says (round half away from zero,
// clamp). FLOAT32, FLOAT16, (U)INT8, INT16, (U)INT32, INT64, BOOL; ERR_TYPE for others, ERR_SHAPE
// when count is not the tensor's number of elements.
mlt_status_t mlt_write(mlt_model_t *m, mlt_tensor_t *t, const float *src, size_t count);
mlt_status_t mlt_read(const mlt_model_t *m, const mlt_tensor_t *t, float *dst, size_t count);

// The same for numbers outside of a model, stored as a tensor of that type and quantisation would.
mlt_status_t mlt_encode(mlt_type_t type, mlt_quant_t q, void *dst, const float *src, size_t count);
mlt_status_t mlt_decode(mlt_type_t type, mlt_quant_t q, float *dst, const void *src, size_t count);

// Called after each operator of every subgraph, to profile or to look at tensors. NULL: off.
typedef void mlt_trace_fn(void *user, const char *op_name, int subgraph, int op);
void mlt_trace(mlt_model_t *m, mlt_trace_fn *fn, void *user);

const char *mlt_status_str(mlt_status_t status);

#endif
