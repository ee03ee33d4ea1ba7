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

static bool holds_reals(const mlt_py_tensor_t *t) {
    return is_quantised(t) || t->type == MLT_FLOAT32 || t->type == MLT_FLOAT16;
}

#if MLT_WITH_FULL_API
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

#endif

// Store the real number x.
static void store(const mlt_py_tensor_t *t, size_t i, mp_obj_t x) {
#if MLT_WITH_FULL_API
    bool good = true;
    if (!is_quantised(t) && mlt_py_is_whole(t->type)) {
        mlt_py_tensor_set(t, i, whole(x));
        return;
    }
#else
    bool good = holds_reals(t);
#endif
    float f = mlt_py_get_float(x);
    uint8_t *p = mlt_py_tensor_items(t) + i * mlt_type_size((mlt_type_t)t->type);
    if (!good || mlt_encode((mlt_type_t)t->type, t->quant, p, &f, 1) != MLT_OK) {
        mlt_py_raise(MP_QSTR_TypeError, "numbers for a tensor of %s, want bytes",
            MLT_NAME(mlt_type_name(t->type)));
    }
}

// --- The walk through what a script gave.

typedef struct walk {
    const mlt_py_tensor_t *t;
    size_t input; // for messages: number of the input
    size_t at;    // elements stored so far
} walk_t;

static MP_NORETURN void fail_count(const walk_t *w, mlt_word_t prefix, size_t count) {
#if MLT_WITH_SENTENCES && MLT_WITH_FULL_API
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

// Copy memory, or items as they are stored. Other items are numbers, taken one by one: false.
static bool put_buffer(walk_t *w, mp_obj_t x) {
    mp_buffer_info_t from;
    if (!mlt_py_get_items(x, &from) ||
        !(is_memory(x, &from) || (char)from.typecode == mlt_py_item_code(w->t->type))) {
        return false;
    }
    size_t size = mlt_py_item_size(w->t), count = w->t->count, bytes = w->t->bytes;
    if (size > 0) { // else packed items: all at once
        count = from.len / size;
        bytes = count * size;
    }
    if (from.len != bytes || count > w->t->count - w->at) {
        mlt_py_raise(MP_QSTR_ValueError, "input %u: %u bytes, want %u", (unsigned)w->input,
            (unsigned)from.len, (unsigned)w->t->bytes);
    }
    memmove(mlt_py_tensor_items(w->t) + w->at * size, from.buf, from.len);
    w->at += count;
    return true;
}

static void put(walk_t *w, mp_obj_t x, int depth) {
    qstr type = mlt_py_type_name(x); // a fake is refused by those who take the number
    if (type == MP_QSTR_float || type == MP_QSTR_int || type == MP_QSTR_bool) {
        if (w->at == w->t->count) {
            fail_count(w, MLT_WORD("more than "), w->at);
        }
        store(w->t, w->at++, x);
        return;
    }
    if (type == MP_QSTR_str || depth == DEEPEST_NESTING) {
        mlt_py_raise_named(MP_QSTR_TypeError, 2, "input %u: value of type %q%s", (unsigned)w->input,
            type,
            depth == DEEPEST_NESTING ? MLT_WORD(", nested too deep") : MLT_WORD(", want numbers"));
    }
    if (put_buffer(w, x)) {
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
    walk_t w = {.t = t, .input = input};
    put(&w, x, 0);
    if (w.at < t->count) {
        fail_count(&w, MLT_WORD(""), w.at);
    }
}

// --- Results.

mp_obj_t mlt_py_read(const mlt_py_tensor_t *t) {
    mlt_type_t type = (mlt_type_t)t->type;
    bool as_float = holds_reals(t);
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
