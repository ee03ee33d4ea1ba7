# SPDX-License-Identifier: MIT
# Cortex-M4F: DSP instructions, and a floating point unit for single precision.
QEMU_MACHINE = mps2-an386
CPU = -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard
MARCH = armv7emsp
MEMORY = mps2.ld
CFLAGS += -DQEMU_SOC_MPS2 -DMICROPY_HW_MCU_NAME='"Cortex-M4F"'

include $(BOARD_DIR)/../arm.mk
