// SPDX-License-Identifier: MIT
// microlite.wake_word: stands for the Python module microlite_wake_word, from the file system or
// frozen, and imports it when something of it is used. A C module cannot have submodules on all
// ports.

#include "modmicrolite.h"

static void wake_word_attr(mp_obj_t self, qstr name, mp_obj_t *dest) {
    if (dest[0] != MP_OBJ_NULL) {
        return; // attributes are not to be set or deleted
    }
    mp_obj_t module = MP_OBJ_NEW_QSTR(MP_QSTR_microlite_wake_word);
    module = mp_call_function_n_kw(mlt_py_builtin(MP_QSTR___import__), 1, 0, &module);
    mp_load_method_maybe(module, name, dest);
}

#define WAKE_WORD_SLOTS(X) X(attr, wake_word_attr)
#define WAKE_WORD_METHODS(X)

MLT_PY_DEFINE_TYPE(mlt_py_wake_word_type, MP_QSTR_wake_word, WAKE_WORD_SLOTS, WAKE_WORD_METHODS)

#if MICROPY_ENABLE_DYNRUNTIME

void mlt_py_wake_word_start(mlt_py_types_t *types) {
    mp_obj_base_t *wake_word = mlt_py_block(sizeof(*wake_word), MLT_WORD("for wake_word"));
    wake_word->type = mlt_py_wake_word_type_make(types);
    mp_store_global(MP_QSTR_wake_word, MP_OBJ_FROM_PTR(wake_word));
}

#endif
