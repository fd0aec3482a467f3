# SPDX-License-Identifier: MIT OR Apache-2.0
"""The solver form of a table (airgen --solver) as polynomials mod p.

A polynomial is a dict from a sorted tuple of variable names to a coefficient in [0, p); it is never changed after it was made.
A law is a tuple of factors whose product is 0; most have one. Laws are named by what they are, so that a test can delete one.
"""
import hashlib
import re

P = 2130706433
TOKEN = re.compile(r"\s*([A-Za-z_]\w*(?:\[\d+\])?|\d+|[-+*/(),])")


class Poly(dict):
    """A polynomial; its variables are found once."""

    __slots__ = ("names",)

    def variables(self):
        try:
            return self.names
        except AttributeError:
            self.names = frozenset([v for m in self for v in m])
            return self.names


def const(c):
    return Poly({(): c % P}) if c % P else Poly()


def var(name):
    return Poly({(name,): 1})


def add(a, b, k=1):
    """a + k b"""
    out = Poly(a)
    for m, c in b.items():
        v = (out.get(m, 0) + k * c) % P
        if v:
            out[m] = v
        else:
            out.pop(m, None)
    return out


def sub(a, b):
    return add(a, b, P - 1)


def scale(a, k):
    k %= P
    return Poly({m: c * k % P for m, c in a.items()}) if k else Poly()


def mul(a, b):
    out = Poly()
    for m, c in a.items():
        for n, d in b.items():
            key = tuple(sorted(m + n)) if m and n else m or n
            v = (out.get(key, 0) + c * d) % P
            if v:
                out[key] = v
            else:
                out.pop(key, None)
    return out


def variables(a):
    return a.variables()


def constant(a):
    """The value of a polynomial without variables, or None."""
    return 0 if not a else a[()] if len(a) == 1 and () in a else None


def substitute(a, values):
    """Put polynomials for variables, all at once: values is {name: polynomial}."""
    names = a.variables()
    if len(values) == 1:
        if next(iter(values)) not in names:
            return a
    elif names.isdisjoint(values):
        return a
    out = Poly()
    for m, c in a.items():
        kept = tuple([v for v in m if v not in values])
        term = {kept: c}
        if len(kept) < len(m):
            for v in m:
                if v in values:
                    term = mul(term, values[v])
        for n, d in term.items():
            d = (out.get(n, 0) + d) % P
            if d:
                out[n] = d
            else:
                out.pop(n, None)
    return out


def prime(name):
    """The same variable of the second row."""
    return name + "'"


def primed(poly):
    return Poly({tuple(sorted(map(prime, m))): c for m, c in poly.items()})


def evaluate(a, row):
    total = 0
    for m, c in a.items():
        for v in m:
            c = c * row[v] % P
        total += c
    return total % P


class Parser:
    """Infix over integers and names; '/ k' multiplies by the inverse of k."""

    def __init__(self, text):
        self.tokens, self.at = TOKEN.findall(text), 0
        if "".join(self.tokens) != text.replace(" ", ""):
            raise ValueError("cannot read: " + text)

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def sum(self):
        if self.peek() == "-":
            self.take()
            out = scale(self.product(), -1)
        else:
            out = self.product()
        while self.peek() in ("+", "-"):
            out = add(out, self.product(), 1) if self.take() == "+" else sub(out, self.product())
        return out

    def factors(self):
        """The factors of a product that is a whole line, or the line as one factor."""
        out = [self.atom()]
        while self.peek() in ("*", "/"):
            if self.take() == "*":
                out.append(self.atom())
            else:
                out[-1] = scale(out[-1], pow(int(self.take()), -1, P))
        if self.peek() is None and len(out) > 1:
            return tuple(out)
        self.at = 0
        return (self.sum(),)

    def product(self):
        out = self.atom()
        while self.peek() in ("*", "/"):
            out = mul(out, self.atom()) if self.take() == "*" else scale(out, pow(int(self.take()), -1, P))
        return out

    def atom(self):
        t = self.take()
        if t == "(":
            out = self.sum()
            self.take()
            return out
        if t.isdigit():
            return const(int(t))
        return var(t)

    def whole(self):
        out = self.sum()
        if self.peek() is not None:
            raise ValueError("trailing " + self.peek())
        return out


class Use:
    """One use of a bus: side is send, receive, query or table."""

    def __init__(self, side, bus, selector, slots):
        self.side, self.bus, self.selector, self.slots = side, bus, selector, slots


class Table:
    """One table of the machine. laws: {name: factors}; uses: {name: Use}; names are the line's text. The name `real` in them stands for
    the expression self.real, which is the column of that name where there is one."""

    def __init__(self, text):
        self.digest = hashlib.sha256(text.encode()).hexdigest()
        self.name, self.columns, self.closed = None, [], []
        self.laws, self.uses = {}, {}
        self.fitted = {}  # polynomials with a kind put in, kept by claims.Builder
        for line in text.splitlines():
            word, rest = line.split(" ", 1)
            if word == "table" and self.name is None:
                self.name = rest
            elif word == "modulus":
                if int(rest) != P:
                    raise ValueError("another modulus")
            elif word == "var":
                name, cls = rest.split()
                (self.closed if cls == "closed" else self.columns).append(name)
            elif word == "real":
                self.real = Parser(rest).whole()
            elif word == "zero":
                body = rest.split(" # ")[0]
                self.laws[self.unique(self.laws, rest)] = Parser(body).factors()
            else:
                bus, rest = rest.split(" ", 1)
                selector, slots = re.match(r"\[(.*?)\] (.*)$", self.hide(rest)).groups()
                selector, slots = self.show(selector), self.show(slots)
                self.uses[self.unique(self.uses, f"{word} {bus} {slots}")] = Use(
                    word, bus, Parser(selector).whole(), [Parser(s).whole() for s in slots.split(", ")])

    @staticmethod
    def unique(taken, name):
        while name in taken:
            name += " again"
        return name

    @staticmethod
    def hide(text):
        return re.sub(r"\[(\d+)\]", r"<\1>", text)

    @staticmethod
    def show(text):
        return re.sub(r"<(\d+)>", r"[\1]", text)
