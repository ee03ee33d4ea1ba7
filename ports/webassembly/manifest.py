# SPDX-License-Identifier: MIT
# What is frozen into webassembly firmware: our modules.
include("$(PORT_DIR)/variants/manifest.py") # asyncio on the browser's clock
freeze("../../micropython/lib")
