// SPDX-License-Identifier: MIT
// cmocka with what it wants included first, and random numbers that are the same in every run.
#ifndef MLT_UNIT_H
#define MLT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static inline uint32_t unit_random(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

#endif
