# SPDX-License-Identifier: MIT
include(${CMAKE_CURRENT_LIST_DIR}/../../partitions.cmake)
set(IDF_TARGET esp32s3)
set(SDKCONFIG_DEFAULTS
    boards/sdkconfig.base
    boards/sdkconfig.240mhz
    boards/sdkconfig.usb
    boards/sdkconfig.ble
)
microlite_partitions(8MiB)
