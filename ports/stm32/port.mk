# SPDX-License-Identifier: MIT
# STM32, with the user's own checkout of stm32lib (STM32LIB): build/stm32/BOARD/firmware.{hex,dfu,elf}. Boards are
# MicroPython's own. Debian's source package builds without TLS, as it wants a system's Mbed TLS.
.PHONY: stm32
stm32: BOARD := $(or $(BOARD),NUCLEO_H743ZI2)
stm32: STM32_WITHOUT = $(if $(wildcard $(MPY_DIR)/lib/mbedtls/*),,MICROPY_PY_SSL=0 MICROPY_SSL_MBEDTLS=0)
stm32: micropython
	@[ -n "$(wildcard $(STM32LIB)/STM32F4xx_HAL_Driver $(MPY_DIR)/lib/stm32lib/STM32F4xx_HAL_Driver)" ] || \
	    { echo "microlite: STM32LIB names no checkout of stm32lib (MicroPython's .gitmodules says where it is from)" >&2; exit 1; }
	@tools/get_libs.sh lwip
	@tools/mpy_tree.sh $(MPY_DIR) $(CURDIR)/build/stm32/source stm32 stm32lib=$(STM32LIB) \
	    lwip=$(CURDIR)/build/libs/lwip
	+@GIT_CEILING_DIRECTORIES=$(CURDIR)/build $(MAKE) -C build/stm32/source/ports/stm32 BOARD=$(BOARD) \
	    BUILD=$(CURDIR)/build/stm32/$(BOARD)$(SUFFIX) PYTHON=$(PYTHON) $(MODULES) $(STM32_WITHOUT) \
	    FROZEN_MANIFEST=$(CURDIR)/ports/stm32/manifest.py
