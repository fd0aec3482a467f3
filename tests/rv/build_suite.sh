#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Build a public test suite that lies on this machine against the headers of tests/rv/env.
#   build_suite.sh riscv-tests FOLDER OUT   FOLDER holds isa/: rv64ui and rv64um, self-checking by themselves
#   build_suite.sh arch-test FOLDER OUT     FOLDER holds riscv-test-suite/: rv64i_m I and M, and the tests of misaligned loads and stores;
#                                           signatures come from qemu-riscv64 and are compiled in, so that every program checks itself
# OUT gets NAME.elf, and expect.txt for rvrun. A test that does not build is named on stdout.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
kind=$1 source=$2 out=$3
flags=(-march=rv64im -mabi=lp64 -static -nostdlib -nostartfiles -mcmodel=medany -Wl,--no-relax -Wl,--no-warnings -T "$here/rv.ld" -I "$here/env" -w)
mkdir -p "$out"
: >"$out/expect.txt"

build() { # name, extra compiler arguments
    local name=$1
    shift
    if riscv64-unknown-elf-gcc "${flags[@]}" "$@" -o "$out/$name.elf" 2>"$out/$name.log"; then
        rm -f "$out/$name.log"
    else
        echo "not built: $name ($(grep -m1 -i error "$out/$name.log"))"
        return 1
    fi
}

case $kind in
riscv-tests)
    for s in "$source"/isa/rv64u[im]/*.S; do
        name=$(basename "$(dirname "$s")")-$(basename "$s" .S)
        build "$name" -I "$source/isa/macros/scalar" "$s" && echo "$name.elf HALT" >>"$out/expect.txt"
    done
    ;;
arch-test)
    suite=$source/riscv-test-suite
    for s in "$suite"/rv64i_m/{I,M}/src/*.S "$suite"/rv64i_m/privilege/src/misalign-[ls]*.S; do
        name=$(basename "$(dirname "$(dirname "$s")")")-$(basename "$s" .S)
        args=(-I "$suite/env" -Wl,-e,rvtest_entry_point "$s")
        build "$name" "${args[@]}" || continue
        qemu-riscv64 "$out/$name.elf" >"$out/$name.sig"
        build "$name" "-DEXPECTED=\"$out/$name.sig\"" "${args[@]}" && echo "$name.elf HALT" >>"$out/expect.txt"
    done
    ;;
*)
    echo "build_suite.sh: no suite '$kind'" >&2
    exit 2
    ;;
esac
