# SPDX-License-Identifier: MIT
# What is frozen into stm32 firmware: asyncio and our modules. Packages of micropython-lib that the source does not
# have (Debian's lacks them) are left out; `mpremote mip install` brings them.
include("$(MPY_DIR)/extmod/asyncio")
for package in ("dht", "onewire"):
    try:
        require(package)
    except Exception:
        pass
freeze("../../micropython/lib")
