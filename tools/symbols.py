#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""External symbols of the libraries: only names that begin with socle_ or sc_.

  tools/symbols.py LIBRARY...      exit 1 with one line for each other name
"""
import os
import re
import subprocess
import sys

OURS = re.compile(r"^(socle_|sc_)")
# Sanitizer builds add names of their own.
TOOLS = re.compile(r"^(__asan|__ubsan|__odr_asan|__sancov|_sub_[ID]_)")


def main():
    bad, seen = [], 0
    for lib in sys.argv[1:]:
        out = subprocess.run(["nm", "-g", "--defined-only", "-P", lib], capture_output=True, text=True, check=True)
        for line in out.stdout.splitlines():
            fields = line.split()
            if len(fields) < 2 or fields[0].endswith(":"):
                continue
            seen += 1
            if not OURS.match(fields[0]) and not TOOLS.match(fields[0]):
                bad.append(f"{os.path.basename(lib)}: {fields[0]}")
    if seen == 0:
        bad.append("no symbol seen: nothing was checked")
    print("\n".join(bad) if bad else f"symbols: ok, {seen} names")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
