#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The kernels of devices as one file for all of NVIDIA's architectures that matter, and as PTX for those to come.

  tools/cuda_fatbin.py NVCC OUT TEXT...
  tools/cuda_fatbin.py --probe NVCC        exit 0 when it compiles
"""
import os
import subprocess
import sys
import tempfile

ARCHS = (80, 86, 89, 90, 100, 120)
PROBE = 'extern "C" __global__ void f(int *p) { *p = 1; }\n'


def compile_all(nvcc, out, source, archs):
    code = [f"-gencode=arch=compute_{a},code=sm_{a}" for a in archs] + [f"-gencode=arch=compute_{archs[0]},code=compute_{archs[0]}"]
    return subprocess.run([nvcc, "-std=c++17", "-O3", "-fatbin", "--threads", "2", *code, "-o", out, source], capture_output=True, text=True)


def main():
    probe = sys.argv[1] == "--probe"
    nvcc, *rest = sys.argv[1 + probe:]
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "kc.cu")
        with open(source, "wb") as to:
            to.write(PROBE.encode() if probe else b"")
            for path in rest[1:]:
                with open(path, "rb") as f:
                    to.write(f.read())
        if probe:
            return compile_all(nvcc, os.path.join(folder, "out"), source, ARCHS[:1]).returncode
        known = subprocess.run([nvcc, "--list-gpu-arch"], capture_output=True, text=True, check=True).stdout.split()
        ran = compile_all(nvcc, rest[0], source, [a for a in ARCHS if f"compute_{a}" in known])
        sys.stderr.write(ran.stdout + ran.stderr)
        return ran.returncode


if __name__ == "__main__":
    sys.exit(main())
