# SPDX-License-Identifier: MIT
# What is frozen into esp32 firmware: what MicroPython's own port freezes, and our modules.
include("$(PORT_DIR)/boards/manifest.py")
freeze("../../micropython/lib")
