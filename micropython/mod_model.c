// SPDX-License-Identifier: MIT
// microlite.Model: open a model with as much memory as it needs, run it.
//
// Nothing that a script does may crash the interpreter, so memory that it can reach is not
// trusted. A bytearray that holds the model or the arena may have moved when it was resized: its
// place is compared before each use. It may have been written to, by the script or by another
// model in the same arena: a checksum is compared before the engine runs. Models from a path or
// from bytes and arenas of our own are out of a script's reach and cost no such checks.

#include "mod_full.h"
#include "modmicrolite.h"

// --- Memory that a script can reach.

static bool has_their_arena(const mlt_py_model_t *m) {
    return MLT_WITH_FULL_API && m->arena_owner != MP_OBJ_NULL;
}

static bool has_writable_source(const mlt_py_model_t *m) {
    return MLT_WITH_FULL_API && m->source_writable;
}

static bool is_at(mp_obj_t owner, const void *place, size_t size, mp_uint_t flags) {
    mp_buffer_info_t info;
    return mp_get_buffer(owner, &info, flags) && info.buf == place && info.len == size;
}

void mlt_py_model_check_place(const mlt_py_model_t *m) {
    if (has_their_arena(m) && !is_at(m->arena_owner, m->arena, m->arena_size, MP_BUFFER_RW)) {
        mlt_py_raise(MP_QSTR_ValueError, "arena was moved or resized");
    }
    if (has_writable_source(m) &&
        !is_at(m->source_owner, m->source, m->source_size, MP_BUFFER_READ)) {
        mlt_py_raise(MP_QSTR_ValueError, "model's buffer was moved or resized");
    }
}

// Of the arena's bytes in use without the inputs, which scripts write.
static uint32_t arena_sum(const mlt_py_model_t *m) {
    uint32_t sum = 0;
    const uint8_t *at = m->arena, *end = m->arena + m->arena_used;
    while (at < end) {
        const uint8_t *stop = end, *next = end; // the gap that comes next
        for (const mlt_py_tensor_t *t = m->tensors; t; t = t->next) {
            if (t->writable && t->bytes > 0 && t->planned >= at && t->planned < stop) {
                stop = t->planned;
                next = t->planned + t->bytes;
            }
        }
        sum = mlt_py_sum(sum, at, (size_t)(stop - at));
        at = next;
    }
    return sum;
}

// To be called when no script's code runs any more before the engine does.
static void check_model(const mlt_py_model_t *m) {
    if (m->running) {
        mlt_py_raise(MP_QSTR_RuntimeError, "the model is running");
    }
    mlt_py_model_check_place(m);
    if (has_their_arena(m) && arena_sum(m) != m->arena_sum) {
        mlt_py_raise(MP_QSTR_ValueError, "arena was written to by something else");
    }
    if (has_writable_source(m) && mlt_py_sum(0, m->source, m->source_size) != m->source_sum) {
        mlt_py_raise(MP_QSTR_ValueError, "model's buffer was written to");
    }
}

// --- Tensors.

// The object of a tensor, made when there is none yet.
static mp_obj_t tensor_object(mlt_py_model_t *m, const mlt_tensor_t *engine, bool writable) {
    for (mlt_py_tensor_t *t = m->tensors; t; t = t->next) {
        if (t->engine == engine) {
            return MP_OBJ_FROM_PTR(t);
        }
    }
    return mlt_py_tensor_new(m, engine, writable);
}

static mp_obj_t tensors_of(mlt_py_model_t *m, bool inputs) {
    size_t count = inputs ? mlt_input_count(m->engine) : mlt_output_count(m->engine);
    mp_obj_t tensors = mp_obj_new_tuple(count, NULL);
    for (size_t i = 0; i < count; ++i) {
        const mlt_tensor_t *t = inputs ? mlt_input(m->engine, i) : mlt_output(m->engine, i);
        ((mp_obj_tuple_t *)MP_OBJ_TO_PTR(tensors))->items[i] =
            tensor_object(m, t, inputs && !(t->flags & MLT_TENSOR_CONST));
    }
    return tensors;
}

// --- Making and running one.

#if !MLT_WITH_LEGACY
static
#endif
    mlt_py_model_t *
    mlt_py_model_new(
        const mp_obj_type_t *type, mp_obj_t source, mp_obj_t arena, bool keep_all, mp_obj_t ops) {
    mlt_py_model_t *m = mlt_py_block(sizeof(*m), MLT_WORD("for a model"));
    m->base.type = type;
#if MLT_WITH_FULL_API
    m->keep_all = keep_all;
    m->given_ops = ops;
#endif
    mlt_py_open(m, source, arena);
    m->inputs = tensors_of(m, true);
    m->outputs = tensors_of(m, false);
    if (has_writable_source(m)) {
        m->source_sum = mlt_py_sum(0, m->source, m->source_size);
    }
    if (has_their_arena(m)) {
        m->arena_sum = arena_sum(m);
    }
    return m;
}

void mlt_py_model_run(mlt_py_model_t *m, bool reset) {
    check_model(m);
    mlt_status_t status = MLT_OK;
    m->running = true;
    if (reset) {
        mlt_reset(m->engine);
    } else {
        mlt_py_tensors_copy(m->tensors, true);
        status = mlt_invoke(m->engine);
    }
    m->running = false;
    mlt_py_tensors_copy(m->tensors, false); // make visible what the engine did
    if (has_their_arena(m)) {
        m->arena_sum = arena_sum(m);
    }
    if (status != MLT_OK) {
        mlt_py_raise_error(&m->error);
    }
}

#if MLT_PY_BOUND

static mlt_py_model_t *self_of(mp_obj_t o) {
    return MP_OBJ_TO_PTR(o);
}

#else

static void model_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    const mlt_py_model_t *m = MP_OBJ_TO_PTR(self_in);
    if (!MLT_WITH_FULL_API) {
        mp_printf(print, "Model");
        return;
    }
    mp_printf(print, "Model(inputs=");
    mlt_py_print(print, m->inputs);
    mp_printf(print, ", outputs=");
    mlt_py_print(print, m->outputs);
    mp_printf(print, ", arena_used=%u)", (unsigned)m->arena_used);
}

static __attribute__((noinline)) mlt_py_model_t *self_of(mp_obj_t o) {
    return mlt_py_self(o, model_print, MLT_WORD("a Model"));
}

#endif

static mp_obj_t model_invoke(mp_obj_t self_in) {
    mlt_py_model_run(self_of(self_in), false);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(model_invoke_obj, model_invoke);

static mp_obj_t model_reset(mp_obj_t self_in) {
    mlt_py_model_run(self_of(self_in), true);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(model_reset_obj, model_reset);

#if MLT_WITH_FULL_API

static mp_obj_t model_tensor(mp_obj_t self_in, mp_obj_t index) {
    mlt_py_model_t *m = self_of(self_in);
    if (!m->keep_all) {
        mlt_py_raise(MP_QSTR_ValueError, "the model was opened without keep_all=True");
    }
    check_model(m);
    size_t i = mlt_py_index(index, mlt_tensor_count(m->engine), MLT_WORD("tensor index"), false);
    const mlt_tensor_t *t = mlt_tensor(m->engine, i);
    if (!t->data) {
        mlt_py_raise(MP_QSTR_ValueError, "tensor %u is used by no operator", (unsigned)i);
    }
    return tensor_object(m, t, false);
}
static MP_DEFINE_CONST_FUN_OBJ_2(model_tensor_obj, model_tensor);
#define MODEL_TENSOR(X) X(MLT_PY_NAME_TENSOR, &model_tensor_obj)

#else
#define MODEL_TENSOR(X)
#endif

static bool any_ulab(size_t count, const mp_obj_t *objects) {
    for (size_t i = 0; MLT_WITH_ULAB && i < count; ++i) {
        if (mlt_py_is_ulab(objects[i])) {
            return true;
        }
    }
    return false;
}

static mp_obj_t model_predict(size_t n_args, const mp_obj_t *args) {
    mlt_py_model_t *m = self_of(args[0]);
    const mp_obj_tuple_t *inputs = MP_OBJ_TO_PTR(m->inputs), *outputs = MP_OBJ_TO_PTR(m->outputs);
    if (n_args - 1 != inputs->len) {
        mlt_py_raise(
            MP_QSTR_TypeError, "%u inputs, want %u", (unsigned)(n_args - 1), (unsigned)inputs->len);
    }
    mlt_py_ulab_t ulab;
    bool as_ulab = any_ulab(inputs->len, args + 1);
    if (as_ulab) {
        ulab = mlt_py_ulab_find();
    }
    for (size_t i = 0; i < inputs->len; ++i) {
        mlt_py_fill(MP_OBJ_TO_PTR(inputs->items[i]), i, args[i + 1]);
    }
    mlt_py_model_run(m, false);
    mp_obj_t results = mp_obj_new_tuple(outputs->len, NULL);
    mp_obj_t *result = ((mp_obj_tuple_t *)MP_OBJ_TO_PTR(results))->items;
    for (size_t i = 0; i < outputs->len; ++i) { // all before a script's code can run
        result[i] = mlt_py_read(MP_OBJ_TO_PTR(outputs->items[i]));
    }
    for (size_t i = 0; as_ulab && i < outputs->len; ++i) {
        const mlt_py_tensor_t *t = MP_OBJ_TO_PTR(outputs->items[i]);
        result[i] = mlt_py_ulab_array(&ulab, result[i], t->shape);
    }
    return outputs->len == 1 ? result[0] : results;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR(model_predict_obj, 1, model_predict);

// --- The type.

#define MODEL_METHODS(X)                                                                           \
    X(MP_QSTR_predict, &model_predict_obj)                                                         \
    X(MP_QSTR_invoke, &model_invoke_obj)                                                           \
    X(MP_QSTR_reset, &model_reset_obj)                                                             \
    MODEL_TENSOR(X)

static void model_attr(mp_obj_t self_in, qstr attr, mp_obj_t *dest) {
    const mlt_py_model_t *m = MP_OBJ_TO_PTR(self_in);
    if (dest[0] != MP_OBJ_NULL) {
        return; // attributes cannot be set
    }
    if (attr == MP_QSTR_inputs) {
        dest[0] = m->inputs;
    } else if (attr == MP_QSTR_outputs) {
        dest[0] = m->outputs;
    } else if (attr == MP_QSTR_arena_used) {
        dest[0] = mp_obj_new_int_from_uint(m->arena_used);
    } else {
#if MLT_PY_BOUND
        MODEL_METHODS(MLT_PY_GIVE)
#else
        dest[1] = MP_OBJ_SENTINEL; // look among the methods
#endif
    }
}

static mp_obj_t model_make_new(
    const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
#if MLT_WITH_FULL_API
    enum { SOURCE, ARENA, KEEP_ALL, OPS, ARGS };
#else
    enum { SOURCE, ARENA, ARGS };
#endif
    const mp_arg_t allowed[] = {
        {MP_QSTR_source, MP_ARG_OBJ | MP_ARG_REQUIRED, {.u_obj = MP_OBJ_NULL}},
        {MP_QSTR_arena, MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
#if MLT_WITH_FULL_API
        {MLT_PY_NAME_KEEP_ALL, MP_ARG_BOOL, {.u_bool = false}},
        {MLT_PY_NAME_OPS, MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
#endif
    };
    mp_arg_val_t values[ARGS];
    mp_arg_parse_all_kw_array(n_args, n_kw, args, ARGS, allowed, values);
#if MLT_WITH_FULL_API
    bool keep_all = values[KEEP_ALL].u_bool;
    mp_obj_t ops = values[OPS].u_obj;
#else
    bool keep_all = false;
    mp_obj_t ops = MP_OBJ_NULL;
#endif
    return MP_OBJ_FROM_PTR(
        mlt_py_model_new(type, values[SOURCE].u_obj, values[ARENA].u_obj, keep_all, ops));
}

#if MLT_PY_BOUND
#define MODEL_PRINT(X)
#else
#define MODEL_PRINT(X) X(print, model_print)
#endif
#define MODEL_SLOTS(X)                                                                             \
    X(make_new, model_make_new)                                                                    \
    X(attr, model_attr)                                                                            \
    MODEL_PRINT(X)

#if MLT_PY_BOUND
MLT_PY_DEFINE_TYPE(mlt_py_model_type, MP_QSTR_Model, MODEL_SLOTS, MLT_PY_NO_METHODS)
#else
MLT_PY_DEFINE_TYPE(mlt_py_model_type, MP_QSTR_Model, MODEL_SLOTS, MODEL_METHODS)
#endif
