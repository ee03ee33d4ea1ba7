// SPDX-License-Identifier: MIT
#ifndef MICROPY_HW_BOARD_NAME // variants have names of their own
#define MICROPY_HW_BOARD_NAME "ESP32-C3 with microlite"
#endif
#define MICROPY_HW_MCU_NAME "ESP32C3"
#define MICROPY_HW_ENABLE_UART_REPL (1)
