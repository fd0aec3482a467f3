#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Write, assemble and link the instruction tests.

  gen.py --cc COMPILER --script LINKER_SCRIPT --out FOLDER

Every test ends with environment call 93: 0 for success, else the number of the failing case. Expected values come from model.py.
FOLDER/expect.txt lists each ELF with the way it must end (names of SC_ENDS in host/exec/exec.h).
Registers: x30 the case number, x31 and x29 scratch of the checks.
"""
import argparse
import concurrent.futures
import os
import random
import subprocess

import model
from abnormal import ABNORMAL, NORMAL

EDGES = [0, 1, 2, 3, 7, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x123456789abcdef0,
         0x7fffffffffffffff, 0x8000000000000000, 0x8000000000000001, 0xffffffff00000000, 0xffffffff7fffffff, 0xffffffff80000000,
         0xfffffffffffffffe, 0xffffffffffffffff]
FEW = [0, 1, 0x7fffffff, 0x80000000, 0xfedcba9876543210, 0x8000000000000000, 0xffffffffffffffff]
IMMEDIATES = [-2048, -2047, -1365, -256, -1, 0, 1, 2, 255, 1365, 2046, 2047]

HEAD = """.globl _start
.section .text
.option norvc
_start:
    li x30, 0
"""
TAIL = """
pass:
    li a0, 0
    li a7, 93
    ecall
fail:
    addi a0, x30, 1
    li a7, 93
    ecall
"""


class Source:
    """One test program: text, data, and a counter of cases."""

    def __init__(self):
        self.text, self.data, self.n = [], [], 0

    def line(self, *lines):
        self.text += ["    " + s for s in lines]

    def label(self, name):
        self.text.append(name + ":")

    def case(self):
        self.n += 1
        self.line(f"li x30, {self.n}")

    def expect(self, register, value):
        self.line(f"li x31, {value:#x}", f"bne {register}, x31, fail")

    def unique(self):
        self.n += 1
        return f"L{self.n}"

    def table(self, rows):
        name = f"T{len(self.data)}"
        self.data.append(f"{name}:\n" + "\n".join("    .dword " + ", ".join(f"{v:#x}" for v in r) for r in rows))
        return name

    def loop(self, rows, body):
        """Run body for every row; a row is at x28."""
        top = self.unique()
        name = self.table(rows)
        self.line(f"la x28, {name}", f"li x27, {len(rows)}")
        self.label(top)
        self.line("addi x30, x30, 1")
        self.line(*body)
        self.line(f"addi x28, x28, {8 * len(rows[0])}", "addi x27, x27, -1", f"bnez x27, {top}")

    def render(self):
        return HEAD + "\n".join(self.text) + TAIL + "\n.section .data\n.balign 8\n" + "\n".join(self.data) + "\n"


def alias_check(s, op, triple, values):
    """op with registers of the triple; afterwards x5, x6, x7 and x0 hold what the model says."""
    state = dict(values)
    for r, v in values.items():
        if r:
            s.line(f"li x{r}, {v:#x}")
    result = op(state)
    if triple[0]:
        state[triple[0]] = result
    s.case()
    s.line(triple[1])
    for r, v in state.items():
        s.expect(f"x{r}", v)


def test_register(name):
    s = Source()
    rows = [(a, b, model.register(name, a, b)) for a in EDGES for b in EDGES]
    s.loop(rows, ["ld x5, 0(x28)", "ld x6, 8(x28)", "ld x8, 16(x28)", f"{name} x7, x5, x6", "bne x7, x8, fail"])
    values = {0: 0, 5: 0x8000000000000007, 6: 0xfffffffffffffffd, 7: 0x123456789}
    for rd in values:
        for rs1 in values:
            for rs2 in values:
                alias_check(s, lambda v, i=rs1, j=rs2: model.register(name, v[i], v[j]), (rd, f"{name} x{rd}, x{rs1}, x{rs2}"), values)
    return s


def test_immediate(name):
    s = Source()
    for imm in IMMEDIATES:
        rows = [(a, model.register(model.IMMEDIATE[name], a, imm & model.M64)) for a in EDGES]
        s.loop(rows, ["ld x5, 0(x28)", "ld x8, 8(x28)", f"{name} x7, x5, {imm}", "bne x7, x8, fail"])
    immediate_alias(s, name, -3, lambda a: model.register(model.IMMEDIATE[name], a, -3 & model.M64))
    return s


def immediate_alias(s, name, imm, value):
    values = {0: 0, 5: 0x8000000000000007, 6: 0xfffffffffffffffd}
    for rd in values:
        for rs1 in values:
            alias_check(s, lambda v, i=rs1: value(v[i]), (rd, f"{name} x{rd}, x{rs1}, {imm}"), values)


def test_shift(name):
    s = Source()
    form, width = model.SHIFT[name]
    for n in range(width):
        rows = [(a, model.register(form, a, n)) for a in FEW]
        s.loop(rows, ["ld x5, 0(x28)", "ld x8, 8(x28)", f"{name} x7, x5, {n}", "bne x7, x8, fail"])
    immediate_alias(s, name, 17, lambda a: model.register(form, a, 17))
    return s


def test_branch(name):
    s = Source()
    rows = [(a, b, int(model.BRANCH[name](a, b))) for a in EDGES for b in EDGES]
    taken = s.unique()
    s.loop(rows, ["ld x5, 0(x28)", "ld x6, 8(x28)", "ld x8, 16(x28)", "li x7, 1", f"{name} x5, x6, {taken}", "li x7, 0"])
    # The branch skips one instruction: its target goes behind it.
    at = max(i for i, t in enumerate(s.text) if t.strip() == "li x7, 0") + 1
    s.text[at:at] = [taken + ":", "    bne x7, x8, fail"]
    pairs = [(5, 6), (6, 5), (5, 5), (0, 5), (5, 0), (0, 0)]
    values = {0: 0, 5: 0xffffffffffffffff, 6: 1}
    for i, j in pairs:
        for distance in ("forward", "backward"):
            s.case()
            for r in (5, 6):
                s.line(f"li x{r}, {values[r]:#x}")
            is_taken = model.BRANCH[name](values[i], values[j])
            branch_once(s, f"{name} x{i}, x{j}", is_taken, distance)
    far_branch(s, name)
    return s


def branch_once(s, branch, taken, distance):
    target, around, done = s.unique(), s.unique(), s.unique()
    if distance == "backward":
        s.line(f"j {around}")
        s.label(target)
        s.line("j " + (done if taken else "fail"))
        s.label(around)
        s.line(f"{branch}, {target}", "j " + ("fail" if taken else done))
    else:
        s.line(f"{branch}, {target}", "j " + ("fail" if taken else done))
        s.label(target)
        s.line("j " + (done if taken else "fail"))
    s.label(done)


def far_branch(s, name):
    """The largest offsets: +4092 and -4096."""
    a, b = next((a, b) for a in FEW for b in FEW if model.BRANCH[name](a, b))
    there, back, end = s.unique(), s.unique(), s.unique()
    s.case()
    s.line(f"li x5, {a:#x}", f"li x6, {b:#x}", f"j {there}_go")
    s.label(back)
    s.line(f"j {end}", f".rept {(4096 - 8) // 4}", ".word 0", ".endr")
    s.label(there + "_back")
    s.line(".word 0")
    s.line(f"{name} x5, x6, {back}")
    s.label(there + "_go")
    s.line(f"{name} x5, x6, {there}", f".rept {(4092 - 4) // 4}", ".word 0", ".endr")
    s.label(there)
    s.line(f"j {there}_back + 4")
    s.label(end)


def memory_pattern(n, seed):
    rng = random.Random(seed)
    return bytes(rng.randrange(256) | 0x80 if i % 3 else rng.randrange(128) for i in range(n))


def bytes_data(s, name, data):
    s.data.append(f".balign 8\n{name}:\n    .byte " + ", ".join(str(b) for b in data))


def test_load(name):
    s = Source()
    data = memory_pattern(4096 + 64, name)
    bytes_data(s, "buf", data)
    for at in range(24):
        for imm in (0, at - 2048 if at < 8 else 5, 2047 if at < 8 else -7):
            s.case()
            s.line(f"la x5, buf + {2048 + at - imm}", f"{name} x7, {imm}(x5)")
            s.expect("x7", model.load(name, data, 2048 + at))
    for at in (16, 21, 31):
        s.case()
        s.line(f"la x5, buf + {at}", f"{name} x5, 0(x5)")
        s.expect("x5", model.load(name, data, at))
        s.case()
        s.line(f"la x5, buf + {at}", f"{name} x0, 0(x5)", "bnez x0, fail")
    s.line("la x5, constants", "la x6, _start")
    for base in ("x5", "x6"):
        for at in range(9):
            s.case()
            s.line(f"{name} x7, {at}({base})", f"{name} x8, {at}({base})", "bne x7, x8, fail")
    s.case()
    s.line(f"{name} x7, 3(x5)")
    s.expect("x7", model.load(name, bytes(range(0x79, 0x79 + 32)), 3))
    s.data.append(".section .rodata\n.balign 8\nconstants:\n    .byte " + ", ".join(str(b) for b in range(0x79, 0x79 + 32)))
    return s


def test_store(name):
    s = Source()
    size = model.STORE[name]
    data = memory_pattern(64, name)
    bytes_data(s, "buf", data)
    value = 0xf1e2d3c4b5a69788
    for at in range(24):
        imm = (0, 2047, -2048, 1, -1)[at % 5]
        after = data[:at] + value.to_bytes(8, "little")[:size] + data[at + size:]
        s.case()
        s.line("la x6, buf", f"li x7, {value:#x}", f"la x5, buf + {at - imm}", f"{name} x7, {imm}(x5)")
        for w in range(0, 40, 8):
            s.line(f"ld x8, {w}(x6)")
            s.expect("x8", int.from_bytes(after[w:w + 8], "little"))
        for w in range(0, 40, 8):
            s.line(f"li x8, {int.from_bytes(data[w:w + 8], 'little'):#x}", f"sd x8, {w}(x6)")
    for at in (8, 13):
        s.case()
        s.line(f"la x5, buf + {at}", f"{name} x5, 0(x5)", f"{load_unsigned(size)} x8, 0(x5)")
        if size == 8:
            s.line("bne x8, x5, fail")
        else:
            s.line(f"slli x9, x5, {64 - 8 * size}", f"srli x9, x9, {64 - 8 * size}", "bne x8, x9, fail")
        s.case()
        s.line(f"{name} x0, 0(x5)", f"{load_unsigned(size)} x8, 0(x5)", "bnez x8, fail")
    return s


def load_unsigned(size):
    return {1: "lbu", 2: "lhu", 4: "lwu", 8: "ld"}[size]


def test_upper():
    s = Source()
    for v in (0, 1, 0x7ffff, 0x80000, 0xfffff, 0x12345):
        s.case()
        s.line(f"lui x5, {v:#x}")
        s.expect("x5", model.word(v << 12))
        s.case()
        here = s.unique()
        s.line(f"la x6, {here}")
        s.label(here)
        s.line(f"auipc x5, {v:#x}", f"li x7, {model.word(v << 12):#x}", "add x6, x6, x7", "bne x5, x6, fail")
    s.case()
    s.line("lui x0, 0x12345", "auipc x0, 0x12345", "bnez x0, fail")
    s.line(".balign 8192", ".rept 1027", "nop", ".endr")  # a pc with bit 12 set
    s.case()
    s.label("bit12")
    s.line("auipc x5, 0xfffff", "la x6, bit12", "li x7, -4096", "add x6, x6, x7", "bne x5, x6, fail")
    return s


def test_jump():
    s = Source()
    for gap in (0, 1, 1000, 16000):
        for rd in (0, 1, 5):
            there, back, end = s.unique(), s.unique(), s.unique()
            s.case()
            s.line(f"jal x{rd}, {there}")
            s.label(back)
            s.line(f"j {end}")
            if gap:
                s.line(f".rept {gap if rd == 1 else min(gap, 7)}", ".word 0", ".endr")
            s.label(there)
            if rd:
                s.line(f"la x31, {back}", f"bne x{rd}, x31, fail")
            s.line(f"jal x0, {back}")
            s.label(end)
    return s


def test_jalr():
    s = Source()
    for rd, rs1, imm, odd in ((1, 5, 0, 0), (5, 5, 0, 1), (0, 5, 0, 0), (1, 5, 2047, 1), (1, 5, -2048, 0), (5, 5, -4, 1), (1, 5, 1, 0), (6, 5, 3, 1)):
        there, back, end = s.unique(), s.unique(), s.unique()
        s.case()
        s.line(f"la x{rs1}, {there} + {odd - imm}")
        s.line(f"jalr x{rd}, {imm}(x{rs1})")
        s.label(back)
        s.line("j fail")
        s.label(there)
        if rd:
            s.line(f"la x31, {back}", f"bne x{rd}, x31, fail")
        s.label(end)
    return s


def test_fence():
    s = Source()
    s.line("li x5, 77", "li x6, 78")
    for word in (0x0ff0000f, 0x0000000f, 0xfff2828f, 0x8330000f, 0x0100000f, 0x0083030f):
        s.case()
        s.line(f".word {word:#x}")
        s.expect("x5", 77)
        s.expect("x6", 78)
    return s


def test_registers():
    """Every register is written, kept and read."""
    s = Source()
    s.n += 1
    for r in range(1, 32):
        s.line(f"li x{r}, {(r * 0x0123456789abcdef) & model.M64:#x}")
    s.line("li x31, 0")
    for r in range(30, 0, -1):
        s.line(f"add x31, x31, x{r}", f"xor x31, x31, x{r}", "slli x31, x31, 1")
    acc = 0
    for r in range(30, 0, -1):
        v = (r * 0x0123456789abcdef) & model.M64
        acc = (((acc + v) ^ v) << 1) & model.M64
    s.line("li x30, 1", f"li x29, {acc:#x}", "bne x31, x29, fail")
    s.line("li x0, 5", "add x0, x29, x29", "bnez x0, fail")
    return s


def test_log():
    """Environment call 64 returns its length and changes nothing else."""
    s = Source()
    s.data.append('text: .ascii "log\\n"')
    for pointer, n in (("text", 4), ("0", 4), ("text", 0), ("-1", 100)):
        s.case()
        s.line("li a0, 2", f"la a1, {pointer}" if pointer == "text" else f"li a1, {pointer}", f"li a2, {n}", "li a7, 64", "ecall")
        s.expect("a0", n)
        s.expect("a2", n)
        s.expect("a7", 64)
    return s


def programs():
    out = {}
    for name in model.REGISTER:
        out[name] = test_register(name)
    for name in model.IMMEDIATE:
        out[name] = test_immediate(name)
    for name in model.SHIFT:
        out[name] = test_shift(name)
    for name in model.BRANCH:
        out[name] = test_branch(name)
    for name in model.LOAD:
        out[name] = test_load(name)
    for name in model.STORE:
        out[name] = test_store(name)
    out |= {"lui_auipc": test_upper(), "jal": test_jump(), "jalr": test_jalr(), "fence": test_fence(), "registers": test_registers(),
            "log": test_log()}
    return {name: (s.render(), "HALT") for name, s in out.items()}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--cc", required=True)
    p.add_argument("--script", required=True)
    p.add_argument("--out", required=True)
    a = p.parse_args()
    os.makedirs(a.out, exist_ok=True)
    tests = programs()
    for name, (text, end) in ABNORMAL.items():
        tests["end_" + name] = (HEAD + text + TAIL, end)
    for name, text in NORMAL.items():
        tests["ok_" + name] = (HEAD + text + TAIL, "HALT")

    def build(name):
        source = os.path.join(a.out, name + ".S")
        with open(source, "w", encoding="utf-8") as f:
            f.write(tests[name][0])
        subprocess.run([a.cc, "-march=rv64im", "-mabi=lp64", "-nostdlib", "-Wl,--no-relax", "-T", a.script, source,
                        "-o", os.path.join(a.out, name + ".elf")], check=True)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(build, tests))
    with open(os.path.join(a.out, "expect.txt"), "w", encoding="utf-8") as f:
        for name in sorted(tests):
            f.write(f"{name}.elf {tests[name][1]}\n")


if __name__ == "__main__":
    main()
