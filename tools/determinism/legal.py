# SPDX-License-Identifier: MIT OR Apache-2.0
"""Which instruction words DECODE has a row for, enumerated: every kind, funct3 and funct7 with several values of the other bits.

The statement of the legal words is written here from the unprivileged manual (RV64I and M, with fence and ecall).
"""
from .form import P, evaluate, variables

OPCODES = (0x37, 0x17, 0x6F, 0x67, 0x63, 0x03, 0x23, 0x13, 0x33, 0x1B, 0x3B, 0x0F, 0x73)
OTHERS = (0, 0x01FF8F80, 0x00100080, 0x00A50C00)  # bits 7..11 and 15..24


def is_legal(word):
    opcode, f3, f7 = word & 127, word >> 12 & 7, word >> 25
    if opcode in (0x37, 0x17):
        return True
    if opcode == 0x6F:
        return word >> 21 & 1 == 0  # to a multiple of 4 only, docs/spec/machine.md
    if opcode in (0x67, 0x0F):
        return f3 == 0
    if opcode == 0x63:
        return f3 not in (2, 3)
    if opcode == 0x03:
        return f3 != 7
    if opcode == 0x23:
        return f3 < 4
    if opcode == 0x13:
        return f7 >> 1 == 0 if f3 == 1 else f7 >> 1 in (0, 16) if f3 == 5 else True
    if opcode == 0x1B:
        return f3 == 0 or f3 == 1 and f7 == 0 or f3 == 5 and f7 in (0, 32)
    if opcode == 0x33:
        return f7 in (0, 1) or f7 == 32 and f3 in (0, 5)
    if opcode == 0x3B:
        return f7 == 0 and f3 in (0, 1, 5) or f7 == 32 and f3 in (0, 5) or f7 == 1 and f3 in (0, 4, 5, 6, 7)
    return word == 0x73


def bits_of(table, word):
    """The columns of a word's bits: the low half by kind, f3, rdb, hib[0]; the high half by hib[1..16]."""
    row = {"real": 1}
    row.update({f"kind[{i}]": int(word & 127 == OPCODES[i]) for i in range(13)})
    row.update({f"f3[{i}]": int(word >> 12 & 7 == i) for i in range(8)})
    row.update({f"rdb[{i}]": word >> (7 + i) & 1 for i in range(5)})
    row.update({f"hib[{i}]": word >> (15 + i) & 1 for i in range(17)})
    return row


def problems(table, skip):
    """Sentences: words that are legal without a row, or have one and are not legal."""
    known = set(bits_of(table, 0)) | {"shift"}
    laws = [factors for name, factors in table.laws.items() if name not in skip and all(variables(f) <= known for f in factors)]
    (shift,) = [fs[0] for fs in table.laws.values() if len(fs) == 1 and "shift" in variables(fs[0]) and variables(fs[0]) <= known]
    sign = shift[("shift",)]
    seen = [0, 0]
    for opcode in OPCODES:
        for fields in range(1024):
            for others in OTHERS:
                word = opcode | (fields & 7) << 12 | fields >> 3 << 25 | others
                row = bits_of(table, word)
                row["shift"] = 0
                row["shift"] = -evaluate(shift, row) * pow(sign, -1, P) % P
                has_row = all(not all(evaluate(f, row) for f in factors) for factors in laws)
                if has_row != is_legal(word):
                    return [f"{table.name}: the word {word:08x} {'has' if has_row else 'has no'} row"]
                seen[has_row] += 1
    return [] if min(seen) > 1000 else [f"{table.name}: nothing was enumerated"]
