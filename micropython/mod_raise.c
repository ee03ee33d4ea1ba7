// SPDX-License-Identifier: MIT
// Exceptions: with sentences, or with the numbers that stand for them.

#include "modmicrolite.h"

#if MLT_WITH_SENTENCES

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

#else

// What an exception holds: the number of its sentence, the place (an operator, a tensor) or None,
// and the sentence's values. The module microlite_errors, if it is there, makes the sentence of it.
// To catch what that raises is left to the interpreter: how it is done in C differs between
// firmwares.
static const char script[] = "try:\n"
                             " from microlite_errors import text\n"
                             " a=text(*a),\n"
                             "except Exception:pass\n"
                             "raise t(*a)";

static MP_NORETURN void raise(
    qstr exception, uint32_t sentence, mp_obj_t place, const int32_t *values) {
    mp_obj_t args[2 + MLT_ERROR_VALUES] = {MP_OBJ_NEW_SMALL_INT(sentence & 0xffff), place};
    size_t count = 0;
    for (; count < (sentence >> 16 & 7); ++count) {
        // Bits 20 and above: which of the values, from 1 on, is a name.
        args[2 + count] = count + 1 == sentence >> 20 ? MP_OBJ_NEW_QSTR((size_t)values[count])
                                                      : mp_obj_new_int(values[count]);
    }
    mp_obj_t names = mp_obj_new_dict(2);
    mp_obj_dict_store(names, MP_OBJ_NEW_QSTR(MP_QSTR_a), mp_obj_new_tuple(2 + count, args));
    mp_obj_dict_store(names, MP_OBJ_NEW_QSTR(MP_QSTR_t), mlt_py_builtin(exception));
    mp_obj_t run[2] = {mlt_py_new_str(script), names};
    mp_call_function_n_kw(mlt_py_builtin(MP_QSTR_exec), 2, 0, run);
    mlt_py_raise_object(names); // there is another exec among the builtins
}

void mlt_py_raise_numbers(qstr exception, uint32_t sentence, ...) {
    int32_t values[MLT_ERROR_VALUES];
    va_list args;
    va_start(args, sentence);
    for (uint32_t i = 0; i < (sentence >> 16 & 7); ++i) {
        values[i] = va_arg(args, int);
    }
    va_end(args);
    raise(exception, sentence, mp_const_none, values);
}

void mlt_py_raise_error(const mlt_error_t *e) {
    mp_obj_t place[] = {
        MP_OBJ_NEW_SMALL_INT(e->subgraph),
        MP_OBJ_NEW_SMALL_INT(e->op),
        e->op_name ? mlt_py_new_str(e->op_name) : mp_const_none,
        MP_OBJ_NEW_SMALL_INT(e->slot),
        MP_OBJ_NEW_SMALL_INT(e->tensor),
        e->name ? mp_obj_new_bytes((const byte *)e->name, e->name_length) : mp_const_none,
    };
    raise(e->status == MLT_ERR_ARENA ? MP_QSTR_MemoryError : MP_QSTR_ValueError, e->sentence,
        mp_obj_new_tuple(sizeof(place) / sizeof(*place), place), e->values);
}

#endif

void mlt_py_raise_type(mlt_word_t what, mp_obj_t o, mlt_word_t want) {
    mlt_py_raise_named(
        MP_QSTR_TypeError, 2, "%s of type %q, want %s", what, mlt_py_type_name(o), want);
}
