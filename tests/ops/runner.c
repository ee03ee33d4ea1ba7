// SPDX-License-Identifier: MIT
// Run the test vectors of a file and say which of them fail.
//
//     runner FILE.vec [--only TEXT] [--cpu N] [-v]
//
// One line for each case that fails, for each operator that is missing, then the counts. With -v a
// line for each case: result, operator, variant, arena bytes, name, what is wrong; tabs between.
// tests/gen/vec.py describes the file.

#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

#define MEMORY ((size_t)64 << 20)
#define MISSING 64 // different missing operators that are told apart

typedef struct missing {
    char op[48];
    int count;
} missing_t;

static void note_missing(missing_t *list, const char *op) {
    for (int i = 0; i < MISSING; ++i) {
        if (list[i].count == 0) {
            snprintf(list[i].op, sizeof(list[i].op), "%s", op);
        }
        if (strcmp(list[i].op, op) == 0) {
            ++list[i].count;
            return;
        }
    }
}

static void protect(uint8_t *p, size_t size, bool forbidden) {
#ifdef __SANITIZE_ADDRESS__
    if (forbidden) {
        ASAN_POISON_MEMORY_REGION(p, size);
    } else {
        ASAN_UNPOISON_MEMORY_REGION(p, size);
    }
#else
    (void)p, (void)size, (void)forbidden;
#endif
}

static const uint8_t *map(const char *path, size_t *size) {
    int fd = open(path, O_RDONLY);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0) {
        perror(path);
        exit(2);
    }
    *size = (size_t)info.st_size;
    void *data = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    close(fd);
    return data == MAP_FAILED ? NULL : data;
}

// A copy that ends where its memory ends, so that reading beyond the model is seen.
static uint8_t *copy_of(const uint8_t *data, size_t size) {
    void *copy = NULL;
    if (posix_memalign(&copy, 16, size ? size : 1) != 0) {
        exit(2);
    }
    return memcpy(copy, data, size);
}

int main(int argc, char **argv) {
    const char *path = NULL, *only = "";
    bool verbose = false;
    check_t c = {.memory_size = MEMORY, .protect = protect};
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
            only = argv[++i];
        } else if (strcmp(argv[i], "--cpu") == 0 && i + 1 < argc) {
            c.cpu = (uint8_t)atoi(argv[++i]);
        } else if (strcmp(argv[i], "-v") == 0) {
            verbose = true;
        } else {
            path = argv[i];
        }
    }
    if (!path) {
        fprintf(stderr, "usage: %s FILE.vec [--only TEXT] [--cpu N] [-v]\n", argv[0]);
        return 2;
    }
    size_t size;
    const uint8_t *data = map(path, &size), *at;
    int32_t count = data ? vec_open(data, size, &at) : -1;
    if (count < 0) {
        fprintf(stderr, "%s: not a file of test vectors\n", path);
        return 2;
    }
    c.memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (c.memory == MAP_FAILED) {
        perror("memory for arenas");
        return 2;
    }
    protect(c.memory, MEMORY, true);

    missing_t missing[MISSING] = {0};
    int tally[3] = {0};
    for (int32_t i = 0; i < count; ++i) {
        static const char *const words[] = {"pass", "fail", "skip"};
        vec_record_t r;
        at = vec_record(at, &r);
        if (!strstr(r.name, only)) {
            continue;
        }
        uint8_t *model = copy_of(r.model, r.model_size);
        const uint8_t *original = r.model;
        r.model = model;
        check_result_t result = check_record(&c, &r);
        r.model = original;
        free(model);
        ++tally[result];
        if (result == CHECK_SKIP) {
            note_missing(missing, c.op);
        }
        if (verbose) {
            printf("%s\t%s\t%s\t%zu\t%s\t%s\n", words[result], r.op, r.variant, c.arena, r.name,
                c.text);
        } else if (result == CHECK_FAIL) {
            printf("%s: %s\n", r.name, c.text);
        }
    }
    for (int i = 0; i < MISSING && missing[i].count; ++i) {
        printf("missing operator %s: %d skipped\n", missing[i].op, missing[i].count);
    }
    printf("%d passed, %d failed, %d skipped\n", tally[CHECK_PASS], tally[CHECK_FAIL],
        tally[CHECK_SKIP]);
    return tally[CHECK_FAIL] ? 1 : 0;
}
