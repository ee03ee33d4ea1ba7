# SPDX-License-Identifier: MIT
# Modules with PSRAM on four lines: N8R2.
list(APPEND SDKCONFIG_DEFAULTS
    boards/sdkconfig.spiram_sx
)
list(APPEND MICROPY_DEF_BOARD MICROPY_HW_BOARD_NAME="ESP32-S3 and PSRAM with microlite")
