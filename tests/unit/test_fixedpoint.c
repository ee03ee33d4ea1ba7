// SPDX-License-Identifier: MIT
// Fixed-point exponential and its kin against libm: near the function everywhere. That they are
// equal to TFLM's, bit for bit, is what the vectors of SOFTMAX, LOGISTIC and the like test.

#include "unit.h"

#include <math.h>

#include "fixedpoint.h"

static double real(int32_t x, int bits) {
    return ldexp(x, bits - 31);
}

static void test_exp(void **state) {
    (void)state;
    assert_int_equal(mlt_fixed_exp(0, 5), INT32_MAX);
    for (int64_t a = -1; a >= INT32_MIN; a -= 7919) {
        for (int bits = 4; bits <= 5; ++bits) {
            double wanted = exp(real((int32_t)a, bits));
            assert_true(fabs(real(mlt_fixed_exp((int32_t)a, bits), 0) - wanted) < 1e-6);
        }
    }
}

static void test_quotients(void **state) {
    (void)state;
    for (int64_t a = 0; a <= INT32_MAX; a += 7919) {
        double wanted = 1.0 / (1.0 + real((int32_t)a, 0));
        assert_true(fabs(real(mlt_fixed_reciprocal((int32_t)a), 0) - wanted) < 1e-8);
    }
    for (int64_t a = INT32_MIN + 1; a <= INT32_MAX; a += 7919) {
        double x = real((int32_t)a, 4);
        assert_true(fabs(real(mlt_fixed_logistic((int32_t)a), 0) - 1.0 / (1.0 + exp(-x))) < 1e-7);
        assert_true(fabs(real(mlt_fixed_tanh((int32_t)a), 0) - tanh(x)) < 2e-7);
    }
}

static void test_inverse(void **state) {
    (void)state;
    for (int64_t x = 1; x <= INT32_MAX; x += 1 + x / 100) {
        int32_t over_unit, y = mlt_fixed_inverse((int32_t)x, 12, &over_unit);
        assert_true(fabs(ldexp(y, -31 - over_unit) * real((int32_t)x, 12) - 1.0) < 1e-8);
    }
}

static void test_log(void **state) {
    (void)state;
    for (int64_t x = 1 << 19; x <= INT32_MAX; x += 1 + x / 1000) {
        assert_true(fabs(real(mlt_fixed_log((int32_t)x), 5) - log(real((int32_t)x, 12))) < 3e-7);
    }
}

static void test_inverse_sqrt(void **state) {
    (void)state;
    assert_int_equal(mlt_fixed_inverse_sqrt(0).mult, INT32_MAX);
    for (int64_t x = 1; x <= INT32_MAX; x += 1 + x / 100) {
        mlt_multiplier_t m = mlt_fixed_inverse_sqrt((int32_t)x);
        assert_true(m.shift <= 0);
        assert_true(fabs(ldexp(m.mult, m.shift - 31) * sqrt((double)x) - 1.0) < 2e-6);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exp),
        cmocka_unit_test(test_quotients),
        cmocka_unit_test(test_inverse),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_inverse_sqrt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
