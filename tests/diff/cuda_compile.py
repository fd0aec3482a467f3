#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The kernels of devices compile as CUDA for every architecture, without spills and warnings, and take no more registers and instructions than
cuda_budget.txt says.

  tests/diff/cuda_compile.py OUT_FOLDER TEXT... [--usage FILE] [--update]

--usage: what tools/cuda_fatbin.py wrote when the build compiled TEXT; without it they are compiled here, into OUT_FOLDER.
Without nvcc the test is skipped. With another nvcc than the one of the budget, registers and instructions are not compared.
--update writes the budget anew.
"""
import argparse
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "tools"))
from cuda_fatbin import ARCHS, make  # noqa: E402

FILE = os.path.join(HERE, "cuda_budget.txt")
ROOM = 1.02


def table(path):
    """(first line as words, {(architecture, kernel): (registers, instructions)}, lines that begin with !)"""
    with open(path, encoding="utf-8") as f:
        head, *lines = f.read().splitlines()
    rows = [line.split() for line in lines if not line.startswith("!")]
    return head.split(), {(int(a), k): (int(r), int(n)) for a, k, r, n in rows}, [line[1:].strip() for line in lines if line.startswith("!")]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("folder")
    p.add_argument("texts", nargs="+")
    p.add_argument("--usage")
    p.add_argument("--update", action="store_true")
    a = p.parse_args()
    nvcc = shutil.which("nvcc") or shutil.which("nvcc", path="/usr/local/cuda/bin")
    usage = a.usage
    if usage is None:
        if nvcc is None:
            print("1..0 # SKIP nvcc is not installed")
            return 77
        os.makedirs(a.folder, exist_ok=True)
        usage = os.path.join(a.folder, "kc.usage")
        if make(nvcc, os.path.join(a.folder, "kc.fatbin"), usage, a.texts) != 0:
            print("1..1\nnot ok 1 - nvcc refuses them")
            return 1
    by, found, beside = table(usage)
    if a.update:
        with open(FILE, "w", encoding="utf-8") as f:
            f.write(f"{' '.join(by)} Remade by tests/diff/cuda_compile.py --update.\n")
            f.writelines(f"{arch} {k} {r} {n}\n" for (arch, k), (r, n) in sorted(found.items()))
    of, wanted, _ = table(FILE)
    compare = by[:3] == of[:3]
    bad = 0
    print(f"1..{len(ARCHS) + 1}")
    for i, arch in enumerate(ARCHS, 1):
        why = ""
        kernels = sorted(k for x, k in wanted if x == arch)
        if kernels != sorted(k for x, k in found if x == arch):
            why = "other kernels than in the budget"
        for k in kernels if not why and compare else ():
            (r, n), (most_r, most_n) = found[arch, k], wanted[arch, k]
            if r > most_r or n > most_n * ROOM or n < most_n / ROOM:
                why += f"{k}: {r} registers, {n} instructions; recorded {most_r}, {most_n}. "
        bad += bool(why)
        print(f"{'not ok' if why else 'ok'} {i} - sm_{arch}{'' if compare else ' (another nvcc: no comparison)'}{': ' + why if why else ''}")
    print(f"{'not ok' if beside else 'ok'} {len(ARCHS) + 1} - no spills, no warnings{': ' + '; '.join(beside) if beside else ''}")
    return 1 if bad or beside else 0


if __name__ == "__main__":
    sys.exit(main())
