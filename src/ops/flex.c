// SPDX-License-Identifier: MIT
// A reader of FlexBuffers, of as much of the format as options of custom operators need.
//
// A buffer ends with its root: the value, then a byte with its type (six bits, and below them the
// width of what it refers to), then the value's width. A map is a reference to its values, which
// lie one after the other, all as wide as each other; behind them a type byte for each; in front of
// them their count, the width of the keys, and a reference to the keys: a count, then references to
// strings that end with a zero. References are distances back.

#include "flex.h"

#include "../fb.h"

enum {
    FLEX_INT = 1,
    FLEX_UINT = 2,
    FLEX_FLOAT = 3,
    FLEX_INDIRECT_INT = 6,
    FLEX_INDIRECT_UINT = 7,
    FLEX_INDIRECT_FLOAT = 8,
    FLEX_MAP = 9,
    FLEX_BOOL = 26
};

static bool inside(const mlt_flex_t *f, uint32_t at, uint64_t bytes) {
    return at <= f->size && bytes <= f->size - at;
}

// An unsigned number of `width` bytes; false if it is not inside.
static bool read(const mlt_flex_t *f, uint32_t at, uint32_t width, uint64_t *value) {
    if (!inside(f, at, width)) {
        return false;
    }
    *value = 0;
    for (uint32_t i = 0; i < width; ++i) {
        *value |= (uint64_t)f->data[at + i] << (8 * i);
    }
    return true;
}

// Where a reference leads.
static bool follow(const mlt_flex_t *f, uint32_t at, uint32_t width, uint32_t *to) {
    uint64_t distance;
    if (!read(f, at, width, &distance) || distance > at) {
        return false;
    }
    *to = at - (uint32_t)distance;
    return true;
}

// The number of `width` bytes that is `steps` such numbers in front of something.
static bool read_before(
    const mlt_flex_t *f, uint32_t at, uint32_t width, uint32_t steps, uint64_t *value) {
    return at >= width * steps && read(f, at - width * steps, width, value);
}

mlt_flex_t mlt_flex_map(const mlt_node_t *node) {
    const mlt_flex_t none = {0};
    mlt_flex_t f = {0};
    int32_t length;
    f.data = mlt_custom_options(node, &length);
    f.size = (uint32_t)length;
    if (!f.data || length < 3) {
        return none;
    }
    uint32_t width = f.data[length - 1], type = f.data[length - 2];
    uint64_t count;
    if ((width != 1 && width != 2 && width != 4 && width != 8) || width + 2 > f.size ||
        type >> 2 != FLEX_MAP || !follow(&f, f.size - 2 - width, width, &f.values)) {
        return none;
    }
    f.width = (uint8_t)(1u << (type & 3));
    if (!read_before(&f, f.values, f.width, 1, &count) || count > f.size ||
        !inside(&f, f.values, count * (f.width + 1u))) {
        return none;
    }
    f.count = (uint32_t)count;
    return f;
}

// A key is this name, and ends inside.
static bool is_name(const mlt_flex_t *f, uint32_t at, const char *name) {
    for (; at < f->size; ++at, ++name) {
        if (f->data[at] != (uint8_t)*name) {
            return false;
        }
        if (*name == '\0') {
            return true;
        }
    }
    return false;
}

// The number of a name's value, -1 if there is none.
static int32_t find(const mlt_flex_t *f, const char *name) {
    uint32_t keys, at = f->values - 3u * f->width;
    uint64_t width;
    if (f->count == 0 || f->values < 3u * f->width || !follow(f, at, f->width, &keys) ||
        !read_before(f, f->values, f->width, 2, &width) ||
        (width != 1 && width != 2 && width != 4 && width != 8)) {
        return -1;
    }
    for (uint32_t i = 0; i < f->count; ++i) {
        uint32_t key;
        if (inside(f, keys, (uint64_t)(i + 1) * width) &&
            follow(f, keys + i * (uint32_t)width, (uint32_t)width, &key) && is_name(f, key, name)) {
            return (int32_t)i;
        }
    }
    return -1;
}

// A number as its bits and its kind: FLEX_INT, FLEX_UINT or FLEX_FLOAT; 0: none.
typedef struct number {
    uint64_t bits;
    uint32_t kind, width;
} number_t;

static number_t number_of(const mlt_flex_t *f, const char *name) {
    number_t n = {0};
    int32_t i = find(f, name);
    if (i < 0) {
        return n;
    }
    uint32_t at = f->values + (uint32_t)i * f->width;
    uint32_t packed = f->data[f->values + f->count * f->width + (uint32_t)i];
    uint32_t type = packed >> 2;
    n.width = f->width;
    if (type >= FLEX_INDIRECT_INT && type <= FLEX_INDIRECT_FLOAT) {
        if (!follow(f, at, f->width, &at)) {
            return (number_t){0};
        }
        n.width = 1u << (packed & 3);
        type -= FLEX_INDIRECT_INT - FLEX_INT;
    }
    n.kind = type == FLEX_BOOL ? FLEX_UINT : type;
    if (n.kind < FLEX_INT || n.kind > FLEX_FLOAT || (n.kind == FLEX_FLOAT && n.width == 1) ||
        !read(f, at, n.width, &n.bits)) {
        return (number_t){0};
    }
    return n;
}

static int64_t int_of(number_t n) {
    return n.width == 1   ? (int8_t)n.bits
           : n.width == 2 ? (int16_t)n.bits
           : n.width == 4 ? (int32_t)n.bits
                          : (int64_t)n.bits;
}

static float float_of(number_t n) {
    if (n.width == 4) {
        uint32_t bits = (uint32_t)n.bits;
        float x;
        memcpy(&x, &bits, sizeof(x));
        return x;
    }
    if (n.width == 8) {
        double x;
        memcpy(&x, &n.bits, sizeof(x));
        return x > 3.4e38 ? 3.4e38f : x < -3.4e38 ? -3.4e38f : (float)x;
    }
    return mlt_half_to_float((uint16_t)n.bits);
}

bool mlt_flex_int(const mlt_flex_t *map, const char *name, int32_t *value) {
    number_t n = number_of(map, name);
    if (n.kind == FLEX_FLOAT) {
        float x = float_of(n);
        *value = x >= 2147483648.0f ? INT32_MAX : x >= -2147483648.0f ? (int32_t)x : INT32_MIN;
    } else if (n.kind == FLEX_INT) {
        *value = (int32_t)mlt_clamp64(int_of(n), INT32_MIN, INT32_MAX);
    } else {
        *value = n.bits > INT32_MAX ? INT32_MAX : (int32_t)n.bits;
    }
    return n.kind != 0;
}

bool mlt_flex_float(const mlt_flex_t *map, const char *name, float *value) {
    number_t n = number_of(map, name);
    *value = n.kind == FLEX_FLOAT ? float_of(n)
             : n.kind == FLEX_INT ? (float)int_of(n)
                                  : (float)n.bits;
    return n.kind != 0;
}

mlt_status_t mlt_want_flex(mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_flex_t *map,
    const char *name, int32_t lo, int32_t hi, int32_t *value) {
    if (!mlt_flex_int(map, name, value)) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE, "option %s is missing", MLT_NAME(name));
    }
    return *value >= lo && *value <= hi
               ? MLT_OK
               : mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE, "option %s is %d, want %d to %d",
                     MLT_NAME(name), (int)*value, (int)lo, (int)hi);
}
