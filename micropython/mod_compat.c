// SPDX-License-Identifier: MIT
// The functions of mpcompat.h, once for a native module and once for a firmware.

#include "mpcompat.h"

#if MICROPY_ENABLE_DYNRUNTIME

mp_obj_t mlt_py_builtin(qstr name) {
    mp_obj_t module = mp_import_name(MP_QSTR_builtins, mp_const_none, MP_OBJ_NEW_SMALL_INT(0));
    return mp_load_attr(module, name);
}

mp_obj_t mlt_py_array_type(void) {
    mp_obj_t module = mp_import_name(MP_QSTR_array, mp_const_none, MP_OBJ_NEW_SMALL_INT(0));
    return mp_load_attr(module, MP_QSTR_array);
}

void mlt_py_raise_object(mp_obj_t exception) {
    nlr_raise(exception);
}

bool mlt_py_is_slice(mp_obj_t o) {
    mp_obj_t slice = mp_fun_table.new_slice(mp_const_none, mp_const_none, mp_const_none);
    return mp_obj_get_type(o) == mp_obj_get_type(slice);
}

void *mlt_py_heap_alloc(size_t bytes) {
    return mp_fun_table.realloc_(NULL, bytes, false);
}

void mlt_py_heap_free(void *p, size_t bytes) {
    m_free(p);
}

void mlt_py_heap_shrink(void *p, size_t from, size_t to) {
    m_realloc_maybe(p, to, false);
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
