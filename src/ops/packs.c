// SPDX-License-Identifier: MIT
// Which pack has an operator: a byte for each number of the schema.

#include "../format.h"
#include "../schema.h"
#include "microlite_op.h"

#define MLT_PACK(pack)
#define MLT_OP(name, code, pack)
#define MLT_OP_CUSTOM(name, pack)
#define MLT_CUSTOM_PREFIX(text, pack)

// The packs' numbers, from 1, and their names one after the other.
#undef MLT_PACK
#define MLT_PACK(pack) PACK_##pack,
enum {
    PACK_NONE,
#include "all.def"
    PACK_END
};
_Static_assert(PACK_core == MLT_PACK_CORE, "core is the first");
_Static_assert(PACK_END <= MLT_MOST_PACKS, "as many as mlt_py_packs_t has room for");

#undef MLT_PACK
#define MLT_PACK(pack) #pack "\0"
static const char names[] =
#include "all.def"
    ;
#undef MLT_PACK
#define MLT_PACK(pack)

#undef MLT_OP
#define MLT_OP(name, code, pack) [MLT_OP_##code] = PACK_##pack,
static const uint8_t packs[] = {
#include "all.def"
};
#undef MLT_OP
#define MLT_OP(name, code, pack)

#undef MLT_CUSTOM_PREFIX
#define MLT_CUSTOM_PREFIX(text, pack) {PACK_##pack, text},
static const struct {
    uint8_t pack;
    char prefix[16];
} customs[] = {
#include "all.def"
};

static bool begins(const char *name, size_t length, const char *prefix) {
    for (size_t i = 0; prefix[i]; ++i) {
        if (i == length || name[i] != prefix[i]) {
            return false;
        }
    }
    return true;
}

int mlt_pack_of(int32_t code, const char *custom, size_t custom_length) {
    if (code != MLT_CUSTOM) {
        return code >= 0 && code < (int32_t)sizeof(packs) ? packs[code] : PACK_NONE;
    }
    for (size_t i = 0; i < sizeof(customs) / sizeof(customs[0]); ++i) {
        if (begins(custom, custom_length, customs[i].prefix)) {
            return customs[i].pack;
        }
    }
    return PACK_NONE;
}

const char *mlt_pack_name(int pack) {
    return mlt_string_at(names, (unsigned)pack - 1);
}
