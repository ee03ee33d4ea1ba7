# SPDX-License-Identifier: MIT
include(${CMAKE_CURRENT_LIST_DIR}/../../partitions.cmake)
set(IDF_TARGET esp32c6)
set(SDKCONFIG_DEFAULTS
    boards/sdkconfig.base
    boards/sdkconfig.c6
    boards/sdkconfig.ble
)
microlite_partitions(4MiB)
