# SPDX-License-Identifier: MIT OR Apache-2.0
"""RV64IM arithmetic on Python integers, written from the unprivileged manual: the oracle of the instruction tests.

Values are unsigned 64-bit integers. Nothing here is shared with the executor.
"""

M64 = (1 << 64) - 1
M32 = (1 << 32) - 1


def signed(v, bits=64):
    v &= (1 << bits) - 1
    return v - (1 << bits) if v >> (bits - 1) else v


def word(v):
    """Sign-extend the low 32 bits."""
    return signed(v, 32) & M64


def truncated_div(a, b):
    q = abs(a) // abs(b)
    return q if (a < 0) == (b < 0) else -q


def div(a, b, bits, is_signed):
    if is_signed:
        a, b = signed(a, bits), signed(b, bits)
    else:
        a, b = a & ((1 << bits) - 1), b & ((1 << bits) - 1)
    return (-1, a) if b == 0 else (truncated_div(a, b), a - b * truncated_div(a, b))


REGISTER = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "sll": lambda a, b: a << (b & 63),
    "slt": lambda a, b: signed(a) < signed(b),
    "sltu": lambda a, b: a < b,
    "xor": lambda a, b: a ^ b,
    "srl": lambda a, b: a >> (b & 63),
    "sra": lambda a, b: signed(a) >> (b & 63),
    "or": lambda a, b: a | b,
    "and": lambda a, b: a & b,
    "mul": lambda a, b: a * b,
    "mulh": lambda a, b: (signed(a) * signed(b)) >> 64,
    "mulhsu": lambda a, b: (signed(a) * b) >> 64,
    "mulhu": lambda a, b: (a * b) >> 64,
    "div": lambda a, b: div(a, b, 64, True)[0],
    "divu": lambda a, b: div(a, b, 64, False)[0],
    "rem": lambda a, b: div(a, b, 64, True)[1],
    "remu": lambda a, b: div(a, b, 64, False)[1],
    "addw": lambda a, b: word(a + b),
    "subw": lambda a, b: word(a - b),
    "sllw": lambda a, b: word(a << (b & 31)),
    "srlw": lambda a, b: word((a & M32) >> (b & 31)),
    "sraw": lambda a, b: word(signed(a, 32) >> (b & 31)),
    "mulw": lambda a, b: word(a * b),
    "divw": lambda a, b: word(div(a, b, 32, True)[0]),
    "divuw": lambda a, b: word(div(a, b, 32, False)[0]),
    "remw": lambda a, b: word(div(a, b, 32, True)[1]),
    "remuw": lambda a, b: word(div(a, b, 32, False)[1]),
}

# Immediate form -> register form.
IMMEDIATE = {"addi": "add", "slti": "slt", "sltiu": "sltu", "xori": "xor", "ori": "or", "andi": "and", "addiw": "addw"}
SHIFT = {"slli": ("sll", 64), "srli": ("srl", 64), "srai": ("sra", 64), "slliw": ("sllw", 32), "srliw": ("srlw", 32), "sraiw": ("sraw", 32)}

BRANCH = {
    "beq": lambda a, b: a == b,
    "bne": lambda a, b: a != b,
    "blt": lambda a, b: signed(a) < signed(b),
    "bge": lambda a, b: signed(a) >= signed(b),
    "bltu": lambda a, b: a < b,
    "bgeu": lambda a, b: a >= b,
}

# name -> (bytes, sign-extended)
LOAD = {"lb": (1, True), "lh": (2, True), "lw": (4, True), "ld": (8, True), "lbu": (1, False), "lhu": (2, False), "lwu": (4, False)}
STORE = {"sb": 1, "sh": 2, "sw": 4, "sd": 8}


def register(name, a, b):
    return int(REGISTER[name](a, b)) & M64


def load(name, data, at):
    size, is_signed = LOAD[name]
    v = int.from_bytes(data[at:at + size], "little")
    return (signed(v, 8 * size) if is_signed else v) & M64
