// SPDX-License-Identifier: MIT
// Numbers from any Python object into a tensor, and a tensor's numbers as an array.

#include "modmicrolite.h"

enum { DEEPEST_NESTING = 8 }; // of lists in lists

// --- One number.

static bool is_quantised(const mlt_py_tensor_t *t) {
    return t->quant.scale > 0.0f &&
           (t->type == MLT_INT8 || t->type == MLT_UINT8 || t->type == MLT_INT16 ||
               t->type == MLT_UINT16 || t->type == MLT_INT32);
}

// The nearest whole number. Halves go away from zero.
static mp_obj_t whole(mp_obj_t x) {
    mp_int_t unused;
    if (mlt_py_get_int(x, &unused)) {
        return x;
    }
    float f = mlt_py_get_float(x);
    if (!(f > -0x1p63f && f < 0x1p63f)) { // or no number at all
        mlt_py_raise(MP_QSTR_ValueError, "value out of the range of every integer type");
    }
    int64_t i;
    mlt_encode(MLT_INT64, (mlt_quant_t){0.0f, 0}, &i, &f, 1);
    return mp_binary_get_val_array('q', &i, 0);
}

// Store the real number x.
static void store(const mlt_py_tensor_t *t, size_t i, mp_obj_t x) {
    bool is_whole = !is_quantised(t) && mlt_py_is_whole(t->type);
    if (is_whole && MLT_WITH_FULL_API) {
        mlt_py_tensor_set(t, i, whole(x));
        return;
    }
    float f = mlt_py_get_float(x);
    uint8_t *p = mlt_py_tensor_items(t) + i * mlt_type_size((mlt_type_t)t->type);
    if (is_whole || mlt_encode((mlt_type_t)t->type, t->quant, p, &f, 1) != MLT_OK) {
        mlt_py_raise(MP_QSTR_TypeError, "numbers for a tensor of %s, want bytes",
            MLT_NAME(mlt_type_name(t->type)));
    }
}

// An item of a buffer, which need not be aligned.
static mp_obj_t load(char code, const uint8_t *p, size_t size) {
    uint64_t item;
    memcpy(&item, p, size);
    return mp_binary_get_val_array(code == '?' ? 'B' : code, &item, 0);
}

// --- The walk through what a script gave.

typedef struct walk {
    const mlt_py_tensor_t *t;
    size_t input; // for messages: number of the input
    size_t at;    // elements stored so far
    const mp_obj_type_t *float_type;
} walk_t;

static MP_NORETURN void fail_count(const walk_t *w, mlt_word_t prefix, size_t count) {
#if MLT_WITH_SENTENCES
    size_t length;
    const char *name = mp_obj_str_get_data(w->t->name, &length);
    if (length > 60) {
        length = 60;
    }
    mlt_py_raise(MP_QSTR_ValueError, "input %u '%.*s': %s%u values, want %u", (unsigned)w->input,
        (int)length, name, prefix, (unsigned)count, (unsigned)w->t->count);
#else
    mlt_py_raise(MP_QSTR_ValueError, "input %u: %s%u values, want %u", (unsigned)w->input, prefix,
        (unsigned)count, (unsigned)w->t->count);
#endif
}

static void need_room(const walk_t *w, size_t count) {
    if (count > w->t->count - w->at) {
        fail_count(w, count == 1 ? MLT_WORD("more than ") : MLT_WORD(""),
            count == 1 ? w->at : w->at + count);
    }
}

// Bytes, bytearrays and memoryviews of bytes hold a tensor's memory, not numbers.
static bool is_memory(mp_obj_t x, const mp_buffer_info_t *from) {
    if (from->typecode == BYTEARRAY_TYPECODE) {
        return true;
    }
    if (from->typecode != 'B') {
        return false;
    }
    qstr type = mlt_py_type_name(x);
    return type == MP_QSTR_bytes || type == MP_QSTR_memoryview;
}

static void put_memory(walk_t *w, const mp_buffer_info_t *from) {
    size_t size = mlt_py_item_size(w->t);
    if (size == 0 && from->len == w->t->bytes && w->at == 0) { // packed: all at once
        memmove(mlt_py_tensor_items(w->t), from->buf, from->len);
        w->at = w->t->count;
        return;
    }
    if (size == 0 || from->len % size != 0 || from->len / size > w->t->count - w->at) {
        mlt_py_raise(MP_QSTR_ValueError, "input %u: %u bytes, want %u", (unsigned)w->input,
            (unsigned)from->len, (unsigned)w->t->bytes);
    }
    memmove(mlt_py_tensor_items(w->t) + w->at * size, from->buf, from->len);
    w->at += from->len / size;
}

static void put_buffer(walk_t *w, mp_obj_t x, const mp_buffer_info_t *from) {
    char code = (char)from->typecode;
    size_t size = mlt_py_typecode_size(code);
    if (is_memory(x, from) || code == mlt_py_item_code(w->t->type)) {
        put_memory(w, from);
        return;
    }
    if (size == 0) {
        mlt_py_raise(
            MP_QSTR_TypeError, "input %u: items '%c', want numbers", (unsigned)w->input, code);
    }
    size_t count = from->len / size;
    need_room(w, count);
    for (size_t i = 0; i < count; ++i) {
        store(w->t, w->at++, load(code, (const uint8_t *)from->buf + i * size, size));
    }
}

static void put(walk_t *w, mp_obj_t x, int depth) {
    const mp_obj_type_t *type = mp_obj_get_type(x);
    mp_int_t unused;
    if (type == w->float_type || mlt_py_get_int(x, &unused)) {
        need_room(w, 1);
        store(w->t, w->at++, x);
        return;
    }
    if (type == &mp_type_str || depth == DEEPEST_NESTING) {
        mlt_py_raise_named(MP_QSTR_TypeError, 2, "input %u: value of type %q%s", (unsigned)w->input,
            (qstr)type->name,
            depth == DEEPEST_NESTING ? MLT_WORD(", nested too deep") : MLT_WORD(", want numbers"));
    }
    mp_buffer_info_t from;
    if (mlt_py_get_items(x, &from)) {
        put_buffer(w, x, &from);
        return;
    }
    mlt_py_iter_t iter;
    mlt_py_iter_start(&iter, x);
    mp_obj_t item;
    while ((item = mlt_py_iter_next(&iter)) != MP_OBJ_STOP_ITERATION) {
        put(w, item, depth + 1);
    }
}

void mlt_py_fill(const mlt_py_tensor_t *t, size_t input, mp_obj_t x) {
    mlt_py_need_writable(t); // not a constant of the model
    walk_t w = {.t = t, .input = input, .float_type = mp_obj_get_type(mlt_py_new_float(0.0f))};
    put(&w, x, 0);
    if (w.at < t->count) {
        fail_count(&w, MLT_WORD(""), w.at);
    }
}

// --- Results.

mp_obj_t mlt_py_read(const mlt_py_tensor_t *t) {
    mlt_type_t type = (mlt_type_t)t->type;
    bool as_float = is_quantised(t) || type == MLT_FLOAT32 || type == MLT_FLOAT16;
    char code = as_float ? 'f' : mlt_py_item_code(type);
    size_t bytes = as_float ? t->count * sizeof(float) : t->bytes;
    void *block = mlt_py_block(bytes, MLT_WORD("for a result"));
    const uint8_t *data = mlt_py_tensor_items(t);
    if (as_float) {
        mlt_decode(type, t->quant, block, data, t->count);
    } else {
        memcpy(block, data, bytes);
    }
    return mlt_py_new_array(code ? code : 'B', block, bytes);
}
