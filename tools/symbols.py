#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Symbols of the libraries: external names begin with socle_ or sc_, and only host/sys asks the system for memory.

  tools/symbols.py LIBRARY...      exit 1 with one line for each other name
"""
import os
import re
import subprocess
import sys

OURS = re.compile(r"^(socle_|sc_)")
# Sanitizer builds add names of their own.
TOOLS = re.compile(r"^(__asan|__ubsan|__odr_asan|__sancov|_sub_[ID]_)")
MEMORY = {"malloc", "calloc", "realloc", "reallocarray", "free", "strdup", "strndup", "posix_memalign", "aligned_alloc", "mmap", "mmap64",
          "mremap", "munmap"}


def memory_calls(lib):
    """[(object, symbol)] of the objects that refer to the system's memory."""
    out = subprocess.run(["nm", "-A", "-u", "-P", lib], capture_output=True, text=True, check=True)
    found = []
    for line in out.stdout.splitlines():
        where, _, rest = line.partition("]: ")
        fields = rest.split()
        if fields and fields[0].split("@")[0] in MEMORY:
            found.append((os.path.basename(where.rpartition("[")[2]), fields[0]))
    return found


def main():
    bad, seen, in_sys = [], 0, 0
    for lib in sys.argv[1:]:
        for member, name in memory_calls(lib):
            if member.startswith("sys_"):
                in_sys += 1
            else:
                bad.append(f"{os.path.basename(lib)}: {member} calls {name}")
        out = subprocess.run(["nm", "-g", "--defined-only", "-P", lib], capture_output=True, text=True, check=True)
        for line in out.stdout.splitlines():
            fields = line.split()
            if len(fields) < 2 or fields[0].endswith(":"):
                continue
            seen += 1
            if not OURS.match(fields[0]) and not TOOLS.match(fields[0]):
                bad.append(f"{os.path.basename(lib)}: {fields[0]}")
    if in_sys == 0:
        bad.append("host/sys calls no malloc: the objects were not read")
    if seen == 0:
        bad.append("no symbol seen: nothing was checked")
    print("\n".join(bad) if bad else f"symbols: ok, {seen} names")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
