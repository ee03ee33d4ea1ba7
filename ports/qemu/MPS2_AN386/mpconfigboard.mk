# SPDX-License-Identifier: MIT
# A board for MicroPython's ports/qemu: Cortex-M4F with DSP, QEMU's machine mps2-an386.
#   make -C .../ports/qemu BOARD=MPS2_AN386 BOARD_DIR=/path/to/microlite/ports/qemu/MPS2_AN386
QEMU_ARCH = arm
QEMU_MACHINE = mps2-an386

CFLAGS += -mthumb -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard
CFLAGS += -DQEMU_SOC_MPS2
CFLAGS += -DMICROPY_HW_MCU_NAME='"Cortex-M4F"'
MICROPY_HEAP_SIZE ?= 2000000

LDSCRIPT = mcu/arm/mps2.ld
LDFLAGS += -Wl,--wrap=uart_init

SRC_BOARD_O = shared/runtime/gchelper_native.o shared/runtime/gchelper_thumb2.o
SRC_BOARD_O += $(BOARD_DIR)/fpu.o

MPY_CROSS_FLAGS += -march=armv7emsp
