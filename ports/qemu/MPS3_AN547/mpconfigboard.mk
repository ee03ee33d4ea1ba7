# SPDX-License-Identifier: MIT
# Cortex-M55: vector instructions (Helium). MicroPython 1.26 has no such board.
QEMU_MACHINE = mps3-an547
# Binutils up to 2.40 takes a conditional vcvt of this core for another instruction: no conditional execution.
CPU = -mcpu=cortex-m55 -mfpu=auto -mfloat-abi=hard -fno-if-conversion2
MARCH = armv7emdp
# The assembler does not know the name cortex-m55.
AFLAGS += -march=armv8.1-m.main
MEMORY = mps3.ld
CFLAGS += -DMICROPY_HW_MCU_NAME='"Cortex-M55"'

include $(BOARD_DIR)/../arm.mk
SRC_BOARD_O += $(BOARD_DIR)/uart.o
