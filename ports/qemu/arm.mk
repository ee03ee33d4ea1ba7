# SPDX-License-Identifier: MIT
# What our Cortex-M boards for MicroPython's ports/qemu share. A board sets these first:
#   QEMU_MACHINE, CPU (name and flags of the core), MARCH (the native code that it runs), MEMORY (the script's name)
QEMU_ARCH = arm
PORTS_QEMU := $(BOARD_DIR)/..

CFLAGS += -mthumb $(CPU)
MICROPY_HEAP_SIZE ?= 3000000

LDSCRIPT = $(PORTS_QEMU)/$(MEMORY)
LDFLAGS += -L$(PORTS_QEMU)

SRC_BOARD_O = shared/runtime/gchelper_native.o shared/runtime/gchelper_thumb2.o
ifneq ($(findstring -mfpu,$(CPU)),)
LDFLAGS += -Wl,--wrap=uart_init
SRC_BOARD_O += $(PORTS_QEMU)/fpu.o
endif

MPY_CROSS_FLAGS += -march=$(MARCH)
