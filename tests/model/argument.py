# SPDX-License-Identifier: MIT OR Apache-2.0
"""The bus argument by GKR and the batched sumcheck. Theory: docs/spec/argument.md."""

from field import ONE, P, ZERO, add, eq, eq_bits, interpolate, inv, lerp, mul, powers, scale, sub
from listing import closed_values
from transcript import Refused

STATE, CHAIN, OUT = 1, 5, 6


def compress_tuple(alpha, beta, values):
    """alpha + sum_j beta_j t_j; a value is an int or an extension element."""
    total = alpha
    for b, t in zip(beta, values):
        if t != 0:
            total = add(total, scale(b, t) if isinstance(t, int) else mul(b, t))
    return total


def sum_fractions(alpha, beta, terms):
    """The sum of sign / (alpha + beta . tuple) as (N, D), no division."""
    n, d = ZERO, ONE
    for sign, values in terms:
        den = compress_tuple(alpha, beta, values)
        n = add(mul(n, den), scale(d, sign))
        d = mul(d, den)
    return n, d


def recv_root(tr):
    """The root (P, Q) of a leaf vector."""
    p, q = tr.recv_ext("GKR_ROOT", 2)
    if q == ZERO:
        raise Refused("bus: a denominator is zero")
    return p, q


def add_fraction(total, root):
    """(N, D) + P / Q, projective."""
    (n, d), (p, q) = total, root
    return add(mul(n, q), mul(p, d)), mul(d, q)


def check_balance(root, public):
    """A root and the verifier's own terms sum to zero."""
    n, d = add_fraction(public, root)
    if d == ZERO:
        raise Refused("bus: a denominator is zero")
    if n != ZERO:
        raise Refused("bus: fractions do not sum to zero")


def gkr(tr, n_layers, root):
    """The point of the leaf layer and the claims (rho, P, Q)."""
    rho, (p, q) = [], root
    for layer in range(n_layers):
        mu, = tr.challenge("GKR_MIX", 1)
        claim, point = add(p, mul(mu, q)), []
        for i in range(layer):
            t0, t2 = tr.recv_ext("GKR_T", 2)
            if rho[i] == ZERO:
                raise Refused("gkr: a coordinate is zero")
            t1 = mul(sub(claim, mul(sub(ONE, rho[i]), t0)), inv(rho[i]))
            c, = tr.challenge("GKR_ROUND", 1)
            claim = interpolate([t0, t1, t2], c)
            point.append(c)
        p0, p1, q0, q1 = tr.recv_ext("GKR_CLAIMS", 4)
        want = add(add(mul(p0, q1), mul(p1, q0)), mul(mu, mul(q0, q1)))
        if claim != want:
            raise Refused("gkr: layer %d does not follow" % layer)
        z, = tr.challenge("GKR_LINE", 1)
        rho, p, q = [z] + point, lerp(p0, p1, z), lerp(q0, q1, z)
    return rho, p, q


class Bus:
    """What the argument over one leaf vector leaves to the batched sumcheck."""

    def __init__(self, leaves, alpha, beta, claims):
        self.leaves, self.alpha, self.beta = leaves, alpha, beta
        self.rho, self.p, self.q = claims
        self.weights = {c: [(use, eq_bits(block.b, self.rho[:leaves.n - block.h])) for use, block in places]
                        for c, places in leaves.places.items()}

    def claim(self, lam_p, lam_q):
        total = ZERO
        for ws in self.weights.values():
            for _, w in ws:
                total = add(total, w)
        return add(mul(lam_p, self.p), mul(lam_q, add(sub(self.q, ONE), total)))

    def value(self, chunk, uses, point, lam_p, lam_q):
        """The summand of a chunk at its point."""
        if chunk not in self.weights:
            return ZERO
        total = ZERO
        for i, w in self.weights[chunk]:
            sign, selector, slots = uses[i]
            num = mul(lam_p, scale(selector, sign))
            den = mul(lam_q, compress_tuple(self.alpha, self.beta, slots))
            total = add(total, mul(w, add(num, den)))
        return mul(eq(self.rho[len(self.rho) - chunk.h:], point), total)


def batched(tr, machine, layout, buses, index):
    """The batched sumcheck; the point r and the claimed values of main, IMAGE and BOUNDARY columns."""
    lam, = tr.challenge("LAMBDA", 1)
    tau = tr.challenge("TAU", layout.height)
    n_constraints = sum(len(machine.tables[c.table].constraints) for c in layout.all_chunks)
    lams = powers(lam, n_constraints + 2 * len(buses))
    bus_lams = [lams[n_constraints + 2 * i:][:2] for i in range(len(buses))]
    claim = ZERO
    for bus, pair in zip(buses, bus_lams):
        claim = add(claim, bus.claim(*pair))

    r = []
    for _ in range(layout.height):
        e0, e2, e3, e4 = tr.recv_ext("ZERO_T", 4)
        c, = tr.challenge("ZERO_ROUND", 1)
        claim = interpolate([e0, sub(claim, e0), e2, e3, e4], c)
        r.append(c)

    parts = [len(part) for part in (layout.columns, layout.image_columns, layout.boundary_columns)]
    values = tr.recv_ext("COLUMNS", sum(parts))
    total, at, first = ZERO, 0, 0
    for c in layout.all_chunks:
        table, skip = machine.tables[c.table], layout.height - c.h
        own = values[at:at + len(table.columns)]
        at += len(own)
        point = r[skip:]
        constraints, uses = table.evaluate(own, closed_values(table, point, index))
        zero = ZERO
        for weight, value in zip(lams[first:], constraints):
            zero = add(zero, mul(weight, value))
        first += len(constraints)
        g = mul(eq(tau[skip:], point), zero)
        for bus, pair in zip(buses, bus_lams):
            g = add(g, bus.value(c, uses, point, *pair))
        for x in r[:skip]:
            g = mul(g, x)
        total = add(total, g)
    if total != claim:
        raise Refused("sumcheck: columns do not give the claim")
    split = parts[0] + parts[1]
    return r, values[:parts[0]], values[parts[0]:split], values[split:]


def state_terms(first, last, halted):
    """The run from (ts, ip) = first to last, docs/spec/machine.md section 3."""
    yield 1, (STATE, *first, 0)
    yield -1, (STATE, *last, int(halted))


def memory_terms(last_keys, output):
    """The last keys of RAM and input, and the output that the words of its region must be."""
    last_keys = *last_keys, (len(output) + 7) // 8
    for region, (start, last) in enumerate(zip((511, P - 1, P - 1), last_keys)):
        yield 1, (CHAIN, region, start)
        yield -1, (CHAIN, region, last)
    words = [len(output)] + [int.from_bytes(output[i:i + 8], "little")
                             for i in range(0, len(output), 8)]
    for i, word in enumerate(words):
        yield -1, (OUT, i) + tuple(word >> s & 0xFFFF for s in (0, 16, 32, 48))
