// SPDX-License-Identifier: MIT
// Write the one sentence of an error: which operator, which tensor, what was found and wanted.
#ifndef MLT_ERROR_H
#define MLT_ERROR_H

#include <stdarg.h>

#include "microlite_op.h"

// Start an error: status, no place, empty text. Does nothing on NULL, like all of these.
void mlt_error_start(mlt_error_t *e, mlt_status_t status);

#if MLT_WITH_SENTENCES

// Add to the text, cut where it is full. The format is that of mlt_fail().
void mlt_error_add(mlt_error_t *e, const char *format, ...);
void mlt_error_vadd(mlt_error_t *e, const char *format, va_list args);

#else

// Note the number of the one sentence, and its values.
#define mlt_error_add(e, text, ...) mlt_error_note((e), MLT_TEXT_ID(text), ##__VA_ARGS__)
void mlt_error_note(mlt_error_t *e, uint32_t sentence, ...);
void mlt_error_vnote(mlt_error_t *e, uint32_t sentence, va_list args);

#endif

// Add a space and a name in quotes, its tail only when it is long: names of layers differ at the
// end.
void mlt_error_name(mlt_error_t *e, const char *name, size_t length);

#endif
