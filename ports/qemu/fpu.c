// SPDX-License-Identifier: MIT
// Switch the FPU on before anything uses it: MicroPython 1.26's startup for this port does not.
// uart_init() is the first thing that startup calls in another file, so the linker can put us in
// its place (-Wl,--wrap).

#include <stdint.h>

#define CPACR (*(volatile uint32_t *)0xE000ED88)

void __real_uart_init(void);
void __wrap_uart_init(void);

void __wrap_uart_init(void) {
    CPACR |= 0xF << 20; // full access to coprocessors 10 and 11
    __asm volatile("dsb\n isb");
    __real_uart_init();
}
