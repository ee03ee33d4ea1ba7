// SPDX-License-Identifier: MIT
// Packs: modules that hold operators. A script gives some as ops=; those that a model turns out to
// need are imported here, as `import microlite_ops_signal` does it.

#include "modmicrolite.h"

#if MLT_PY_PACKS

#define MODULE_PREFIX "microlite_ops_"

// `who` is for messages: the argument or the module.
static void add_pack(mlt_py_model_t *m, mlt_py_packs_t *packs, mp_obj_t pack, mlt_word_t who) {
    mp_buffer_info_t info;
    if (!mp_get_buffer(pack, &info, MP_BUFFER_READ) || info.len != sizeof(mlt_ops_t) ||
        (uintptr_t)info.buf % sizeof(void *) != 0) {
        mlt_py_raise_named(MP_QSTR_TypeError, 2, "%s holds an object of type %q that is no pack",
            who, mlt_py_type_name(pack));
    }
    const mlt_ops_t *ops = info.buf;
    if (!mlt_ops_fit(ops) || !ops->list) {
        mlt_py_raise(MP_QSTR_ValueError, "%s holds a pack for another build of microlite", who);
    }
    packs->list[packs->count++] = ops;
    mp_obj_list_append(m->ops, pack);
}

static void add_given(mlt_py_model_t *m, mlt_py_packs_t *packs, mp_obj_t ops) {
    mp_buffer_info_t info;
    if (mp_get_buffer(ops, &info, MP_BUFFER_READ)) { // one
        ops = mp_obj_new_tuple(1, &ops);
    }
    mlt_py_iter_t iter;
    mlt_py_iter_start(&iter, ops);
    mp_obj_t pack;
    while ((pack = mlt_py_iter_next(&iter)) != MP_OBJ_STOP_ITERATION) {
        if (packs->count == MLT_PY_MOST_PACKS) {
            mlt_py_raise(MP_QSTR_ValueError, "more than %d packs", MLT_PY_MOST_PACKS);
        }
        add_pack(m, packs, pack, MLT_WORD("ops"));
    }
}

void mlt_py_packs_start(mlt_py_model_t *m, mlt_py_packs_t *packs, mp_obj_t ops) {
    m->ops = mp_obj_new_list(0, NULL);
    packs->count = 0;
    packs->imported = 0;
    if (MLT_WITH_FULL_API && ops != MP_OBJ_NULL && ops != mp_const_none) {
        add_given(m, packs, ops);
    }
    packs->list[packs->count++] = mlt_ops_default[0];
}

#endif

// --- Import.

#if MLT_WITH_PACKS

// Finding files and catching exceptions is left to the interpreter: how it is done in C differs
// between firmwares. MicroPython reads on for ever in a file that is cut off, and runs whatever it
// got. So natmod.mk puts our name and a sum at the end of each file, which the import does not
// read.
static const char import_script[] =
    "try:\n"
    " import sys\n"
    " for p in()if n in sys.modules else sys.path:\n"
    "  try:f=open((p and p+'/')+n+'.mpy','rb')\n"
    "  except OSError:continue\n"
    "  try:from binascii import crc32\n"
    "  except ImportError:crc32=lambda b,c:0\n"
    "  s=f.seek(0,2)-13\n"
    "  f.seek(0)\n"
    "  b,c=1,0\n"
    "  while s>0 and b:\n"
    "   b=f.read(min(s,512))\n"
    "   s-=len(b)\n"
    "   c=crc32(b,c)\n"
    "  b=f.read()\n"
    "  f.close()\n"
    "  if b[:9]!=b'microlite'or c and int.from_bytes(b[9:],'little')!=c:\n"
    "   raise ValueError('no pack, or damaged')\n"
    "  break\n"
    " m=__import__(n)\n"
    "except Exception as x:e=x\n";

// The module, or MP_OBJ_NULL when there is none of that name.
static mp_obj_t import(mp_obj_t name) {
    mp_obj_t names = mp_obj_new_dict(3);
    mp_obj_dict_store(names, mlt_py_new_str("n"), name);
    mp_obj_dict_store(names, mlt_py_new_str("e"), mp_const_none);
    mp_obj_t args[2] = {mlt_py_new_str(import_script), names};
    mp_call_function_n_kw(mlt_py_builtin(MP_QSTR_exec), 2, 0, args);
    mp_obj_t error = mp_obj_subscr(names, mlt_py_new_str("e"), MP_OBJ_SENTINEL);
    if (error == mp_const_none) {
        return mp_obj_subscr(names, mlt_py_new_str("m"), MP_OBJ_SENTINEL);
    }
    qstr type = (qstr)mp_obj_get_type(error)->name;
    mp_obj_t text = mp_call_function_n_kw(mlt_py_builtin(MP_QSTR_str), 1, 0, &error);
    // The name tells whether it is the pack that is missing, or something that it imports.
    if (type == MP_QSTR_ImportError && mp_binary_op(MP_BINARY_OP_IN, name, text) == mp_const_true) {
        return MP_OBJ_NULL;
    }
    if (type == MP_QSTR_ImportError || type == MP_QSTR_ValueError || type == MP_QSTR_MemoryError) {
        // A file for another architecture, or no room for it: MicroPython does not say which file.
        mlt_py_raise(type, "%s: %s", mp_obj_str_get_str(name), mp_obj_str_get_str(text));
    }
    mlt_py_raise_object(error);
}

static mp_obj_t module_name(const char *pack) {
    mp_obj_t args[2] = {mlt_py_new_str(MODULE_PREFIX), mlt_py_new_str(pack)};
    return mp_binary_op(MP_BINARY_OP_ADD, args[0], args[1]);
}

void mlt_py_packs_import(mlt_py_model_t *m, mlt_py_packs_t *packs) {
    const mlt_error_t *e = &m->error;
    int pack = mlt_pack_of(e->missing, e->custom, e->custom_length);
    const char *advice = ", and in no pack";
    if (pack == MLT_PACK_CORE) {
        advice = ", want the whole microlite";
    } else if (packs->imported & (1u << pack)) {
        advice = ", nor in its pack: install one of the same version";
    } else if (e->missing == MLT_CUSTOM && pack == 0) {
        advice = ", want its pack as ops=";
    }
    if (pack <= MLT_PACK_CORE || packs->imported & (1u << pack)) {
        mlt_py_raise(MP_QSTR_ValueError, "%s%s", e->text, advice);
    }
    packs->imported |= 1u << pack;
    mp_obj_t name = module_name(mlt_pack_name(pack));
    mp_obj_t module = import(name), ops[2] = {MP_OBJ_NULL, MP_OBJ_NULL};
    if (module == MP_OBJ_NULL) {
        mlt_py_raise(MP_QSTR_ValueError, "%s, install %s", e->text, mp_obj_str_get_str(name));
    }
    mp_load_method_maybe(module, MP_QSTR_ops, ops);
    if (ops[0] == MP_OBJ_NULL || ops[1] != MP_OBJ_NULL) {
        mlt_py_raise(MP_QSTR_TypeError, "%s is no pack: it has no ops", mp_obj_str_get_str(name));
    }
    add_pack(m, packs, ops[0], mp_obj_str_get_str(name));
}

#else

void mlt_py_packs_import(mlt_py_model_t *m, mlt_py_packs_t *packs) {
#if MLT_WITH_SENTENCES
    mlt_py_raise(MP_QSTR_ValueError, "%s, want the whole microlite", m->error.text);
#else
    mlt_py_raise_error(&m->error);
#endif
}

#endif
