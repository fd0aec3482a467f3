#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Run already built test programs with the socle command.
#   run_suite.sh SOCLE FOLDER [--prove]     --prove: also prove each, and verify the proof against the program
# Without FOLDER/expect.txt all must end with success. With it ("NAME END" per line), those that do not say HALT must be refused
# as guest failures (exit 1), and no proof of them may be written.
# Ends with a line of counts; exit 1 when one fails.
set -uo pipefail
socle=$1 folder=$2 prove=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0 failed=0 refused=0 proven=0

fail() { # program, command
    echo "FAIL $1: $2"
    tail -n 2 "$work/log"
    failed=$((failed + 1))
}

must_fail() { # ELF, name
    refused=$((refused + 1))
    "$socle" execute "$1" >"$work/log" 2>&1
    [ $? -eq 1 ] || { fail "$2" execute; return; }
    [ "$prove" = --prove ] || return
    "$socle" prove "$1" -o "$work/none" >"$work/log" 2>&1
    { [ $? -eq 1 ] && [ ! -e "$work/none" ]; } || fail "$2" prove
}

must_pass() { # ELF, name
    "$socle" execute "$1" >"$work/log" 2>&1 || { fail "$2" execute; return; }
    [ "$prove" = --prove ] || return
    "$socle" prove "$1" -o "$work/proof" >"$work/log" 2>&1 || { fail "$2" prove; return; }
    "$socle" verify "$work/proof" "$1" >"$work/log" 2>&1 || { fail "$2" verify; return; }
    proven=$((proven + 1))
}

for elf in "$folder"/*.elf; do
    name=$(basename "$elf")
    n=$((n + 1))
    if [ -f "$folder/expect.txt" ] && ! grep -q "^$name HALT$" "$folder/expect.txt"; then
        must_fail "$elf" "$name"
    else
        must_pass "$elf" "$name"
    fi
done
echo "$n programs, $failed failed; $proven proven and verified, $refused must not be"
[ "$n" -gt "$refused" ] && [ "$failed" -eq 0 ]
