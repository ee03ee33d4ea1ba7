// SPDX-License-Identifier: MIT
// The objects of the Python module microlite, as its files see them.
#ifndef MICROLITE_MODMICROLITE_H
#define MICROLITE_MODMICROLITE_H

#include "microlite_op.h"
#include "mpcompat.h"

// 0 leaves a part of the Python API out, for modules that are made for a model: the older interface
// (microlite.interpreter and what goes with it); the import of packs that a model turns out to
// need, and microlite.wake_word; results as ulab arrays, and ulab arrays that are not copied; all
// that predict, invoke and buffers do without: elements and slices of tensors, what print shows,
// Model.tensor, packs given as ops, and models and arenas in memory that a script can write to.
#ifndef MLT_WITH_LEGACY
#define MLT_WITH_LEGACY 1
#endif
#ifndef MLT_WITH_PACKS
#define MLT_WITH_PACKS 1
#endif
#ifndef MLT_WITH_ULAB
#define MLT_WITH_ULAB 1
#endif
#ifndef MLT_WITH_FULL_API
#define MLT_WITH_FULL_API 1
#endif

// Packs that are given or imported.
#define MLT_PY_PACKS (MLT_WITH_FULL_API || MLT_WITH_PACKS)

// In the smallest native modules methods are attributes of objects and not of types, which thus
// have no dictionary: what is called as a method has the right self.
#define MLT_PY_BOUND (MICROPY_ENABLE_DYNRUNTIME && !MLT_WITH_FULL_API)

// In a function for attributes, for X of a list of methods.
#define MLT_PY_GIVE(name, object)                                                                  \
    if (attr == name) {                                                                            \
        dest[0] = MP_OBJ_FROM_PTR(object);                                                         \
        dest[1] = self_in;                                                                         \
        return;                                                                                    \
    }
#define MLT_PY_NO_METHODS(X)

// An opened model. The engine's own structures lie in the arena; what a script reaches is
// copied here, so that a script that overwrites its own arena cannot mislead the binding.
typedef struct mlt_py_model {
    mp_obj_base_t base;
    mlt_model_t *engine;
    // The model file. The owner is MP_OBJ_NULL when `source` is a block of our own.
    const uint8_t *source;
    size_t source_size;
    mp_obj_t source_owner;
    // The arena, a block of our own when the owner is MP_OBJ_NULL.
    uint8_t *arena;
    size_t arena_size, arena_used;
    mp_obj_t arena_owner;
    // Checksums of what a script could write to; see check_model in mod_model.c.
    uint32_t source_sum, arena_sum;
    bool source_writable, keep_all;
    mp_obj_t given_ops;            // by a script, MP_OBJ_NULL or None for none
    bool running;                  // an interrupt handler or a thread may ask again
    mp_obj_t ops;                  // list that keeps packs alive
    mp_obj_t inputs, outputs;      // tuples of tensors
    struct mlt_py_tensor *tensors; // all that there are objects for
    mlt_error_t error;             // the engine writes here
} mlt_py_model_t;

// A tensor of the main subgraph; there is one object for each.
typedef struct mlt_py_tensor {
    mp_obj_base_t base;
    mlt_py_model_t *model;      // kept alive by its tensors
    struct mlt_py_tensor *next; // of the model's
    const mlt_tensor_t *engine; // in the arena: identifies the tensor, not read again
    uint8_t *planned;           // where the engine reads and writes its elements
    uint8_t *data;              // where scripts do: the same, or a copy (mod_tensor.c)
    size_t count, bytes;
    mp_obj_t shape, name;
    mlt_quant_t quant;
    uint8_t type;
    bool writable; // an input of the model
} mlt_py_tensor_t;

MLT_PY_DECLARE_TYPE(mlt_py_model_type);
MLT_PY_DECLARE_TYPE(mlt_py_tensor_type);
MLT_PY_DECLARE_TYPE(mlt_py_interpreter_type);
MLT_PY_DECLARE_TYPE(mlt_py_wake_word_type); // of the one object microlite.wake_word

// mod_raise.c

// Raise the exception of that name. The text is a literal, and its format is that of mp_printf;
// ASCII only, MLT_ERROR_VALUES values at most, what %s stands for as for mlt_fail(). Of a name,
// which is a qstr (%q), mlt_py_raise_named() has to know the number of the value, from 1 on.
#if MLT_WITH_SENTENCES
MP_NORETURN void mlt_py_raise(qstr exception, const char *format, ...);
#define mlt_py_raise_named(exception, name, ...) mlt_py_raise((exception), __VA_ARGS__)
#else
MP_NORETURN void mlt_py_raise_numbers(qstr exception, uint32_t sentence, ...);
#define mlt_py_raise(exception, text, ...)                                                         \
    mlt_py_raise_numbers((exception), MLT_TEXT_ID(text), ##__VA_ARGS__)
#define mlt_py_raise_named(exception, name, text, ...)                                             \
    mlt_py_raise_numbers((exception), MLT_TEXT_ID(text) | (uint32_t)(name) << 20, ##__VA_ARGS__)
#if MLT_WITH_PACKS || MLT_WITH_LEGACY
#error "packs and the older interface are for builds with sentences"
#endif
#endif

// Raise what the engine said: MemoryError for ERR_ARENA, else ValueError.
MP_NORETURN void mlt_py_raise_error(const mlt_error_t *e);

// TypeError: "WHAT of type %q, want WANT", where %q is the object's type.
MP_NORETURN void mlt_py_raise_type(mlt_word_t what, mp_obj_t o, mlt_word_t want);

// mod_util.c

qstr mlt_py_type_name(mp_obj_t o);

// A type is known by its functions: in a native module it has no fixed address.
typedef void (*mlt_py_print_t)(const mp_print_t *print, mp_obj_t o, mp_print_kind_t kind);
bool mlt_py_is(mp_obj_t o, mlt_py_print_t print);
void *mlt_py_self(mp_obj_t o, mlt_py_print_t print, mlt_word_t want); // TypeError: "..., want WANT"

// A cleared block of the collector's. MemoryError: "no %u bytes WHAT".
void *mlt_py_block(size_t bytes, mlt_word_t what);

mp_obj_t mlt_py_new_str(const char *text); // plain ASCII
mp_obj_t mlt_py_new_float(float x);
float mlt_py_get_float(mp_obj_t o); // TypeError when it is no number

// An int or bool object, as the nearest that fits; false when it is neither. What does not fit is
// larger than every size and index.
bool mlt_py_get_int(mp_obj_t o, mp_int_t *x);

// Position in a sequence of `count`: IndexError, TypeError, which name it as `what`. Negative ones
// count from the end.
size_t mlt_py_index(mp_obj_t o, size_t count, mlt_word_t what, bool from_end);

// Bytes of an item by its typecode, 0 when it is none that numbers are read from.
size_t mlt_py_typecode_size(char code);

// The buffer protocol, to read. Views of ulab arrays, whose elements do not lie in a row, are
// copied into one first; all ulab arrays are without MLT_WITH_ULAB.
bool mlt_py_get_items(mp_obj_t o, mp_buffer_info_t *info);

// A new array.array with these bytes. `block` is from mlt_py_block and is freed.
mp_obj_t mlt_py_new_array(char typecode, void *block, size_t bytes);

void mlt_py_print(const mp_print_t *print, mp_obj_t o);

// A checksum that any change of one 32-bit word changes.
uint32_t mlt_py_sum(uint32_t sum, const uint8_t *p, size_t bytes);

// mod_open.c

// Fill a cleared model but for its tensors. Raises MemoryError, TypeError, ValueError, OSError.
void mlt_py_open(mlt_py_model_t *m, mp_obj_t source, mp_obj_t arena);

// mod_packs.c

enum { MLT_PY_MOST_PACKS = 8 }; // given by a script

// Where operators are looked for: what is given, what is built in, what is imported.
typedef struct mlt_py_packs {
    const mlt_ops_t *list[MLT_PY_MOST_PACKS + 1 + MLT_MOST_PACKS];
    size_t count;
    uint32_t imported; // a bit for each mlt_pack_of()
} mlt_py_packs_t;

// Begin with the packs that a script gives, before what is built in: they may replace it. The model
// keeps packs alive. Raises TypeError and ValueError for what is no pack.
void mlt_py_packs_start(mlt_py_model_t *m, mlt_py_packs_t *packs, mp_obj_t ops);

// Import the pack of the operator that the engine did not find, and add it. Raises ValueError when
// there is none, or when it has been imported: so each is tried once.
void mlt_py_packs_import(mlt_py_model_t *m, mlt_py_packs_t *packs);

// mod_model.c

#if MLT_WITH_LEGACY
mlt_py_model_t *mlt_py_model_new(
    const mp_obj_type_t *type, mp_obj_t source, mp_obj_t arena, bool keep_all, mp_obj_t ops);
#endif
void mlt_py_model_run(mlt_py_model_t *m, bool reset); // or invoke

// Raise ValueError when memory that a script owns was moved, so that pointers into it are stale.
void mlt_py_model_check_place(const mlt_py_model_t *m);

// mod_tensor.c

mp_obj_t mlt_py_tensor_new(mlt_py_model_t *m, const mlt_tensor_t *t, bool writable);
mlt_py_tensor_t *mlt_py_tensor_self(mp_obj_t o); // TypeError when it is none

// Where scripts find its elements. ValueError when that memory was moved.
uint8_t *mlt_py_tensor_items(const mlt_py_tensor_t *t);

// Copies of a model's tensors that the buffer protocol has handed out: inputs to the engine, or the
// others back from it.
void mlt_py_tensors_copy(const mlt_py_tensor_t *t, bool inputs);

// Typecode as array.array has it; 0 when items of this type cannot be had one by one.
char mlt_py_item_code(int type);
char mlt_py_need_item_code(const mlt_py_tensor_t *t); // TypeError when it is 0
void mlt_py_need_writable(const mlt_py_tensor_t *t);  // TypeError

// Bytes of an item, 0 when items are packed (int4) or not plain.
size_t mlt_py_item_size(const mlt_py_tensor_t *t);

// Items of this type are whole numbers.
bool mlt_py_is_whole(int type);

// mod_items.c

// Elements as they are stored. ValueError when a number is out of the type's range.
mp_obj_t mlt_py_tensor_get(const mlt_py_tensor_t *t, size_t i);
void mlt_py_tensor_set(const mlt_py_tensor_t *t, size_t i, mp_obj_t value);

mp_obj_t mlt_py_tensor_unary_op(mp_unary_op_t op, mp_obj_t self);
mp_obj_t mlt_py_tensor_subscr(mp_obj_t self, mp_obj_t index, mp_obj_t value);
MP_DECLARE_CONST_FUN_OBJ_2(mlt_py_tensor_getitem_obj);

// mod_legacy.c, mod_wake_word.c: what they have in the module microlite, when that is a native one.

void mlt_py_legacy_start(mlt_py_types_t *types);
void mlt_py_wake_word_start(mlt_py_types_t *types);

// mod_convert.c

// Store x in tensor t, number `index` of the inputs, as numbers (see Model.predict).
void mlt_py_fill(const mlt_py_tensor_t *t, size_t index, mp_obj_t x);

// The tensor's elements as a new array: real numbers, or as stored when it is not quantised.
mp_obj_t mlt_py_read(const mlt_py_tensor_t *t);

// mod_ulab.c

typedef struct mlt_py_ulab {
    mp_obj_t numpy;  // the module
    char float_code; // of its float: 'f', or 'd' where MicroPython's floats are double
    size_t most_dimensions;
} mlt_py_ulab_t;

bool mlt_py_is_ulab(mp_obj_t o);
bool mlt_py_ulab_is_dense(mp_obj_t array); // of anything with the name of ulab's arrays
mlt_py_ulab_t mlt_py_ulab_find(void);      // ImportError when there is none

// A ulab array of the items of an array.array. It has the shape when ulab knows that many
// dimensions, else one.
mp_obj_t mlt_py_ulab_array(const mlt_py_ulab_t *ulab, mp_obj_t items, mp_obj_t shape);

#endif
