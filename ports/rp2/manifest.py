# SPDX-License-Identifier: MIT
# What is frozen into rp2 firmware: MicroPython's own modules and ours. Packages of micropython-lib that the source
# does not have (Debian's lacks them) are left out; `mpremote mip install` brings them.
freeze("$(PORT_DIR)/modules")
include("$(MPY_DIR)/extmod/asyncio")
for package in ("onewire", "ds18x20", "dht", "neopixel"):
    try:
        require(package)
    except Exception:
        pass
freeze("../../micropython/lib")
