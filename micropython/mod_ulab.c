// SPDX-License-Identifier: MIT
// ulab arrays: views that are not rows of items, and results as arrays. Such an array takes over
// the block that the result was written to; nothing is copied.

#include "modmicrolite.h"

bool mlt_py_is_ulab(mp_obj_t o) {
    if (mp_obj_get_type(o)->name != MP_QSTR_ndarray) {
        return false;
    }
    mp_obj_t method[2];
    mp_load_method_maybe(o, MP_QSTR_strides, method);
    return method[0] != MP_OBJ_NULL;
}

// The elements of an array lie one behind the other. Its buffer protocol looks at the first
// dimension only.
bool mlt_py_ulab_is_dense(mp_obj_t array) {
    mp_buffer_info_t info;
    mp_obj_t shape[2], strides[2];
    mp_load_method_maybe(array, MP_QSTR_shape, shape);
    mp_load_method_maybe(array, MP_QSTR_strides, strides);
    if (shape[0] == MP_OBJ_NULL || strides[0] == MP_OBJ_NULL ||
        !mp_get_buffer(array, &info, MP_BUFFER_READ)) {
        return false;
    }
    size_t rank, stride_count;
    mp_obj_t *dims, *steps;
    mp_obj_get_array(shape[0], &rank, &dims);
    mp_obj_get_array(strides[0], &stride_count, &steps);
    mp_int_t wanted = (mp_int_t)mlt_py_typecode_size((char)info.typecode), dim, step;
    bool dense = rank == stride_count;
    for (size_t i = rank; i > 0 && dense; --i) {
        dense = mlt_py_get_int(steps[i - 1], &step) && step == wanted &&
                mlt_py_get_int(dims[i - 1], &dim) && dim >= 0 && dim <= INT32_MAX;
        dense = dense && (wanted == 0 || dim <= INT32_MAX / wanted);
        wanted *= dense ? dim : 0;
    }
    return dense;
}

static size_t number_of(mp_obj_t o) {
    mp_int_t x;
    return mlt_py_get_int(o, &x) && x > 0 && x < 256 ? (size_t)x : 0;
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
