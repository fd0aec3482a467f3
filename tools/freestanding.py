#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Compile core for a machine without a libc and look at what it asks for.

  tools/freestanding.py rv64im|wasm32 ROOT BUILD_CORE SOURCE...

ROOT and BUILD_CORE are include folders, SOURCE the files. The only header of a libc that exists here declares memcpy,
memmove, memset and memcmp; nothing else may stay undefined after linking. No function may have a frame above 4 kB.
Exit 0 good, 1 breach, 77 when the cross compiler is missing.
"""
import os
import shutil
import subprocess
import sys
import tempfile

MEMORY = ["memcpy", "memmove", "memset", "memcmp"]
STRING_H = """#include <stddef.h>
void *memcpy(void *restrict, const void *restrict, size_t);
void *memmove(void *, const void *, size_t);
void *memset(void *, int, size_t);
int memcmp(const void *, const void *, size_t);
"""
COMMON = ["-std=c11", "-O2", "-ffreestanding", "-Wall", "-Wextra", "-Werror", "-c"]
FRAME = 4096
TARGETS = {
    "rv64im": ["riscv64-unknown-elf-gcc", "-march=rv64im", "-mabi=lp64", "-mcmodel=medany", "-nostdinc"],
    "wasm32": ["clang", "--target=wasm32", "-nostdlibinc"],
}


def run(cmd):
    out = subprocess.run(cmd, capture_output=True, text=True)
    if out.returncode != 0:
        sys.stdout.write(out.stdout + out.stderr)
        sys.exit(1)
    return out.stdout


def undefined_rv64im(objects, folder):
    joined = os.path.join(folder, "core.o")
    run(["riscv64-unknown-elf-ld", "-r", "-o", joined] + objects)
    return [line.split()[0] for line in run(["riscv64-unknown-elf-nm", "-u", "-P", joined]).splitlines()]


def undefined_wasm32(objects, folder):
    allowed = os.path.join(folder, "allowed")
    with open(allowed, "w", encoding="utf-8") as f:
        f.write("\n".join(MEMORY) + "\n")
    run(["wasm-ld", "--no-entry", "--export-all", "--allow-undefined-file=" + allowed, "-o", os.path.join(folder, "core.wasm")] + objects)
    return []  # the linker has refused every other name


def main():
    name, root, generated, sources = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    compiler = TARGETS[name]
    need = [compiler[0], "wasm-ld" if name == "wasm32" else "riscv64-unknown-elf-ld"]
    if not all(shutil.which(tool) for tool in need):
        print(f"{' or '.join(need)} is not installed")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "string.h"), "w", encoding="utf-8") as f:
            f.write(STRING_H)
        flags = list(compiler[1:])
        if "-nostdinc" in flags:
            flags += ["-isystem", run([compiler[0], "-print-file-name=include"]).strip()]
        objects = []
        for i, source in enumerate(sources):
            objects.append(os.path.join(folder, f"{i}.o"))
            run([compiler[0]] + flags + COMMON + [f"-Wframe-larger-than={FRAME}", "-I", root, "-I", generated, "-isystem", folder, source, "-o", objects[-1]])
        asked = undefined_rv64im(objects, folder) if name == "rv64im" else undefined_wasm32(objects, folder)
    bad = sorted(set(asked) - set(MEMORY))
    print(f"undefined: {' '.join(bad)}" if bad else f"freestanding {name}: ok, {len(sources)} files")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
