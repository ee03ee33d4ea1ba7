// SPDX-License-Identifier: MIT
// The module audio_frontend as a native module, and microlite.audio_frontend for that one.

#include "modaudio_frontend.h"

mp_obj_t mpy_init(mp_obj_fun_bc_t *self, size_t n_args, size_t n_kw, mp_obj_t *args) {
    MP_DYNRUNTIME_INIT_ENTRY
    mlt_py_types_t *types = mlt_py_block(sizeof(*types), MLT_WORD("for types"));
    types->module = self->context;
    mp_store_global(MP_QSTR_Frontend, MP_OBJ_FROM_PTR(mlt_py_frontend_type_make(types)));
    mp_store_global(
        MP_QSTR_audio_frontend, MP_OBJ_FROM_PTR(mlt_py_audio_frontend_type_make(types)));
    MP_DYNRUNTIME_INIT_EXIT
}
