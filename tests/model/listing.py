# SPDX-License-Identifier: MIT OR Apache-2.0
"""The constraint listing: tables, constraints, bus uses, their values at a point, its digest.

A value is an int (base element) or a tuple (extension element); an expression is a tree of tuples.
Theory: docs/spec/machine.md section 7.
"""

import re

import blake3
from field import P, ZERO, add, base, mul, scale, sub

USES = {"send": 1, "query": 1, "receive": -1, "table": -1}
SLOTS = 16
TOKEN = re.compile(r"\s*(?:(\d+)|(\$\d+|[A-Za-z_]\w*(?:\[\d+\])?)|(.))")


class Table:
    """One table: committed column names, closed columns, constraints, bus uses."""

    def __init__(self, name, height):
        self.name = name
        self.log_height = height  # fixed by the machine, or None
        self.columns, self.closed, self.names = [], [], {}
        self.constraints = []
        self.uses = []  # (sign, selector, [slots])
        self.is_global = []  # of each use: is its bus one over all proofs of a set?
        self.takes_state = False
        self._place = None

    def evaluate(self, values, closed):
        """(constraint values, [(sign, selector, slots)]) for values of all columns, in order."""
        if self._place is None:  # a column hides a definition of the same name: `real = real`
            self._place = {n: i for i, n in enumerate(self.columns + self.closed)}
        place, names, memo = self._place, self.names, {}
        cells = list(values) + list(closed)
        assert len(cells) == len(place)

        def value(node):
            kind = node[0]
            if kind == "k":
                return node[1]
            if kind == "n":
                name = node[1]
                if name in place:
                    return cells[place[name]]
                if name not in memo:
                    memo[name] = value(names[name])
                return memo[name]
            a, b = value(node[1]), value(node[2])
            return _apply(kind, a, b)

        return ([_ext(value(c)) for c in self.constraints],
                [(s, _ext(value(m)), [value(t) for t in slots]) for s, m, slots in self.uses])


def _ext(v):
    return base(v) if isinstance(v, int) else v


def _apply(kind, a, b):
    ai, bi = isinstance(a, int), isinstance(b, int)
    if ai and bi:
        return (a + b if kind == "+" else a - b if kind == "-" else a * b) % P
    if kind == "*":
        return scale(b, a) if ai else scale(a, b) if bi else mul(a, b)
    return (add if kind == "+" else sub)(_ext(a), _ext(b))


class _Parser:
    """sum = [-] product {+|- product}; product = atom {* atom | / number}."""

    def __init__(self, text):
        self.tokens = [m.groups() for m in TOKEN.finditer(text.rstrip())]
        self.pos = 0

    def peek(self):
        return self.tokens[self.pos][2] if self.pos < len(self.tokens) else None

    def expect(self, mark):
        if self.peek() != mark:
            raise ValueError("listing: expected %r" % mark)
        self.pos += 1

    def sum(self):
        if self.peek() == "-":
            self.pos += 1
            left = ("-", ("k", 0), self.product())
        else:
            left = self.product()
        while self.peek() in ("+", "-"):
            mark = self.peek()
            self.pos += 1
            left = (mark, left, self.product())
        return left

    def product(self):
        left = self.atom()
        while self.peek() in ("*", "/"):
            mark = self.peek()
            self.pos += 1
            right = self.atom()
            if mark == "/":
                if right[0] != "k":
                    raise ValueError("listing: division by an expression")
                right = ("k", pow(right[1], -1, P))
            left = ("*", left, right)
        return left

    def atom(self):
        number, name, _ = self.tokens[self.pos]
        if number is not None:
            self.pos += 1
            return ("k", int(number) % P)
        if name is not None:
            self.pos += 1
            return ("n", name)
        self.expect("(")
        inner = self.sum()
        self.expect(")")
        return inner

    def slots(self):
        self.expect("(")
        out = [self.sum()]
        while self.peek() == ",":
            self.pos += 1
            out.append(self.sum())
        self.expect(")")
        return out

    def end(self, value):
        if self.pos != len(self.tokens):
            raise ValueError("listing: text after an expression")
        return value


class Machine:
    """All tables in order, IMAGE and BOUNDARY last, and the digest of the listing."""

    def __init__(self, text):
        lines = [line.split(";", 1)[0].rstrip() for line in text.splitlines()]
        lines = [line for line in lines if line]
        text = "".join(line + "\n" for line in lines)
        self.digest = blake3.derive_key("socle machine v1", text.encode())
        self.buses, self.tables = {}, []
        for line in lines:
            if line.startswith("bus "):
                _, name, number, kind, arity = line.split()
                self.buses[name] = int(number), int(arity), kind == "GLOBAL"
            elif line.startswith("table "):
                word = line.split()
                height = int(word[3][2:]) if len(word) > 2 else None
                self.tables.append(Table(word[1], height))
            else:
                self._line(self.tables[-1], line.strip())
        if [t.name for t in self.tables[-2:]] != ["IMAGE", "BOUNDARY"]:
            raise ValueError("listing: IMAGE and BOUNDARY are not the last tables")
        self.main = self.tables[:-2]

    def _line(self, table, line):
        word, rest = line.split(None, 1)
        if word == "column":
            name = rest.split()[0]
            array = re.fullmatch(r"(\w+)\[(\d+)\]", name)
            table.columns += (["%s[%d]" % (array[1], i) for i in range(int(array[2]))]
                              if array else [name])
        elif word == "closed":
            table.closed.append(rest)
        elif word in USES and not rest.startswith("="):
            bus, rest = rest.split(None, 1)
            parser = _Parser(rest.split(None, 1)[1])  # without `if`
            selector, slots = parser.sum(), parser.slots()
            number, arity, is_global = self.buses[bus]
            if len(slots) != arity:
                raise ValueError("listing: %s has %d slots" % (bus, arity))
            table.takes_state |= bus == "STATE" and USES[word] < 0
            table.is_global.append(is_global)
            parser.end(table.uses.append((USES[word], selector, [("k", number)] + slots)))
        else:
            parser = _Parser(rest.lstrip("= "))
            expression = parser.end(parser.sum())
            if word == "0":
                table.constraints.append(expression)
            else:
                table.names[word] = expression


# Closed-form columns at a point r of as many coordinates as the table has height bits.

def _row(r):
    total = ZERO
    for i, c in enumerate(reversed(r)):
        total = add(total, scale(c, 1 << i))
    return total


def _and8(r):
    return _row([mul(a, b) for a, b in zip(r[:8], r[8:])])


def _is_register(r):  # row < 33 of 64
    last = r[0]
    for c in r[1:]:
        last = mul(last, sub(base(1), c))
    return add(sub(base(1), r[0]), last)


def _pow2_m(r):  # key = 64 right + 8 q + t: 2^t or 2^(8 - t)
    left, right = base(1), base(256)
    for i, c in enumerate(reversed(r[4:])):
        left = mul(left, add(base(1), scale(c, (1 << (1 << i)) - 1)))
        right = mul(right, add(base(1), scale(c, pow(2, -(1 << i), P) - 1)))
    return add(left, mul(r[0], sub(right, left)))


CLOSED = {
    "row": _row,
    "row_is_register": _is_register,
    "row_hi8": lambda r: _row(r[:8]),
    "row_lo8": lambda r: _row(r[8:]),
    "row_and8": _and8,
    "row_pow2_m": _pow2_m,
    "row_pow2_q": lambda r: _row(r[1:4]),
}


def closed_values(table, r, index):
    """Those of the table in proof `index` of a set at point r."""
    constants = {"index": base(index), "first": base(index == 0)}
    return [constants[name] if name in constants else CLOSED[name](r) for name in table.closed]
