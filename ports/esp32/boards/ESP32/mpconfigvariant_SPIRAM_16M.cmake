# SPDX-License-Identifier: MIT
# The same with 16 MiB of flash.
list(APPEND SDKCONFIG_DEFAULTS
    boards/sdkconfig.spiram
)
list(APPEND MICROPY_DEF_BOARD MICROPY_HW_BOARD_NAME="ESP32 16 MiB and PSRAM with microlite")
microlite_partitions(16MiB-ota)
