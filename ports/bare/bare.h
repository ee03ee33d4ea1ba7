// SPDX-License-Identifier: MIT
// What a program needs of a machine without an operating system: bare.c, start_arm.c,
// start_riscv.c.
#ifndef BARE_H
#define BARE_H

#include <stddef.h>
#include <stdint.h>

int main(void);

// Semihosting: text to QEMU's terminal, and the end.
void bare_print(const char *text);
_Noreturn void bare_exit(int status);

// A line: the name, and the bytes in hexadecimal.
void bare_print_bytes(const char *name, const uint8_t *data, size_t size);

void Reset_Handler(void); // the first code that a Cortex-M runs

// Copies .data, clears .bss, runs main. Called by the start code once there is a stack.
_Noreturn void bare_start(void);

extern uint8_t bss_end[], stack_top[];

#endif
