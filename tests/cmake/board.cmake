# SPDX-License-Identifier: MIT
# cmake -DBOARD_DIR=... [-DVARIANT=...] -P board.cmake    prints what a board of the esp32 port sets, as the port reads it.
include(${BOARD_DIR}/mpconfigboard.cmake)
if(VARIANT)
    include(${BOARD_DIR}/mpconfigvariant_${VARIANT}.cmake)
endif()
message("IDF_TARGET=${IDF_TARGET}")
message("SDKCONFIG_DEFAULTS=${SDKCONFIG_DEFAULTS}")
message("MICROPY_DEF_BOARD=${MICROPY_DEF_BOARD}")
