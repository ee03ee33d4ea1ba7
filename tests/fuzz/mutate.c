// SPDX-License-Identifier: MIT
// Broken models, one after the other: each has to give an error or a result. Built with
// sanitizers, which end the program at the first wrong access.
//
//     mutate MODEL...          every beginning of each model, and every byte of it changed to
//                              every other value
//     mutate --few MODEL...    every beginning, and each byte changed to 8 values
//     mutate --random N SEED MODEL...    N models with 1 to 8 random bytes changed
//
// Prints how many there were, how many opened, and how many of those ran.

#include "microlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA = 64 * 1024 };

typedef struct counts {
    long tried, opened, ran;
} counts_t;

static uint32_t seed = 1;

static uint32_t random_number(void) {
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

static void *allocate(size_t size) {
    void *p = malloc(size > 0 ? size : 1);
    if (!p) {
        perror("mutate");
        exit(2);
    }
    return p;
}

// Use all that a user of the library can use.
static bool run(mlt_model_t *m) {
    for (size_t i = 0; i < mlt_input_count(m); ++i) {
        mlt_tensor_t *t = mlt_input(m, i);
        uint8_t *data = t->data;
        for (size_t j = 0; j < mlt_bytes(t) && !(t->flags & MLT_TENSOR_CONST); ++j) {
            data[j] = (uint8_t)random_number();
        }
    }
    mlt_status_t status = mlt_invoke(m);
    mlt_reset(m);
    mlt_invoke(m);
    uint8_t sum = 0;
    for (size_t i = 0; i < mlt_output_count(m); ++i) {
        const mlt_tensor_t *t = mlt_output(m, i);
        const uint8_t *data = t->data;
        for (size_t j = 0; j < mlt_bytes(t); ++j) {
            sum = (uint8_t)(sum + data[j]);
        }
        size_t count = mlt_count(t);
        float *values = allocate(count * sizeof(*values));
        mlt_read(m, t, values, count);
        free(values);
    }
    for (size_t i = 0; i < mlt_tensor_count(m); ++i) {
        size_t length;
        const char *name = mlt_name(m, mlt_tensor(m, i), &length);
        for (size_t j = 0; j < length; ++j) {
            sum = (uint8_t)(sum + name[j]);
        }
        mlt_quant(m, mlt_tensor(m, i));
    }
    seed += sum; // so that the reads stay
    return status == MLT_OK;
}

static bool says_why(const mlt_error_t *error) {
#if MLT_WITH_SENTENCES
    return error->text[0] != '\0';
#else
    return error->sentence != 0;
#endif
}

// The model is a block of its own, so that the sanitizer knows its end.
static void try_model(
    const uint8_t *model, size_t size, uint8_t *arena, uint8_t flags, counts_t *counts) {
    mlt_error_t error;
    mlt_config_t config = {
        .model = model,
        .model_size = size,
        .arena = arena,
        .arena_size = ARENA,
        .ops = mlt_ops_default,
        .ops_count = 1,
        .error = &error,
        .flags = flags,
    };
    mlt_model_t *m;
    ++counts->tried;
    mlt_status_t status = mlt_open(&m, &config);
    if (status == MLT_OK) {
        ++counts->opened;
        counts->ran += run(m);
    } else if (!says_why(&error) || error.status != status) {
        fprintf(stderr, "mutate: status %d without a text\n", (int)status);
        exit(1);
    }
}

static void try_beginnings(const uint8_t *model, size_t size, uint8_t *arena, counts_t *counts) {
    for (size_t n = 0; n < size; ++n) {
        uint8_t *part = allocate(n);
        memcpy(part, model, n);
        try_model(part, n, arena, 0, counts);
        free(part);
    }
}

static void try_bytes(uint8_t *model, size_t size, uint8_t *arena, bool few, counts_t *counts) {
    static const uint8_t some[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    for (size_t i = 0; i < size; ++i) {
        uint8_t right = model[i];
        for (int value = 0; value < (few ? 8 : 256); ++value) {
            int changed = !few        ? value
                          : value < 5 ? some[value]
                                      : right ^ (1 << (value == 5 ? 0 : value));
            if (changed != right) {
                model[i] = (uint8_t)changed;
                try_model(model, size, arena, i % 2 ? MLT_KEEP_ALL : 0, counts);
            }
        }
        model[i] = right;
    }
}

static void try_random(
    const uint8_t *model, size_t size, uint8_t *arena, long tries, counts_t *counts) {
    uint8_t *changed = allocate(size);
    for (long i = 0; i < tries; ++i) {
        memcpy(changed, model, size);
        for (uint32_t n = 1 + random_number() % 8; n > 0; --n) {
            uint32_t value = random_number();
            changed[random_number() % size] = (uint8_t)(value & 256 ? value & 3 : value);
        }
        try_model(changed, size, arena, i % 2 ? MLT_KEEP_ALL : 0, counts);
    }
    free(changed);
}

static uint8_t *load(const char *path, size_t *size) {
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0) {
        perror(path);
        exit(2);
    }
    *size = (size_t)ftell(f);
    rewind(f);
    uint8_t *model = allocate(*size);
    if (fread(model, 1, *size, f) != *size) {
        perror(path);
        exit(2);
    }
    fclose(f);
    return model;
}

int main(int argc, char **argv) {
    int first = 1;
    bool few = argc > 1 && strcmp(argv[1], "--few") == 0;
    long tries = 0;
    if (few) {
        first = 2;
    } else if (argc > 3 && strcmp(argv[1], "--random") == 0) {
        tries = atol(argv[2]);
        seed = (uint32_t)atol(argv[3]) * 2654435761u | 1;
        first = 4;
    }
    uint8_t *arena = allocate(ARENA);
    for (int i = first; i < argc; ++i) {
        size_t size;
        uint8_t *model = load(argv[i], &size);
        counts_t counts = {0, 0, 0};
        try_model(model, size, arena, 0, &counts);
        if (counts.opened != 1) {
            fprintf(stderr, "mutate: %s does not open as it is\n", argv[i]);
            exit(1);
        }
        if (tries > 0) {
            try_random(model, size, arena, tries, &counts);
        } else {
            try_beginnings(model, size, arena, &counts);
            try_bytes(model, size, arena, few, &counts);
        }
        printf("%s: %ld tried, %ld opened, %ld ran\n", argv[i], counts.tried, counts.opened,
            counts.ran);
        free(model);
    }
    free(arena);
    return 0;
}
