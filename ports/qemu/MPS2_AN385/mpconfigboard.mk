# SPDX-License-Identifier: MIT
# Cortex-M3. MicroPython has a board of this name too; ours has a larger heap.
QEMU_MACHINE = mps2-an385
CPU = -mcpu=cortex-m3 -mfloat-abi=soft
MARCH = armv7m
MEMORY = mps2.ld
CFLAGS += -DQEMU_SOC_MPS2 -DMICROPY_HW_MCU_NAME='"Cortex-M3"'

include $(BOARD_DIR)/../arm.mk
