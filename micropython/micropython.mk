# SPDX-License-Identifier: MIT
# microlite as a user C module, for MicroPython's make ports (unix, stm32, qemu ...):
#   make USER_C_MODULES=/path/to/microlite
# MICROLITE_CFLAGS adds flags to our sources alone. MICROLITE_OPS=/path/to/folder adds the operators that its file
# ops.def lists, from its C files (docs/custom_op.md).
# A smaller firmware: MICROLITE_OPS_LIST=/path/ops.def names a list of operators to take in place of src/ops/all.def,
# MICROLITE_LEAVE_OUT="FLOAT INT16 INT4" switches of src/config.h that are to be 0 (tools/model_ops.py says what a
# model needs).

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

# Ports like stm32 make float of constants that are written as double, which would make some functions inexact; clang
# does not know that option.
MICROLITE_FLAGS := -fno-single-precision-constant -Wno-ignored-optimization-argument -ffp-contract=off $(MICROLITE_MORE) \
    $(if $(MICROLITE_OPS_LIST),-DMLT_OPS_LIST='"$(MICROLITE_OPS_LIST)"') $(MICROLITE_LEAVE_OUT:%=-DMLT_WITH_%=0) $(MICROLITE_CFLAGS)

# Sums must not be fused: results are the same on every core. Kernels are worth the flash.
$(patsubst %.c,$(BUILD)/%.o,$(MICROLITE_BINDING) $(MICROLITE_ENGINE)): CFLAGS += $(MICROLITE_FLAGS)
$(patsubst %.c,$(BUILD)/%.o,$(filter $(MICROLITE_DIR)/src/kernels/% $(MICROLITE_DIR)/src/audio/audio_f%,$(MICROLITE_ENGINE))): CFLAGS += -O2
