#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The kernels of devices as one file for all of NVIDIA's architectures that matter, and as PTX for those to come.

  tools/cuda_fatbin.py NVCC OUT USAGE TEXT...
  tools/cuda_fatbin.py --probe NVCC        exit 0 when it compiles

USAGE is text, for tests/diff/cuda_compile.py: architecture, kernel, registers and instructions, which are those of the kernel's text, 16 bytes
each, loops counted once. A line that begins with ! is what the compiler said beside: a warning, a spill, with its architecture where it has one.
"""
import glob
import os
import re
import struct
import subprocess
import sys
import tempfile

ARCHS = (80, 86, 89, 90, 100, 120)
PROBE = 'extern "C" __global__ void f(int *p) { *p = 1; }\n'


def compile_all(nvcc, folder, out, source, archs):
    """The cubins are kept in @folder."""
    code = [f"-gencode=arch=compute_{a},code=sm_{a}" for a in archs] + [f"-gencode=arch=compute_{archs[0]},code=compute_{archs[0]}"]
    return subprocess.run([nvcc, "-std=c++17", "-O3", "-fatbin", "--threads", "2", "-Xptxas", "-v,-warn-spills", "--keep", "--keep-dir", folder,
                           *code, "-o", out, source], capture_output=True, text=True)


def sections(path):
    """{name: bytes} of the sections of an ELF file of 64 bits."""
    with open(path, "rb") as f:
        b = f.read()
    at, = struct.unpack_from("<Q", b, 40)
    size, n, names = struct.unpack_from("<HHH", b, 58)
    table = [struct.unpack_from("<IIQQQQ", b, at + i * size) for i in range(n)]
    start = table[names][4]
    return {b[start + t[0]:b.index(b"\0", start + t[0])].decode(): b[t[4]:t[4] + t[5]] for t in table}


def read(said):
    """({(architecture, kernel): registers}, lines beside) of what nvcc and ptxas said."""
    at, registers, beside = None, {}, []
    for line in said.splitlines():
        head = re.search(r"Compiling entry function '(\w+)' for 'sm_(\d+)'", line)
        used = re.search(r"Used (\d+) registers", line)
        spill = re.search(r"(\d+) bytes spill stores, (\d+) bytes spill loads", line)
        if head:
            at = int(head[2]), head[1]
        elif used:
            registers[at] = int(used[1])
        elif spill and (spill[1], spill[2]) != ("0", "0"):
            beside.append(f"{at[0]} {at[1]} spills: {line.strip()}")
        elif line.strip() and not spill and not re.match(r"ptxas info\s+: ", line):
            beside.append(line.strip())
    return registers, beside


def version_of(nvcc):
    said = subprocess.run([nvcc, "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"V([\d.]+)", said)[1]


def make(nvcc, out, usage, texts):
    """Exit code."""
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "kc.cu")
        with open(source, "wb") as to:
            for path in texts:
                with open(path, "rb") as f:
                    to.write(f.read())
        known = subprocess.run([nvcc, "--list-gpu-arch"], capture_output=True, text=True, check=True).stdout.split()
        archs = [a for a in ARCHS if f"compute_{a}" in known]
        ran = compile_all(nvcc, folder, out, source, archs)
        registers, beside = read(ran.stdout + ran.stderr)
        sys.stderr.write("".join(line + "\n" for line in beside))
        if ran.returncode != 0:
            return ran.returncode
        text = {a: sections(glob.glob(os.path.join(folder, f"kc.*_{a}.cubin"))[0]) for a in archs}
    with open(usage, "w", encoding="utf-8") as f:
        f.write(f"# nvcc {version_of(nvcc)}: architecture, kernel, registers, instructions.\n")
        f.writelines(f"{a} {k} {r} {len(text[a]['.text.' + k]) // 16}\n" for (a, k), r in sorted(registers.items()))
        f.writelines(f"! {line}\n" for line in beside)
    return 0


def probe(nvcc):
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "probe.cu")
        with open(source, "w", encoding="utf-8") as to:
            to.write(PROBE)
        return compile_all(nvcc, folder, os.path.join(folder, "out"), source, ARCHS[:1]).returncode


if __name__ == "__main__":
    sys.exit(probe(sys.argv[2]) if sys.argv[1] == "--probe" else make(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
