// SPDX-License-Identifier: MIT
// Floats to stored numbers and back, for every type that a tensor may have.

#include <math.h>
#include <string.h>

#include "microlite.h"
#include "unit.h"

static const mlt_quant_t none = {0.0f, 0};

// The one stored number of x, as an integer of its type.
static int64_t stored(mlt_type_t type, mlt_quant_t q, float x) {
    int64_t wide = 0;
    assert_int_equal(mlt_encode(type, q, &wide, &x, 1), MLT_OK);
    switch (type) {
    case MLT_INT8:
        return (int8_t)wide;
    case MLT_INT16:
        return (int16_t)wide;
    case MLT_INT32:
        return (int32_t)wide;
    default:
        return wide;
    }
}

static float real(mlt_type_t type, mlt_quant_t q, int64_t number) {
    float x = 0.0f;
    assert_int_equal(mlt_decode(type, q, &x, &number, 1), MLT_OK);
    return x;
}

static void test_rounds_and_clamps(void **state) {
    (void)state;
    mlt_quant_t q = {0.5f, 1};
    assert_int_equal(stored(MLT_INT8, q, 0.0f), 1);
    assert_int_equal(stored(MLT_INT8, q, 0.25f), 2);
    assert_int_equal(stored(MLT_INT8, q, 0.24f), 1);
    assert_int_equal(stored(MLT_INT8, q, -0.25f), 0);
    assert_int_equal(stored(MLT_INT8, q, 1e30f), 127);
    assert_int_equal(stored(MLT_INT8, q, -INFINITY), -128);
    assert_int_equal(stored(MLT_UINT8, q, -1.0f), 0);
    assert_int_equal(stored(MLT_INT16, q, 20000.0f), 32767);
    assert_int_equal(stored(MLT_UINT16, q, 40000.0f), 65535);
    q.zero_point = 0;
    assert_int_equal(stored(MLT_INT32, q, 1e30f), INT32_MAX);
    assert_int_equal(stored(MLT_INT32, q, -1e30f), INT32_MIN);
}

static void test_whole_numbers(void **state) {
    (void)state;
    assert_int_equal(stored(MLT_INT8, none, -2.5f), -3);
    assert_int_equal(stored(MLT_INT32, none, 1.5f), 2);
    assert_int_equal(stored(MLT_UINT32, none, 4e9f), 4000000000);
    assert_int_equal(stored(MLT_UINT32, none, -4e9f), 0);
    assert_int_equal(stored(MLT_UINT32, none, 1e20f), UINT32_MAX);
    assert_int_equal(stored(MLT_INT64, none, -0x1p40f), -(INT64_C(1) << 40));
    assert_int_equal(stored(MLT_INT64, none, 0.5f), 1);
    assert_int_equal(stored(MLT_INT64, none, INFINITY), INT64_MAX);
    assert_int_equal(stored(MLT_INT64, none, -INFINITY), INT64_MIN);
    assert_int_equal(stored(MLT_INT64, none, NAN), 0);
    assert_int_equal(stored(MLT_BOOL, none, -0.1f), 1);
    assert_int_equal(stored(MLT_FLOAT16, none, 1.5f), 0x3e00);
}

static void test_back(void **state) {
    (void)state;
    mlt_quant_t q = {0.25f, -2};
    assert_float_equal(real(MLT_INT8, q, -128), -31.5f, 0);
    assert_float_equal(real(MLT_UINT8, q, 255), 64.25f, 0);
    assert_float_equal(real(MLT_INT16, q, -32768), -8191.5f, 0);
    assert_float_equal(real(MLT_INT32, q, 1000), 250.5f, 0);
    assert_float_equal(real(MLT_INT8, none, -5), -5.0f, 0);
    assert_float_equal(real(MLT_UINT16, none, 65535), 65535.0f, 0);
    assert_float_equal(real(MLT_UINT32, none, 4000000000), 4e9f, 0);
    assert_float_equal(real(MLT_INT64, none, -(INT64_C(1) << 40)), -0x1p40f, 0);
    assert_float_equal(real(MLT_BOOL, none, 1), 1.0f, 0);
    assert_float_equal(real(MLT_FLOAT16, none, 0x3e00), 1.5f, 0);
}

static void test_floats_are_copied(void **state) {
    (void)state;
    const float x[3] = {1.5f, -0.0f, 1e-40f};
    float y[3] = {0}, z[3] = {0};
    assert_int_equal(mlt_encode(MLT_FLOAT32, none, y, x, 3), MLT_OK);
    assert_int_equal(mlt_decode(MLT_FLOAT32, none, z, y, 3), MLT_OK);
    assert_memory_equal(x, z, sizeof(x));
}

static void test_several(void **state) {
    (void)state;
    const float x[4] = {0.0f, 1.0f, 2.0f, -3.0f};
    int16_t y[4];
    float z[4];
    mlt_quant_t q = {0.5f, 10};
    assert_int_equal(mlt_encode(MLT_INT16, q, y, x, 4), MLT_OK);
    const int16_t want[4] = {10, 12, 14, 4};
    assert_memory_equal(y, want, sizeof(want));
    assert_int_equal(mlt_decode(MLT_INT16, q, z, y, 4), MLT_OK);
    assert_memory_equal(x, z, sizeof(x));
}

static void test_other_types_are_refused(void **state) {
    (void)state;
    float x = 1.0f;
    int64_t place[2] = {0};
    const mlt_type_t types[] = {MLT_STRING, MLT_COMPLEX64, MLT_RESOURCE, MLT_INT4};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); ++i) {
        assert_int_equal(mlt_encode(types[i], none, place, &x, 1), MLT_ERR_TYPE);
        assert_int_equal(mlt_decode(types[i], none, &x, place, 1), MLT_ERR_TYPE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rounds_and_clamps),
        cmocka_unit_test(test_whole_numbers),
        cmocka_unit_test(test_back),
        cmocka_unit_test(test_floats_are_copied),
        cmocka_unit_test(test_several),
        cmocka_unit_test(test_other_types_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
