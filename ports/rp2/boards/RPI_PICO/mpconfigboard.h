// SPDX-License-Identifier: MIT
// Raspberry Pi Pico, 2 MiB of flash. The interpreter and all operators take 554 KiB, which leaves room for other modules.
// Models are used in place in the ROM file system; the largest that the Pico's RAM has an arena for, person_detect,
// takes 294 KiB there.
//   0x10000000  firmware          768 KiB (128 more than on MicroPython's own board)
//   0x100c0000  ROM file system   512 KiB
//   0x10140000  file system       768 KiB
#define MICROPY_HW_BOARD_NAME "Raspberry Pi Pico with microlite"
#define MICROPY_HW_FLASH_STORAGE_BYTES (768 * 1024)
#define MICROPY_HW_ROMFS_BYTES (512 * 1024)
