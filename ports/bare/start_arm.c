// SPDX-License-Identifier: MIT
// Start a Cortex-M, and talk to QEMU through semihosting.

#include "bare.h"

static int semihosting(int operation, const void *argument) {
    register int r0 __asm("r0") = operation;
    register const void *r1 __asm("r1") = argument;
    __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void bare_print(const char *text) {
    semihosting(0x04, text); // SYS_WRITE0
}

void bare_exit(int status) {
    const uint32_t reason[2] = {0x20026, (uint32_t)status}; // application exit
    semihosting(0x20, reason);                              // SYS_EXIT_EXTENDED
    for (;;) {
    }
}

static void fault(void) {
    bare_print("fault\n");
    bare_exit(3);
}

void Reset_Handler(void) {
#if defined(__ARM_FP)
    *(volatile uint32_t *)0xE000ED88 |= 0xF << 20; // CPACR: the FPU may be used
    __asm volatile("dsb\n isb");
#endif
    bare_start();
}

__attribute__((section(".vectors"), used)) static void *const vectors[] = {stack_top,
    (void *)Reset_Handler, (void *)fault, (void *)fault, (void *)fault, (void *)fault,
    (void *)fault};
