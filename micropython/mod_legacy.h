// SPDX-License-Identifier: MIT
// The older interface's methods of Tensor, from mod_legacy.c. In a file of its own, because a
// native module holds every name that its sources mention: this one is read for those that have the
// interface.
#ifndef MICROLITE_MOD_LEGACY_H
#define MICROLITE_MOD_LEGACY_H

#include "modmicrolite.h"

#if MLT_WITH_LEGACY
#define MLT_PY_LEGACY_METHODS(X)                                                                   \
    X(MP_QSTR_getValue, &mlt_py_get_value_obj)                                                     \
    X(MP_QSTR_setValue, &mlt_py_set_value_obj)                                                     \
    X(MP_QSTR_getType, &mlt_py_get_type_obj)                                                       \
    X(MP_QSTR_quantizeFloatToInt8, &mlt_py_quantize_obj)                                           \
    X(MP_QSTR_quantizeInt8ToFloat, &mlt_py_dequantize_obj)
#else
#define MLT_PY_LEGACY_METHODS(X)
#endif

MP_DECLARE_CONST_FUN_OBJ_2(mlt_py_get_value_obj);
MP_DECLARE_CONST_FUN_OBJ_3(mlt_py_set_value_obj);
MP_DECLARE_CONST_FUN_OBJ_VAR_BETWEEN(mlt_py_get_type_obj);
MP_DECLARE_CONST_FUN_OBJ_2(mlt_py_quantize_obj);
MP_DECLARE_CONST_FUN_OBJ_2(mlt_py_dequantize_obj);

#endif
