# SPDX-License-Identifier: MIT
# microlite as a user C module, for MicroPython's cmake ports (rp2, esp32):
#   make USER_C_MODULES=/path/to/microlite/micropython/micropython.cmake
# The variable MICROLITE_OPS, a folder, adds the operators that its file ops.def lists, from its C files
# (docs/custom_op.md).
# A smaller firmware: MICROLITE_OPS_LIST names a list of operators to take in place of src/ops/all.def,
# MICROLITE_LEAVE_OUT holds switches of src/config.h that are to be 0.
get_filename_component(MICROLITE_DIR ${CMAKE_CURRENT_LIST_DIR}/.. ABSOLUTE)
file(GLOB MICROLITE_BINDING ${MICROLITE_DIR}/micropython/mod*.c)
file(GLOB MICROLITE_ENGINE ${MICROLITE_DIR}/src/*.c ${MICROLITE_DIR}/src/core/*.c ${MICROLITE_DIR}/src/ops/*.c
    ${MICROLITE_DIR}/src/audio/*.c)
file(GLOB MICROLITE_KERNELS ${MICROLITE_DIR}/src/kernels/*.c ${MICROLITE_DIR}/src/kernels/*/*.c
    ${MICROLITE_DIR}/src/audio/audio_f*.c)
set(MICROLITE_TABLE)
list(REMOVE_ITEM MICROLITE_ENGINE ${MICROLITE_KERNELS})
if(MICROLITE_OPS)
    file(GLOB MICROLITE_MORE ${MICROLITE_OPS}/*.c)
    list(APPEND MICROLITE_ENGINE ${MICROLITE_MORE})
    list(APPEND MICROLITE_TABLE "MLT_OPS_MORE=\"${MICROLITE_OPS}/ops.def\"")
endif()
if(MICROLITE_OPS_LIST)
    list(APPEND MICROLITE_TABLE "MLT_OPS_LIST=\"${MICROLITE_OPS_LIST}\"")
endif()
set_source_files_properties(${MICROLITE_DIR}/src/ops/table.c PROPERTIES COMPILE_DEFINITIONS "${MICROLITE_TABLE}")

add_library(usermod_microlite INTERFACE)
target_sources(usermod_microlite INTERFACE ${MICROLITE_BINDING} ${MICROLITE_ENGINE} ${MICROLITE_KERNELS})
target_include_directories(usermod_microlite INTERFACE ${MICROLITE_DIR}/include)
target_link_libraries(usermod INTERFACE usermod_microlite)

# Sums must not be fused: results are the same on every core. Kernels are worth the flash.
set(MICROLITE_FLAGS -ffp-contract=off)
foreach(each ${MICROLITE_LEAVE_OUT})
    list(APPEND MICROLITE_FLAGS -DMLT_WITH_${each}=0)
endforeach()
set_source_files_properties(${MICROLITE_BINDING} ${MICROLITE_ENGINE} PROPERTIES COMPILE_OPTIONS "${MICROLITE_FLAGS}")
set_source_files_properties(${MICROLITE_KERNELS} PROPERTIES COMPILE_OPTIONS "${MICROLITE_FLAGS};-O2")

# Firmware must end before the file system begins.
if(PICO_SDK_PATH)
    include(${MICROLITE_DIR}/ports/rp2/layout.cmake)
endif()
