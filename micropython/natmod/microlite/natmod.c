// SPDX-License-Identifier: MIT
// The module microlite as a native module: what modmicrolite.c is for a firmware.

#include "modaudio_frontend.h"

mp_obj_t mpy_init(mp_obj_fun_bc_t *self, size_t n_args, size_t n_kw, mp_obj_t *args) {
    MP_DYNRUNTIME_INIT_ENTRY
    mlt_py_types_t *types = m_malloc(sizeof(*types));
    memset(types, 0, sizeof(*types));
    types->module = self->context;
    types->model = mlt_py_model_type_make(types);
    types->tensor = mlt_py_tensor_type_make(types);
    types->interpreter = mlt_py_interpreter_type_make(types);
    mp_store_global(MP_QSTR___version__, mlt_py_new_str(MLT_VERSION));
    mp_store_global(MP_QSTR_Model, MP_OBJ_FROM_PTR(types->model));
    mp_store_global(MP_QSTR_Tensor, MP_OBJ_FROM_PTR(types->tensor));
    mp_store_global(MP_QSTR_interpreter, MP_OBJ_FROM_PTR(types->interpreter));
    mp_store_global(MP_QSTR_tensor, MP_OBJ_FROM_PTR(types->tensor));
    mp_store_global(
        MP_QSTR_audio_frontend, MP_OBJ_FROM_PTR(mlt_py_audio_frontend_type_make(types)));
    mp_obj_base_t *wake_word = m_malloc(sizeof(*wake_word));
    wake_word->type = mlt_py_wake_word_type_make(types);
    mp_store_global(MP_QSTR_wake_word, MP_OBJ_FROM_PTR(wake_word));
    MP_DYNRUNTIME_INIT_EXIT
}
