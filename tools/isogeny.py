# SPDX-License-Identifier: MIT OR Apache-2.0
"""Isogenies of odd degree by the formulas of Velu, for tools/curves.py. Polynomials are lists of coefficients, least degree first."""


def poly_mul(k, a, b):
    r = [k.zero] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            r[i + j] = k.add(r[i + j], k.mul(x, y))
    return r


def poly_add(k, a, b):
    n = max(len(a), len(b))
    a, b = ([*v, *[k.zero] * (n - len(v))] for v in (a, b))
    return [k.add(x, y) for x, y in zip(a, b)]


def poly_at(k, a, x):
    r = k.zero
    for c in reversed(a):
        r = k.add(k.mul(r, x), c)
    return r


def scale(k, n, v):
    """n v for a small n."""
    r = k.zero
    for _ in range(n):
        r = k.add(r, v)
    return r


def velu(k, a, b, xs):
    """The normalised isogeny from y^2 = x^3 + a x + b whose kernel has the abscissas xs (one for each pair of points): the target's
    coefficients and polynomials N, D, M with (x, y) -> (N / D^2, y M / D^3), D monic with the roots xs.
    Source: J. Velu, "Isogenies entre courbes elliptiques", C. R. Acad. Sci. Paris 273 (1971)."""
    one = k.one
    d = [one]
    for x in xs:
        d = poly_mul(k, d, [k.sub(k.zero, x), one])
    d2 = poly_mul(k, d, d)
    num, m = poly_mul(k, [k.zero, one], d2), poly_mul(k, d2, d)
    v = w = k.zero
    for x in xs:
        xx = k.mul(x, x)
        t = scale(k, 2, k.add(scale(k, 3, xx), a))
        u = scale(k, 4, k.add(k.mul(k.add(xx, a), x), b))
        v, w = k.add(v, t), k.add(w, k.add(u, k.mul(x, t)))
        e = [one]
        for z in xs:
            if z != x:
                e = poly_mul(k, e, [k.sub(k.zero, z), one])
        e2 = poly_mul(k, e, e)
        line = [k.sub(u, k.mul(t, x)), t] # t (X - x) + u
        num = poly_add(k, num, poly_mul(k, line, e2))
        minus = [k.sub(k.zero, c) for c in poly_mul(k, poly_add(k, line, [u]), poly_mul(k, e2, e))]
        m = poly_add(k, m, minus)
    return k.sub(a, scale(k, 5, v)), k.sub(b, scale(k, 7, w)), num, d, m


def onto(k, a, b, xs, b_target, s):
    """velu, followed by (x, y) -> (s^2 x, s^3 y), onto y^2 = x^3 + b_target; both asserted."""
    a2, b2, num, d, m = velu(k, a, b, xs)
    s2 = k.mul(s, s)
    s3 = k.mul(s2, s)
    assert a2 == k.zero and k.mul(k.mul(s3, s3), b2) == b_target, "another kernel or another scale"
    return [k.mul(s2, c) for c in num], d, [k.mul(s3, c) for c in m]
