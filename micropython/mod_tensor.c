// SPDX-License-Identifier: MIT
// microlite.Tensor: shape, type and quantisation of a tensor, and its elements as they are stored.
//
// A memoryview keeps nothing alive but a block of the heap that its pointer is the start of. A
// tensor in the middle of the arena is none: a view of it would outlive the model. So the first
// use of the buffer protocol gives the tensor a block of its own, which is what scripts see from
// then on; invoke copies inputs from there and results to there. Indexing, slices and
// Model.predict need no such copy.

#include "mod_legacy.h"

// --- Elements.

char mlt_py_item_code(int type) {
    switch (type) {
    case MLT_FLOAT32:
        return 'f';
    case MLT_FLOAT64:
        return 'd';
    case MLT_INT8:
        return 'b';
    case MLT_UINT8:
    case MLT_BOOL:
        return 'B';
    case MLT_INT16:
        return 'h';
    case MLT_UINT16:
        return 'H';
    case MLT_INT32:
        return 'i';
    case MLT_UINT32:
        return 'I';
    case MLT_INT64:
        return 'q';
    case MLT_UINT64:
        return 'Q';
    default:
        return 0;
    }
}

uint8_t *mlt_py_tensor_items(const mlt_py_tensor_t *t) {
    if (t->data == t->planned) {
        mlt_py_model_check_place(t->model);
    }
    return t->data;
}

char mlt_py_need_item_code(const mlt_py_tensor_t *t) {
    char code = mlt_py_item_code(t->type);
    if (!code) {
        mlt_py_raise(MP_QSTR_TypeError, "%s has no single items", mlt_type_name(t->type));
    }
    return code;
}

void mlt_py_need_writable(const mlt_py_tensor_t *t) {
    if (!t->writable) {
        mlt_py_raise(MP_QSTR_TypeError, "only inputs can be written");
    }
}

mp_obj_t mlt_py_tensor_get(const mlt_py_tensor_t *t, size_t i) {
    char code = mlt_py_need_item_code(t);
    uint8_t *data = mlt_py_tensor_items(t);
    return t->type == MLT_BOOL ? mp_obj_new_bool(data[i]) : mp_binary_get_val_array(code, data, i);
}

size_t mlt_py_item_size(const mlt_py_tensor_t *t) {
    size_t size = mlt_type_size((mlt_type_t)t->type);
    return size * t->count == t->bytes ? size : 0;
}

bool mlt_py_is_whole(int type) {
    char code = mlt_py_item_code(type);
    return code != 0 && code != 'f' && code != 'd' && type != MLT_BOOL;
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
            mlt_py_raise_type("value", value, "int");
        }
        mp_binary_set_val_array(code, &item, 0, value);
        if (whole && mp_binary_op(MP_BINARY_OP_EQUAL, mp_binary_get_val_array(code, &item, 0),
                         value) != mp_const_true) {
            mlt_py_raise(
                MP_QSTR_ValueError, "value out of the range of %s", mlt_type_name(t->type));
        }
    }
    size_t size = mlt_py_item_size(t);
    memcpy(mlt_py_tensor_items(t) + i * size, &item, size); // the low bytes come first
}

// --- The buffer protocol.

// From here on scripts see a block of its own.
static void give_block(mlt_py_tensor_t *t) {
    if (t->data != t->planned || t->bytes == 0) {
        return;
    }
    uint8_t *block = mlt_py_block(t->bytes, "for the buffer of a tensor");
    memcpy(block, mlt_py_tensor_items(t), t->bytes);
    t->data = block;
}

static mp_int_t tensor_buffer(mp_obj_t self_in, mp_buffer_info_t *info, mp_uint_t flags) {
    mlt_py_tensor_t *t = MP_OBJ_TO_PTR(self_in);
    if ((flags & MP_BUFFER_WRITE) && !t->writable) {
        return 1;
    }
    give_block(t);
    char code = mlt_py_item_code(t->type);
    info->buf = t->bytes > 0 ? (void *)t->data : (void *)t;
    info->len = t->bytes;
    info->typecode = code ? code : t->type == MLT_FLOAT16 ? 'H' : 'B';
    return 0;
}

void mlt_py_tensor_push(const mlt_py_tensor_t *t) {
    if (t->data != t->planned && t->writable) {
        memcpy(t->planned, t->data, t->bytes);
    }
}

void mlt_py_tensor_pull(const mlt_py_tensor_t *t) {
    if (t->data != t->planned && !t->writable) {
        memcpy(t->data, t->planned, t->bytes);
    }
}

// --- Indexing.

static mp_obj_t tensor_subscr(mp_obj_t self_in, mp_obj_t index, mp_obj_t value) {
    const mlt_py_tensor_t *t = MP_OBJ_TO_PTR(self_in);
    if (value == MP_OBJ_NULL) {
        return MP_OBJ_NULL; // del t[i]
    }
    if (mlt_py_is_slice(index)) {
        const mp_obj_slice_t *slice = MP_OBJ_TO_PTR(index);
        if (value == MP_OBJ_SENTINEL) {
            return mlt_py_slice_get(t, slice);
        }
        mlt_py_slice_set(t, slice, value);
        return mp_const_none;
    }
    size_t i = mlt_py_index(index, t->count, "element index", true);
    if (value == MP_OBJ_SENTINEL) {
        return mlt_py_tensor_get(t, i);
    }
    mlt_py_tensor_set(t, i, value);
    return mp_const_none;
}

static mp_obj_t tensor_unary_op(mp_unary_op_t op, mp_obj_t self_in) {
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

// --- Attributes.

static mp_obj_t dtype(const mlt_py_tensor_t *t) {
    char code = t->type == MLT_BOOL      ? '?'
                : t->type == MLT_FLOAT16 ? 'e'
                                         : mlt_py_item_code(t->type);
    return code ? mp_obj_new_str(&code, 1) : mlt_py_new_str(mlt_type_name(t->type));
}

static void tensor_attr(mp_obj_t self_in, qstr attr, mp_obj_t *dest) {
    const mlt_py_tensor_t *t = MP_OBJ_TO_PTR(self_in);
    if (dest[0] != MP_OBJ_NULL) {
        return; // attributes cannot be set
    }
    if (attr == MP_QSTR_shape) {
        dest[0] = t->shape;
    } else if (attr == MP_QSTR_dtype) {
        dest[0] = dtype(t);
    } else if (attr == MP_QSTR_scale) {
        dest[0] = mlt_py_new_float(t->quant.scale);
    } else if (attr == MP_QSTR_zero_point) {
        dest[0] = mp_obj_new_int(t->quant.zero_point);
    } else if (attr == MP_QSTR_name) {
        dest[0] = t->name;
    } else if (attr == MP_QSTR_nbytes) {
        dest[0] = mp_obj_new_int_from_uint(t->bytes);
    } else {
        dest[1] = MP_OBJ_SENTINEL; // look among the methods
    }
}

static void tensor_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    const mlt_py_tensor_t *t = MP_OBJ_TO_PTR(self_in);
    mp_printf(print, "Tensor(name=");
    mlt_py_print(print, t->name);
    mp_printf(print, ", shape=");
    mlt_py_print(print, t->shape);
    mp_printf(print, ", dtype=");
    mlt_py_print(print, dtype(t));
    if (t->quant.scale > 0.0f) {
        mp_printf(print, ", scale=");
        mlt_py_print(print, mlt_py_new_float(t->quant.scale));
        mp_printf(print, ", zero_point=%d", (int)t->quant.zero_point);
    }
    mp_printf(print, ")");
}

// --- The type.

static mp_obj_t tensor_getitem(mp_obj_t self_in, mp_obj_t index) {
    return tensor_subscr(MP_OBJ_FROM_PTR(mlt_py_tensor_self(self_in)), index, MP_OBJ_SENTINEL);
}
static MP_DEFINE_CONST_FUN_OBJ_2(tensor_getitem_obj, tensor_getitem);

#define TENSOR_SLOTS(X)                                                                            \
    X(print, tensor_print)                                                                         \
    X(unary_op, tensor_unary_op)                                                                   \
    X(subscr, tensor_subscr)                                                                       \
    X(buffer, tensor_buffer)                                                                       \
    X(attr, tensor_attr)

// With __getitem__ a tensor can be iterated.
#define TENSOR_METHODS(X) X(MP_QSTR___getitem__, &tensor_getitem_obj) MLT_PY_LEGACY_METHODS(X)

MLT_PY_DEFINE_TYPE(mlt_py_tensor_type, MP_QSTR_Tensor, TENSOR_SLOTS, TENSOR_METHODS)

mlt_py_tensor_t *mlt_py_tensor_self(mp_obj_t o) {
    return mlt_py_self(o, tensor_print, "a Tensor");
}

// --- Making one.

// Names come from the file and may hold anything: what is no plain ASCII becomes '?'.
static mp_obj_t name_of(const mlt_model_t *m, const mlt_tensor_t *t) {
    size_t length;
    const char *name = mlt_name(m, t, &length);
    char *text = mlt_py_block(length, "for a tensor's name");
    for (size_t i = 0; i < length; ++i) {
        text[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
    }
    mp_obj_t result = mp_obj_new_str(text, length);
    mlt_py_heap_free(text, length + 1);
    return result;
}

static mp_obj_t shape_of(const mlt_tensor_t *t) {
    mp_obj_t shape = mp_obj_new_tuple(t->rank, NULL);
    for (int i = 0; i < t->rank; ++i) {
        ((mp_obj_tuple_t *)MP_OBJ_TO_PTR(shape))->items[i] = mp_obj_new_int(t->dims[i]);
    }
    return shape;
}

mp_obj_t mlt_py_tensor_new(mlt_py_model_t *m, const mlt_tensor_t *engine, bool writable) {
    mlt_py_tensor_t *t = mlt_py_block(sizeof(*t), "for a tensor");
    t->base.type = MLT_PY_TYPES(m->base.type)->tensor;
    t->model = m;
    t->engine = engine;
    t->planned = t->data = engine->data;
    t->count = mlt_count(engine);
    t->bytes = mlt_bytes(engine);
    t->quant = mlt_quant(m->engine, engine);
    t->type = engine->type;
    t->writable = writable;
    t->shape = shape_of(engine);
    t->name = name_of(m->engine, engine);
    return MP_OBJ_FROM_PTR(t);
}
