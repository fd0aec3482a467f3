#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Instructions that the CPU kernels take, against kernel_instructions.txt: a kernel that got slower shows here on any machine.

  tests/diff/kernel_instructions.py PROGRAM AVX512_LIBRARY [--update]

Of the scalar and AVX2 kernels instructions for one element, run under valgrind, which knows no AVX-512; of the AVX-512 ones the vector
instructions in the text of the functions that do the work. Both depend on the compiler: the file says which; with another, and
without valgrind or objdump, the test is skipped. --update writes the file anew. A tenth more fails; a tenth less asks for an update.
"""
import os
import re
import shutil
import subprocess
import sys

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kernel_instructions.txt")
STATIC = {"pass8", "ntt", "leaf", "chunk", "sc_k_node_hash_avx512", "sc_k_fold_ext_avx512", "sc_k_gkr_round_avx512", "sc_k_gkr_up_avx512",
          "sc_k_lin_ext_avx512", "sha_compress", "keccak_f", "p2_16"}


def skip(why):
    print(f"1..0 # SKIP {why}")
    sys.exit(77)


def counted(program, isa, kernel, times):
    run = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, isa, kernel, str(times)],
                         capture_output=True, text=True)
    seen = re.search(r"Collected\s*:\s*(\d+)", run.stderr)
    if run.returncode == 77:
        return None
    if run.returncode != 0 or not seen:
        sys.exit(f"valgrind {program} {isa} {kernel}: exit code {run.returncode}\n{run.stderr}")
    return int(seen[1])


def dynamic(program):
    """{(isa, kernel): instructions for an element}; what starting takes is in both runs."""
    found = {}
    for isa in ("ref", "avx2"):
        kernels = subprocess.run([program, isa, "", "0", "list"], capture_output=True, text=True)
        for text in kernels.stdout.splitlines():
            kernel, elements = text.split()
            once, thrice = counted(program, isa, kernel, 1), counted(program, isa, kernel, 3)
            found[isa, kernel] = (thrice - once) / 2 / int(elements)
    return found


def static(library):
    """{("avx512", function): instructions on 512-bit registers}"""
    found, name = {}, None
    for text in subprocess.run(["objdump", "-d", library], capture_output=True, text=True, check=True).stdout.splitlines():
        head = re.match(r"[0-9a-f]+ <(\w+?)(?:\.\w+)*>:", text)
        if head:
            name = head[1]
        elif "zmm" in text and name in STATIC:
            found["avx512", name] = found.get(("avx512", name), 0) + 1
    return found


def compiler_of(library):
    out = subprocess.run(["readelf", "-p", ".comment", library], capture_output=True, text=True).stdout
    seen = re.findall(r"(GCC: \(.*?\) \d+|clang version \d+)", out)
    return re.sub(r"\(.*\) ", "", seen[0]) if seen else "unknown"


def main():
    program, library = sys.argv[1:3]
    for tool in ("valgrind", "objdump", "readelf"):
        if not shutil.which(tool):
            skip(f"{tool} is not installed")
    if not os.path.exists(library):
        skip("no AVX-512 kernels in this build")
    compiler = compiler_of(library)
    if "--update" in sys.argv:
        with open(FILE, "w") as f:
            f.write(f"# {compiler}. Remade by tests/diff/kernel_instructions.py --update.\n")
            for (isa, name), value in sorted({**dynamic(program), **static(library)}.items()):
                f.write(f"{isa} {name} {value:.2f}\n")
        return 0
    with open(FILE) as f:
        head, *lines = f.read().splitlines()
    if not head.startswith(f"# {compiler}."):
        skip(f"counts are of another compiler than {compiler}")
    found = {**dynamic(program), **static(library)}
    wanted = {tuple(text.split()[:2]): float(text.split()[2]) for text in lines}
    print(f"1..{len(wanted)}")
    bad = 0
    for i, (key, want) in enumerate(sorted(wanted.items()), 1):
        got = found.get(key)
        good = got is not None and 0.9 * want <= got <= 1.1 * want
        bad += not good
        print(f"{'ok' if good else 'not ok'} {i} - {' '.join(key)}: {got if got is None else round(got, 2)}, recorded {want}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
