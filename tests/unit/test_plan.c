// SPDX-License-Identifier: MIT
// The planner: buffers of overlapping times never share a byte, and little is wasted.

#include "unit.h"

#include "core/plan.h"

static bool together_in_time(const mlt_block_t *a, const mlt_block_t *b) {
    return a->first <= b->last && b->first <= a->last;
}

static bool together_in_space(const mlt_block_t *a, const mlt_block_t *b) {
    return a->offset < b->offset + b->size && b->offset < a->offset + a->size;
}

static void check_plan(const mlt_block_t *blocks, uint32_t count, uint32_t total) {
    for (uint32_t i = 0; i < count; ++i) {
        assert_true(blocks[i].offset + blocks[i].size <= total);
        for (uint32_t j = 0; j < i; ++j) {
            assert_false(together_in_time(&blocks[i], &blocks[j]) &&
                         together_in_space(&blocks[i], &blocks[j]));
        }
    }
}

static void test_chain_needs_its_two_largest_neighbours(void **state) {
    (void)state;
    mlt_block_t blocks[] = {
        {64, 0, 1, MLT_UNPLACED},
        {256, 1, 2, MLT_UNPLACED},
        {128, 2, 3, MLT_UNPLACED},
        {16, 3, 4, MLT_UNPLACED},
    };
    uint16_t order[4];
    uint32_t total = mlt_plan(blocks, 4, order);
    check_plan(blocks, 4, total);
    assert_int_equal(total, 256 + 128);
}

static void test_offline_offsets_are_kept(void **state) {
    (void)state;
    mlt_block_t blocks[] = {
        {64, 0, 9, MLT_UNPLACED},
        {32, 0, 9, 32},
        {512, 0, 9, MLT_UNPLACED},
        {16, 4, 5, 1024},
    };
    uint16_t order[4];
    uint32_t total = mlt_plan(blocks, 4, order);
    check_plan(blocks, 4, total);
    assert_int_equal(blocks[1].offset, 32);
    assert_int_equal(blocks[3].offset, 1024);
    assert_int_equal(blocks[2].offset, 64); // behind the fixed one, before the other
    assert_int_equal(total, 1040);
}

static void test_offline_offsets_that_are_taken(void **state) {
    (void)state;
    mlt_block_t blocks[] = {
        {64, 0, 3, 0}, {64, 1, 2, 48},  // in the first one's last 16 bytes
        {32, 4, 5, 32},                 // after the first
        {128, 5, 5, 48},                // while the third is there
        {16, 6, 7, 48}, {16, 6, 6, 48}, // the same bytes at the same time
    };
    uint16_t order[6];
    check_plan(blocks, 6, mlt_plan(blocks, 6, order));
    assert_int_equal(blocks[0].offset, 0);
    assert_int_equal(blocks[1].offset, 64);
    assert_int_equal(blocks[2].offset, 32);
    assert_int_not_equal(blocks[3].offset, 48);
    assert_true((blocks[4].offset == 48) != (blocks[5].offset == 48));
}

// Plans at random: whatever they say, nothing is overwritten, and what is no conflict stays.
static void test_random_offline_plans(void **state) {
    (void)state;
    enum { MOST = 40 };
    uint32_t random = 3;
    mlt_block_t blocks[MOST];
    uint32_t wanted[MOST];
    uint16_t order[MOST];
    for (int round = 0; round < 3000; ++round) {
        uint32_t count = unit_random(&random) % MOST + 1;
        for (uint32_t i = 0; i < count; ++i) {
            int32_t first = (int32_t)(unit_random(&random) % 40);
            int32_t last = first + (int32_t)(unit_random(&random) % 4);
            uint32_t size = (unit_random(&random) % 8 + 1) * 16;
            bool fixed = unit_random(&random) % 4 != 0;
            wanted[i] = fixed ? unit_random(&random) % 64 * 16 : MLT_UNPLACED;
            blocks[i] = (mlt_block_t){size, first, last, wanted[i]};
        }
        check_plan(blocks, count, mlt_plan(blocks, count, order));
        for (uint32_t i = 0; i < count; ++i) {
            mlt_block_t wish = blocks[i];
            wish.offset = wanted[i];
            bool good = wanted[i] != MLT_UNPLACED;
            for (uint32_t j = 0; j < count && good; ++j) {
                mlt_block_t other = blocks[j];
                other.offset = wanted[j];
                good = i == j || wanted[j] == MLT_UNPLACED || !together_in_time(&wish, &other) ||
                       !together_in_space(&wish, &other);
            }
            assert_true(!good || blocks[i].offset == wanted[i]);
        }
    }
}

static void test_random_graphs(void **state) {
    (void)state;
    enum { MOST = 60 };
    uint32_t random = 1;
    mlt_block_t blocks[MOST];
    uint16_t order[MOST];
    for (int round = 0; round < 3000; ++round) {
        uint32_t count = unit_random(&random) % MOST + 1, sum = 0, largest = 0;
        for (uint32_t i = 0; i < count; ++i) {
            int32_t first = (int32_t)(unit_random(&random) % 40);
            int32_t last = first + (int32_t)(unit_random(&random) % 8);
            uint32_t size = unit_random(&random) % 33 * 16;
            bool fixed = unit_random(&random) % 16 == 0;
            blocks[i] = (mlt_block_t){size, first, last, MLT_UNPLACED};
            if (fixed && i == 0) {
                blocks[i].offset = unit_random(&random) % 64 * 16;
                sum = blocks[i].offset;
            }
            sum += size;
            largest = size > largest ? size : largest;
        }
        uint32_t total = mlt_plan(blocks, count, order);
        check_plan(blocks, count, total);
        assert_in_range(total, largest, sum);
    }
}

static void test_nothing_to_place(void **state) {
    (void)state;
    uint16_t order[1];
    assert_int_equal(mlt_plan(NULL, 0, order), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chain_needs_its_two_largest_neighbours),
        cmocka_unit_test(test_offline_offsets_are_kept),
        cmocka_unit_test(test_offline_offsets_that_are_taken),
        cmocka_unit_test(test_random_offline_plans),
        cmocka_unit_test(test_random_graphs),
        cmocka_unit_test(test_nothing_to_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
