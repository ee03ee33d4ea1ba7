// SPDX-License-Identifier: MIT
// Float functions against libm in double precision, over a stride through all float32 numbers. The
// whole file is compiled in here, so that it is the square root without an instruction that is
// tested.

#include "unit.h"

#include <math.h>
#include <stdio.h>

#undef __SSE2__
#include "../../src/mathf.c"

enum { STRIDE = 4099 };

typedef struct function {
    const char *name;
    float (*ours)(float);
    double (*theirs)(double);
    double ulps; // that it may be off
} function_t;

static bool same_sign(double a, double b) {
    return signbit(a) == signbit(b);
}

// Distance from the exact result in units of the last place of a float of its size.
static double error_of(float y, double exact) {
    int exponent;
    frexp(exact, &exponent);
    return fabs((double)y - exact) / ldexp(1.0, (exponent < -125 ? -125 : exponent) - 24);
}

static void check(const function_t *f, float x) {
    float y = f->ours(x);
    double exact = f->theirs((double)x);
    float rounded = (float)exact;
    bool good = isnan(exact)             ? isnan(y)
                : isinf(rounded)         ? y == rounded
                : rounded == 0 && y == 0 ? same_sign(y, exact)
                                         : error_of(y, exact) <= f->ulps;
    if (!good) {
        fail_msg("%s(%a) is %a, want %a", f->name, (double)x, (double)y, exact);
    }
}

static void test_functions(void **state) {
    (void)state;
    static const function_t functions[] = {{"truncf", mlt_truncf, trunc, 0},
        {"floorf", mlt_floorf, floor, 0}, {"ceilf", mlt_ceilf, ceil, 0},
        {"roundf", mlt_roundf, round, 0}, {"rintf", mlt_rintf, rint, 0},
        {"sqrtf", mlt_sqrtf, sqrt, 0.5}, {"expf", mlt_expf, exp, 0.9},
        {"expm1f", mlt_expm1f, expm1, 1.6}, {"logf", mlt_logf, log, 0.8},
        {"tanhf", mlt_tanhf, tanh, 1.5}, {"sinf", mlt_sinf, sin, 1.6},
        {"cosf", mlt_cosf, cos, 1.6}};
    for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); ++i) {
        for (uint64_t bits = 0; bits <= UINT32_MAX; bits += STRIDE) {
            check(&functions[i], mlt_bits_float((uint32_t)bits));
        }
        static const float special[] = {0.0f, -0.0f, 1.0f, -1.0f, 0.5f, -0.5f, 1.5f, 2.5f,
            8388607.5f, INFINITY, -INFINITY, NAN, 3.402823466e+38f, 1.401298464e-45f,
            -1.175494351e-38f};
        for (size_t k = 0; k < sizeof(special) / sizeof(*special); ++k) {
            check(&functions[i], special[k]);
        }
    }
}

static void test_erfc_and_logistic(void **state) {
    (void)state;
    for (float x = -20.0f; x < 20.0f; x += 0.00137f) {
        assert_true(fabs((double)mlt_erfcf(x) - erfc((double)x)) < 1.2e-7);
        assert_true(fabs((double)mlt_logisticf(x) - 1.0 / (1.0 + exp(-(double)x))) < 1.2e-7);
    }
}

static void test_atan2(void **state) {
    (void)state;
    static const float special[] = {0.0f, -0.0f, 1.0f, -2.5f, INFINITY, -INFINITY, 1e-44f, 3e38f};
    enum { COUNT = sizeof(special) / sizeof(*special) };
    uint32_t random = 9;
    for (int i = 0; i < 300000; ++i) {
        float y = i < COUNT * COUNT ? special[i / COUNT] : mlt_bits_float(unit_random(&random));
        float x = i < COUNT * COUNT ? special[i % COUNT] : mlt_bits_float(unit_random(&random));
        if (i & 1 && i >= COUNT * COUNT) {
            x = mlt_bits_float(mlt_float_bits(y) ^ unit_random(&random) >> 6);
        }
        float ours = mlt_atan2f(y, x);
        double exact = atan2((double)y, (double)x);
        assert_true(
            isnan(exact) ? isnan(ours) : same_sign(ours, exact) && error_of(ours, exact) <= 4.0);
    }
}

// Random numbers of all sizes, and y near x.
static float random_float(uint32_t *random) {
    return mlt_bits_float(unit_random(random));
}

static void test_fmod(void **state) {
    (void)state;
    uint32_t random = 1;
    for (int i = 0; i < 300000; ++i) {
        float x = random_float(&random), y = random_float(&random);
        if (i & 1) {
            y = mlt_bits_float(mlt_float_bits(x) ^ unit_random(&random) >> 6);
        }
        float ours = mlt_fmodf(x, y), theirs = fmodf(x, y);
        assert_true(isnan(theirs) ? isnan(ours) : ours == theirs && same_sign(ours, theirs));
    }
}

static void test_pow(void **state) {
    (void)state;
    uint32_t random = 5;
    for (int i = 0; i < 300000; ++i) {
        float x = random_float(&random), y = random_float(&random);
        if (i & 1) {
            y = (float)((int32_t)unit_random(&random) % 1000) / 8.0f;
            x = mlt_bits_float(0x3c000000u + unit_random(&random) % 0x06000000u);
        }
        float ours = mlt_powf(x, y);
        double exact = pow((double)x, (double)y);
        float rounded = (float)exact;
        assert_true(isnan(exact) ? isnan(ours)
                    : isinf(rounded) || rounded == 0
                        ? fabsf(ours - rounded) <= 1.5e-45f || ours == rounded
                        : error_of(ours, exact) <= 0.501);
    }
    static const float special[] = {
        0.0f, -0.0f, 1.0f, -1.0f, 2.0f, 3.0f, -3.0f, 0.5f, -0.5f, INFINITY, -INFINITY, NAN};
    for (int i = 0; i < 12; ++i) {
        for (int k = 0; k < 12; ++k) {
            float ours = mlt_powf(special[i], special[k]), theirs = powf(special[i], special[k]);
            assert_true(isnan(theirs) ? isnan(ours) : ours == theirs);
        }
    }
}

static void test_double(void **state) {
    (void)state;
    uint32_t random = 3;
    for (int i = 0; i < 100000; ++i) {
        double x = (unit_random(&random) / 4294967296.0 - 0.5) * 1400.0;
        assert_true(fabs(mlt_exp(x) / exp(x) - 1.0) < 1e-13);
        double y = exp(x / 2.0);
        assert_true(fabs(mlt_log(y) - log(y)) <= 1e-13 * fmax(1.0, fabs(log(y))));
        assert_true(fabs(mlt_erf(x / 100.0) - erf(x / 100.0)) < 1e-13);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_functions),
        cmocka_unit_test(test_erfc_and_logistic),
        cmocka_unit_test(test_atan2),
        cmocka_unit_test(test_fmod),
        cmocka_unit_test(test_pow),
        cmocka_unit_test(test_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
