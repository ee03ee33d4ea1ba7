# SPDX-License-Identifier: MIT
include(${CMAKE_CURRENT_LIST_DIR}/../../partitions.cmake)
set(IDF_TARGET esp32)
set(SDKCONFIG_DEFAULTS
    boards/sdkconfig.base
    boards/sdkconfig.240mhz
    boards/sdkconfig.ble
)
microlite_partitions(4MiB)
