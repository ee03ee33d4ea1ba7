// SPDX-License-Identifier: MIT
// Elements of the types that fit in 32 bits, to and from 32-bit words: what works on any pair of
// types goes through a chunk of words, so that n types need n loops each way and not n * n.
#ifndef MLT_WORDS_H
#define MLT_WORDS_H

#include <stdint.h>

enum { MLT_CHUNK = 16 }; // words at a time: a local array

// words[i] = x[at + i], sign or zero extended. INT4, BOOL, INT8, UINT8, INT16, UINT16, INT32,
// UINT32.
void mlt_load_words(const void *x, int type, int32_t at, int32_t *words, int32_t n);

// y[at + i] = the low bits of words[i]. Not INT4.
void mlt_store_words(void *y, int type, int32_t at, const int32_t *words, int32_t n);

#endif
