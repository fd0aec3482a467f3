#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Instructions of NVIDIA's processors for the units that kernels are made of: a product, a butterfly, a compression, a permutation.

  tests/diff/cuda_units.py OUT_FOLDER KERNEL_FOLDER [--all | --update]

A kernel that does a unit once or some times, loops written out, is compared with the same one without: 16 bytes of the cubin an instruction,
the low nine bits tell which. No unit takes more than LIMIT says, counts estimated beforehand, and
all take what cuda_units.txt has recorded. Without nvcc the test is skipped; with another nvcc than the recorded one only LIMIT holds, with
room. tools/gpu-check makes the limits of kernels out of cuda_units.txt. Capability 9.0 alone is compiled, which takes a dozen seconds; --all:
the others, too; --update: all, and cuda_units.txt is written anew.
"""
import collections
import os
import re
import shutil
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
from cuda_fatbin import sections, version_of  # noqa: E402

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cuda_units.txt")
ARCHS = (89, 90, 120)  # 80 and 86 have the instructions of 89, 100 those of 90
COUNTING = 1.02  # what a chain of units costs once
ROOM = 1.05  # for another compiler
FMA = {0x24, 0x25, 0x27}  # multiply-adds of integers: low, wide, high
WIDE = {0x25, 0x27}
ALU = {0x10, 0x11, 0x12, 0x19, 0x16, 0x17, 0x07, 0x0c, 0x02, 0x36, 0x46, 0x48, 0x35, 0x0b, 0x05}
# Not more than these, by architecture; None: there is no estimate.
LIMIT = {
    "mul": (6, 5, 6), "add": (3, 2, 3), "butterfly": (12, 9, 12), "mul_bn_fp": (None, 197, 182), "mul_bn_fr": (None, 197, 182),
    "mul_bls_fp": (None, 383, 382), "blake3": (699, 698, 704), "sha256": (1404, 1403, 1415), "keccak_f": (4674, 4690, 4697),
    "poseidon2_16": (7517, 5744, 7825),
}
# Loops of the kernels whose bodies are the same for all their turns, so that they are not written out there.
ROLLED = (r"for \(kc_u32 round = 0; round < 24u", r"for \(kc_u32 r = 0; r < 64u; r \+= 16u\)", r"for \(kc_u32 r = 0; r < 4u; r\+\+\)",
          r"for \(kc_u32 r = 0; r < partial; r\+\+\)")
TEXTS = ("kc.h", "field.h", "tree.h", "ext.h", "big_const.h", "big_ptx.h", "big.h", "sha256_tree.h", "keccak_tree.h", "poseidon2.h")


def big(field, words):
    return (2, f"kc_u32 x[12], y[12]; LOAD(x, {words}) LOAD(y, {words})", f"kc_big_mul(x, x, y, {field});", f"STORE(x, {words})")


# Name: (copies, before, once, after).
PROBES = {
    "mul": (64, "kc_u32 x[2]; LOAD(x, 2)", "x[0] = kc_mul(x[0], x[1]);", "STORE(x, 1)"),
    "add": (64, "kc_u32 x[2]; LOAD(x, 2)", "x[k % 2u] = kc_add(x[0], x[1]);", "STORE(x, 2)"),
    "butterfly": (64, "kc_u32 x[3]; LOAD(x, 3)", "const kc_u32 a = x[0], b = x[1]; x[0] = kc_add(a, b); x[1] = kc_mul(kc_sub(a, b), x[2]);", "STORE(x, 2)"),
    "ext_mul": (2, "kc_fx a, b; LOAD(a.c, 5) LOAD(b.c, 5)", "a = kc_fx_mul(a, b);", "STORE(a.c, 5)"),
    "mul_bn_fp": big("KC_BN_FP", 8), "mul_bn_fr": big("KC_BN_FR", 8), "mul_bls_fr": big("KC_BLS_FR", 8), "mul_bls_fp": big("KC_BLS_FP", 12),
    "add_bn_fr": (2, "kc_u32 x[16]; LOAD(x, 16)", "kc_big_add(x, x, x + 8, KC_BN_FR);", "STORE(x, 8)"),
    "add_bls_fr": (2, "kc_u32 x[16]; LOAD(x, 16)", "kc_big_add(x, x, x + 8, KC_BLS_FR);", "STORE(x, 8)"),
    "blake3": (1, "kc_u32 v[8], m[16]; LOAD(v, 8) LOAD(m, 16)", "kc_compress(v, m, 0u, 64u, 27u);", "STORE(v, 8)"),
    "sha256": (1, "kc_u32 v[8], m[16]; LOAD(v, 8) LOAD(m, 16)", "kc_sha_compress(v, m);", "STORE(v, 8)"),
    "keccak_f": (1, "kc_u64 a[25]; for (kc_u32 i = 0; i < 25u; i++) a[i] = ((kc_u64)p[64u * i + t] << 32) | p[64u * i + 32u + t];", "kc_keccak_f(a);",
                 "for (kc_u32 i = 0; i < 25u; i++) { p[64u * i + t] = (kc_u32)a[i]; p[64u * i + 32u + t] = (kc_u32)(a[i] >> 32); }"),
    "poseidon2_16": (1, "kc_u32 s[16]; LOAD(s, 16)", "kc_p2_rounds(s, q, 16u, 20u);", "STORE(s, 16)"),
    "poseidon2_24": (1, "kc_u32 s[24]; LOAD(s, 24)", "kc_p2_rounds(s, q, 24u, 23u);", "STORE(s, 24)"),
}


def source_of(folder):
    text = ""
    for name in TEXTS:
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            text += f.read()
    for loop in ROLLED:
        text, n = re.subn("(?m)^( *)(" + loop + ")", r'\1KC_UNROLL \2', text)
        if n == 0:
            sys.exit(f"cuda_units: no loop {loop}")
    # Everything but the units' own functions goes: entries would be compiled, too.
    text = re.sub(r"(?ms)^KC_ENTRY .*?^}\n", "", text)
    text += "#define LOAD(a, n) for (kc_u32 i = 0; i < (n); i++) a[i] = p[32u * i + t];\n#define STORE(a, n) for (kc_u32 i = 0; i < (n); i++) p[32u * i + t] = a[i];\n"
    for name, (copies, before, once, after) in PROBES.items():
        for times in (copies, 0):
            text += (f'KC_ENTRY {name}__{times}(KC_GLOBAL kc_u32 *p, KC_GLOBAL const kc_u32 *q) {{ const kc_u32 t = threadIdx.x; {before}\n'
                     f'KC_UNROLL\nfor (kc_u32 k = 0; k < {times}u; k++) {{ {once} }}\n{after} }}\n')
    return text


def instructions(cubin):
    """{kernel: Counter of opcodes} of a cubin."""
    return {name[6:]: collections.Counter(word & 0x1ff for word, _ in struct.iter_unpack("<QQ", text))
            for name, text in sections(cubin).items() if name.startswith(".text.")}


def counts_of(cubin):
    """{unit: (all that compute, multiply-adds, wide ones of them, others)}"""
    found, counts = instructions(cubin), {}
    for name, (copies, *_) in PROBES.items():
        more, none = found[f"{name}__{copies}"], found[f"{name}__0"]
        fma, wide, alu = (sum(more[o] - none[o] for o in kind) / copies for kind in (FMA, WIDE, ALU))
        counts[name] = (fma + alu, fma, wide, alu)
    return counts


def recorded():
    """(nvcc's version, {(architecture, unit): counts})"""
    with open(FILE, encoding="utf-8") as f:
        head, *lines = f.read().splitlines()
    words = [line.split() for line in lines]
    return re.search(r"nvcc ([\d.]+)", head)[1], {(int(w[0]), w[1]): tuple(float(v) for v in w[2:]) for w in words}


def write(version, found):
    with open(FILE, "w", encoding="utf-8") as f:
        f.write(f"# nvcc {version}: architecture, unit, instructions that compute, multiply-adds, wide or high ones of them, others. "
                "Remade by tests/diff/cuda_units.py --update.\n")
        for (arch, name), counts in sorted(found.items()):
            f.write(f"{arch} {name} " + " ".join(f"{v:.4g}" if v < 1000 else f"{v:.0f}" for v in counts) + "\n")


def main():
    update = "--update" in sys.argv
    archs = ARCHS if update or "--all" in sys.argv else (90,)
    folder, kernels = [a for a in sys.argv[1:] if not a.startswith("--")]
    nvcc = shutil.which("nvcc") or shutil.which("nvcc", path="/usr/local/cuda/bin")
    if nvcc is None:
        print("1..0 # SKIP nvcc is not installed")
        return 77
    os.makedirs(folder, exist_ok=True)
    source, found, bad = os.path.join(folder, "units.cu"), {}, 0
    with open(source, "w", encoding="utf-8") as f:
        f.write(source_of(kernels))
    for arch in archs:
        cubin = os.path.join(folder, f"units_{arch}.cubin")
        subprocess.run([nvcc, "-std=c++17", "-O3", "-w", f"-arch=sm_{arch}", "-cubin", "-o", cubin, source], check=True)
        found.update({(arch, name): c for name, c in counts_of(cubin).items()})
    version = version_of(nvcc)
    if update:
        write(version, found)
    of_version, wanted = recorded()
    print(f"1..{len(archs)}")
    for at, arch in enumerate(archs, 1):
        why = []
        for name in PROBES:
            got, limit = found[arch, name][0], LIMIT.get(name, (None,) * 3)[ARCHS.index(arch)]
            if (arch, name) not in wanted:
                why.append(f"{name} is not recorded")
            elif version == of_version and abs(got - wanted[arch, name][0]) > 0.002 * got:
                why.append(f"{name} takes {got:.4g}, recorded {wanted[arch, name][0]:.4g}")
            if limit is not None and got > limit * (COUNTING if version == of_version else ROOM):
                why.append(f"{name} takes {got:.4g}, more than {limit}")
        bad += bool(why)
        print(f"{'not ok' if why else 'ok'} {at} - sm_{arch}{': ' + '; '.join(why) if why else ''}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
