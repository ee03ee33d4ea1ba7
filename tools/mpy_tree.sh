#!/bin/sh
# SPDX-License-Identifier: MIT
# MicroPython's source for one port as a tree of links, with the folders of lib/ that Debian's source package leaves
# empty taken from elsewhere:  tools/mpy_tree.sh SOURCE TREE PORT [NAME=DIR...]
# What the source has itself is kept, so a complete checkout of MicroPython builds with its own parts.
set -eu
source=$1
tree=$2
port=$3
shift 3

# A folder TREE/$1 of links to what SOURCE/$1 holds.
links() {
    mkdir -p "$tree/$1"
    for each in "$source/$1"/*; do
        [ ! -e "$each" ] || ln -s "$each" "$tree/$1/"
    done
}

rm -rf "$tree"
links .
rm "$tree/lib" "$tree/ports"
[ ! -e "$source/.git" ] || ln -s "$source/.git" "$tree/.git"
links "ports/$port"
links lib
for each in "$@"; do
    name=${each%%=*}
    [ -z "$(ls -A "$source/lib/$name" 2> /dev/null)" ] || continue
    rm -f "$tree/lib/$name"
    ln -s "${each#*=}" "$tree/lib/$name"
done

# Its build stops where this file is missing.
rm "$tree/lib/micropython-lib"
links lib/micropython-lib
[ -e "$tree/lib/micropython-lib/README.md" ] || : > "$tree/lib/micropython-lib/README.md"
