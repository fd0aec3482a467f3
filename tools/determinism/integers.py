# SPDX-License-Identifier: MIT OR Apache-2.0
"""Integer reasoning on one linear law mod p whose items have bounds: the only place where an identity mod p becomes one over Z.

A law is sum w_i x_i + c = 0 mod p with integer w_i. If its value can be only one multiple of p for all x_i in their bounds, it is that one over Z.
Then each item is bounded by the others and its residue modulo the gcd of the other weights is known. What follows is returned; every
such step is recorded as a lemma, which cvc5 can check by itself (solver.py).
"""
from math import gcd

from .form import P


class Contradiction(Exception):
    """The laws cannot hold together. law: (weights, constant) of an integer law that shows it mod p, where one does."""

    def __init__(self, why, law=None):
        super().__init__(why)
        self.law = law


def signed(c):
    return c if c <= P // 2 else c - P


def scalings(coefs):
    """Multipliers that may make all coefficients small: the inverse of each."""
    return {pow(c, -1, P) for c in coefs}


def lift(terms, c, span):
    """terms: [(coefficient mod p, item)], span(item): (lo, hi). The law scaled to integers and lifted, (weights, c), or None.

    The scaling with the smallest spread is taken. One multiple t p must be the only one within reach of the value.
    """
    best = None
    for k in scalings([w for w, _ in terms]):
        ws = [signed(w * k % P) for w, _ in terms]
        spread = sum(abs(w) * (span(x)[1] - span(x)[0]) for w, (_, x) in zip(ws, terms))
        if best is None or spread < best[0]:
            best = (spread, ws, k)
    if best is None:
        return None
    _, ws, k = best
    c0 = c * k % P
    lo = c0 + sum(min(w * b for b in span(x)) for w, (_, x) in zip(ws, terms))
    hi = c0 + sum(max(w * b for b in span(x)) for w, (_, x) in zip(ws, terms))
    first, last = -(-lo // P), hi // P
    if first > last:
        raise Contradiction("no value of the law is 0 mod p", (ws, c0))
    return (ws, c0 - first * P) if first == last else None


def tighten(ws, c, bounds):
    """Narrow the bounds [(lo, hi)] of the items of sum w x + c = 0 over Z as far as bounds and residues go."""
    bounds = list(bounds)
    n = len(ws)
    total_lo = sum(min(w * b for b in bounds[i]) for i, w in enumerate(ws))
    total_hi = sum(max(w * b for b in bounds[i]) for i, w in enumerate(ws))
    # gcd of the weights of the items that are not fixed, without item i
    changed = True
    while changed:
        changed = False
        free = [i for i in range(n) if bounds[i][0] < bounds[i][1]]
        fixed = c + sum(ws[i] * bounds[i][0] for i in range(n) if bounds[i][0] == bounds[i][1])
        if not free and fixed != 0:
            raise Contradiction("a law over the integers is not 0")
        before, after = [0], [0]
        for i in free:
            before.append(gcd(before[-1], ws[i]))
        for i in reversed(free):
            after.append(gcd(after[-1], ws[i]))
        for j, i in enumerate(free):
            w, (lo, hi) = ws[i], bounds[i]
            mine = (w * lo, w * hi) if w > 0 else (w * hi, w * lo)
            least, most = -c - (total_hi - mine[1]), -c - (total_lo - mine[0])  # of w x
            new_lo, new_hi = (-(-least // w), most // w) if w > 0 else (-(most // -w), -least // -w)
            new_lo, new_hi = max(lo, new_lo), min(hi, new_hi)
            g = gcd(before[j], after[len(free) - 1 - j])
            if new_lo <= new_hi and g > 1:
                # w x = -fixed mod g
                d = gcd(w, g)
                if fixed % d:
                    raise Contradiction("a law over the integers has no residue")
                step = g // d
                x0 = -fixed // d * pow(w // d, -1, step) % step if step > 1 else 0
                new_lo += (x0 - new_lo) % step
                new_hi -= (new_hi - x0) % step
            if new_lo > new_hi:
                raise Contradiction("an item of a law has no value")
            if (new_lo, new_hi) != (lo, hi):
                bounds[i] = (new_lo, new_hi)
                now = (w * new_lo, w * new_hi) if w > 0 else (w * new_hi, w * new_lo)
                total_lo += now[0] - mine[0]
                total_hi += now[1] - mine[1]
                changed = True
                break
    return bounds
