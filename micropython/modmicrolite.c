// SPDX-License-Identifier: MIT
// The module microlite of a firmware: what `import microlite` finds. For a native module,
// natmod/microlite/natmod.c does the same.

#include "modaudio_frontend.h"

#if !MICROPY_ENABLE_DYNRUNTIME

const mlt_py_types_t mlt_py_types = {
    .model = &mlt_py_model_type,
    .tensor = &mlt_py_tensor_type,
    .interpreter = &mlt_py_interpreter_type,
};

static const MP_DEFINE_STR_OBJ(version_obj, MLT_VERSION);

static const mp_obj_base_t wake_word = {&mlt_py_wake_word_type};

static const mp_rom_map_elem_t globals_table[] = {
    {MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_microlite)},
    {MP_ROM_QSTR(MP_QSTR___version__), MP_ROM_PTR(&version_obj)},
    {MP_ROM_QSTR(MP_QSTR_Model), MP_ROM_PTR(&mlt_py_model_type)},
    {MP_ROM_QSTR(MP_QSTR_Tensor), MP_ROM_PTR(&mlt_py_tensor_type)},
    {MP_ROM_QSTR(MP_QSTR_interpreter), MP_ROM_PTR(&mlt_py_interpreter_type)},
    {MP_ROM_QSTR(MP_QSTR_tensor), MP_ROM_PTR(&mlt_py_tensor_type)},
    {MP_ROM_QSTR(MP_QSTR_audio_frontend), MP_ROM_PTR(&mlt_py_audio_frontend_type)},
    {MP_ROM_QSTR(MP_QSTR_wake_word), MP_ROM_PTR(&wake_word)},
};
static MP_DEFINE_CONST_DICT(globals, globals_table);

const mp_obj_module_t mp_module_microlite = {
    .base = {&mp_type_module},
    .globals = (mp_obj_dict_t *)&globals,
};

MP_REGISTER_MODULE(MP_QSTR_microlite, mp_module_microlite);

#endif
