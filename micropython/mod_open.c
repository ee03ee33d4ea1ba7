// SPDX-License-Identifier: MIT
// Opening a model: its file, and an arena of the size that it needs.

#include "modmicrolite.h"

enum { MODEL_ALIGN = 4 };

// --- The model file.

// What it holds stays as it is: real bytes, or a file in a ROM file system, whose type is no class
// of a script's. Others may change though they cannot be written to, as an output of a model does.
static bool is_fixed(mp_obj_t o) {
    const mp_obj_type_t *type = mp_obj_get_type(o);
    return type == mlt_py_bytes_type() ||
           (type->name == MP_QSTR_FileIO && !MP_OBJ_TYPE_HAS_SLOT(type, parent));
}

static void use_buffer(mlt_py_model_t *m, mp_obj_t owner) {
    mp_buffer_info_t info;
    bool good = mp_get_buffer(owner, &info, MP_BUFFER_READ);
    m->source_writable = !is_fixed(owner);
    if (!good || (m->source_writable && !MLT_WITH_FULL_API)) {
        mlt_py_raise_type(MLT_WORD("model"), owner, MLT_WORD("a path or bytes"));
    }
    m->source = info.buf;
    m->source_size = info.len;
    m->source_owner = owner;
    if ((uintptr_t)info.buf % MODEL_ALIGN != 0) {
        m->source = mlt_py_block(info.len, MLT_WORD("to align the model"));
        memcpy((void *)m->source, info.buf, info.len);
        m->source_owner = MP_OBJ_NULL;
        m->source_writable = false;
    }
}

static mp_obj_t call(mp_obj_t object, qstr method, size_t n_args, const mp_obj_t *args) {
    return mp_call_function_n_kw(mp_load_attr(object, method), n_args, 0, args);
}

// What lies in a file. One of a ROM file system lies in memory and is used there, another is read.
static mp_obj_t content_of(mp_obj_t path) {
    mp_obj_t args[2] = {path, MP_OBJ_NEW_QSTR(MP_QSTR_rb)};
    mp_obj_t file = mp_call_function_n_kw(mlt_py_builtin(MP_QSTR_open), 2, 0, args);
    mp_buffer_info_t unused;
    if (mp_get_buffer(file, &unused, MP_BUFFER_READ)) {
        return file;
    }
    args[0] = MP_OBJ_NEW_SMALL_INT(0);
    args[1] = MP_OBJ_NEW_SMALL_INT(2);
    mp_obj_t size = call(file, MP_QSTR_seek, 2, args);
    if (!mp_obj_is_small_int(size) || MP_OBJ_SMALL_INT_VALUE(size) >= INT32_MAX) { // a folder
        mlt_py_raise(MP_QSTR_ValueError, "not a model file");
    }
    call(file, MP_QSTR_seek, 1, args);
    mp_obj_t content = call(file, MP_QSTR_read, 1, &size);
    call(file, MP_QSTR_close, 0, NULL);
    return content;
}

// --- The arena.

static MP_NORETURN void raise_short(mp_int_t size, size_t need) {
    mlt_py_raise(MP_QSTR_MemoryError, "arena of %d bytes, want %u", (int)size, (unsigned)need);
}

// Open with an arena of our own of exactly what is needed. It begins with a guess that small models
// fit in; mlt_open says how much is needed, and while it only knows that there must be more, it is
// given half as much again. False when an operator is missing.
static bool open_in_own(mlt_py_model_t *m, mlt_config_t *config, mp_int_t limit) {
    size_t need = 1, size = 1024 + m->source_size / 16;
    uint8_t *block;
    mlt_status_t status;
    for (;;) {
        block = mlt_py_heap_alloc(size);
        if (!block) {
            size = need;
            block = mlt_py_heap_alloc(size);
        }
        if (!block) {
            mlt_py_raise(MP_QSTR_MemoryError, "no %u bytes for the arena", (unsigned)need);
        }
        config->arena = block;
        config->arena_size = size;
        status = mlt_open(&m->engine, config);
        if (status != MLT_ERR_ARENA) {
            break;
        }
        mlt_py_heap_free(block, size);
        need = m->error.need > size ? m->error.need : size + 1;
        size = m->error.need_exact ? need : need + need / 2;
    }
#if MLT_PY_PACKS
    if (status == MLT_ERR_OP) {
        mlt_py_heap_free(block, size);
        return false;
    }
#endif
    if (status != MLT_OK) {
        mlt_py_raise_error(&m->error);
    }
    size_t used = mlt_arena_used(m->engine);
    if ((mp_int_t)used > limit) {
        raise_short(limit, used);
    }
    mlt_py_heap_shrink(block, size, used);
    m->arena = block;
    m->arena_size = used;
    return true;
}

#if MLT_WITH_FULL_API
static bool open_in_buffer(mlt_py_model_t *m, mlt_config_t *config, mp_obj_t arena) {
    mp_buffer_info_t info;
    if (!mp_get_buffer(arena, &info, MP_BUFFER_RW)) {
        mlt_py_raise_type(MLT_WORD("arena"), arena, MLT_WORD("int, None or a writable buffer"));
    }
    config->arena = info.buf;
    config->arena_size = info.len;
    mlt_status_t status = mlt_open(&m->engine, config);
    if (status == MLT_ERR_ARENA) {
        if (m->error.need_exact) {
            raise_short((mp_int_t)info.len, m->error.need);
        }
        if (open_in_own(m, config, (mp_int_t)info.len)) { // only to learn how much
            raise_short((mp_int_t)info.len, m->arena_size + 15);
        }
        return false;
    }
    if (status == MLT_ERR_OP) {
        return false;
    }
    if (status != MLT_OK) {
        mlt_py_raise_error(&m->error);
    }
    m->arena = info.buf;
    m->arena_size = info.len;
    m->arena_owner = arena;
    return true;
}

#endif

static bool open_engine(mlt_py_model_t *m, mlt_config_t *config, mp_obj_t arena) {
    mp_int_t limit = INTPTR_MAX;
    if (arena != MP_OBJ_NULL && arena != mp_const_none) {
#if MLT_WITH_FULL_API
        if (!mlt_py_get_int(arena, &limit)) {
            return open_in_buffer(m, config, arena);
        }
#else
        limit = mp_obj_get_int(arena); // may raise TypeError
#endif
    }
    return open_in_own(m, config, limit);
}

void mlt_py_open(mlt_py_model_t *m, mp_obj_t source, mp_obj_t arena) {
    m->source_owner = m->arena_owner = MP_OBJ_NULL;
#if MLT_PY_PACKS
    mlt_py_packs_t packs;
    mlt_py_packs_start(m, &packs, m->given_ops);
#endif
    use_buffer(m, mlt_py_type_name(source) == MP_QSTR_str ? content_of(source) : source);
    mlt_config_t config = {
        .model = m->source,
        .model_size = m->source_size,
#if MLT_PY_PACKS
        .ops = packs.list,
        .ops_count = packs.count,
#else
        .ops = mlt_ops_default,
        .ops_count = 1,
#endif
        .error = &m->error,
        .flags = MLT_WITH_FULL_API && m->keep_all ? MLT_KEEP_ALL : 0,
    };
#if MLT_PY_PACKS
    while (!open_engine(m, &config, arena)) {
        mlt_py_packs_import(m, &packs); // runs code that may do anything, also to our buffers
        config.ops_count = packs.count;
        mlt_py_model_check_place(m);
    }
#else
    open_engine(m, &config, arena);
#endif
    m->arena_used = mlt_arena_used(m->engine);
}
