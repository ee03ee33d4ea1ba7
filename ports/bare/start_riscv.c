// SPDX-License-Identifier: MIT
// Start a 32-bit RISC-V, and talk to QEMU through semihosting.

#include "bare.h"

__asm(".section .vectors, \"ax\"\n"
      ".option arch, +zicsr\n"
      ".globl _start\n"
      "_start:\n"
      ".option push\n"
      ".option norelax\n"
      "    la gp, __global_pointer$\n"
      ".option pop\n"
      "    la sp, stack_top\n"
      "    la t0, trap\n"
      "    csrw mtvec, t0\n"
      "    j bare_start\n"
      ".balign 4\n"
      "trap: j fault\n"
      ".text\n");

// The three instructions that QEMU knows a semihosting call by, which must lie in one page.
__attribute__((noinline)) static int semihosting(int operation, const void *argument) {
    register int a0 __asm("a0") = operation;
    register const void *a1 __asm("a1") = argument;
    __asm volatile(".option push\n"
                   ".option norvc\n"
                   ".balign 16\n"
                   "slli x0, x0, 0x1f\n"
                   "ebreak\n"
                   "srai x0, x0, 7\n"
                   ".option pop"
                   : "+r"(a0)
                   : "r"(a1)
                   : "memory");
    return a0;
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

__attribute__((used)) static void fault(void) {
    bare_print("fault\n");
    bare_exit(3);
}
