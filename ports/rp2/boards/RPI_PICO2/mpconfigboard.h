// SPDX-License-Identifier: MIT
// Raspberry Pi Pico 2, 4 MiB of flash. See RPI_PICO for why it is divided so.
//   0x10000000  firmware          1024 KiB
//   0x10100000  ROM file system   1024 KiB
//   0x10200000  file system       2048 KiB
#define MICROPY_HW_BOARD_NAME "Raspberry Pi Pico 2 with microlite"
#define MICROPY_HW_FLASH_STORAGE_BYTES (2048 * 1024)
#define MICROPY_HW_ROMFS_BYTES (1024 * 1024)
