# SPDX-License-Identifier: MIT OR Apache-2.0
"""Case splits: simplify, and where nothing more follows, try each value of a bit or each factor of a product."""
from .form import variables
from .integers import Contradiction
from .state import OutOfCases, simplify


class Budget:
    """Cases left, and how many were used."""

    def __init__(self, limit):
        self.limit, self.used = limit, 0

    def take(self):
        self.used += 1
        if self.used > self.limit:
            raise OutOfCases()


def blocking(state):
    """Variables of products that keep a law of two rows from being used: those that the rows do not share, and the others."""
    own, shared = [], []
    for poly in state.eqs.values():
        ms = [m for m in poly if len(m) > 1]
        if any(v not in state.merged for m in ms for v in m):
            own += [v for m in ms for v in m if v not in state.merged]
            shared += [v for m in ms for v in m if v in state.merged]
    for fs in state.products.values():
        vs = [v for f in fs for v in sorted(variables(f))]
        own += [v for v in vs if v not in state.merged]
        shared += [v for v in vs if v in state.merged]
    return own + shared


def near_goals(state):
    """The laws of one row, first those with a variable of an open goal, then those with a variable of such a law, and so on."""
    known, left = {v for g in state.open for v in variables(g)}, list(state.eqs.values())
    while left:
        near = [q for q in left if not variables(q).isdisjoint(known)] or left
        yield from sorted(near, key=len)
        known = known.union(*(variables(q) for q in near))
        left = [q for q in left if all(q is not n for n in near)]


def blocking_one(state):
    """Bits and sums of choices in the laws near the open goals of one row, and bits in products."""
    out = [v for g in state.open for v in sorted(variables(g))]
    for poly in near_goals(state):
        chosen = set(state.sums).union(*state.choices)
        out += sorted(v for v in variables(poly) if v in chosen) + [v for m in poly if len(m) > 1 for v in m]
    return out + [v for fs in state.products.values() for f in fs for v in sorted(variables(f))]


def alternatives(state):
    """Ways to go on, each a function that changes a state; together they cover everything. None: nothing to split."""
    for key, fs in state.products.items():
        free = {v for f in fs for v in variables(f)} - state.merged - set(state.bounds)
        if state.rows == 2 and any(not variables(g).isdisjoint(free) for g in state.goals):
            return [lambda s, key=key, f=f: take_factor(s, key, f) for f in fs]
    for v in blocking(state) if state.rows == 2 else blocking_one(state):
        if v in state.sums and len(state.sums[v]) > 1:
            return [lambda s, b=b: s.assign(b, 1) for b in sorted(state.sums[v])]
        if state.bounds.get(v) == (0, 1):
            bits = next((bits for bits in state.choices if v in bits), None)
            return [lambda s, b=b: s.assign(b, 1) for b in sorted(bits)] if bits else [lambda s: s.assign(v, 0), lambda s: s.assign(v, 1)]
    for key, fs in state.products.items():
        return [lambda s, key=key, f=f: take_factor(s, key, f) for f in fs]
    return None


def take_factor(state, key, factor):
    del state.products[key]
    state.eqs[key] = factor


def prove(state, budget, is_proven):
    """True when every case is impossible or proven. is_proven(state) is asked after simplification."""
    budget.take()
    try:
        simplify(state)
        if is_proven(state):
            return True
    except Contradiction:
        return True
    ways = alternatives(state)
    if ways is None:
        return False
    for way in ways:
        other = state.copy()
        try:
            way(other)
        except Contradiction:
            continue
        if not prove(other, budget, is_proven):
            return False
    return True

