# SPDX-License-Identifier: MIT
# Builds everything; ./microlite installs what is needed and then calls this. V=1 shows the commands.
#   make lib [TARGET=m0plus|m3|m4f|m7|m33|m55|rv32imc|xtensa]   build/lib or build/TARGET, libmicrolite.a
#   make lib-asan                                        build/asan/libmicrolite.a
#   make unix, make unix-asan                            MicroPython with our modules: build/unix/micropython
#   make natmod ARCH=x64|armv6m|...                      native modules: dist/mpy/ARCH/*.mpy (xtensawin: ports/xtensa.mk)
#   make bare [TARGET=...]                               the engine alone, to run in QEMU: build/bare/TARGET.elf
#   make qemu-arm, make qemu-riscv [BOARD=...]           the same for QEMU's boards: build/qemu-arm/BOARD/firmware.elf
#   make qemu-stock [BOARD=...], make stock              MicroPython without our modules, for QEMU; Debian's own
include ports/micropython.version
include ports/xtensa.mk
include micropython/natmod/shared.mk

Q := $(if $(V),,@)
PYTHON ?= /usr/bin/python3
SRC := $(wildcard src/*.c src/core/*.c src/ops/*.c src/kernels/*.c src/kernels/*/*.c src/audio/*.c)
MPY_DIR := $(CURDIR)/build/micropython-$(if $(MICROLITE_MICROPYTHON),user,$(MICROPYTHON_VERSION))
# Which modules and operators firmware has: MICROLITE_CONFIG=NAME is what tools/firmware_config.py made, without it our modules
# with all operators. For make ports the folder whose subfolders hold micropython.mk (ours is micropython/), for cmake
# ports a file.
USER_C_MODULES := $(CURDIR)
MICROLITE_OPS_LIST :=
MICROLITE_LEAVE_OUT :=
ifdef MICROLITE_CONFIG
include build/config/$(MICROLITE_CONFIG)/config.mk
endif
USER_C_MODULES_CMAKE := $(if $(MICROLITE_CONFIG),$(CURDIR)/build/config/$(MICROLITE_CONFIG)/modules.cmake,$(CURDIR)/micropython/micropython.cmake)
MODULES = USER_C_MODULES=$(USER_C_MODULES) MICROLITE_OPS_LIST=$(MICROLITE_OPS_LIST) MICROLITE_LEAVE_OUT="$(MICROLITE_LEAVE_OUT)"
SUFFIX := $(MICROLITE_CONFIG:%=-%)

# MicroPython's own warnings, so that what compiles here compiles in every port.
CFLAGS := -std=c11 -Iinclude -ffunction-sections -fdata-sections -ffp-contract=off -g \
    -Wall -Wextra -Werror -Wno-unused-parameter -Wpointer-arith -Wdouble-promotion -Wfloat-conversion \
    -Wvla
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

.PHONY: all FORCE
all: lib unix
FORCE:

# ------------------------------------------------------------------------------------------------
# The engine as an archive: $(call library,FOLDER,TOOL PREFIX,FLAGS,FLAGS FOR ALL BUT KERNELS)

define library
build/$1/%.o: %.c build/$1/flags
	@mkdir -p $$(@D)
	@echo "CC $$@"
	$$Q$2gcc $$(CFLAGS) $3 $$(if $$(filter-out $(KERNELS_CALLING),$$(filter src/kernels/%,$$<)),,$4) $$(if $$(findstring $(if $(filter -DMLT_WITH_FAST_KERNELS=0,$3),none,src/kernels/),$$<)$$(findstring src/audio/audio_f,$$<),-O2) -MMD -MP -c -o $$@ $$<

build/$1/libmicrolite.a: $$(SRC:%.c=build/$1/%.o)
	@rm -f $$@
	@$2ar rcs $$@ $$^

# Changes when compiler, flags or the list of sources change, so that nothing stale is kept.
build/$1/flags: FORCE
	@mkdir -p $$(@D)
	@echo '$2 $$(CFLAGS) $3 $4 $$(SRC)' | cmp -s - $$@ || echo '$2 $$(CFLAGS) $3 $4 $$(SRC)' > $$@

-include $$(SRC:%.c=build/$1/%.d)
endef

ARM := arm-none-eabi-
RISCV := riscv64-unknown-elf-
CORE_m0plus := -mthumb -mcpu=cortex-m0plus
CORE_m3 := -mthumb -mcpu=cortex-m3
CORE_m4f := -mthumb -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16
CORE_m7 := -mthumb -mcpu=cortex-m7 -mfloat-abi=hard -mfpu=fpv5-d16
CORE_m33 := -mthumb -mcpu=cortex-m33 -mfloat-abi=hard -mfpu=fpv5-sp-d16
# Binutils up to 2.40 takes a conditional vcvt of this core for another instruction: no conditional execution.
CORE_m55 := -mthumb -mcpu=cortex-m55 -mfloat-abi=hard -mfpu=auto -fno-if-conversion2
CORE_rv32imc := -march=rv32imc -mabi=ilp32 --specs=picolibc.specs

# A frame: at most 256 bytes of locals, and saved registers.
$(eval $(call library,lib,,-O2 -Wstack-usage=512))
$(eval $(call library,asan,,-O1 -Wno-error $(SANITIZE)))
$(foreach core,m0plus m3 m4f m7 m33 m55, \
    $(eval $(call library,$(core),$(ARM),-Os -Wstack-usage=320 $(CORE_$(core)))))
# Not the ESP32's own core, but its architecture and another ABI: shows that the sources compile, no more.
$(eval $(call library,xtensa,xtensa-lx106-elf-,-Os -std=c99 -Wstack-usage=352))
$(eval $(call library,rv32imc,$(RISCV),-Os -Wstack-usage=320 $(CORE_rv32imc)))

# For native modules: position independent, flags as in MicroPython's py/dynruntime.mk. LEAVE_OUT, names of switches
# in src/config.h without MLT_WITH_, makes a smaller library, in a folder of its own.
LEAN := $(if $(LEAVE_OUT),-no-$(subst $() $(),-,$(strip $(LEAVE_OUT))))
PIC := -Os -fpic -fno-common -U_FORTIFY_SOURCE $(LEAVE_OUT:%=-DMLT_WITH_%=0)
# Passes of gcc's that make more code than they save, together 1.5 %. Not for kernels.
SMALLER := -fno-thread-jumps -fno-caller-saves -fno-schedule-insns2 -fno-cse-follow-jumps -fno-rerun-cse-after-loop \
    -fno-tree-dominator-opts -fno-forward-propagate -fno-move-loop-invariants
# $(call native,ARCH,TOOL PREFIX,FLAGS)
native = $(call library,mpy-$1$(LEAN),$2,$(PIC) $3,$(SMALLER) $$(call shared_flags,$1))
$(eval $(call native,x64,,-fno-stack-protector))
$(eval $(call native,armv6m,$(ARM),-mthumb -mcpu=cortex-m0))
$(eval $(call native,armv7m,$(ARM),-mthumb -mcpu=cortex-m3))
$(eval $(call native,armv7emsp,$(ARM),-mthumb -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard))
$(eval $(call native,armv7emdp,$(ARM),-mthumb -mcpu=cortex-m7 -mfpu=fpv5-d16 -mfloat-abi=hard))
$(eval $(call native,rv32imc,$(RISCV),-march=rv32imac -mabi=ilp32 -mno-relax --specs=picolibc.specs))
# One section of code in each file, see micropython/natmod/natmod.mk.
$(eval $(call native,xtensawin,$(XTENSA),-fno-function-sections))

.PHONY: lib lib-asan
lib: build/$(or $(TARGET),lib)/libmicrolite.a
lib-asan: build/asan/libmicrolite.a

# ------------------------------------------------------------------------------------------------
# The engine alone on emulated cores, see tools/bare_run.py: build/bare/TARGET.elf

BARE := m0plus m3 m4f m7 rv32imc
bare_flags = $(CORE_$1) -Os -nostartfiles -Lports/bare -Wl,--gc-sections \
    $(if $(filter rv32imc,$1),-T riscv.ld -DJOB=0x84000000, \
    -T arm.ld --specs=nano.specs -DJOB=$(if $(filter m7,$1),0x60000000,0x21000000))

# $(call bare_link,TARGET): what links a program for it. No calls of memset and memcpy before there is a machine to run
# them on.
bare_link = $(if $(filter rv32imc,$1),$(RISCV),$(ARM))gcc $(CFLAGS) -fno-tree-loop-distribute-patterns -fno-builtin \
    $(call bare_flags,$1) ports/bare/bare.c ports/bare/start_$(if $(filter rv32imc,$1),riscv,arm).c

$(BARE:%=build/bare/%.elf): build/bare/%.elf: build/%/libmicrolite.a $(wildcard ports/bare/*)
	@mkdir -p $(@D)
	@echo "CC $@"
	$Q$(call bare_link,$*) -o $@ ports/bare/main.c $<

build/bare/insncount.so: ports/bare/insncount.c
	@mkdir -p $(@D)
	$Qgcc -O2 -shared -fPIC -Wall -Werror -o $@ $<

.PHONY: bare
bare: $(patsubst %,build/bare/%.elf,$(or $(TARGET),$(BARE))) build/bare/insncount.so

# ------------------------------------------------------------------------------------------------
# MicroPython for unix, with the modules in USER_C_MODULES

.PHONY: micropython unix unix-asan
micropython:
	@tools/get_micropython.sh

# AddressSanitizer for everything; UBSan for our sources only, the interpreter's own would be noise.
# Fake stacks stay off: the garbage collector has to see the real one. With an operator of an example's own.
unix-asan: UNIX_FLAGS := STRIP= LDFLAGS_EXTRA="-fsanitize=address,undefined" \
    CFLAGS_EXTRA="-fsanitize=address --param asan-use-after-return=0 -fno-omit-frame-pointer" \
    MICROLITE_CFLAGS="-fsanitize=undefined -fno-sanitize-recover=undefined -Wno-error" \
    MICROLITE_OPS=$(or $(MICROLITE_OPS),$(CURDIR)/examples/custom_op)

# No sum of what strip takes away again: it holds the names of folders.
unix: UNIX_FLAGS := LDFLAGS_EXTRA=-Wl,--build-id=none

# Without the parts whose libraries Debian's source package leaves out. The ceiling keeps MicroPython's
# version script from describing our repository.
unix unix-asan: micropython
	+@GIT_CEILING_DIRECTORIES=$(CURDIR)/build $(MAKE) -C $(MPY_DIR)/ports/unix \
	    BUILD=$(CURDIR)/build/$@$(SUFFIX) VARIANT=standard $(MODULES) PYTHON=$(PYTHON) \
	    FROZEN_MANIFEST= MICROPY_PY_SSL=0 MICROPY_SSL_MBEDTLS=0 MICROPY_PY_BTREE=0 MICROPY_PY_FFI=0 \
	    $(UNIX_FLAGS)

# ------------------------------------------------------------------------------------------------
# MicroPython for boards: each port has a file of its own. And Debian's own MicroPython, to load native modules into.

include $(wildcard ports/*/port.mk)

.PHONY: stock
stock:
	@tools/get_stock.sh

# ------------------------------------------------------------------------------------------------
# Native modules: dist/mpy/ARCH/*.mpy. With FOR=NAME OPS="..." [LEAVE_OUT="..."] natmod-microlite makes one that has
# these operators only: dist/mpy/ARCH/for_NAME/microlite.mpy (tools/model_ops.py says what a model needs).

ARCH ?= x64
PACKS := $(filter-out core,$(shell sed -n 's/^MLT_PACK(\(.*\))/\1/p' src/ops/all.def))
NATMODS := $(filter-out ops,$(notdir $(patsubst %/Makefile,%,$(wildcard micropython/natmod/*/Makefile)))) $(PACKS:%=ops_%)

.PHONY: natmod natmod-packs $(NATMODS:%=natmod-%)
natmod: $(NATMODS:%=natmod-%)
natmod-packs: $(PACKS:%=natmod-ops_%)

# Built in a folder of their own, through a link: their rules leave files where they run. All packs have one Makefile.
$(NATMODS:%=natmod-%): natmod-%: build/mpy-$(ARCH)$(LEAN)/libmicrolite.a | micropython
	@mkdir -p $(<D)/$*
	@ln -sf $(CURDIR)/micropython/natmod/$(patsubst ops_%,ops,$*)/Makefile $(<D)/$*/Makefile
	@$(MAKE) -C $(<D)/$* ARCH=$(ARCH) MPY_DIR=$(MPY_DIR) LEAN=$(LEAN)

# ------------------------------------------------------------------------------------------------
# What ./microlite test needs. Each C file in tests/unit is a program, linked with the sanitized engine.

-include tests/tests.mk
UNIT_TESTS := $(patsubst %.c,build/asan/%,$(wildcard tests/unit/*.c))

build/asan/tests/unit/%: tests/unit/%.c build/asan/libmicrolite.a
	@mkdir -p $(@D)
	@echo "CC $@"
	$Qgcc $(CFLAGS) -O1 $(SANITIZE) -Isrc -Itests -MMD -o $@ $< build/asan/libmicrolite.a \
	    -Wl,--as-needed -lcmocka -lm
-include $(UNIT_TESTS:%=%.d)

.PHONY: test-builds
test-builds: lib lib-asan $(UNIT_TESTS) build/tests/runner build/tests/runner-asan build/tests/mutate-asan build/tests/mutate-small unix unix-asan qemu-arm qemu-riscv qemu-stock bare \
    build/m33/libmicrolite.a build/m55/libmicrolite.a build/xtensa/libmicrolite.a
	@for arch in x64 armv6m armv7m armv7emsp armv7emdp rv32imc; do $(MAKE) natmod ARCH=$$arch || exit 1; done
