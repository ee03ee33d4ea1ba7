# SPDX-License-Identifier: MIT
# What native modules share. A module's Makefile sets these and includes this; `make natmod ARCH=...` at the
# root builds the engine's archive for ARCH first. The result is dist/mpy/ARCH/MOD.mpy, or dist/mpy/ARCH/for_FOR/MOD.mpy.
# A module of somebody else's, in another folder, goes to ARCH/MOD.mpy there (docs/custom_op.md).
#   MOD       name of the module
#   SRC       names without folder, from the module's own folder, this one, micropython/ or src/ops/
#             ($(BINDING): the files of the Python API)
#             ($(SHARED_TABLE), $(SHARED_CLIENT): for microlite and for packs of ours)
#   OPS       operators for pack.c and table.c; if there is no OPS, the module's folder has a file ops.def
NATMOD_DIR := $(patsubst %/,%,$(dir $(realpath $(lastword $(MAKEFILE_LIST)))))
MODULE_DIR := $(patsubst %/,%,$(dir $(realpath $(firstword $(MAKEFILE_LIST)))))
MICROLITE_DIR := $(realpath $(NATMOD_DIR)/../..)
include $(MICROLITE_DIR)/ports/micropython.version
include $(MICROLITE_DIR)/ports/xtensa.mk

comma := ,
MPY_DIR ?= $(MICROLITE_DIR)/build/micropython-$(MICROPYTHON_VERSION)
ARCH ?= x64
include $(NATMOD_DIR)/shared.mk
ENGINE := $(MICROLITE_DIR)/build/mpy-$(ARCH)$(LEAN)/libmicrolite.a
RESULT := $(MICROLITE_DIR)/dist/mpy/$(ARCH)$(FOR:%=/for_%)/$(MOD).mpy
OURS := $(filter $(NATMOD_DIR)/%,$(MODULE_DIR))
ifeq ($(OURS),)
RESULT := $(MODULE_DIR)/$(ARCH)/$(MOD).mpy
BUILD := build/$(ARCH)
endif
.DEFAULT_GOAL := $(RESULT)

# LEAVE_OUT, from the command line of make, is known to the engine's library already.
BINDING := $(filter-out mod_audio.c modaudio_frontend.c modmicrolite.c \
    $(if $(filter LEGACY,$(LEAVE_OUT)),mod_legacy.c mod_legacy.h) $(if $(filter PACKS,$(LEAVE_OUT)),mod_wake_word.c) \
    $(if $(filter ULAB,$(LEAVE_OUT)),mod_ulab.c) $(if $(filter FULL_API,$(LEAVE_OUT)),mod_items.c mod_full.h $(if $(filter PACKS,$(LEAVE_OUT)),mod_packs.c)), \
    $(notdir $(wildcard $(MICROLITE_DIR)/micropython/mod*.c)) mod_legacy.h mod_full.h)
# The operators of a pack: $(call ops_of,PACK)
ops_of = $(shell sed -n 's/^MLT_OP\(_CUSTOM\)\?(\(\w*\),.* $1)/\2/p' $(MICROLITE_DIR)/src/ops/all.def)
vpath mod_%.h $(MICROLITE_DIR)/micropython
vpath %.S $(NATMOD_DIR)
vpath %.c $(MODULE_DIR) $(NATMOD_DIR) $(MICROLITE_DIR)/micropython $(MICROLITE_DIR)/src/ops

# Packs of ours call microlite.mpy, in place of having what it has; they fit one that was built with the same table and headers.
SHARED_REGISTER := $(if $(OURS),$(call shared_register,$(ARCH)))
ifneq ($(SHARED_REGISTER),)
SHARED_TABLE := shared_table.c
SHARED_CLIENT := shared_client.S
CFLAGS += -I$(NATMOD_DIR) -DMLT_SHARED_REGISTER=$(SHARED_REGISTER) -DMLT_SHARED_ABI=$(shell cd $(MICROLITE_DIR) && \
    (echo $(ARCH); cat micropython/natmod/shared.def include/*.h src/*.h src/*/*.h) | cksum | cut -d " " -f 1)u
endif

SRC += mem.c
# On Arm, the binding's way to MicroPython's functions takes less room in assembler.
ifneq ($(and $(filter armv%,$(ARCH)),$(filter mod_compat.c,$(SRC))),)
SRC += fun_table.S
CFLAGS += -DMLT_FUN_TABLE
endif
CFLAGS += -I$(MICROLITE_DIR)/include -I$(MICROLITE_DIR)/micropython -Wextra -Wno-unused-parameter \
    -Wdouble-promotion -Wfloat-conversion -ffp-contract=off -ffunction-sections -fdata-sections \
    -DMLT_OPS_LIST='"ops.def"' $(LEAVE_OUT:%=-DMLT_WITH_%=0)
# Passes of gcc's that make more code than they save.
CFLAGS += -fno-ivopts -fno-move-loop-invariants -fno-semantic-interposition
ifeq ($(ARCH),xtensawin)
# MicroPython's linker takes jumps and calls within .text to be right as they are, tells literals by their offset alone,
# and does not know what relaxation leaves of them. So: one section of code in a file, one of literals, no relaxation.
CFLAGS += -fno-function-sections
override CROSS := $(XTENSA)
LINK_SCRIPT := -Wl,--no-relax,-T,$(NATMOD_DIR)/xtensa.ld
endif

# Flags and tools of each architecture, the rules for config.h and for objects.
include $(MPY_DIR)/py/dynruntime.mk
PYTHON := /usr/bin/python3

.PHONY: FORCE
.DELETE_ON_ERROR:
OPS_DEF := $(if $(OPS),ops.def,$(wildcard $(MODULE_DIR)/ops.def))
ifneq ($(OPS),)
ops.def: FORCE
	$(Q)printf 'MLT_OP(%s)\n' $(OPS) | cmp -s - $@ || printf 'MLT_OP(%s)\n' $(OPS) > $@
endif

ifeq ($(OURS),)
$(ENGINE): FORCE
	$(Q)$(MAKE) --no-print-directory -C $(MICROLITE_DIR) $(ENGINE:$(MICROLITE_DIR)/%=%)
endif

$(SRC_O): $(OPS_DEF) $(wildcard $(dir $(ENGINE))flags $(NATMOD_DIR)/shared.def $(NATMOD_DIR)/fun_table.def $(MICROLITE_DIR)/include/*.h $(MICROLITE_DIR)/micropython/*.[ch])

# A loop in mem.c must not become a call of the function that it is in.
$(BUILD)/mem.o: CFLAGS += -fno-builtin -fno-tree-loop-distribute-patterns

# MicroPython's linker takes whole objects. So the compiler's own makes one object first, of what mpy_init needs
# from ours, from the engine and from libgcc. No libm: that does not link into a module.
#
# The functions in shared_client.S come first, and are taken in place of the engine's and of libgcc's of the same name.
#
# Writable data is a fault that MicroPython's linker does not always see: on rv32imc, a static variable in .bss
# links and then overwrites code.
$(BUILD)/linked.o: $(SRC_O) $(ENGINE)
	$(ECHO) "LINK $@"
	$(Q)$(CROSS)gcc $(filter-out -specs=%,$(CFLAGS_ARCH)) -nostdlib -r -Wl,--gc-sections,--entry=mpy_init$(if $(filter $(SHARED_CLIENT),$(SRC)),$(comma)-z$(comma)muldefs) $(LINK_SCRIPT) \
	    -o $@ $^ -lgcc
	$(Q)$(CROSS)objdump -h $@ | awk '$$2 ~ /^\.(data|bss|tdata|tbss)/ && $$2 !~ /^\.data\.rel\.ro/ && $$3 !~ /^0+$$/ \
	    { print "writable data in section " $$2; bad = 1 } END { exit bad }' >&2
ifeq ($(ARCH),xtensawin)
	$(Q)$(PYTHON) $(MICROLITE_DIR)/tools/xtensa_check.py $@
endif

# Name and sum at the end are not read by an import; mod_packs.c looks whether a file is whole. MicroPython's linker writes
# the name it is given into the file, so that is one without folders: the same sources give the same bytes.
$(BUILD)/$(MOD).mpy: $(BUILD)/linked.o
	$(Q)cd $(BUILD) && $(MPY_LD) --arch $(ARCH) --qstrs $(notdir $(CONFIG_H)) -o $(@F) $(<F)
	$(Q)$(PYTHON) -c 'import sys, zlib; f = open(sys.argv[1], "r+b"); \
	    f.write(b"microlite" + zlib.crc32(f.read()).to_bytes(4, "little"))' $@

# A module without the sentences of errors has them in a file beside it.
ERRORS := $(dir $(RESULT))microlite_errors.mpy
ifneq ($(filter SENTENCES,$(LEAVE_OUT)),)
$(RESULT): | $(ERRORS)
$(ERRORS): $(BUILD)/linked.o $(MICROLITE_DIR)/tools/sentences.py $(NATMOD_DIR)/microlite_errors.py
	$(Q)mkdir -p $(@D)
	$(Q)$(PYTHON) $(word 2,$^) $< -o $(BUILD)/microlite_errors.py
	$(Q)$(MPY_CROSS) -s microlite_errors.py -o $@ $(BUILD)/microlite_errors.py
else
$(RESULT): | remove_errors
.PHONY: remove_errors
remove_errors:
	$(Q)rm -f $(ERRORS)
endif

# Not told by time: a module of the same name, built with other parts in another folder, may lie there.
$(RESULT): $(BUILD)/$(MOD).mpy FORCE
	$(Q)mkdir -p $(@D)
	$(Q)cmp -s $< $@ || cp $< $@
