# SPDX-License-Identifier: MIT
# Modules with PSRAM: WROVER, ESP32-CAM, TTGO T-Camera.
list(APPEND SDKCONFIG_DEFAULTS
    boards/sdkconfig.spiram
)
list(APPEND MICROPY_DEF_BOARD MICROPY_HW_BOARD_NAME="ESP32 and PSRAM with microlite")
