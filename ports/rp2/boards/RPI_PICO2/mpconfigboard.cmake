# SPDX-License-Identifier: MIT
# Raspberry Pi Pico 2. What is not said here is as on MicroPython's own board.
set(PICO_BOARD "pico2")
set(MICROPY_BOARD_PINS ${MICROPY_PORT_DIR}/boards/RPI_PICO2/pins.csv)
