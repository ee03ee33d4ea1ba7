# SPDX-License-Identifier: MIT
# For every rp2 firmware with microlite inside, whatever its board: it links only when it ends before the ROM file
# system and the file system begin. Without this a firmware that is too large is overwritten by its own files.
target_sources(usermod INTERFACE ${CMAKE_CURRENT_LIST_DIR}/layout.c)
target_link_options(usermod INTERFACE ${CMAKE_CURRENT_LIST_DIR}/layout.ld)

# In place of a C++ library where there is none: tools/get_rp2.sh.
execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=libstdc++.a OUTPUT_VARIABLE MICROLITE_CXX)
if(MICROLITE_CXX STREQUAL "libstdc++.a\n" AND EXISTS ${MICROLITE_DIR}/build/rp2/sdk/cxx)
    target_include_directories(usermod INTERFACE ${MICROLITE_DIR}/build/rp2/sdk/cxx)
    target_link_directories(usermod INTERFACE ${MICROLITE_DIR}/build/rp2/sdk/cxx)
endif()
