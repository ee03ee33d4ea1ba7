// SPDX-License-Identifier: MIT
// The table of operators that this build offers. -DMLT_OPS_LIST='"my_ops.def"' makes it shorter,
// -DMLT_OPS_MORE='"more.def"' longer; what that lists comes first, so it may replace others.

#include "microlite_op.h"

#ifndef MLT_OPS_LIST
#define MLT_OPS_LIST "all.def"
#endif

// all.def says more of each operator than its name: see packs.c.
#define MLT_PACK(pack)
#define MLT_CUSTOM_PREFIX(text, pack)
#define MLT_OP_CUSTOM(name, pack) MLT_OP(name)

#define MLT_OP(name, ...) extern const mlt_op_t mlt_op_##name;
#ifdef MLT_OPS_MORE
#include MLT_OPS_MORE
#endif
#include MLT_OPS_LIST
#undef MLT_OP

static const mlt_op_t *const list[] = {
#define MLT_OP(name, ...) &mlt_op_##name,
#ifdef MLT_OPS_MORE
#include MLT_OPS_MORE
#endif
#include MLT_OPS_LIST
#undef MLT_OP
};

static const mlt_ops_t table = {MLT_ABI, sizeof(list) / sizeof(list[0]), list};

const mlt_ops_t *const mlt_ops_default[1] = {&table};
