// SPDX-License-Identifier: MIT
// Numbers from any Python object into a tensor, and a tensor's numbers as an array.

#include "modmicrolite.h"

enum { DEEPEST_NESTING = 8 }; // of lists in lists

// --- One number.

typedef struct number {
    bool whole; // then i counts, else f
    int64_t i;
    float f;
} number_t;

static number_t number_of(mp_obj_t o) {
    number_t x = {.whole = true};
    if (!mlt_py_get_int64(o, &x.i)) {
        x = (number_t){.f = mlt_py_get_float(o)};
    }
    return x;
}

// The engine converts between float and int64, so that the compiler's way is not here as well.
static float float_of(int64_t i) {
    float f;
    mlt_decode(MLT_INT64, (mlt_quant_t){0.0f, 0}, &f, &i, 1);
    return f;
}

static float real(number_t x) {
    return x.whole ? float_of(x.i) : x.f;
}

// The nearest whole number, for a tensor that is not quantised. Halves go away from zero.
static int64_t whole(number_t x) {
    if (x.whole) {
        return x.i;
    }
    if (!(x.f > -0x1p63f && x.f < 0x1p63f)) { // or no number at all
        mlt_py_raise(MP_QSTR_ValueError, "value out of the range of every integer type");
    }
    int64_t i;
    mlt_encode(MLT_INT64, (mlt_quant_t){0.0f, 0}, &i, &x.f, 1);
    return i;
}

static bool is_quantised(const mlt_py_tensor_t *t) {
    return t->quant.scale > 0.0f &&
           (t->type == MLT_INT8 || t->type == MLT_UINT8 || t->type == MLT_INT16 ||
               t->type == MLT_UINT16 || t->type == MLT_INT32);
}

static bool is_whole(const mlt_py_tensor_t *t) {
    return !is_quantised(t) && mlt_py_int_bits(t->type) != 0;
}

// Store the real number x.
static void store(const mlt_py_tensor_t *t, size_t i, number_t x) {
    if (is_whole(t)) {
        mlt_py_tensor_set_int(t, i, whole(x));
        return;
    }
    size_t size = mlt_type_size((mlt_type_t)t->type);
    float f = real(x);
    if (mlt_encode((mlt_type_t)t->type, t->quant, mlt_py_tensor_items(t) + i * size, &f, 1)) {
        mlt_py_raise(
            MP_QSTR_TypeError, "numbers for a tensor of %s, want bytes", mlt_type_name(t->type));
    }
}

// --- Items of a buffer.

static number_t load(char code, const uint8_t *p) {
    size_t size = mlt_py_typecode_size(code);
    if (code == 'f' || code == 'd') {
        uint8_t copy[sizeof(double)] __attribute__((aligned(8)));
        memcpy(copy, p, size);
        return number_of(mp_binary_get_val_array(code, copy, 0));
    }
    uint64_t bits = 0;
    memcpy(&bits, p, size); // the low bytes come first
    bool is_signed = code == 'b' || code == 'h' || code == 'i' || code == 'l' || code == 'q';
    unsigned unused = 64 - 8 * (unsigned)size;
    if (is_signed && unused > 0 && bits >> (63 - unused)) {
        bits |= UINT64_MAX << (64 - unused);
    }
    if (code == 'Q' && bits > INT64_MAX) {
        return (number_t){.f = 2.0f * float_of((int64_t)(bits >> 1 | (bits & 1)))};
    }
    return (number_t){.whole = true, .i = (int64_t)bits};
}

// --- The walk through what a script gave.

typedef struct walk {
    const mlt_py_tensor_t *t;
    size_t input; // for messages: number of the input
    size_t at;    // elements stored so far
    const mp_obj_type_t *float_type;
} walk_t;

static MP_NORETURN void fail_count(const walk_t *w, const char *prefix, size_t count) {
    size_t length;
    const char *name = mp_obj_str_get_data(w->t->name, &length);
    if (length > 60) {
        length = 60;
    }
    mlt_py_raise(MP_QSTR_ValueError, "input %u '%.*s': %s%u values, want %u", (unsigned)w->input,
        (int)length, name, prefix, (unsigned)count, (unsigned)w->t->count);
}

static void need_room(const walk_t *w, size_t count) {
    if (count > w->t->count - w->at) {
        fail_count(w, count == 1 ? "more than " : "", count == 1 ? w->at : w->at + count);
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
    const mp_obj_type_t *type = mp_obj_get_type(x);
    return MP_OBJ_FROM_PTR(type) == mlt_py_builtin(MP_QSTR_bytes) ||
           MP_OBJ_FROM_PTR(type) == mlt_py_builtin(MP_QSTR_memoryview);
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
        store(w->t, w->at++, load(code, (const uint8_t *)from->buf + i * size));
    }
}

static void put(walk_t *w, mp_obj_t x, int depth) {
    const mp_obj_type_t *type = mp_obj_get_type(x);
    if (type == w->float_type || x == mp_const_true || x == mp_const_false || mlt_py_is_int(x)) {
        need_room(w, 1);
        store(w->t, w->at++, number_of(x));
        return;
    }
    if (type == &mp_type_str || depth == DEEPEST_NESTING) {
        mlt_py_raise(MP_QSTR_TypeError, "input %u: value of type %q%s", (unsigned)w->input,
            (qstr)type->name, depth == DEEPEST_NESTING ? ", nested too deep" : ", want numbers");
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
    walk_t w = {.t = t, .input = input, .float_type = mp_obj_get_type(mlt_py_new_float(0.0f))};
    put(&w, x, 0);
    if (w.at < t->count) {
        fail_count(&w, "", w.at);
    }
}

// --- Results.

// Floats in the second half of a block become doubles in all of it. The double that is written
// never reaches a float that is not yet read.
static void widen(uint8_t *block, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        float x;
        memcpy(&x, block + (count + i) * sizeof(x), sizeof(x));
        double wide = (double)x;
        memcpy(block + i * sizeof(wide), &wide, sizeof(wide));
    }
}

mp_obj_t mlt_py_read(const mlt_py_tensor_t *t, char float_code) {
    bool as_float = is_quantised(t) || t->type == MLT_FLOAT32 || t->type == MLT_FLOAT16;
    char code = as_float ? float_code : mlt_py_item_code(t->type);
    size_t bytes = as_float ? t->count * mlt_py_typecode_size(code) : t->bytes;
    uint8_t *block = mlt_py_heap_alloc(bytes + 1);
    if (!block) {
        mlt_py_raise(MP_QSTR_MemoryError, "no %u bytes for a result", (unsigned)bytes);
    }
    const uint8_t *data = mlt_py_tensor_items(t);
    if (as_float) {
        uint8_t *floats = block + bytes - t->count * sizeof(float);
        mlt_decode((mlt_type_t)t->type, t->quant, (float *)(void *)floats, data, t->count);
        if (code == 'd') {
            widen(block, t->count);
        }
    } else {
        memcpy(block, data, bytes);
    }
    return mlt_py_new_array(code ? code : 'B', block, bytes);
}
