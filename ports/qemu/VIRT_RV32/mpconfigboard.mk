# SPDX-License-Identifier: MIT
# RV32IMAC. MicroPython has a board of this name too; ours has a larger heap, and suits Debian 12's compiler.
QEMU_ARCH = riscv32
QEMU_MACHINE = virt

# GCC 12 has libraries for rv32imac, but none for rv32imac_zicsr, which is the same to it with this -misa-spec.
RV32_ARCH = rv32imac
AFLAGS += -misa-spec=2.2
AS += -misa-spec=2.2
CFLAGS += -DQEMU_SOC_VIRT -DMICROPY_HW_MCU_NAME='"$(RV32_ARCH)"'
MICROPY_HEAP_SIZE ?= 3000000

LDSCRIPT = $(BOARD_DIR)/virt.ld
SRC_BOARD_O += shared/runtime/gchelper_native.o shared/runtime/gchelper_rv32i.o

MPY_CROSS_FLAGS += -march=rv32imc
