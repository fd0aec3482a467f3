#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The NEON kernels against their definitions, under QEMU's user mode.

  tests/diff/neon.py ROOT BUILD_CORE

Compiles kernels and tests/diff/test_ops.c for AArch64 and runs them. Prints the program's TAP lines.
Exit 77 when the cross compiler or qemu-aarch64 is missing.
"""
import os
import shutil
import subprocess
import sys
import tempfile

COMPILER, EMULATOR = "aarch64-linux-gnu-gcc", "qemu-aarch64"
CORE = ["field/fx.c", "hash/blake3.c", "hash/sha256.c", "poly/eq.c", "air/closed.c"]
BODIES = ["air.c", "argue.c", "fold.c", "hash.c", "hashes.c", "isa.c", "ntt.c"]
TEST = ["tests/diff/test_ops.c", "tests/support/cross/cross_main.c", "tests/support/hash_ref.c", "kernels/cpu/cpu_ops.c", "kernels/kc/hash_plan.c"]
# the emitted evaluators take minutes at -O2
FLAGS = ["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-Wno-format-zero-length", "-DSC_HAVE_NEON"]


def main():
    root, generated = sys.argv[1:3]
    if not (shutil.which(COMPILER) and shutil.which(EMULATOR)):
        print(f"1..0 # SKIP {COMPILER} or {EMULATOR} is not installed")
        return 77
    include = ["-I", root, "-I", generated, "-I", os.path.join(root, "tests", "support", "cross")]
    units = [(os.path.join(root, f), []) for f in TEST] + [(os.path.join(root, "core", f), []) for f in CORE]
    units.append((os.path.join(generated, "air_tables.c"), []))
    units += [(os.path.join(root, "kernels", "cpu", f), [f"-DSC_VEC={vec}"]) for f in BODIES for vec in (1, 4)]
    with tempfile.TemporaryDirectory() as folder:
        objects = [os.path.join(folder, f"{i}.o") for i in range(len(units))]
        jobs = []
        for (source, defines), out in zip(units, objects):
            if len(jobs) >= (os.cpu_count() or 1):
                jobs.pop(0).communicate()
            jobs.append(subprocess.Popen([COMPILER, *FLAGS, *defines, *include, "-c", source, "-o", out]))
        for job in jobs:
            job.communicate()
        if not all(os.path.exists(out) for out in objects):
            return 1
        program = os.path.join(folder, "test_ops")
        link = subprocess.run([COMPILER, "-static", "-o", program, *objects, "-lm"])
        return link.returncode or subprocess.run([EMULATOR, program]).returncode


if __name__ == "__main__":
    sys.exit(main())
