// SPDX-License-Identifier: MIT
// Sentences of errors as numbers, for builds without MLT_WITH_SENTENCES: the sentence stands in the
// source only, and tools/sentences.py finds it there by its number, which the compiler computes.
// Logs are kept small that way (Pigweed's pw_tokenizer, defmt).
#ifndef MICROLITE_TEXT_H
#define MICROLITE_TEXT_H

#include <stdint.h>

// Character i, 0 behind the end. What is no literal does not compile.
#define MLT_CHAR(text, i)                                                                          \
    ((i) < sizeof(text) ? (uint32_t)(unsigned char)("" text)[(i) < sizeof(text) ? (i) : 0] : 0)

// MLT_FOLD(STEP, text): what STEP(text, i, sum) makes of the first 96 characters, beginning with 0.
#define MLT_FOLD_4(STEP, text, i, sum)                                                             \
    STEP(text, (i) + 3, STEP(text, (i) + 2, STEP(text, (i) + 1, STEP(text, i, sum))))
#define MLT_FOLD_16(STEP, text, i, sum)                                                            \
    MLT_FOLD_4(STEP, text, (i) + 12,                                                               \
        MLT_FOLD_4(                                                                                \
            STEP, text, (i) + 8, MLT_FOLD_4(STEP, text, (i) + 4, MLT_FOLD_4(STEP, text, i, sum))))
#define MLT_FOLD_48(STEP, text, i, sum)                                                            \
    MLT_FOLD_16(                                                                                   \
        STEP, text, (i) + 32, MLT_FOLD_16(STEP, text, (i) + 16, MLT_FOLD_16(STEP, text, i, sum)))
#define MLT_FOLD(STEP, text) MLT_FOLD_48(STEP, text, 48, MLT_FOLD_48(STEP, text, 0, 0u))

// The number of a sentence or word, 16 bits, and how many values a sentence has.
#define MLT_TEXT_ADD(text, i, sum) ((sum)*65599u + MLT_CHAR(text, i))
#define MLT_TEXT_NUMBER(text) (MLT_FOLD(MLT_TEXT_ADD, text) >> 16)
#define MLT_TEXT_VALUE(text, i, sum) ((sum) + (MLT_CHAR(text, i) == '%'))
#define MLT_TEXT_VALUES(text) MLT_FOLD(MLT_TEXT_VALUE, text)

// Both: values from bit 16 on.
#define MLT_TEXT_ID(text) (MLT_TEXT_NUMBER(text) | MLT_TEXT_VALUES(text) << 16)

#endif
