# SPDX-License-Identifier: MIT
# microlite as a user C module, for MicroPython's make ports (unix, stm32, qemu ...):
#   make USER_C_MODULES=/path/to/microlite
# MICROLITE_CFLAGS adds flags to our sources alone. MICROLITE_OPS=/path/to/folder adds the operators that its file
# ops.def lists, from its C files (docs/custom_op.md).

# MicroPython puts the objects of sources below USER_C_MODULES at the same path below its build folder, where
# our folder micropython/ would take the name of the unix program. The /. keeps it from seeing that we are below.
MICROLITE_DIR := /.$(realpath $(USERMOD_DIR)/..)
MICROLITE_BINDING := $(wildcard $(MICROLITE_DIR)/micropython/mod*.c)
MICROLITE_ENGINE := $(wildcard $(addprefix $(MICROLITE_DIR)/src/,*.c core/*.c ops/*.c kernels/*.c kernels/*/*.c audio/*.c))
ifneq ($(MICROLITE_OPS),)
MICROLITE_ENGINE += $(wildcard /.$(realpath $(MICROLITE_OPS))/*.c)
MICROLITE_MORE := -DMLT_OPS_MORE='"$(realpath $(MICROLITE_OPS))/ops.def"'
endif

# Only the binding mentions qstrs; the engine need not be scanned for them.
SRC_USERMOD_C += $(MICROLITE_BINDING)
SRC_USERMOD_LIB_C += $(MICROLITE_ENGINE)
CFLAGS_USERMOD += -I$(MICROLITE_DIR)/include

# Sums must not be fused: results are the same on every core. Kernels are worth the flash.
$(patsubst %.c,$(BUILD)/%.o,$(MICROLITE_BINDING) $(MICROLITE_ENGINE)): CFLAGS += -ffp-contract=off $(MICROLITE_MORE) $(MICROLITE_CFLAGS)
$(patsubst %.c,$(BUILD)/%.o,$(filter $(MICROLITE_DIR)/src/kernels/% $(MICROLITE_DIR)/src/audio/audio_f%,$(MICROLITE_ENGINE))): CFLAGS += -O2
