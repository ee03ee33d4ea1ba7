// SPDX-License-Identifier: MIT
// The functions of mpcompat.h, once for a native module and once for a firmware.

#include "modmicrolite.h"

#if MICROPY_ENABLE_DYNRUNTIME

// --- MicroPython's own functions.

#ifndef MLT_FUN_TABLE // where natmod/fun_table.S has them

mp_obj_t mlt_py_none(void) {
    return (mp_obj_t)mp_fun_table.const_none;
}

mp_obj_t mlt_py_bool(bool x) {
    return (mp_obj_t)(x ? mp_fun_table.const_true : mp_fun_table.const_false);
}

const mp_obj_type_t *mp_obj_get_type(mp_const_obj_t o) {
    return mp_fun_table.obj_get_type(o);
}

mp_obj_t mp_obj_new_int(mp_int_t x) {
    return mp_fun_table.native_to_obj((mp_uint_t)x, MP_NATIVE_TYPE_INT);
}

mp_obj_t mp_obj_new_int_from_uint(mp_uint_t x) {
    return mp_fun_table.native_to_obj(x, MP_NATIVE_TYPE_UINT);
}

mp_obj_t mp_obj_new_str(const char *text, size_t length) {
    return mp_fun_table.obj_new_str(text, length);
}

bool mp_get_buffer(mp_obj_t o, mp_buffer_info_t *info, mp_uint_t flags) {
    return mp_fun_table.get_buffer(o, info, flags);
}

mp_obj_t mp_load_attr(mp_obj_t o, qstr name) {
    return mp_fun_table.load_attr(o, name);
}

mp_obj_t mp_call_function_n_kw(mp_obj_t f, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    return mp_fun_table.call_function_n_kw(f, n_args | n_kw << 8, args);
}

mp_obj_t mp_binary_op(mp_binary_op_t op, mp_obj_t x, mp_obj_t y) {
    return mp_fun_table.binary_op(op, x, y);
}

mp_obj_t mp_binary_get_val_array(char code, void *p, size_t i) {
    return mp_fun_table.binary_get_val_array(code, p, i);
}

void mp_binary_set_val_array(char code, void *p, size_t i, mp_obj_t x) {
    mp_fun_table.binary_set_val_array(code, p, i, x);
}

#endif

// --- Types.

// The dictionary of methods, if there are any, is a type's first slot.
#define DICTIONARIES (!MLT_PY_BOUND)

mp_obj_full_type_t *mlt_py_type_make(
    mlt_py_types_t *types, qstr name, const mlt_py_slots_t *slots) {
    mlt_py_heap_type_t *made = mlt_py_block(sizeof(*made), MLT_WORD("for a type"));
    made->types = types;
    mp_obj_full_type_t *type = &made->type;
    type->base.type = &mp_type_type;
    type->name = (uint16_t)name;
#if DICTIONARIES
    MP_OBJ_TYPE_SET_SLOT(type, locals_dict, MP_OBJ_TO_PTR(mp_obj_new_dict(0)), 0);
#endif
    for (int i = 0; slots->offsets[i]; ++i) {
        type->slots[i + DICTIONARIES] = slots->functions[i];
        ((uint8_t *)type)[slots->offsets[i]] = (uint8_t)(i + DICTIONARIES + 1);
    }
    return type;
}

#if DICTIONARIES

void mlt_py_type_add(mp_obj_full_type_t *type, qstr name, const void *method) {
    mp_obj_dict_t *dict = (mp_obj_dict_t *)type->slots[0];
    dict->map.is_fixed = 0;
    mp_obj_dict_store(MP_OBJ_FROM_PTR(dict), MP_OBJ_NEW_QSTR(name), MP_OBJ_FROM_PTR(method));
    dict->map.is_fixed = 1;
}
#endif

// --- What differs.

static mp_obj_t import(qstr module, qstr name) {
    return mp_load_attr(mp_import_name(module, mp_const_none, MP_OBJ_NEW_SMALL_INT(0)), name);
}

mp_obj_t mlt_py_builtin(qstr name) {
    return import(MP_QSTR_builtins, name);
}

mp_obj_t mlt_py_array_type(void) {
    return import(MP_QSTR_array, MP_QSTR_array);
}

const mp_obj_type_t *mlt_py_bytes_type(void) {
    return mp_obj_get_type(mp_obj_new_bytes(NULL, 0));
}

void mlt_py_raise_object(mp_obj_t exception) {
    // It returns from None alone, which a script's fake exception may give; of a number it makes a
    // TypeError.
    for (;; exception = MP_OBJ_NEW_SMALL_INT(0)) {
        mp_fun_table.raise(exception);
    }
}

#if MLT_WITH_FULL_API
bool mlt_py_is_slice(mp_obj_t o) {
    mp_obj_t slice = mp_fun_table.new_slice(mp_const_none, mp_const_none, mp_const_none);
    return mp_obj_get_type(o) == mp_obj_get_type(slice);
}
#endif

// One function for all three: a block of nothing is to be freed.
static void *resize(void *p, size_t bytes) {
    return mp_fun_table.realloc_(p, bytes, false);
}

void *mlt_py_heap_alloc(size_t bytes) {
    return resize(NULL, bytes);
}

void mlt_py_heap_free(void *p, size_t bytes) {
    resize(p, 0);
}

void mlt_py_heap_shrink(void *p, size_t from, size_t to) {
    resize(p, to);
}

void mlt_py_iter_start(mlt_py_iter_t *iter, mp_obj_t iterable) {
    mp_fun_table.getiter(iterable, &iter->buf);
}

mp_obj_t mlt_py_iter_next(mlt_py_iter_t *iter) {
    return mp_fun_table.iternext(&iter->buf);
}

#else

mp_obj_t mlt_py_builtin(qstr name) {
    return mp_load_attr(MP_OBJ_FROM_PTR(&mp_module_builtins), name);
}

mp_obj_t mlt_py_array_type(void) {
    return MP_OBJ_FROM_PTR(&mp_type_array);
}

const mp_obj_type_t *mlt_py_bytes_type(void) {
    return &mp_type_bytes;
}

void mlt_py_raise_object(mp_obj_t exception) {
    nlr_raise(mp_make_raise_obj(exception)); // a script may have put a fake among the builtins
}

bool mlt_py_is_slice(mp_obj_t o) {
    return mp_obj_is_type(o, &mp_type_slice);
}

void *mlt_py_heap_alloc(size_t bytes) {
    return m_malloc_maybe(bytes);
}

void mlt_py_heap_free(void *p, size_t bytes) {
    m_del(uint8_t, p, bytes);
}

void mlt_py_heap_shrink(void *p, size_t from, size_t to) {
    (void)m_renew_maybe(uint8_t, p, from, to, false);
}

void mlt_py_iter_start(mlt_py_iter_t *iter, mp_obj_t iterable) {
    iter->object = mp_getiter(iterable, &iter->buf);
}

mp_obj_t mlt_py_iter_next(mlt_py_iter_t *iter) {
    return mp_iternext(iter->object);
}

#endif
