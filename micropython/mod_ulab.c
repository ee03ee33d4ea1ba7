// SPDX-License-Identifier: MIT
// Results as ulab arrays. The array takes over the block that the result was written to; nothing is
// copied.

#include "modmicrolite.h"

bool mlt_py_is_ulab(mp_obj_t o) {
    if (mp_obj_get_type(o)->name != MP_QSTR_ndarray) {
        return false;
    }
    mp_obj_t method[2];
    mp_load_method_maybe(o, MP_QSTR_strides, method);
    return method[0] != MP_OBJ_NULL;
}

static size_t number_of(mp_obj_t o) {
    int64_t x;
    return mlt_py_get_int64(o, &x) && x > 0 && x < 256 ? (size_t)x : 0;
}

// The most dimensions that an array can have; ulab says it at the end of its version: 6.7.3-2D.
static size_t most_dimensions(mp_obj_t ulab) {
    size_t length, most = 0;
    const char *version = mp_obj_str_get_data(mp_load_attr(ulab, MP_QSTR___version__), &length);
    while (length > 0 && *version != '-') {
        ++version;
        --length;
    }
    for (size_t i = 1; i < length && version[i] >= '0' && version[i] <= '9'; ++i) {
        most = 10 * most + (size_t)(version[i] - '0');
    }
    return most;
}

mlt_py_ulab_t mlt_py_ulab_find(void) {
    mlt_py_ulab_t found;
    mp_obj_t ulab = mp_import_name(MP_QSTR_ulab, mp_const_none, MP_OBJ_NEW_SMALL_INT(0));
    found.numpy = mp_load_attr(ulab, MP_QSTR_numpy);
    found.float_code = (char)number_of(mp_load_attr(found.numpy, MP_QSTR_float));
    found.most_dimensions = most_dimensions(ulab);
    return found;
}

// Items that ulab has a type for; it has no whole numbers of 32 bits or more.
static bool is_known(const mlt_py_ulab_t *ulab, char code) {
    return code == 'b' || code == 'B' || code == 'h' || code == 'H' || code == ulab->float_code;
}

mp_obj_t mlt_py_ulab_array(const mlt_py_ulab_t *ulab, mp_obj_t items, mp_obj_t shape) {
    mp_buffer_info_t info;
    mp_get_buffer_raise(items, &info, MP_BUFFER_READ);
    mp_obj_t array;
    if (is_known(ulab, (char)info.typecode)) {
        mp_obj_t args[3] = {
            items, MP_OBJ_NEW_QSTR(MP_QSTR_dtype), MP_OBJ_NEW_SMALL_INT(info.typecode)};
        array = mp_call_function_n_kw(mp_load_attr(ulab->numpy, MP_QSTR_frombuffer), 1, 1, args);
    } else {
        array = mp_call_function_n_kw(mp_load_attr(ulab->numpy, MP_QSTR_array), 1, 0, &items);
    }
    size_t rank;
    mp_obj_t *dims;
    mp_obj_get_array(shape, &rank, &dims);
    if (rank < 2 || rank > ulab->most_dimensions || info.len == 0) {
        return array;
    }
    return mp_call_function_n_kw(mp_load_attr(array, MP_QSTR_reshape), 1, 0, &shape);
}
