// SPDX-License-Identifier: MIT
// Small things that every part of the binding needs: exceptions, numbers, arrays.

#include "modmicrolite.h"

// --- Exceptions.

enum { LONGEST_MESSAGE = MLT_ERROR_TEXT + 40 };

typedef struct sink {
    size_t length;
    char text[LONGEST_MESSAGE];
} sink_t;

static void sink_write(void *data, const char *text, size_t length) {
    sink_t *sink = data;
    if (length <= sizeof(sink->text) - sink->length) {
        memcpy(sink->text + sink->length, text, length);
        sink->length += length;
    }
}

void mlt_py_raise(qstr exception, const char *format, ...) {
    sink_t sink = {.length = 0};
    mp_print_t print = {&sink, sink_write};
    va_list args;
    va_start(args, format);
    mp_vprintf(&print, format, args);
    va_end(args);
    mp_obj_t text = mp_obj_new_str(sink.text, sink.length);
    mlt_py_raise_object(mp_call_function_n_kw(mlt_py_builtin(exception), 1, 0, &text));
}

void mlt_py_raise_error(const mlt_error_t *e) {
    mlt_py_raise(e->status == MLT_ERR_ARENA ? MP_QSTR_MemoryError : MP_QSTR_ValueError, "%s",
        e->text[0] ? e->text : mlt_status_str(e->status));
}

// --- Numbers.

mp_obj_t mlt_py_new_float(float x) {
    return mp_binary_get_val_array('f', &x, 0);
}

float mlt_py_get_float(mp_obj_t o) {
    float x;
    mp_binary_set_val_array('f', &x, 0, o);
    return x;
}

bool mlt_py_is_int(mp_obj_t o) {
    return mp_obj_get_type(o) == mp_obj_get_type(MP_OBJ_NEW_SMALL_INT(0));
}

bool mlt_py_get_int64(mp_obj_t o, int64_t *x) {
    if (mp_obj_is_small_int(o)) {
        *x = MP_OBJ_SMALL_INT_VALUE(o);
        return true;
    }
    if (o == mp_const_true || o == mp_const_false) {
        *x = o == mp_const_true;
        return true;
    }
    if (!mlt_py_is_int(o)) {
        return false;
    }
    mp_binary_set_val_array('q', x, 0, o); // cuts off what does not fit
    return mp_binary_op(MP_BINARY_OP_EQUAL, mp_binary_get_val_array('q', x, 0), o) == mp_const_true;
}

size_t mlt_py_index(mp_obj_t o, size_t count, const char *what, bool from_end) {
    int64_t i;
    if (!mlt_py_get_int64(o, &i)) {
        if (!mlt_py_is_int(o)) {
            mlt_py_raise(MP_QSTR_TypeError, "%s index of type %q, want int", what,
                (qstr)mp_obj_get_type(o)->name);
        }
        i = INT64_MAX;
    }
    if (i < 0 && from_end) {
        i += (int64_t)count;
    }
    if (i < 0 || (uint64_t)i >= count) {
        mlt_py_raise(
            MP_QSTR_IndexError, "%s index out of range, there are %u", what, (unsigned)count);
    }
    return (size_t)i;
}

// --- Buffers.

size_t mlt_py_typecode_size(char code) {
    switch (code) {
    case BYTEARRAY_TYPECODE:
    case '?': // ulab's bool
    case 'b':
    case 'B':
        return 1;
    case 'h':
    case 'H':
        return sizeof(short);
    case 'i':
    case 'I':
        return sizeof(int);
    case 'l':
    case 'L':
        return sizeof(long);
    case 'q':
    case 'Q':
        return sizeof(long long);
    case 'f':
        return sizeof(float);
    case 'd':
        return sizeof(double);
    default:
        return 0;
    }
}

// Whether a ulab array's elements lie one behind the other. Its buffer protocol looks at the first
// dimension only.
static bool is_dense(mp_obj_t array, size_t item_size) {
    mp_obj_t shape[2], strides[2];
    mp_load_method_maybe(array, MP_QSTR_shape, shape);
    mp_load_method_maybe(array, MP_QSTR_strides, strides);
    if (shape[0] == MP_OBJ_NULL || strides[0] == MP_OBJ_NULL) {
        return false;
    }
    size_t rank, stride_count;
    mp_obj_t *dims, *steps;
    mp_obj_get_array(shape[0], &rank, &dims);
    mp_obj_get_array(strides[0], &stride_count, &steps);
    int64_t wanted = (int64_t)item_size, dim, step;
    bool dense = rank == stride_count;
    for (size_t i = rank; i > 0 && dense; --i) {
        dense = mlt_py_get_int64(steps[i - 1], &step) && step == wanted &&
                mlt_py_get_int64(dims[i - 1], &dim) && dim >= 0 && dim <= INT32_MAX;
        wanted = dense ? wanted * dim : 0;
        dense = dense && wanted <= INT32_MAX;
    }
    return dense;
}

bool mlt_py_get_items(mp_obj_t o, mp_buffer_info_t *info) {
    const mp_obj_type_t *type = mp_obj_get_type(o);
    bool there = mp_get_buffer(o, info, MP_BUFFER_READ);
    if (type->name != MP_QSTR_ndarray ||
        (there && is_dense(o, mlt_py_typecode_size((char)info->typecode)))) {
        return there;
    }
    mp_obj_t method[2];
    mp_load_method_maybe(o, MP_QSTR_copy, method);
    if (method[0] == MP_OBJ_NULL) {
        return false;
    }
    mp_obj_t copy = mp_load_attr(o, MP_QSTR_copy);
    mp_obj_t row = mp_call_function_n_kw(copy, 0, 0, NULL); // info->buf keeps its block alive
    return mp_obj_get_type(row) == type && mp_get_buffer(row, info, MP_BUFFER_READ) &&
           is_dense(row, mlt_py_typecode_size((char)info->typecode));
}

// --- Other.

mp_obj_t mlt_py_new_str(const char *text) {
    size_t length = 0;
    while (text[length]) {
        ++length;
    }
    return mp_obj_new_str(text, length);
}

mp_obj_t mlt_py_new_array(char typecode, void *block, size_t bytes) {
    mp_obj_t args[2] = {mp_obj_new_str(&typecode, 1), mp_obj_new_bytearray_by_ref(bytes, block)};
    mp_obj_t array = mp_call_function_n_kw(mlt_py_array_type(), 2, 0, args); // copies
    mlt_py_heap_free(block, bytes);
    return array;
}

void mlt_py_print(const mp_print_t *print, mp_obj_t o) {
    const mp_obj_type_t *type = mp_obj_get_type(o);
    if (MP_OBJ_TYPE_HAS_SLOT(type, print)) {
        MP_OBJ_TYPE_GET_SLOT(type, print)(print, o, PRINT_REPR);
    }
}

uint32_t mlt_py_sum(uint32_t sum, const uint8_t *p, size_t bytes) {
    uint32_t word = 0;
    for (; bytes >= sizeof(word); p += sizeof(word), bytes -= sizeof(word)) {
        memcpy(&word, p, sizeof(word));
        sum = (sum ^ word) * 16777619u; // the multiplier of FNV-1a
    }
    for (; bytes > 0; ++p, --bytes) {
        sum = (sum ^ *p) * 16777619u;
    }
    return sum;
}
