// SPDX-License-Identifier: MIT
// The older interface: microlite.interpreter with two callbacks round each run, and tensors that
// are read and written one value at a time.

#include "mod_legacy.h"

// --- interpreter.

typedef struct interpreter {
    mp_obj_base_t base;
    mlt_py_model_t *model;
    mp_obj_t input_callback, output_callback; // or None
} interpreter_t;

static void interpreter_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    const interpreter_t *self = MP_OBJ_TO_PTR(self_in);
    mp_printf(print, "interpreter(");
    mlt_py_print(print, MP_OBJ_FROM_PTR(self->model));
    mp_printf(print, ")");
}

static interpreter_t *self_of(mp_obj_t o) {
    return mlt_py_self(o, interpreter_print, MLT_WORD("an interpreter"));
}

static mp_obj_t interpreter_make_new(
    const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 4, 4, false);
    for (int i = 2; i < 4; ++i) {
        if (args[i] != mp_const_none && !mp_obj_is_true(mp_call_function_n_kw(
                                            mlt_py_builtin(MP_QSTR_callable), 1, 0, &args[i]))) {
            mlt_py_raise(MP_QSTR_ValueError, "%s callback of type %q, want a function or None",
                i == 2 ? "input" : "output", mlt_py_type_name(args[i]));
        }
    }
    if (mp_obj_get_type(args[1]) != mp_obj_get_type(MP_OBJ_NEW_SMALL_INT(0))) {
        mlt_py_raise_type(MLT_WORD("arena size"), args[1], MLT_WORD("int"));
    }
    interpreter_t *self = mlt_py_block(sizeof(*self), MLT_WORD("for an interpreter"));
    self->base.type = type;
    self->model = mlt_py_model_new(MLT_PY_TYPES(type)->model, args[0], args[1], false, MP_OBJ_NULL);
    self->input_callback = args[2];
    self->output_callback = args[3];
    return MP_OBJ_FROM_PTR(self);
}

static mp_obj_t interpreter_invoke(mp_obj_t self_in) {
    const interpreter_t *self = self_of(self_in);
    if (self->input_callback != mp_const_none) {
        mp_call_function_n_kw(self->input_callback, 1, 0, &self_in);
    }
    mlt_py_model_run(self->model, false);
    if (self->output_callback != mp_const_none) {
        mp_call_function_n_kw(self->output_callback, 1, 0, &self_in);
    }
    return MP_OBJ_NEW_SMALL_INT(0);
}
static MP_DEFINE_CONST_FUN_OBJ_1(interpreter_invoke_obj, interpreter_invoke);

static mp_obj_t item(mp_obj_t tensors, mp_obj_t index, mlt_word_t what) {
    const mp_obj_tuple_t *tuple = MP_OBJ_TO_PTR(tensors);
    return tuple->items[mlt_py_index(index, tuple->len, what, false)];
}

static mp_obj_t interpreter_input(mp_obj_t self_in, mp_obj_t index) {
    return item(self_of(self_in)->model->inputs, index, MLT_WORD("input index"));
}
static MP_DEFINE_CONST_FUN_OBJ_2(interpreter_input_obj, interpreter_input);

static mp_obj_t interpreter_output(mp_obj_t self_in, mp_obj_t index) {
    return item(self_of(self_in)->model->outputs, index, MLT_WORD("output index"));
}
static MP_DEFINE_CONST_FUN_OBJ_2(interpreter_output_obj, interpreter_output);

#define INTERPRETER_SLOTS(X)                                                                       \
    X(make_new, interpreter_make_new)                                                              \
    X(print, interpreter_print)

#define INTERPRETER_METHODS(X)                                                                     \
    X(MP_QSTR_invoke, &interpreter_invoke_obj)                                                     \
    X(MP_QSTR_getInputTensor, &interpreter_input_obj)                                              \
    X(MP_QSTR_getOutputTensor, &interpreter_output_obj)

MLT_PY_DEFINE_TYPE(
    mlt_py_interpreter_type, MP_QSTR_interpreter, INTERPRETER_SLOTS, INTERPRETER_METHODS)

// --- Methods of Tensor.

static mp_obj_t get_value(mp_obj_t self_in, mp_obj_t index) {
    const mlt_py_tensor_t *t = mlt_py_tensor_self(self_in);
    return mlt_py_tensor_get(t, mlt_py_index(index, t->count, MLT_WORD("element index"), false));
}
MP_DEFINE_CONST_FUN_OBJ_2(mlt_py_get_value_obj, get_value);

// Bytes may be given signed or unsigned: scripts put pixels of 0 to 255 into int8 tensors.
static mp_obj_t set_value(mp_obj_t self_in, mp_obj_t index, mp_obj_t value) {
    const mlt_py_tensor_t *t = mlt_py_tensor_self(self_in);
    size_t i = mlt_py_index(index, t->count, MLT_WORD("element index"), false);
    mp_int_t x;
    if ((t->type == MLT_INT8 || t->type == MLT_UINT8) && mlt_py_get_int(value, &x) &&
        x >= INT8_MIN && x <= UINT8_MAX) {
        mlt_py_need_writable(t);
        mlt_py_tensor_items(t)[i] = (uint8_t)x;
    } else {
        mlt_py_tensor_set(t, i, value);
    }
    return self_in;
}
MP_DEFINE_CONST_FUN_OBJ_3(mlt_py_set_value_obj, set_value);

static mp_obj_t get_type(size_t n_args, const mp_obj_t *args) {
    return mlt_py_new_str(mlt_type_name(mlt_py_tensor_self(args[0])->type));
}
MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(mlt_py_get_type_obj, 1, 2, get_type);

static mlt_py_tensor_t *int8_self_of(mp_obj_t o) {
    mlt_py_tensor_t *t = mlt_py_tensor_self(o);
    if (t->type != MLT_INT8) {
        mlt_py_raise(MP_QSTR_TypeError, "tensor of %s, want INT8", mlt_type_name(t->type));
    }
    return t;
}

// Cuts off where Model.predict rounds, as ever; but ends at the ends of int8.
static mp_obj_t quantize(mp_obj_t self_in, mp_obj_t x) {
    const mlt_py_tensor_t *t = int8_self_of(self_in);
    float scale = t->quant.scale > 0.0f ? t->quant.scale : 1.0f;
    float stored = mlt_py_get_float(x) / scale + (float)t->quant.zero_point;
    return MP_OBJ_NEW_SMALL_INT(
        (int32_t)(stored > -128.0f ? stored < 127.0f ? stored : 127.0f : -128.0f));
}
MP_DEFINE_CONST_FUN_OBJ_2(mlt_py_quantize_obj, quantize);

static mp_obj_t dequantize(mp_obj_t self_in, mp_obj_t value) {
    const mlt_py_tensor_t *t = int8_self_of(self_in);
    mp_int_t x;
    if (!mlt_py_get_int(value, &x)) {
        mlt_py_raise_type(MLT_WORD("value"), value, MLT_WORD("int"));
    }
    if (x < INT8_MIN || x > UINT8_MAX) {
        mlt_py_raise(MP_QSTR_ValueError, "value out of the range of INT8");
    }
    float scale = t->quant.scale > 0.0f ? t->quant.scale : 1.0f;
    return mlt_py_new_float((float)((int8_t)x - t->quant.zero_point) * scale);
}
MP_DEFINE_CONST_FUN_OBJ_2(mlt_py_dequantize_obj, dequantize);

// --- In the module microlite.

#if MICROPY_ENABLE_DYNRUNTIME

// The older microlite.audio_frontend is in audio_frontend.mpy, which is imported when asked for.
static mp_obj_t module_getattr(mp_obj_t name) {
    if (mp_binary_op(MP_BINARY_OP_EQUAL, name, MP_OBJ_NEW_QSTR(MP_QSTR_audio_frontend)) !=
        mp_const_true) {
        mlt_py_raise(MP_QSTR_AttributeError, "no such attribute");
    }
    mp_obj_t module =
        mp_import_name(MP_QSTR_audio_frontend, mp_const_none, MP_OBJ_NEW_SMALL_INT(0));
    return mp_load_attr(module, MP_QSTR_audio_frontend);
}
static MP_DEFINE_CONST_FUN_OBJ_1(module_getattr_obj, module_getattr);

void mlt_py_legacy_start(mlt_py_types_t *types) {
    types->interpreter = mlt_py_interpreter_type_make(types);
    mp_store_global(MP_QSTR_interpreter, MP_OBJ_FROM_PTR(types->interpreter));
    mp_store_global(MP_QSTR_tensor, MP_OBJ_FROM_PTR(types->tensor));
    mp_store_global(MP_QSTR___getattr__, MP_OBJ_FROM_PTR(&module_getattr_obj));
}

#endif
