# SPDX-License-Identifier: MIT
# MicroPython for the boards that QEMU emulates: with our modules (qemu-arm, qemu-riscv), and without (qemu-stock), to
# load native modules into. With BOARD=..., that board only. The root Makefile includes this.
QEMU_ARM := MPS2_AN385 MPS2_AN386 MPS2_AN500 MPS3_AN547
QEMU_RISCV := VIRT_RV32

# $(call qemu_boards,PORT,BOARDS)
define qemu_boards
.PHONY: $1
$1: $(patsubst %,build/$1/%$(SUFFIX)/firmware.elf,$(if $(BOARD),$(filter $(BOARD),$2),$2))
	@[ -n "$$^" ] || { echo "no board '$(BOARD)', want one of $2" >&2; exit 1; }
endef
$(eval $(call qemu_boards,qemu-arm,$(QEMU_ARM)))
$(eval $(call qemu_boards,qemu-riscv,$(QEMU_RISCV)))
$(eval $(call qemu_boards,qemu-stock,$(QEMU_ARM) $(QEMU_RISCV)))

# Always made: MicroPython's own rules know what has changed.
build/qemu-%/firmware.elf: qemu_board = $(patsubst %$(SUFFIX),%,$(notdir $*))
build/qemu-%/firmware.elf: FORCE | micropython
	+@GIT_CEILING_DIRECTORIES=$(CURDIR)/build $(MAKE) -C $(MPY_DIR)/ports/qemu BOARD=$(qemu_board) \
	    BOARD_DIR=$(CURDIR)/ports/qemu/$(qemu_board) BUILD=$(CURDIR)/$(@D) PYTHON=$(PYTHON) FROZEN_MANIFEST= \
	    $(if $(filter stock/%,$*),USER_C_MODULES=,$(MODULES))
