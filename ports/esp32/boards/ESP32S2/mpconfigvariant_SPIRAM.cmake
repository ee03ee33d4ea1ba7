# SPDX-License-Identifier: MIT
# Modules with PSRAM: ESP32-S2FN4R2, WROVER.
list(APPEND SDKCONFIG_DEFAULTS
    boards/sdkconfig.spiram_sx
)
list(APPEND MICROPY_DEF_BOARD MICROPY_HW_BOARD_NAME="ESP32-S2 and PSRAM with microlite")
