#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""host/bench/limit_loops.def against what the compiler made of the limit loops of x86-64. TAP.

  tests/diff/limit_loops.py SOURCE_ROOT LIBRARY...

The multiplies must be those of the table, and the vector instructions as many or up to a tenth more: a theoretical limit from counts that
are too large would be too low. For GCC: other compilers make shifts of some multiplies, and host/bench/theory.c has no counts for them.
"""
import collections
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap  # noqa: E402
from tap import report  # noqa: E402

ROOT, LIBRARIES = os.path.abspath(sys.argv[1]), sys.argv[2:]
MULTIPLIES = {"avx2": r"vpmul(u)?dq", "avx512": r"vpmul(u)?dq", "ifma": r"vpmadd52[lh]uq", "adx": r"mulx|imul"}
# Limit: the function of its loop, and the vectors that it has in the text for each turn.
LOOPS = {
    "LEVELS": ("sc_k_limit_levels_{}", 4), "COMPRESS": ("sc_k_limit_compress_{}", 1), "EXT_MUL": ("sc_k_limit_ext_mul_{}", 2),
    "WIDE": ("sc_k_limit_wide_{}", 8), "SHA256": ("sc_k_limit_sha256_{}", 1), "KECCAK": ("sc_k_limit_keccak_{}", 1), "FR": ("bn_fr_limit_levels", 1), "BLS_FR": ("bls_fr_limit_levels", 1),
    "GROUP": ("bn_g1_limit_mul", 1), "BN_G2": ("bn_g2_limit_mul", 1), "BLS_G1": ("bls_g1_limit_mul", 1), "BLS_G2": ("bls_g2_limit_mul", 1),
}
IN_LIBRARY = {"avx2": "_avx2.", "avx512": "_avx512.", "ifma": "_avx512ifma.", "adx": "_adx."}
# Kernels and limit: the function that the loop calls, and how often: products of a quadratic field are three, and a vector of 32-bit lanes
# has 24 rounds of two vectors of Keccak's states.
HASHES = {"SHA256": ("sha_compress", 1), "KECCAK": ("keccak_f", 48)}
PRODUCTS = {"avx2": HASHES, "avx512": HASHES,
            "adx": {"FR": ("bn_fr_mul", 4), "BLS_FR": ("bls_fr_mul", 4), "GROUP": ("bn_fp_mul", 1), "BN_G2": ("bn_fp_mul", 3),
                    "BLS_G1": ("bls_fp_mul", 1), "BLS_G2": ("bls_fp_mul", 3)},
            "ifma": {"BN_G2": ("v_bn_fp2_mul", 1), "BLS_G2": ("v_bls_fp2_mul", 1)}}


def table():
    with open(os.path.join(ROOT, "host", "bench", "limit_loops.def"), encoding="utf-8") as f:
        found = re.findall(r'^LOOP\("(\w+)", (\w+), \d+, ([\d.]+), ([\d.]+)\)', f.read(), re.M)
    for kernels, limit, multiplies, instructions in found:
        yield kernels, limit, float(multiplies), float(instructions)


def functions(objdump, library):
    """{name: [(address, instruction, operands)]}"""
    text = subprocess.run([objdump, "-d", "--no-show-raw-insn", library], capture_output=True, text=True, check=True).stdout
    found, name = {}, None
    for line in text.splitlines():
        head, step = re.match(r"[0-9a-f]+ <(.+)>:$", line), re.match(r"\s*([0-9a-f]+):\s+(\S+)\s*(.*)$", line)
        if head:
            name = head[1]
            found[name] = []
        elif step and name:
            found[name].append((int(step[1], 16), step[2], step[3]))
    return found


def hottest(steps, is_multiply):
    """The loop with the most multiplies, then the most instructions: from the aim of a jump back to the jump."""
    best = []
    for at, name, operands in steps:
        aim = re.match(r"([0-9a-f]+)", operands) if name.startswith("j") else None
        if aim and int(aim[1], 16) <= at:
            body = [s for s in steps if int(aim[1], 16) <= s[0] <= at]
            best = max(best, body, key=lambda b: (sum(bool(is_multiply(s[1])) for s in b), len(b)))
    return best


def counts(steps, is_multiply):
    """Multiplies, and all that compute with vectors: a move counts when it has a mask, broadcasts of constants do not."""
    names = collections.Counter(name for _, name, operands in steps
                                if not re.match(r"vmov(dqa|dqu|aps|ups|q|d)|vpbroadcast|vzeroupper", name) or "{%k" in operands)
    return sum(n for k, n in names.items() if is_multiply(k)), sum(n for k, n in names.items() if k.startswith("v"))


def main():
    objdump = shutil.which("objdump") or shutil.which("llvm-objdump")
    if objdump is None:
        print("1..0 # SKIP objdump is not installed")
        return 0
    libraries = {k: functions(objdump, lib) for k, part in IN_LIBRARY.items() for lib in LIBRARIES if part in os.path.basename(lib)}
    for kernels, limit, multiplies, instructions in table():
        if kernels not in libraries:
            continue
        is_multiply = re.compile(MULTIPLIES[kernels] + "$").match
        product, times = PRODUCTS.get(kernels, {}).get(limit, (None, 1))
        function, vectors = LOOPS[limit]
        if product in libraries[kernels]:
            m, n = (times * x for x in counts(libraries[kernels][product], is_multiply))
        else:
            m, n = counts(hottest(libraries[kernels].get(function.format(kernels), []), is_multiply), is_multiply)
            if multiplies:  # the compiler may have written out more turns
                vectors *= max(1, int(m / (vectors * multiplies)))
            m, n = m / vectors, n / vectors
        good = m == multiplies and (instructions == 0 or 0.999 * instructions <= n <= 1.1 * instructions)
        report(good and m + n > 0, f"{kernels} {limit}: {multiplies:g} multiplies, {instructions:g} instructions",
               f"compiled: {m:g} multiplies, {n:g} instructions")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
