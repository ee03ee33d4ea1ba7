// SPDX-License-Identifier: MIT
// Write the one sentence of an error: which operator, which tensor, what was found and wanted.

#include "error.h"

#include <string.h>

#include "../config.h"
#include "../format.h"

enum { LONGEST_NAME = 40 };

void mlt_error_start(mlt_error_t *e, mlt_status_t status) {
    if (e) {
        *e = (mlt_error_t){.status = status, .subgraph = -1, .op = -1, .tensor = -1};
    }
}

#if MLT_WITH_SENTENCES

static size_t length_of(const char *s) {
    size_t n = 0;
    while (s[n]) {
        ++n;
    }
    return n;
}

static void add_text(mlt_error_t *e, const char *text, size_t length) {
    size_t used = length_of(e->text);
    size_t room = MLT_ERROR_TEXT - 1 - used;
    if (length > room) {
        length = room;
    }
    memcpy(e->text + used, text, length);
    e->text[used + length] = '\0';
}

static void add_number(mlt_error_t *e, int x) {
    char digits[12];
    size_t i = sizeof(digits);
    unsigned rest = x < 0 ? 0u - (unsigned)x : (unsigned)x;
    do {
        digits[--i] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (x < 0) {
        digits[--i] = '-';
    }
    add_text(e, digits + i, sizeof(digits) - i);
}

static void add_string(mlt_error_t *e, const char *s) {
    add_text(e, s, length_of(s));
}

// "INT8, INT16 or FLOAT32"
static void add_types(mlt_error_t *e, unsigned types) {
    const char *between = "";
    for (int type = 0; types; ++type, types >>= 1) {
        if (types & 1) {
            add_string(e, types == 1 && *between ? " or " : between);
            add_string(e, mlt_type_name(type));
            between = ", ";
        }
    }
}

void mlt_error_vadd(mlt_error_t *e, const char *format, va_list args) {
    if (!e) {
        return;
    }
    while (*format) {
        size_t plain = 0;
        while (format[plain] && format[plain] != '%') {
            ++plain;
        }
        add_text(e, format, plain);
        format += plain;
        if (*format != '%' || !*++format) {
            continue;
        }
        if (*format == 'd') {
            add_number(e, va_arg(args, int));
        } else if (*format == 's') {
            add_string(e, va_arg(args, const char *));
        } else if (*format == 't') {
            add_string(e, mlt_type_name(va_arg(args, int)));
        } else if (*format == 'm') {
            add_types(e, va_arg(args, unsigned));
        } else {
            add_text(e, format, 1);
        }
        ++format;
    }
}

void mlt_error_add(mlt_error_t *e, const char *format, ...) {
    va_list args;
    va_start(args, format);
    mlt_error_vadd(e, format, args);
    va_end(args);
}

void mlt_error_name(mlt_error_t *e, const char *name, size_t length) {
    if (!e) {
        return;
    }
    mlt_error_add(e, length > LONGEST_NAME ? " '..." : " '");
    if (length > LONGEST_NAME) {
        name += length - LONGEST_NAME;
        length = LONGEST_NAME;
    }
    for (size_t i = 0; i < length; ++i) { // a broken file's name may hold anything
        char c = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
        add_text(e, &c, 1);
    }
    mlt_error_add(e, "'");
}

#else

// What the texts would say, as numbers.
void mlt_error_vnote(mlt_error_t *e, uint32_t sentence, va_list args) {
    if (e) {
        e->sentence = sentence;
        for (uint32_t i = 0; i < sentence >> 16; ++i) {
            e->values[i] = va_arg(args, int);
        }
    }
}

void mlt_error_name(mlt_error_t *e, const char *name, size_t length) {
    if (e) {
        e->name = name;
        e->name_length = length;
    }
}

void mlt_error_note(mlt_error_t *e, uint32_t sentence, ...) {
    va_list args;
    va_start(args, sentence);
    mlt_error_vnote(e, sentence, args);
    va_end(args);
}

#endif

#define MLT_STATUS_TEXT(name, text) text "\0"
static const char statuses[] = MLT_STATUS_MAP(MLT_STATUS_TEXT) "unknown status";
#undef MLT_STATUS_TEXT

const char *mlt_status_str(mlt_status_t status) {
    unsigned i = (unsigned)status;
    return mlt_string_at(statuses, i < MLT_STATUS_COUNT ? i : MLT_STATUS_COUNT);
}
