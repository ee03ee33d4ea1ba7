// SPDX-License-Identifier: MIT
// The arena: both ends, alignment, and the truth about what would have been needed.

#include "unit.h"

#include "core/arena.h"

static _Alignas(16) uint8_t memory[256];

static void test_both_ends_are_aligned_and_zeroed(void **state) {
    (void)state;
    memset(memory, 0xa5, sizeof(memory));
    mlt_arena_t a;
    mlt_arena_init(&a, memory + 3, sizeof(memory) - 3);
    assert_int_equal(a.skipped, 13);
    uint8_t *kept = mlt_arena_keep(&a, 5), *temp = mlt_arena_temp(&a, 9);
    assert_ptr_equal(kept, memory + 16);
    assert_int_equal((uintptr_t)temp % MLT_KEPT_ALIGN, 0);
    for (int i = 0; i < 9; ++i) {
        assert_int_equal(temp[i], 0);
    }
    for (int i = 0; i < 5; ++i) {
        assert_int_equal(kept[i], 0);
    }
    assert_true(temp + 9 <= memory + sizeof(memory));
}

static void test_need_is_the_size_that_would_have_done(void **state) {
    (void)state;
    mlt_arena_t a;
    mlt_arena_init(&a, memory, 64);
    assert_non_null(mlt_arena_keep(&a, 40));
    assert_null(mlt_arena_temp(&a, 32));
    assert_int_equal(a.need, 72);
    mlt_arena_init(&a, memory, 72);
    assert_non_null(mlt_arena_keep(&a, 40));
    assert_non_null(mlt_arena_temp(&a, 32));
    assert_int_equal(a.need, 72);
}

static void test_released_memory_comes_back(void **state) {
    (void)state;
    mlt_arena_t a;
    mlt_arena_init(&a, memory, 64);
    size_t mark = a.temp;
    void *first = mlt_arena_temp(&a, 48);
    assert_non_null(first);
    assert_null(mlt_arena_temp(&a, 48));
    mlt_arena_release(&a, mark);
    assert_ptr_equal(mlt_arena_temp(&a, 48), first);
}

static void test_place_follows_what_is_kept(void **state) {
    (void)state;
    mlt_arena_t a;
    mlt_arena_init(&a, memory, 96);
    mlt_arena_keep(&a, 24);
    assert_null(mlt_arena_place(&a, 65));
    assert_int_equal(a.need, 32 + 72);
    assert_ptr_equal(mlt_arena_place(&a, 64), memory + 32);
    assert_int_equal(a.kept, 96);
}

static void test_absurd_sizes_are_refused(void **state) {
    (void)state;
    mlt_arena_t a;
    mlt_arena_init(&a, memory, sizeof(memory));
    assert_null(mlt_arena_keep(&a, SIZE_MAX / 2));
    assert_null(mlt_arena_temp(&a, SIZE_MAX / 3));
    assert_non_null(mlt_arena_keep(&a, 8));
    mlt_arena_init(&a, memory + 1, 3); // smaller than the gap in front
    assert_null(mlt_arena_keep(&a, 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_ends_are_aligned_and_zeroed),
        cmocka_unit_test(test_need_is_the_size_that_would_have_done),
        cmocka_unit_test(test_released_memory_comes_back),
        cmocka_unit_test(test_place_follows_what_is_kept),
        cmocka_unit_test(test_absurd_sizes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
