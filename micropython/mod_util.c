// SPDX-License-Identifier: MIT
// Small things that every part of the binding needs: objects, numbers, arrays.

#include "modmicrolite.h"

// --- Objects.

qstr mlt_py_type_name(mp_obj_t o) {
    return (qstr)mp_obj_get_type(o)->name;
}

bool mlt_py_is(mp_obj_t o, mlt_py_print_t print) {
    const mp_obj_type_t *type = mp_obj_get_type(o);
    return MP_OBJ_TYPE_HAS_SLOT(type, print) && MP_OBJ_TYPE_GET_SLOT(type, print) == print;
}

void *mlt_py_self(mp_obj_t o, mlt_py_print_t print, mlt_word_t want) {
    if (!mlt_py_is(o, print)) {
        mlt_py_raise_named(MP_QSTR_TypeError, 1, "%q, want %s", mlt_py_type_name(o), want);
    }
    return MP_OBJ_TO_PTR(o);
}

void *mlt_py_block(size_t bytes, mlt_word_t what) {
    void *block = mlt_py_heap_alloc(bytes + 1);
    if (!block) {
        mlt_py_raise(MP_QSTR_MemoryError, "no %u bytes %s", (unsigned)bytes, what);
    }
    return memset(block, 0, bytes);
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

#if MLT_WITH_FULL_API || MLT_WITH_ULAB

bool mlt_py_get_int(mp_obj_t o, mp_int_t *x) {
    bool yes = o == mp_const_true;
    if (yes || o == mp_const_false) {
        *x = yes;
    } else if (mp_obj_is_small_int(o)) {
        *x = MP_OBJ_SMALL_INT_VALUE(o);
    } else if (mp_obj_get_type(o) == mp_obj_get_type(MP_OBJ_NEW_SMALL_INT(0))) {
        bool more = mp_binary_op(MP_BINARY_OP_MORE, o, MP_OBJ_NEW_SMALL_INT(0)) == mp_const_true;
        *x = more ? INTPTR_MAX : INTPTR_MIN;
    } else {
        return false;
    }
    return true;
}

size_t mlt_py_index(mp_obj_t o, size_t count, mlt_word_t what, bool from_end) {
    mp_int_t i;
    if (!mlt_py_get_int(o, &i)) {
        mlt_py_raise_type(what, o, MLT_WORD("int"));
    }
    if (i < 0 && from_end) {
        i += (mp_int_t)count;
    }
    if (i < 0 || (size_t)i >= count) {
        mlt_py_raise(MP_QSTR_IndexError, "%s out of range, there are %u", what, (unsigned)count);
    }
    return (size_t)i;
}

#endif

// --- Buffers.

size_t mlt_py_typecode_size(char code) {
    static const char codes[] = "\1?bBhHiIlLqQfd"; // a bytearray, ulab's bool ...
    static const uint8_t sizes[] = {1, 1, 1, 1, sizeof(short), sizeof(short), sizeof(int),
        sizeof(int), sizeof(long), sizeof(long), 8, 8, sizeof(float), sizeof(double)};
    _Static_assert(BYTEARRAY_TYPECODE == 1, "the first of codes");
    for (size_t i = 0; i < sizeof(sizes); ++i) {
        if (codes[i] == code) {
            return sizes[i];
        }
    }
    return 0;
}

bool mlt_py_get_items(mp_obj_t o, mp_buffer_info_t *info) {
#if MLT_WITH_ULAB
    const mp_obj_type_t *type = mp_obj_get_type(o);
    if (type->name == MP_QSTR_ndarray && !mlt_py_ulab_is_dense(o)) {
        mp_obj_t method[2];
        mp_load_method_maybe(o, MP_QSTR_copy, method);
        if (method[0] == MP_OBJ_NULL) {
            return false;
        }
        o = mp_call_function_n_kw(mp_load_attr(o, MP_QSTR_copy), 0, 0, NULL);
        if (mp_obj_get_type(o) != type) {
            return false;
        }
    }
#else
    if (mlt_py_type_name(o) == MP_QSTR_ndarray) {
        o = mp_call_function_n_kw(mp_load_attr(o, MP_QSTR_copy), 0, 0, NULL);
    }
#endif
    return mp_get_buffer(o, info, MP_BUFFER_READ); // info->buf keeps the block of a copy alive
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
#if !MICROPY_ENABLE_DYNRUNTIME
    // In a module it might not be array.array but a script's own, which keeps the block: there the
    // collector will see.
    mlt_py_heap_free(block, bytes);
#endif
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
