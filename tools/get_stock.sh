#!/bin/sh
# SPDX-License-Identifier: MIT
# Make build/stock/micropython: the firmware that Debian ships (ports/micropython.version), which knows nothing
# of us, to test native modules with. It runs on its own suite's C library, so any amd64 Debian will do.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=ports/micropython.version
. ports/micropython.version
. tools/apt.sh

die() {
    echo "microlite: $*" >&2
    exit 1
}

dir=$PWD/build/stock
if [ "$(cat "$dir/version" 2> /dev/null)" = "$STOCK_VERSION" ]; then
    exit 0
fi
[ "$(dpkg --print-architecture)" = amd64 ] || die "the stock firmware is for amd64"

rm -rf "$dir"
mkdir -p "$dir/root"
apt=$PWD/build/apt/$STOCK_SUITE
apt_root "$apt" "$STOCK_SUITE"
rm -f "$apt"/archives/*.deb
apt_in "$apt" install --download-only --yes --no-install-recommends micropython >> "$apt/log" 2>&1 ||
    die "apt could not download the package micropython (see $apt/log)"
found=$(echo "$apt"/archives/micropython_*.deb)
case ${found##*/} in
"micropython_$STOCK_VERSION"*) ;;
*) die "$STOCK_SUITE serves ${found##*/}, want version $STOCK_VERSION (ports/micropython.version)" ;;
esac
for package in "$apt"/archives/*.deb; do
    dpkg-deb -x "$package" "$dir/root"
done

cat > "$dir/micropython" << END
#!/bin/sh
exec "$dir/root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$dir/root/usr/lib/x86_64-linux-gnu" \\
    "$dir/root/usr/bin/micropython" "\$@"
END
chmod +x "$dir/micropython"
"$dir/micropython" -c 'import sys; assert sys.implementation.name == "micropython"' ||
    die "the stock firmware does not run here"
echo "$STOCK_VERSION" > "$dir/version"
