// SPDX-License-Identifier: MIT
// The module microlite as a native module: what modmicrolite.c is for a firmware.

#include "modmicrolite.h"

#if MLT_WITH_LEGACY

// The older microlite.audio_frontend is in audio_frontend.mpy, which is imported when asked for.
static mp_obj_t module_getattr(mp_obj_t name) {
    if (mp_binary_op(MP_BINARY_OP_EQUAL, name, MP_OBJ_NEW_QSTR(MP_QSTR_audio_frontend)) !=
        mp_const_true) {
        mlt_py_raise(MP_QSTR_AttributeError, "no such attribute");
    }
    mp_obj_t module =
        mp_import_name(MP_QSTR_audio_frontend, mp_const_none, MP_OBJ_NEW_SMALL_INT(0));
    return mp_load_attr(module, MP_QSTR_audio_frontend);
}
static MP_DEFINE_CONST_FUN_OBJ_1(module_getattr_obj, module_getattr);

#endif

mp_obj_t mpy_init(mp_obj_fun_bc_t *self, size_t n_args, size_t n_kw, mp_obj_t *args) {
    MP_DYNRUNTIME_INIT_ENTRY
    mlt_py_types_t *types = mlt_py_block(sizeof(*types), "for types");
    types->module = self->context;
    types->model = mlt_py_model_type_make(types);
    types->tensor = mlt_py_tensor_type_make(types);
    mp_store_global(MP_QSTR___version__, mlt_py_new_str(MLT_VERSION));
    mp_store_global(MP_QSTR_Model, MP_OBJ_FROM_PTR(types->model));
    mp_store_global(MP_QSTR_Tensor, MP_OBJ_FROM_PTR(types->tensor));
#if MLT_WITH_LEGACY
    types->interpreter = mlt_py_interpreter_type_make(types);
    mp_store_global(MP_QSTR_interpreter, MP_OBJ_FROM_PTR(types->interpreter));
    mp_store_global(MP_QSTR_tensor, MP_OBJ_FROM_PTR(types->tensor));
    mp_store_global(MP_QSTR___getattr__, MP_OBJ_FROM_PTR(&module_getattr_obj));
#endif
#if MLT_WITH_PACKS
    mp_obj_base_t *wake_word = mlt_py_block(sizeof(*wake_word), "for wake_word");
    wake_word->type = mlt_py_wake_word_type_make(types);
    mp_store_global(MP_QSTR_wake_word, MP_OBJ_FROM_PTR(wake_word));
#endif
    MP_DYNRUNTIME_INIT_EXIT
}
