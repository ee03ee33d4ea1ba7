# SPDX-License-Identifier: MIT
# The compiler for native modules of the architecture xtensawin: what its programs' names begin with, with a path when they
# are not in PATH. The ESP32-S2 has nothing that the ESP32 and the S3 do not have (it lacks FPU and loop instructions), so what
# is built for it runs on all three. Debian has no such compiler; ESP-IDF brings it.
ifeq ($(XTENSA),)
XTENSA := xtensa-esp32s2-elf-
endif
