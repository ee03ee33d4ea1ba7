// SPDX-License-Identifier: MIT
// Fixed-point arithmetic against its definition in wider arithmetic, and against libm's frexp.

#include "unit.h"

#include <math.h>
#include <string.h>

#include "microlite.h"
#include "quant.h"

// gemmlowp's two steps as their documentation defines them: a doubling high product that
// truncates after a nudge towards its sign, then a division by 2^n, halves away from zero.
static int32_t scale_by_definition(int32_t x, int32_t mult, int32_t shift) {
    int32_t shifted = (int32_t)((uint32_t)x << (shift > 0 ? shift : 0));
    int64_t product = (int64_t)shifted * mult;
    int64_t nudge = product >= 0 ? 1 << 30 : 1 - (1 << 30);
    int64_t high = (product + nudge) / (INT64_C(1) << 31);
    int64_t half = shift < 0 ? INT64_C(1) << (-shift - 1) : 0;
    int64_t divisor = shift < 0 ? INT64_C(1) << -shift : 1;
    return (int32_t)(high >= 0 ? (high + half) / divisor : -((-high + half) / divisor));
}

static void test_scale(void **state) {
    (void)state;
    static const int32_t edges[] = {0, 1, -1, 2, -2, INT32_MAX, INT32_MIN, INT32_MAX - 1,
        INT32_MIN + 1, 1 << 30, -(1 << 30), 0x55555555};
    uint32_t random = 7;
    for (int i = 0; i < 2000000; ++i) {
        int32_t x = (int32_t)unit_random(&random) >> (i % 32);
        if (i % 5 == 0) {
            x = edges[(uint32_t)i / 5 % 12];
        }
        int32_t mult = (int32_t)(unit_random(&random) >> 2 | 1u << 30);
        int32_t shift = (int32_t)(unit_random(&random) % 62) - 31;
        assert_int_equal(mlt_scale(x, mult, shift), scale_by_definition(x, mult, shift));
    }
}

static void test_scale64(void **state) {
    (void)state;
    uint32_t random = 9;
    for (int i = 0; i < 500000; ++i) {
        int64_t x =
            (int64_t)((uint64_t)unit_random(&random) << 32 | unit_random(&random)) >> (17 + i % 40);
        int32_t mult = (int32_t)(unit_random(&random) >> 2 | 1u << 30);
        int32_t shift = (int32_t)(unit_random(&random) % 39) - 31;
        int32_t reduced = mult < 0x7fff0000 ? (mult + (1 << 15)) >> 16 : 0x7fff;
        // floor(x * reduced / 2^(15 - shift) + 1/2), in arithmetic that holds 80 bits exactly
        __extension__ __int128 sum = (__int128)x * reduced;
        sum = (sum + ((__int128)1 << (14 - shift))) >> (15 - shift);
        assert_int_equal(mlt_scale64(x, mult, shift), (int32_t)sum);
    }
}

static void test_multiplier_is_frexp(void **state) {
    (void)state;
    uint32_t random = 11;
    for (int i = 0; i < 500000; ++i) {
        double factor =
            ldexp(1.0 + unit_random(&random) / 4294967296.0, (int)(unit_random(&random) % 60) - 31);
        factor += ldexp(unit_random(&random), -70);
        int exponent;
        double fraction = frexp(factor, &exponent);
        int64_t mult = llround(fraction * 2147483648.0);
        if (mult == INT64_C(1) << 31) {
            mult >>= 1;
            ++exponent;
        }
        mlt_multiplier_t m = mlt_multiplier(factor);
        assert_int_equal(m.mult, mult);
        assert_int_equal(m.shift, exponent);
    }
}

static void test_multiplier_of_odd_factors(void **state) {
    (void)state;
    static const double none[] = {0.0, -0.0, 1e-40, 5e-324, INFINITY, -INFINITY, NAN};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); ++i) {
        assert_int_equal(mlt_multiplier(none[i]).mult, 0);
    }
    assert_int_equal(mlt_multiplier(1.0).mult, 1 << 30);
    assert_int_equal(mlt_multiplier(1.0).shift, 1);
    assert_int_equal(mlt_multiplier(-0.25).mult, -(1 << 30));
    assert_int_equal(mlt_multiplier(1e30).shift, 30); // saturated, never an undefined shift
}

static float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof(x));
    return x;
}

// What mlt_quotient says is what it says in double: for all floats, and often near halves.
static void test_quotient_is_that_of_doubles(void **state) {
    (void)state;
    static const uint32_t edges[] = {0, 0x80000000, 1, 0x7fffff, 0x800000, 0x7f7fffff, 0x7f800000,
        0x7fc00000, 0x3f800000, 0x3f800001, 0x3fffffff, 0xbf800000, 0x4e000001, 0x3b800000};
    uint32_t random = 17;
    for (int i = 0; i < 3000000; ++i) {
        float x[3];
        for (int k = 0; k < 3; ++k) {
            uint32_t bits = unit_random(&random);
            bits = i % 3 ? bits % 0x0a000000 + 0x3a000000 : bits; // as scales are, or any
            bits = i % 7 ? bits : bits & (k == 2 ? 0xfff80000 : 0xfffff000); // short quotients
            x[k] = float_of(i % 11 ? bits : edges[bits % (sizeof(edges) / sizeof(edges[0]))]);
        }
        x[1] = i % 5 ? x[1] : 1.0f;
        mlt_multiplier_t got = mlt_quotient(x[0], x[1], x[2]);
        mlt_multiplier_t want = mlt_multiplier((double)x[0] * (double)x[1] / (double)x[2]);
        assert_int_equal(got.mult, want.mult);
        assert_int_equal(got.shift, want.shift);
    }
}

static void test_round(void **state) {
    (void)state;
    assert_int_equal(mlt_round(0.5), 1);
    assert_int_equal(mlt_round(-0.5), -1);
    assert_int_equal(mlt_round(0.49999999999999994), 0);
    assert_int_equal(mlt_round(-2.5), -3);
    assert_int_equal(mlt_round(1e10), INT32_MAX);
    assert_int_equal(mlt_round(-1e10), INT32_MIN);
    assert_int_equal(mlt_round(NAN), 0);
    uint32_t random = 3;
    for (int i = 0; i < 200000; ++i) {
        double x = ((int32_t)unit_random(&random) >> (i % 20)) / 8.0;
        assert_int_equal(mlt_round(x), (int32_t)lround(x));
    }
}

static void test_quantize(void **state) {
    (void)state;
    assert_int_equal(mlt_quantize(0.3f, 0.1f, -128), -125);
    assert_int_equal(mlt_quantize(-0.05f, 0.1f, 0), -1);
    assert_int_equal(mlt_quantize(1e30f, 1e-30f, 5), INT32_MAX);
    assert_int_equal(mlt_quantize(0.0f, 0.0f, 5), 5); // 0 / 0: no crash, no surprise
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scale),
        cmocka_unit_test(test_scale64),
        cmocka_unit_test(test_multiplier_is_frexp),
        cmocka_unit_test(test_multiplier_of_odd_factors),
        cmocka_unit_test(test_quotient_is_that_of_doubles),
        cmocka_unit_test(test_round),
        cmocka_unit_test(test_quantize),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
