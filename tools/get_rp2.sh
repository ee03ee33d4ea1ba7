#!/bin/sh
# SPDX-License-Identifier: MIT
# What MicroPython's ports/rp2 needs beyond the compiler, from Debian's packages, in build/rp2/sdk: the Pico SDK,
# TinyUSB and picotool. The suite is one whose SDK is that of MicroPython's.
set -eu
cd "$(dirname "$0")/.."
. tools/apt.sh

suite=trixie
# What picotool runs on comes too; the compiler that the SDK's packages recommend does not.
packages="pico-sdk-source tinyusb-source picotool libc6 libstdc++6 libgcc-s1 libusb-1.0-0 libudev1 libcap2"

die() {
    echo "microlite: $*" >&2
    exit 1
}

dir=$PWD/build/rp2/sdk
[ ! -e "$dir/ready" ] || exit 0
[ "$(dpkg --print-architecture)" = amd64 ] || die "picotool comes as a program for amd64"

echo "microlite: fetching the Pico SDK, TinyUSB and picotool, Debian's packages from $suite"
rm -rf "$dir"
mkdir -p "$dir/root" "$dir/source"
apt=$PWD/build/apt/$suite
apt_root "$apt" "$suite"
# shellcheck disable=SC2086  # words on purpose
{
    (cd "$dir/source" && apt_in "$apt" download $packages) &&
        for package in "$dir"/source/*.deb; do dpkg-deb -x "$package" "$dir/root"; done
} >> "$apt/log" 2>&1 || die "apt could not fetch $packages (see $apt/log)"
rm -rf "$dir/source"

# picotool runs on its own suite's C library, so any amd64 Debian will do.
mv "$dir/root/usr/bin/picotool" "$dir/root/usr/bin/picotool.real"
cat > "$dir/root/usr/bin/picotool" << END
#!/bin/sh
exec "$dir/root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$dir/root/usr/lib/x86_64-linux-gnu" \\
    "$dir/root/usr/bin/picotool.real" "\$@"
END
chmod +x "$dir/root/usr/bin/picotool"
"$dir/root/usr/bin/picotool" version > "$dir/version" || die "picotool does not run here"

# The SDK compiles one C++ file, of operators new and delete that nothing uses, and links with the C++ library. Where
# that is not installed (it is 1.5 GB) this does for it; user modules in C++ want libstdc++-arm-none-eabi-newlib.
mkdir -p "$dir/cxx"
printf '#include <stdlib.h>\nnamespace std { using ::size_t; using ::malloc; using ::free; }\n' > "$dir/cxx/cstdlib"
echo '#include <assert.h>' > "$dir/cxx/cassert"
ar rcs "$dir/cxx/libstdc++.a"
touch "$dir/ready"
