# SPDX-License-Identifier: MIT OR Apache-2.0
"""What each instruction does, stated from the manual on values of registers and memory, as states of one row to be proven.

A statement names columns only where it must say which witness it means: the sign of an operand, the limb that decides an order, the offset.
"""
from .claims import LIMB, Builder, Missing, chosen, mul_int, only
from .form import Poly, add, const, constant, scale, sub, var
from .state import add_int, sub_int

# Sums that a table shows, as the manual says: (what is added, what it is, how far the part that is left over may go, below what).
# rs1, rs2: values read; imm: constant of the program line; rd: value written; place: address of the word; next: 4 times the next ip.
SUMS = {
    "ADD": (("rs1", "rs2"), "rd", 0, 1 << 64),
    "ADDI": (("rs1", "imm"), "rd", 0, 1 << 64),
    "SUB": (("rd", "rs2"), "rs1", 0, 1 << 64),
    "JALR": (("rs1", "offset"), "next", 1, 1 << 32),
    **{t: (("rs1", "imm"), "place", 7, 1 << 48) for t in ("LOADS", "LOADX", "STORES", "STOREX")},
    **{t: (("rs1", "imm"), "place", 0, 1 << 48) for t in ("LD", "SD")},
}


def sums(table, kind, lemmas, skip=()):
    """The sum of the table holds mod 2^64, over the integers: the laws of a chain of carries, each times 2^(16 i)."""
    added, total, most, below = SUMS[table.name]
    b = Builder([table], [kind], lemmas, skip)
    reads = [s for _, _, s in chosen(b, ("receive", "MEM"))]
    words = [s for s in reads if constant(s[0]) != 0]
    line = only(b, ("query", "PROG"))
    after = only(b, ("send", "STATE"))
    sent = [s for _, _, s in chosen(b, ("send", "MEM"))]
    parts = {"rs1": reads[0][5:], "rs2": reads[1][5:] if len(reads) > 1 else [], "imm": line[5:9], "offset": line[9:10] + 3 * line[10:],
             "rd": sent[-1][5:], "place": words[0][1:4] if words else [], "next": [scale(after[1], 4)]}
    counts = [len(parts[p]) for p in (*added, total)]
    for q in parts["offset"] if "offset" in added else []:
        b.range(f"offset {q}", q, 0, LIMB)
    b.state.goals = b.state.open = [q for p in (*added, total) for q in parts[p]]

    def proven(state):
        state.open = state.goals
        values, at = [], 0
        spans = [state.value_span(q) for q in state.goals]
        if any(s is None or s[0] < 0 or s[1] > (LIMB[1] if total != "next" else below) for s in spans):
            return False  # a slot is not the integer that its expression is
        for n in counts:
            values.append(state.weigh(state.goals[at:at + n]))
            at += n
        want = sub_int(add_int(values[0], values[1]), values[2])
        for chain in state.chains(0):
            left = {m: (c + (1 << 63)) % (1 << 64) - (1 << 63) for m, c in sub_int(want, chain).items()}
            left = {m: c for m, c in left.items() if c}  # what is added, less the total, mod 2^64
            if inside(state, left, most) and inside(state, add_int(values[2], left), below - 1):
                return True
        return False

    return b.state, proven


# Products by instruction code: (is rs1 signed, is rs2 signed, bits that rd holds, is rd the upper half). The manual's chapter M.
PRODUCTS = {336: (False, False, 64, False), 337: (True, True, 64, True), 338: (True, False, 64, True), 339: (False, False, 64, True),
            400: (False, False, 32, False)}


def products(table, kind, lemmas, skip=()):
    """The value written is the half of the product of the operands that the instruction asks for, over the integers."""
    b = Builder([table], [kind], lemmas, skip)
    line = only(b, ("query", "PROG"))
    x_signed, y_signed, width, upper = PRODUCTS[constant(line[1])]
    reads = [s[5:] for _, _, s in chosen(b, ("receive", "MEM"))]
    written = [s[5:] for _, _, s in chosen(b, ("send", "MEM"))][-1]
    b.state.goals = reads[0] + reads[1] + written + [var("nx"), var("ny"), var("sg")]

    def proven(state):
        *slots, nx, ny, sg = state.goals
        state.open = [q for q in (nx, ny, sg) if constant(q) is None] + state.goals[:12]
        spans = [state.value_span(q) for q in slots]
        signs = [constant(q) for q in (nx, ny, sg)]
        if None in signs or any(s is None or s[0] < 0 or s[1] > 65535 for s in spans):
            return False
        x, y, z = (state.weigh(slots[i:i + 4]) for i in (0, 4, 8))
        if not (is_half(state, x, signs[0]) and is_half(state, y, signs[1])):
            return False
        x = add_int(x, {(): -signs[0] << 64}) if x_signed and signs[0] else x
        y = add_int(y, {(): -signs[1] << 64}) if y_signed and signs[1] else y
        if width == 32:
            if not is_extended(state, slots[8:], signs[2]):
                return False
            z = state.weigh(slots[8:10])
        chains = list(state.chains(0))
        if upper:
            chains += [add_int(c, {m: w << 64 for m, w in d.items()}) for c in chains for d in chains]
        want = sub_int({m: w << 64 for m, w in z.items()} if upper else z, mul_int(x, y))
        bits = width + 64 * upper
        for chain in chains:
            left = {m: -((c + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1)) for m, c in sub_int(want, chain).items()}
            if inside(state, {m: c for m, c in left.items() if c}, (1 << 64) - 1 if upper else 0):
                return True  # x y = z, or 2^64 z and something below 2^64, mod 2^bits
        return False

    return b.state, proven


def is_extended(state, slots, sign):
    """The limbs 0 and 1 have the top bit sign, 2 and 3 repeat it."""
    span = state.value_span(slots[1])
    return span[0] >= sign << 15 and span[1] <= (sign << 15) + 32767 and all(q == const(65535 * sign) for q in slots[2:])


def no_constant(b, line, immediate):
    """Rely: the line of an instruction with two registers has the constant 0 (guarantee `constants` of DECODE)."""
    for i in range(5, 9 if not immediate else 5):
        b.add(f"no constant {i}", 0, [line[i]])


# 32-bit sums by instruction code: (is a difference, has an immediate).
SUMS_32 = {384: (False, False), 392: (True, False), 192: (False, True)}


def sums_32(table, kind, lemmas, skip=()):
    """The value written is the 32-bit sum or difference of the operands, sign-extended."""
    b = Builder([table], [kind], lemmas, skip)
    line = only(b, ("query", "PROG"))
    minus, immediate = SUMS_32[constant(line[1])]
    no_constant(b, line, immediate)
    reads = [s[5:] for _, _, s in chosen(b, ("receive", "MEM"))]
    written = [s[5:] for _, _, s in chosen(b, ("send", "MEM"))][-1]
    b.state.goals = reads[0][:2] + (line[5:7] if immediate else reads[1][:2]) + written + [var("sg")]

    def proven(state):
        *slots, sg = state.goals
        state.open = state.goals
        spans = [state.value_span(q) for q in slots]
        if constant(sg) is None or any(s is None or s[0] < 0 or s[1] > 65535 for s in spans) or not is_extended(state, slots[4:], constant(sg)):
            return False
        x, y, z = (state.weigh(slots[i:i + 2]) for i in (0, 2, 4))
        want = sub_int(sub_int(x, y) if minus else add_int(x, y), z)
        return any(all(c % (1 << 32) == 0 for c in sub_int(want, chain).values()) for chain in state.chains(0))

    return b.state, proven


# Comparisons by instruction code: (signed, immediate, and for branches the orders in which they are taken: -1, 0, 1).
ORDERS = {322: (True, False, None), 323: (False, False, None), 130: (True, True, None), 131: (False, True, None),
          448: (False, False, (0,)), 449: (False, False, (-1, 1)), 452: (True, False, (-1,)), 453: (True, False, (0, 1)),
          454: (False, False, (-1,)), 455: (False, False, (0, 1))}


def orders(table, kind, lemmas, skip=()):
    """The value written, or the next ip, is that of the order of the operands, over the integers."""
    b = Builder([table], [kind], lemmas, skip)
    line = only(b, ("query", "PROG"))
    after = only(b, ("send", "STATE"))
    has_sign, immediate, taken = ORDERS[constant(line[1])]
    no_constant(b, line, immediate)
    reads = [s[5:] for _, _, s in chosen(b, ("receive", "MEM"))]
    written = [s[5:] for _, _, s in chosen(b, ("send", "MEM"))][-1]
    ways = [written] if taken is None else [[sub(after[1], add(line[0], const(1)))], [sub(after[1], add(line[0], line[9]))]]
    bits = [var(v) for v in ("sa", "sb", "lt", "at[0]", "at[1]", "at[2]", "at[3]")]
    b.state.goals = reads[0] + (line[5:9] if immediate else reads[1]) + bits + [q for way in ways for q in way]
    b.state.defines = True

    def proven(state):
        slots, flags, result = state.goals[:8], state.goals[8:15], state.goals[15:]
        state.open = flags + slots
        spans, signs = [state.value_span(q) for q in slots], [constant(q) for q in flags]
        if None in signs or any(s is None or s[0] < 0 or s[1] > 65535 for s in spans):
            return False
        x, y = state.weigh(slots[:4]), state.weigh(slots[4:])
        if has_sign and not (is_half(state, x, signs[0]) and is_half(state, y, signs[1])):
            return False
        gap = add_int(sub_int(x, y), {(): (signs[1] - signs[0]) << 64} if has_sign and signs[0] != signs[1] else {})
        gap = state.reduce(gap)
        order = 0 if not gap else 1 if inside(state, add_int(gap, {(): -1}), 1 << 65) else -1 if inside(
            state, sub_int({(): -1}, gap), 1 << 65) else None
        if order is None:
            return False
        if taken is None:
            return result == [const(order == -1), const(0), const(0), const(0)]
        return not result[order in taken]

    return b.state, proven


def moved(table, kind, lemmas, skip=()):
    """A load writes the bytes at the offset, extended; a store replaces the bytes at the offset and no other."""
    b = Builder([table], [kind], lemmas, skip)
    code = constant(only(b, ("query", "PROG"))[1])
    store, size, has_sign = code >= 256, 1 << (code & 3), code < 64 + 3
    received = [s for _, _, s in chosen(b, ("receive", "MEM"))]
    sent = [s for _, _, s in chosen(b, ("send", "MEM"))]
    words = [s for s in received if constant(s[0]) != 0]
    after = [s for s in sent if constant(s[0]) != 0] if store else sent[-1:]
    if len(words) == 1 and size == 8:
        same = (received[1][5:] if store else words[0][5:]) == after[0][5:]
        return b.state, lambda state: same
    memory = [q for s in words for limb in s[5:] for q in two_bytes(limb)]
    value = [q for limb in received[1][5:] for q in two_bytes(limb)] if store else []
    offset = sub(var("e[0]"), words[0][1])
    sign = [var("sg")] if not store else []
    results = [q for s in after for q in s[5:]]
    b.state.goals = [offset] + sign + memory + value + results
    b.state.defines = True

    def proven(state):
        o, sg = constant(state.goals[0]), 0 if store else constant(state.goals[1])
        state.open = state.goals[:1] + state.goals[1:1 + len(sign)]
        if o is None or sg is None:
            return False
        at = 1 + len(sign)
        was, new = state.goals[at:at + len(memory)], state.goals[at + len(memory):at + len(memory) + len(value)]
        if o + size > len(was) or not all(is_byte(state, q) for q in was + new[:size]):
            return False
        if store:
            want = [new[j - o] if 0 <= j - o < size else q for j, q in enumerate(was)]
        else:
            top = state.value_span(was[o + size - 1])
            if has_sign and not (128 * sg <= top[0] and top[1] <= 128 * sg + 127) or not has_sign and sg:
                return False
            want = was[o:o + size] + [const(255 * sg)] * (8 - size)
        limbs_wanted = [add(want[i], scale(want[i + 1], 256)) for i in range(0, len(want), 2)]
        return limbs_wanted == state.goals[at + len(memory) + len(value):]

    return b.state, proven


def two_bytes(limb):
    """The bytes of a limb that is written as low + 256 high; of another limb, what is no byte."""
    low, high = [m for m, c in limb.items() if c == 1], [m for m, c in limb.items() if c == 256]
    if len(limb) == 2 and len(low) == len(high) == 1:
        return [Poly({low[0]: 1}), Poly({high[0]: 1})]
    return [var("no byte"), var("no byte")]


def is_byte(state, poly):
    span = state.value_span(poly)
    return span is not None and span[0] >= 0 and span[1] <= 255


# Divisions by code: (signed, is the remainder written, of 32 bits).
DIVISIONS = {340: (1, 0, 0), 341: (0, 0, 0), 342: (1, 1, 0), 343: (0, 1, 0), 404: (1, 0, 1), 405: (0, 0, 1), 406: (1, 1, 1), 407: (0, 1, 1)}


def divisions(table, kind, lemmas, skip=()):
    """|rs1| = q |rs2| + r with 0 <= r < |rs2| over the integers, and rd is q or r with its sign; the manual's values when rs2 is 0."""
    b = Builder([table], [kind], lemmas, skip)
    line = only(b, ("query", "PROG"))
    has_sign, remainder, word = DIVISIONS[constant(line[1])]
    reads = [s[5:] for _, _, s in chosen(b, ("receive", "MEM"))]
    written = [s[5:] for _, _, s in chosen(b, ("send", "MEM"))][-1]
    by_zero = not b.state.calls
    b.state.goals = [var(v) for v in ("sn", "sd", "zs")] + reads[0] + reads[1] + written
    b.state.goals += [var(f"{v}[{i}]") for v in ("nm", "rm", "gap") for i in range(4)]  # the witnesses |rs1|, r and |rs2| - 1 - r
    b.state.defines = True

    def proven(state):
        state.open, slots = state.goals[:3], state.goals[3:]
        signs, spans = [constant(q) for q in state.open], [state.value_span(q) for q in slots[:12 if by_zero else 24]]
        if None in signs or any(s is None or s[0] < 0 or s[1] > 65535 for s in spans):
            return False
        n, d, z = (state.weigh(slots[i:i + (2 if word else 4)]) for i in (0, 4, 8))
        if word and not is_extended(state, slots[8:12], signs[2]):
            return False
        chains = list(state.chains(0))
        if by_zero:
            want = n if remainder else {(): -1}
            return not d and any(is_multiple(form, 32 if word else 64) for form in differences(z, want, chains))
        if has_sign and not (is_top(n, signs[0], word, state) and is_top(d, signs[1], word, state)) or not has_sign and any(signs[:2]):
            return False
        n, d = (add_int(v, {(): (1 << 64) - (1 << 32)}) if word and s else v for v, s in zip((n, d), signs))
        q, divisor, low = (state.weigh(part) for part in state.calls[0])
        dividend, r, gap = (state.weigh(slots[i:i + 4]) for i in (12, 16, 20))
        if not is_zero(sub_int(add_int(low, r), dividend), chains) or not is_zero(
                sub_int(add_int(add_int(r, gap), {(): 1}), divisor), chains):
            return False
        value, sign = (r, signs[0]) if remainder else (q, signs[0] ^ signs[1])
        return is_magnitude(n, dividend, signs[0], 64, chains) and is_magnitude(d, divisor, signs[1], 64, chains) and is_magnitude(
            z, value, sign, 32 if word else 64, chains)

    return b.state, proven


def is_zero(form, chains):
    return not form or any(form == c for c in chains)


def is_multiple(form, bits):
    return all(c % (1 << bits) == 0 for c in form.values())


def differences(a, b, chains):
    """a - b, by itself and with one or two chains, each of which is 0."""
    form = sub_int(a, b)
    yield form
    for i, c in enumerate(chains):
        yield add_int(form, c)
        for e in chains[i + 1:]:
            yield add_int(add_int(form, c), e)


def is_magnitude(value, magnitude, sign, bits, chains):
    """value = magnitude, or value = - magnitude mod 2^bits where sign is 1. Both are at least 0 and below 2^64."""
    if sign:
        return any(is_multiple(f, bits) for f in differences(value, {m: -c for m, c in magnitude.items()}, chains))
    return is_multiple(sub_int(value, magnitude), bits)


def is_top(value, sign, word, state):
    """sign is the top bit of a value of 64 or 32 bits, from its bounds."""
    top = 31 if word else 63
    return inside(state, sub_int(value, {(): sign << top} if sign else {}), (1 << top) - 1)


# Shifts by code: (to the right, arithmetic, of 32 bits, has an immediate).
SHIFTS = {321: (0, 0, 0, 0), 325: (1, 0, 0, 0), 333: (1, 1, 0, 0), 129: (0, 0, 0, 1), 133: (1, 0, 0, 1), 141: (1, 1, 0, 1),
          385: (0, 0, 1, 0), 389: (1, 0, 1, 0), 397: (1, 1, 1, 0), 193: (0, 0, 1, 1), 197: (1, 0, 1, 1), 205: (1, 1, 1, 1)}


def shifts(table, kind, lemmas, skip=()):
    """The value written is the operand times 2^s, or divided by 2^s and rounded down, s the low 6 or 5 bits of the amount."""
    b = Builder([table], [kind], lemmas, skip)
    line = only(b, ("query", "PROG"))
    right, arithmetic, word, immediate = SHIFTS[constant(line[1])]
    no_constant(b, line, immediate)
    reads = [s[5:] for _, _, s in chosen(b, ("receive", "MEM"))]
    written = [s[5:] for _, _, s in chosen(b, ("send", "MEM"))][-1]
    amount = line[5] if immediate else reads[1][0]
    b.state.goals = [sub(b.key, const(64 * right))] + [var(v) for v in ("m", "sgn", "zs")] + [amount] + reads[0] + written
    b.state.defines = True
    bits, mask = (32, 31) if word else (64, 63)

    def proven(state):
        state.open = state.goals[:4]
        known = [constant(q) for q in state.goals[:4]]
        slots = state.goals[4:]
        spans = [state.value_span(q) for q in slots]
        if None in known or any(x is None or x[0] < 0 or x[1] > 65535 for x in spans):
            return False
        s, m, sign, top = known
        rest = sub_int(state.weigh(slots[:1]), {(): s} if s else {})
        ways = [rest] + [form(rest, law) for law in state.lifted_laws("") for form in (add_int, sub_int)]
        if not 0 <= s <= mask or not any(all(c % (mask + 1) == 0 for c in way.values()) for way in ways):
            return False  # s is not the amount's low bits
        x, z = (state.weigh(slots[i:i + bits // 16]) for i in (1, 5))
        if arithmetic and not inside(state, sub_int(x, {(): sign << (bits - 1)} if sign else {}), (1 << (bits - 1)) - 1):
            return False
        if word and not is_extended(state, slots[5:], top):
            return False
        if not right:
            left = eliminate(state, sub_int(z, {v: c << s for v, c in x.items()}))
            return all(c % (1 << bits) == 0 for c in left.values())
        x = add_int(x, {(): -sign << bits}) if arithmetic and sign else x
        left = eliminate(state, {v: c * m for v, c in sub_int(x, {v: c << s for v, c in z.items()}).items()})
        low = {v: (c + (m << (bits + s - 1))) % (m << (bits + s)) - (m << (bits + s - 1)) for v, c in left.items()}
        return inside(state, {v: c for v, c in low.items() if c}, (m << s) - 1)

    return b.state, proven


def eliminate(state, value):
    """Take the operand's limbs out of an integer form by the laws of their products, lifted; of limbs that the sign fills, the low bytes
    of the products."""
    for law in state.lifted_laws("limbs of the operand times m"):
        names = ("a[",) if any(v and v[0].startswith("a[") for v in law) else ("w[4]", "w[6]")
        for v in [v for v in law if v and v[0].startswith(names) and v in value and value[v] % law[v] == 0]:
            value = add_int(value, {n: -w * (value[v] // law[v]) for n, w in law.items()})
    return value


# Bitwise instructions by code: (f of the table of bytes, has an immediate).
BITWISE = {327: (1, False), 326: (2, False), 324: (3, False), 135: (1, True), 134: (2, True), 132: (3, True)}


def bitwise(table, kind, lemmas, skip=()):
    """Lookups of the right function take the bytes of the operands and give those of the value written: of all eight, or of two where the
    upper limbs of an immediate are 0 or all ones and those of the value follow from that."""
    b = Builder([table], [kind], lemmas, skip)
    line = only(b, ("query", "PROG"))
    f, immediate = BITWISE[constant(line[1])]
    reads = [s[5:] for _, _, s in chosen(b, ("receive", "MEM"))]
    written = [s[5:] for _, _, s in chosen(b, ("send", "MEM"))][-1]
    lookups = [s for _, _, s in chosen(b, ("query", "BOP"))]
    n = 1 if immediate else 4  # limbs by lookup
    if len(lookups) != 2 * n or any(s[0] != const(f) for s in lookups):
        raise Missing("not a lookup of one function for each byte")
    second = line[5:9] if immediate else reads[1]
    b.state.goals = [q for s in lookups for q in s[1:]] + [
        sub(limb, add(lookups[2 * i][k], scale(lookups[2 * i + 1][k], 256)))
        for k, limbs_of in ((1, reads[0]), (2, second), (3, written)) for i, limb in enumerate(limbs_of[:n])]
    n_bytes, n_low = 6 * n, 9 * n
    b.state.goals += [q for i in range(n, 4) for q in (reads[0][i], second[i], written[i])]
    b.state.defines = True

    def proven(state):
        upper = state.goals[n_low:]
        state.open = upper[1:2]
        if not all(is_byte(state, q) for q in state.goals[:n_bytes]) or not all(
                not q or any(q == e or q == scale(e, -1) for e in state.eqs.values()) for q in state.goals[n_bytes:n_low]):
            return False
        return all(z == of_equal_bits(f, a, constant(ones)) for a, ones, z in zip(upper[::3], upper[1::3], upper[2::3]))

    return b.state, proven


def of_equal_bits(f, limb, ones):
    """A 16-bit limb and, or, xor another one that is 0 or 65535."""
    if ones not in (0, 65535):
        return None
    if f == 1:
        return limb if ones else const(0)
    return limb if not ones else const(65535) if f == 2 else sub(const(65535), limb)


def is_half(state, value, sign):
    """sign is the top bit of a 64-bit value, from its bounds."""
    return inside(state, sub_int(value, {(): sign << 63}), (1 << 63) - 1)


def inside(state, value, most):
    """0 <= value <= most over the integers, from the bounds."""
    if any(v not in state.bounds for m in value for v in m):
        return False
    ends = [[c * x for x in state.span(m)] for m, c in value.items()]
    return sum(map(min, ends)) >= 0 and sum(map(max, ends)) <= most
