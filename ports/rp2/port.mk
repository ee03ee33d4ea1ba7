# SPDX-License-Identifier: MIT
# Raspberry Pi Pico and its relatives: build/rp2/BOARD/firmware.uf2. Boards of our own are in boards/, all others are
# MicroPython's. A board's variant follows a dash: RPI_PICO2-RISCV.
.PHONY: rp2
rp2: BOARD := $(or $(BOARD),RPI_PICO)
rp2: RP2 := $(CURDIR)/build/rp2
rp2: RP2_OUT := $(CURDIR)/build/rp2/$(or $(BOARD),RPI_PICO)$(SUFFIX)
rp2: RP2_BOARD := $(firstword $(subst -, ,$(or $(BOARD),RPI_PICO)))
rp2: RP2_VARIANT := $(word 2,$(subst -, ,$(BOARD)))
# For RISC-V Debian's compiler and picolibc, unless the user names another toolchain.
rp2: RP2_RISCV := $(if $(PICO_TOOLCHAIN_PATH),,$(filter RISCV,$(word 2,$(subst -, ,$(BOARD)))))
rp2: RP2_BOARDS = $(wildcard $(addsuffix /$(RP2_BOARD)/mpconfig$1,$(CURDIR)/ports/rp2/boards $(MPY_DIR)/ports/rp2/boards))
rp2: micropython
	@[ -n "$(call RP2_BOARDS,board.h)" ] || { echo "no board '$(RP2_BOARD)', want one of" \
	    "$(patsubst $(MPY_DIR)/ports/rp2/boards/%/mpconfigboard.h,%,$(wildcard $(MPY_DIR)/ports/rp2/boards/*/mpconfigboard.h))" >&2; exit 1; }
	@[ -z "$(RP2_VARIANT)" ] || [ -n "$(call RP2_BOARDS,variant_$(RP2_VARIANT).cmake)" ] || \
	    { echo "board $(RP2_BOARD) has no variant '$(RP2_VARIANT)'" >&2; exit 1; }
	@tools/get_rp2.sh && tools/get_libs.sh mbedtls $(RP2_RISCV:%=&& tools/get_riscv32.sh $(RP2)/riscv)
	@tools/mpy_tree.sh $(MPY_DIR) $(RP2)/source rp2 pico-sdk=$(RP2)/sdk/root/usr/src/pico-sdk \
	    tinyusb=$(RP2)/sdk/root/usr/src/tinyusb mbedtls=$(CURDIR)/build/libs/mbedtls
	+@export GIT_CEILING_DIRECTORIES=$(CURDIR)/build && cmake -S $(RP2)/source/ports/rp2 -B $(RP2_OUT)/make \
	    -DPython3_EXECUTABLE=$(PYTHON) -Dpicotool_DIR=$(RP2)/sdk/root/usr/lib/cmake/picotool \
	    -DMICROPY_BOARD=$(RP2_BOARD) $(RP2_VARIANT:%=-DMICROPY_BOARD_VARIANT=%) \
	    $(RP2_RISCV:%=-DPICO_TOOLCHAIN_PATH=$(RP2)/riscv -DPICO_CLIB=picolibc) \
	    -DMICROPY_BOARD_DIR=$(or $(wildcard $(CURDIR)/ports/rp2/boards/$(RP2_BOARD)),$(RP2)/source/ports/rp2/boards/$(RP2_BOARD)) \
	    -DMICROPY_FROZEN_MANIFEST=$(CURDIR)/ports/rp2/manifest.py -DUSER_C_MODULES=$(USER_C_MODULES_CMAKE) && \
	    $(MAKE) -C $(RP2_OUT)/make
	@cd $(RP2_OUT) && cp make/firmware.elf . && room=$$($(PYTHON) $(CURDIR)/tools/uf2.py room firmware.elf) && \
	    if [ "$$room" = 0 ]; then \
	        cp make/firmware.uf2 . && $(PYTHON) $(CURDIR)/tools/uf2.py check firmware.uf2 firmware.elf; \
	    else \
	        $(PYTHON) $(CURDIR)/tools/examples_romfs.py romfs.img "$$room" && \
	        $(PYTHON) $(CURDIR)/tools/uf2.py add-romfs make/firmware.uf2 firmware.elf firmware.uf2 romfs.img; \
	    fi
