# SPDX-License-Identifier: MIT
# Updates over the air with 4 MiB of flash: optimised for size, for firmware with few operators.
list(APPEND SDKCONFIG_DEFAULTS
    ${CMAKE_CURRENT_LIST_DIR}/../sdkconfig.size
)
list(APPEND MICROPY_DEF_BOARD MICROPY_HW_BOARD_NAME="ESP32 OTA with microlite")
microlite_partitions(4MiB-ota)
