// SPDX-License-Identifier: MIT
// A pack: operators in a native module of their own. Python gives its `ops` to microlite.Model(...,
// ops=...). Which operators it holds is what OPS says in the module's Makefile.

#include "py/dynruntime.h"
#include "microlite_op.h"

#define MLT_OP(name) extern const mlt_op_t mlt_op_##name;
#include "ops.def"
#undef MLT_OP

static const mlt_op_t *const list[] = {
#define MLT_OP(name) &mlt_op_##name,
#include "ops.def"
#undef MLT_OP
};

#ifdef MLT_SHARED_ABI
#define ABI MLT_SHARED_ABI
#else
#define ABI MLT_ABI
#endif

static const mlt_ops_t pack = {ABI, sizeof(list) / sizeof(list[0]), list};

mp_obj_t mpy_init(mp_obj_fun_bc_t *self, size_t n_args, size_t n_kw, mp_obj_t *args) {
    MP_DYNRUNTIME_INIT_ENTRY
    mp_store_global(MP_QSTR_ops, mp_obj_new_bytearray_by_ref(sizeof(pack), (void *)&pack));
    MP_DYNRUNTIME_INIT_EXIT
}
