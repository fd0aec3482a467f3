# SPDX-License-Identifier: MIT OR Apache-2.0
"""The bus argument by GKR and the batched sumcheck. Theory: docs/spec/argument.md."""

from field import ONE, P, ZERO, add, eq, eq_bits, interpolate, inv, lerp, mul, powers, scale, sub
from listing import closed_values
from transcript import Refused


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


def gkr(tr, n_layers, public):
    """The point of the leaf layer and the claims (rho, P, Q)."""
    p, q = tr.recv_ext("GKR_ROOT", 2)
    n, d = public
    if q == ZERO or d == ZERO:
        raise Refused("bus: a denominator is zero")
    if add(mul(p, d), mul(q, n)) != ZERO:
        raise Refused("bus: fractions do not sum to zero")
    rho = []
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


def batched(tr, machine, layout, alpha, beta, leaf_claims):
    """The batched sumcheck; the point r and the claimed values of main and IMAGE columns."""
    rho, p, q = leaf_claims
    lam, = tr.challenge("LAMBDA", 1)
    tau = tr.challenge("TAU", layout.height)
    n_constraints = sum(len(machine.tables[c.table].constraints)
                        for c in layout.chunks + [layout.image])
    lams = powers(lam, n_constraints + 2)
    lam_p, lam_q = lams[-2:]

    weights, w_sum, at = {}, ZERO, 0
    for c in layout.leaf_chunks:
        n = len(machine.tables[c.table].uses)
        ws = [eq_bits(block.b, rho[:layout.nl - c.h]) for block in layout.leaves[at:at + n]]
        weights[c] = ws
        at += n
        for w in ws:
            w_sum = add(w_sum, w)
    claim = add(mul(lam_p, p), mul(lam_q, add(sub(q, ONE), w_sum)))

    r = []
    for _ in range(layout.height):
        e0, e2, e3, e4 = tr.recv_ext("ZERO_T", 4)
        c, = tr.challenge("ZERO_ROUND", 1)
        claim = interpolate([e0, sub(claim, e0), e2, e3, e4], c)
        r.append(c)

    values = tr.recv_ext("COLUMNS", len(layout.columns) + len(layout.image_columns))
    total, at, first = ZERO, 0, 0
    for c in layout.chunks + [layout.image]:
        table, skip = machine.tables[c.table], layout.height - c.h
        own = values[at:at + len(table.columns)]
        at += len(own)
        point = r[skip:]
        constraints, uses = table.evaluate(own, closed_values(table, point))
        zero = ZERO
        for weight, value in zip(lams[first:], constraints):
            zero = add(zero, mul(weight, value))
        first += len(constraints)
        bus = ZERO
        for w, (sign, selector, slots) in zip(weights[c], uses):
            num = mul(lam_p, scale(selector, sign))
            den = mul(lam_q, compress_tuple(alpha, beta, slots))
            bus = add(bus, mul(w, add(num, den)))
        g = add(mul(eq(tau[skip:], point), zero), mul(eq(rho[layout.nl - c.h:], point), bus))
        for x in r[:skip]:
            g = mul(g, x)
        total = add(total, g)
    if total != claim:
        raise Refused("sumcheck: columns do not give the claim")
    split = len(layout.columns)
    return r, values[:split], values[split:]


def public_terms(entry, ts_end, ip_end, last_keys, output):
    """The verifier's own terms (sign, tuple with the bus id), docs/spec/machine.md section 3."""
    state, chain, out = 1, 5, 6
    yield 1, (state, 4, entry, 0)
    yield -1, (state, ts_end, ip_end, 1)
    for region, (start, last) in enumerate(zip((511, P - 1, P - 1), last_keys)):
        yield 1, (chain, region, start)
        yield -1, (chain, region, last)
    words = [len(output)] + [int.from_bytes(output[i:i + 8], "little")
                             for i in range(0, len(output), 8)]
    for i, word in enumerate(words):
        yield -1, (out, i) + tuple(word >> s & 0xFFFF for s in (0, 16, 32, 48))
