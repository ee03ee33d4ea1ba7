#!/bin/sh
# SPDX-License-Identifier: MIT
# Put MicroPython's source at build/micropython-VERSION (ports/micropython.version), from Debian's source
# package (ports/micropython.sources). MICROLITE_MICROPYTHON names a folder or a release archive (.tar.xz) to use
# in its place; that one appears as build/micropython-user.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=ports/micropython.version
. ports/micropython.version
. tools/apt.sh

die() {
    echo "microlite: $*" >&2
    exit 1
}

tmp=build/tmp-micropython

# Move the one folder inside $tmp/source to $1, in one step: a broken run leaves nothing there.
install_source() {
    set -- "$1" "$tmp"/source/*/
    [ -f "$2/py/mpconfig.h" ] || die "this archive is not MicroPython's source"
    rm -rf "$1"
    mv "$2" "$1"
}

from_debian() {
    source=$(awk -v version="$MICROPYTHON_VERSION" '$1 == version { print $2, $3 }' ports/micropython.sources)
    [ -n "$source" ] || die "ports/micropython.sources has no line for MicroPython $MICROPYTHON_VERSION"
    MICROPYTHON_SUITE=${source% *}
    MICROPYTHON_SHA256=${source#* }
    echo "microlite: fetching MicroPython $MICROPYTHON_VERSION, Debian's source package from $MICROPYTHON_SUITE"
    root=$PWD/build/apt/$MICROPYTHON_SUITE
    apt_root "$root" "$MICROPYTHON_SUITE"
    (cd "$tmp" && apt_in "$root" source --download-only micropython) >> "$root/log" 2>&1 ||
        die "apt could not download the source package micropython (see $root/log)"
    archive=$tmp/micropython_$MICROPYTHON_VERSION+ds.orig.tar.xz
    if ! [ -f "$archive" ]; then
        found=$(echo "$tmp"/*.dsc)
        die "$MICROPYTHON_SUITE serves ${found##*/}, want version $MICROPYTHON_VERSION. Either set" \
            "MICROLITE_MICROPYTHON to a folder or a release archive (.tar.xz) of $MICROPYTHON_VERSION," \
            "or change ports/micropython.version and ports/micropython.sources and run the tests."
    fi
    echo "$MICROPYTHON_SHA256  $archive" | sha256sum --status -c - ||
        die "$archive is not the archive that ports/micropython.sources names"
    dpkg-source --no-check -x "$tmp"/*.dsc "$tmp/source/micropython" >> "$root/log" 2>&1 ||
        die "dpkg-source could not unpack $archive (see $root/log)"
    install_source "$1"
}

from_user() {
    if [ -d "$MICROLITE_MICROPYTHON" ]; then
        [ -f "$MICROLITE_MICROPYTHON/py/mpconfig.h" ] ||
            die "$MICROLITE_MICROPYTHON is not MicroPython's source"
        rm -rf "$1"
        ln -s "$(cd "$MICROLITE_MICROPYTHON" && pwd)" "$1"
    elif [ -f "$MICROLITE_MICROPYTHON" ]; then
        tar -xf "$MICROLITE_MICROPYTHON" -C "$tmp/source"
        install_source "$1"
    else
        die "MICROLITE_MICROPYTHON=$MICROLITE_MICROPYTHON: no such folder or archive"
    fi
}

want=${MICROLITE_MICROPYTHON:-debian $MICROPYTHON_VERSION}
have=$(cat build/micropython.source 2> /dev/null || true)
dir=build/micropython-$MICROPYTHON_VERSION
[ -z "${MICROLITE_MICROPYTHON:-}" ] || dir=build/micropython-user
if [ "$want" = "$have" ] && [ -f "$dir/py/mpconfig.h" ]; then
    exit 0
fi

rm -rf "$tmp"
mkdir -p "$tmp/source"
if [ -n "${MICROLITE_MICROPYTHON:-}" ]; then
    from_user "$dir"
elif ! [ -f "$dir/py/mpconfig.h" ]; then
    from_debian "$dir"
fi
rm -rf "$tmp"

# Objects of another source are of no use: make would not notice the change.
if [ -n "$have" ] && [ "$want" != "$have" ]; then
    rm -rf build/unix build/unix-* build/qemu-* build/rp2/[A-Z]* build/esp32 build/stm32
fi
echo "$want" > build/micropython.source
