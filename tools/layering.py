#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Checks of the tree that need no build: directions of includes and SPDX lines.

  tools/layering.py      exit 1 with one line for each breach

A folder may include itself and what stands in ALLOWED for it; inside core the order is CORE.
"""
import os
import re
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
CORE = ["base", "field", "curve", "hash", "poly", "transcript", "budget", "air", "chips", "proof", "verify"]
# The list of tables is data that the layer below names by index.
EXEMPT = {("core/air/air.h", "core/chips/machine.def")}
ALLOWED = {
    "core": [],
    "kernels": ["core"],
    "scheduler": ["core/base", "kernels/ops.h"],
    "host": ["core", "kernels", "scheduler"],
    "guest": ["core"],
    "tools/airgen": ["core/air", "core/chips", "core/base", "core/field", "core/hash"],
    "tools/airlint": ["core", "host/exec", "host/trace", "tools/socle/json.h"],
    "tools": ["host/socle.h", "core/base"],
}
SYSTEM_IN_CORE = {"stdint.h", "stddef.h", "stdbool.h", "string.h", "limits.h", "immintrin.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')
NEEDS_SPDX = (".c", ".h", ".def", ".inc", ".py", ".cl", ".cu", ".S", ".ld", ".sh", "meson.build", "meson_options.txt")


def files():
    out = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True)
    return [f for f in out.stdout.splitlines() if os.path.isfile(os.path.join(ROOT, f))]


def room(path):
    for name in sorted(ALLOWED, key=len, reverse=True):
        if path.startswith(name + "/"):
            return name
    return None


def breach(path, target):
    here = room(path)
    if here is None or "/" not in target:
        return False
    if here == "core":
        if not target.startswith("core/"):
            return True
        a, b = path.split("/")[1], target.split("/")[1]
        return CORE.index(b) > CORE.index(a)
    if target.startswith(here + "/") or target == here:
        return False
    return not any(target == a or target.startswith(a + "/") for a in ALLOWED[here])


def main():
    bad = []
    for path in files():
        if path.startswith("docs/") or path.startswith("tests/vectors/"):
            continue
        with open(os.path.join(ROOT, path), "rb") as f:
            raw = f.read()
        text = raw.decode("utf-8", "replace")
        if (path.endswith(NEEDS_SPDX) or raw[:2] == b"#!") and "SPDX-License-Identifier: MIT OR Apache-2.0" not in text[:400]:
            bad.append(f"{path}: no SPDX line")
        if not path.endswith((".c", ".h")):
            continue
        for n, line in enumerate(text.splitlines(), 1):
            m = INCLUDE.match(line)
            if not m:
                continue
            if m.group(1) == "\"" and (path, m.group(2)) not in EXEMPT and breach(path, m.group(2)):
                bad.append(f"{path}:{n}: may not include {m.group(2)}")
            if m.group(1) == "<" and path.startswith("core/") and m.group(2) not in SYSTEM_IN_CORE:
                bad.append(f"{path}:{n}: core is freestanding, no <{m.group(2)}>")
    print("\n".join(bad) if bad else "layering: ok")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
