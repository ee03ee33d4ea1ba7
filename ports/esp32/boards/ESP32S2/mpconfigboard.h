// SPDX-License-Identifier: MIT
#ifndef MICROPY_HW_BOARD_NAME // variants have names of their own
#define MICROPY_HW_BOARD_NAME "ESP32-S2 with microlite"
#endif
#define MICROPY_HW_MCU_NAME "ESP32S2"
#define MICROPY_PY_BLUETOOTH (0) // the chip has none
#define MICROPY_HW_ENABLE_UART_REPL (1)
