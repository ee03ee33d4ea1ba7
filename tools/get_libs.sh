#!/bin/sh
# SPDX-License-Identifier: MIT
# Libraries whose folders in MicroPython's lib/ are empty in Debian's source package, from source packages of their own:
# tools/get_libs.sh mbedtls lwip   makes build/libs/mbedtls and build/libs/lwip.
set -eu
cd "$(dirname "$0")/.."
. tools/apt.sh

suite=trixie
apt=$PWD/build/apt/$suite
for name in "$@"; do
    dir=$PWD/build/libs/$name
    [ ! -d "$dir" ] || continue
    echo "microlite: fetching $name, Debian's source package from $suite"
    tmp=$PWD/build/libs/tmp
    rm -rf "$tmp"
    mkdir -p "$tmp"
    apt_root "$apt" "$suite"
    { (cd "$tmp" && apt_in "$apt" source --download-only "$name") &&
        dpkg-source --no-check -x "$tmp"/*.dsc "$tmp/source"; } >> "$apt/log" 2>&1 || {
        echo "microlite: apt could not fetch the source package $name (see $apt/log)" >&2
        exit 1
    }
    mv "$tmp/source" "$dir"
    rm -rf "$tmp"
done
