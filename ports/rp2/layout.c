// SPDX-License-Identifier: MIT
// Tell the linker (layout.ld) where the flash that firmware may fill ends, from the same macros
// that MicroPython's rp2_flash.c places its file systems by.

#include "py/mpconfig.h"

#ifndef MICROPY_HW_ROMFS_BYTES // before 1.25
#define MICROPY_HW_ROMFS_BYTES (0)
#endif
#ifndef MICROPY_HW_FLASH_STORAGE_BASE
#define MICROPY_HW_FLASH_STORAGE_BASE (PICO_FLASH_SIZE_BYTES - MICROPY_HW_FLASH_STORAGE_BYTES)
#endif

#ifdef __riscv
#define NUMBER "%" // how an assembler line names an operand that is a number
#else
#define NUMBER "%c"
#endif

// Never called, never linked: the numbers become absolute symbols of the object file.
__attribute__((used)) static void layout(void) {
    __asm volatile(".global microlite_flash_size\n.equ microlite_flash_size, " NUMBER "0\n"
                   ".global microlite_storage_offset\n.equ microlite_storage_offset, " NUMBER "1\n"
                   ".global microlite_romfs_offset\n.equ microlite_romfs_offset, " NUMBER "2\n"
                   :
                   : "i"(PICO_FLASH_SIZE_BYTES), "i"(MICROPY_HW_FLASH_STORAGE_BASE),
                   "i"(MICROPY_HW_FLASH_STORAGE_BASE - MICROPY_HW_ROMFS_BYTES));
}
