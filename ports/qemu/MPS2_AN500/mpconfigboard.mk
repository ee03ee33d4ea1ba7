# SPDX-License-Identifier: MIT
# Cortex-M7: DSP instructions, and a floating point unit for double precision.
QEMU_MACHINE = mps2-an500
CPU = -mcpu=cortex-m7 -mfpu=fpv5-d16 -mfloat-abi=hard
MARCH = armv7emdp
MEMORY = mps2.ld
CFLAGS += -DQEMU_SOC_MPS2 -DMICROPY_HW_MCU_NAME='"Cortex-M7"'

include $(BOARD_DIR)/../arm.mk
