# SPDX-License-Identifier: MIT OR Apache-2.0
"""The laws of one row, or of two rows side by side, simplified until what is asked follows or nothing more does.

A variable of the second row has the name of the first row's with a prime. Laws come in twins, one of each row. The steps:

  constants     a law without variables that is not 0 closes the case
  factors       f (f - 1) = 0 becomes f = k with a new bit k; likewise f (f - 1) (f - 2) = 0
  definitions   a law that is linear in a variable without bounds, with a constant coefficient, defines it
  differences   in a law minus its twin what the rows share cancels; the rest, in differences of variables with bounds, is lifted to Z
  choices       bits of which exactly one is 1: a sum with weights is one variable, and decides the bits when its weights differ
  maps          equal keys have equal values (reads of memory, program lines, calls, tables)
  cases         a bit is 0 or 1; a factor of a product is 0 or another one is

Each step is an implication, so an error of strategy can only lose a proof. Source: docs/internals/determinism.md.
"""
from math import gcd

from .form import P, Poly, add, const, constant, prime, scale, sub, substitute, var, variables
from .integers import Contradiction, lift, signed, tighten


class OutOfCases(Exception):
    """The case split grew beyond the limit: not proven."""


def bare(name):
    return name[:-1] if name.endswith("'") else name


class State:
    """eqs: {(law, row): polynomial}; products: {(law, row): factors}; bounds: {variable: (lo, hi)}; maps: [(name, keys, values)] of
    polynomials that are zero when keys agree; choices: [frozenset of bits]; sums: {variable: {bit: weight}} of one choice."""

    def __init__(self, rows, lemmas):
        self.rows, self.lemmas = rows, lemmas
        self.eqs, self.products, self.bounds = {}, {}, {}
        self.maps, self.goals, self.choices, self.sums = [], [], [], {}
        self.defines = rows == 2  # step_definitions is used; else step_ranges
        self.open = []  # goals of one row that are not proven yet
        self.calls = {}
        self.merged, self.fixed, self.seen = set(), set(), set()
        self.short = 3  # variables of laws that step_shorten makes
        self.small_gains = 100 if rows == 1 else 0
        self.tried = {}  # what a step did in vain, shared by copies: {(step, id): (polynomial, bounds)}

    def copy(self):
        other = State(self.rows, self.lemmas)
        for field in ("eqs", "products", "bounds", "sums", "maps", "goals", "choices", "calls", "merged", "fixed", "seen"):
            setattr(other, field, getattr(self, field).copy())
        other.tried, other.short, other.defines = self.tried, self.short, self.defines
        return other

    def narrow(self, v, lo, hi):
        """Intersect the bounds of a variable. True when they changed."""
        old = self.bounds.get(v)
        new = (lo, hi) if old is None else (max(lo, old[0]), min(hi, old[1]))
        if new[0] > new[1]:
            raise Contradiction(f"{v} has no value")
        assert -P // 2 < new[0] and new[1] < P // 2
        self.bounds[v] = new
        if new[0] == new[1]:
            self.fixed.add(v)
        return new != old

    # Substitution

    def replace(self, values):
        """Put polynomials for variables everywhere: values is {name: polynomial}; no name occurs in a polynomial."""
        self.eqs = {k: substitute(q, values) for k, q in self.eqs.items()}
        self.products = {k: tuple([substitute(f, values) for f in fs]) for k, fs in self.products.items()}
        self.maps = [(n, [substitute(k, values) for k in keys], [substitute(k, values) for k in vals]) for n, keys, vals in self.maps]
        self.goals = [substitute(g, values) for g in self.goals]
        self.calls = {row: tuple([substitute(k, values) for k in part] for part in parts) for row, parts in self.calls.items()}
        for v, value in values.items():
            self.assign_in_choices(v, value)

    def assign(self, v, value):
        """v is the integer value, within its bounds; step_single puts it everywhere."""
        self.narrow(v, value, value)

    def merge(self, names):
        """Each second row's v' is the first row's v."""
        self.merge_pairs([(v, prime(v)) for v in names])

    def merge_pairs(self, pairs):
        """w is v for each (v, w)."""
        for v, w in pairs:
            if w in self.bounds:
                self.narrow(v, *self.bounds[w])
            if w == prime(v):
                self.merged.add(v)
        self.replace({w: var(v) for v, w in pairs})

    # Choices

    def assign_in_choices(self, v, value):
        c = constant(value)
        other = next(iter(value))[0] if len(value) == 1 and c is None else None
        for i, bits in enumerate(self.choices):
            if v in bits and c == 0:
                self.choices[i] = bits - {v}
            elif v in bits and other is not None:
                self.choices[i] = bits - {v} | {other}
        for s, weights in list(self.sums.items()):
            if v in weights:
                weights = dict(weights)
                w = weights.pop(v)
                if c is None and other is not None:
                    weights[other] = w
                elif c == 1:
                    weights = {None: w}
                self.sums[s] = weights

    def find_choices(self):
        """Laws sum of bits = 1 over the row's own bits."""
        for key, poly in self.eqs.items():
            c, ws = poly.get((), 0), [(m, w) for m, w in poly.items() if m]
            if len(ws) < 2 or any(len(m) != 1 or self.bounds.get(m[0]) != (0, 1) for m, _ in ws):
                continue
            if (c == P - 1 and all(w == 1 for _, w in ws)) or (c == 1 and all(w == P - 1 for _, w in ws)):
                bits = frozenset(m[0] for m, _ in ws)
                if bits not in self.choices:
                    self.choices.append(bits)

    def gather_sums(self):
        """In each law put one variable for a linear part over one choice."""
        for key, poly in list(self.eqs.items()):
            for bits in self.choices:
                part = {m[0]: w for m, w in poly.items() if len(m) == 1 and m[0] in bits}
                if len(part) < 2 or len(set(part.values())) == 1 and len(part) == len(bits):
                    continue
                others = [w for m, w in poly.items() if m and not (len(m) == 1 and m[0] in bits)]
                k = min([1] + others, key=lambda k: max(abs(signed(w * pow(k, -1, P) % P)) for w in part.values()))
                weights = {b: signed(part.get(b, 0) * pow(k, -1, P) % P) for b in bits}
                if max(map(abs, weights.values())) > 1 << 20:
                    continue
                g = gcd(*weights.values())
                k, weights = k * g, {b: w // g for b, w in weights.items()}
                second = {b.endswith("'") for b in bits}
                if len(second) > 1:
                    continue
                name = "<" + " ".join(f"{w}*{bare(b)}" for b, w in sorted(weights.items())) + ">" + ("'" if second == {True} else "")
                self.sums[name] = weights
                self.narrow(name, min(weights.values()), max(weights.values()))
                rest = Poly({m: w for m, w in poly.items() if not (len(m) == 1 and m[0] in bits)})
                poly = add(rest, scale(var(name), k))
            self.eqs[key] = poly

    # Steps; each returns True when something changed

    def step_constants(self):
        for key in list(self.eqs):
            c = constant(self.eqs[key])
            if c is not None:
                if c:
                    raise Contradiction(str(key))
                del self.eqs[key]
        return False

    def step_factors(self):
        changed = False
        for key in list(self.products):
            fs = self.products[key]
            old = self.tried.get(("factors", key), ())
            if len(old) == len(fs) and all(a is b for a, b in zip(old, fs)):
                continue
            values = [constant(f) for f in fs]
            if 0 in values:
                del self.products[key]
                continue
            fs = tuple(f for f, c in zip(fs, values) if c is None)
            if len(fs) == 1 or not fs:
                if not fs:
                    raise Contradiction(str(key))
                self.eqs[key] = fs[0]
            elif all(sub(fs[0], f) == const(i) for i, f in enumerate(fs)):
                self.set_small(key, fs[0], len(fs) - 1)
            else:
                self.products[key] = fs
                self.tried["factors", key] = fs
                continue
            del self.products[key]
            changed = True
        return changed

    def set_small(self, key, poly, most):
        if len(poly) == 1 and next(iter(poly.values())) == 1 and len(next(iter(poly))) == 1:
            self.narrow(next(iter(poly))[0], 0, most)
            return
        name = f"[{key[0]}]" + ("'" if key[1] else "")
        self.narrow(name, 0, most)
        law = sub(poly, var(name))
        self.rewrite(law, poly)
        self.eqs[key] = law

    def rewrite(self, law, poly):
        """Subtract a multiple of a law wherever that makes a polynomial shorter: a carry inside the next carry becomes its bit."""
        pivot = next(m for m in poly if m)
        inverse = pow(poly[pivot], -1, P)

        def shorter(q):
            if pivot not in q:
                return q
            out = sub(q, scale(law, q[pivot] * inverse))
            return out if len(out) < len(q) else q

        self.eqs = {k: shorter(q) for k, q in self.eqs.items()}
        self.products = {k: tuple(shorter(q) for q in fs) for k, fs in self.products.items()}
        self.maps = [(n, [shorter(k) for k in ks], [shorter(k) for k in vs]) for n, ks, vs in self.maps]
        if self.rows == 2:
            self.goals = [shorter(g) for g in self.goals]

    def step_single(self):
        """Laws in one variable, linear, and variables with one value."""
        if self.fixed:
            values = {v: const(self.bounds[v][0]) for v in self.fixed}
            self.fixed.clear()
            self.replace(values)
            return True
        for key, poly in self.eqs.items():
            ms = [m for m in poly if m]
            if len(ms) == 1 and len(ms[0]) == 1:
                v, value = ms[0][0], -poly.get((), 0) * pow(poly[ms[0]], -1, P) % P
                if v in self.bounds:
                    fits = [x for x in (value, value - P) if self.bounds[v][0] <= x <= self.bounds[v][1]]
                    if not fits:
                        raise Contradiction(f"{v} is out of bounds")
                    self.narrow(v, fits[0], fits[0])
                    return True
                self.replace({v: const(value)})
                return True
        return False

    def step_ranges(self):
        """For one row: a variable that a law gives as a sum within p / 2 of 0 is that integer."""
        if self.defines:
            return False
        for poly in self.eqs.values():
            free = [v for v in variables(poly) if v not in self.bounds]
            if len(free) != 1 or (free[0],) not in poly or sum(free[0] in m for m in poly) != 1:
                continue
            k = -pow(poly[free[0],], -1, P)
            rest = [(signed(c * k % P), m) for m, c in poly.items() if m != (free[0],)]
            ends = [[w * b for b in self.span(m)] for w, m in rest]
            lo, hi = sum(map(min, ends)), sum(map(max, ends))
            if -P // 2 < lo and hi < P // 2:
                self.narrow(free[0], lo, hi)
                return True
        return False

    def value_span(self, poly):
        """Bounds of a polynomial's value as an integer, or None when a variable has none."""
        if any(v not in self.bounds for v in variables(poly)):
            return None
        ends = [[signed(c) * b for b in self.span(m)] for m, c in poly.items()]
        return sum(map(min, ends)), sum(map(max, ends))

    def step_definitions(self):
        if not self.defines:
            return False
        for key, poly in self.eqs.items():
            for m, c in poly.items():
                if len(m) == 1 and m[0] not in self.bounds and sum(m[0] in n for n in poly) == 1:
                    rest = Poly({n: w for n, w in poly.items() if n != m})
                    self.replace({m[0]: scale(rest, -pow(c, -1, P))})
                    return True
        return False

    def span(self, monomial):
        lo, hi = 1, 1
        for v in monomial:
            a, b = self.bounds.get(v, (0, P - 1))
            ends = [lo * a, lo * b, hi * a, hi * b]
            lo, hi = min(ends), max(ends)
        return lo, hi

    def in_vain(self, step, *polys):
        """True when the step was tried on these polynomials with the bounds of now; notes that it is."""
        bounds = [self.bounds.get(v) for q in polys for m in q for v in m]
        key = (step, *map(id, polys))
        old = self.tried.get(key)
        if old is not None and old[1] == bounds:
            return True
        self.tried[key] = (polys, bounds)  # keeps the polynomials, so that no other one gets their ids
        return False

    def solve(self, kind, terms, c, spans):
        """(weights and constant over Z, spans, narrower spans) of a law whose items have spans, or None; the lemma is noted."""
        lifted = None
        try:
            lifted = lift([(w, i) for i, (w, _) in enumerate(terms)], c, spans.__getitem__)
            if lifted is None:
                return None
            bounds = tighten(lifted[0], lifted[1], spans)
        except Contradiction as e:
            self.lemmas.note("impossible", lifted or e.law, spans, None)
            raise
        self.lemmas.note(kind, lifted, spans, bounds)
        return lifted, spans, bounds

    def step_bounds(self):
        """Bounds from single laws."""
        changed = False
        for key, poly in list(self.eqs.items()):
            if self.in_vain("bounds", poly):
                continue
            terms = [(c, m) for m, c in poly.items() if m]
            if any(len(m) == 1 and m[0] not in self.bounds or len(m) > 1 and any(v not in self.bounds for v in m) for _, m in terms):
                continue
            solved = self.solve("bounds", terms, poly.get((), 0), [self.span(m) for _, m in terms])
            if solved is None:
                continue
            spans, bounds = solved[1:]
            for (_, m), b, s in zip(terms, bounds, spans):
                # two laws can exchange small gains on wide bounds a unit at a time: only so many of them
                if b != s and len(m) == 1 and (s[1] - s[0] <= 256 or 4 * (b[1] - b[0]) <= 3 * (s[1] - s[0]) or self.small_gains > 0):
                    self.small_gains -= s[1] - s[0] > 256 and 4 * (b[1] - b[0]) > 3 * (s[1] - s[0])
                    changed |= self.narrow(m[0], *b)
        return changed

    def step_differences(self):
        for key in [k for k in self.eqs if k[1] != 1]:
            if key[1] > 1:
                if not self.in_vain("difference", self.eqs[key]) and self.difference(key, self.eqs[key]):
                    return True
                continue
            twin = (key[0], 1)
            if twin not in self.eqs:
                continue
            if self.in_vain("twins", self.eqs[key], self.eqs[twin]):
                continue
            delta = sub(self.eqs[key], self.eqs[twin])
            if not delta:
                del self.eqs[twin]
                return True
            if self.difference(key, delta):
                return True
        return False

    def difference(self, key, delta):
        """Use a law minus its twin. Items are differences v - v' where both occur, else the variable."""
        terms, spans = [], {}
        for m, c in delta.items():
            if not m:
                continue
            if len(m) > 1 or m[0] not in self.bounds:
                return False
            v = bare(m[0])
            if delta.get((v,), 0) and (delta.get((v,), 0) + delta.get((prime(v),), 0)) % P == 0:
                if prime(v) not in self.bounds:
                    return False
                if m[0] == v:
                    a, b = self.bounds[v], self.bounds[prime(v)]
                    spans["d", v] = (a[0] - b[1], a[1] - b[0])
                    terms.append((c, ("d", v)))
            else:
                spans["v", m[0]] = self.bounds[m[0]]
                terms.append((c, ("v", m[0])))
        solved = self.solve("difference", terms, delta.get((), 0), [spans[x] for _, x in terms])
        if solved is None:
            return False
        lifted, old, bounds = solved
        done = [(x, b[0]) for (_, x), b, o in zip(terms, bounds, old) if b[0] == b[1] and x[0] == "d" and b[0] == 0]
        if not done:
            return False
        self.merge([x[1] for x, _ in done])
        rest = [(w, x) for w, (_, x), b in zip(lifted[0], terms, bounds) if not (b[0] == b[1] == 0 and x[0] == "d")]
        if rest and lifted[1] == 0 and all(x[0] == "d" for _, x in rest):
            self.residual(rest)
        return True

    def residual(self, rest):
        """sum w (v - v') = 0 over Z, a new fact: solve for one v' with weight 1 or -1."""
        g = gcd(*(w for w, _ in rest))
        rest = [(w // g, x) for w, x in rest]
        for w, (_, v) in rest:
            if abs(w) == 1:
                value = var(v)
                for u, (_, x) in rest:
                    if x != v:
                        value = add(value, scale(sub(var(x), var(prime(x))), u * w))
                self.replace({prime(v): value})
                return

    def step_merges(self):
        """v = v' as a law of its own."""
        for key, poly in self.eqs.items():
            if len(poly) == 2 and () not in poly:
                (a, c), (b, d) = poly.items()
                if len(a) == len(b) == 1 and (c + d) % P == 0:
                    self.merge_pairs([tuple(sorted((a[0], b[0])))])
                    return True
        return False

    def step_sums(self):
        """A shared sum over a choice with different weights decides the bits; a known sum keeps the bits that fit."""
        for s, weights in list(self.sums.items()):
            if None in weights:
                del self.sums[s]
                self.narrow(s, weights[None], weights[None])
                return True
            if not weights:
                raise Contradiction("no bit of a choice is left")
            lo, hi = self.bounds[s]
            for b, w in weights.items():
                if not lo <= w <= hi and self.bounds[b][1] == 1:
                    self.assign(b, 0)
                    return True
            if self.narrow(s, min(weights.values()), max(weights.values())):
                return True
            if self.sums.get(prime(s)) == weights:
                del self.sums[prime(s)]
                self.merge([s])
                return True
            if s in self.merged and prime(s) in self.sums and len(set(weights.values())) == len(weights):
                self.lemmas.note_choice(weights.values())
                del self.sums[prime(s)]
                self.merge([b for b in weights if not b.endswith("'") and b not in self.merged])
                return True
        return False

    def step_choices(self):
        for bits in self.choices:
            if not bits:
                raise Contradiction("no bit of a choice is left")
            ones = [b for b in bits if self.bounds[b] == (1, 1)]
            others = [b for b in bits if self.bounds[b][1] == 1 and b not in ones[:1]]
            if ones and others:
                for b in others:
                    self.assign(b, 0)
                return True
            if len(bits) == 1 and not ones:
                self.assign(next(iter(bits)), 1)
                return True
        return False

    def step_maps(self):
        changed, left = False, []
        for name, keys, values in self.maps:
            if any(constant(k) not in (0, None) for k in keys):
                changed = True  # the keys differ: nothing follows
            elif all(constant(k) == 0 for k in keys):
                for i, v in enumerate(values):
                    self.eqs[f"{name} {i}", 2] = v
                changed = True
            else:
                left.append((name, keys, values))
        self.maps = left
        return changed

    def step_shorten(self):
        """Two linear laws that share much have a short multiple sum: a new law of few variables."""
        laws = [(k, q) for k, q in self.eqs.items() if len(q) > 2 and all(len(m) < 2 for m in q) and k[0] != "short"]
        known = set(self.seen)
        for i, (_, a) in enumerate(laws):
            va = set(a)
            for _, b in laws[i + 1:]:
                shared = [m for m in b if m and m in va]
                if len(a) + len(b) - 2 * len(shared) > self.short + 2:
                    continue
                for k in {a[m] * pow(b[m], -1, P) % P for m in shared}:
                    q = sub(a, scale(b, k))
                    vs = variables(q)
                    if 0 < len(vs) <= self.short and (self.short > 3 or len(vs) < max(len(variables(a)), len(variables(b)))) and all(v in self.bounds for v in vs):
                        f = frozenset(q.items())
                        if f not in known and frozenset(scale(q, -1).items()) not in known:
                            known.add(f)
                            self.eqs["short", 10 + len(known)] = q
                    elif not vs and q:
                        raise Contradiction("two laws")
        changed = len(known) > len(self.seen)
        self.seen = known
        return changed

    def step_division(self):
        """Two rows divide the same dividend by the same divisor: q d + r = n and r < d over Z leave one q and one r.

        From the call: q d = lo over Z. From chains of carries: lo + r - n = 0 and r + gap + 1 - d = 0 over Z, where n has only shared
        variables and gap >= 0, r >= 0.
        """
        if len(self.calls) < 2 or self.rows < 2:
            return False
        found = []
        for row in (0, 1):
            q, d, lo = self.calls[row]
            chains = list(self.chains(row))
            word, divisor = self.weigh(lo), self.weigh(d)
            for chain in chains:
                r = self.remainder(chain, word)
                if r is not None and any(self.is_below(other, r, divisor) for other in chains):
                    found.append((self.weigh(q), r, divisor, sub_int(add_int(word, r), chain)))
                    break
        if len(found) < 2:
            return False
        (q0, r0, d0, n0), (q1, r1, d1, n1) = found
        if d0 != d1 or n0 != n1 or not all(v in self.merged for m in list(d0) + list(n0) for v in m):
            return False
        self.lemmas.note_division()
        changed = False
        for a, b in ((q0, q1), (r0, r1)):
            changed |= self.same_limbs(a, b)
        self.calls = {}
        return changed

    def same_limbs(self, a, b):
        """Equal integers written in the same limbs with weights 2^(16 i), all limbs 16-bit, have equal limbs."""
        vs = [m[0] for m in a if m]
        ok = all(self.bounds.get(v, (0, P))[0] >= 0 and self.bounds.get(v, (0, P))[1] < 65536 for v in vs) and all(
            b.get((prime(v),)) == a[v,] and self.bounds.get(prime(v), (0, P))[1] < 65536 and self.bounds[prime(v)][0] >= 0 for v in vs)
        if not ok or sorted(a[v,] for v in vs) != [65536**i for i in range(len(vs))] or len(a) != len(b):
            return False
        self.merge(vs)
        return True

    @staticmethod
    def weigh(limbs):
        """sum 2^(16 i) limb_i over Z; limbs are polynomials with small coefficients."""
        out = {}
        for i, limb in enumerate(limbs):
            for m, c in limb.items():
                out[m] = out.get(m, 0) + signed(c) * 65536**i
        return out

    def chains(self, row):
        """Integer laws that sum a chain of carries: the laws of one label, or a run of it that shares
        variables, each times 2^(16 i), carries gone."""
        labels = {}
        for (name, r), poly in self.eqs.items():
            if r == row and " # " in name:
                labels.setdefault(name.split(" # ")[1].split(" again")[0], []).append(poly)
        runs = []
        for polys in labels.values():
            starts = [i for i, q in enumerate(polys) if i == 0 or variables(q).isdisjoint(variables(polys[i - 1]))] + [len(polys)]
            runs += [polys[i:j] for i, j in zip(starts, starts[1:]) if j - i < len(polys)]
        for polys in list(labels.values()) + runs:
            total = {}
            for i, poly in enumerate(polys):
                terms = [(c, m) for m, c in poly.items() if m]
                lifted = None
                if all(v in self.bounds for v in variables(poly)):
                    lifted = lift(terms, poly.get((), 0), self.span)
                if lifted is None:
                    break
                self.lemmas.note("bounds", lifted, [self.span(m) for _, m in terms], None)
                sign = 1 if terms and lifted[0][0] * signed(terms[0][0]) > 0 else -1  # that of the table, where nothing cancels
                law = {m: sign * w for w, (_, m) in zip(lifted[0], terms)}
                if lifted[1]:
                    law[()] = sign * lifted[1]
                ways = [add_int(total, {m: s * w * 65536**i for m, w in law.items()}) for s in (1, -1)]
                total = min(ways, key=len)
            else:
                yield total
                yield {m: -w for m, w in total.items()}

    def lifted_laws(self, label):
        """The row's laws with a label, over Z."""
        for (name, _), poly in self.eqs.items():
            terms = [(c, m) for m, c in poly.items() if m]
            if label in name and terms and all(v in self.bounds for v in variables(poly)):
                lifted = lift(terms, poly.get((), 0), self.span)
                if lifted is not None:
                    self.lemmas.note("bounds", lifted, [self.span(m) for _, m in terms], None)
                    yield add_int({m: w for w, (_, m) in zip(lifted[0], terms)}, {(): lifted[1]} if lifted[1] else {})

    def reduce(self, value):
        """Add multiples of the row's laws, lifted to Z, to an integer form as long as it can then take fewer values."""
        laws = list(self.lifted_laws(""))

        def spread(form):
            return sum(abs(c) * (self.span(m)[1] - self.span(m)[0]) for m, c in form.items())

        while True:
            ways = [add_int(value, {m: -w * (value[n] // law[n]) for m, w in law.items()}) for law in laws for n in law
                    if n and n in value and value[n] % law[n] == 0]
            best = min(ways, key=spread, default=value)
            if spread(best) >= spread(value):
                return value
            value = best

    @staticmethod
    def remainder(chain, word):
        """chain = word + r - n: the part r of the chain with positive weights beside word, or None."""
        if any(chain.get(m) != w for m, w in word.items()):
            return None
        return {m: w for m, w in chain.items() if m and w > 0 and m not in word}

    def is_below(self, chain, r, divisor):
        """chain = r + gap + 1 - divisor with gap >= 0, r >= 0: then 0 <= r < divisor."""
        rest = sub_int(sub_int(chain, r), {m: -w for m, w in divisor.items()})
        rest[()] = rest.get((), 0) - 1
        return all(w >= 0 and (not m or self.span(m)[0] >= 0) for m, w in rest.items()) and rest.get((), 0) == 0 and all(
            self.span(m)[0] >= 0 for m in r)


def add_int(a, b):
    out = dict(a)
    for m, w in b.items():
        out[m] = out.get(m, 0) + w
        if out[m] == 0:
            del out[m]
    return out


def sub_int(a, b):
    return add_int(a, {m: -w for m, w in b.items()})


STEPS = ("step_constants", "step_factors", "step_single", "step_merges", "step_choices", "step_sums", "step_differences", "step_maps",
         "step_definitions", "step_ranges", "step_bounds", "step_shorten", "step_division")


def simplify(state):
    changed = True
    while changed:
        changed = False
        state.find_choices()
        state.gather_sums()
        for step in STEPS:
            if getattr(state, step)():
                changed = True
                break
