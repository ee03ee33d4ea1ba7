// SPDX-License-Identifier: MIT
// The audio front end on a machine without an operating system, here one that QEMU emulates. The
// job lies in memory at JOB; tests/audio/bare.py puts it there, reads what is printed, and counts
// instructions.

#include "../../ports/bare/bare.h"
#include "microlite_audio.h"

typedef struct job {
    uint32_t count; // of samples
    mlt_audio_config_t config;
    int16_t samples[];
} job_t;

// The plugin counts the instructions between calls of these two.
__attribute__((noinline)) void count_begin(void) {
    __asm volatile("");
}

__attribute__((noinline)) void count_end(void) {
    __asm volatile("");
}

int main(void) {
    static uint64_t memory[8192];
    static uint16_t features[512];
    const job_t *job = (const job_t *)JOB;
    const char *error;
    size_t size = mlt_audio_size(&job->config, &error);
    if (size == 0 || size > sizeof(memory)) {
        bare_print(error ? error : "too large");
        return 1;
    }
    count_begin();
    mlt_audio_t *a = mlt_audio_open(memory, sizeof(memory), &job->config);
    count_end();
    uint32_t sum = 2166136261u; // FNV-1a
    for (uint32_t i = 0; i < job->count;) {
        bool done;
        count_begin();
        i += (uint32_t)mlt_audio_process(a, job->samples + i, job->count - i, features, &done);
        count_end();
        for (int32_t k = 0; done && k < job->config.channels; ++k) {
            sum = (sum ^ (features[k] & 255)) * 16777619u;
            sum = (sum ^ features[k] >> 8) * 16777619u;
        }
    }
    bare_print_bytes("sum", (const uint8_t *)&sum, sizeof(sum));
    return 0;
}
