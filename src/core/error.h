// SPDX-License-Identifier: MIT
// Write the one sentence of an error: which operator, which tensor, what was found and wanted.
#ifndef MLT_ERROR_H
#define MLT_ERROR_H

#include <stdarg.h>

#include "microlite.h"

// Start an error: status, no place, empty text. Does nothing on NULL, like all of these.
void mlt_error_start(mlt_error_t *e, mlt_status_t status);

// Add to the text, cut where it is full. The format knows %d (int), %s and %%.
void mlt_error_add(mlt_error_t *e, const char *format, ...);
void mlt_error_vadd(mlt_error_t *e, const char *format, va_list args);

// Add a name in quotes, its tail only when it is long: names of layers differ at the end.
void mlt_error_add_name(mlt_error_t *e, const char *name, size_t length);

#endif
