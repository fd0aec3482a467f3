#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The chains of carries of kernels/kc/big_ptx.h, run: the PTX that nvcc makes of the kernels kc_map_* is interpreted, instruction by
instruction, and every result is compared with the integers.

  tests/diff/ptx_big.py OUT_FOLDER CONSTANTS TEXT...

CONSTANTS is kernels/kc/big_const.h. Without nvcc the test is skipped. An instruction that the interpreter does not know is a failure, and
so is a carry that is read in another block of assembly than the one that made it. What ptxas makes of PTX is not seen here.
"""
import os
import random
import re
import shutil
import subprocess
import sys

FIELDS = ("BN_FP", "BN_FR", "BLS_FP", "BLS_FR")
OPS = (("product", lambda a, b, p, r: a * b * pow(r, -1, p) % p), ("difference", lambda a, b, p, r: (a - b) % p),
       ("sum", lambda a, b, p, r: (a + b) % p))
ITEMS, SPACE = 64, 1 << 32
COMPARE = {"eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "lt": lambda a, b: a < b, "le": lambda a, b: a <= b,
           "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b}


def moduli(path):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    words = [int(w, 16) for w in re.findall(r"0x([0-9a-f]{8})u", text[text.index("kc_big_p"):])]
    rows = [words[12 * i:12 * i + 12] for i in range(4)]
    return {name: sum(w << 32 * k for k, w in enumerate(row)) for name, row in zip(FIELDS, rows)}


def parse(text, kernel):
    """[(predicate, wanted, operation, operands)] and {label: index}; "block" is where a block of assembly begins or ends."""
    body = text[text.index(f".entry {kernel}("):]
    body = body[body.index("{") + 1:body.index("\n}")]
    code, labels = [], {}
    for line in body.splitlines():
        line = line.strip()
        if line in ("// begin inline asm", "// end inline asm"):
            code.append((None, True, ["block"], []))
        elif line.endswith(":"):
            labels[line[:-1]] = len(code)
        elif line and not line.startswith((".", "//")):
            for part in filter(None, (s.strip() for s in line.split(";"))):
                m = re.fullmatch(r"(?:@(!?)(%p\d+)\s+)?([a-z0-9_.]+)\s*(.*)", part)
                code.append((m[2], m[1] != "!", m[3].split("."), [o.strip() for o in m[4].split(",")] if m[4] else []))
    return code, labels


class Machine:
    """One item of a group."""

    def __init__(self, code, labels, memory, params, item):
        self.code, self.labels, self.memory, self.params = code, labels, memory, params
        self.reg = {"%tid.x": item, "%ntid.x": ITEMS, "%ctaid.x": 0, "%ctaid.y": 0}
        self.carry = None

    def value(self, operand):
        if operand in self.reg:
            return self.reg[operand]
        return int(operand, 0)

    def address(self, operand):
        m = re.fullmatch(r"\[(%\w+)(?:\+(\d+))?\]", operand)
        return self.reg[m[1]] + int(m[2] or 0)

    def arithmetic(self, op, args):
        """A sum, difference or multiply-add of 32 bits, with the carry where the name has it."""
        name, bits = op[0].rstrip("c") if op[0] in ("addc", "subc", "madc") else op[0], 64 if op[-1].endswith("64") else 32
        v = [self.value(a) % (1 << bits) for a in args[1:]]
        if name == "mad":
            product = v[0] * v[1]
            v = [product >> bits if op[1] == "hi" else product % (1 << bits), v[2]]
        carry = 0
        if op[0] in ("addc", "subc", "madc"):
            if self.carry is None:
                raise ValueError("a carry of another block is read")
            carry = self.carry
        total = v[0] - v[1] - carry if name == "sub" else v[0] + v[1] + carry
        if "cc" in op:
            self.carry = int(not 0 <= total < 1 << bits)
        self.reg[args[0]] = total % (1 << bits)

    def step(self, op, args):
        """False: not known."""
        name, bits = op[0], 64 if op[-1].endswith("64") else 32
        if name == "block":
            self.carry = None
        elif name in ("add", "addc", "sub", "subc", "mad", "madc") and op[1] != "wide":
            self.arithmetic(op, args)
        elif name == "mul" and op[1] in ("lo", "wide", "hi") and (op[2][0] == "u" or op[1] == "lo"):
            product = (self.value(args[1]) % (1 << bits)) * (self.value(args[2]) % (1 << bits))
            self.reg[args[0]] = product if op[1] == "wide" else product >> bits if op[1] == "hi" else product % (1 << bits)
        elif name == "neg":
            self.reg[args[0]] = -self.value(args[1]) % (1 << bits)
        elif name in ("mov", "cvt", "cvta"):
            self.reg[args[0]] = self.value(args[1]) % (1 << (32 if op[1] in ("u32", "b32", "s32") else 64))
        elif name == "and":
            self.reg[args[0]] = self.value(args[1]) & self.value(args[2]) % (1 << bits)
        elif name in ("shl", "shr") and op[1][0] != "s":
            v, n = self.value(args[1]), self.value(args[2])
            self.reg[args[0]] = (v << n if name == "shl" else v >> n) % (1 << bits)
        elif name == "setp" and (op[2][0] == "u" or op[1] in ("eq", "ne")):
            self.reg[args[0]] = COMPARE[op[1]](self.value(args[1]) % (1 << bits), self.value(args[2]) % (1 << bits))
        elif name == "selp":
            self.reg[args[0]] = self.value(args[1] if self.reg[args[3]] else args[2]) % (1 << bits)
        elif name == "ld" and op[1] == "param":
            self.reg[args[0]] = self.params[args[1].strip("[]")]
        elif name == "ld" and op[1] == "global" and bits == 32:
            self.reg[args[0]] = self.memory[self.address(args[1])]
        elif name == "st" and op[1] == "global" and bits == 32:
            self.memory[self.address(args[0])] = self.value(args[1])
        else:
            return False
        return True

    def run(self):
        at = 0
        while True:
            predicate, wanted, op, args = self.code[at]
            at += 1
            if predicate is not None and bool(self.reg[predicate]) != wanted:
                continue
            if op[0] == "ret":
                return
            if op[0] == "bra":
                at = self.labels[args[0]]
            elif not self.step(op, args):
                raise ValueError("an instruction that is not known: " + ".".join(op))


def pairs(p, rng):
    edges = [0, 1, 2, p - 1, p - 2, (1 << (p.bit_length() - 1)) - 1]
    found = [(a, b) for a in edges for b in edges]
    return found + [(rng.randrange(p), rng.randrange(p)) for _ in range(ITEMS - 4 - len(found))]


def check(text, name, p):
    """What is wrong, or nothing."""
    kernel = "kc_map_" + name.lower()
    n = (p.bit_length() + 31) // 32
    code, labels = parse(text, kernel)
    work = pairs(p, random.Random(20261127))
    for op, (what, want) in enumerate(OPS):
        memory = {}
        for i, pair in enumerate(work):
            for which in (0, 1):
                for k in range(n):
                    memory[(which + 1) * SPACE + 4 * (i * n + k)] = pair[which] >> 32 * k & 0xffffffff
        params = {f"{kernel}_param_{i}": v for i, v in enumerate((0, SPACE, 2 * SPACE, len(work), op))}
        for item in range(ITEMS): # more than there are pairs: the last ones do nothing
            Machine(code, labels, memory, params, item).run()
        for i, (a, b) in enumerate(work):
            got = sum(memory[4 * (i * n + k)] << 32 * k for k in range(n))
            if got != want(a, b, p, 1 << 32 * n):
                return f"{what} of 0x{a:x} and 0x{b:x} is 0x{got:x}"
        if any(a < SPACE and a >= 4 * n * len(work) for a in memory):
            return f"{what}: written beside the result"
    return ""


def main():
    folder, constants, *texts = sys.argv[1:]
    nvcc = shutil.which("nvcc") or shutil.which("nvcc", path="/usr/local/cuda/bin")
    if nvcc is None:
        print("1..0 # SKIP nvcc is not installed")
        return 77
    os.makedirs(folder, exist_ok=True)
    source, ptx = os.path.join(folder, "ptx_big.cu"), os.path.join(folder, "ptx_big.ptx")
    with open(source, "wb") as out:
        for path in texts:
            with open(path, "rb") as f:
                out.write(f.read())
    subprocess.run([nvcc, "-std=c++17", "-O3", "-arch=sm_80", "-ptx", "-o", ptx, source], check=True)
    with open(ptx, encoding="utf-8") as f:
        text = f.read()
    bad = 0
    print(f"1..{len(FIELDS)}")
    for i, (name, p) in enumerate(moduli(constants).items(), 1):
        try:
            why = check(text, name, p)
        except (ValueError, KeyError) as e:
            why = f"not run: {e}"
        bad += bool(why)
        print(f"{'not ok' if why else 'ok'} {i} - {name}{': ' + why if why else ''}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
