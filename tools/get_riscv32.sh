#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian's compiler for RISC-V in the form that the Pico SDK wants, riscv32-unknown-elf-gcc and so on, in FOLDER/bin:
#   tools/get_riscv32.sh FOLDER
# The SDK compiles for Hazard3's instructions, rv32imac and five extensions. The compiler knows these, but has libraries
# for plain rv32imac only, and takes the 64-bit ones for what it does not find: it is told rv32imac when it links.
set -eu
bin=$1/bin
from=riscv64-unknown-elf-
to=$bin/riscv32-unknown-elf-
specs=$(${from}gcc -print-file-name=picolibc.specs)
[ -f "$specs" ] || {
    echo "microlite: no picolibc.specs of ${from}gcc; Debian's package picolibc-riscv64-unknown-elf has it" >&2
    exit 1
}
mkdir -p "$bin"
# The SDK has its own linker scripts, and says itself what may be left out.
sed 's/%{!T:-Tpicolibc.ld}//; s/ --gc-sections//' "$specs" > "$1/picolibc.specs"
: > "$1/nosys.specs" # newlib's, which the SDK asks for

# GCC 12 crashes on the number 2048 when there is Zbs (instructions for single bits); assembler code uses that.
march=
base=rv32imac_zicsr_zifencei_zba_zbb
printf 'int f(void) { return 2048; }\n' > "$1/zbs.c"
${from}gcc -march=${base}_zbs_zbkb -mabi=ilp32 -c -o "$1/zbs.o" "$1/zbs.c" 2> "$1/zbs.log" ||
    march="-march=${base}_zbkb -mno-riscv-attribute -Wa,-march=${base}_zbs_zbkb"

for language in gcc g++; do
    cat > "$to$language" << END
#!/bin/sh
for each; do
    case \$each in
    *.c | *.cpp) exec $from$language --specs="$1/picolibc.specs" "\$@" $march ;;
    *.S) exec $from$language --specs="$1/picolibc.specs" "\$@" ;;
    esac
done
exec $from$language --specs="$1/picolibc.specs" -B"$1/" "\$@" -march=rv32imac -mabi=ilp32
END
    chmod +x "$to$language"
done
for each in ar as ld nm objcopy objdump ranlib size strip; do
    ln -sf "$(command -v $from$each)" "$to$each"
done
