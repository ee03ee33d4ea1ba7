// SPDX-License-Identifier: MIT
#ifndef MICROPY_HW_BOARD_NAME // variants have names of their own
#define MICROPY_HW_BOARD_NAME "ESP32-C6 with microlite"
#endif
#define MICROPY_HW_MCU_NAME "ESP32C6"
#define MICROPY_PY_MACHINE_I2S (0) // as on MicroPython's own board: its driver lacks this chip
#define MICROPY_HW_ENABLE_UART_REPL (1)
