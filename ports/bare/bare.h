// SPDX-License-Identifier: MIT
// What main.c needs of a machine without an operating system: start_arm.c, start_riscv.c.
#ifndef BARE_H
#define BARE_H

#include <stdint.h>

int main(void);

// Semihosting: text to QEMU's terminal, and the end.
void bare_print(const char *text);
_Noreturn void bare_exit(int status);

void Reset_Handler(void); // the first code that a Cortex-M runs

// Copies .data, clears .bss, runs main. Called by the start code once there is a stack.
_Noreturn void bare_start(void);

extern uint8_t bss_end[], stack_top[];

#endif
