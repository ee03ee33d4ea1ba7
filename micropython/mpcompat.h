// SPDX-License-Identifier: MIT
// The same binding as part of a firmware and as a native module (.mpy): what differs is here.
//
// A native module reaches the interpreter through a table of functions only, may not hold
// writable static data, and may not pass floats by value (a firmware may use another float ABI).
// So: floats go through mp_binary_get_val_array and mp_binary_set_val_array, exceptions are found
// by name, and types are made on the heap when the module is imported.
#ifndef MICROLITE_MPCOMPAT_H
#define MICROLITE_MPCOMPAT_H

#include <stdarg.h>
#include <string.h>

#if MICROPY_ENABLE_DYNRUNTIME
#include "py/dynruntime.h"
#include "py/objtuple.h"

#undef mp_const_none
#undef mp_const_false
#undef mp_const_true
#undef mp_obj_new_bool
#define mp_const_none mlt_py_none()
#define mp_const_false mlt_py_bool(false)
#define mp_const_true mlt_py_bool(true)
#define mp_obj_new_bool(x) mlt_py_bool(x)
mp_obj_t mlt_py_none(void) __attribute__((const));
mp_obj_t mlt_py_bool(bool x) __attribute__((const));

// The way through the table of functions takes more room than a call of a function of ours.
#ifdef MLT_FUN_TABLE
// All that is called has one, in natmod/fun_table.S: mp_fun_table.member(...) is a call of
// mlt_fun_member(...).
#define MLT_FUN(member, place)                                                                     \
    __typeof__(*((const mp_fun_table_t *)NULL)->member) mlt_fun_##member;                          \
    _Static_assert(offsetof(mp_fun_table_t, member) == (place) * sizeof(void *), #member);
#include "natmod/fun_table.def"
#undef MLT_FUN
#define MLT_FUN(member, place) __typeof__(&mlt_fun_##member) member;
typedef struct mlt_fun_table {
#include "natmod/fun_table.def"
    const mp_obj_type_t *type_type, *type_str;
} mlt_fun_table_t;
#undef MLT_FUN
#undef mp_type_type
#undef mp_type_str
static const mlt_fun_table_t mlt_fun_table __attribute__((unused)) = {
#define MLT_FUN(member, place) .member = mlt_fun_##member,
#include "natmod/fun_table.def"
#undef MLT_FUN
    .type_type = &mp_type_type,
    .type_str = &mp_type_str,
};
#define mp_type_type (*mp_fun_table.type_type)
#define mp_type_str (*mp_fun_table.type_str)
#define mp_fun_table mlt_fun_table
// MP_QSTR_* that are not the same in all firmwares are elements of this table.
#define mp_native_qstr_table mlt_py_qstrs()
const uint16_t *mlt_py_qstrs(void) __attribute__((const));
#else
// What much of the binding calls has one, in mod_compat.c.
#undef mp_obj_get_type
#undef mp_obj_new_int
#undef mp_obj_new_int_from_uint
#undef mp_obj_new_str
#undef mp_get_buffer
#undef mp_load_attr
#undef mp_call_function_n_kw
#undef mp_binary_op
#undef mp_binary_get_val_array
#undef mp_binary_set_val_array
mp_obj_t mp_load_attr(mp_obj_t base, qstr attr);
mp_obj_t mp_call_function_n_kw(mp_obj_t fun, size_t n_args, size_t n_kw, const mp_obj_t *args);
mp_obj_t mp_binary_op(mp_binary_op_t op, mp_obj_t lhs, mp_obj_t rhs);
#endif
#else
#include "py/binary.h"
#include "py/builtin.h"
#include "py/mpprint.h"
#include "py/objstr.h"
#include "py/objtuple.h"
#include "py/runtime.h"
#endif

#ifndef MP_NORETURN // before 1.26
#define MP_NORETURN NORETURN
#endif

// The module's types. MLT_PY_TYPES(type) gives all when one is at hand.
typedef struct mlt_py_types {
    const mp_obj_type_t *model, *tensor, *interpreter;
    // A native module looks its names up in here, so all that is ours keeps it alive.
    const void *module;
} mlt_py_types_t;

// MLT_PY_DEFINE_TYPE(symbol, qstr, SLOTS, METHODS) defines a type. SLOTS(X) is a list of
// X(slot, function), METHODS(X) one of X(qstr, function object). A native module then has a
// function SYMBOL_make to call at import, a firmware a constant.
#if MICROPY_ENABLE_DYNRUNTIME

// The collector only sees blocks by their first address: so each type is a block of its own, and
// leads to the others. A method that a script keeps holds its type: MicroPython checks self.
typedef struct mlt_py_heap_type {
    mp_obj_full_type_t type;
    mlt_py_types_t *types;
} mlt_py_heap_type_t;

#define MLT_PY_TYPES(type) (((const mlt_py_heap_type_t *)(type))->types)

// What a type is made of: a slot is given by where a type says which of its slots it is.
typedef struct mlt_py_slots {
    uint8_t offsets[8]; // 0 behind the last
    const void *functions[];
} mlt_py_slots_t;

mp_obj_full_type_t *mlt_py_type_make(mlt_py_types_t *types, qstr name, const mlt_py_slots_t *slots);
void mlt_py_type_add(mp_obj_full_type_t *type, qstr name, const void *method);

#define MLT_PY_SLOT_OFFSET(slot, function) MP_OBJ_TYPE_OFFSETOF_SLOT(slot),
#define MLT_PY_SLOT_FUNCTION(slot, function) function,
#define MLT_PY_ADD(name, object) mlt_py_type_add(type, name, object);

#define MLT_PY_DECLARE_TYPE(symbol) const mp_obj_type_t *symbol##_make(mlt_py_types_t *types)
#define MLT_PY_DEFINE_TYPE(symbol, qstring, SLOTS, METHODS)                                        \
    static const mlt_py_slots_t symbol##_slots = {                                                 \
        {SLOTS(MLT_PY_SLOT_OFFSET)}, {SLOTS(MLT_PY_SLOT_FUNCTION)}};                               \
    const mp_obj_type_t *symbol##_make(mlt_py_types_t *types) {                                    \
        mp_obj_full_type_t *type = mlt_py_type_make(types, qstring, &symbol##_slots);              \
        METHODS(MLT_PY_ADD)                                                                        \
        return (const mp_obj_type_t *)type;                                                        \
    }

#else

#define MLT_PY_TYPES(type) ((void)(type), &mlt_py_types)
extern const mlt_py_types_t mlt_py_types;

#define MLT_PY_SLOT(slot, function) , slot, function
#define MLT_PY_ENTRY(name, object) {MP_ROM_QSTR(name), MP_ROM_PTR(object)},

#define MLT_PY_DECLARE_TYPE(symbol) extern const mp_obj_type_t symbol
#define MLT_PY_DEFINE_TYPE(symbol, qstring, SLOTS, METHODS)                                        \
    static const mp_rom_map_elem_t symbol##_methods[] = {METHODS(MLT_PY_ENTRY)};                   \
    static MP_DEFINE_CONST_DICT(symbol##_dict, symbol##_methods);                                  \
    MP_DEFINE_CONST_OBJ_TYPE(                                                                      \
        symbol, qstring, MP_TYPE_FLAG_NONE SLOTS(MLT_PY_SLOT), locals_dict, &symbol##_dict);

#endif

// Functions whose body differs: mod_compat.c.

MP_NORETURN void mlt_py_raise_object(mp_obj_t exception);

// An object of the module builtins, whatever a script has made of its name.
mp_obj_t mlt_py_builtin(qstr name);

// The type array.array.
mp_obj_t mlt_py_array_type(void);

const mp_obj_type_t *mlt_py_bytes_type(void);

bool mlt_py_is_slice(mp_obj_t o);

// Memory of the collector, not cleared; NULL when there is none. Sizes are at least 1.
void *mlt_py_heap_alloc(size_t bytes);
void mlt_py_heap_free(void *p, size_t bytes);
void mlt_py_heap_shrink(void *p, size_t from, size_t to); // where it lies

// Walk through anything that a for loop takes. The end is MP_OBJ_STOP_ITERATION.
typedef struct mlt_py_iter {
    mp_obj_iter_buf_t buf;
    mp_obj_t object;
} mlt_py_iter_t;

void mlt_py_iter_start(mlt_py_iter_t *iter, mp_obj_t iterable);
mp_obj_t mlt_py_iter_next(mlt_py_iter_t *iter);

#endif
