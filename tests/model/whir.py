# SPDX-License-Identifier: MIT OR Apache-2.0
"""WHIR: the opening of one committed polynomial. Theory: docs/spec/whir.md.

The weight W is never held as a vector: it is a sum of product weights, kept as a list and paired
with the final polynomial g at the end. `c` is the vector of all folding challenges.
"""

import merkle
from field import (ONE, P, ZERO, add, eq, eq_bits, eq_table, horner, interpolate, mle, mul, powers,
                   reverse_bits, root, scale, sub)
from transcript import Refused, decode_base, decode_ext


def fold_leaf(table, leaf):
    """sum_a table[a] leaf[a], leaf elements in the base field (ints) or the extension."""
    if isinstance(leaf[0], tuple):
        total = ZERO
        for e, v in zip(table, leaf):
            total = add(total, mul(e, v))
        return total
    return tuple(sum(e[i] * v for e, v in zip(table, leaf)) % P for i in range(5))


def pair_columns(blocks, scalars, r, c, g):
    """sum_x g(x) W(c, x) with W = sum_j scalars[j] eq(b_j, X_hi) eq(r_suffix, X_lo)."""
    n, last = len(c), (len(g) - 1).bit_length()
    tails = {}  # what the last variables give, by (height, low bits of the block)
    total = ZERO
    for (h, b), s in zip(blocks, scalars):
        hi = n + last - h  # so many variables are bits of b
        suffix = r[len(r) - h:]
        if hi <= n:
            w, key = mul(eq_bits(b, c[:hi]), eq(suffix[:n - hi], c[hi:])), None
        else:
            w, key = eq_bits(b >> (hi - n), c), (h, b & ((1 << (hi - n)) - 1))
        if key not in tails:
            part = g if key is None else g[key[1] << h:(key[1] + 1) << h]
            tails[key] = mle(part, r[len(r) - min(h, last):])
        total = add(total, mul(s, mul(w, tails[key])))
    return total


def pair_sample(z, c, g):
    """sum_x g(x) eq(z, (c, x))."""
    return mul(eq(z[:len(c)], c), mle(g, z[len(c):]))


def pair_query(x, c, g):
    """sum_y g(y) prod_i ((1 - X_i) + X_i x^(2^(mu - i))) at X = (c, y), mu variables."""
    mu = len(c) + (len(g) - 1).bit_length()
    w = ONE
    for i, ci in enumerate(c, 1):
        w = mul(w, add(ONE, scale(ci, pow(x, 1 << (mu - i), P) - 1)))
    return mul(w, horner(g, x))


def verify(tr, schedule, commitment, blocks, values, r, gamma, root_samples=()):
    """One instance: the columns of `blocks` have these values at r; root_samples are (point, value) beside them."""
    gammas = powers(gamma, len(values) + len(root_samples))
    claim = ZERO
    for s, v in zip(gammas, values + [y for _, y in root_samples]):
        claim = add(claim, mul(s, v))
    c = []
    extra = [(s, 0, "sample", z)  # (scalar, first variable, "sample" | "query", point)
             for s, (z, _) in zip(gammas[len(values):], root_samples)]
    for i, rd in enumerate(schedule.rounds):
        own = []
        for _ in range(rd.k):
            e0, e2 = tr.recv_ext("WHIR_ROUND", 2)
            tr.grind("WHIR_FOLD_POW", rd.gf)
            x, = tr.challenge("WHIR_FOLD", 1)
            claim = interpolate([e0, sub(claim, e0), e2], x)
            own.append(x)
        c += own
        nxt = schedule.rounds[i + 1] if i + 1 < len(schedule.rounds) else None
        samples, answers = [], []
        if nxt is None:
            g = tr.recv_ext("WHIR_FINAL", 1 << schedule.mu_final)
        else:
            next_commitment = tr.recv("WHIR_ROOT", 32)
            if nxt.ood:
                flat = tr.challenge("WHIR_OOD", nxt.ood * nxt.mu)
                samples = [flat[a:a + nxt.mu] for a in range(0, len(flat), nxt.mu)]
                answers = tr.recv_ext("WHIR_OOD_ANS", nxt.ood)
        tr.grind("WHIR_QUERY_POW", rd.gq)
        n = rd.mu - rd.k + rd.lr
        drawn = tr.indices("WHIR_QUERY", rd.t, n)
        size = 4 if i == 0 else 20
        leaves = merkle.receive(tr, commitment, n, size << rd.k, drawn)
        table, decode = eq_table(own), decode_base if i == 0 else decode_ext
        folded = {j: fold_leaf(table, decode(leaf)) for j, leaf in leaves.items()}
        points = {j: pow(root(n), reverse_bits(j, n), P) for j in folded}
        if nxt is None:
            for j, y in folded.items():
                if horner(g, points[j]) != y:
                    raise Refused("whir: the final polynomial is not the one committed")
            break
        xi, = tr.challenge("WHIR_MIX", 1)
        xis = powers(xi, 1 + nxt.ood + rd.t)[1:]
        facts = ([("sample", z, y) for z, y in zip(samples, answers)]
                 + [("query", points[j], folded[j]) for j in drawn])
        for s, (kind, point, y) in zip(xis, facts):
            claim = add(claim, mul(s, y))
            extra.append((s, len(c), kind, point))
        commitment = next_commitment
    total = pair_columns(blocks, gammas, r, c, g)
    for s, first, kind, point in extra:
        pair = pair_sample if kind == "sample" else pair_query
        total = add(total, mul(s, pair(point, c[first:], g)))
    if total != claim:
        raise Refused("whir: the claim does not hold for the final polynomial")
