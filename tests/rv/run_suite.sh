#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Run already built test programs with the socle command: all must end with success.
#   run_suite.sh SOCLE FOLDER [--prove]     --prove: also prove each, and verify the proof against the program
# Ends with a line of counts; exit 1 when one fails.
set -uo pipefail
socle=$1 folder=$2 prove=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0 failed=0

fail() {
    echo "FAIL $1: $2"
    tail -n 2 "$work/log"
    failed=$((failed + 1))
}

for elf in "$folder"/*.elf; do
    name=$(basename "$elf" .elf)
    n=$((n + 1))
    if ! "$socle" execute "$elf" >"$work/log" 2>&1; then
        fail "$name" execute
    elif [ "$prove" = --prove ]; then
        if ! "$socle" prove "$elf" -o "$work/proof" >"$work/log" 2>&1; then
            fail "$name" prove
        elif ! "$socle" verify "$work/proof" "$elf" >"$work/log" 2>&1; then
            fail "$name" verify
        fi
    fi
done
echo "$n programs, $failed failed"
[ "$n" -gt 0 ] && [ "$failed" -eq 0 ]
