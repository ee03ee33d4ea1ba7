// SPDX-License-Identifier: MIT
// Run one test vector: open, invoke, compare; with an arena that just fits and one that does not,
// after a reset, and with every tensor kept. Nothing but the arena may be written to.

#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define GUARD 64 // bytes before and behind the arena that must not change

uint32_t check_crc32(const uint8_t *data, size_t size) {
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < size; ++i) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; ++bit) {
            crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1u)));
        }
    }
    return ~crc;
}

// Note what was found and what was wanted.
#define FAIL(...) (snprintf(c->text, sizeof(c->text), __VA_ARGS__), CHECK_FAIL)

#define CHECK_TRY(expression)                                                                      \
    do {                                                                                           \
        check_result_t result_ = (expression);                                                     \
        if (result_ != CHECK_PASS) {                                                               \
            return result_;                                                                        \
        }                                                                                          \
    } while (0)

static const char *status_name(mlt_status_t status) {
#define NAME(name, text) #name,
    static const char *const names[] = {MLT_STATUS_MAP(NAME)};
#undef NAME
    return (unsigned)status < sizeof(names) / sizeof(*names) ? names[status] : "?";
}

// ------------------------------------------------------------------------------------------------
// The arena

static void protect(check_t *c, uint8_t *p, size_t size, bool forbidden) {
    if (c->protect) {
        c->protect(p, size, forbidden);
    }
}

// Guards of a known pattern, and an arena full of rubbish. What lies beyond stays forbidden.
static void arena_prepare(check_t *c, size_t size, uint8_t rubbish) {
    protect(c, c->memory, c->arena_size + 2 * GUARD, true);
    protect(c, c->memory, size + 2 * GUARD, false);
    c->arena_size = size;
    memset(c->memory, 0xc3, GUARD);
    memset(c->memory + GUARD, rubbish, size);
    memset(c->memory + GUARD + size, 0xc3, GUARD);
    protect(c, c->memory, GUARD, true);
    protect(c, c->memory + GUARD + size, GUARD, true);
}

static check_result_t arena_check(check_t *c) {
    protect(c, c->memory, c->arena_size + 2 * GUARD, false);
    const uint8_t *after = c->memory + GUARD + c->arena_size;
    for (int i = 0; i < GUARD; ++i) {
        if (c->memory[i] != 0xc3) {
            return FAIL("%s: byte %d before the arena was written to", c->stage, GUARD - i);
        }
        if (after[i] != 0xc3) {
            return FAIL("%s: byte %d behind the arena was written to", c->stage, i);
        }
    }
    protect(c, c->memory, GUARD, true);
    protect(c, c->memory + GUARD + c->arena_size, GUARD, true);
    return CHECK_PASS;
}

static mlt_status_t open_with(
    check_t *c, const vec_record_t *r, size_t size, uint8_t flags, uint8_t rubbish) {
    arena_prepare(c, size, rubbish);
    mlt_config_t config = {
        .model = r->model,
        .model_size = r->model_size,
        .arena = c->memory + GUARD,
        .arena_size = size,
        .ops = mlt_ops_default,
        .ops_count = 1,
        .error = &c->error,
        .flags = flags,
        .cpu = c->cpu,
    };
    memset(&c->error, 0, sizeof(c->error));
    c->model = NULL;
    return mlt_open(&c->model, &config);
}

// Open with more and more arena. *status is what came out when the arena was large enough.
static check_result_t open_growing(
    check_t *c, const vec_record_t *r, uint8_t flags, mlt_status_t *status) {
    size_t size = 512;
    bool exact = false;
    while ((*status = open_with(c, r, size, flags, 0xa5)) == MLT_ERR_ARENA) {
        CHECK_TRY(arena_check(c));
        if (exact) {
            return FAIL("%s: %zu bytes of arena were said to be enough, now %zu (%s)", c->stage,
                size, c->error.need, c->error.text);
        }
        if (c->error.need <= size) {
            return FAIL("%s: %zu bytes of arena are too few, but %zu are said to be needed (%s)",
                c->stage, size, c->error.need, c->error.text);
        }
        exact = c->error.need_exact;
        size = exact || c->error.need > 2 * size ? c->error.need : 2 * size;
        if (size > c->memory_size - 2 * GUARD) {
            return FAIL("%s: wants %zu bytes of arena", c->stage, size);
        }
    }
    return CHECK_PASS;
}

// ------------------------------------------------------------------------------------------------
// Comparison

static double half_value(uint16_t h) {
    int exponent = h >> 10 & 31;
    int mantissa = h & 1023;
    double value = exponent == 0   ? ldexp(mantissa, -24)
                   : exponent < 31 ? ldexp(mantissa + 1024, exponent - 25)
                   : mantissa      ? (double)NAN
                                   : (double)INFINITY;
    return h & 0x8000 ? -value : value;
}

static double float_at(int type, const uint8_t *p, size_t i) {
    switch (type) {
    case MLT_FLOAT16: {
        uint16_t h;
        memcpy(&h, p + 2 * i, sizeof(h));
        return half_value(h);
    }
    case MLT_FLOAT64: {
        double d;
        memcpy(&d, p + 8 * i, sizeof(d));
        return d;
    }
    default: {
        float f;
        memcpy(&f, p + 4 * i, sizeof(f));
        return (double)f;
    }
    }
}

static int64_t int_at(int type, const uint8_t *p, size_t i) {
    uint8_t u8 = p[i];
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    switch (type) {
    case MLT_INT8:
        return (int8_t)u8;
    case MLT_INT16:
        memcpy(&u16, p + 2 * i, sizeof(u16));
        return (int16_t)u16;
    case MLT_UINT16:
        memcpy(&u16, p + 2 * i, sizeof(u16));
        return u16;
    case MLT_INT32:
        memcpy(&u32, p + 4 * i, sizeof(u32));
        return (int32_t)u32;
    case MLT_UINT32:
        memcpy(&u32, p + 4 * i, sizeof(u32));
        return u32;
    case MLT_INT64:
    case MLT_UINT64:
        memcpy(&u64, p + 8 * i, sizeof(u64));
        return (int64_t)u64;
    default:
        return u8;
    }
}

static bool floats_agree(double found, double wanted, double atol, double rtol) {
    if (isnan(wanted) || isnan(found)) {
        return isnan(wanted) && isnan(found);
    }
    if (isinf(wanted) || isinf(found)) {
        return wanted == found;
    }
    double apart = fabs(found - wanted);
    return apart <= atol || apart <= rtol * fabs(wanted);
}

static bool ints_agree(int64_t found, int64_t wanted, uint32_t quanta) {
    uint64_t apart =
        found > wanted ? (uint64_t)found - (uint64_t)wanted : (uint64_t)wanted - (uint64_t)found;
    return apart <= quanta;
}

// `what` is "output", "tensor"; i its number; invoke -1: does not matter.
static check_result_t compare(check_t *c, const vec_record_t *r, const char *what, int i,
    int invoke, const mlt_tensor_t *t, const vec_blob_t *wanted) {
    char where[100];
    int n = snprintf(where, sizeof(where), "%s: %s %d", c->stage, what, i);
    if (invoke >= 0) {
        snprintf(where + n, sizeof(where) - (size_t)n, " of invoke %d", invoke);
    }
    if (!t) {
        return FAIL("%s: there is no such tensor", where);
    }
    if (t->type != wanted->type) {
        return FAIL(
            "%s: type %s, want %s", where, mlt_type_name(t->type), mlt_type_name(wanted->type));
    }
    if (mlt_bytes(t) != wanted->bytes) {
        return FAIL("%s: %zu bytes, want %u", where, mlt_bytes(t), (unsigned)wanted->bytes);
    }
    if (wanted->bytes && !t->data) {
        return FAIL("%s: has no data", where);
    }
    if (wanted->stored == VEC_ANYTHING) {
        return CHECK_PASS;
    }
    if (wanted->stored == VEC_CHECKSUM) {
        uint32_t crc = check_crc32(t->data, wanted->bytes);
        return crc == wanted->crc ? CHECK_PASS
                                  : FAIL("%s: checksum %08x, want %08x", where, (unsigned)crc,
                                        (unsigned)wanted->crc);
    }
    if (memcmp(t->data, wanted->data, wanted->bytes) == 0) {
        return CHECK_PASS;
    }

    bool real = t->type == MLT_FLOAT32 || t->type == MLT_FLOAT16 || t->type == MLT_FLOAT64 ||
                t->type == MLT_COMPLEX64;
    size_t count = wanted->bytes / mlt_type_size(t->type) * (t->type == MLT_COMPLEX64 ? 2 : 1);
    bool within = wanted->stored == VEC_WITHIN;
    double atol = (double)(within ? wanted->atol : r->atol), rtol = within ? 0 : (double)r->rtol;
    size_t first = 0, bad = 0;
    for (size_t k = 0; k < count; ++k) {
        bool agree = real ? floats_agree(float_at(t->type, t->data, k),
                                float_at(t->type, wanted->data, k), atol, rtol)
                          : ints_agree(int_at(t->type, t->data, k),
                                int_at(t->type, wanted->data, k), r->quanta);
        if (!agree && bad++ == 0) {
            first = k;
        }
    }
    if (bad == 0) {
        return CHECK_PASS;
    }
    if (real) {
        return FAIL("%s, element %zu: %.9g, want %.9g (%zu of %zu differ)", where, first,
            float_at(t->type, t->data, first), float_at(t->type, wanted->data, first), bad, count);
    }
    return FAIL("%s, element %zu: %lld, want %lld (%zu of %zu differ)", where, first,
        (long long)int_at(t->type, t->data, first), (long long)int_at(t->type, wanted->data, first),
        bad, count);
}

// ------------------------------------------------------------------------------------------------
// The runs

// All invokes of a record. *status is that of the invoke that failed. *inner: the blobs behind.
static check_result_t run(
    check_t *c, const vec_record_t *r, mlt_status_t *status, const uint8_t **inner) {
    const uint8_t *at = r->blobs;
    vec_blob_t blob;
    *status = MLT_OK;
    for (int k = 0; k < r->invokes; ++k) {
        for (int i = 0; i < r->inputs; ++i) {
            at = vec_blob(at, &blob);
            mlt_tensor_t *t = mlt_input(c->model, (size_t)i);
            if (!t || t->type != blob.type || mlt_bytes(t) != blob.bytes) {
                return FAIL("%s: input %d is not %u bytes of %s", c->stage, i, (unsigned)blob.bytes,
                    mlt_type_name(blob.type));
            }
            if (blob.bytes && !t->data) {
                return FAIL("%s: input %d has no data", c->stage, i);
            }
            if (blob.bytes) {
                memcpy(t->data, blob.data, blob.bytes);
            }
        }
        *status = mlt_invoke(c->model);
        if (*status != MLT_OK) {
            return CHECK_PASS;
        }
        for (int i = 0; i < r->outputs; ++i) {
            at = vec_blob(at, &blob);
            CHECK_TRY(compare(c, r, "output", i, k, mlt_output(c->model, (size_t)i), &blob));
        }
    }
    if (inner) {
        *inner = at;
    }
    return arena_check(c);
}

static check_result_t run_well(check_t *c, const vec_record_t *r, const uint8_t **inner) {
    mlt_status_t status;
    CHECK_TRY(run(c, r, &status, inner));
    return status == MLT_OK
               ? CHECK_PASS
               : FAIL("%s: invoke gives %s: %s", c->stage, status_name(status), c->error.text);
}

// A case that has to fail, in mlt_open or in an invoke.
static check_result_t check_error(check_t *c, const vec_record_t *r) {
    mlt_status_t status;
    c->stage = "open";
    CHECK_TRY(open_growing(c, r, 0, &status));
    CHECK_TRY(arena_check(c));
    if (status == MLT_OK) {
        c->stage = "run";
        CHECK_TRY(run(c, r, &status, NULL));
    }
    if (strcmp(status_name(status), r->status) != 0) {
        return FAIL("%s, want %s: %s", status == MLT_OK ? "no error" : c->error.text, r->status,
            r->message);
    }
    return strcmp(c->error.text, r->message) == 0
               ? CHECK_PASS
               : FAIL("says '%s', want '%s'", c->error.text, r->message);
}

static check_result_t check_arena(check_t *c, const vec_record_t *r) {
    mlt_status_t status;
    c->stage = "open";
    CHECK_TRY(open_growing(c, r, 0, &status));
    CHECK_TRY(arena_check(c));
    if (status == MLT_ERR_OP) {
        // "op 3 CONV_2D: ..."
        sscanf(c->error.text, "op %*d %47[^:, ]", c->op);
        snprintf(c->text, sizeof(c->text), "%s", c->error.text);
        return CHECK_SKIP;
    }
    if (status != MLT_OK) {
        return FAIL("open gives %s: %s", status_name(status), c->error.text);
    }
    c->arena = mlt_arena_used(c->model);
    if (c->arena > c->arena_size) {
        return FAIL("uses %zu bytes of an arena of %zu", c->arena, c->arena_size);
    }
    status = open_with(c, r, c->arena > 16 ? c->arena - 16 : 0, 0, 0x5a);
    CHECK_TRY(arena_check(c));
    if (status != MLT_ERR_ARENA) {
        return FAIL("open with 16 bytes of arena less than %zu gives %s, want ERR_ARENA", c->arena,
            status_name(status));
    }
    status = open_with(c, r, c->arena, 0, 0x5a);
    CHECK_TRY(arena_check(c));
    if (status != MLT_OK) {
        return FAIL("open with the %zu bytes of arena that it used gives %s: %s", c->arena,
            status_name(status), c->error.text);
    }
    return CHECK_PASS;
}

static check_result_t check_inner(check_t *c, const vec_record_t *r) {
    mlt_status_t status;
    const uint8_t *at;
    c->stage = "with all tensors kept";
    CHECK_TRY(open_growing(c, r, MLT_KEEP_ALL, &status));
    if (status != MLT_OK) {
        return FAIL("%s: open gives %s: %s", c->stage, status_name(status), c->error.text);
    }
    CHECK_TRY(run_well(c, r, &at));
    for (int i = 0; i < r->inner; ++i) {
        vec_blob_t blob;
        at = vec_blob(at, &blob);
        const mlt_tensor_t *t = mlt_tensor(c->model, (size_t)blob.tensor);
        CHECK_TRY(compare(c, r, "tensor", (int)blob.tensor, -1, t, &blob));
    }
    return CHECK_PASS;
}

static check_result_t check_all(check_t *c, const vec_record_t *r) {
    if (strcmp(r->status, "OK") != 0) {
        return check_error(c, r);
    }
    CHECK_TRY(check_arena(c, r));
    c->stage = "run";
    CHECK_TRY(run_well(c, r, NULL));
    c->stage = "after reset";
    mlt_status_t status = mlt_reset(c->model);
    if (status != MLT_OK) {
        return FAIL("reset gives %s: %s", status_name(status), c->error.text);
    }
    CHECK_TRY(run_well(c, r, NULL));
    return check_inner(c, r);
}

check_result_t check_record(check_t *c, const vec_record_t *r) {
    uint32_t before = check_crc32(r->model, r->model_size);
    c->arena = 0;
    c->text[0] = c->op[0] = '\0';
    check_result_t result = check_all(c, r);
    if (result == CHECK_PASS && check_crc32(r->model, r->model_size) != before) {
        return FAIL("the model was written to");
    }
    return result;
}
