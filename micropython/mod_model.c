// SPDX-License-Identifier: MIT
// microlite.Model: open a model with as much memory as it needs, run it.
//
// Nothing that a script does may crash the interpreter, so memory that it can reach is not
// trusted. A bytearray that holds the model or the arena may have moved when it was resized: its
// place is compared before each use. It may have been written to, by the script or by another
// model in the same arena: a checksum is compared before the engine runs. Models from a path or
// from bytes and arenas of our own are out of a script's reach and cost no such checks.

#include "modmicrolite.h"

enum { MOST_PACKS = 8, MODEL_ALIGN = 4 };

static MP_NORETURN void raise_error(const mlt_error_t *e) {
    mlt_py_raise(e->status == MLT_ERR_ARENA ? MP_QSTR_MemoryError : MP_QSTR_ValueError, "%s",
        e->text[0] ? e->text : mlt_status_str(e->status));
}

static mlt_py_tensor_t *tensor_at(mp_obj_t list, size_t i) {
    size_t count;
    mp_obj_t *items;
    mp_obj_get_array(list, &count, &items);
    return i < count ? MP_OBJ_TO_PTR(items[i]) : NULL;
}

// --- Memory that a script can reach.

static bool is_at(mp_obj_t owner, const void *place, size_t size, mp_uint_t flags) {
    mp_buffer_info_t info;
    return mp_get_buffer(owner, &info, flags) && info.buf == place && info.len == size;
}

void mlt_py_model_check_place(const mlt_py_model_t *m) {
    if (m->arena_owner != MP_OBJ_NULL &&
        !is_at(m->arena_owner, m->arena, m->arena_size, MP_BUFFER_RW)) {
        mlt_py_raise(MP_QSTR_ValueError, "arena was moved or resized");
    }
    if (m->source_writable && !is_at(m->source_owner, m->source, m->source_size, MP_BUFFER_READ)) {
        mlt_py_raise(MP_QSTR_ValueError, "model's buffer was moved or resized");
    }
}

// Of the arena's bytes in use without the inputs, which scripts write.
static uint32_t arena_sum(const mlt_py_model_t *m) {
    uint32_t sum = 0;
    const uint8_t *at = m->arena, *end = m->arena + m->arena_used;
    while (at < end) {
        const uint8_t *stop = end, *next = end; // the gap that comes next
        const mlt_py_tensor_t *t;
        for (size_t i = 0; (t = tensor_at(m->inputs, i)) != NULL; ++i) {
            if (t->bytes > 0 && t->planned >= at && t->planned < stop) {
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
    mlt_py_model_check_place(m);
    if (m->arena_owner != MP_OBJ_NULL && arena_sum(m) != m->arena_sum) {
        mlt_py_raise(MP_QSTR_ValueError, "arena was written to by something else");
    }
    if (m->source_writable && mlt_py_sum(0, m->source, m->source_size) != m->source_sum) {
        mlt_py_raise(MP_QSTR_ValueError, "model's buffer was written to");
    }
}

// --- The model file.

static void use_buffer(mlt_py_model_t *m, mp_obj_t owner, const mp_buffer_info_t *info) {
    m->source = info->buf;
    m->source_size = info->len;
    m->source_owner = owner;
    if ((uintptr_t)info->buf % MODEL_ALIGN != 0) {
        uint8_t *copy = mlt_py_heap_alloc(info->len + 1);
        if (!copy) {
            mlt_py_raise(
                MP_QSTR_MemoryError, "no %u bytes to align the model", (unsigned)info->len);
        }
        m->source = memcpy(copy, info->buf, info->len);
        m->source_owner = MP_OBJ_NULL;
        return;
    }
    mp_buffer_info_t same;
    m->source_writable = mp_get_buffer(owner, &same, MP_BUFFER_WRITE);
}

static mp_obj_t call(mp_obj_t object, qstr method, size_t n_args, const mp_obj_t *args) {
    return mp_call_function_n_kw(mp_load_attr(object, method), n_args, 0, args);
}

// A file of a ROM file system lies in memory and is used there, another one is read.
static void use_file(mlt_py_model_t *m, mp_obj_t path) {
    mp_obj_t args[2] = {path, MP_OBJ_NEW_QSTR(MP_QSTR_rb)};
    mp_obj_t file = mp_call_function_n_kw(mlt_py_builtin(MP_QSTR_open), 2, 0, args);
    mp_buffer_info_t info;
    if (mp_get_buffer(file, &info, MP_BUFFER_READ)) {
        use_buffer(m, file, &info);
        return;
    }
    mp_obj_t to_end[2] = {MP_OBJ_NEW_SMALL_INT(0), MP_OBJ_NEW_SMALL_INT(2)};
    mp_obj_t size = call(file, MP_QSTR_seek, 2, to_end);
    int64_t bytes;
    if (!mlt_py_get_int64(size, &bytes) || bytes > INT32_MAX) { // a folder, for one
        mlt_py_raise(MP_QSTR_ValueError, "not a model file");
    }
    call(file, MP_QSTR_seek, 1, to_end);
    mp_obj_t content = call(file, MP_QSTR_read, 1, &size);
    call(file, MP_QSTR_close, 0, NULL);
    mp_get_buffer_raise(content, &info, MP_BUFFER_READ);
    use_buffer(m, content, &info);
}

static void use_source(mlt_py_model_t *m, mp_obj_t source) {
    mp_buffer_info_t info;
    if (mp_obj_get_type(source) == &mp_type_str) {
        use_file(m, source);
    } else if (mp_get_buffer(source, &info, MP_BUFFER_READ)) {
        use_buffer(m, source, &info);
    } else {
        mlt_py_raise(MP_QSTR_TypeError, "model of type %q, want a path or bytes",
            (qstr)mp_obj_get_type(source)->name);
    }
}

// --- Operator packs.

typedef struct tables {
    const mlt_ops_t *list[MOST_PACKS + 1];
    size_t count;
} tables_t;

static void add_pack(mlt_py_model_t *m, tables_t *tables, mp_obj_t pack) {
    mp_buffer_info_t info;
    if (!mp_get_buffer(pack, &info, MP_BUFFER_READ) || info.len != sizeof(mlt_ops_t) ||
        (uintptr_t)info.buf % sizeof(void *) != 0) {
        mlt_py_raise(MP_QSTR_TypeError, "ops holds an object of type %q that is no pack",
            (qstr)mp_obj_get_type(pack)->name);
    }
    const mlt_ops_t *ops = info.buf;
    if (ops->abi != MLT_ABI || !ops->list) {
        mlt_py_raise(MP_QSTR_ValueError, "ops holds a pack for another version of microlite");
    }
    if (tables->count == MOST_PACKS) {
        mlt_py_raise(MP_QSTR_ValueError, "more than %d packs", MOST_PACKS);
    }
    tables->list[tables->count++] = ops;
    mp_obj_list_append(m->ops, pack);
}

// Packs come before what is built in: they may replace it.
static void add_packs(mlt_py_model_t *m, tables_t *tables, mp_obj_t ops) {
    mp_buffer_info_t info;
    if (mp_get_buffer(ops, &info, MP_BUFFER_READ)) {
        add_pack(m, tables, ops);
        return;
    }
    mlt_py_iter_t iter;
    mlt_py_iter_start(&iter, ops);
    mp_obj_t pack;
    while ((pack = mlt_py_iter_next(&iter)) != MP_OBJ_STOP_ITERATION) {
        add_pack(m, tables, pack);
    }
}

// --- The arena.

static MP_NORETURN void raise_short(size_t size, size_t need) {
    mlt_py_raise(MP_QSTR_MemoryError, "arena of %u bytes, want %u", (unsigned)size, (unsigned)need);
}

// Open with an arena of our own of exactly what is needed. mlt_open says how much that is; while
// it only knows that there must be more, it is given half as much again.
static void open_in_own(mlt_py_model_t *m, mlt_config_t *config, size_t limit) {
    uint8_t *block = (uint8_t *)m; // any pointer: the size is 0
    size_t size = 0;
    mlt_status_t status;
    for (;;) {
        config->arena = block;
        config->arena_size = size;
        status = mlt_open(&m->engine, config);
        if (status != MLT_ERR_ARENA) {
            break;
        }
        if (size > 0) {
            mlt_py_heap_free(block, size);
        }
        size_t need = m->error.need > size ? m->error.need : size + 1;
        size = m->error.need_exact ? need : need + need / 2;
        block = mlt_py_heap_alloc(size);
        if (!block) {
            size = need;
            block = mlt_py_heap_alloc(size);
        }
        if (!block) {
            mlt_py_raise(MP_QSTR_MemoryError, "no %u bytes for the arena", (unsigned)need);
        }
    }
    size_t used = status == MLT_OK ? mlt_arena_used(m->engine) : 0;
    if (status != MLT_OK || used > limit) {
        if (size > 0) {
            mlt_py_heap_free(block, size);
        }
        if (status != MLT_OK) {
            raise_error(&m->error);
        }
        raise_short(limit, used);
    }
    mlt_py_heap_shrink(block, size, used);
    m->arena = block;
    m->arena_size = used;
}

static void open_in_buffer(mlt_py_model_t *m, mlt_config_t *config, mp_obj_t arena) {
    mp_buffer_info_t info;
    if (!mp_get_buffer(arena, &info, MP_BUFFER_RW)) {
        mlt_py_raise(MP_QSTR_TypeError, "arena of type %q, want int, None or a writable buffer",
            (qstr)mp_obj_get_type(arena)->name);
    }
    config->arena = info.buf;
    config->arena_size = info.len;
    mlt_status_t status = mlt_open(&m->engine, config);
    if (status == MLT_ERR_ARENA) {
        if (!m->error.need_exact) {
            open_in_own(m, config, info.len); // only to learn how much
            raise_short(info.len, m->arena_size + 15);
        }
        raise_short(info.len, m->error.need);
    }
    if (status != MLT_OK) {
        raise_error(&m->error);
    }
    m->arena = info.buf;
    m->arena_size = info.len;
    m->arena_owner = arena;
}

static void open_model(mlt_py_model_t *m, mlt_config_t *config, mp_obj_t arena) {
    int64_t limit;
    if (arena == MP_OBJ_NULL || arena == mp_const_none) {
        open_in_own(m, config, SIZE_MAX);
    } else if (!mlt_py_get_int64(arena, &limit)) {
        open_in_buffer(m, config, arena);
    } else if (limit < 0) {
        mlt_py_raise(MP_QSTR_ValueError, "arena of less than 0 bytes");
    } else {
        open_in_own(m, config, (uint64_t)limit < SIZE_MAX ? (size_t)limit : SIZE_MAX);
    }
    m->arena_used = mlt_arena_used(m->engine);
}

// --- Tensors.

// The object of a tensor, made when there is none yet.
static mp_obj_t tensor_object(mlt_py_model_t *m, const mlt_tensor_t *engine, bool writable) {
    mlt_py_tensor_t *t;
    for (size_t i = 0; (t = tensor_at(m->tensors, i)) != NULL; ++i) {
        if (t->engine == engine) {
            return MP_OBJ_FROM_PTR(t);
        }
    }
    mp_obj_t made = mlt_py_tensor_new(m, engine, writable);
    mp_obj_list_append(m->tensors, made);
    return made;
}

static void make_tensors(mlt_py_model_t *m) {
    m->tensors = mp_obj_new_list(0, NULL);
    size_t inputs = mlt_input_count(m->engine), outputs = mlt_output_count(m->engine);
    m->inputs = mp_obj_new_tuple(inputs, NULL);
    m->outputs = mp_obj_new_tuple(outputs, NULL);
    for (size_t i = 0; i < inputs; ++i) {
        const mlt_tensor_t *t = mlt_input(m->engine, i);
        ((mp_obj_tuple_t *)MP_OBJ_TO_PTR(m->inputs))->items[i] =
            tensor_object(m, t, !(t->flags & MLT_TENSOR_CONST));
    }
    for (size_t i = 0; i < outputs; ++i) {
        ((mp_obj_tuple_t *)MP_OBJ_TO_PTR(m->outputs))->items[i] =
            tensor_object(m, mlt_output(m->engine, i), false);
    }
}

// --- Making and running one.

mlt_py_model_t *mlt_py_model_new(
    const mlt_py_types_t *types, mp_obj_t source, mp_obj_t arena, bool keep_all, mp_obj_t ops) {
    mlt_py_model_t *m = m_malloc(sizeof(*m));
    memset(m, 0, sizeof(*m));
    m->base.type = types->model;
    m->keep_all = keep_all;
    m->source_owner = m->arena_owner = MP_OBJ_NULL;
    m->ops = mp_obj_new_list(0, NULL);
    tables_t tables = {.count = 0};
    if (ops != MP_OBJ_NULL && ops != mp_const_none) {
        add_packs(m, &tables, ops);
    }
    tables.list[tables.count++] = mlt_ops_default[0];
    use_source(m, source);
    mlt_config_t config = {
        .model = m->source,
        .model_size = m->source_size,
        .ops = tables.list,
        .ops_count = tables.count,
        .error = &m->error,
        .flags = keep_all ? MLT_KEEP_ALL : 0,
    };
    open_model(m, &config, arena);
    make_tensors(m);
    if (m->source_writable) {
        m->source_sum = mlt_py_sum(0, m->source, m->source_size);
    }
    if (m->arena_owner != MP_OBJ_NULL) {
        m->arena_sum = arena_sum(m);
    }
    return m;
}

// The engine may run; what it did is then made visible.
static void after_engine(mlt_py_model_t *m) {
    const mlt_py_tensor_t *t;
    for (size_t i = 0; (t = tensor_at(m->tensors, i)) != NULL; ++i) {
        mlt_py_tensor_pull(t);
    }
    if (m->arena_owner != MP_OBJ_NULL) {
        m->arena_sum = arena_sum(m);
    }
}

void mlt_py_model_invoke(mlt_py_model_t *m) {
    check_model(m);
    const mlt_py_tensor_t *t;
    for (size_t i = 0; (t = tensor_at(m->tensors, i)) != NULL; ++i) {
        mlt_py_tensor_push(t);
    }
    mlt_status_t status = mlt_invoke(m->engine);
    after_engine(m);
    if (status != MLT_OK) {
        raise_error(&m->error);
    }
}

static mlt_py_model_t *self_of(mp_obj_t o) {
    if (!mlt_py_is_model(o)) {
        mlt_py_raise(MP_QSTR_TypeError, "%q, want a Model", (qstr)mp_obj_get_type(o)->name);
    }
    return MP_OBJ_TO_PTR(o);
}

static mp_obj_t model_invoke(mp_obj_t self_in) {
    mlt_py_model_invoke(self_of(self_in));
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(model_invoke_obj, model_invoke);

static mp_obj_t model_reset(mp_obj_t self_in) {
    mlt_py_model_t *m = self_of(self_in);
    check_model(m);
    mlt_reset(m->engine);
    after_engine(m);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(model_reset_obj, model_reset);

static mp_obj_t model_tensor(mp_obj_t self_in, mp_obj_t index) {
    mlt_py_model_t *m = self_of(self_in);
    if (!m->keep_all) {
        mlt_py_raise(MP_QSTR_ValueError, "the model was opened without keep_all=True");
    }
    check_model(m);
    size_t i = mlt_py_index(index, mlt_tensor_count(m->engine), "model", false);
    const mlt_tensor_t *t = mlt_tensor(m->engine, i);
    if (!t->data) {
        mlt_py_raise(MP_QSTR_ValueError, "tensor %u is used by no operator", (unsigned)i);
    }
    return tensor_object(m, t, false);
}
static MP_DEFINE_CONST_FUN_OBJ_2(model_tensor_obj, model_tensor);

// ulab's arrays and what else has the name: results are to be of the type of the input.
static mp_obj_t as_ndarray(mp_obj_t array, size_t n_args, const mp_obj_t *args) {
    for (size_t i = 0; i < n_args; ++i) {
        const mp_obj_type_t *type = mp_obj_get_type(args[i]);
        if (type->name == MP_QSTR_ndarray) {
            return mp_call_function_n_kw(MP_OBJ_FROM_PTR(type), 1, 0, &array);
        }
    }
    return array;
}

static mp_obj_t model_predict(size_t n_args, const mp_obj_t *args) {
    mlt_py_model_t *m = self_of(args[0]);
    size_t inputs, outputs;
    mp_obj_t *input, *output;
    mp_obj_get_array(m->inputs, &inputs, &input);
    mp_obj_get_array(m->outputs, &outputs, &output);
    if (n_args - 1 != inputs) {
        mlt_py_raise(
            MP_QSTR_TypeError, "%u inputs, want %u", (unsigned)(n_args - 1), (unsigned)inputs);
    }
    for (size_t i = 0; i < inputs; ++i) {
        mlt_py_fill(MP_OBJ_TO_PTR(input[i]), i, args[i + 1]);
    }
    mlt_py_model_invoke(m);
    mp_obj_t results = mp_obj_new_tuple(outputs, NULL);
    mp_obj_t *result = ((mp_obj_tuple_t *)MP_OBJ_TO_PTR(results))->items;
    for (size_t i = 0; i < outputs; ++i) { // all before a script's code can run
        result[i] = mlt_py_read(MP_OBJ_TO_PTR(output[i]));
    }
    for (size_t i = 0; i < outputs; ++i) {
        result[i] = as_ndarray(result[i], n_args - 1, args + 1);
    }
    return outputs == 1 ? result[0] : results;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR(model_predict_obj, 1, model_predict);

// --- The type.

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
        dest[1] = MP_OBJ_SENTINEL; // look among the methods
    }
}

static void model_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    const mlt_py_model_t *m = MP_OBJ_TO_PTR(self_in);
    mp_printf(print, "Model(inputs=");
    mlt_py_print(print, m->inputs);
    mp_printf(print, ", outputs=");
    mlt_py_print(print, m->outputs);
    mp_printf(print, ", arena_used=%u)", (unsigned)m->arena_used);
}

static mp_obj_t model_make_new(
    const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    enum { SOURCE, ARENA, KEEP_ALL, OPS, ARGS };
    const mp_arg_t allowed[ARGS] = {
        {MP_QSTR_source, MP_ARG_OBJ | MP_ARG_REQUIRED, {.u_obj = MP_OBJ_NULL}},
        {MP_QSTR_arena, MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
        {MP_QSTR_keep_all, MP_ARG_BOOL, {.u_bool = false}},
        {MP_QSTR_ops, MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
    };
    mp_arg_val_t values[ARGS];
    mp_arg_parse_all_kw_array(n_args, n_kw, args, ARGS, allowed, values);
    return MP_OBJ_FROM_PTR(mlt_py_model_new(MLT_PY_TYPES(type), values[SOURCE].u_obj,
        values[ARENA].u_obj, values[KEEP_ALL].u_bool, values[OPS].u_obj));
}

#define MODEL_SLOTS(X)                                                                             \
    X(make_new, model_make_new)                                                                    \
    X(print, model_print)                                                                          \
    X(attr, model_attr)

#define MODEL_METHODS(X)                                                                           \
    X(MP_QSTR_predict, &model_predict_obj)                                                         \
    X(MP_QSTR_invoke, &model_invoke_obj)                                                           \
    X(MP_QSTR_reset, &model_reset_obj)                                                             \
    X(MP_QSTR_tensor, &model_tensor_obj)

MLT_PY_DEFINE_TYPE(mlt_py_model_type, MP_QSTR_Model, MODEL_SLOTS, MODEL_METHODS)

// A type is known by its functions: in a native module it has no fixed address.
bool mlt_py_is_model(mp_obj_t o) {
    const mp_obj_type_t *type = mp_obj_get_type(o);
    return MP_OBJ_TYPE_HAS_SLOT(type, print) && MP_OBJ_TYPE_GET_SLOT(type, print) == model_print;
}
