// SPDX-License-Identifier: MIT
// microlite.Tensor: shape, type and quantisation of a tensor, and its elements as they are stored.
//
// A memoryview keeps nothing alive but a block of the heap that its pointer is the start of. A
// tensor in the middle of the arena is none: a view of it would outlive the model. So the first
// use of the buffer protocol gives the tensor a block of its own, which is what scripts see from
// then on; invoke copies inputs from there and results to there. Indexing, slices and
// Model.predict need no such copy.

#include "../src/quant.h"
#include "modmicrolite.h"

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

static char need_item_code(const mlt_py_tensor_t *t) {
    char code = mlt_py_item_code(t->type);
    if (!code) {
        mlt_py_raise(MP_QSTR_TypeError, "%s has no single items", mlt_type_name(t->type));
    }
    return code;
}

static void need_writable(const mlt_py_tensor_t *t) {
    if (!t->writable) {
        mlt_py_raise(MP_QSTR_TypeError, "only inputs can be written");
    }
}

mp_obj_t mlt_py_tensor_get(const mlt_py_tensor_t *t, size_t i) {
    char code = need_item_code(t);
    uint8_t *data = mlt_py_tensor_items(t);
    return t->type == MLT_BOOL ? mp_obj_new_bool(data[i]) : mp_binary_get_val_array(code, data, i);
}

// The least and the most that an integer type of up to 64 bits holds; UINT64 up to INT64_MAX.
static int64_t least(int type) {
    if (type == MLT_INT64) {
        return INT64_MIN;
    }
    return type == MLT_UINT32 || type == MLT_UINT64 ? 0 : mlt_type_min(type);
}

static int64_t most(int type) {
    if (type == MLT_INT64 || type == MLT_UINT64) {
        return INT64_MAX;
    }
    return type == MLT_UINT32 ? (int64_t)UINT32_MAX : mlt_type_max(type);
}

void mlt_py_tensor_set_int(const mlt_py_tensor_t *t, size_t i, int64_t x) {
    if (x < least(t->type) || x > most(t->type)) {
        mlt_py_raise(MP_QSTR_ValueError, "value out of the range of %s", mlt_type_name(t->type));
    }
    size_t size = mlt_type_size((mlt_type_t)t->type);
    memcpy(mlt_py_tensor_items(t) + i * size, &x, size); // the low bytes come first
}

void mlt_py_tensor_set(const mlt_py_tensor_t *t, size_t i, mp_obj_t value) {
    need_writable(t);
    char code = need_item_code(t);
    int64_t x = 0;
    if (t->type == MLT_BOOL) {
        x = mp_obj_is_true(value); // may run a script's __bool__
        mlt_py_tensor_items(t)[i] = (uint8_t)x;
    } else if (code == 'f' || code == 'd') {
        mp_binary_set_val_array(code, mlt_py_tensor_items(t), i, value);
    } else if (mlt_py_get_int64(value, &x)) {
        mlt_py_tensor_set_int(t, i, x);
    } else if (t->type == MLT_UINT64 && mlt_py_is_int(value) &&
               mp_binary_op(MP_BINARY_OP_MORE, value, MP_OBJ_NEW_SMALL_INT(0)) == mp_const_true) {
        mp_binary_set_val_array(code, mlt_py_tensor_items(t), i, value);
    } else if (mlt_py_is_int(value)) {
        mlt_py_raise(MP_QSTR_ValueError, "value out of the range of %s", mlt_type_name(t->type));
    } else {
        mlt_py_raise(
            MP_QSTR_TypeError, "value of type %q, want int", (qstr)mp_obj_get_type(value)->name);
    }
}

// --- The buffer protocol.

// From here on scripts see a block of its own.
static void give_block(mlt_py_tensor_t *t) {
    if (t->data != t->planned || t->bytes == 0) {
        return;
    }
    uint8_t *block = mlt_py_heap_alloc(t->bytes);
    if (!block) {
        mlt_py_raise(
            MP_QSTR_MemoryError, "no %u bytes for the buffer of a tensor", (unsigned)t->bytes);
    }
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

// --- Indexing: t[i], t[a:b].

// One end of a slice, clamped to 0 .. count.
static size_t slice_end(mp_obj_t o, size_t count, size_t missing) {
    int64_t i;
    if (o == mp_const_none) {
        return missing;
    }
    if (!mlt_py_get_int64(o, &i)) {
        mlt_py_raise(MP_QSTR_TypeError, "slice end of type %q, want int or None",
            (qstr)mp_obj_get_type(o)->name);
    }
    i += i < 0 ? (int64_t)count : 0;
    return i < 0 ? 0 : (uint64_t)i > count ? count : (size_t)i;
}

typedef struct range {
    size_t start, stop;
} range_t;

static range_t slice_range(const mlt_py_tensor_t *t, mp_obj_t index) {
    const mp_obj_slice_t *slice = MP_OBJ_TO_PTR(index);
    if (slice->step != mp_const_none && slice->step != MP_OBJ_NEW_SMALL_INT(1)) {
        mlt_py_raise(MP_QSTR_ValueError, "slice with a step, want none");
    }
    range_t r = {slice_end(slice->start, t->count, 0), slice_end(slice->stop, t->count, t->count)};
    r.stop = r.stop < r.start ? r.start : r.stop;
    return r;
}

static mp_obj_t get_slice(const mlt_py_tensor_t *t, range_t r) {
    char code = need_item_code(t);
    size_t size = mlt_type_size((mlt_type_t)t->type), bytes = (r.stop - r.start) * size;
    uint8_t *block = mlt_py_heap_alloc(bytes + 1);
    if (!block) {
        mlt_py_raise(MP_QSTR_MemoryError, "no %u bytes for a slice", (unsigned)bytes);
    }
    memcpy(block, mlt_py_tensor_items(t) + r.start * size, bytes);
    return mlt_py_new_array(code, block, bytes);
}

// Copy a buffer as it is. Bytes fit every type, other items only their own.
static void set_slice_bytes(const mlt_py_tensor_t *t, range_t r, const mp_buffer_info_t *from) {
    size_t size = mlt_type_size((mlt_type_t)t->type), start = r.start * size;
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

static void set_slice(const mlt_py_tensor_t *t, range_t r, mp_obj_t value) {
    need_writable(t);
    mp_buffer_info_t from;
    if (mp_obj_get_type(value) == &mp_type_str) {
        mlt_py_raise(MP_QSTR_TypeError, "value of type str, want bytes or numbers");
    }
    if (mp_get_buffer(value, &from, MP_BUFFER_READ)) {
        set_slice_bytes(t, r, &from);
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

static mp_obj_t tensor_subscr(mp_obj_t self_in, mp_obj_t index, mp_obj_t value) {
    const mlt_py_tensor_t *t = MP_OBJ_TO_PTR(self_in);
    if (value == MP_OBJ_NULL) {
        return MP_OBJ_NULL; // del t[i]
    }
    if (mlt_py_is_slice(index)) {
        range_t r = slice_range(t, index);
        if (value == MP_OBJ_SENTINEL) {
            return get_slice(t, r);
        }
        set_slice(t, r, value);
        return mp_const_none;
    }
    size_t i = mlt_py_index(index, t->count, "tensor", true);
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

// --- Methods of the older interface.

static mlt_py_tensor_t *self_of(mp_obj_t o) {
    if (!mlt_py_is_tensor(o)) {
        mlt_py_raise(MP_QSTR_TypeError, "%q, want a Tensor", (qstr)mp_obj_get_type(o)->name);
    }
    return MP_OBJ_TO_PTR(o);
}

static mp_obj_t tensor_get_value(mp_obj_t self_in, mp_obj_t index) {
    const mlt_py_tensor_t *t = self_of(self_in);
    return mlt_py_tensor_get(t, mlt_py_index(index, t->count, "tensor", false));
}
static MP_DEFINE_CONST_FUN_OBJ_2(tensor_get_value_obj, tensor_get_value);

static mp_obj_t tensor_getitem(mp_obj_t self_in, mp_obj_t index) {
    return tensor_subscr(MP_OBJ_FROM_PTR(self_of(self_in)), index, MP_OBJ_SENTINEL);
}
static MP_DEFINE_CONST_FUN_OBJ_2(tensor_getitem_obj, tensor_getitem);

// Bytes may be given signed or unsigned: scripts put pixels of 0 to 255 into int8 tensors.
static mp_obj_t tensor_set_value(mp_obj_t self_in, mp_obj_t index, mp_obj_t value) {
    const mlt_py_tensor_t *t = self_of(self_in);
    size_t i = mlt_py_index(index, t->count, "tensor", false);
    int64_t x;
    if ((t->type == MLT_INT8 || t->type == MLT_UINT8) && mlt_py_get_int64(value, &x) &&
        x >= INT8_MIN && x <= UINT8_MAX) {
        need_writable(t);
        mlt_py_tensor_items(t)[i] = (uint8_t)x;
    } else {
        mlt_py_tensor_set(t, i, value);
    }
    return self_in;
}
static MP_DEFINE_CONST_FUN_OBJ_3(tensor_set_value_obj, tensor_set_value);

static mp_obj_t tensor_get_type(size_t n_args, const mp_obj_t *args) {
    return mlt_py_new_str(mlt_type_name(self_of(args[0])->type));
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(tensor_get_type_obj, 1, 2, tensor_get_type);

static mlt_py_tensor_t *int8_self_of(mp_obj_t o) {
    mlt_py_tensor_t *t = self_of(o);
    if (t->type != MLT_INT8) {
        mlt_py_raise(MP_QSTR_TypeError, "tensor of %s, want INT8", mlt_type_name(t->type));
    }
    return t;
}

// Cuts off where Model.predict rounds, as ever; but ends at the ends of int8.
static mp_obj_t tensor_quantize(mp_obj_t self_in, mp_obj_t x) {
    const mlt_py_tensor_t *t = int8_self_of(self_in);
    float scale = t->quant.scale > 0.0f ? t->quant.scale : 1.0f;
    float stored = mlt_py_get_float(x) / scale + (float)t->quant.zero_point;
    return MP_OBJ_NEW_SMALL_INT(
        (int32_t)(stored > -128.0f ? stored < 127.0f ? stored : 127.0f : -128.0f));
}
static MP_DEFINE_CONST_FUN_OBJ_2(tensor_quantize_obj, tensor_quantize);

static mp_obj_t tensor_dequantize(mp_obj_t self_in, mp_obj_t value) {
    const mlt_py_tensor_t *t = int8_self_of(self_in);
    int64_t x;
    if (!mlt_py_get_int64(value, &x)) {
        mlt_py_raise(
            MP_QSTR_TypeError, "value of type %q, want int", (qstr)mp_obj_get_type(value)->name);
    }
    if (x < INT8_MIN || x > UINT8_MAX) {
        mlt_py_raise(MP_QSTR_ValueError, "value out of the range of INT8");
    }
    float scale = t->quant.scale > 0.0f ? t->quant.scale : 1.0f;
    return mlt_py_new_float((float)((int8_t)x - t->quant.zero_point) * scale);
}
static MP_DEFINE_CONST_FUN_OBJ_2(tensor_dequantize_obj, tensor_dequantize);

#define TENSOR_SLOTS(X)                                                                            \
    X(print, tensor_print)                                                                         \
    X(unary_op, tensor_unary_op)                                                                   \
    X(subscr, tensor_subscr)                                                                       \
    X(buffer, tensor_buffer)                                                                       \
    X(attr, tensor_attr)

// With __getitem__ a tensor can be iterated.
#define TENSOR_METHODS(X)                                                                          \
    X(MP_QSTR___getitem__, &tensor_getitem_obj)                                                    \
    X(MP_QSTR_getValue, &tensor_get_value_obj)                                                     \
    X(MP_QSTR_setValue, &tensor_set_value_obj)                                                     \
    X(MP_QSTR_getType, &tensor_get_type_obj)                                                       \
    X(MP_QSTR_quantizeFloatToInt8, &tensor_quantize_obj)                                           \
    X(MP_QSTR_quantizeInt8ToFloat, &tensor_dequantize_obj)

MLT_PY_DEFINE_TYPE(mlt_py_tensor_type, MP_QSTR_Tensor, TENSOR_SLOTS, TENSOR_METHODS)

// --- Making one.

// A type is known by its functions: in a native module it has no fixed address.
bool mlt_py_is_tensor(mp_obj_t o) {
    const mp_obj_type_t *type = mp_obj_get_type(o);
    return MP_OBJ_TYPE_HAS_SLOT(type, print) && MP_OBJ_TYPE_GET_SLOT(type, print) == tensor_print;
}

// Names come from the file and may hold anything: what is no plain ASCII becomes '?'.
static mp_obj_t name_of(const mlt_model_t *m, const mlt_tensor_t *t) {
    size_t length;
    const char *name = mlt_name(m, t, &length);
    char *text = mlt_py_heap_alloc(length + 1);
    if (!text) {
        mlt_py_raise(MP_QSTR_MemoryError, "no %u bytes for a tensor's name", (unsigned)length);
    }
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
    mlt_py_tensor_t *t = mp_obj_malloc(mlt_py_tensor_t, MLT_PY_TYPES(m->base.type)->tensor);
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
