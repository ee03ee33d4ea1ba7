// SPDX-License-Identifier: MIT
// Moves: loops that can be one become one, and absurd steps do no harm before they are refused.

#include "unit.h"

#include "kernels/move.h"

static void test_loops_become_one(void **state) {
    (void)state;
    mlt_move_t m;
    mlt_move_start(&m, 1);
    mlt_move_wrap(&m, 4, 1, 1);
    mlt_move_wrap(&m, 3, 8, 16);
    mlt_move_wrap(&m, 5, 24, 48);
    assert_int_equal(m.run, 4);
    assert_int_equal(m.dims, 1);
    assert_int_equal(m.dim[0].count, 15);
}

// DILATE builds the move before the engine looks at the output: 3 times 1811939340 is too much.
static void test_absurd_steps(void **state) {
    (void)state;
    mlt_move_t m;
    mlt_move_start(&m, 4);
    mlt_move_wrap(&m, 3, 1, 1811939340);
    mlt_move_wrap(&m, 2, 3, 1811939340);
    assert_int_equal(m.dims, 2);
    mlt_move_start(&m, 4);
    mlt_move_wrap(&m, 3, 1811939340, 1);
    mlt_move_wrap(&m, 2, 1811939340, 3);
    assert_int_equal(m.dims, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loops_become_one),
        cmocka_unit_test(test_absurd_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
