# SPDX-License-Identifier: MIT
# Packs call what microlite.mpy has through a table there. This register says where the table is (src/core/enter.h): one that
# functions preserve, and that the compiler uses last. xtensawin has none, as its registers change with each call:
# there packs are complete. A module that imports no packs (LEAVE_OUT=PACKS) has no table.
#   $(call shared_register,ARCH)   empty: nothing is shared
#   $(call shared_flags,ARCH)      for the engine and its operators, but not for kernels, which need the register:
#                                  they call nothing that is shared, except KERNELS_CALLING
# Without a table, functions may be compiled into others of their file.
shared_register = $(if $(filter PACKS,$(LEAVE_OUT)),,$(patsubst armv%,r11,$(filter armv%,$1))$(if $(filter x64,$1),r15)$(if $(filter rv32imc,$1),s11))
shared_flags = $(if $(shared_register),-ffixed-$(shared_register) -DMLT_SHARED_REGISTER=$(shared_register),-fno-semantic-interposition)
KERNELS_CALLING := src/kernels/sigmoid.c
