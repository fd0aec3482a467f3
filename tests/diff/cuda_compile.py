#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The kernels of devices compile as CUDA for every architecture, without spills, and take no more registers and instructions than
cuda_budget.txt says.

  tests/diff/cuda_compile.py OUT_FOLDER TEXT... [--update]

Without nvcc the test is skipped. With another nvcc than the one of the budget, registers and instructions are not compared.
Instructions are those of the kernel's text, 16 bytes each, loops counted once. --update writes the budget anew.
"""
import os
import re
import shutil
import struct
import subprocess
import sys

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cuda_budget.txt")
ARCHS = (80, 86, 89, 90, 100, 120)
ROOM = 1.02


def sections(path):
    """{name: size} of the sections of an ELF file of 64 bits."""
    with open(path, "rb") as f:
        b = f.read()
    at, = struct.unpack_from("<Q", b, 40)
    size, n, names = struct.unpack_from("<HHH", b, 58)
    table = [struct.unpack_from("<IIQQQQ", b, at + i * size) for i in range(n)]
    start = table[names][4]
    return {b[start + t[0]:b.index(b"\0", start + t[0])].decode(): t[5] for t in table}


def compiled(nvcc, source, folder, arch):
    """{kernel: (registers, instructions)}; a spill, a warning or an error is text."""
    cubin = os.path.join(folder, f"kc_{arch}.cubin")
    run = subprocess.run([nvcc, "-std=c++17", "-O3", f"-arch=sm_{arch}", "-cubin", "-Werror", "all-warnings", "-Xptxas", "-v,-warn-spills",
                          "-o", cubin, source], capture_output=True, text=True)
    if run.returncode != 0:
        return {}, (run.stdout + run.stderr).strip()
    said, kernel, registers, bad = run.stderr + run.stdout, None, {}, []
    for line in said.splitlines():
        head = re.search(r"Compiling entry function '(\w+)'", line)
        spill = re.search(r"(\d+) bytes spill stores, (\d+) bytes spill loads", line)
        used = re.search(r"Used (\d+) registers", line)
        if head:
            kernel = head[1]
        elif spill and (spill[1], spill[2]) != ("0", "0"):
            bad.append(f"{kernel} spills: {line.strip()}")
        elif used:
            registers[kernel] = int(used[1])
    text = sections(cubin)
    return {k: (r, text[".text." + k] // 16) for k, r in registers.items()}, "; ".join(bad)


def version_of(nvcc):
    said = subprocess.run([nvcc, "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"V([\d.]+)", said)[1]


def main():
    update = "--update" in sys.argv
    folder, *texts = [a for a in sys.argv[1:] if a != "--update"]
    nvcc = shutil.which("nvcc") or shutil.which("nvcc", path="/usr/local/cuda/bin")
    if nvcc is None:
        print("1..0 # SKIP nvcc is not installed")
        return 77
    os.makedirs(folder, exist_ok=True)
    source = os.path.join(folder, "kc.cu")
    with open(source, "wb") as out:
        for path in texts:
            with open(path, "rb") as f:
                out.write(f.read())
    found, problems = {}, {}
    for arch in ARCHS:
        kernels, problems[arch] = compiled(nvcc, source, folder, arch)
        found.update({(arch, k): v for k, v in kernels.items()})
    version = version_of(nvcc)
    if update:
        with open(FILE, "w") as f:
            f.write(f"# nvcc {version}: architecture, kernel, registers, instructions. Remade by tests/diff/cuda_compile.py --update.\n")
            for (arch, k), (r, n) in sorted(found.items()):
                f.write(f"{arch} {k} {r} {n}\n")
    with open(FILE) as f:
        head, *lines = f.read().splitlines()
    wanted = {(int(a), k): (int(r), int(n)) for a, k, r, n in (line.split() for line in lines)}
    compare = head.startswith(f"# nvcc {version}:")
    bad = 0
    print(f"1..{len(ARCHS)}")
    for i, arch in enumerate(ARCHS, 1):
        why = problems[arch]
        kernels = sorted(k for a, k in wanted if a == arch)
        if not why and kernels != sorted(k for a, k in found if a == arch):
            why = "other kernels than in the budget"
        for k in kernels if not why and compare else ():
            (r, n), (most_r, most_n) = found[arch, k], wanted[arch, k]
            if r > most_r or n > most_n * ROOM or n < most_n / ROOM:
                why += f"{k}: {r} registers, {n} instructions; recorded {most_r}, {most_n}. "
        bad += bool(why)
        print(f"{'not ok' if why else 'ok'} {i} - sm_{arch}{'' if compare else ' (another nvcc: no comparison)'}{': ' + why if why else ''}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
