// SPDX-License-Identifier: MIT
// Elements and slices of a tensor: t[i] is a stored number, t[a:b] is a new array.array, t[a:b] = x
// copies bytes or stored numbers.

#include "modmicrolite.h"

// --- Elements.

mp_obj_t mlt_py_tensor_get(const mlt_py_tensor_t *t, size_t i) {
    char code = mlt_py_need_item_code(t);
    uint8_t *data = mlt_py_tensor_items(t);
    return t->type == MLT_BOOL ? mp_obj_new_bool(data[i]) : mp_binary_get_val_array(code, data, i);
}

// MicroPython stores what fits of a number; whether that was all is seen when it is read again.
void mlt_py_tensor_set(const mlt_py_tensor_t *t, size_t i, mp_obj_t value) {
    mlt_py_need_writable(t);
    char code = mlt_py_need_item_code(t);
    uint64_t item = 0;
    if (t->type == MLT_BOOL) {
        item = mp_obj_is_true(value); // may run a script's __bool__
    } else {
        mp_int_t unused;
        bool whole = mlt_py_is_whole(t->type);
        if (whole && !mlt_py_get_int(value, &unused)) {
            mlt_py_raise_type(MLT_WORD("value"), value, MLT_WORD("int"));
        }
        mp_binary_set_val_array(code, &item, 0, value);
        if (whole && mp_binary_op(MP_BINARY_OP_EQUAL, mp_binary_get_val_array(code, &item, 0),
                         value) != mp_const_true) {
            mlt_py_raise(MP_QSTR_ValueError, "value out of the range of %s",
                MLT_NAME(mlt_type_name(t->type)));
        }
    }
    size_t size = mlt_py_item_size(t);
    memcpy(mlt_py_tensor_items(t) + i * size, &item, size); // the low bytes come first
}

// --- Slices.

// One end of a slice, clamped to 0 .. count.
static size_t slice_end(mp_obj_t o, size_t count, size_t missing) {
    mp_int_t i;
    if (o == mp_const_none) {
        return missing;
    }
    if (!mlt_py_get_int(o, &i)) {
        mlt_py_raise_type(MLT_WORD("slice end"), o, MLT_WORD("int or None"));
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

static mp_obj_t slice_get(const mlt_py_tensor_t *t, const mp_obj_slice_t *slice) {
    range_t r = range_of(t, slice);
    char code = mlt_py_need_item_code(t);
    size_t size = mlt_py_item_size(t), bytes = (r.stop - r.start) * size;
    void *block = mlt_py_block(bytes, MLT_WORD("for a slice"));
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
        mlt_py_raise(MP_QSTR_TypeError, "items '%c' for a tensor of %s", code,
            MLT_NAME(mlt_type_name(t->type)));
    }
    if (from->len != bytes) {
        mlt_py_raise(MP_QSTR_ValueError, "%u bytes, want %u", (unsigned)from->len, (unsigned)bytes);
    }
    memmove(mlt_py_tensor_items(t) + start, from->buf, bytes);
}

static void slice_set(const mlt_py_tensor_t *t, const mp_obj_slice_t *slice, mp_obj_t value) {
    mlt_py_need_writable(t);
    range_t r = range_of(t, slice);
    mp_buffer_info_t from;
    if (mlt_py_type_name(value) == MP_QSTR_str) {
        mlt_py_raise_type(MLT_WORD("value"), value, MLT_WORD("bytes or numbers"));
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

// --- What Tensor has of this.

mp_obj_t mlt_py_tensor_subscr(mp_obj_t self_in, mp_obj_t index, mp_obj_t value) {
    const mlt_py_tensor_t *t = MP_OBJ_TO_PTR(self_in);
    if (value == MP_OBJ_NULL) {
        return MP_OBJ_NULL; // del t[i]
    }
    if (mlt_py_is_slice(index)) {
        const mp_obj_slice_t *slice = MP_OBJ_TO_PTR(index);
        if (value == MP_OBJ_SENTINEL) {
            return slice_get(t, slice);
        }
        slice_set(t, slice, value);
        return mp_const_none;
    }
    size_t i = mlt_py_index(index, t->count, MLT_WORD("element index"), true);
    if (value == MP_OBJ_SENTINEL) {
        return mlt_py_tensor_get(t, i);
    }
    mlt_py_tensor_set(t, i, value);
    return mp_const_none;
}

mp_obj_t mlt_py_tensor_unary_op(mp_unary_op_t op, mp_obj_t self_in) {
    const mlt_py_tensor_t *t = MP_OBJ_TO_PTR(self_in);
    switch (op) {
    case MP_UNARY_OP_BOOL:
        return mp_const_true;
    case MP_UNARY_OP_LEN:
        return mp_obj_new_int_from_uint(t->count);
    default:
        return MP_OBJ_NULL;
    }
}

static mp_obj_t tensor_getitem(mp_obj_t self_in, mp_obj_t index) {
    return mlt_py_tensor_subscr(
        MP_OBJ_FROM_PTR(mlt_py_tensor_self(self_in)), index, MP_OBJ_SENTINEL);
}
MP_DEFINE_CONST_FUN_OBJ_2(mlt_py_tensor_getitem_obj, tensor_getitem);
