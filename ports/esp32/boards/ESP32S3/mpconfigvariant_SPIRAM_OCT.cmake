# SPDX-License-Identifier: MIT
# Modules with PSRAM on eight lines: N8R8, N16R8.
list(APPEND SDKCONFIG_DEFAULTS
    boards/sdkconfig.spiram_sx
    boards/sdkconfig.spiram_oct
)
list(APPEND MICROPY_DEF_BOARD MICROPY_HW_BOARD_NAME="ESP32-S3 and octal PSRAM with microlite")
