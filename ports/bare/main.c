// SPDX-License-Identifier: MIT
// Run a model on a machine without an operating system, here one that QEMU emulates. The job (model
// and inputs) lies in memory at JOB; tools/bare_run.py puts it there, reads what is printed, and
// counts instructions.

#include "bare.h"
#include "microlite.h"

#include <string.h>

typedef struct job {
    uint32_t model_size, input_size, invokes, arena_size;
    uint8_t rest[]; // model, inputs of all invokes, arena; each starts at a multiple of 16
} job_t;

// The plugin counts the instructions between calls of these two.
__attribute__((noinline)) void count_begin(void) {
    __asm volatile("");
}

__attribute__((noinline)) void count_end(void) {
    __asm volatile("");
}

static void print_number(const char *name, uint32_t value) {
    char text[12] = "\n", *p = text + sizeof(text) - 1;
    *p = 0;
    *--p = '\n';
    do {
        *--p = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    bare_print(name);
    bare_print(" ");
    bare_print(p);
}

// The stack below the caller's frame is painted, then searched for the deepest change.
enum { PAINT = 0xa5, PAINTED = 8192 };

__attribute__((noinline)) static uint8_t *paint_stack(void) {
    volatile uint8_t *here = (uint8_t *)__builtin_frame_address(0) - 64;
    for (int i = 0; i < PAINTED; ++i) {
        here[-i] = PAINT;
    }
    return (uint8_t *)here;
}

static uint32_t painted_used(const uint8_t *here) {
    int deepest = PAINTED;
    while (deepest > 0 && here[1 - deepest] == PAINT) {
        --deepest;
    }
    return (uint32_t)deepest + 64;
}

static size_t round_up(size_t size) {
    return (size + 15) & ~(size_t)15;
}

static int run(const job_t *job) {
    const uint8_t *input = job->rest + round_up(job->model_size);
    mlt_error_t error;
    mlt_config_t config = {
        .model = job->rest,
        .model_size = job->model_size,
        .arena = (uint8_t *)input + round_up(job->input_size),
        .arena_size = job->arena_size,
        .ops = mlt_ops_default,
        .ops_count = 1,
        .error = &error,
    };
    mlt_model_t *model;
    count_begin();
    mlt_status_t status = mlt_open(&model, &config);
    count_end();
    if (status) {
        bare_print("error ");
        bare_print(error.text);
        bare_print("\n");
        return 1;
    }
    print_number("arena", (uint32_t)mlt_arena_used(model));

    for (uint32_t n = 0; n < job->invokes; ++n) {
        for (size_t i = 0; i < mlt_input_count(model); ++i) {
            mlt_tensor_t *t = mlt_input(model, i);
            memcpy(t->data, input, mlt_bytes(t));
            input += mlt_bytes(t);
        }
        uint8_t *stack = paint_stack();
        count_begin();
        status = mlt_invoke(model);
        count_end();
        print_number("stack", painted_used(stack));
        if (status) {
            bare_print("error ");
            bare_print(error.text);
            bare_print("\n");
            return 1;
        }
        for (size_t i = 0; i < mlt_output_count(model); ++i) {
            const mlt_tensor_t *t = mlt_output(model, i);
            bare_print_bytes("output", t->data, mlt_bytes(t));
        }
    }
    return 0;
}

int main(void) {
    return run((const job_t *)JOB);
}
