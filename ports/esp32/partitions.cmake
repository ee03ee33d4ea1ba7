# SPDX-License-Identifier: MIT
# microlite_partitions(NAME): use partitions-NAME.csv; its name begins with the size of the flash, 4MiB for one.
# A board calls it, its variants may call it again. Names of tables in MicroPython's own files are relative to its
# port, so this one is written out in full.
set(MICROLITE_PARTITIONS_DIR ${CMAKE_CURRENT_LIST_DIR})

macro(microlite_partitions NAME)
    string(REGEX MATCH "^[0-9]+" MICROLITE_FLASH_MIB ${NAME})
    set(MICROLITE_SDKCONFIG "CONFIG_PARTITION_TABLE_CUSTOM=y\n")
    string(APPEND MICROLITE_SDKCONFIG
        "CONFIG_PARTITION_TABLE_CUSTOM_FILENAME=\"${MICROLITE_PARTITIONS_DIR}/partitions-${NAME}.csv\"\n")
    foreach(size 2 4 8 16)
        if(size EQUAL MICROLITE_FLASH_MIB)
            string(APPEND MICROLITE_SDKCONFIG "CONFIG_ESPTOOLPY_FLASHSIZE_${size}MB=y\n")
        else()
            string(APPEND MICROLITE_SDKCONFIG "CONFIG_ESPTOOLPY_FLASHSIZE_${size}MB=n\n")
        endif()
    endforeach()
    file(WRITE ${CMAKE_BINARY_DIR}/sdkconfig.partitions "${MICROLITE_SDKCONFIG}")
    list(REMOVE_ITEM SDKCONFIG_DEFAULTS ${CMAKE_BINARY_DIR}/sdkconfig.partitions)
    list(APPEND SDKCONFIG_DEFAULTS ${CMAKE_BINARY_DIR}/sdkconfig.partitions)
endmacro()
