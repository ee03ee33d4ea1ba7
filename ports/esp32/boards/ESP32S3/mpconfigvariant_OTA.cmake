# SPDX-License-Identifier: MIT
# Updates over the air.
list(APPEND MICROPY_DEF_BOARD MICROPY_HW_BOARD_NAME="ESP32-S3 OTA with microlite")
microlite_partitions(8MiB-ota)
