# SPDX-License-Identifier: MIT OR Apache-2.0
"""What is claimed of a table, as states to be proven; everything is read off the solver form.

Rely: what the other tables promise of what this one receives. Guarantee: what is proven here for them.

  the values of MEM and of PROG constants are 16-bit limbs     rely of every reader, guarantee `limbs` of every writer and of DECODE
  a word's address is (8 q, 16-bit, 0..2)                      rely of loads, stores and DECODE; INITFINAL gives them (`address`)
  equal addresses have equal tokens                            the memory argument: stamps grow (guarantee `time`), one row an address
  a called product is true over the integers                   rely of DIV, guarantee `product` of MUL
  equal ips have equal program lines                           rely of the chips, guarantee `outputs` of DECODE
  an immediate's upper limbs are 0 or all ones, a shift amount
  is below 64 or 32                                            rely of BITI and SHIFTI, guarantee `immediates` of DECODE
  stamps are below 2^27                                        the length of a run; guarantee `renewed` of RENEW
"""
from .form import P, add, const, constant, mul, primed, scale, sub, substitute, var
from .state import State, sub_int

LIMB, BYTE, STAMP, EIGHTHS = (0, 65535), (0, 255), (0, (1 << 27) - 1), (0, 8191)
KEY = 1 << 29
REAL = [var("real"), sub(var("real"), const(1))]
SIGNED = (132, 134, 135)  # codes whose immediate BITI takes apart: XORI, ORI, ANDI
AMOUNTS = {129: 63, 133: 63, 141: 63, 193: 31, 197: 31, 205: 31}  # codes of shifts by an immediate, and the greatest amount
KEYS = {"MEM": 4, "PROG": 1, "MCALL": 8, "BOP": 3, "POW2": 1}


class Missing(Exception):
    """A law that every proof needs is not there."""


def kinds_of(table, skip=()):
    """The kind columns of a table, [None] when it has none to tell apart. Each must be a bit and their sum, `real`, too."""
    ms = list(table.real)
    need(table, REAL, skip)
    if len(ms) == 1 or table.name == "DECODE":
        return [None]
    for m in ms:
        need(table, [var(m[0]), sub(var(m[0]), const(1))], skip)
    return [m[0] for m in ms]


def need(table, factors, skip):
    if not any(list(fs) == factors for name, fs in table.laws.items() if name not in skip):
        raise Missing(f"no law that {factors[0]} is a bit")


class Builder:
    """A state of one or two rows; row r is a row of tables[r] with kind kinds[r], laws and uses in skip left out."""

    def __init__(self, tables, kinds, lemmas, skip=()):
        self.tables, self.kinds, self.skip = tables, kinds, skip
        self.state = State(len(tables), lemmas)
        for row, (table, kind) in enumerate(zip(tables, kinds)):
            for name, factors in table.laws.items():
                if name not in skip:
                    self.add(name, row, [self.fit(f, row) for f in factors])
            self.add("real", row, [sub(self.fit(table.real, row), const(1))])
            for name, use in table.uses.items():
                if name not in skip and self.selected(use, row):
                    self.use(name, use, row)

    def fit(self, poly, row):
        """A polynomial of the table as one of its row."""
        table, kind = self.tables[row], self.kinds[row]
        key = (id(poly), kind, row)
        if key not in table.fitted:
            known = {} if kind is None else {k: const(k == kind) for (k,) in table.real}
            fitted = substitute(poly, {**known, "real": const(1)})
            table.fitted[key] = primed(fitted) if row else fitted
        return table.fitted[key]

    def selected(self, use, row):
        if sub(use.selector, self.tables[row].real) == {}:
            return True
        c = constant(self.fit(use.selector, row))
        if c not in (0, 1) and use.side != "table":
            raise Missing("a selector is not known")
        return c == 1

    def add(self, name, row, factors):
        if len(factors) == 1:
            self.state.eqs[name, row] = factors[0]
        else:
            self.state.products[name, row] = tuple(factors)

    def range(self, name, poly, row, bounds):
        if len(poly) == 1 and list(poly.values()) == [1] and len(next(iter(poly))) == 1:
            self.state.narrow(next(iter(poly))[0], *bounds)
        else:
            fresh = self.fresh(name, row, bounds)
            self.add("range " + name, row, [sub(poly, fresh)])

    def fresh(self, name, row, bounds):
        v = "|" + name + "|" + ("'" if row else "")
        self.state.bounds[v] = bounds
        return var(v)

    def use(self, name, use, row):
        slots = [self.fit(s, row) for s in use.slots]
        if use.bus == "U16":
            self.range(name, slots[0], row, LIMB)
        elif use.bus in ("B2", "BOP"):
            for i in range(len(slots) - 3 if use.bus == "BOP" else 0, len(slots)):
                self.range(f"{name} {i}", slots[i], row, BYTE)
        elif use.bus == "POW2":
            e, q, t = (self.fresh(f"{name} {n}", row, b) for n, b in (("e", (0, 1)), ("q", (0, 7)), ("t", (0, 7))))
            self.add(name + " key", row, [sub(slots[0], add(add(scale(e, 64), scale(q, 8)), t))])
            self.add(name + " q", row, [sub(slots[2], q)])
            self.pow2(name, row, e, t, slots[1])
            self.key = add(add(scale(e, 64), scale(q, 8)), t)
        elif use.bus == "MEM" and use.side == "receive":
            self.token(name, slots, row)
        elif use.bus == "STATE" and use.side == "receive":
            self.range(name + " stamp", slots[0], row, STAMP)
        elif use.bus == "MCALL" and use.side == "send":
            for i, s in enumerate(slots):
                self.range(f"{name} {i}", s, row, LIMB)
            self.state.calls[row] = (slots[:4], slots[4:8], slots[8:])
        elif use.bus == "PROG" and use.side == "query":
            for i in range(5, 9):
                self.range(f"{name} {i}", slots[i], row, LIMB)
            code = constant(slots[1])
            if code in SIGNED:
                self.add(name + " sign", row, [slots[6], sub(slots[6], const(65535))])
            elif code in AMOUNTS:
                self.range(name + " amount", slots[5], row, (0, AMOUNTS[code]))

    def pow2(self, name, row, e, t, m):
        """m = 2^t when e = 0, 2^(8 - t) when e = 1. For two rows the key decides m (relate); for one, t is chosen by bits."""
        self.range(name + " m", m, row, (1, 256))
        if len(self.tables) == 1:
            bits = [self.fresh(f"{name} t = {j}", row, (0, 1)) for j in range(8)]
            one, index, value = const(-1), scale(t, -1), scale(m, -1)
            for j, bit in enumerate(bits):
                one, index = add(one, bit), add(index, scale(bit, j))
                value = add(value, mul(bit, add(const(1 << j), scale(e, (1 << (8 - j)) - (1 << j)))))
            for what, law in (("one t", one), ("t", index), ("m", value)):
                self.add(f"{name} {what}", row, [law])

    def token(self, name, slots, row):
        for i in range(5, 9):
            self.range(f"{name} {i}", slots[i], row, LIMB)
        self.range(name + " stamp", slots[4], row, STAMP)
        if constant(slots[0]) != 0 and self.tables[row].name != "INITFINAL":
            q = self.fresh(name + " / 8", row, EIGHTHS)
            self.add(name + " is a word", row, [sub(slots[1], scale(q, 8))])
            self.range(name + " 2", slots[2], row, LIMB)
            self.range(name + " 3", slots[3], row, (0, 2))

    # Two rows

    def pairs(self):
        """Uses that both rows have: (name, use, slots of row 0, slots of row 1). Of two tables the n-th uses of a side of a bus meet."""
        other = dict(zip(self.ranks(1), self.tables[1].uses.items()))
        for rank, (name, use) in zip(self.ranks(0), self.tables[0].uses.items()):
            if rank not in other:
                continue
            twin, second = other[rank]
            if not {name, twin} & set(self.skip) and self.selected(use, 0) and self.selected(second, 1):
                yield name, use, [self.fit(s, 0) for s in use.slots], [self.fit(s, 1) for s in second.slots]

    def ranks(self, row):
        seen = {}
        for use in self.tables[row].uses.values():
            n = seen[use.side, use.bus] = seen.get((use.side, use.bus), 0) + 1
            yield use.side, use.bus, n

    def relate(self):
        """Equal inputs: the state and called factors received are equal, and equal keys have equal values."""
        for name, use, a, b in self.pairs():
            differences = [sub(x, y) for x, y in zip(a, b)]
            if use.side == "receive" and use.bus in ("STATE", "CHAIN"):
                self.equal(name, differences)
            elif use.side == "receive" and use.bus == "MCALL":
                self.equal(name, differences[:8])
            elif use.bus in KEYS and use.side in ("receive", "query", "send") and not (use.bus == "MEM" and use.side == "send"):
                n = KEYS[use.bus]
                keys, values = differences[:n], differences[n:]
                if use.bus == "MEM":
                    if (constant(a[0]) == 0) != (constant(b[0]) == 0):
                        continue
                    keys, values = keys[1:], differences[:1] + values
                self.state.maps.append((name, keys, values))

    def equal(self, name, polys):
        for i, d in enumerate(polys):
            self.state.eqs[f"{name} {i}", 2] = d

    def ask_outputs(self):
        for name, use, a, b in self.pairs():
            d = [sub(x, y) for x, y in zip(a, b)]
            if use.side == "send" and use.bus in ("STATE", "MEM", "OUT", "CHAIN", "INIT"):
                self.state.goals += d
            elif use.side == "receive" and use.bus == "MCALL":
                self.state.goals += d[8:]
        sends = [[n for n, u in t.uses.items() if u.side == "send" and self.selected(u, r)] for r, t in enumerate(self.tables)]
        if sends[0] != sends[1]:
            self.state.goals.append(const(1))


def outputs(table, kinds, lemmas, skip=()):
    """Two rows that receive the same send the same."""
    b = Builder([table, table], kinds, lemmas, skip)
    b.relate()
    b.ask_outputs()
    return b.state, goals_hold


def exclusive(tables, kinds, lemmas, skip=()):
    """Two tables that serve one instruction code have no two rows that receive the same."""
    b = Builder(tables, kinds, lemmas, skip)
    b.relate()
    b.state.short = 6  # the tables have no laws that are twins
    return b.state, lambda state: False


def decode_outputs(table, kinds, lemmas, skip=()):
    """Two rows for one ip offer the same program line, a word of class 3 having one content."""
    b = Builder([table, table], kinds, lemmas, skip)
    for name, use in table.uses.items():
        if name in skip:
            continue
        d = [sub(b.fit(s, 0), b.fit(s, 1)) for s in use.slots]
        if use.side == "table":
            b.equal(name, d[:1])
            b.state.goals += d[1:]
        elif use.bus == "MEM" and use.side == "receive":
            b.state.maps.append((name, d[1:4], d[5:]))
    return b.state, goals_hold


def place_outputs(table, kinds, lemmas, skip=()):
    """Two rows of Init/Final with one region and key have one address, and one first value where the machine fixes it: image words have
    one value an address, zero and output words are 0. Input words are free."""
    b = Builder([table, table], kinds, lemmas, skip)
    for name, use in table.uses.items():
        if name in skip or not (b.selected(use, 0) and b.selected(use, 1)):
            continue
        d = [sub(b.fit(s, 0), b.fit(s, 1)) for s in use.slots]
        if (use.side, use.bus) == ("send", "CHAIN"):
            b.equal(name, d)
        elif use.bus == "INIT":
            b.state.maps.append((name, d[1:3], d[:1] + d[3:]))
        elif (use.side, use.bus) == ("send", "MEM"):
            b.state.goals += d[1:4] + (d if kinds[0] == kinds[1] != "inp" else d[:1] if kinds[0] == kinds[1] else [])
    return b.state, goals_hold


def goals_hold(state):
    return not any(state.goals)


def one_row(table, kind, lemmas, skip, targets):
    """A state of one row whose targets [(polynomial, (lo, hi))] must come to lie in their bounds; goals carry the polynomials."""
    b = Builder([table], [kind], lemmas, skip)
    found = targets(b)
    b.state.goals = [q for q, _ in found]
    bounds = [x for _, x in found]

    def proven(state):
        spans = [state.value_span(q) for q in state.goals]
        state.open = [q for q, s, (lo, hi) in zip(state.goals, spans, bounds) if s is None or s[0] < lo or s[1] > hi]
        return not state.open

    return b.state, proven


def chosen(b, *which):
    """Uses of a one-row state that are selected: (name, use, slots)."""
    for name, use in b.tables[0].uses.items():
        if (use.side, use.bus) in which and name not in b.skip and b.selected(use, 0):
            yield name, use, [b.fit(s, 0) for s in use.slots]


def limbs(table, kind, lemmas, skip=()):
    """Every limb that is sent on MEM, or offered in a program line, is 16-bit."""

    def targets(b):
        received = [s[5:] for _, _, s in chosen(b, ("receive", "MEM"))]
        sent = [s[5:] for _, _, s in chosen(b, ("send", "MEM")) if s[5:] not in received]
        out = [(q, LIMB) for s in sent for q in s]
        for use in table.uses.values():
            if use.side == "table" and use.bus == "PROG":
                out += [(b.fit(q, 0), LIMB) for q in use.slots[5:9]]
        return out

    return one_row(table, kind, lemmas, skip, targets)


def address(table, kind, lemmas, skip=()):
    """An address of Init/Final is (8 q, 16-bit, 0..2) with q < 2^13, and first values of input words are limbs."""

    def targets(b):
        out = []
        for _, _, s in chosen(b, ("send", "MEM")):
            out += [(scale(s[1], pow(8, -1, P)), EIGHTHS), (s[2], LIMB), (s[3], (0, 2))]
            out += [(q, LIMB) for q in s[5:]] if kind != "img" else []
        return out

    return one_row(table, kind, lemmas, skip, targets)


def only(b, which):
    """The slots of the one use of a kind that is selected."""
    found = [s for _, _, s in chosen(b, which)]
    if len(found) != 1:
        raise Missing(f"{len(found)} uses that {which[0]} {which[1]}")
    return found[0]


def access_pairs(b):
    """(received token, the token given for it): the next send of MEM with the same place."""
    uses = list(chosen(b, ("receive", "MEM"), ("send", "MEM")))
    for i, (_, use, a) in enumerate(uses):
        if use.side == "receive":
            if i + 1 == len(uses) or uses[i + 1][1].side != "send" or uses[i + 1][2][:4] != a[:4]:
                raise Missing("a token that is taken is not given back at its place")
            yield a, uses[i + 1][2]


def time(table, kind, lemmas, skip=(), index=0):
    """No token is given with a stamp that is not above that of the token taken; the place is the same."""
    b = Builder([table], [kind], lemmas, skip)
    pairs = list(access_pairs(b))
    if index >= len(pairs):
        return None
    a, given = pairs[index]
    later = b.fresh("how much later", 0, STAMP)
    b.add("the token taken is not older", 0, [sub(sub(a[4], given[4]), later)])
    return b.state, lambda state: False


def order(table, kind, lemmas, skip=()):
    """The key of a row of Init/Final is above the one before: the verifier starts at -1 or 511, all others are keys of rows."""
    b = Builder([table], [kind], lemmas, skip)
    before = only(b, ("receive", "CHAIN"))
    key = only(b, ("send", "CHAIN"))
    if before[0] != key[0]:
        raise Missing("another region")
    b.range("key before", before[1], 0, (-1, KEY - 1))
    later = b.fresh("how much later", 0, (0, KEY))
    b.add("the key before is not smaller", 0, [sub(sub(before[1], key[1]), later)])
    return b.state, lambda state: False


def fetch(table, kind, lemmas, skip=()):
    """A row that takes the state asks for the program line of its ip, one code, takes halted = 0 and moves the clock by 4. But for jumps and
    branches the next ip is ip + 1. The constant of a line that carries one (CONST) or a link (JALR) is what rd becomes."""
    b = Builder([table], [kind], lemmas, skip)
    state, after = only(b, ("receive", "STATE")), only(b, ("send", "STATE"))
    line = only(b, ("query", "PROG"))
    if line[0] != state[1] or not constant(line[1]) or constant(state[2]) != 0 or sub(after[0], state[0]) != const(4):
        raise Missing("no program line for the ip")
    step = line[9] if table.name == "CONST" else const(1)
    if table.name not in ("BRANCH", "JALR") and sub(after[1], line[0]) != step:
        raise Missing("another next ip")
    written = [s for _, _, s in chosen(b, ("send", "MEM"))][-1]
    if table.name in ("CONST", "JALR") and written[1:2] + written[5:] != line[2:3] + line[5:9]:
        raise Missing("rd is not the constant of the line")
    return b.state, lambda state: True


def classes(table, kind, lemmas, skip=()):
    """A token of memory is asked for with class 1, 2 or 3: never with that of registers."""
    return one_row(table, kind, lemmas, skip, lambda b: [
        (s[0], (1, 3)) for _, _, s in chosen(b, ("receive", "MEM")) if constant(s[0]) != 0])


def halt(table, kind, lemmas, skip=()):
    """No row gives halted = 1 but the exit call, which finds a0 = 0 and leaves 0 in it. Call 64 leaves a2 in a0."""

    def targets(b):
        state = only(b, ("send", "STATE"))
        tokens = {(use.side, constant(s[1])): s for _, use, s in chosen(b, ("receive", "MEM"), ("send", "MEM"))}
        if kind == "is64" and tokens["send", 10][5:] != tokens["receive", 12][5:]:
            raise Missing("a0 does not become a2")
        if kind != "is93":
            return [(state[2], (0, 0))]
        return [(state[2], (1, 1))] + [(q, (0, 0)) for side in ("receive", "send") for q in tokens[side, 10][5:]]

    return one_row(table, kind, lemmas, skip, targets)


def aligned(table, kind, lemmas, skip=()):
    """A branch to another place than ip + 1 has an offset that is a multiple of 4."""
    b = Builder([table], [kind], lemmas, skip)
    line = only(b, ("query", "PROG"))
    after = only(b, ("send", "STATE"))
    b.state.defines = True
    b.state.goals = [mul(line[10], sub(sub(after[1], line[0]), const(1)))]
    return b.state, goals_hold


REGISTER_KINDS = ("kind[8]", "kind[10]")  # of DECODE: OP, OP32
IMMEDIATE_KINDS = ("kind[7]", "kind[9]")  # OPIMM, OPIMM32


def constants(table, kind, lemmas, skip=()):
    """The constant of a line with two register operands is 0."""
    b = Builder([table], [kind], lemmas, skip)
    (line,) = [[b.fit(q, 0) for q in use.slots] for use in table.uses.values() if use.side == "table"]
    b.state.goals = b.state.open = [mul(var(k), q) for k in REGISTER_KINDS for q in line[5:9]]
    b.state.defines = True

    def proven(state):
        state.open = [g for g in state.goals if g]
        return not state.open

    return b.state, proven


def immediates(table, kind, lemmas, skip=()):
    """The constant of a line of an operation with an immediate: limbs 1 to 3 are all 0 or all 65535, or it is a shift amount, below 64 or 32."""
    b = Builder([table], [kind], lemmas, skip)
    (line,) = [[b.fit(q, 0) for q in use.slots] for use in table.uses.values() if use.side == "table"]
    b.state.goals = [var(v) for v in (*IMMEDIATE_KINDS, "shift", "hib[16]", "k[0]", "k[1]")] + line[5:9]
    b.state.defines = True

    def proven(state):
        state.open = state.goals[:3]
        wide, word, shift, *_ = [constant(q) for q in state.goals[:6]]
        if (wide, word) == (0, 0):
            return True
        if None in (wide, word, shift):
            return False
        state.open = state.goals[3:6] + state.goals[7:]
        low, *upper = state.goals[6:]
        if shift:
            span = state.value_span(low)
            return upper == 3 * [const(0)] and span is not None and span[0] >= 0 and span[1] <= (31 if word else 63)
        return upper in (3 * [const(0)], 3 * [const(65535)])

    return b.state, proven


def renewed(table, kind, lemmas, skip=()):
    """A row gives the register that it takes, with the same value and a stamp below 2^27."""

    def targets(b):
        ((taken, given),) = access_pairs(b)
        if taken[5:] != given[5:] or constant(taken[0]) != 0:
            raise Missing("another value, or no register")
        return [(given[4], STAMP)]

    return one_row(table, kind, lemmas, skip, targets)


def mul_int(a, b):
    out = {}
    for m, c in a.items():
        for n, d in b.items():
            key = tuple(sorted(m + n))
            out[key] = out.get(key, 0) + c * d
    return out


def stored(table, kind, lemmas, skip=()):
    """A row that changes a word of memory takes class 1."""
    b = Builder([table], [kind], lemmas, skip)
    for a, given in access_pairs(b):
        if a[5:] != given[5:] and constant(a[0]) not in (0, 1):
            raise Missing("a word of another class than 1 changes")
    return b.state, lambda state: True


def unreal(table, kind, lemmas, skip=()):
    """A row that is not real has no use of a bus."""
    need(table, REAL, skip)
    state = State(1, lemmas)
    none = {"real": const(0)}
    for name, factors in table.laws.items():
        if name not in skip:
            state.products[name, 0] = tuple(substitute(f, none) for f in factors)
    state.eqs["not real", 0] = substitute(table.real, none)
    state.goals = [substitute(u.selector, none) for n, u in table.uses.items() if n not in skip]
    return state, goals_hold


def product(table, kind, lemmas, skip=()):
    """A called product is true over the integers: sum of the laws times 2^(16 l) is x y - lo, each lifted."""
    b = Builder([table], [kind], lemmas, skip)
    slots = only(b, ("receive", "MCALL"))
    b.state.goals = slots

    def proven(state):
        x, y, lo = (state.weigh(state.goals[i:i + 4]) for i in (0, 4, 8))
        want = sub_int(mul_int(x, y), lo)
        spans = [state.value_span(q) for q in state.goals]
        return all(s is not None and s[0] >= 0 and s[1] < 65536 for s in spans) and any(c == want for c in state.chains(0))

    return b.state, proven
