#!/bin/sh
# SPDX-License-Identifier: MIT
# Firmware for a board of the ESP32 family:  MPY_DIR=... USER_C_MODULES=... ports/esp32/build.sh BOARD[-VARIANT] OUT
# The result is OUT/firmware.bin, one image of boot loader, partition table, firmware, and the examples
# in the ROM file system when the table has one.
set -eu
cd "$(dirname "$0")/../.."
board=${1%%-*}
variant=${1#"$board"}
variant=${variant#-}
out=$2

die() {
    echo "microlite: $*" >&2
    exit 1
}

folder=$PWD/ports/esp32/boards/$board
[ -d "$folder" ] || folder=$MPY_DIR/ports/esp32/boards/$board
[ -d "$folder" ] || die "no board $board in ports/esp32/boards, nor in MicroPython's source"
[ -z "$variant" ] || [ -f "$folder/mpconfigvariant_$variant.cmake" ] || die "board $board has no variant $variant"
[ -n "${IDF_PATH:-}" ] || die "IDF_PATH names no ESP-IDF. Install one (MicroPython's ports/esp32/README.md says which" \
    "version it wants) and type: export IDF_PATH=/path/to/esp-idf"
[ -f "$IDF_PATH/export.sh" ] || die "IDF_PATH=$IDF_PATH: no ESP-IDF there, it has no export.sh"
[ -f "$MPY_DIR/lib/berkeley-db-1.xx/PORT/include/db.h" ] || [ -f "$MPY_DIR/lib/berkeley-db-1.xx/include/db.h" ] ||
    die "the port esp32 wants a complete MicroPython, and Debian's source package lacks its submodules." \
        "Set MICROLITE_MICROPYTHON to a release archive or a checkout with submodules."

# shellcheck source=/dev/null
. "$IDF_PATH/export.sh" > "$PWD/build/idf.log" || die "export.sh of the ESP-IDF failed (see build/idf.log)"
make -C "$MPY_DIR/ports/esp32" BOARD="$board" BOARD_DIR="$folder" BOARD_VARIANT="$variant" BUILD="$out" \
    USER_C_MODULES="$USER_C_MODULES" FROZEN_MANIFEST="$PWD/ports/esp32/manifest.py"

value() {
    sed -n "s/^CONFIG_$1=\"*\([^\"]*\)\"*$/\1/p" "$out/sdkconfig"
}
table=$(value PARTITION_TABLE_CUSTOM_FILENAME)
case $table in
/*) ;;
*) table=$MPY_DIR/ports/esp32/$table ;;
esac
flash=$(value ESPTOOLPY_FLASHSIZE)
tools/check_partitions.py "$table" --flash "$flash" --image "$out/micropython.bin"
place=$(tools/check_partitions.py "$table" --flash "$flash" --place romfs)
[ -z "$place" ] || tools/examples_romfs.py "$out/romfs.img" "${place#* }"

# flash_args is what the ESP-IDF would flash where: all of it in one image, which begins at address 0 on every chip.
rm -f "$out/firmware.bin"
(cd "$out" && esptool.py --chip "$(value IDF_TARGET)" merge_bin --output firmware.bin @flash_args \
    ${place:+"${place% *}" romfs.img})
echo "microlite: esptool.py --chip $(value IDF_TARGET) --baud 460800 write_flash 0x0 $out/firmware.bin"
