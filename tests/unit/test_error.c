// SPDX-License-Identifier: MIT
// The sentence of an error: format, truncation, names that a broken file may hold.

#include "unit.h"

#include "core/error.h"

static void test_format(void **state) {
    (void)state;
    mlt_error_t e;
    mlt_error_start(&e, MLT_ERR_TYPE);
    mlt_error_add(&e, "rank %d, want %s%%", -2147483647 - 1, "4");
    assert_string_equal(e.text, "rank -2147483648, want 4%");
    assert_int_equal(e.status, MLT_ERR_TYPE);
    assert_int_equal(e.op, -1);
    mlt_error_start(&e, MLT_OK);
    assert_string_equal(e.text, "");
}

static void test_types(void **state) {
    (void)state;
    mlt_error_t e;
    mlt_error_start(&e, MLT_ERR_TYPE);
    mlt_error_add(&e, "%t, want %m;", MLT_TYPE_COUNT, 1u << MLT_INT4);
    mlt_error_add(&e, " %m;", 1u << MLT_FLOAT32 | 1u << MLT_INT8);
    mlt_error_add(&e, " %m", 1u << MLT_INT8 | 1u << MLT_INT16 | 1u << MLT_BOOL);
    assert_string_equal(e.text, "?, want INT4; FLOAT32 or INT8; BOOL, INT16 or INT8");
}

static void test_long_text_is_cut(void **state) {
    (void)state;
    mlt_error_t e;
    mlt_error_start(&e, MLT_ERR_MODEL);
    for (int i = 0; i < 40; ++i) {
        mlt_error_add(&e, "12345678%d", i);
    }
    assert_int_equal(strlen(e.text), MLT_ERROR_TEXT - 1);
}

static void test_names(void **state) {
    (void)state;
    mlt_error_t e;
    mlt_error_start(&e, MLT_ERR_MODEL);
    mlt_error_name(&e, "a\nb\x80", 4);
    assert_string_equal(e.text, " 'a?b?'");
    mlt_error_start(&e, MLT_ERR_MODEL);
    const char name[] = "model/functional_1/block_3_depthwise/BiasAdd;model/dense/MatMul";
    mlt_error_name(&e, name, sizeof(name) - 1);
    assert_string_equal(e.text, " '...k_3_depthwise/BiasAdd;model/dense/MatMul'");
}

static void test_no_error_wanted(void **state) {
    (void)state;
    mlt_error_start(NULL, MLT_ERR_MODEL);
    mlt_error_add(NULL, "%d", 1);
    mlt_error_name(NULL, "x", 1);
}

static void test_every_status_has_a_text(void **state) {
    (void)state;
    for (int i = 0; i < MLT_STATUS_COUNT; ++i) {
        assert_string_not_equal(mlt_status_str((mlt_status_t)i), "unknown status");
    }
    assert_string_equal(mlt_status_str((mlt_status_t)99), "unknown status");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_long_text_is_cut),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_no_error_wanted),
        cmocka_unit_test(test_every_status_has_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
