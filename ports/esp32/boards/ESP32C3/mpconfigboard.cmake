# SPDX-License-Identifier: MIT
include(${CMAKE_CURRENT_LIST_DIR}/../../partitions.cmake)
set(IDF_TARGET esp32c3)
set(SDKCONFIG_DEFAULTS
    boards/sdkconfig.base
    boards/sdkconfig.ble
    ${CMAKE_CURRENT_LIST_DIR}/sdkconfig.board
)
microlite_partitions(4MiB)
