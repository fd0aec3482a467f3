# SPDX-License-Identifier: MIT OR Apache-2.0
"""Isogenies of odd degree by the formulas of Velu, and constants of maps onto curves with them, for tools/curves.py.
Polynomials are lists of coefficients, least degree first."""
from curve_tools import point_mul


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


def onto(k, a, b, xs, target, s):
    """velu, followed by (x, y) -> (s^2 x, s^3 y), onto the curve with the coefficients target; both asserted."""
    a2, b2, num, d, m = velu(k, a, b, xs)
    s2 = k.mul(s, s)
    s3 = k.mul(s2, s)
    assert (k.mul(k.mul(s2, s2), a2), k.mul(k.mul(s3, s3), b2)) == tuple(map(k.of, target)), "another kernel or another scale"
    return [k.mul(s2, c) for c in num], d, [k.mul(s3, c) for c in m]


def kernel_of_order(k, m, order):
    """Abscissas of the subgroup of order `degree` that a rational point generates, one for each pair; order is that of the curve."""
    a, b, ell = m["a"], m["b"], m["degree"]
    while order % ell == 0:
        order //= ell
    for x in range(1, 100):
        rhs = k.add(k.mul(k.add(k.mul(x, x), a), x), b)
        y = k.pow(rhs, (k.q + 1) // 4)
        if k.mul(y, y) != rhs:
            continue
        point = point_mul(k, (x, y), order, a)
        while point is not None and point_mul(k, point, ell, a) is not None:
            point = point_mul(k, point, ell, a)
        if point is not None:
            return [point_mul(k, point, i, a)[0] for i in range(1, (ell + 1) // 2)]
    raise AssertionError("no point of that order")


def map_to_curve(out, up, typ, k, n, m, target, order):
    """Constants of the simplified SWU map onto y^2 = x^3 + a x + b and of an isogeny
    from there to the curve with the coefficients target: what core/curve/map.inc asks for."""
    a, b, z, ell = k.of(m["a"]), k.of(m["b"]), k.of(m["z"]), m["degree"]
    is_square = lambda v: k.pow(v, (k.q - 1) // 2) != k.sub(k.zero, k.one)
    assert a != k.zero and b != k.zero and not is_square(z) and z != k.sub(k.zero, k.one), "criteria 1 and 2 of RFC 9380, appendix H.2"
    exception = k.mul(b, k.inv(k.mul(z, a)))
    assert is_square(k.add(k.mul(k.add(k.mul(exception, exception), a), exception), b)), "criterion 4: the exceptional x has a point"
    xs = [k.of(x) for x in m["kernel"]] if "kernel" in m else kernel_of_order(k, m, order)
    num, den, y = onto(k, a, b, xs, target, k.of(m["sign"] * pow(ell, -1, k.p)))
    assert (len(num), len(den), len(y)) == (ell + 1, (ell + 1) // 2, 3 * (ell - 1) // 2 + 1)
    out.say()
    out.say(f"#define {up}_DEGREE {ell}")
    for name, v, why in (("A", a, "y^2 = x^3 + A x + B"), ("B", b, ""), ("Z", z, "no square"),
                         ("X", k.mul(k.sub(k.zero, b), k.inv(a)), "-B / A"), ("X_EXCEPTION", exception, "B / (Z A)")):
        out.element(typ, f"{up}_{name}", v, n, k.p, why)
    for name, poly, why in (("NUM", num, "the isogeny is (x, y) -> (NUM / DEN^2, y MUL / DEN^3), coefficients from the lowest"),
                            ("DEN", den, ""), ("MUL", y, "")):
        out.elements(typ, f"{up}_{name}", poly, n, k.p, why)
