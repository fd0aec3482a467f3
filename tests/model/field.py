# SPDX-License-Identifier: MIT OR Apache-2.0
"""KoalaBear and its extension F = Fp[x] / (x^5 + x^2 - 1); multilinear helpers.

A base element is an int below P, an extension element a tuple (c0, .., c4) of them.
Theory: docs/spec/field.md.
"""

P = 2130706433
DEG = 5
ZERO = (0, 0, 0, 0, 0)
ONE = (1, 0, 0, 0, 0)
TWO_ADICITY = 24
W24 = pow(3, 127, P)


def base(c):
    """The base element c (any int) as an extension element."""
    return (c % P, 0, 0, 0, 0)


def add(a, b):
    return ((a[0] + b[0]) % P, (a[1] + b[1]) % P, (a[2] + b[2]) % P,
            (a[3] + b[3]) % P, (a[4] + b[4]) % P)


def sub(a, b):
    return ((a[0] - b[0]) % P, (a[1] - b[1]) % P, (a[2] - b[2]) % P,
            (a[3] - b[3]) % P, (a[4] - b[4]) % P)


def scale(a, k):
    """a times the base element k."""
    return (a[0] * k % P, a[1] * k % P, a[2] * k % P, a[3] * k % P, a[4] * k % P)


def mul(a, b):
    a0, a1, a2, a3, a4 = a
    b0, b1, b2, b3, b4 = b
    c5 = a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1
    c6 = a2 * b4 + a3 * b3 + a4 * b2
    c7 = a3 * b4 + a4 * b3
    c8 = a4 * b4
    # x^5 = 1 - x^2, x^6 = x - x^3, x^7 = x^2 - x^4, x^8 = -1 + x^2 + x^3
    return ((a0 * b0 + c5 - c8) % P,
            (a0 * b1 + a1 * b0 + c6) % P,
            (a0 * b2 + a1 * b1 + a2 * b0 - c5 + c7 + c8) % P,
            (a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 - c6 + c8) % P,
            (a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 - c7) % P)


def power(a, n):
    r = ONE
    while n:
        if n & 1:
            r = mul(r, a)
        a = mul(a, a)
        n >>= 1
    return r


def inv(a):
    """1 / a; a is not zero."""
    assert a != ZERO
    return power(a, P ** DEG - 2)


def powers(a, n):
    """[1, a, .., a^(n-1)]."""
    out, x = [], ONE
    for _ in range(n):
        out.append(x)
        x = mul(x, a)
    return out


def root(n):
    """The fixed root of unity of order 2^n."""
    assert 0 <= n <= TWO_ADICITY
    return pow(W24, 1 << (TWO_ADICITY - n), P)


def reverse_bits(j, n):
    r = 0
    for _ in range(n):
        r = r << 1 | j & 1
        j >>= 1
    return r


# Multilinear extensions. X_1 is the most significant index bit.

def lerp(a, b, c):
    """a + c (b - a): the line through a at 0 and b at 1."""
    return add(a, mul(c, sub(b, a)))


def eq1(a, b):
    """a b + (1 - a)(1 - b)."""
    ab = mul(a, b)
    return ((1 - a[0] - b[0] + 2 * ab[0]) % P, (2 * ab[1] - a[1] - b[1]) % P,
            (2 * ab[2] - a[2] - b[2]) % P, (2 * ab[3] - a[3] - b[3]) % P,
            (2 * ab[4] - a[4] - b[4]) % P)


def eq(a, b):
    assert len(a) == len(b)
    r = ONE
    for x, y in zip(a, b):
        r = mul(r, eq1(x, y))
    return r


def eq_bits(index, point):
    """eq of the bits of index, most significant first, with a point."""
    r = ONE
    for i, x in enumerate(reversed(point)):
        r = mul(r, x if index >> i & 1 else sub(ONE, x))
    return r


def eq_table(point):
    """[eq(point, x) for x in {0,1}^n], index order."""
    out = [ONE]
    for x in point:
        nxt = []
        for v in out:
            hi = mul(v, x)
            nxt += (sub(v, hi), hi)
        out = nxt
    return out


def mle(values, point):
    """The multilinear extension of 2^n extension elements at a point of n coordinates."""
    assert len(values) == 1 << len(point)
    for c in point:
        half = len(values) // 2
        values = [lerp(values[i], values[i + half], c) for i in range(half)]
    return values[0]


def horner(coefficients, x):
    """sum_i coefficients[i] x^i for a base element x."""
    r0 = r1 = r2 = r3 = r4 = 0
    for c0, c1, c2, c3, c4 in reversed(coefficients):
        r0 = (r0 * x + c0) % P
        r1 = (r1 * x + c1) % P
        r2 = (r2 * x + c2) % P
        r3 = (r3 * x + c3) % P
        r4 = (r4 * x + c4) % P
    return (r0, r1, r2, r3, r4)


def interpolate(values, at):
    """The polynomial of degree < len(values) with these values at 0, 1, 2, .., at one point."""
    n = len(values)
    total = ZERO
    for i, v in enumerate(values):
        num, den = v, 1
        for j in range(n):
            if j != i:
                num = mul(num, sub(at, base(j)))
                den = den * (i - j) % P
        total = add(total, scale(num, pow(den, -1, P)))
    return total
