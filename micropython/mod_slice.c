// SPDX-License-Identifier: MIT
// Slices of a tensor: t[a:b] is a new array.array, t[a:b] = x copies bytes or stored numbers.

#include "modmicrolite.h"

// One end of a slice, clamped to 0 .. count.
static size_t slice_end(mp_obj_t o, size_t count, size_t missing) {
    mp_int_t i;
    if (o == mp_const_none) {
        return missing;
    }
    if (!mlt_py_get_int(o, &i)) {
        mlt_py_raise_type("slice end", o, "int or None");
    }
    i += i < 0 ? (mp_int_t)count : 0;
    return i < 0 ? 0 : (size_t)i > count ? count : (size_t)i;
}

typedef struct range {
    size_t start, stop;
} range_t;

static range_t range_of(const mlt_py_tensor_t *t, const mp_obj_slice_t *slice) {
    if (slice->step != mp_const_none && slice->step != MP_OBJ_NEW_SMALL_INT(1)) {
        mlt_py_raise(MP_QSTR_ValueError, "slice with a step, want none");
    }
    range_t r = {slice_end(slice->start, t->count, 0), slice_end(slice->stop, t->count, t->count)};
    r.stop = r.stop < r.start ? r.start : r.stop;
    return r;
}

mp_obj_t mlt_py_slice_get(const mlt_py_tensor_t *t, const mp_obj_slice_t *slice) {
    range_t r = range_of(t, slice);
    char code = mlt_py_need_item_code(t);
    size_t size = mlt_py_item_size(t), bytes = (r.stop - r.start) * size;
    void *block = mlt_py_block(bytes, "for a slice");
    memcpy(block, mlt_py_tensor_items(t) + r.start * size, bytes);
    return mlt_py_new_array(code, block, bytes);
}

// Copy a buffer as it is. Bytes fit every type, other items only their own.
static void set_bytes(const mlt_py_tensor_t *t, range_t r, const mp_buffer_info_t *from) {
    size_t size = mlt_py_item_size(t), start = r.start * size;
    size_t bytes = (r.stop - r.start) * size;
    if (size == 0) { // packed: all or nothing
        start = 0;
        bytes = r.start == 0 && r.stop == t->count ? t->bytes : SIZE_MAX;
    }
    char code = (char)from->typecode;
    bool plain = code == 'b' || code == 'B' || code == BYTEARRAY_TYPECODE;
    if (!plain && code != mlt_py_item_code(t->type)) {
        mlt_py_raise(
            MP_QSTR_TypeError, "items '%c' for a tensor of %s", code, mlt_type_name(t->type));
    }
    if (from->len != bytes) {
        mlt_py_raise(MP_QSTR_ValueError, "%u bytes, want %u", (unsigned)from->len, (unsigned)bytes);
    }
    memmove(mlt_py_tensor_items(t) + start, from->buf, bytes);
}

void mlt_py_slice_set(const mlt_py_tensor_t *t, const mp_obj_slice_t *slice, mp_obj_t value) {
    mlt_py_need_writable(t);
    range_t r = range_of(t, slice);
    mp_buffer_info_t from;
    if (mp_obj_get_type(value) == &mp_type_str) {
        mlt_py_raise_type("value", value, "bytes or numbers");
    }
    if (mlt_py_get_items(value, &from)) {
        set_bytes(t, r, &from);
        return;
    }
    mlt_py_iter_t iter;
    mlt_py_iter_start(&iter, value);
    mp_obj_t item;
    size_t i = r.start;
    while ((item = mlt_py_iter_next(&iter)) != MP_OBJ_STOP_ITERATION) {
        if (i == r.stop) {
            mlt_py_raise(MP_QSTR_ValueError, "more than %u values", (unsigned)(r.stop - r.start));
        }
        mlt_py_tensor_set(t, i++, item);
    }
    if (i < r.stop) {
        mlt_py_raise(MP_QSTR_ValueError, "%u values, want %u", (unsigned)(i - r.start),
            (unsigned)(r.stop - r.start));
    }
}
