// SPDX-License-Identifier: MIT
// microlite.Tensor: shape, type and quantisation of a tensor, and its elements as they are stored.
//
// A memoryview keeps nothing alive but a block of the heap that its pointer is the start of. A
// tensor in the middle of the arena is none: a view of it would outlive the model. So the first
// use of the buffer protocol gives the tensor a block of its own, which is what scripts see from
// then on; invoke copies inputs from there and results to there. Indexing, slices and
// Model.predict need no such copy.

#include "mod_full.h"
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
    if (MLT_WITH_FULL_API && t->data == t->planned) {
        mlt_py_model_check_place(t->model);
    }
    return t->data;
}

char mlt_py_need_item_code(const mlt_py_tensor_t *t) {
    char code = mlt_py_item_code(t->type);
    if (!code) {
        mlt_py_raise(MP_QSTR_TypeError, "%s has no single items", MLT_NAME(mlt_type_name(t->type)));
    }
    return code;
}

void mlt_py_need_writable(const mlt_py_tensor_t *t) {
    if (!t->writable) {
        mlt_py_raise(MP_QSTR_TypeError, "only inputs can be written");
    }
}

size_t mlt_py_item_size(const mlt_py_tensor_t *t) {
    size_t size = mlt_type_size((mlt_type_t)t->type);
    return size * t->count == t->bytes ? size : 0;
}

bool mlt_py_is_whole(int type) {
    char code = mlt_py_item_code(type);
    return code != 0 && code != 'f' && code != 'd' && type != MLT_BOOL;
}

// --- The buffer protocol.

// From here on scripts see a block of its own.
static void give_block(mlt_py_tensor_t *t) {
    if (t->data != t->planned || t->bytes == 0) {
        return;
    }
    uint8_t *block = mlt_py_block(t->bytes, MLT_WORD("for the buffer of a tensor"));
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

void mlt_py_tensors_copy(const mlt_py_tensor_t *t, bool inputs) {
    for (; t; t = t->next) {
        if (t->data != t->planned && t->writable == inputs) {
            memcpy(inputs ? t->planned : t->data, inputs ? t->data : t->planned, t->bytes);
        }
    }
}

// --- Attributes.

static mp_obj_t dtype(const mlt_py_tensor_t *t) {
    char code = t->type == MLT_BOOL      ? '?'
                : t->type == MLT_FLOAT16 ? 'e'
                                         : mlt_py_item_code(t->type);
#if MLT_WITH_SENTENCES
    return code ? mp_obj_new_str(&code, 1) : mlt_py_new_str(mlt_type_name(t->type));
#else
    return code ? mp_obj_new_str(&code, 1) : MP_OBJ_NEW_SMALL_INT(t->type);
#endif
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
#if MLT_WITH_FULL_API
    } else if (attr == MLT_PY_NAME_NAME) {
        dest[0] = t->name;
#endif
    } else if (attr == MP_QSTR_nbytes) {
        dest[0] = mp_obj_new_int_from_uint(t->bytes);
#if !MLT_PY_BOUND
    } else {
        dest[1] = MP_OBJ_SENTINEL; // look among the methods
#endif
    }
}

#if !MLT_PY_BOUND
static void tensor_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    const mlt_py_tensor_t *t = MP_OBJ_TO_PTR(self_in);
    if (!MLT_WITH_FULL_API) {
        mp_printf(print, "Tensor");
        return;
    }
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

#endif

// --- The type.

// With __getitem__ a tensor can be iterated.
#if MLT_WITH_FULL_API
#define ITEM_SLOTS(X)                                                                              \
    X(unary_op, mlt_py_tensor_unary_op)                                                            \
    X(subscr, mlt_py_tensor_subscr)
#define ITEM_METHODS(X) X(MP_QSTR___getitem__, &mlt_py_tensor_getitem_obj)
#else
#define ITEM_SLOTS(X)
#define ITEM_METHODS(X)
#endif

#if MLT_PY_BOUND
#define TENSOR_PRINT(X)
#else
#define TENSOR_PRINT(X) X(print, tensor_print)
#endif
#define TENSOR_SLOTS(X)                                                                            \
    TENSOR_PRINT(X)                                                                                \
    X(buffer, tensor_buffer)                                                                       \
    X(attr, tensor_attr)                                                                           \
    ITEM_SLOTS(X)

#define TENSOR_METHODS(X) ITEM_METHODS(X) MLT_PY_LEGACY_METHODS(X)

MLT_PY_DEFINE_TYPE(mlt_py_tensor_type, MP_QSTR_Tensor, TENSOR_SLOTS, TENSOR_METHODS)

#if !MLT_PY_BOUND
mlt_py_tensor_t *mlt_py_tensor_self(mp_obj_t o) {
    return mlt_py_self(o, tensor_print, MLT_WORD("a Tensor"));
}
#endif

// --- Making one.

#if MLT_WITH_FULL_API

// Names come from the file and may hold anything: what is no plain ASCII becomes '?'.
static mp_obj_t name_of(const mlt_model_t *m, const mlt_tensor_t *t) {
    size_t length;
    const char *name = mlt_name(m, t, &length);
    char *text = mlt_py_block(length, MLT_WORD("for a tensor's name"));
    for (size_t i = 0; i < length; ++i) {
        text[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
    }
    mp_obj_t result = mp_obj_new_str(text, length);
    mlt_py_heap_free(text, length + 1);
    return result;
}

#endif

static mp_obj_t shape_of(const mlt_tensor_t *t) {
    mp_obj_t shape = mp_obj_new_tuple(t->rank, NULL);
    for (int i = 0; i < t->rank; ++i) {
        ((mp_obj_tuple_t *)MP_OBJ_TO_PTR(shape))->items[i] = mp_obj_new_int(t->dims[i]);
    }
    return shape;
}

mp_obj_t mlt_py_tensor_new(mlt_py_model_t *m, const mlt_tensor_t *engine, bool writable) {
    mlt_py_tensor_t *t = mlt_py_block(sizeof(*t), MLT_WORD("for a tensor"));
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
#if MLT_WITH_FULL_API
    t->name = name_of(m->engine, engine);
#endif
    t->next = m->tensors; // now that it is complete
    m->tensors = t;
    return MP_OBJ_FROM_PTR(t);
}
