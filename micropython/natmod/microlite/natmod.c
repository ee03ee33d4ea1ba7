// SPDX-License-Identifier: MIT
// The module microlite as a native module: what modmicrolite.c is for a firmware.

#include "mod_full.h"
#include "modmicrolite.h"

mp_obj_t mpy_init(mp_obj_fun_bc_t *self, size_t n_args, size_t n_kw, mp_obj_t *args) {
    MP_DYNRUNTIME_INIT_ENTRY
    mlt_py_types_t *types = mlt_py_block(sizeof(*types), MLT_WORD("for types"));
    types->module = self->context;
    types->model = mlt_py_model_type_make(types);
    types->tensor = mlt_py_tensor_type_make(types);
    mp_store_global(MP_QSTR_Model, MP_OBJ_FROM_PTR(types->model));
#if MLT_WITH_FULL_API
    mp_store_global(MLT_PY_NAME_VERSION, mlt_py_new_str(MLT_VERSION));
    mp_store_global(MP_QSTR_Tensor, MP_OBJ_FROM_PTR(types->tensor));
#endif
    if (MLT_WITH_LEGACY) {
        mlt_py_legacy_start(types);
    }
    if (MLT_WITH_PACKS) {
        mlt_py_wake_word_start(types);
    }
    MP_DYNRUNTIME_INIT_EXIT
}
