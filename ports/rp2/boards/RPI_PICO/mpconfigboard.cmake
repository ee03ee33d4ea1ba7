# SPDX-License-Identifier: MIT
# Raspberry Pi Pico. What is not said here is as on MicroPython's own board.
set(PICO_BOARD "pico")
set(PICO_PLATFORM "rp2040")
set(MICROPY_BOARD_PINS ${MICROPY_PORT_DIR}/boards/RPI_PICO/pins.csv)
