#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Compare the executor with QEMU user mode.

  differ.py random --cc CC --script LD --rvrun RVRUN --out FOLDER [--seed N] [--count N]
      random programs: each dumps its registers and memory through environment call 64;
      then the trace of each must satisfy every constraint
  differ.py guests --cc CC --rvrun RVRUN --source ROOT --guests FOLDER --out FOLDER
      the example guests, compiled a second time for QEMU with input from stdin and output to stdout

Exit 77 (skipped) without qemu-riscv64.
"""
import argparse
import os
import random
import shutil
import subprocess
import sys

import model

BASE, SCRATCH, COUNTER = 3, 4, 31  # the middle of the buffer, addresses, rounds of the outer loop
FREE = [0] + [r for r in range(1, 32) if r not in (BASE, SCRATCH, COUNTER)]
BUFFER = 8192
EDGE = [0, 1, -1, 2, 0x7f, 0x80, 0xff, 0x7fffffff, 0x80000000, 0xffffffff, 1 << 63, (1 << 63) - 1, 0xffffffff80000000]


def any_value(rng):
    return rng.choice(EDGE) & model.M64 if rng.random() < 0.4 else rng.getrandbits(rng.choice((8, 16, 32, 64)))


def memory_instruction(rng):
    name = rng.choice(list(model.LOAD) + list(model.STORE))
    r = rng.choice(FREE)
    if rng.random() < 0.5:
        return [f"{name} x{r}, {rng.randrange(-2048, 2048)}(x{BASE})"]
    return [f"andi x{SCRATCH}, x{rng.choice(FREE)}, {rng.choice((2047, 1023, 15, 7))}", f"add x{SCRATCH}, x{SCRATCH}, x{BASE}",
            f"{name} x{r}, {rng.randrange(-64, 64)}(x{SCRATCH})"]


def instruction(rng, at):
    """A few lines; a branch goes forward to one of the next labels."""
    rd, rs1, rs2 = (rng.choice(FREE) for _ in range(3))
    kind = rng.random()
    if kind < 0.45:
        return [f"{rng.choice(list(model.REGISTER))} x{rd}, x{rs1}, x{rs2}"]
    if kind < 0.6:
        return [f"{rng.choice(list(model.IMMEDIATE))} x{rd}, x{rs1}, {rng.randrange(-2048, 2048)}"]
    if kind < 0.68:
        name = rng.choice(list(model.SHIFT))
        return [f"{name} x{rd}, x{rs1}, {rng.randrange(model.SHIFT[name][1])}"]
    if kind < 0.88:
        return memory_instruction(rng)
    target = f"P{at + rng.randrange(1, 9)}"
    if kind < 0.95:
        return [f"{rng.choice(list(model.BRANCH))} x{rs1}, x{rs2}, {target}"]
    if kind < 0.97:
        return [f"jal x{rd}, {target}"]
    if kind < 0.98:
        return [f"la x{SCRATCH}, {target} + 5", f"jalr x{rd}, -4(x{SCRATCH})"]
    return [f"{rng.choice(('lui', 'auipc'))} x{rd}, {rng.getrandbits(20):#x}"]


def random_program(seed, n=400, rounds=12):
    rng = random.Random(seed)
    lines = [".globl _start", ".option norvc", "_start:", f"la x{BASE}, buffer + {BUFFER // 2}", f"li x{COUNTER}, {rounds}"]
    lines += [f"li x{r}, {any_value(rng):#x}" for r in FREE[1:]] + ["again:"]
    for at in range(n):
        lines += [f"P{at}:"] + instruction(rng, at)
    lines += [f"P{n + k}:" for k in range(9)]
    lines += [f"addi x{COUNTER}, x{COUNTER}, -1", f"beqz x{COUNTER}, done", "j again", "done:"]
    lines += [f"sd x{r}, {8 * r - 2048}(x{BASE})" for r in range(32)]
    lines += ["li a0, 1", "la a1, buffer", f"li a2, {BUFFER}", "li a7, 64", "ecall", "li a0, 0", "li a7, 93", "ecall"]
    data = [rng.getrandbits(8) for _ in range(BUFFER)]
    lines += [".section .data", ".balign 8", "buffer:"] + [".byte " + ",".join(map(str, data[i:i + 32])) for i in range(0, BUFFER, 32)]
    return "\n".join(lines) + "\n"


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False, **options)


def compare(name, ours, theirs):
    if ours.returncode == 0 and theirs.returncode == 0 and ours.stdout == theirs.stdout:
        return True
    print(f"FAIL {name}: executor {ours.returncode} {ours.stdout[:64].hex()} {ours.stderr.decode()}; "
          f"QEMU {theirs.returncode} {theirs.stdout[:64].hex()} {theirs.stderr.decode()}")
    return False


def random_programs(a):
    failed = 0
    for seed in range(a.seed, a.seed + a.count):
        stem = os.path.join(a.out, f"random_{seed}")
        with open(stem + ".S", "w", encoding="utf-8") as f:
            f.write(random_program(seed))
        subprocess.run([a.cc, "-march=rv64im", "-mabi=lp64", "-nostdlib", "-Wl,--no-relax", "-T", a.script, stem + ".S", "-o", stem + ".elf"], check=True)
        failed += not compare(f"seed {seed}", run([a.rvrun, "--log", stem + ".elf"]), run([a.qemu, stem + ".elf"]))
    with open(os.path.join(a.out, "expect.txt"), "w", encoding="utf-8") as f:
        f.writelines(f"random_{seed}.elf HALT\n" for seed in range(a.seed, a.seed + a.count))
    satisfied = run([a.rvrun, "--constraints", a.out])
    print(satisfied.stdout.decode())
    failed += satisfied.returncode != 0
    print(f"seeds {a.seed} to {a.seed + a.count - 1}: {a.count} programs, {failed} differ")
    return failed


def guest_inputs(root):
    vectors = os.path.join(root, "tests", "vectors", "mpt")
    texts = [b"", b"a", bytes(range(256)) * 5 + b"xyz"]
    return {
        "fibonacci": [b"", b"\x07", (90).to_bytes(8, "little")],
        "quicksort": [b"", b"\0\0\0\0", (3000).to_bytes(4, "little")],
        "workload": [b"", b"\0", (37).to_bytes(4, "little")],
        "sha256": texts + [bytes(55), bytes(56), bytes(64)],
        "keccak256": texts + [bytes(135), bytes(136), bytes(137)],
        "mpt": [open(os.path.join(vectors, n), "rb").read() for n in ("account.bin", "absent.bin")],
    }


def guests(a):
    failed = n = 0
    examples = os.path.join(a.source, "guest", "examples")
    for name, inputs in guest_inputs(a.source).items():
        elf = os.path.join(a.out, name + ".qemu")
        extra = [os.path.join(examples, "keccak.c")] if name in ("keccak256", "mpt") else []
        subprocess.run([a.cc, "-O2", "-march=rv64im", "-mabi=lp64", "-mcmodel=medany", "-ffreestanding", "-nostdlib", "-fno-tree-loop-distribute-patterns",
                        "-I" + a.source, os.path.join(examples, name + ".c"), *extra, os.path.join(a.source, "tests", "rv", "qemu_io.c"), "-o", elf], check=True)
        for k, data in enumerate(inputs):
            path = os.path.join(a.out, f"{name}_{k}.in")
            with open(path, "wb") as f:
                f.write(data)
            failed += not compare(f"{name} input {k}", run([a.rvrun, "--output", os.path.join(a.guests, name + ".elf"), path]), run([a.qemu, elf], input=data))
            n += 1
    print(f"{n} runs of guests, {failed} differ")
    return failed


def main():
    p = argparse.ArgumentParser()
    p.add_argument("mode", choices=("random", "guests"))
    for name in ("cc", "script", "rvrun", "out", "source", "guests"):
        p.add_argument("--" + name)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--count", type=int, default=30)
    a = p.parse_args()
    a.qemu = shutil.which("qemu-riscv64")
    if a.qemu is None:
        print("skipped: no qemu-riscv64")
        sys.exit(77)
    os.makedirs(a.out, exist_ok=True)
    sys.exit(1 if (random_programs(a) if a.mode == "random" else guests(a)) else 0)


if __name__ == "__main__":
    main()
